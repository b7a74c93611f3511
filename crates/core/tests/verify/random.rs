//! Random small procedures, with a little of everything that a search must follow.

use std::sync::Arc;

use comity_core::procedure::draft::{
    ActDraft, AtomDraft, ClockDraft, CountedFromDraft, ExtendByDraft, ExtensionDraft, FactTypeDraft,
    GuardDraft, PurposeDraft, Row, StartsDraft, StopsDraft, TrackMovesDraft,
};
use comity_core::procedure::{
    ClockStanding, DocumentForm, Draft, ExpiryEffect, ExtensionTiming, Force, GroundStanding, Procedure,
    Quantity, Recurs, SameInstant, SharedProcedure, StartedAgain, Translation,
};
use comity_core::time::{ExtendedFrom, StoppedDays};

use super::draft::{
    act, all, any, at, atom, by_law, clock, clock_is, condition, document, document_is_complete, documents,
    exception, expiry, fact, ground, grounds, holds, is, moves, named, not, recorded, row, text, texts,
    track, two_states,
};
use super::lots::Lots;
use super::small::nothing;

const STAGES: [&str; 3] = ["one", "two", "three"];
const ACTS: [&str; 6] = ["act-a", "act-b", "act-c", "act-d", "act-e", "act-f"];
const CLOCKS: [&str; 4] = ["clock-a", "clock-b", "clock-c", "clock-d"];
const CONDITIONS: [&str; 3] = ["condition-a", "condition-b", "condition-c"];
const STANDINGS: [ClockStanding; 6] = [
    ClockStanding::NotStarted,
    ClockStanding::Running,
    ClockStanding::Stopped,
    ClockStanding::Met,
    ClockStanding::RanOut,
    ClockStanding::SwitchedOff,
];

/// The first procedure without a flaw that is drawn from `seed` on.
pub(crate) fn procedure(seed: u64) -> (SharedProcedure, Draft) {
    (0_u64..)
        .find_map(|more| {
            let draft = Author { lots: Lots::new(seed.wrapping_mul(1_000).wrapping_add(more)) }.draft();
            Procedure::from_draft(&draft).ok().map(|procedure| (Arc::new(procedure), draft))
        })
        .unwrap()
}

struct Author {
    lots: Lots,
}

impl Author {
    fn draft(&mut self) -> Draft {
        let mut draft = two_states("xn-xc/random");
        draft.facts = vec![
            fact("yes-or-no", FactTypeDraft::YesNo),
            fact("plea", FactTypeDraft::OneOf(texts(&["guilty", "silent", "denied"]))),
            fact("number", FactTypeDraft::Number),
            fact("day", FactTypeDraft::Date),
        ];
        draft.tracks = vec![
            track("request", &["one", "two", "three", "over: over"]),
            track("custody", &["one", "two", "three", "ended: ended"]),
        ];
        draft.documents = vec![
            document("warrant", DocumentForm::NotStated, Translation::NotNeeded),
            document("sentence", DocumentForm::Original, Translation::Into("ko".to_owned())),
        ];
        draft.grounds = vec![
            ground("political", Force::Mandatory),
            ground("military", Force::Mandatory),
            ground("national", Force::Optional),
        ];
        for index in 0..self.lots.below(CONDITIONS.len() + 1) {
            let condition = self.condition(index);
            draft.conditions.push(condition);
        }
        let conditions = draft.conditions.len();
        for (index, name) in CLOCKS.iter().enumerate() {
            let clock = self.clock(name, index, conditions);
            draft.clocks.push(clock);
        }
        for (index, name) in ACTS.iter().enumerate() {
            let act = self.act(name, index, conditions);
            draft.acts.push(act);
        }
        if self.lots.one_in(3) {
            let mut one = nothing();
            one.before = Some(text("act-a"));
            one.requires = Some(text(if conditions > 0 { "condition-a" } else { "act-b" }));
            draft.safeguards = vec![row("guaranteed", one)];
        }
        draft
    }

