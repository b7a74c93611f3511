//! A process with 64 writers is killed at their work, again and again. In a share of the rounds the tail is torn as well,
//! or the index loses what it had not synced, as in a power failure.
//!
//! Nothing acknowledged may be lost, nothing unacknowledged may be half there, and the store must verify.
//! `COMITY_KILL_ROUNDS` sets the number of kills, 50 by default.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod random;
mod torn;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_store::{
    IndexState, Journal, OpenOptions, OpenReport, PageRequest, Query, Recorded, Row, SledJournal,
};

use random::Random;
use torn::Torn;
use writer::{Acknowledged, Kill, MANY, Said, WRITERS, killed};

/// A new store after so many kills, so that each round stays short.
const KILLS_PER_STORE: u32 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    let rounds = std::env::var("COMITY_KILL_ROUNDS").map_or(50, |rounds| rounds.parse().expect("a number"));
    let mut folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    let mut tally = Tally::default();
    for round in 0..rounds {
        if round > 0 && round % KILLS_PER_STORE == 0 {
            acknowledged.clear();
            folder = tempfile::tempdir().unwrap();
        }
        let (mut random, store) = (Random::of_round(round), folder.path().join("store"));
        let kill = Kill::of_round(round, rounds, &mut random);
        tally.count(kill, &killed(&store, kill, &mut random, &mut acknowledged));
        let torn = (round % 3 == 1).then(|| torn::tear(&store, &acknowledged, &mut random)).flatten();
        if torn.is_none() && round % 4 == 2 {
            tally.index_lost += u32::from(torn::lose_pages_of_the_index(&store, &mut random));
        }
        check(&store, &acknowledged, torn.as_ref(), &mut tally).await;
    }
    println!("{rounds} kills of {WRITERS} writers, none of their commits lost; {tally:?}");
    tally.shows_that_the_kills_were_worth_it(rounds);
}

/// What the kills met.
#[derive(Debug, Default)]
struct Tally {
    /// Commits acknowledged, over all rounds.
    commits: usize,
    /// The fewest commits acknowledged in a round in which all writers were at work.
    fewest: Option<usize>,
    /// Rounds killed before the store was open.
    opening: u32,
    /// Rounds in which every writer had an acknowledgement before the kill.
    at_work: u32,
    /// Rounds whose journal was torn by the test: in a frame that the process wrote, or in one more.
    torn_written: u32,
    torn_begun: u32,
    /// Rounds whose index lost pages that had never been synced.
    index_lost: u32,
    /// Stores found with a torn tail, which was cut and reported.
    torn_found: u32,
    /// Stores found with an index behind the journal.
    caught_up: u32,
    /// Stores found with an index that could not be trusted.
    rebuilt: u32,
}

impl Tally {
    fn count(&mut self, kill: Kill, said: &Said) {
        self.commits += said.commits;
        self.opening += u32::from(!said.was_ready);
        if said.writers.len() == WRITERS {
            self.at_work += 1;
            self.fewest = Some(self.fewest.map_or(said.commits, |fewest| fewest.min(said.commits)));
        }
        assert!(kill == Kill::WhileOpening || said.commits > 0, "no writer ever got to write");
    }

    /// Kills that meet nobody at work, and tails that are never torn, prove nothing.
    fn shows_that_the_kills_were_worth_it(&self, rounds: u32) {
        assert!(self.at_work * 5 >= rounds * 4, "all writers were at work in {} of {rounds}", self.at_work);
        assert!(self.fewest.is_some_and(|fewest| fewest >= WRITERS), "a writer had nothing acknowledged");
        assert!(self.torn_found >= self.torn_written + self.torn_begun, "a torn tail was not reported");
        if rounds >= 25 {
            assert!(self.torn_begun + self.torn_written >= rounds / 4, "hardly a tail was torn");
            assert!(self.index_lost >= rounds / 10, "hardly an index lost anything");
        }
        // A group is answered as soon as it is on disk, so few kills meet one that is written and not yet answered.
        if rounds >= MANY {
            assert!(self.torn_written > 0, "no tail was torn in a frame that the writers wrote");
        }
    }
}

async fn check(store: &Path, acknowledged: &Acknowledged, torn: Option<&Torn>, tally: &mut Tally) {
    let options = OpenOptions { segment_bytes: 1 << 20, segment_step: 128 << 10, ..OpenOptions::default() };
    let journal = SledJournal::open(store, options).await.unwrap();
    opened(journal.report(), torn, tally);
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
    let opened = journal.report();
    assert_eq!(
        usize::try_from(report.last.0).unwrap(),
        entries,
        "{report:?} after {opened:?}, {:?}",
        journal.stopped()
    );
    journal.close().await.unwrap();
}

/// A torn tail is found where it is, and said to have been cut off.
fn opened(report: &OpenReport, torn: Option<&Torn>, tally: &mut Tally) {
    if let Some(torn) = torn {
        let found = report.torn.as_ref().unwrap_or_else(|| panic!("{torn:?} was not noticed"));
        assert_eq!(found.segment, torn.segment);
        assert_eq!(usize::try_from(found.offset).unwrap(), torn.offset);
        tally.torn_written += u32::from(torn.was_written);
        tally.torn_begun += u32::from(!torn.was_written);
    }
    tally.torn_found += u32::from(report.torn.is_some());
    match &report.index {
        IndexState::Current => {}
        IndexState::CaughtUp { .. } => tally.caught_up += 1,
        IndexState::Rebuilt { .. } => tally.rebuilt += 1,
    }
}

/// What the writer wrote into an entry, sealed or not.
fn content(entry: &Recorded) -> &[u8] {
    entry.payload.content().unwrap()
}

/// Every commit is there from its first entry to its last, or not at all.
fn whole_commits(entries: &[Recorded]) {
    let mut at = 0;
    while at < entries.len() {
        let said = String::from_utf8_lossy(&content(&entries[at])[..30.min(content(&entries[at]).len())])
            .into_owned();
        let count: usize = said.split(' ').nth(2).unwrap().parse().unwrap();
        for index in 0..count {
            let expected = format!("{at} {index} {count} ");
            let entry = entries.get(at + index).unwrap_or_else(|| panic!("half a commit at {at}"));
            assert!(content(entry).starts_with(expected.as_bytes()), "{said} is not {expected}");
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
