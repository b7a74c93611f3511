//! A plan with its names resolved: for each row of the procedure that a case leaves, the row that it becomes.

use super::{ClockFate, Ends, Migration, NameKind};
use crate::name::Name;
use crate::procedure::{
    ActId, AuthorityId, ClockId, ConditionId, CountedFrom, DocumentId, Event, FactId, GroundId, LawDay,
    Length, ObligationId, Procedure, StageId, TrackId,
};
use crate::table::{Id, Table};

/// Where everything goes. What has no counterpart goes nowhere.
pub(crate) struct Passage {
    // INVARIANT: each vector has one place for each row of its table in the procedure that is left.
    tracks: Vec<Option<(TrackId, Vec<Option<StageId>>)>>,
    clocks: Vec<Option<ClockPassage>>,
    facts: Vec<Option<FactId>>,
    acts: Vec<Option<ActId>>,
    documents: Vec<Option<DocumentId>>,
    grounds: Vec<Option<GroundId>>,
    obligations: Vec<Option<ObligationId>>,
    conditions: Vec<Option<ConditionId>>,
    authorities: Vec<Option<AuthorityId>>,
}

/// Where a clock goes.
#[derive(Clone, Copy)]
pub(crate) struct ClockPassage {
    pub(crate) to: ClockId,
    /// Which end a run under way has, if the plan says so.
    pub(crate) ends: Option<Ends>,
    /// Whether both procedures count its end by the same rule.
    pub(crate) same_rule: bool,
}

impl Passage {
    pub(crate) fn of(old: &Procedure, new: &Procedure, plan: &Migration) -> Self {
        let mut passage = Self {
            tracks: tracks(old, new, plan),
            clocks: Vec::new(),
            facts: rows(&old.facts, &new.facts, plan, NameKind::Fact),
            acts: rows(&old.acts, &new.acts, plan, NameKind::Act),
            documents: rows(&old.documents, &new.documents, plan, NameKind::Document),
            grounds: rows(&old.grounds, &new.grounds, plan, NameKind::Ground),
            obligations: rows(&old.obligations, &new.obligations, plan, NameKind::Obligation),
            conditions: rows(&old.conditions, &new.conditions, plan, NameKind::Condition),
            authorities: rows(&old.authorities, &new.authorities, plan, NameKind::Authority),
        };
        let clock = |name: &Name| -> Option<(ClockId, Option<&ClockFate>)> {
            let fate = plan.clock(name);
            let becomes = fate.map_or(Some(name), |fate| fate.fate.becomes())?;
            Some((new.clocks.find(becomes.as_str())?, fate))
        };
        let found: Vec<_> = old.clocks.names().map(clock).collect();
        let to = |id: ClockId| found.get(id.index()).copied().flatten().map(|(to, _)| to);
        let places = old.clocks.ids().zip(&found).map(|(id, place)| {
            let (to_id, fate) = (*place)?;
            let same_rule = passage.same_rule((old, id), (new, to_id), to);
            Some(ClockPassage { to: to_id, ends: fate.map(|fate| fate.ends), same_rule })
        });
        passage.clocks = places.collect();
        passage
    }

    pub(crate) fn track(&self, track: TrackId) -> Option<TrackId> {
        self.tracks.get(track.index())?.as_ref().map(|(to, _)| *to)
    }

    pub(crate) fn stage(&self, track: TrackId, stage: StageId) -> Option<StageId> {
        self.tracks.get(track.index())?.as_ref()?.1.get(stage.index()).copied().flatten()
    }

    pub(crate) fn clock(&self, clock: ClockId) -> Option<ClockPassage> {
        self.clocks.get(clock.index()).copied().flatten()
    }

    pub(crate) fn fact(&self, fact: FactId) -> Option<FactId> {
        self.facts.get(fact.index()).copied().flatten()
    }

    pub(crate) fn act(&self, act: ActId) -> Option<ActId> {
        self.acts.get(act.index()).copied().flatten()
    }

    pub(crate) fn document(&self, document: DocumentId) -> Option<DocumentId> {
        self.documents.get(document.index()).copied().flatten()
    }

    pub(crate) fn ground(&self, ground: GroundId) -> Option<GroundId> {
        self.grounds.get(ground.index()).copied().flatten()
    }

    pub(crate) fn obligation(&self, obligation: ObligationId) -> Option<ObligationId> {
        self.obligations.get(obligation.index()).copied().flatten()
    }