    /// A statement that a rule may ask for, resting on none but the first conditions.
    fn guard(&mut self, conditions: usize, depth: usize) -> GuardDraft {
        if depth > 0 && self.lots.one_in(2) {
            let parts = [self.guard(conditions, depth - 1), self.guard(conditions, depth - 1)];
            return match self.lots.below(3) {
                0 => all(&parts),
                1 => any(&parts),
                _ => not(parts[0].clone()),
            };
        }
        match self.lots.below(12) {
            0 | 1 => is("request", self.lots.of(&STAGES)),
            2 | 3 => is("custody", self.lots.of(&STAGES)),
            4 => is("yes-or-no", self.lots.of(&["yes", "no"])),
            5 => is("plea", self.lots.of(&["guilty", "silent"])),
            6 => recorded(self.lots.of(&ACTS)),
            7 => clock_is(self.lots.of(&CLOCKS), self.lots.of(&STANDINGS)),
            8 if conditions > 0 => holds(CONDITIONS[self.lots.below(conditions)]),
            8 | 9 => is("number", self.lots.of(&["0", "1"])),
            10 => {
                let one = self.lots.one_in(2);
                if one { documents("request") } else { document_is_complete("sentence") }
            }
            _ => match self.lots.below(4) {
                0 => grounds(Quantity::Every, Some(Force::Mandatory), GroundStanding::Considered),
                1 => grounds(Quantity::Any, None, GroundStanding::Applies),
                2 => atom(AtomDraft::Known(text("day"))),
                _ => {
                    atom(AtomDraft::Ground { ground: text("military"), stands: GroundStanding::DoesNotApply })
                }
            },
        }
    }

    fn event(&mut self, conditions: usize) -> String {
        if conditions > 0 && self.lots.one_in(3) {
            return CONDITIONS[self.lots.below(conditions)].to_owned();
        }
        self.lots.of(&ACTS).to_owned()
    }

    fn moves(&mut self, ends: bool) -> TrackMovesDraft {
        let track = self.lots.of(&["request", "custody"]);
        let end = if track == "request" { "over" } else { "ended" };
        let to = if ends && self.lots.one_in(3) { end } else { self.lots.of(&STAGES) };
        let from: Vec<&str> = STAGES.iter().copied().filter(|stage| *stage != to).collect();
        let from = if self.lots.one_in(2) { from.join(" or ") } else { self.lots.of(&from).to_owned() };
        moves(track, &format!("{from} -> {to}"))
    }

    fn condition(&mut self, index: usize) -> Row<comity_core::procedure::draft::ConditionDraft> {
        let guard = self.guard(index, 1);
        let mut condition = condition(CONDITIONS[index], guard);
        if self.lots.one_in(2) {
            condition.value.moves = vec![staying(self.moves(true))];
        }
        condition
    }

    fn clock(&mut self, name: &str, index: usize, conditions: usize) -> Row<ClockDraft> {
        let length = self.lots.of(&["5 days", "10 days", "10 days", "20 days", "36 hours", "2 months"]);
        let starts = self.event(conditions);
        let mut row = clock(name, length, &[&starts]);
        let of = &mut row.value;
        if self.lots.one_in(4) {
            of.starts = StartsDraft::LatestOf(vec![text(&starts), text(&self.event(conditions))]);
        } else if self.lots.one_in(3) {
            of.starts = StartsDraft::AnyOf(vec![text(&starts), text(&self.event(conditions))]);
        }
        of.if_started_again = self.lots.of(&[StartedAgain::StartsAnew, StartedAgain::RunsOn]);
        of.at_the_same_instant = self.lots.of(&[SameInstant::ActFirst, SameInstant::ExpiryFirst]);
        if self.lots.one_in(2) {
            of.met_by = vec![text(&self.event(conditions))];
        }
        if self.lots.one_in(4) {
            of.off_when = Some(self.guard(conditions, 0));
        }
        if self.lots.one_in(4) && length != "2 months" {
            let days = (length != "36 hours").then_some(at(StoppedDays::FullDays));
            let (when, cite, mark) = (self.guard(conditions, 0), Vec::new(), of.mark);
            of.stops = if self.lots.one_in(2) {
                StopsDraft::While { when, days, cite, mark }
            } else {
                StopsDraft::UnlessRunning { when, days, cite, mark }
            };
        }
        self.more_of_a_clock(of, index, conditions);
        row
    }

