//! Faults seeded in a sound procedure, of every kind that an author makes: each is refuted by name, and each path plays.

use std::sync::Arc;

use comity_core::Asked;
use comity_core::procedure::draft::{AtomDraft, ConditionDraft, GuardDraft, Row, SafeguardDraft};
use comity_core::procedure::{
    ClockStanding, DocumentForm, Draft, ExpiryEffect, Force, GroundStanding, Procedure, Quantity,
    SharedProcedure, Translation,
};
use comity_core::verify::{Path, Played, Verdict, play, verify};

use super::draft::{
    act, all, any, atom, by_law, clock, clock_is, condition, document, exception, expiry, ground, grounds,
    is, moves, named, not, obligation, one_move, recorded, row, starting, text, texts, track,
};
use super::sample::checked;
use super::small::{BOUND, act_of, clock_of, extra, extradition, nothing, outcome, ran_out};

const OUTCOME: &str = "outcome-reachable-from-everywhere";
const NOTIFIED: &str = "every-refusal-is-notified";
const GATE: &str = "no-gate-skipped-from-both-sides";

/// The sound procedure, with what its author guarantees.
fn guarded() -> Draft {
    let mut draft = extradition();
    draft.obligations = vec![obligation("tell", "requested/central", &["told"])];
    draft.grounds = vec![ground("political", Force::Mandatory)];
    let refused = act_of(&mut draft, "refused");
    refused.owes = texts(&["tell"]);
    refused.when = Some(all(&[
        recorded("heard"),
        grounds(Quantity::Any, Some(Force::Mandatory), GroundStanding::Applies),
    ]));
    act_of(&mut draft, "granted").when = Some(all(&[
        recorded("heard"),
        grounds(Quantity::No, Some(Force::Mandatory), GroundStanding::Applies),
        grounds(Quantity::Every, Some(Force::Mandatory), GroundStanding::Considered),
    ]));
    let mut told = extra("told");
    told.value.when = Some(is("request", "refused"));
    told.value.moves = vec![moves("notice", "untold -> told")];
    draft.tracks.push(track("notice", &["untold", "told: told"]));
    let mut form = document("form-of-consent", DocumentForm::NotStated, Translation::NotNeeded);
    form.value.when = Some(is("person.consents", "yes"));
    draft.documents = vec![form];
    let mut withdrawn = extra("withdrawn");
    withdrawn.value.owes = texts(&["tell"]);
    withdrawn.value.moves = vec![moves("request", "lodged or granted -> refused")];
    draft.acts.extend([told, withdrawn]);
    let mut answer = clock("answer", "10 days", &["refused", "withdrawn"]);
    answer.value.met_by = texts(&["told"]);
    draft.clocks.push(answer);
    draft.safeguards = vec![
        row(
            "court-first",
            SafeguardDraft { before: Some(text("handed-over")), requires: Some(text("heard")), ..nothing() },
        ),
        row("held-when-surrendered", never(is("request", "surrendered"), Some(is("custody", "held")))),
        row(
            "consents",
            SafeguardDraft {
                holds_in: Some(is("request", "surrendered")),
                holds: Some(recorded("handed-over")),
                ..nothing()
            },
        ),
        row("granted-once", SafeguardDraft { at_most_once: Some(text("granted")), ..nothing() }),
        row("can-lapse", SafeguardDraft { possible: Some(is("request", "lapsed")), ..nothing() }),
        row("can-be-refused", SafeguardDraft { possible: Some(is("request", "refused")), ..nothing() }),
        row(
            "not-both",
            SafeguardDraft {
                never_together: vec![is("request", "granted"), ran_out("hand-over")],
                ..nothing()
            },
        ),
        row(
            "court-grants",
            SafeguardDraft { act: Some(text("granted")), only_by: texts(&["requested/court"]), ..nothing() },
        ),
        row(
            "limit-runs",
            SafeguardDraft {
                always_after: Some(text("granted")),
                requires: Some(text("handed-over")),
                within: Some(text("hand-over")),
                ..nothing()
            },
        ),
        row(
            "refusal-told",
            SafeguardDraft {
                always_after: Some(text("refused")),
                requires: Some(text("told")),
                within: Some(text("answer")),
                ..nothing()
            },
        ),
    ];
    draft
}

