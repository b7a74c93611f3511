//! A process that writes to a store as fast as it can, and says what was acknowledged, until it is killed.
//!
//! `store-writer FOLDER` prints `ready` once the store is open, then a line `CASE NUMBER HASH` for the last entry of
//! each acknowledged commit.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Commit, Journal, NewEntry, OpenOptions, Row, SledJournal};
use uuid::Uuid;

const WRITERS: u32 = 64;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = std::env::args().nth(1).ok_or("usage: store-writer FOLDER")?;
    // Small segments, so that kills also fall between two of them.
    let options = OpenOptions { segment_bytes: 1 << 20, segment_step: 128 << 10, ..OpenOptions::default() };
    let journal = Arc::new(SledJournal::open(folder, options).await?);
    say("ready\n")?;
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(Arc::clone(&journal), writer))).collect();
    for writer in writers {
        writer.await??;
    }
    Ok(())
}

async fn write(journal: Arc<SledJournal>, writer: u32) -> Result<(), Box<dyn Error + Send + Sync>> {
    let case = CaseId(Uuid::from_u128(u128::from(writer)));
    let mut seen = journal.head(case).await?.version;
    loop {
        let receipt = journal.append(commit(case, seen)?).await?;
        say(&format!("{case} {} {}\n", receipt.version, receipt.hash))?;
        seen = receipt.version;
    }
}

/// One to three entries, each saying how many there are and which it is; now and then a large one.
fn commit(case: CaseId, seen: Version) -> Result<Commit, Box<dyn Error + Send + Sync>> {
    let count = seen.0 % 3 + 1;
    let entry = |index: u32| -> Result<NewEntry, Box<dyn Error + Send + Sync>> {
        let size = if (seen.0 + index).is_multiple_of(40) { 20_000 } else { 200 };
        let mut payload = format!("{} {index} {count} ", seen.0).into_bytes();
        payload.resize(size, b'.');
        let recorded_at = Moment::from_unix_microseconds(i64::from(seen.0))?;
        Ok(NewEntry { recorded_at, recorded_by: "desk".into(), payload, personal: index.is_multiple_of(2) })
    };
    let version = seen.0 + count;
    let rows = vec![
        Row::Kind { kind: "case".into() },
        Row::Due { at: Moment::from_unix_microseconds(i64::from(version))?, clock: "limit".into() },
        Row::Reference { reference: format!("{case}/{version}") },
    ];
    Ok(Commit {
        case,
        seen,
        entries: (0..count).map(entry).collect::<Result<_, _>>()?,
        rows,
        key: None,
        erases: false,
    })
}

/// One write to a line, and none behind a buffer: what is said was acknowledged, and is said at once.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.flush()
}
