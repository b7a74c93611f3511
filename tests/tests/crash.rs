//! A process with 64 writers is killed at random moments, again and again.
//!
//! Nothing acknowledged may be lost, nothing unacknowledged may be half there, and the store must verify.
//! `COMITY_KILL_ROUNDS` sets the number of kills, 25 by default.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{Journal, OpenOptions, PageRequest, Query, Recorded, Row, SledJournal};

/// What the killed processes said was acknowledged: the last version and hash of each case, and all before.
type Acknowledged = BTreeMap<(CaseId, u32), String>;

/// A new store after so many kills, so that each round stays short.
const KILLS_PER_STORE: u32 = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    let rounds = std::env::var("COMITY_KILL_ROUNDS").map_or(25, |rounds| rounds.parse().expect("a number"));
    let mut random = Random(u64::from(std::process::id()) | 1);
    let mut folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    let (mut total, mut recovered) = (0, Recovered::default());
    for round in 0..rounds {
        if round > 0 && round % KILLS_PER_STORE == 0 {
            total += acknowledged.len();
            acknowledged.clear();
            folder = tempfile::tempdir().unwrap();
        }
        // Now and then so early that it falls into the opening.
        let longest = if round % 4 == 3 { 30 } else { 200 };
        let delay = Duration::from_micros(random.next() % (longest * 1000));
        kill_after(folder.path(), delay, &mut acknowledged);
        check(folder.path(), &acknowledged, &mut recovered).await;
    }
    total += acknowledged.len();
    println!("{rounds} kills, {total} commits acknowledged, none lost; {recovered:?}");
    assert!(total > 0, "no writer ever got to write");
}

/// How stores were found after a kill.
#[derive(Debug, Default)]
struct Recovered {
    /// With a write that the kill had interrupted.
    torn: u32,
    /// With an index behind the journal.
    caught_up: u32,
    /// With an index that could not be trusted.
    rebuilt: u32,
}

fn kill_after(folder: &Path, delay: Duration, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_store-writer"))
        .arg(folder.join("store"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reading = std::thread::spawn(move || out.lines().map_while(Result::ok).collect::<Vec<_>>());
    // The one sleep: the moment of the kill is what the test is about.
    std::thread::sleep(delay);
    assert!(child.try_wait().unwrap().is_none(), "the writer ended by itself, see its message above");
    child.kill().unwrap();
    child.wait().unwrap();
    for line in reading.join().unwrap() {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (case, version, hash) = (word(), word(), word());
        // The kill may cut the last line.
        if hash.len() == 64 {
            acknowledged.insert((CaseId(case.parse().unwrap()), version.parse().unwrap()), hash);
        }
    }
}

async fn check(folder: &Path, acknowledged: &Acknowledged, recovered: &mut Recovered) {
    let options = OpenOptions { segment_bytes: 1 << 20, segment_step: 128 << 10, ..OpenOptions::default() };
    let journal = SledJournal::open(folder.join("store"), options).await.unwrap();
    recovered.torn += u32::from(journal.report().torn.is_some());
    match &journal.report().index {
        comity_store::IndexState::Current => {}
        comity_store::IndexState::CaughtUp { .. } => recovered.caught_up += 1,
        comity_store::IndexState::Rebuilt { .. } => recovered.rebuilt += 1,
    }
    let mut versions = BTreeMap::new();
    for case in (0..64).map(|writer| CaseId(uuid::Uuid::from_u128(writer))) {
        let entries = journal.read(case, Version(0)).await.unwrap();
        whole_commits(&entries);
        versions.insert(case, entries.len());
        for ((_, version), hash) in acknowledged.range((case, 0)..=(case, u32::MAX)) {
            let entry = entries.get(usize::try_from(*version).unwrap() - 1);
            let entry =
                entry.unwrap_or_else(|| panic!("entry {version} of {case} was acknowledged and is lost"));
            assert_eq!(
                &entry.hash.to_string(),
                hash,
                "entry {version} of {case} is not what was acknowledged"
            );
        }
    }
    rows_follow(&journal, &versions).await;
    let report = journal.verify().await.unwrap();
    let entries: usize = versions.values().sum();
    assert_eq!(usize::try_from(report.last.0).unwrap(), entries);
    journal.close().await.unwrap();
}

/// Every commit is there from its first entry to its last, or not at all.
fn whole_commits(entries: &[Recorded]) {
    let mut at = 0;
    while at < entries.len() {
        let said =
            String::from_utf8_lossy(&entries[at].payload[..30.min(entries[at].payload.len())]).into_owned();
        let count: usize = said.split(' ').nth(2).unwrap().parse().unwrap();
        for index in 0..count {
            let expected = format!("{at} {index} {count} ");
            let entry = entries.get(at + index).unwrap_or_else(|| panic!("half a commit at {at}"));
            assert!(entry.payload.starts_with(expected.as_bytes()), "{said} is not {expected}");
        }
        at += count;
    }
}

/// The index says of each case what its last commit said.
async fn rows_follow(journal: &SledJournal, versions: &BTreeMap<CaseId, usize>) {
    let due = journal.rows(Query::DueUntil(Moment::MAX), PageRequest::first(1000)).await.unwrap();
    let mut seen = 0;
    for found in due.rows {
        let Row::Due { at, .. } = found.row else { panic!("not a due row") };
        assert_eq!(at.as_unix_microseconds(), i64::try_from(versions[&found.case]).unwrap());
        seen += 1;
    }
    assert_eq!(seen, versions.values().filter(|version| **version > 0).count());
    for (case, version) in versions.iter().filter(|(_, version)| **version > 0) {
        let named =
            journal.rows(Query::Named(format!("{case}/{version}")), PageRequest::first(9)).await.unwrap();
        assert_eq!(named.rows.len(), 1);
    }
}

/// Enough chance for a moment: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
