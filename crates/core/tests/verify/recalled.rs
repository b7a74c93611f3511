//! A step that is recalled from another configuration leads where it leads when it is taken.

use std::sync::Arc;

use comity_core::procedure::draft::SafeguardDraft;
use comity_core::procedure::{ClockStanding, Draft, Procedure, SharedProcedure};
use comity_core::verify::Searched;

use super::draft::{clock_is, is, recorded, row, text};
use super::random;
use super::small::nothing;

/// So many that even rare rules meet, and so few that each configuration can be gone on from one by one.
const BOUND: usize = 1_500;

fn check(procedure: &SharedProcedure, bound: usize) -> usize {
    let (recalled, plain) =
        (Searched::all_of(procedure, bound), Searched::all_of_step_by_step(procedure, bound));
    assert!(recalled == plain, "{}: what was recalled differs", procedure.name());
    let (recalled, plain) = (recalled.found(), plain.found());
    assert_eq!(recalled, plain);
    plain.configurations
}

/// Safeguards of every pattern, some of them to each procedure.
fn with_safeguards(draft: &Draft, chosen: u64) -> SharedProcedure {
    let (one, two) = (|| is("request", "two"), || is("custody", "two"));
    let patterns = [
        SafeguardDraft { never: Some(one()), unless: Some(two()), ..nothing() },
        SafeguardDraft { before: Some(text("act-d")), requires: Some(text("act-e")), ..nothing() },
        SafeguardDraft { at_most_once: Some(text("act-c")), ..nothing() },
        SafeguardDraft {
            always_after: Some(text("act-b")),
            requires: Some(text("act-a")),
            within: Some(text("clock-a")),
            ..nothing()
        },
        SafeguardDraft { holds_in: Some(one()), holds: Some(recorded("act-f")), ..nothing() },
        SafeguardDraft { never_together: vec![one(), two()], ..nothing() },
        SafeguardDraft { possible: Some(clock_is("clock-b", ClockStanding::RanOut)), ..nothing() },
        SafeguardDraft { act: Some(text("act-a")), only_by: vec![text("requested/court")], ..nothing() },
    ];
    let mut draft = draft.clone();
    let chosen = (0..).zip(patterns).filter(|(bit, _)| chosen >> bit & 1 == 1);
    draft.safeguards.extend(chosen.map(|(bit, pattern)| row(&format!("pattern-{bit}"), pattern)));
    Arc::new(Procedure::from_draft(&draft).unwrap())
}

#[test]
fn what_is_recalled_of_random_procedures_is_what_is_found_step_by_step() {
    let counts: Vec<usize> = (0..120)
        .map(|seed| {
            let (procedure, draft) = random::procedure(seed);
            // Every other one has none, for what a safeguard remembers hides how narrow a footprint is.
            let chosen = if seed % 2 == 0 { 0 } else { seed / 2 };
            let with_more = if chosen == 0 { procedure } else { with_safeguards(&draft, chosen) };
            check(&with_more, BOUND)
        })
        .collect();
    assert!(counts.iter().filter(|count| **count > 50).count() > 60, "too few go anywhere: {counts:?}");
}