fn never(when: GuardDraft, unless: Option<GuardDraft>) -> SafeguardDraft {
    SafeguardDraft { never: Some(when), unless, ..nothing() }
}

fn moving(mut row: Row<ConditionDraft>, track: &str, written: &str) -> Row<ConditionDraft> {
    row.value.moves = vec![moves(track, written)];
    row
}

type Fault = (&'static str, &'static str, fn(&mut Draft));

/// What is wrong, what it breaks, and how it is seeded.
fn faults() -> Vec<Fault> {
    [of_acts(), of_clocks(), of_guards(), of_tracks(), of_documents(), of_notices(), of_gates()].concat()
}

fn of_acts() -> Vec<Fault> {
    vec![
        ("the court is skipped", "court-first", |draft| {
            act_of(draft, "granted").when = None;
        }),
        ("the hand-over asks for no custody", "held-when-surrendered", |draft| {
            act_of(draft, "handed-over").when = Some(is("person.consents", "yes"));
        }),
        ("another act surrenders too", "consents", |draft| {
            draft.acts.push(extra("surrendered-otherwise"));
            act_of(draft, "surrendered-otherwise").when = Some(is("custody", "held"));
            act_of(draft, "surrendered-otherwise").moves = vec![moves("request", "granted -> surrendered")];
        }),
        ("an act leaves the track where it was", "granted-once", |draft| {
            act_of(draft, "granted").moves = vec![moves("request", "lodged -> granted, else stays")];
            act_of(draft, "granted").moves[0].or_stays = true;
        }),
        ("a way back to before the decision", "granted-once", |draft| {
            draft.acts.push(extra("reopened"));
            act_of(draft, "reopened").moves = vec![moves("request", "granted -> lodged")];
        }),
        ("the police may grant", "court-grants", |draft| {
            act_of(draft, "granted").by.push(text("requested/police"));
        }),
        ("a refusal that nobody tells of", "refusal-told", |draft| {
            clock_of(draft, "answer").starts = starting(&["withdrawn"]);
        }),
        ("the notice is dropped", "no-clock-that-is-never-met", |draft| {
            act_of(draft, "told").when = Some(is("request", "lodged"));
        }),
        ("an act waits for itself", "no-dead-act", |draft| {
            act_of(draft, "told").when = Some(recorded("told"));
        }),
        ("an act asks for what it excludes", "no-dead-act", |draft| {
            act_of(draft, "told").when =
                Some(all(&[is("request", "refused"), not(recorded("withdrawn")), recorded("withdrawn")]));
        }),
    ]
}

