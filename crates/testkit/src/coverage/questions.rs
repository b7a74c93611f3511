//! The questions that a procedure asks of a case, and the moves that it lets a track make: each with where it stands.

use comity_core::name::Name;
use comity_core::procedure::{
    Act, ActId, Basis, ClockId, ConditionId, Guard, Move, Procedure, SharedProcedure, StageId, TrackId,
    TrackMoves,
};

/// A condition of a procedure.
pub(super) struct Question<'p> {
    pub(super) rule: Rule<'p>,
    part: Part<'p>,
    pub(super) guard: &'p Guard,
    pub(super) basis: &'p Basis,
    pub(super) asked: Asked<'p>,
}

/// The rule that something belongs to.
#[derive(Clone, Copy)]
pub(super) struct Rule<'p> {
    kind: &'static str,
    name: &'p Name,
}

/// Where in its rule a condition stands.
enum Part<'p> {
    Itself,
    When,
    Unless,
    Move(TrackId, &'p Move),
}

/// When a question is asked. Its answer at any other time decides nothing, so it crosses nothing.
pub(super) enum Asked<'p> {
    /// At every look.
    Always,
    /// While every track that the act moves stands where the act may be done.
    Of(ActId, &'p Act),
    /// While the track stands at one of these stages, and an act moves it from there.
    At(Option<ActId>, TrackId, &'p [StageId]),
    /// While the last run of the clock has run out.
    RanOut(ClockId),
}

/// A move, and what makes it.
pub(super) struct AMove<'p> {
    pub(super) rule: Rule<'p>,
    pub(super) by: By,
    pub(super) track: TrackId,
    pub(super) one: &'p Move,
    pub(super) basis: &'p Basis,
}

/// What makes a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An act.
    Act(ActId),
    /// A clock that runs out.
    Expiry(ClockId),
    /// A condition that comes to hold.
    Condition(ConditionId),
}

impl Rule<'_> {
    /// `act arrested`.
    pub(super) fn words(self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

impl Question<'_> {
    /// Where it stands and what it asks, as the file writes it.
    pub(super) fn name(&self, procedure: &Procedure) -> String {
        let (rule, asks) = (self.rule.words(), self.guard.words(procedure));
        match self.part {
            Part::Itself => format!("{rule}: {asks}"),
            Part::When => format!("{rule}: when {asks}"),
            Part::Unless => format!("{rule}: unless {asks}"),
            Part::Move(track, one) => format!("{rule}: {} when {asks}", move_words(procedure, track, one)),
        }
    }
}

impl AMove<'_> {
    /// `act arrested: custody free -> held`.
    pub(super) fn name(&self, procedure: &Procedure) -> String {
        format!("{}: {}", self.rule.words(), move_words(procedure, self.track, self.one))
    }
}

/// Every question whose answer a view shows. What a clock is stopped or switched off by shows in the clock.
pub(super) fn questions(procedure: &SharedProcedure) -> Vec<Question<'_>> {
    let mut found = Vec::new();
    for (id, name, act) in procedure.acts().iter() {
        let rule = Rule { kind: "act", name };
        let ask = |part, guard, basis| Question { rule, part, guard, basis, asked: Asked::Of(id, act) };
        found.extend(act.when.iter().map(|when| ask(Part::When, when, &act.basis)));
        let unless = act.unless.iter();
        found.extend(unless.map(|one| ask(Part::Unless, &one.when, one.basis.or(&act.basis))));
    }
    for (_, name, condition) in procedure.conditions().iter() {
        let (rule, basis) = (Rule { kind: "condition", name }, &condition.basis);
        found.push(Question {
            rule,
            part: Part::Itself,
            guard: &condition.when,
            basis,
            asked: Asked::Always,
        });
    }
    for (_, name, document) in procedure.documents().iter() {
        let (rule, basis) = (Rule { kind: "document", name }, &document.basis);
        let ask = |guard| Question { rule, part: Part::When, guard, basis, asked: Asked::Always };
        found.extend(document.when.iter().map(ask));
    }
    for (id, name, clock) in procedure.clocks().iter() {
        let (rule, expiry) = (Rule { kind: "clock", name }, &clock.on_expiry);
        found.extend(expiry.unless.iter().map(|one| Question {
            rule,
            part: Part::Unless,
            guard: &one.when,
            basis: one.basis.or(expiry.basis.or(&clock.basis)),
            asked: Asked::RanOut(id),
        }));
    }
    let moves = moves(procedure).into_iter().filter_map(|one| {
        let act = if let By::Act(act) = one.by { Some(act) } else { None };
        Some(Question {
            rule: one.rule,
            part: Part::Move(one.track, one.one),
            guard: one.one.when.as_ref()?,
            basis: one.basis,
            asked: Asked::At(act, one.track, &one.one.from),
        })
    });
    found.extend(moves);
    found
}

/// Every move, in the order of acts, conditions and clocks.
pub(super) fn moves(procedure: &SharedProcedure) -> Vec<AMove<'_>> {
    let mut found = Vec::new();
    for (id, name, act) in procedure.acts().iter() {
        of_rule(Rule { kind: "act", name }, By::Act(id), &act.moves, &act.basis, &mut found);
    }
    for (id, name, condition) in procedure.conditions().iter() {
        let rule = Rule { kind: "condition", name };
        of_rule(rule, By::Condition(id), &condition.moves, &condition.basis, &mut found);
    }
    for (id, name, clock) in procedure.clocks().iter() {
        let (rule, basis) = (Rule { kind: "clock", name }, clock.on_expiry.basis.or(&clock.basis));
        of_rule(rule, By::Expiry(id), &clock.on_expiry.moves, basis, &mut found);
    }
    found
}

fn of_rule<'p>(rule: Rule<'p>, by: By, all: &'p [TrackMoves], basis: &'p Basis, found: &mut Vec<AMove<'p>>) {
    for moves in all {
        let each = moves.moves.iter();
        found.extend(each.map(|one| AMove { rule, by, track: moves.track, one, basis: one.basis.or(basis) }));
    }
}

/// `custody free or at-liberty -> held`; a long list of stages is told by its number.
fn move_words(procedure: &Procedure, track: TrackId, one: &Move) -> String {
    let Some((_, name, row)) = procedure.tracks().iter().find(|(id, _, _)| *id == track) else {
        return String::new();
    };
    let stage = |wanted: StageId| {
        let found = row.stages.iter().find(|(id, _, _)| *id == wanted);
        found.map(|(_, name, _)| name.to_string()).unwrap_or_default()
    };
    let from = match one.from.as_slice() {
        few if few.len() <= 4 => few.iter().map(|id| stage(*id)).collect::<Vec<_>>().join(" or "),
        many => format!("one of {} stages", many.len()),
    };
    format!("{name} {from} -> {}", stage(one.to))
}
