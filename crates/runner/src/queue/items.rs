//! What one case puts on the queue. Pure.

use comity_core::procedure::ExpiryEffect;
use comity_core::time::{Day, Moment};
use comity_core::{Asked, Cause, ClockView, End, OfficeStanding, Overdue, Owed, View, office_standing};

use super::{Group, QueueItem, QueueWhat};
use crate::engine::CaseFile;
use crate::links::Behind;

/// The items of one case. A case that is not over has at least one.
pub(super) fn items_of(file: &CaseFile, behind: &[Behind], asked: Asked) -> Vec<QueueItem> {
    let (view, now) = (file.view(asked), asked.at);
    let cannot_follow = |one: &Behind| {
        let because = format!("{one}: {}", one.refused.as_ref()?);
        Some((Group::CannotFollow, None, QueueWhat::CannotFollow { because }))
    };
    let mut items: Vec<Item> = behind.iter().filter_map(cannot_follow).collect();
    items.extend(owed(&view));
    items.extend(limits(&view, now));
    // What ran out may stay for years: who may act, or that nobody may, is told all the same.
    let nothing_presses = items.is_empty();
    let office = office_standing(&file.entries);
    let planned = planned(&view, &office, now);
    let has_come = !planned.is_empty();
    items.extend(planned);
    if office.is_silent(&view) {
        items.push(silent(&view, &office));
    } else if nothing_presses && !view.is_over() {
        items.extend(waiting(&view, &office, has_come));
    }
    items.extend(ran_out(&view));
    let (assigned, desk) = office.assigned.map_or((None, None), |one| (one.to.cloned(), one.desk.cloned()));
    items
        .into_iter()
        .map(|(group, at, what)| QueueItem {
            group,
            at,
            case: file.case,
            reference: file.opening.reference.clone(),
            title: file.opening.title.clone(),
            assigned: assigned.clone(),
            desk: desk.clone(),
            what,
        })
        .collect()
}

type Item = (Group, Option<Moment>, QueueWhat);

fn owed(view: &View) -> Vec<Item> {
    let zone = &view.procedure().home().zone;
    view.obligations()
        .iter()
        .filter(|one| one.owed.met.is_none())
        .map(|one| {
            let what = QueueWhat::Owed {
                title: one.obligation.title.clone(),
                since: since(view, one.owed),
                bearer: one.bearer.1.title.clone(),
                basis: one.obligation.basis.to_string(),
            };
            (Group::Owed, Some(one.owed.since.earliest(zone)), what)
        })
        .collect()
}

/// Since when something is owed, and the limit or the entry that gave rise to it.
fn since(view: &View, owed: Owed) -> String {
    let clocks = view.clocks();
    let expired = match owed.cause {
        Cause::Expiry(id) => clocks.iter().find(|clock| clock.id == id),
        Cause::Opening | Cause::Entry(_) => None,
    };
    let zone = expired.map_or(&view.procedure().home().zone, |clock| clock.zone);
    let when = comity_core::when_in_words(owed.since, zone);
    match (expired, owed.cause) {
        (Some(clock), _) => format!("{when}: {} ran out", clock.name),
        (None, Cause::Entry(entry)) => format!("{when}: entry {entry}"),
        (None, Cause::Opening | Cause::Expiry(_)) => when,
    }
}

/// What ran out and is still open. Where an obligation arose, it stands for the limit among what is owed.
fn ran_out(view: &View) -> Vec<Item> {
    let overdue = view.overdue().into_iter().filter(|one| !one.is_owed || is_to_be_explained(one));
    overdue
        .map(|one| {
            let what = QueueWhat::RanOut {
                clock: one.clock.name.to_string(),
                title: one.clock.clock.title.clone(),
                ran_out: comity_core::moment_in_words(one.since, one.clock.zone),
                follows: one.follows,
                basis: one.clock.clock.basis.to_string(),
            };
            (Group::RanOut, Some(one.since), what)
        })
        .collect()
}

/// Whether what was limited is owed still, besides the explanation that is among what is owed.
fn is_to_be_explained(one: &Overdue<'_>) -> bool {
    one.clock.clock.on_expiry.effect == ExpiryEffect::MustExplain
}