fn of_clocks() -> Vec<Fault> {
    vec![
        ("a clock that nothing starts", "no-dead-clock", |draft| {
            draft.acts.push(extra("noted"));
            act_of(draft, "noted").when = Some(all(&[is("request", "refused"), is("request", "lodged")]));
            clock_of(draft, "answer").starts = starting(&["noted"]);
        }),
        ("a clock met only by what comes before it", "no-clock-that-is-never-met", |draft| {
            clock_of(draft, "hand-over").met_by = texts(&["refused"]);
        }),
        ("an expiry without effect, and the act is closed", OUTCOME, |draft| {
            clock_of(draft, "hand-over").on_expiry = expiry(ExpiryEffect::NothingStated);
            act_of(draft, "withdrawn").moves = vec![moves("request", "lodged -> refused")];
            act_of(draft, "handed-over").unless = vec![exception(ran_out("hand-over"), "act 5")];
            without_lapsed(draft);
        }),
        ("an expiry moves from where the track never stands", "no-expiry-without-its-effect", |draft| {
            clock_of(draft, "hand-over").on_expiry =
                by_law(vec![moves("request", "lodged -> lapsed, else stays")]);
        }),
        ("a clock switched off as soon as it starts", "can-lapse", |draft| {
            clock_of(draft, "hand-over").off_when = Some(is("request", "granted"));
        }),
        ("a clock ended by an act that ends nothing else", "limit-runs", |draft| {
            draft.acts.push(extra("postponed"));
            act_of(draft, "postponed").when = Some(is("request", "granted"));
            clock_of(draft, "hand-over").met_by.push(text("postponed"));
        }),
        ("a clock that begins too early", "limit-runs", |draft| {
            clock_of(draft, "hand-over").starts = starting(&["arrested"]);
        }),
        ("a shorter clock that always comes first", "no-expiry-without-its-effect", |draft| {
            let mut shorter = clock("shorter", "5 days", &["granted"]);
            shorter.value.on_expiry = by_law(vec![moves("request", "granted -> refused, else stays")]);
            draft.clocks.push(shorter);
        }),
        ("a power lapses before it can be used", "no-dead-act", |draft| {
            let mut lapse = expiry(ExpiryEffect::Lapse);
            lapse.closes = texts(&["told"]);
            clock_of(draft, "answer").on_expiry = lapse;
            clock_of(draft, "answer").met_by = texts(&["handed-over"]);
            act_of(draft, "told").when = Some(ran_out("answer"));
        }),
        ("a limit whose end nobody can name", "never-stuck", |draft| {
            wait_for_a_day_that_nobody_names(draft);
        }),
        ("an expiry that leads back", "granted-once", |draft| {
            clock_of(draft, "hand-over").on_expiry =
                by_law(vec![moves("request", "granted -> lodged, else stays")]);
            without_lapsed(draft);
        }),
        ("an expiry that leaves what it excludes", "not-both", |draft| {
            clock_of(draft, "hand-over").on_expiry = expiry(ExpiryEffect::NothingStated);
            without_lapsed(draft);
        }),
    ]
}

fn without_lapsed(draft: &mut Draft) {
    draft.tracks[0].value.stages.retain(|stage| stage.name.value != "lapsed");
    draft.safeguards.retain(|row| row.name.value != "can-lapse");
}

/// The grant lets everybody wait for a day that only an act of before could have named.
fn wait_for_a_day_that_nobody_names(draft: &mut Draft) {
    draft.facts.push(super::draft::fact("person.day", comity_core::procedure::draft::FactTypeDraft::Date));
    draft.acts.push(extra("day-named"));
    act_of(draft, "day-named").records = texts(&["person.day"]);
    act_of(draft, "day-named").when = Some(is("request", "lodged"));
    for act in ["heard", "told"] {
        act_of(draft, act).when = Some(is("request", "lodged"));
    }
    act_of(draft, "withdrawn").moves = vec![moves("request", "lodged -> refused")];
    act_of(draft, "arrested").when = Some(is("request", "lodged"));
    act_of(draft, "handed-over").when = Some(ran_out("hand-over"));
    let of = clock_of(draft, "hand-over");
    of.length = named("day-named", "person.day");
    of.choices = comity_core::procedure::draft::ChoicesDraft::default();
}

