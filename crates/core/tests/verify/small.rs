//! A small extradition in which everything holds, to seed faults in.

use comity_core::procedure::{ClockStanding, Draft};
use comity_core::verify::{Path, Property, Verdict, Verification, verify};

use super::draft::{
    act, all, by_law, cites, clock, clock_is, fact, is, moves, recorded, row, texts, track, two_states,
};
use comity_core::procedure::draft::{
    ActDraft, ClockDraft, FactTypeDraft, GuardDraft, Row, SafeguardDraft, StageDraft,
};

pub(crate) const BOUND: usize = 10_000;

/// A request is lodged, the court grants or refuses it, and the person is handed over or, after thirty days, let go.
pub(crate) fn extradition() -> Draft {
    let mut draft = two_states("xn-xc/small");
    draft.facts = vec![fact("person.consents", FactTypeDraft::YesNo)];
    draft.tracks = vec![
        track(
            "request",
            &["lodged", "granted", "surrendered: surrendered", "refused: refused", "lapsed: lapsed"],
        ),
        track("custody", &["free", "held: held"]),
    ];
    let mut hand_over = clock("hand-over", "30 days", &["granted"]);
    hand_over.value.met_by = texts(&["handed-over"]);
    hand_over.value.on_expiry = by_law(vec![moves("request", "granted -> lapsed, else stays")]);
    draft.clocks = vec![hand_over];
    let mut arrested = act("arrested", "requested/police");
    arrested.value.moves = vec![moves("custody", "free -> held")];
    let mut heard = act("heard", "requested/court");
    heard.value.when = Some(is("request", "lodged"));
    let mut granted = act("granted", "requested/court");
    granted.value.when = Some(recorded("heard"));
    granted.value.moves = vec![moves("request", "lodged -> granted")];
    let mut refused = act("refused", "requested/court");
    refused.value.moves = vec![moves("request", "lodged -> refused")];
    let mut handed_over = act("handed-over", "requested/police");
    handed_over.value.when = Some(all(&[is("custody", "held"), is("person.consents", "yes")]));
    handed_over.value.moves = vec![moves("request", "granted -> surrendered")];
    draft.acts = vec![arrested, heard, granted, refused, handed_over];
    draft
}

pub(crate) fn act_of<'d>(draft: &'d mut Draft, name: &str) -> &'d mut ActDraft {
    &mut draft.acts.iter_mut().find(|row| row.name.value == name).unwrap().value
}

pub(crate) fn clock_of<'d>(draft: &'d mut Draft, name: &str) -> &'d mut ClockDraft {
    &mut draft.clocks.iter_mut().find(|row| row.name.value == name).unwrap().value
}

pub(crate) fn found(draft: &Draft) -> Verification {
    verify(&super::sample::checked(draft), BOUND)
}

pub(crate) fn property(found: &Verification, name: &str) -> Property {
    found.properties.iter().find(|property| property.name == name).unwrap().clone()
}

pub(crate) fn verdict(draft: &Draft, name: &str) -> Verdict {
    property(&found(draft), name).verdict
}

/// The path on which a property is refuted.
pub(crate) fn refuted(draft: &Draft, name: &str) -> Vec<String> {
    path_of(&verdict(draft, name)).words()
}

pub(crate) fn path_of(verdict: &Verdict) -> Path {
    match verdict {
        Verdict::Refuted(path) => path.clone(),
        other @ (Verdict::Proved | Verdict::Undecided(_)) => panic!("{other:?}"),
    }
}

/// What a property fails for.
pub(crate) fn dead(draft: &Draft, name: &str) -> Vec<String> {
    let property = property(&found(draft), name);
    assert!(matches!(property.verdict, Verdict::Refuted(_)), "{property:?}");
    property.about
}

/// A safeguard that says nothing yet.
pub(crate) fn nothing() -> SafeguardDraft {
    SafeguardDraft { title: "A safeguard".to_owned(), cite: cites("treaty 1"), ..SafeguardDraft::default() }
}

/// The verdict on one safeguard.
pub(crate) fn judged(draft: &Draft, safeguard: SafeguardDraft) -> Verdict {
    let mut draft = draft.clone();
    draft.safeguards = vec![row("guaranteed", safeguard)];
    verdict(&draft, "guaranteed")
}

pub(crate) fn extra(name: &str) -> Row<ActDraft> {
    act(name, "requested/court")
}

pub(crate) fn ran_out(clock: &str) -> GuardDraft {
    clock_is(clock, ClockStanding::RanOut)
}

/// A stage at which a track ends.
pub(crate) fn outcome(name: &str) -> Row<StageDraft> {
    row(name, StageDraft { title: name.to_owned(), outcome: Some(name.to_owned()), holds: Vec::new() })
}
