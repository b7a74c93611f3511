//! An office, simulated: so many seeds as a test has time for, and every seed that once broke something. `cargo xtask simulate`
//! plays thousands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use comity_tests::simulation::{Counts, Library, Life, Played, Store, play};

const SEEDS: u64 = 100;
const USUAL: Life = Life { store: Store::Memory, is_orderly: false };

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::read().unwrap_or_else(|wrong| panic!("{wrong}")));

#[track_caller]
fn held(seed: u64, life: Life) -> Played {
    match play(seed, &LIBRARY, life) {
        Ok(played) => played,
        Err(broken) => panic!("{broken}\nall of it: cargo xtask simulate --seed {seed}"),
    }
}

/// The same happened in both, word by word.
#[track_caller]
fn is_same(one: &Played, other: &Played) {
    let mut lines = one.trace.iter().zip(&other.trace).enumerate();
    if let Some((line, (one, other))) = lines.find(|(_, (one, other))| one != other) {
        panic!("line {line} is once `{one}`, and once `{other}`");
    }
    assert_eq!(one.digest, other.digest);
}

/// Plays all of these seeds on two threads, and says how much there was of everything.
fn all_of(seeds: &[u64]) -> Counts {
    let (next, sum) = (AtomicU64::new(0), Mutex::new(Counts::default()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) =
                    seeds.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap())
                {
                    let played = held(*seed, USUAL);
                    let mut sum = sum.lock().unwrap();
                    *sum = sum.and(played.counts);
                }
            });
        }
    });
    sum.into_inner().unwrap()
}

#[test]
fn whatever_happens_to_an_office_over_decades_everything_holds() {
    let counts = all_of(&(0..SEEDS).collect::<Vec<_>>());
    // A simulation in which nothing of a kind ever happens says nothing of it.
    let Counts { noticed, warned, learned, stranded, leaps, crashes, refused, failed, .. } = counts;
    let Counts { migrated, confirmed, sealed, readers, erased, filed, .. } = counts;
    for (number, what) in [
        (noticed, "notices"),
        (warned, "warnings"),
        (learned, "lessons"),
        (stranded, "cases that are stranded"),
        (leaps, "leaps of the clock"),
        (crashes, "crashes"),
        (refused, "refusals"),
        (failed, "failures"),
        (migrated, "migrations"),
        (confirmed, "confirmations"),
        (sealed, "seals"),
        (readers, "readers"),
        (erased, "erasures"),
        (filed, "files"),
    ] {
        assert!(number > 5, "only {number} {what}");
    }
    assert!(counts.years > 300, "only {} years", counts.years);
}

#[test]
fn every_seed_that_once_broke_something_holds() {
    let kept = include_str!("../simulation-seeds");
    let lines = kept.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let seeds: Vec<u64> =
        lines.map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
    assert!(seeds.len() >= 5);
    all_of(&seeds);
}

#[test]
fn a_seed_comes_to_the_same_each_time() {
    for seed in [3, 14, 159] {
        let (first, second) = (held(seed, USUAL), held(seed, USUAL));
        is_same(&first, &second);
        assert_eq!(first.counts, second.counts);
    }
    assert_ne!(held(3, USUAL).digest, held(14, USUAL).digest);
}

#[test]
fn the_embedded_store_comes_to_what_the_memory_comes_to() {
    for seed in 0..4 {
        let memory = held(seed, Life { store: Store::Memory, is_orderly: true });
        let embedded = held(seed, Life { store: Store::Embedded, is_orderly: true });
        is_same(&memory, &embedded);
    }
}