fn of_guards() -> Vec<Fault> {
    vec![
        ("every ground applies and none does", "no-dead-stage", |draft| {
            let applies = grounds(Quantity::Any, Some(Force::Mandatory), GroundStanding::Applies);
            let none = grounds(Quantity::No, Some(Force::Mandatory), GroundStanding::Applies);
            act_of(draft, "granted").when = Some(all(&[recorded("heard"), applies, none]));
        }),
        ("a ground that no rule asks for", "no-dead-ground", |draft| {
            draft.grounds.push(ground("nationality", Force::Optional));
        }),
        ("an exception that always applies", "no-dead-act", |draft| {
            let always = any(&[is("request", "granted"), is("request", "lodged")]);
            act_of(draft, "handed-over").unless = vec![exception(always, "act 5")];
        }),
        ("the guard of a court reads the wrong act", "court-first", |draft| {
            let considered = grounds(Quantity::Every, Some(Force::Mandatory), GroundStanding::Considered);
            act_of(draft, "granted").when = Some(all(&[recorded("arrested"), considered]));
        }),
        ("or for and", "held-when-surrendered", |draft| {
            let either = any(&[is("custody", "held"), is("person.consents", "yes")]);
            act_of(draft, "handed-over").when = Some(either);
        }),
        ("what is unknown is taken for no", OUTCOME, |draft| {
            let unknown = atom(AtomDraft::Unknown(text("person.consents")));
            act_of(draft, "handed-over").when = Some(all(&[is("custody", "held"), unknown]));
            clock_of(draft, "hand-over").on_expiry = expiry(ExpiryEffect::NothingStated);
            act_of(draft, "withdrawn").moves = vec![moves("request", "lodged -> refused")];
            without_lapsed(draft);
            draft.conditions = vec![condition("asked", is("person.consents", "no"))];
            clock_of(draft, "answer").starts = starting(&["asked"]);
        }),
    ]
}

fn of_tracks() -> Vec<Fault> {
    vec![
        ("a stage to which only a closed way leads", "no-dead-stage", |draft| {
            draft.tracks[1].value.stages.push(outcome("let-go"));
            draft.acts.push(extra("let-go-after-all"));
            act_of(draft, "let-go-after-all").when = Some(is("request", "surrendered"));
            act_of(draft, "let-go-after-all").moves = vec![moves("custody", "free -> let-go")];
        }),
        ("a dropped move", "can-be-refused", |draft| {
            act_of(draft, "refused").moves = vec![moves("request", "granted -> lapsed")];
            act_of(draft, "withdrawn").moves = vec![moves("request", "lodged or granted -> lapsed")];
            draft.tracks[0].value.stages.retain(|stage| stage.name.value != "refused");
            act_of(draft, "told").when = Some(is("request", "lapsed"));
            draft.safeguards.retain(|row| row.name.value != "can-be-refused");
            let both = all(&[is("request", "lapsed"), is("request", "granted")]);
            draft
                .safeguards
                .push(row("can-be-refused", SafeguardDraft { possible: Some(both), ..nothing() }));
        }),
        ("a condition surrenders by itself", "consents", |draft| {
            let granted = all(&[is("request", "granted"), is("person.consents", "yes")]);
            draft.conditions = vec![moving(
                condition("surrender", granted),
                "request",
                "granted -> surrendered, else stays",
            )];
        }),
        ("a trap beside the road", OUTCOME, |draft| {
            draft.tracks[0].value.stages.push(row(
                "pending",
                comity_core::procedure::draft::StageDraft {
                    title: "pending".to_owned(),
                    outcome: None,
                    holds: Vec::new(),
                },
            ));
            draft.acts.extend([extra("put-aside"), extra("taken-up")]);
            act_of(draft, "put-aside").moves = vec![moves("request", "lodged -> pending")];
            act_of(draft, "taken-up").when = Some(recorded("granted"));
            act_of(draft, "taken-up").moves = vec![moves("request", "pending -> lodged")];
        }),
        ("a person is held who was let go", "held-when-surrendered", |draft| {
            let late =
                all(&[is("request", "surrendered"), not(clock_is("hand-over", ClockStanding::RanOut))]);
            draft.conditions = vec![condition("gone", late)];
            draft.acts.push(extra("escaped"));
            act_of(draft, "escaped").when = Some(super::draft::holds("gone"));
            draft.tracks[1].value.stages[1].value.outcome = None;
            let mut free = moves("custody", "held -> free");
            free.moves = vec![one_move("held -> free", None)];
            act_of(draft, "escaped").moves = vec![free];
        }),
    ]
}

