//! How the store does when it is large: bytes, opening, memory, lists, verifying, rebuilding.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{IndexState, Journal, OpenOptions, PageRequest, Query, SledJournal};
use rustix::fs::Advice;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::Outcome;
use crate::comity::Comity;
use crate::job::{Act, STEPS};
use crate::numbers::{Waits, bytes_on_disk, memory, shown};
use crate::turn::Records;

const WRITERS: u64 = 512;
/// A page of a list, as the console shows it.
const PAGE: usize = 25;
const LISTS: u32 = 2000;

/// What a process said of itself, by name.
type Said = BTreeMap<String, String>;

/// Fills a store of each size and prints a table of what was found.
pub(crate) fn run(folder: &Path, sizes: &[u64]) -> Outcome<()> {
    println!("stores of some size, filled by {WRITERS} writers; opened with nothing of them in memory\n");
    let mut columns: Vec<Said> = Vec::new();
    for cases in sizes {
        let store = folder.join(format!("cases-{cases}"));
        columns.push(measure(&store, *cases)?);
        std::fs::remove_dir_all(&store)?;
    }
    let names = [
        "cases",
        "acts/s while filling",
        "memory while filling, MiB",
        "closing it then",
        "journal, bytes per case",
        "index, bytes per case",
        "keys, bytes per case",
        "all, bytes per case",
        "opening",
        "memory once open, MiB",
        "list by stage, p50",
        "list by stage, p99",
        "list by due, p50",
        "list by due, p99",
        "list by word, p50",
        "list by word, p99",
        "reading a case, p50",
        "reading a case, p99",
        "memory after the lists, MiB",
        "closing it after reading",
        "verifying, entries/s",
        "memory while verifying, MiB",
        "opening after a kill",
        "memory then, MiB",
        "opening without the index",
        "rebuilding, entries/s",
        "memory while rebuilding, MiB",
    ];
    for name in names {
        print!("{name:<32}");
        for said in &columns {
            print!("{:>14}", said.get(name).map_or("", String::as_str));
        }
        println!();
    }
    println!();
    Ok(())
}

fn measure(store: &Path, cases: u64) -> Outcome<Said> {
    let mut said = Said::from([("cases".to_owned(), cases.to_string())]);
    said.extend(ask(&["fill"], store, &[&cases.to_string()])?);
    let mut all = 0;
    for (part, name) in [("journal", "journal"), ("sled", "index"), ("keys", "keys")] {
        let bytes = bytes_on_disk(&store.join(part))? / cases;
        all += bytes;
        said.insert(format!("{name}, bytes per case"), bytes.to_string());
    }
    said.insert("all, bytes per case".to_owned(), all.to_string());
    forget(store)?;
    said.extend(ask(&["look"], store, &[])?);
    said.extend(ask(&["verify"], store, &[])?);

    // What a kill leaves: no word of a clean close.
    let _ = std::fs::remove_file(store.join("sled.clean"));
    forget(store)?;
    let killed = ask(&["reopen"], store, &[])?;
    said.insert("opening after a kill".to_owned(), value(&killed, "opening")?);
    said.insert("memory then, MiB".to_owned(), value(&killed, "memory")?);

    std::fs::remove_dir_all(store.join("sled"))?;
    forget(store)?;
    let rebuilt = ask(&["reopen"], store, &[])?;
    said.insert("opening without the index".to_owned(), value(&rebuilt, "opening")?);
    said.insert("rebuilding, entries/s".to_owned(), value(&rebuilt, "entries/s")?);
    said.insert("memory while rebuilding, MiB".to_owned(), value(&rebuilt, "memory")?);
    Ok(said)
}

fn value(said: &Said, name: &str) -> Outcome<String> {
    Ok(said.get(name).ok_or("a process of the bench did not say what it found")?.clone())
}

/// Has a process of its own do something to the store, and reads what it says.
fn ask(before: &[&str], store: &Path, after: &[&str]) -> Outcome<Said> {
    let output = Command::new(std::env::current_exe()?)
        .args(before)
        .arg(store)
        .args(after)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("`{}` failed", before.join(" ")).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(text.lines().filter_map(pair).collect())
}

