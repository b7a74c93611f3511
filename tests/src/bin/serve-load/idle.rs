//! Many connections that say nothing, and one client that works.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::daemon::Daemon;
use crate::{Asked, Failed};

/// How many connections say nothing.
const IDLE: usize = 10_000;
/// How long the one client works beside them; less than the daemon waits for headers.
const SPELL: Duration = Duration::from_secs(5);

/// Opens thousands of connections that say nothing, and says how one client fares beside them and what they cost.
pub(crate) async fn beside(asked: &Asked, store: &Path) -> Result<(), Failed> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    let daemon = Daemon::begin(&asked.comity, store).await?;
    let mut client = daemon.client().await?;
    client.get("/v1/matters/M").await?;
    let before = daemon.memory()?;
    let began = Instant::now();
    let mut idle = Vec::with_capacity(IDLE);
    while idle.len() < IDLE {
        idle.push(TcpStream::connect(&daemon.address).await?);
    }
    let opened = began.elapsed();
    let (mut each, until) = (Vec::new(), Instant::now() + SPELL);
    while Instant::now() < until {
        let began = Instant::now();
        client.get("/v1/matters/M").await?;
        each.push(began.elapsed());
        sleep(Duration::from_millis(2)).await;
    }
    each.sort_unstable();
    let at = |of_hundred: usize| {
        let at = each.len() * of_hundred / 100;
        each.get(at).map_or(0.0, |each| each.as_secs_f64() * 1_000.0)
    };
    let held = daemon.memory()?;
    println!(
        "{IDLE} connections that say nothing, opened in {:.1} s: one that reads beside them p50 {:.1} ms, p99 {:.1} ms; the daemon \
         holds {before} MiB without and {held} MiB with them",
        opened.as_secs_f64(),
        at(50),
        at(99)
    );
    // They are let go: each comes to its end though nobody closes it here.
    let began = Instant::now();
    for stream in idle {
        let mut byte = [0];
        stream.readable().await?;
        while matches!(stream.try_read(&mut byte), Ok(1..)) {}
    }
    println!(
        "after {:.0} s all of them had been let go",
        began.elapsed().as_secs_f64() + SPELL.as_secs_f64()
    );
    client = daemon.client().await?;
    client.get("/v1/matters/M").await?;
    daemon.stop().await
}