fn of_documents() -> Vec<Fault> {
    vec![
        ("a document for two stages at once", "no-dead-document", |draft| {
            let both = all(&[is("request", "lodged"), is("request", "refused")]);
            draft.documents[0].value.when = Some(both);
        }),
        ("a document for a request that was already surrendered", "no-dead-document", |draft| {
            let both = all(&[recorded("handed-over"), is("request", "lodged"), is("person.consents", "no")]);
            draft.documents[0].value.when = Some(both);
        }),
        ("a document for what a limit that was met excludes", "no-dead-document", |draft| {
            draft.documents[0].value.when = Some(all(&[is("request", "surrendered"), ran_out("hand-over")]));
        }),
    ]
}

fn of_notices() -> Vec<Fault> {
    vec![
        ("a withdrawal of which nobody is told", NOTIFIED, |draft| {
            act_of(draft, "withdrawn").owes = Vec::new();
        }),
        ("a refusal that the law takes as made, of which nobody is told", NOTIFIED, |draft| {
            clock_of(draft, "hand-over").on_expiry =
                by_law(vec![moves("request", "granted -> refused, else stays")]);
            without_lapsed(draft);
        }),
        ("a notice that is closed once it is due", NOTIFIED, |draft| {
            act_of(draft, "told").when = Some(is("request", "lodged"));
        }),
        ("a limit that runs on when the case is over", "no-limit-outlives-the-case", |draft| {
            clock_of(draft, "answer").met_by = texts(&["handed-over"]);
        }),
    ]
}

fn of_gates() -> Vec<Fault> {
    vec![
        ("a court that both sides go around", GATE, |draft| {
            without_the_court(draft, "requested/police");
            without_the_court(draft, "requesting/central");
        }),
        ("a court that one act of both sides goes around", GATE, |draft| {
            without_the_court(draft, "requested/police");
            act_of(draft, "granted-by-requested-police").by.push(text("requesting/central"));
        }),
        ("an exception that both sides go around", GATE, |draft| {
            let granted = act_of(draft, "granted");
            granted.when = None;
            granted.unless = vec![exception(not(recorded("heard")), "act 5")];
            without_the_court(draft, "requested/police");
            without_the_court(draft, "requesting/central");
        }),
    ]
}

/// An act of this authority that grants the request and asks for nothing.
fn without_the_court(draft: &mut Draft, by: &str) {
    let mut granted = act(&format!("granted-by-{}", by.replace('/', "-")), by);
    granted.value.moves = vec![moves("request", "lodged -> granted")];
    draft.acts.push(granted);
}

fn is_played(procedure: &SharedProcedure, path: &Path) -> bool {
    play(procedure, path).is_some_and(|Played { entries, at, moments }| {
        moments.len() == path.steps.len()
            && comity_core::fold(procedure, &entries, Asked::at(at)).upset().is_empty()
    })
}

#[test]
fn without_a_fault_everything_is_proved() {
    let found = verify(&checked(&guarded()), BOUND);
    for property in found.properties {
        assert_eq!(property.verdict, Verdict::Proved, "{}", property.name);
        assert!(!property.is_vacuous, "{}", property.name);
    }
}

#[test]
fn every_seeded_fault_is_refuted_and_its_path_plays() {
    let faults = faults();
    assert!(faults.len() >= 30, "{}", faults.len());
    let missed: Vec<String> = faults.into_iter().filter_map(missed).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Why a fault was not refuted on a path that plays.
fn missed((fault, breaks, seed): Fault) -> Option<String> {
    let mut draft = guarded();
    seed(&mut draft);
    let procedure = match Procedure::from_draft(&draft) {
        Ok(procedure) => Arc::new(procedure),
        Err(flaws) => return Some(format!("{fault} does not load: {flaws:?}")),
    };
    let found = verify(&procedure, BOUND);
    let property = found.properties.iter().find(|one| one.name == breaks).unwrap();
    let shows = match &property.verdict {
        // Where nothing leads to something, there is no path to play, and what is missed is named.
        Verdict::Refuted(path) if path.steps.is_empty() => !property.about.is_empty(),
        Verdict::Refuted(path) => is_played(&procedure, path),
        Verdict::Proved | Verdict::Undecided(_) => false,
    };
    (!shows).then(|| format!("{fault}: {property:?}"))
}
