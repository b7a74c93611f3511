//! The queue: nothing is stranded or silent unseen.

use std::collections::BTreeMap;

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_core::{ActView, CycleStatus, View, office_standing};
use comity_runner::{Group, QueueItem};

use super::linked::cannot_follow;
use crate::simulation::model::{Case, Model};
use crate::simulation::trace::Wrong;

const AT_LEAST_ONCE: &str = "every open case is on the queue at least once, and no other";
const IN_ORDER: &str = "the order of the queue never descends";
const STRANDED: &str = "a case with nobody to act and nothing armed is on the queue as stranded";
const SILENT: &str = "a case in which somebody may act, and without a day on which anybody would look at it again, is on the queue as silent";
const LIMITS: &str = "every limit that runs, and everything that is owed, is on the queue";
const RAN_OUT: &str = "what ran out and is still open is on the queue";
const BEHIND: &str = "a case that cannot follow another is on the queue";
const UNREADABLE: &str = "a case that cannot be read is on the queue, and hides no other";

const READABLE: &str =
    "a case is on the queue as one that cannot be read only where it, or one that it is linked to, cannot be";

/// The queue says of every case what there is to say.
pub(crate) fn is_whole(
    items: &[QueueItem],
    model: &Model,
    now: Moment,
    unreadable: Option<CaseId>,
) -> Result<(), Wrong> {
    let keys: Vec<_> = items.iter().map(|item| (item.group, item.at.unwrap_or(Moment::MAX))).collect();
    if !keys.is_sorted() {
        return Err(Wrong::new(IN_ORDER, format!("{keys:?}")));
    }
    let mut groups: BTreeMap<CaseId, Vec<Group>> = BTreeMap::new();
    for item in items {
        groups.entry(item.case).or_default().push(item.group);
    }
    for (id, case) in model.cases() {
        let groups = groups.remove(&id).unwrap_or_default();
        let wrong =
            |sentence| Err(Wrong::new(sentence, format!("{} at {now}: {groups:?}", case.opening.reference)));
        if unreadable == Some(id) {
            if groups == [Group::Unreadable] {
                continue;
            }
            return wrong(UNREADABLE);
        }
        if case.known(now).is_empty() {
            continue;
        }
        let view = case.view(now);
        let reads = !view.links().iter().any(|(_, other)| unreadable == Some(*other));
        if reads && groups.contains(&Group::Unreadable) {
            return wrong(READABLE);
        }
        if reads && let Some(sentence) = untold(model, case, &view, now, &groups) {
            return wrong(sentence);
        }
    }
    match groups.first_key_value() {
        Some((id, groups)) => Err(Wrong::new(AT_LEAST_ONCE, format!("{id}: {groups:?}"))),
        None => Ok(()),
    }
}

/// The first sentence that is not true of the items of a case.
fn untold(model: &Model, case: &Case, view: &View, now: Moment, groups: &[Group]) -> Option<&'static str> {
    let is = |group: Group| groups.contains(&group);
    let count = |of: &[Group]| groups.iter().filter(|group| of.contains(group)).count();
    let office = office_standing(case.known(now));
    let running = view
        .clocks()
        .iter()
        .filter_map(comity_core::ClockView::last)
        .filter(|run| run.status == CycleStatus::Running)
        .count();
    let owed = view.obligations().iter().filter(|one| one.owed.met.is_none()).count();
    let may_act = view.acts().iter().any(ActView::is_open);
    let is_over = view.is_over();
    let is_armed = running > 0 || owed > 0;
    let has_day = office.next_day().is_some() || !view.due().is_empty() || owed > 0;
    let behind = cannot_follow(model, case, case.known(now), view, now);
    let limits = [Group::Uncountable, Group::Today, Group::Soon, Group::Warned, Group::Later, Group::Owed];
    if behind && !is(Group::CannotFollow) {
        Some(BEHIND)
    } else if count(&limits) != running + owed {
        Some(LIMITS)
    } else if view.overdue().iter().any(|one| !one.is_owed) && !is(Group::RanOut) {
        Some(RAN_OUT)
    } else if !is_over && !may_act && !is_armed && !behind && !is(Group::Stranded) {
        Some(STRANDED)
    } else if !is_over && may_act && !has_day && !is(Group::Silent) {
        Some(SILENT)
    } else if !is_over && groups.is_empty() {
        Some(AT_LEAST_ONCE)
    } else {
        None
    }
}