    fn more_of_a_clock(&mut self, of: &mut ClockDraft, index: usize, conditions: usize) {
        of.on_expiry = match self.lots.below(5) {
            0 => expiry(ExpiryEffect::NothingStated),
            1 => {
                let mut opens = expiry(ExpiryEffect::Permission);
                opens.opens = texts(&[self.lots.of(&ACTS)]);
                opens
            }
            2 => {
                let mut closes = expiry(ExpiryEffect::Lapse);
                closes.closes = texts(&[self.lots.of(&ACTS)]);
                closes
            }
            _ => by_law(vec![staying(self.moves(true))]),
        };
        if self.lots.one_in(3) && !of.on_expiry.moves.is_empty() {
            of.on_expiry.unless = vec![exception(self.guard(conditions, 0), "act 5")];
        }
        if self.lots.one_in(5) {
            of.cured_by = texts(&[self.lots.of(&ACTS)]);
        }
        if index > 0 && self.lots.one_in(4) {
            of.replaces = texts(&[CLOCKS[index - 1]]);
        }
        if self.lots.one_in(6) && !of.met_by.is_empty() {
            of.recurs = Recurs::FromTheMeeting;
        }
        if self.lots.one_in(6) {
            of.purpose = PurposeDraft::Bars(texts(&[self.lots.of(&ACTS)]));
        }
        if self.lots.one_in(4) {
            of.extended_by = vec![ExtensionDraft {
                act: text(self.lots.of(&ACTS)),
                by: ExtendByDraft::Length(at("5 days".parse().unwrap())),
                from: Some(at(ExtendedFrom::LastDay)),
                timing: self.lots.of(&[ExtensionTiming::BeforeTheEnd, ExtensionTiming::AnyTime]),
                at_most: self.lots.one_in(2).then_some(at(1)),
                longest: None,
                cite: Vec::new(),
            }];
        }
        match self.lots.below(8) {
            0 => of.counted_from = Some(CountedFromDraft::DateIn(text("day"))),
            1 if index > 0 => of.counted_from = Some(CountedFromDraft::LastDayOf(text(CLOCKS[index - 1]))),
            2 => {
                of.length = named("act-f", "day");
                of.choices = comity_core::procedure::draft::ChoicesDraft::default();
                of.stops = StopsDraft::Never;
                of.extended_by = Vec::new();
            }
            _ => {}
        }
    }

    fn act(&mut self, name: &str, index: usize, conditions: usize) -> Row<ActDraft> {
        let mut row = act(name, self.lots.of(&["requested/court", "requested/police"]));
        if index < 5 || self.lots.one_in(2) {
            row.value.moves = vec![self.moves(index > 2)];
            if self.lots.one_in(4) {
                row.value.moves[0].or_stays = true;
            }
        }
        if self.lots.one_in(2) {
            row.value.when = Some(self.guard(conditions, 1));
        }
        if self.lots.one_in(5) {
            row.value.unless = vec![exception(self.guard(conditions, 0), "act 5")];
        }
        if self.lots.one_in(4) {
            row.value.records = texts(&[self.lots.of(&["yes-or-no", "plea", "number"])]);
        }
        if name == "act-f" {
            row.value.records = texts(&["day"]);
        }
        row
    }
}

fn staying(mut moves: TrackMovesDraft) -> TrackMovesDraft {
    moves.or_stays = true;
    moves
}
