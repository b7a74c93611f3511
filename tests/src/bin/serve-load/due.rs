//! Many limits that run out at one instant.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use comity_core::time::Moment;
use serde_json::json;
use tokio::time::sleep;

use crate::daemon::{Daemon, timed};
use crate::{Asked, Failed, load};

/// What the limit of `load/limit` is, in seconds.
const LIMIT: u64 = 48 * 3_600;
/// Seoul, which has had no summer time for long, before universal time, in seconds.
const SEOUL: u64 = 9 * 3_600;
/// How many connections open cases.
const CONNECTIONS: usize = 64;
/// How long the notices may take before what is there is told as it is.
const PATIENCE: Duration = Duration::from_secs(90);

/// Opens cases for as long as is allowed, all with a limit at the same instant, and says how late the last was noticed.
pub(crate) async fn noticed(asked: &Asked, store: &Path) -> Result<(), Failed> {
    let daemon = Daemon::begin(&asked.comity, store).await?;
    // A full minute, for nobody writes seconds, with some time to start the daemon again before it.
    let due = (now()? + asked.fill.as_secs() + 20).div_ceil(60) * 60;
    let began = Instant::now();
    let made = fill(&daemon, asked, due - LIMIT).await?;
    println!("{made} cases with a limit at one instant, made in {:.0} s", began.elapsed().as_secs_f64());
    println!("memory of the daemon with them open: {} MiB", daemon.memory()?);
    let token = daemon.token.clone();
    daemon.stop().await?;
    let (daemon, took) = timed(&asked.comity, store, token).await?;
    println!("started again in {:.2} s, then {} MiB", took.as_secs_f64(), daemon.memory()?);
    if now()? >= due {
        return Err("the instant has passed already: ask for fewer cases, or give --fill more seconds".into());
    }
    while now()? < due {
        sleep(Duration::from_millis(50)).await;
    }
    // Not before: a connection on which nothing is asked for so long is closed.
    let mut client = daemon.client().await?;
    let due = UNIX_EPOCH + Duration::from_secs(due);
    let (mut seen, mut first) = (0, None);
    while seen < made && SystemTime::now().duration_since(due)? < PATIENCE {
        sleep(Duration::from_millis(100)).await;
        seen = daemon.noticed(&mut client).await?;
        if seen > 0 && first.is_none() {
            first = Some(SystemTime::now().duration_since(due)?);
        }
    }
    let late = SystemTime::now().duration_since(due)?.as_secs_f64();
    let first = first.unwrap_or_default().as_secs_f64();
    println!(
        "{seen} of {made} noticed; the first sweep was counted {first:.1} s after the instant, the last {late:.1} s"
    );
    println!("memory of the daemon then: {} MiB", daemon.memory()?);
    daemon.stop().await
}

/// Opens cases whose limit began at `started`, and says how many.
async fn fill(daemon: &Daemon, asked: &Asked, started: u64) -> Result<usize, Failed> {
    let (next, until) = (Arc::new(AtomicUsize::new(0)), Instant::now() + asked.fill);
    let (when, cases) = (local(started)?, asked.cases);
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let (mut client, next, when) = (daemon.client().await?, Arc::clone(&next), when.clone());
        tasks.push(tokio::spawn(async move {
            let mut made = 0;
            while Instant::now() < until {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= cases {
                    break;
                }
                let reference = format!("L-{number}");
                load::open(&mut client, &reference).await?;
                let body = json!({ "entries": [{ "kind": "act", "act": "received", "when": when }] });
                let path = format!("/v1/cases/{reference}/entries");
                client.post(&path, Some(&format!("{reference}-0")), &body.to_string()).await?;
                made += 1;
            }
            Ok::<usize, Failed>(made)
        }));
    }
    let mut made = 0;
    for task in tasks {
        made += task.await??;
    }
    Ok(made)
}

fn now() -> Result<u64, Failed> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// A time of Seoul, as an officer writes it.
fn local(seconds: u64) -> Result<String, Failed> {
    let shown = Moment::from_unix_microseconds(i64::try_from((seconds + SEOUL) * 1_000_000)?)?.to_string();
    Ok(shown.get(..16).ok_or("no time")?.replace('T', " "))
}
