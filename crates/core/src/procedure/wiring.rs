//! Which clocks each act, condition and fact touches: worked out once, so that a fold looks at no other.

use super::model::{ActId, ClockId, ConditionId, CountedFrom, Event, FactId, Procedure, Purpose};
use crate::table::Id;

/// The clocks that something touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wiring {
    // INVARIANT: one place for each row of the table it is named after.
    acts: Vec<Touched>,
    conditions: Vec<Touched>,
    facts: Vec<Vec<ClockId>>,
    clocks: Vec<Vec<ClockId>>,
    /// Those that may be switched off.
    pub(crate) switched_off: Vec<ClockId>,
    /// Those that may stand still.
    pub(crate) stopping: Vec<ClockId>,
    /// Those that a condition may meet.
    pub(crate) met_by_conditions: Vec<ClockId>,
    /// Those whose consequence may be kept back.
    pub(crate) kept_back: Vec<ClockId>,
}

/// The clocks that an act or a condition touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    pub(crate) meets: Vec<ClockId>,
    pub(crate) cures: Vec<ClockId>,
    pub(crate) starts: Vec<ClockId>,
    pub(crate) extends: Vec<ClockId>,
    pub(crate) names: Vec<ClockId>,
    pub(crate) bars: Vec<ClockId>,
    pub(crate) opens: Vec<ClockId>,
    pub(crate) closes: Vec<ClockId>,
}

impl Wiring {
    pub(super) fn of(procedure: &Procedure) -> Self {
        let mut wiring = Self {
            acts: vec![Touched::default(); procedure.acts.len()],
            conditions: vec![Touched::default(); procedure.conditions.len()],
            facts: vec![Vec::new(); procedure.facts.len()],
            clocks: vec![Vec::new(); procedure.clocks.len()],
            ..Self::default()
        };
        for id in procedure.clocks.ids() {
            wiring.add(procedure, id);
        }
        wiring
    }

    fn add(&mut self, procedure: &Procedure, id: ClockId) {
        let clock = procedure.clocks.at(id);
        self.events(&clock.met_by, id, |touched| &mut touched.meets);
        self.events(&clock.cured_by, id, |touched| &mut touched.cures);
        self.events(clock.starts.events(), id, |touched| &mut touched.starts);
        let extending: Vec<ActId> = clock.extended_by.iter().map(|by| by.act).collect();
        self.acts_of(&extending, id, |touched| &mut touched.extends);
        self.acts_of(clock.length.named_by(), id, |touched| &mut touched.names);
        self.acts_of(&clock.on_expiry.opens, id, |touched| &mut touched.opens);
        self.acts_of(&clock.on_expiry.closes, id, |touched| &mut touched.closes);
        if let Purpose::Bars(acts) = &clock.purpose {
            self.acts_of(acts, id, |touched| &mut touched.bars);
        }
        match clock.counted_from {
            CountedFrom::TheStart => {}
            CountedFrom::DateIn(fact) => push(&mut self.facts, fact.index(), id),
            CountedFrom::LastDayOf(other) => push(&mut self.clocks, other.index(), id),
        }
        let lists = [
            (clock.off_when.is_some(), &mut self.switched_off),
            (clock.stops.is_some(), &mut self.stopping),
            (
                clock.met_by.iter().any(|event| matches!(event, Event::Condition(_))),
                &mut self.met_by_conditions,
            ),
            (!clock.on_expiry.unless.is_empty(), &mut self.kept_back),
        ];
        for (_, list) in lists.into_iter().filter(|(belongs, _)| *belongs) {
            list.push(id);
        }
    }

    fn events(&mut self, events: &[Event], id: ClockId, list: impl Fn(&mut Touched) -> &mut Vec<ClockId>) {
        for event in events {
            let touched = match event {
                Event::Act(act) => self.acts.get_mut(act.index()),
                Event::Condition(condition) => self.conditions.get_mut(condition.index()),
            };
            once(touched.map(&list), id);
        }
    }

    fn acts_of(&mut self, acts: &[ActId], id: ClockId, list: impl Fn(&mut Touched) -> &mut Vec<ClockId>) {
        for act in acts {
            once(self.acts.get_mut(act.index()).map(&list), id);
        }
    }

    /// What an act touches.
    pub(crate) fn act(&self, act: ActId) -> &Touched {
        const NOTHING: &Touched = &Touched::nothing();
        self.acts.get(act.index()).unwrap_or(NOTHING)
    }

    fn condition(&self, condition: ConditionId) -> &Touched {
        const NOTHING: &Touched = &Touched::nothing();
        self.conditions.get(condition.index()).unwrap_or(NOTHING)
    }

    /// What an act or a condition touches.
    pub(crate) fn event(&self, event: Event) -> &Touched {
        match event {
            Event::Act(act) => self.act(act),
            Event::Condition(condition) => self.condition(condition),
        }
    }

    /// The clocks that are counted from the day in a fact.
    pub(crate) fn counted_from_fact(&self, fact: FactId) -> &[ClockId] {
        self.facts.get(fact.index()).map_or(&[], Vec::as_slice)
    }

    /// The clocks that are counted from the last day of a clock.
    pub(crate) fn counted_after(&self, clock: ClockId) -> &[ClockId] {
        self.clocks.get(clock.index()).map_or(&[], Vec::as_slice)
    }
}

impl Touched {
    const fn nothing() -> Self {
        Self {
            meets: Vec::new(),
            cures: Vec::new(),
            starts: Vec::new(),
            extends: Vec::new(),
            names: Vec::new(),
            bars: Vec::new(),
            opens: Vec::new(),
            closes: Vec::new(),
        }
    }

    /// Every clock whose date an event must be known well enough for.
    pub(crate) fn dated(&self) -> impl Iterator<Item = ClockId> + '_ {
        self.starts.iter().chain(&self.meets).chain(&self.extends).copied()
    }
}

fn push(lists: &mut [Vec<ClockId>], index: usize, id: ClockId) {
    if let Some(list) = lists.get_mut(index) {
        list.push(id);
    }
}

fn once(list: Option<&mut Vec<ClockId>>, id: ClockId) {
    if let Some(list) = list.filter(|list| !list.contains(&id)) {
        list.push(id);
    }
}
