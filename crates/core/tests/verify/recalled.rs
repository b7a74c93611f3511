//! A step that is recalled from another configuration leads where it leads when it is taken.

use std::sync::Arc;

use comity_core::procedure::draft::SafeguardDraft;
use comity_core::procedure::{ClockStanding, Draft, Procedure, SharedProcedure};
use comity_core::verify::{Searched, Verdict, verify};

use super::draft::{act, all, clock_is, is, moves, obligation, recorded, row, text};
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

/// What random procedures lack: moves and documents that hang on something.
fn with_guards(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    let guards = [
        is("custody", "two"),
        recorded("act-b"),
        clock_is("clock-a", ClockStanding::Running),
        is("request", "two"),
        is("plea", "guilty"),
    ];
    for (row, guard) in draft.acts.iter_mut().zip(&guards) {
        for moves in &mut row.value.moves {
            moves.moves[0].when = Some(guard.clone());
        }
    }
    for (row, guard) in draft.clocks.iter_mut().zip(guards.iter().rev()) {
        for moves in &mut row.value.on_expiry.moves {
            moves.moves[0].when = Some(guard.clone());
        }
    }
    draft.documents[0].value.when = Some(is("custody", "two"));
    draft.documents[1].value.when = Some(recorded("act-b"));
    draft
}

/// Safeguards of every pattern, some of them to each procedure.
fn with_safeguards(draft: &Draft, chosen: u64) -> Draft {
    let (one, two) = (|| is("request", "two"), || is("custody", "two"));
    let follows = if draft.conditions.is_empty() { "act-a" } else { "condition-a" };
    let patterns = [
        SafeguardDraft { never: Some(one()), unless: Some(two()), ..nothing() },
        SafeguardDraft { before: Some(text("act-d")), requires: Some(text("act-e")), ..nothing() },
        SafeguardDraft { at_most_once: Some(text("act-c")), ..nothing() },
        SafeguardDraft {
            always_after: Some(text("act-b")),
            requires: Some(text(follows)),
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
    draft
}

/// How many configurations each of the random procedures has of which `more` makes something else.
fn counts(more: impl Fn(&Draft, u64) -> Draft) -> Vec<usize> {
    let drafts = (0..60).map(|seed| more(&random::procedure(seed).1, seed));
    let procedures = drafts.filter_map(|draft| Procedure::from_draft(&draft).ok());
    procedures.map(|procedure| check(&Arc::new(procedure), BOUND)).collect()
}

fn most_go_somewhere(counts: &[usize]) {
    assert!(counts.iter().filter(|count| **count > 50).count() > 25, "too few go anywhere: {counts:?}");
}

// What a safeguard remembers hides how narrow a footprint is, so there are procedures without any.

#[test]
fn what_is_recalled_of_random_procedures_is_what_is_found_step_by_step() {
    most_go_somewhere(&counts(|draft, _| draft.clone()));
}

#[test]
fn what_moves_and_documents_hang_on_is_in_the_footprint() {
    most_go_somewhere(&counts(|draft, _| with_guards(draft)));
}

#[test]
fn what_safeguards_hang_on_is_in_the_footprint() {
    most_go_somewhere(&counts(with_safeguards));
}

/// What every procedure is held to and random ones lack: a refusal with a notice, a gate with ways around it from both sides,
/// and documents that are not always needed.
fn with_what_is_watched_for(draft: &Draft) -> Draft {
    let mut draft = with_guards(draft);
    for row in draft.tracks[0].value.stages.iter_mut().filter(|row| row.value.outcome.is_some()) {
        row.value.outcome = Some("refused".to_owned());
    }
    draft.obligations = vec![obligation("tell", "requested/court", &["act-a", "act-b"])];
    draft.acts[3].value.owes = vec![text("tell")];
    let mut granted = act("granted", "requested/court");
    granted.value.when = Some(all(&[is("custody", "two"), clock_is("clock-a", ClockStanding::Running)]));
    let around = ["requested/police", "requesting/central"]
        .map(|by| act(&format!("granted-by-{}", by.replace('/', "-")), by));
    for mut row in [granted].into_iter().chain(around) {
        row.value.moves = vec![moves("request", "one -> three")];
        draft.acts.push(row);
    }
    draft
}

#[test]
fn what_is_watched_for_is_in_the_footprint() {
    most_go_somewhere(&counts(|draft, _| with_what_is_watched_for(draft)));
    // Each of it comes about somewhere, or nothing was compared.
    let seen: Vec<String> = (0..60)
        .filter_map(|seed| Procedure::from_draft(&with_what_is_watched_for(&random::procedure(seed).1)).ok())
        .flat_map(|procedure| verify(&Arc::new(procedure), BOUND).properties)
        .filter(|property| matches!(property.verdict, Verdict::Refuted(_)))
        .map(|property| property.name)
        .collect();
    for name in ["every-refusal-is-notified", "no-gate-skipped-from-both-sides", "no-limit-outlives-the-case"]
    {
        assert!(seen.iter().any(|seen| seen == name), "{name} is never refuted");
    }
}

#[test]
fn what_follows_an_act_is_in_the_footprint_though_nothing_of_it_changes() {
    let follows = |draft: &Draft, _| with_safeguards(draft, 0b1000);
    most_go_somewhere(&counts(follows));
}