/// Writes out what the system holds of the store in memory, and lets it forget.
fn forget(folder: &Path) -> Outcome<()> {
    for item in std::fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_dir() {
            forget(&path)?;
        } else {
            let file = std::fs::File::open(&path)?;
            file.sync_all()?;
            rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}

fn say(name: &str, value: impl std::fmt::Display) {
    println!("{name}={value}");
}

fn runtime() -> Outcome<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// A case by its number, in the order in which cases are opened.
fn case(number: u64) -> Uuid {
    // As the seventh version of a UUID: a moment first, then what looks like chance.
    let mixed = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let moment = u128::from(1_700_000_000_000 + number);
    Uuid::from_u128(
        moment << 80
            | 0x7 << 76
            | (mixed >> 52 & 0xFFF) << 64
            | 0b10 << 62
            | mixed >> 64 & 0x3FFF_FFFF_FFFF_FFFF,
    )
}

/// Does the whole job for so many cases.
pub(crate) fn fill(folder: &Path, cases: &str) -> Outcome<()> {
    let cases: u64 = cases.parse()?;
    let comity = Arc::new(Comity::open(folder)?);
    let next = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let runtime = runtime()?;
    runtime.block_on(async {
        let work = |comity: Arc<Comity>, next: Arc<AtomicU64>| async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= cases {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(());
                }
                for step in 0..STEPS {
                    comity.record(0, Act::new(case(number), step), [0; 32]).await?;
                }
            }
        };
        let tasks: Vec<_> =
            (0..WRITERS).map(|_| tokio::spawn(work(Arc::clone(&comity), Arc::clone(&next)))).collect();
        for task in tasks {
            task.await??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    say("acts/s while filling", per_second(cases * u64::from(STEPS), start.elapsed()));
    say("memory while filling, MiB", memory("VmHWM")?);
    let start = Instant::now();
    runtime.block_on(comity.journal().close())?;
    say("closing it then", shown(start.elapsed()));
    Ok(())
}

fn per_second(count: u64, elapsed: Duration) -> u64 {
    let seconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1000) / seconds
}

/// Opens the store and asks it what a console asks.
pub(crate) fn look(folder: &Path) -> Outcome<()> {
    let (journal, opening) = opened(folder)?;
    say("opening", shown(opening));
    say("memory once open, MiB", memory("VmRSS")?);
    let cases = journal.report().last.0 / u64::from(STEPS);
    let stages = ["before-court", "asked-for", "held-provisionally", "held-for-hand-over"];
    let by_stage = |number: u32| {
        let stage =
            stages.get(usize::try_from(number).unwrap_or(0) % stages.len()).copied().unwrap_or_default();
        let track = match stage {
            "before-court" => "request",
            "asked-for" => "assurances",
            _ => "custody",
        };
        Query::AtStage { track: track.to_owned(), stage: stage.to_owned() }
    };
    let by_due = |number: u32| {
        let at = 1_720_000_000_000_000 + i64::from(number) * 50_000_000_000;
        Query::DueUntil(Moment::from_unix_microseconds(at).unwrap_or(Moment::MAX))
    };
    let by_word = |number: u32| Query::WithWord(format!("word{:04}", number.wrapping_mul(7919) % 5000));
    let runtime = runtime()?;
    runtime.block_on(async {
        lists(&journal, "list by stage", by_stage).await?;
        lists(&journal, "list by due", by_due).await?;
        lists(&journal, "list by word", by_word).await?;
        let mut waits = Vec::new();
        for number in 0..u64::from(LISTS) {
            let case = case(number.wrapping_mul(7_919) % cases.max(1));
            let start = Instant::now();
            let entries = journal.read(CaseId(case), Version(0)).await?;
            waits.push(start.elapsed());
            if entries.len() != usize::try_from(STEPS)? {
                return Err("a case does not have all its entries".into());
            }
        }
        told("reading a case", waits);
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    say("memory after the lists, MiB", memory("VmHWM")?);
    let start = Instant::now();
    runtime.block_on(journal.close())?;
    say("closing it after reading", shown(start.elapsed()));
    Ok(())
}

async fn lists(journal: &SledJournal, name: &str, query: impl Fn(u32) -> Query) -> Outcome<()> {
    let (mut waits, mut found) = (Vec::new(), 0);
    for number in 0..LISTS {
        let start = Instant::now();
        let page = journal.rows(query(number), PageRequest::first(PAGE)).await?;
        waits.push(start.elapsed());
        found += page.rows.len();
    }
    if found == 0 {
        return Err(format!("nothing was found for a {name}").into());
    }
    told(name, waits);
    Ok(())
}

fn told(name: &str, waits: Vec<Duration>) {
    let waits = Waits::of(waits);
    say(&format!("{name}, p50"), shown(waits.within(500)));
    say(&format!("{name}, p99"), shown(waits.within(990)));
}

fn opened(folder: &Path) -> Outcome<(SledJournal, Duration)> {
    let start = Instant::now();
    let journal = SledJournal::open_blocking(folder, OpenOptions::default())?;
    Ok((journal, start.elapsed()))
}

/// Opens the store, whatever there is to do for it.
pub(crate) fn reopen(folder: &Path) -> Outcome<()> {
    let (journal, opening) = opened(folder)?;
    say("opening", shown(opening));
    if let IndexState::Rebuilt { .. } = journal.report().index {
        say("entries/s", per_second(journal.report().last.0, opening));
    }
    say("memory", memory("VmHWM")?);
    Ok(())
}

/// Verifies the whole record and the index against it.
pub(crate) fn verify(folder: &Path) -> Outcome<()> {
    let (journal, _) = opened(folder)?;
    let start = Instant::now();
    let report = runtime()?.block_on(journal.verify())?;
    say("verifying, entries/s", per_second(report.last.0, start.elapsed()));
    say("memory while verifying, MiB", memory("VmHWM")?);
    Ok(())
}
