//! What a durable append costs, beside what the disk itself costs and beside sled alone.
//!
//! One run, the contenders in turns, so that a busy machine is as unfair to one as to the other. The ratios
//! count, not the numbers.

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Commit, Journal, NewEntry, OpenOptions, Query, Row, SledJournal};
use tokio::runtime::Runtime;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const ROUNDS: usize = 3;
const SPAN: Duration = Duration::from_millis(900);
const PAYLOAD: usize = 300;

fn main() -> Outcome<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!(
        "a durable append: one entry of {PAYLOAD} bytes, three index rows, {ROUNDS} rounds of {SPAN:?} each\n"
    );
    println!("{:>7}  {:<34} {:>10}  {:>12}", "writers", "what", "appends/s", "comity is");
    for writers in [1, 64] {
        let [mut comity, mut raw, mut sled] = [0.0; 3];
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir()?;
            let (rate, frame) = runtime.block_on(journal(folder.path(), writers))?;
            comity += rate;
            bytes = frame;
            raw += raw_log(folder.path(), frame, writers)?;
            sled += sled_alone(folder.path(), frame, writers)?;
        }
        row(writers, "comity journal", comity, comity);
        row(writers, &format!("raw append + fdatasync, {writers} x {bytes} B"), raw, comity);
        row(writers, "sled insert + flush (not durable)", sled, comity);
    }
    reads(&runtime)
}

fn row(writers: usize, what: &str, total: f64, comity: f64) {
    let rate = total / 3.0;
    println!("{writers:>7}  {what:<34} {rate:>10.0}  {:>11.2}x", comity / total);
}

/// Appends per second with so many writers, and the bytes of a frame.
async fn journal(folder: &Path, writers: usize) -> Outcome<(f64, usize)> {
    let journal = Arc::new(SledJournal::open(folder.join("store"), OpenOptions::default()).await?);
    let start = Instant::now();
    let tasks: Vec<_> = (0..writers).map(|_| tokio::spawn(writer(Arc::clone(&journal), start))).collect();
    let mut appends = 0_u32;
    for task in tasks {
        appends += task.await??;
    }
    let rate = f64::from(appends) / start.elapsed().as_secs_f64();
    let report = journal.verify().await?;
    journal.close().await?;
    Ok((rate, usize::try_from(report.bytes / report.last.0.max(1))?))
}

async fn writer(journal: Arc<SledJournal>, start: Instant) -> Outcome<u32> {
    let mut appends = 0;
    // Twelve steps to a case, as a real one has.
    'cases: loop {
        let case = CaseId(Uuid::new_v4());
        for step in 0..12 {
            if start.elapsed() > SPAN {
                break 'cases;
            }
            journal.append(commit(case, step)?).await?;
            appends += 1;
        }
    }
    Ok(appends)
}

fn commit(case: CaseId, step: u32) -> Outcome<Commit> {
    let rows = vec![
        Row::Kind { kind: "case".into() },
        Row::Stage { track: "request".into(), stage: format!("stage-{step}") },
        Row::Due {
            at: Moment::from_unix_microseconds(i64::from(step) * 1_000_000)?,
            clock: "formal-request".into(),
        },
    ];
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(i64::from(step))?,
        recorded_by: "desk-4".into(),
        payload: vec![b'x'; PAYLOAD],
        personal: true,
    };
    Ok(Commit { case, seen: Version(step), entries: vec![entry], rows, key: None, erases: false })
}

/// A preallocated file, the same bytes to a group, one fdatasync to a group: what the disk can do at best.
fn raw_log(folder: &Path, frame: usize, writers: usize) -> Outcome<f64> {
    const STEP: u64 = 8 << 20;
    let file = File::options().create(true).truncate(true).write(true).open(folder.join("raw"))?;
    let group = vec![b'x'; frame * writers];
    let length = u64::try_from(group.len())?;
    let (mut at, mut allocated, mut appends) = (0, 0, 0_u32);
    let start = Instant::now();
    while start.elapsed() < SPAN {
        if at + length > allocated {
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), allocated, STEP)?;
            allocated += STEP;
        }
        file.write_all_at(&group, at)?;
        file.sync_data()?;
        at += length;
        appends += u32::try_from(writers)?;
    }
    Ok(f64::from(appends) / start.elapsed().as_secs_f64())
}

/// The same bytes into sled, each writer flushing what it inserted.
fn sled_alone(folder: &Path, frame: usize, writers: usize) -> Outcome<f64> {
    let db = sled::Config::new().path(folder.join("sled-alone")).cache_capacity(32 << 20).open()?;
    let (number, value) = (AtomicU64::new(0), vec![b'x'; frame]);
    let start = Instant::now();
    let work = || -> Outcome<()> {
        while start.elapsed() < SPAN {
            let key = number.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            db.insert(key, value.as_slice())?;
            db.flush()?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("sled panicked".into())))
    })?;
    let appends = u32::try_from(number.load(Ordering::Relaxed))?;
    Ok(f64::from(appends) / start.elapsed().as_secs_f64())
}

/// How long a store of some size takes to open, to verify and to answer.
fn reads(runtime: &Runtime) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store");
    runtime.block_on(journal(folder.path(), 64))?;
    let start = Instant::now();
    let journal = SledJournal::open_blocking(&path, OpenOptions::default())?;
    let opened = start.elapsed();
    let start = Instant::now();
    let report = runtime.block_on(journal.verify())?;
    let verified = start.elapsed();
    let start = Instant::now();
    let request = comity_store::PageRequest::first(50);
    runtime.block_on(journal.rows(Query::DueUntil(Moment::MAX), request))?;
    let paged = start.elapsed();
    runtime.block_on(journal.close())?;
    std::fs::remove_dir_all(path.join("sled"))?;
    let start = Instant::now();
    SledJournal::open_blocking(&path, OpenOptions::default())?;
    println!(
        "\n{} entries: open {opened:.0?}, verify {verified:.0?}, page of 50 {paged:.0?}, open with the index rebuilt {:.0?}",
        report.last,
        start.elapsed()
    );
    Ok(())
}
