//! How much a daemon does: acts recorded and cases read in a second, and how late many limits that run out in one minute are
//! noticed. It starts a daemon of its own, on a store of its own, and asks it over connections that stay open, as programs do.
//!
//! `cargo xtask bench serve` builds it and the daemon, and runs it.

mod client;
mod daemon;
mod due;
mod idle;
mod load;
mod own;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use daemon::Daemon;

/// Whatever goes wrong ends the bench; a number that was half measured is none.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How long each load lasts.
const SPELL: Duration = Duration::from_secs(8);
const CONNECTIONS: [usize; 3] = [1, 64, 512];

/// What is asked of the bench.
struct Asked {
    comity: PathBuf,
    cases: usize,
    fill: Duration,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let asked = asked()?;
    let folder = tempfile::tempdir()?;
    let alone = syncs(folder.path())?;
    println!("the disk: {alone:.0} syncs a second, of 512 bytes each, one after the other");
    recorded(&asked, folder.path(), alone).await?;
    idle::beside(&asked, &folder.path().join("idle")).await?;
    due::noticed(&asked, &folder.path().join("limits")).await
}

fn asked() -> Result<Asked, Failed> {
    let usage = "serve-load --comity PROGRAM [--cases N] [--fill SECONDS]";
    let mut asked = Asked { comity: PathBuf::new(), cases: 100_000, fill: Duration::from_secs(200) };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or(usage)?;
        match word.as_str() {
            "--comity" => asked.comity = PathBuf::from(value),
            "--cases" => asked.cases = value.parse()?,
            "--fill" => asked.fill = Duration::from_secs(value.parse()?),
            _ => return Err(usage.into()),
        }
    }
    if asked.comity.as_os_str().is_empty() {
        return Err(usage.into());
    }
    Ok(asked)
}

/// How often a second this disk brings a short write to rest, which is what one act alone waits for.
fn syncs(folder: &Path) -> Result<f64, Failed> {
    let mut file = File::create(folder.join("raw"))?;
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(2) {
        file.write_all(&[7; 512])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

async fn recorded(asked: &Asked, folder: &Path, alone: f64) -> Result<(), Failed> {
    let daemon = Daemon::begin(&asked.comity, &folder.join("acts")).await?;
    println!("connections  acts/s  of the store's own  of one sync  p50 ms  p99 ms");
    for connections in CONNECTIONS {
        let own = own::rate(&folder.join(format!("own-{connections}")), connections, SPELL).await?;
        let mut spell = load::acts(&daemon, connections, SPELL).await?;
        println!(
            "{connections:>11}  {:>6.0}  {:>18.2}  {:>11.2}  {:>6.1}  {:>6.1}",
            spell.rate(),
            spell.rate() / own,
            spell.rate() / alone,
            spell.share(50),
            spell.share(99)
        );
    }
    let mut reads = load::reads(&daemon, 64, SPELL).await?;
    println!(
        "reads of a case of thirteen entries, 64 connections: {:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
        reads.rate(),
        reads.share(50),
        reads.share(99)
    );
    println!("memory of the daemon: {} MiB", daemon.memory()?);
    daemon.stop().await
}