fn limits(view: &View, now: Moment) -> Vec<Item> {
    let (mut items, warnings) = (Vec::new(), view.warnings());
    for clock in view.clocks() {
        let Some(cycle) = clock.last().filter(|cycle| cycle.status == comity_core::CycleStatus::Running)
        else {
            continue;
        };
        let (name, basis) = (clock.name.to_string(), clock.clock.basis.to_string());
        // The last that has come is the one that says how little is left.
        let warned = warnings.iter().rev().find(|one| one.clock.id == clock.id && one.at <= now);
        if let Some(ends) = cycle.end.moment() {
            let what = QueueWhat::Limit {
                clock: name,
                title: clock.clock.title.clone(),
                ends: comity_core::moment_in_words(ends, clock.zone),
                warned: warned.map(|one| {
                    let since = comity_core::moment_in_words(one.at, clock.zone);
                    format!("{} before the end, since {since}", one.before)
                }),
                basis,
            };
            let group = pressing(ends, &clock, now);
            let group = if warned.is_some() { group.min(Group::Warned) } else { group };
            items.push((group, Some(ends), what));
        } else {
            let because = match &cycle.end {
                End::CannotCount(why) => format!("We can't compute this last day: {why}"),
                End::NotNamed | End::Counted(_) | End::Named { .. } => {
                    "No last day: no authority has named it".to_owned()
                }
                End::Stopped { since } => {
                    format!(
                        "No last day: it stands still since {}",
                        comity_core::when_in_words(*since, clock.zone)
                    )
                }
                End::NoDayYet => "No last day: the day from which it is counted is not recorded".to_owned(),
                End::WaitsFor(_) => {
                    "No last day: the clock from whose last day it is counted has none now".to_owned()
                }
            };
            items.push((Group::Uncountable, None, QueueWhat::NoEnd { clock: name, because, basis }));
        }
    }
    items
}

/// How pressing a limit is, by the days of the place that counts.
fn pressing(ends: Moment, clock: &ClockView<'_>, now: Moment) -> Group {
    let today = clock.zone.day_at(now);
    let within = |days| today.plus_days(days).is_some_and(|day| ends <= clock.zone.end_of(day));
    if within(1) {
        Group::Today
    } else if within(7) {
        Group::Soon
    } else {
        Group::Later
    }
}

/// The days that the office set and that have come. A hold of what is over keeps nothing back.
fn planned(view: &View, office: &OfficeStanding<'_>, now: Moment) -> Vec<Item> {
    let zone = &view.procedure().home().zone;
    let has_come = |day: Day| zone.start_of(day) <= now;
    let mut items = Vec::new();
    if let Some(review) = office.review.filter(|review| has_come(review.by)) {
        let what = QueueWhat::Review { by: review.by, why: review.why.clone() };
        items.push((Group::Review, Some(zone.start_of(review.by)), what));
    }
    if let Some(hold) = office.hold.filter(|_| !view.is_over())
        && let Some(until) = hold.until.filter(|day| has_come(*day))
    {
        let since = comity_core::moment_in_words(hold.since, zone);
        let what = QueueWhat::HoldEnds { until, since, reason: hold.reason.clone() };
        items.push((Group::HoldEnds, Some(zone.start_of(until)), what));
    }
    items
}

/// A case that nothing would bring back to anybody's mind; worse if nobody may act in it.
fn silent(view: &View, office: &OfficeStanding<'_>) -> Item {
    let acts = open_acts(view);
    if acts.is_empty() {
        return (Group::Stranded, None, QueueWhat::NobodyMayAct);
    }
    let zone = &view.procedure().home().zone;
    let since = office.touched.map(|at| comity_core::moment_in_words(at, zone)).unwrap_or_default();
    let what = QueueWhat::Silent { since, is_held: office.hold.is_some(), acts };
    (Group::Silent, office.touched, what)
}

/// A case in which nothing presses and for which the office has set a day. When that has come, it is on the queue for it.
fn waiting(view: &View, office: &OfficeStanding<'_>, has_come: bool) -> Option<Item> {
    let acts = open_acts(view);
    if acts.is_empty() {
        return Some((Group::Stranded, None, QueueWhat::NobodyMayAct));
    }
    let next = office.next_day();
    let at = next.map(|day| view.procedure().home().zone.start_of(day));
    (!has_come).then_some((Group::Waiting, at, QueueWhat::MayAct { acts, next }))
}

/// The acts that are open, with who may do them.
fn open_acts(view: &View) -> Vec<(String, String)> {
    view.acts()
        .iter()
        .filter(|act| act.is_open())
        .map(|act| {
            let by: Vec<String> = act.by.iter().map(|(_, authority)| authority.title.clone()).collect();
            (act.name.to_string(), by.join(" or "))
        })
        .collect()
}
