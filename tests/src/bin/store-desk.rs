//! A process with a store that does what it is told, line by line, and says what came of it: for tests of failing disks.
//!
//! `store-desk FOLDER FLOOR SEGMENT` opens the store, with so many bytes of the disk to stay free and segments of so many,
//! and says `ok`. Then it reads commands: `append CASE BYTES` (at the version it has seen), `read CASE`, `verify`, `hoard`
//! (takes every file handle), `release`, `close`. Each is answered by one line, `ok …` or `err CODE MESSAGE`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, Write};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Commit, Journal, NewEntry, OpenOptions, Row, SledJournal};
use uuid::Uuid;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, floor, segment] = words.as_slice() else {
        return Err("usage: store-desk FOLDER FLOOR SEGMENT".into());
    };
    let options = OpenOptions {
        segment_bytes: segment.parse()?,
        segment_step: 16 << 10,
        disk_floor: floor.parse()?,
        ..OpenOptions::default()
    };
    let journal = match SledJournal::open(folder, options).await {
        Ok(journal) => journal,
        Err(error) => return say(&failed(error.code(), &error)),
    };
    say("ok open")?;
    let mut hoard = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let said = match words.as_slice() {
            ["append", case, bytes] => append(&journal, case, bytes.parse()?).await?,
            ["read", case] => match journal.read(number(case)?, Version(0)).await {
                Ok(entries) => format!("ok {}", entries.len()),
                Err(error) => failed(error.code(), &error),
            },
            ["verify"] => match journal.verify().await {
                Ok(report) => format!("ok {}", report.last),
                Err(error) => failed(error.code(), &error),
            },
            ["hoard"] => {
                while let Ok(file) = File::open("/dev/null") {
                    hoard.push(file);
                }
                format!("ok {}", hoard.len())
            }
            ["release"] => {
                hoard.clear();
                "ok".to_owned()
            }
            ["close"] => match journal.close().await {
                Ok(()) => "ok".to_owned(),
                Err(error) => failed(error.code(), &error),
            },
            _ => return Err(format!("no such command: {line}").into()),
        };
        say(&said)?;
    }
    Ok(())
}

async fn append(journal: &SledJournal, case: &str, bytes: usize) -> Result<String, Failure> {
    let case = number(case)?;
    let seen = match journal.head(case).await {
        Ok(head) => head.version,
        Err(error) => return Ok(failed(error.code(), &error)),
    };
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(i64::from(seen.0))?,
        recorded_by: "desk".into(),
        payload: vec![b'.'; bytes],
        personal: false,
    };
    let rows = vec![Row::Reference { reference: format!("{case}/{seen}") }];
    let commit = Commit { case, seen, entries: vec![entry], rows, key: None, erases: false };
    Ok(match journal.append(commit).await {
        Ok(receipt) => format!("ok {}", receipt.version),
        Err(error) => failed(error.code(), &error),
    })
}

fn number(case: &str) -> Result<CaseId, Failure> {
    Ok(CaseId(Uuid::from_u128(case.parse()?)))
}

/// One line: the code, the message and all that lies behind it.
fn failed(code: &str, error: &dyn Error) -> String {
    let mut line = format!("err {code} {error}");
    let mut cause = error.source();
    while let Some(behind) = cause {
        line.push_str(": ");
        line.push_str(&behind.to_string());
        cause = behind.source();
    }
    line.replace('\n', " ")
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