    pub(crate) fn condition(&self, condition: ConditionId) -> Option<ConditionId> {
        self.conditions.get(condition.index()).copied().flatten()
    }

    pub(crate) fn authority(&self, authority: AuthorityId) -> Option<AuthorityId> {
        self.authorities.get(authority.index()).copied().flatten()
    }

    pub(crate) fn event(&self, event: Event) -> Option<Event> {
        match event {
            Event::Act(act) => self.act(act).map(Event::Act),
            Event::Condition(condition) => self.condition(condition).map(Event::Condition),
        }
    }

    /// Whether the end of a run is counted by the same rule in both procedures: from the same day, by the same length and
    /// choices, in the same zone. What starts, meets or stops it is not asked: of a run under way that changes no end.
    fn same_rule(
        &self,
        (old, old_id): (&Procedure, ClockId),
        (new, new_id): (&Procedure, ClockId),
        to: impl Fn(ClockId) -> Option<ClockId>,
    ) -> bool {
        let (before, after) = (old.clocks.at(old_id), new.clocks.at(new_id));
        let same_start = match (before.counted_from, after.counted_from) {
            (CountedFrom::TheStart, CountedFrom::TheStart) => true,
            (CountedFrom::DateIn(before), CountedFrom::DateIn(after)) => self.fact(before) == Some(after),
            (CountedFrom::LastDayOf(before), CountedFrom::LastDayOf(after)) => to(before) == Some(after),
            (CountedFrom::TheStart | CountedFrom::DateIn(_) | CountedFrom::LastDayOf(_), _) => false,
        };
        let same_stops =
            before.stops.as_ref().map(|stops| stops.days) == after.stops.as_ref().map(|it| it.days);
        let same_zone = old.zone_of_clock(old_id).name() == new.zone_of_clock(new_id).name();
        same_start
            && same_zone
            && (same_stops || before.stops.is_none())
            && self.same_length(&before.length, &after.length)
    }

    fn same_length(&self, before: &Length, after: &Length) -> bool {
        match (before, after) {
            (
                Length::Counted { length, rule, changes, law_of },
                Length::Counted {
                    length: new_length,
                    rule: new_rule,
                    changes: new_changes,
                    law_of: new_law_of,
                },
            ) => {
                let same_law = match (law_of, new_law_of) {
                    (LawDay::Act(before), LawDay::Act(after)) => self.act(*before) == Some(*after),
                    (LawDay::ItsOwn | LawDay::Opening | LawDay::Act(_), _) => law_of == new_law_of,
                };
                let same_changes = changes.len() == new_changes.len()
                    && changes.iter().zip(new_changes).all(|(before, after)| {
                        (before.from, before.length, &before.rule) == (after.from, after.length, &after.rule)
                    });
                length == new_length && rule == new_rule && same_changes && (same_law || changes.is_empty())
            }
            (Length::NamedDay { fact, .. }, Length::NamedDay { fact: new_fact, .. }) => {
                self.fact(*fact) == Some(*new_fact)
            }
            (
                Length::NamedLength { fact, choices, .. },
                Length::NamedLength { fact: new_fact, choices: new_choices, .. },
            ) => self.fact(*fact) == Some(*new_fact) && choices == new_choices,
            (Length::Counted { .. } | Length::NamedDay { .. } | Length::NamedLength { .. }, _) => false,
        }
    }
}

fn rows<I: Id, T>(old: &Table<I, T>, new: &Table<I, T>, plan: &Migration, kind: NameKind) -> Vec<Option<I>> {
    let place = |name: &Name| {
        let becomes = plan.name(kind, name).map_or(Some(name), |fate| fate.becomes())?;
        new.find(becomes.as_str())
    };
    old.names().map(place).collect()
}

fn tracks(
    old: &Procedure,
    new: &Procedure,
    plan: &Migration,
) -> Vec<Option<(TrackId, Vec<Option<StageId>>)>> {
    let place = |(_, name, track): (TrackId, &Name, &crate::procedure::Track)| {
        let fate = plan.track(name);
        let becomes = fate.map_or(Some(name), |fate| fate.fate.becomes())?;
        let to = new.tracks.find(becomes.as_str())?;
        let stages = &new.tracks.at(to).stages;
        let stage = |name: &Name| {
            let said = fate.and_then(|fate| fate.stages.iter().find(|(was, _)| was == name));
            stages.find(said.map_or(name, |(_, becomes)| becomes).as_str())
        };
        Some((to, track.stages.names().map(stage).collect()))
    };
    old.tracks.iter().map(place).collect()
}
