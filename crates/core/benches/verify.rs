//! How long a search takes, and how it grows: ten times the configurations should cost about ten times as much.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench may stop like a test, and its numbers are small"
)]

use std::time::{Duration, Instant};

use comity_core::procedure::SharedProcedure;
use comity_core::verify::verify;

#[expect(dead_code, reason = "the drafts of the tests are borrowed, and most of their words are not needed")]
#[path = "../tests/law/draft.rs"]
mod draft;

fn main() {
    let (few, many) = (side_by_side(3), side_by_side(5));
    let ((small, short), (large, long)) = (measured(&few), measured(&many));
    let each = |count: usize, took: Duration| took.as_secs_f64() / count as f64;
    println!(
        "search of {small} configurations {short:?}, of {large} {long:?}: each took {:.2} times as long, {:.0} a second",
        each(large, long) / each(small, short),
        1.0 / each(large, long),
    );
    // Four places to each of ten tracks: a million configurations and more.
    let began = Instant::now();
    let stress = verify(&side_by_side(10), 2_000_000);
    println!("stress: {} configurations in {:?}", stress.configurations, began.elapsed());
    assert!(stress.is_whole && stress.configurations > 1_000_000);
}

/// The middle one of five searches.
fn measured(procedure: &SharedProcedure) -> (usize, Duration) {
    let mut runs: Vec<(usize, Duration)> = (0..5)
        .map(|_| {
            let began = Instant::now();
            let found = verify(procedure, 1_000_000);
            assert!(found.is_whole);
            (found.configurations, began.elapsed())
        })
        .collect();
    runs.sort_by_key(|(_, took)| *took);
    runs[2]
}

/// So many tracks that know nothing of each other, each with a limit of its own.
fn side_by_side(tracks: usize) -> SharedProcedure {
    let mut procedure = draft::two_states("xn-xc/side-by-side");
    for index in 0..tracks {
        let name = |what: &str| format!("{what}-{index}");
        procedure
            .tracks
            .push(draft::track(&name("track"), &["asked", "heard", "given: given", "lapsed: lapsed"]));
        let mut limit = draft::clock(&name("limit"), "30 days", &[&name("hear")]);
        limit.value.met_by = draft::texts(&[&name("give")]);
        limit.value.on_expiry =
            draft::by_law(vec![draft::moves(&name("track"), "heard -> lapsed, else stays")]);
        procedure.clocks.push(limit);
        let mut hear = draft::act(&name("hear"), "requested/court");
        hear.value.moves = vec![draft::moves(&name("track"), "asked -> heard")];
        let mut give = draft::act(&name("give"), "requested/court");
        give.value.moves = vec![draft::moves(&name("track"), "heard -> given")];
        procedure.acts.extend([hear, give]);
    }
    std::sync::Arc::new(comity_core::procedure::Procedure::from_draft(&procedure).unwrap())
}
