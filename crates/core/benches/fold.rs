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
#[expect(dead_code, reason = "see above")]
#[path = "../tests/law/limits/fixture.rs"]
mod fixture;
#[path = "../tests/law/sample.rs"]
mod sample;

fn main() {
    let (few, many) = (times(&history(20)), times(&history(200)));
    println!(
        "fold of 20 entries {:?}, of 200 {:?}: ratio {:.1}",
        few.typical,
        many.typical,
        many.typical.as_secs_f64() / few.typical.as_secs_f64()
    );
    let (whole, again) = (times(&busy()), times(&corrected()));
    println!(
        "fold of 200 entries with 12 clocks {:?}, undisturbed {:?} (to stay under 100 µs), after a correction in the middle {:?}: ratio {:.2}",
        whole.typical,
        whole.undisturbed,
        again.typical,
        again.typical.as_secs_f64() / whole.typical.as_secs_f64()
    );
    divan::main();
}

/// Two hundred entries as a file of some years holds them: acts, facts and many notes, over twelve limits of which some
/// stop, some are extended and each is started several times.
fn busy() -> (SharedProcedure, Vec<Entry>) {
    let limits = (0..12).map(|index| {
        let length = ["45 days", "2 months", "6 weeks"][index % 3];
        let mut limit = fixture::limit_called(&format!("limit-{index}"), length);
        limit.value.starts = draft::starting(&[["held", "noticed", "applied", "reviewed"][index / 3]]);
        match index % 4 {
            0 => {
                let in_months = limit.value.choices.month_end.is_some();
                limit.value.choices.broken_months =
                    in_months.then_some(draft::at(comity_core::time::BrokenMonths::CalendarThenDays));
                fixture::stopping(limit, comity_core::time::StoppedDays::FullDays)
            }
            1 => fixture::extended_by(limit, fixture::extension("5 days")),
            _ => limit,
        }
    });
    let mut case = fixture::case(limits.collect());
    let file = [
        "held",
        "note",
        "fact fixed = 2027-04-01",
        "noticed",
        "note",
        "stayed",
        "note",
        "fact for = 3 days",
        "resumed",
        "note",
        "applied",
        "extended",
        "note",
        "reviewed",
        "fact fixed = 2027-05-01",
        "note",
        "asked",
        "note",
        "freed",
        "note",
    ];
    let start = case::moment("2027-01-03 10:00").as_unix_microseconds();
    for (index, what) in (0..).zip(file.iter().cycle()).take(200 - case.entries.len()) {
        let at = Moment::from_unix_microseconds(start + index * 7 * 3_600_000_000).unwrap();
        if *what == "note" {
            let note = comity_core::name::Private::new("called the desk, no answer yet");
            case.admit(at, vec![comity_core::entry::Body::Note(note)]).unwrap();
        } else {
            case.on(&case::seoul().local(at), what);
        }
    }
    (case.procedure, case.entries)
}

/// The same, with an entry in the middle corrected.
fn corrected() -> (SharedProcedure, Vec<Entry>) {
    let (procedure, entries) = busy();
    let last = entries.last().unwrap();
    let stands_in_the_middle = |entry: &&Entry| matches!(&entry.body, comity_core::entry::Body::Deed(deed) if deed.what.label() == "noticed");
    let middle = entries[90..].iter().find(stands_in_the_middle).unwrap();
    let comity_core::entry::Body::Deed(deed) = &middle.body else { panic!("it is a deed") };
    let comity_core::time::When::At(at) = deed.when else { panic!("it is known to the instant") };
    let earlier = comity_core::time::When::At(at.plus_microseconds(-60_000_000).unwrap());
    let body = comity_core::entry::Body::Corrected {
        entry: middle.number,
        deed: comity_core::entry::Deed { when: earlier, what: deed.what.clone() },
        reason: comity_core::name::Private::new("a slip"),
    };
    let entry = comity_core::admit(&procedure, &entries, body, &case::stamp(last.recorded_at)).unwrap();
    let entries = entries.iter().cloned().chain([entry]).collect();
    (procedure, entries)
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

/// How long many folds took.
struct Times {
    /// The median.
    typical: Duration,
    /// What one fold in ten is faster than: on a machine with other work, those that had a core to themselves.
    undisturbed: Duration,
}

/// The times of many folds, each with the dropping of what it gave.
fn times(history: &(SharedProcedure, Vec<Entry>)) -> Times {
    let time = || {
        let start = Instant::now();
        divan::black_box(folded(divan::black_box(history)));
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..501).map(|_| time()).collect();
    times.sort();
    Times { typical: times[250], undisturbed: times[50] }
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
