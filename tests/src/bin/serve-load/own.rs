//! What the store does by itself, without engine and HTTP: the same acts, each durable before the next.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Commit, IdempotencyKey, Journal, NewEntry, OpenOptions, Row, SledJournal};
use uuid::Uuid;

use crate::Failed;

/// How many entries a case gets before the next one is begun: its opening and twelve acts.
const ENTRIES: u32 = 13;
/// As long as the act of the load is.
const PAYLOAD: usize = 300;

/// How many entries a second so many writers bring to rest.
#[allow(clippy::cast_precision_loss, reason = "a measure, for people")]
pub(crate) async fn rate(folder: &Path, writers: usize, spell: Duration) -> Result<f64, Failed> {
    let journal = Arc::new(SledJournal::open(folder, OpenOptions::default()).await?);
    let (began, until) = (Instant::now(), Instant::now() + spell);
    let mut tasks = Vec::new();
    for _ in 0..writers {
        let journal = Arc::clone(&journal);
        tasks.push(tokio::spawn(async move {
            let mut written = 0_usize;
            while Instant::now() < until {
                let case = CaseId(Uuid::now_v7());
                for version in 0..ENTRIES {
                    journal.append(commit(case, version)).await?;
                    written += 1;
                }
            }
            Ok::<usize, Failed>(written)
        }));
    }
    let mut written = 0;
    for task in tasks {
        written += task.await??;
    }
    let rate = written as f64 / began.elapsed().as_secs_f64();
    journal.close().await?;
    Ok(rate)
}

fn commit(case: CaseId, version: u32) -> Commit {
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(1_800_000_000_000_000).unwrap_or(Moment::MIN),
        recorded_by: "desk".to_owned(),
        payload: format!("{version:0>PAYLOAD$}").into_bytes(),
        personal: true,
    };
    let rows = vec![
        Row::Kind { kind: "case".to_owned() },
        Row::Reference { reference: case.to_string() },
        Row::Procedure { procedure: "load/limit".to_owned(), digest: "0".repeat(64) },
        Row::Stage { track: "request".to_owned(), stage: format!("stage-{version}") },
        Row::Authority { authority: "requested/office".to_owned() },
    ];
    let key = Some(IdempotencyKey(format!("{case}-{version}")));
    Commit { case, seen: Version(version), entries: vec![entry], rows, key, erases: false }
}
