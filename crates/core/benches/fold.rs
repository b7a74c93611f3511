//! How long a fold takes, and how it grows: about ten times the entries should cost about ten times as much.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench may stop like a test"
)]

use std::time::{Duration, Instant};

use comity_core::entry::Entry;
use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_core::{Asked, fold};

#[expect(dead_code, reason = "the cases of the tests are borrowed, and most of their words are not needed")]
#[path = "../tests/law/case.rs"]
mod case;
#[expect(dead_code, reason = "see above")]
#[path = "../tests/law/draft.rs"]
mod draft;
#[path = "../tests/law/sample.rs"]
mod sample;

fn main() {
    let few = typical(&history(20));
    let many = typical(&history(200));
    println!(
        "fold of 20 entries {few:?}, of 200 {many:?}: ratio {:.1}",
        many.as_secs_f64() / few.as_secs_f64()
    );
    divan::main();
}

/// A person who is arrested, heard and released again and again.
fn history(entries: usize) -> (SharedProcedure, Vec<Entry>) {
    let mut case = case::Case::sample();
    let acts = ["arrested (arrest.place: Ulsan)", "heard", "norvane-told", "released"];
    let start = case::moment("2027-01-03 10:00").as_unix_microseconds();
    for (index, act) in (0..).zip(acts.iter().cycle()).take(entries - case.entries.len()) {
        let at = Moment::from_unix_microseconds(start + index * 7 * 3_600_000_000).unwrap();
        case.on(&case::seoul().local(at), act);
    }
    (case.procedure, case.entries)
}

fn folded((procedure, entries): &(SharedProcedure, Vec<Entry>)) -> comity_core::View {
    fold(procedure, entries, Asked::at(Moment::MAX))
}

/// The median of many folds.
fn typical(history: &(SharedProcedure, Vec<Entry>)) -> Duration {
    let time = || {
        let start = Instant::now();
        divan::black_box(folded(divan::black_box(history)));
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..501).map(|_| time()).collect();
    times.sort();
    times[250]
}

#[divan::bench(args = [20, 200])]
fn fold_of_a_case(bencher: divan::Bencher<'_, '_>, entries: usize) {
    let history = history(entries);
    bencher.bench(|| folded(&history));
}

#[divan::bench(args = [20, 200])]
fn decision_on_an_act(bencher: divan::Bencher<'_, '_>, entries: usize) {
    let (procedure, entries) = history(entries);
    let case = case::Case { procedure, entries };
    let at = case.entries.last().unwrap().recorded_at;
    let body = comity_core::entry::Body::Deed(case.deed(&case::seoul().local(at), "norvane-told"));
    bencher.bench(|| comity_core::admit(&case.procedure, &case.entries, body.clone(), &case::stamp(at)));
}
