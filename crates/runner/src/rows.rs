//! What the index holds of a case: a pure function of where it stands.

use std::collections::BTreeSet;

use comity_core::id::{CaseId, MatterId};
use comity_core::time::Moment;
use comity_core::value::Value;
use comity_core::{Asked, OfficeStanding, View, office_standing};
use comity_store::Row;

use crate::engine::CaseFile;
use crate::missing::{missing_notices, missing_warnings};
use crate::words::{name, words};

/// The kind of a case.
pub(crate) const CASE: &str = "case";
/// The kind of a matter.
pub(crate) const MATTER: &str = "matter";
/// The kind of what the engine records of the machine.
pub(crate) const ENGINE: &str = "engine";
/// The kind of a procedure's text.
pub(crate) const PROCEDURE: &str = "procedure";

/// The kind of a case whose content was erased.
pub(crate) const ERASED: &str = "erased";
/// The kind of a case that is tied to another: to whom it must be told what becomes of that one.
pub(crate) fn tied_to(other: CaseId) -> String {
    format!("tied to {other}")
}

/// The facts that hold names of the person, where a procedure declares them as text.
const NAMES: [&str; 2] = ["person.name", "person.alias"];

/// All index rows of a case as it stands at `now`.
pub(crate) fn rows(file: &CaseFile, now: Moment) -> Vec<Row> {
    let (view, opening) = (&file.view(Asked::at(now)), &file.opening);
    let mut rows = vec![
        Row::Kind { kind: CASE.to_owned() },
        Row::Matter { matter: opening.matter },
        Row::Reference { reference: opening.reference.clone() },
        Row::Procedure {
            procedure: file.procedure.name().to_string(),
            digest: file.procedure.meaning().to_string(),
        },
    ];
    rows.extend(
        view.tracks()
            .iter()
            .map(|track| Row::Stage { track: track.name.to_string(), stage: track.stage_name.to_string() }),
    );
    rows.extend(view.due().iter().map(|(at, clock)| Row::Due { at: *at, clock: clock.name.to_string() }));
    // What ran out stays due until somebody was told: a record that comes before the sweep must not hide it.
    rows.extend(
        missing_notices(file, view)
            .into_iter()
            .map(|notice| Row::Due { at: notice.ran_out, clock: notice.clock.to_string() }),
    );
    // The same holds of warnings, which are rows of their own: nobody must take one for the end of a limit.
    rows.extend(
        missing_warnings(file, view)
            .into_iter()
            .map(|warning| Row::Warn { at: warning.at, clock: warning.clock.to_string() }),
    );
    rows.extend(of_office(&office_standing(&file.entries), view));
    rows.extend(authorities(view).into_iter().map(|authority| Row::Authority { authority }));
    let ties: BTreeSet<CaseId> = view.links().iter().map(|(_, other)| *other).collect();
    rows.extend(ties.into_iter().map(|other| Row::Kind { kind: tied_to(other) }));
    rows.extend(states(view).into_iter().map(|state| Row::State { state }));
    rows.extend(words(opening.title.reveal()).into_iter().map(|word| Row::Word { word }));
    rows.extend(persons(view).into_iter().map(|name| Row::Person { name }));
    rows
}

/// Who has the case, and when the office looks at it again.
fn of_office(office: &OfficeStanding<'_>, view: &View) -> Vec<Row> {
    let zone = &view.procedure().home().zone;
    let planned = |day, what: &str| Row::Planned { at: zone.start_of(day), what: what.to_owned() };
    let until = office.hold.filter(|_| !view.is_over()).and_then(|hold| hold.until);
    let mut rows: Vec<Row> = until.map(|day| planned(day, "hold")).into_iter().collect();
    rows.extend(office.review.map(|review| planned(review.by, "review")));
    rows.extend(office.is_silent(view).then_some(Row::Silent));
    let to = office.assigned.and_then(|one| one.to);
    rows.extend(to.map(|to| Row::Assigned { to: account(to.reveal()) }));
    rows
}

/// An account as the index knows it.
pub(crate) fn account(name: &str) -> String {
    // The journal limits the texts of the index; who is meant is said by the entry.
    name.chars().take(60).collect()
}

/// What the index holds of a case or a matter that was erased: that it was there, under which reference.
pub(crate) fn rows_of_erased(reference: &str) -> Vec<Row> {
    vec![Row::Kind { kind: ERASED.to_owned() }, Row::Reference { reference: reference.to_owned() }]
}

/// The kind of an erased case of a matter, by which it is known that the title of the matter may have to go too.
pub(crate) fn erased_of(matter: MatterId) -> String {
    format!("erased of {matter}")
}

/// The States on the sides of the case, and those that its facts name.
fn states(view: &View) -> BTreeSet<String> {
    let facts = view.facts();
    let known = facts.iter().filter_map(|fact| fact.known?.value.country());
    let sides = view.states().filter_map(|(_, state)| state);
    sides.chain(known).map(|country| country.to_string()).collect()
}

/// The names of the person, as far as the procedure has facts for them.
fn persons(view: &View) -> BTreeSet<String> {
    let facts = view.facts();
    let names = facts.iter().filter(|fact| NAMES.contains(&fact.name.as_str()));
    let text = |value: &Value| if let Value::Text(text) = value { Some(name(text.reveal())) } else { None };
    names.filter_map(|fact| fact.known.and_then(|known| text(&known.value))).collect()
}

/// The authorities that may act or owe something.
fn authorities(view: &View) -> BTreeSet<String> {
    let acts = view.acts();
    let may = acts
        .iter()
        .filter(|act| act.is_open())
        .flat_map(|act| act.by.iter().map(|(name, _)| name.to_string()));
    let owed = view.obligations();
    let must = owed.iter().filter(|one| one.owed.met.is_none()).map(|one| one.bearer.0.to_string());
    may.chain(must).collect()
}
