//! How far a target was delivered to, and what is to be done next. Pure: it reads no clock and writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use comity_core::id::CaseId;
use comity_core::time::Moment;
use comity_store::Position;
use comity_store::codec::Waiting;

use super::backoff::{Backoff, after};
use super::letters::Letters;

/// So many events may wait before no further ones are looked for. It bounds what one entry of the record says.
pub(super) const WINDOW: usize = 500;
/// So many settled events are told of in one entry.
pub(super) const GROUP: usize = 64;
/// What was settled so long ago is told of, however little it is.
pub(super) const SAVED_WITHIN: Duration = Duration::from_mins(1);
/// So many entries that are nothing for the target are told of too, so that a start need not pass over them all again. The words
/// of deliveries are among those entries, so a small number would never come to rest.
const PASSED: usize = 10_000;
/// After so many failures in a row, whatever failed, it is the target that is left alone.
const PATIENCE: u32 = 2;

/// How far a target was delivered to.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// Up to here the record was looked at.
    scanned: Position,
    /// The last position that was tried or settled.
    reached: Position,
    /// What was looked at and is not settled.
    waiting: BTreeMap<Position, Waiting>,
    /// How many tries failed in a row.
    failures: u32,
    /// Until when the target is left alone.
    paused_until: Option<Moment>,
    /// How many were settled, and since when, without a word of it in the record.
    unsaved: usize,
    unsaved_since: Option<Moment>,
    /// How many entries were passed over since.
    passed: usize,
    must_save: bool,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Try this event.
    Send(Waiting),
    /// Look for further entries; if there are none, nothing until this moment.
    Scan(Option<Moment>),
    /// Nothing, until somebody records something or this moment comes.
    Rest(Option<Moment>),
}

impl Standing {
    /// A target to which everything after `through` is to be delivered, and what waits before it.
    pub(super) fn at(through: Position, waiting: Vec<Waiting>) -> Self {
        Self {
            scanned: through,
            reached: through,
            waiting: waiting.into_iter().map(|waiting| (waiting.position, waiting)).collect(),
            failures: 0,
            paused_until: None,
            unsaved: 0,
            unsaved_since: None,
            passed: 0,
            must_save: false,
        }
    }

    /// Up to where the record was looked at.
    pub(super) const fn scanned(&self) -> Position {
        self.scanned
    }

    /// How many tries failed in a row.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Until when the target is left alone.
    pub(super) const fn paused_until(&self) -> Option<Moment> {
        self.paused_until
    }

    /// Brings what waits in line with the list of dead letters, which is always written first.
    pub(super) fn follow(&mut self, letters: &Letters) {
        self.waiting.retain(|position, waiting| {
            if waiting.is_again { letters.is_asked_for(*position) } else { !letters.has(*position) }
        });
        for dead in letters.asked_for() {
            if self.waiting.len() >= WINDOW {
                break;
            }
            self.waiting.entry(dead.position).or_insert(Waiting {
                position: dead.position,
                case: dead.case,
                attempts: 0,
                not_before: None,
                is_again: true,
            });
        }
    }

    /// What is to be done at `now`.
    ///
    /// Within a case the earlier event goes first; a case whose event waits keeps no other case waiting. A letter that is sent again
    /// has lost its turn, and holds up nobody.
    pub(super) fn next(&self, now: Moment, backoff: &Backoff) -> Next {
        if !backoff.is_due(self.paused_until, now) {
            return Next::Rest(self.paused_until);
        }
        let mut held_up: BTreeSet<Option<CaseId>> = BTreeSet::new();
        let mut soonest: Option<Moment> = None;
        for waiting in self.waiting.values() {
            // What could not be read is of no case that we know, and nobody's turn.
            let is_in_turn = waiting.is_again || waiting.case.is_none() || held_up.insert(waiting.case);
            if !is_in_turn {
                continue;
            }
            if backoff.is_due(waiting.not_before, now) {
                return Next::Send(*waiting);
            }
            soonest = [soonest, waiting.not_before].into_iter().flatten().min();
        }
        if self.waiting.len() < WINDOW { Next::Scan(soonest) } else { Next::Rest(soonest) }
    }

    /// The entry at `position` was looked at, and is nothing for this target.
    pub(super) fn passed(&mut self, position: Position) {
        self.scanned = self.scanned.max(position);
        self.passed += 1;
    }

    /// The entry at `position` is an event for this target.
    pub(super) fn found(&mut self, position: Position, case: Option<CaseId>) {
        self.scanned = self.scanned.max(position);
        let new = Waiting { position, case, attempts: 0, not_before: None, is_again: false };
        self.waiting.entry(position).or_insert(new);
    }

    /// The target has the event.
    pub(super) fn delivered(&mut self, position: Position, now: Moment) {
        self.failures = 0;
        self.paused_until = None;
        self.settled(position, now);
    }

    /// The event waits no more.
    pub(super) fn settled(&mut self, position: Position, now: Moment) {
        if self.waiting.remove(&position).is_some() {
            self.reached = self.reached.max(position);
            self.unsaved += 1;
            self.unsaved_since.get_or_insert(now);
        }
    }

    /// The event was given up, and the list of dead letters says so.
    pub(super) fn died(&mut self, position: Position, now: Moment) {
        self.settled(position, now);
        self.must_save = true;
    }

    /// A try of the event failed.
    pub(super) fn tried(&mut self, position: Position, not_before: Option<Moment>) {
        if let Some(waiting) = self.waiting.get_mut(&position) {
            waiting.attempts = waiting.attempts.saturating_add(1);
            waiting.not_before = not_before;
            self.reached = self.reached.max(position);
            self.must_save = true;
        }
    }

    /// A try failed, for whatever reason. After a few in a row the target is left alone for a while: it is that which must be
    /// mended, and its events do not lose their tries over it. So it is if it asked for it.
    pub(super) fn failed(&mut self, now: Moment, asked: Option<Duration>, backoff: &Backoff, random: u64) {
        self.failures = self.failures.saturating_add(1);
        let own = (self.failures >= PATIENCE).then(|| backoff.wait(self.failures - 1, random));
        let asked = asked.map(|asked| asked.min(backoff.longest));
        let wait = [own, asked].into_iter().flatten().max();
        self.paused_until = wait.and_then(|wait| after(now, wait));
    }

    /// Whether the record is to be told now.
    pub(super) fn is_to_be_saved(&self, now: Moment) -> bool {
        let since = self.unsaved_since.and_then(|since| after(since, SAVED_WITHIN));
        // A clock that went back must not put it off.
        let went_back = self.unsaved_since.is_some_and(|since| since > now);
        self.must_save
            || self.unsaved >= GROUP
            || self.passed >= PASSED
            || went_back
            || since.is_some_and(|by| by <= now)
    }

    /// Whether something was settled of which the record does not know.
    pub(super) const fn has_unsaved(&self) -> bool {
        self.must_save || self.unsaved > 0
    }

    /// When the record is to be told at the latest.
    pub(super) fn save_by(&self) -> Option<Moment> {
        self.unsaved_since.and_then(|since| after(since, SAVED_WITHIN))
    }

    /// What the record is told: up to where all was tried or settled, and what waits of it.
    pub(super) fn to_save(&self) -> (Position, Vec<Waiting>) {
        let untouched = self.waiting.range(after_position(self.reached)..).map(|(_, waiting)| waiting);
        let first = untouched.filter(|waiting| !waiting.is_again).map(|waiting| waiting.position).min();
        let through = first.map_or(self.scanned, |first| Position(first.0.saturating_sub(1)));
        let waiting = self.waiting.range(..=through).map(|(_, waiting)| *waiting).collect();
        (through, waiting)
    }

    /// The record was told.
    pub(super) const fn saved(&mut self) {
        self.unsaved = 0;
        self.unsaved_since = None;
        self.passed = 0;
        self.must_save = false;
    }
}

const fn after_position(position: Position) -> Position {
    Position(position.0.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_store::codec::{Closed, Dead, Delivery};
    use uuid::Uuid;

    const START: &str = "2027-03-01T00:00:00Z";

    fn at(seconds: u64) -> Moment {
        after(START.parse().unwrap(), Duration::from_secs(seconds)).unwrap()
    }

    fn case(number: u128) -> CaseId {
        CaseId(Uuid::from_u128(number))
    }

    /// Events at 1, 2, 3 … of these cases.
    fn with(cases: &[u128]) -> Standing {
        let mut standing = Standing::at(Position(0), Vec::new());
        for (position, number) in (1..).zip(cases) {
            standing.found(Position(position), Some(case(*number)));
        }
        standing
    }

    fn next(standing: &Standing, seconds: u64) -> Result<u64, Next> {
        match standing.next(at(seconds), &Backoff::default()) {
            Next::Send(waiting) => Ok(waiting.position.0),
            rest @ (Next::Scan(_) | Next::Rest(_)) => Err(rest),
        }
    }

    /// A try that fails, and may be made again after ten seconds.
    fn fail(standing: &mut Standing, position: u64, seconds: u64) {
        standing.tried(Position(position), Some(at(seconds + 10)));
        standing.failed(at(seconds), None, &Backoff::default(), u64::MAX);
    }

    fn letters(deliveries: Vec<Delivery>) -> Letters {
        let mut letters = Letters::default();
        for delivery in deliveries {
            letters.apply(delivery, at(0));
        }
        letters
    }

    fn died(position: u64) -> Delivery {
        let dead = Dead {
            position: Position(position),
            case: Some(case(1)),
            entry: None,
            attempts: 20,
            why: String::new(),
        };
        Delivery::Died { target: "a".to_owned(), dead }
    }

    fn again(position: u64) -> Delivery {
        Delivery::Again { target: "a".to_owned(), position: Position(position) }
    }

    #[test]
    fn events_go_in_the_order_of_the_record() {
        let mut standing = with(&[1, 2, 1]);
        for position in 1..=3 {
            assert_eq!(next(&standing, 0), Ok(position));
            standing.delivered(Position(position), at(0));
        }
        assert_eq!(next(&standing, 0), Err(Next::Scan(None)));
    }

    #[test]
    fn a_case_whose_event_waits_holds_up_its_own_and_no_other() {
        let mut standing = with(&[1, 1, 2, 1]);
        fail(&mut standing, 1, 0);
        assert_eq!(next(&standing, 0), Ok(3));
        standing.delivered(Position(3), at(0));
        assert_eq!(next(&standing, 0), Err(Next::Scan(Some(at(10)))));
        assert_eq!(next(&standing, 10), Ok(1));
    }

    #[test]
    fn what_cannot_be_read_holds_up_nobody() {
        let mut standing = Standing::at(Position(0), Vec::new());
        standing.found(Position(1), None);
        standing.found(Position(2), None);
        fail(&mut standing, 1, 0);
        assert_eq!(next(&standing, 0), Ok(2));
    }

    #[test]
    fn a_target_that_fails_again_and_again_is_left_alone() {
        let mut standing = with(&[1, 2, 3, 4]);
        fail(&mut standing, 1, 0);
        fail(&mut standing, 2, 0);
        assert_eq!(next(&standing, 0), Err(Next::Rest(Some(at(5)))));
        assert_eq!(next(&standing, 5), Ok(3));
        fail(&mut standing, 3, 5);
        assert_eq!(next(&standing, 14), Err(Next::Rest(Some(at(15)))));
        standing.delivered(Position(1), at(15));
        assert_eq!(next(&standing, 15), Ok(2));
    }

    #[test]
    fn a_target_that_asks_for_time_is_given_it() {
        let mut standing = with(&[1, 2]);
        standing.tried(Position(1), Some(at(60)));
        standing.failed(at(0), Some(Duration::from_mins(1)), &Backoff::default(), 0);
        assert_eq!(next(&standing, 59), Err(Next::Rest(Some(at(60)))));
        assert_eq!(next(&standing, 60), Ok(1));
    }

    #[test]
    fn a_letter_that_is_sent_again_has_lost_its_turn() {
        let mut standing = with(&[1, 1]);
        standing.died(Position(1), at(0));
        standing.follow(&letters(vec![died(1), again(1)]));
        fail(&mut standing, 1, 0);
        assert_eq!(next(&standing, 0), Ok(2));
    }

    #[test]
    fn what_died_is_not_tried_again_after_a_crash() {
        let mut standing = with(&[1, 1]);
        standing.follow(&letters(vec![died(1)]));
        assert_eq!(next(&standing, 0), Ok(2));
    }

    #[test]
    fn a_letter_that_was_taken_or_set_aside_is_left() {
        for how in [Closed::Delivered, Closed::SetAside, Closed::Gone] {
            let mut standing = with(&[]);
            standing.follow(&letters(vec![died(1), again(1)]));
            assert_eq!(next(&standing, 0), Ok(1));
            let closed = Delivery::Closed { target: "a".to_owned(), position: Position(1), how };
            standing.follow(&letters(vec![died(1), again(1), closed]));
            assert_eq!(next(&standing, 0), Err(Next::Scan(None)));
        }
    }

    #[test]
    fn no_more_wait_than_one_entry_can_say() {
        let mut standing = with(&vec![1; WINDOW]);
        fail(&mut standing, 1, 0);
        assert_eq!(next(&standing, 0), Err(Next::Rest(Some(at(10)))));
        let many: Vec<Delivery> = (0..2_000).flat_map(|position| [died(position), again(position)]).collect();
        standing.follow(&letters(many));
        assert_eq!(standing.waiting.len(), WINDOW);
    }

    #[test]
    fn what_is_saved_says_what_waits_and_begins_again_there() {
        let mut standing = with(&[1, 1, 2, 3]);
        assert_eq!(standing.to_save(), (Position(0), Vec::new()));
        fail(&mut standing, 1, 0);
        standing.delivered(Position(3), at(0));
        let (through, waiting) = standing.to_save();
        assert_eq!(through, Position(3));
        assert_eq!(
            waiting.iter().map(|one| (one.position.0, one.attempts)).collect::<Vec<_>>(),
            [(1, 1), (2, 0)]
        );
        let loaded = Standing::at(through, waiting);
        assert_eq!((loaded.scanned(), next(&loaded, 10)), (Position(3), Ok(1)));
        standing.delivered(Position(4), at(0));
        standing.passed(Position(9));
        assert_eq!(standing.to_save().0, Position(9));
    }

    #[test]
    fn the_record_is_told_of_a_group_or_after_a_minute_and_at_once_of_a_failure() {
        let mut standing = with(&vec![1; 200]);
        for position in 1..GROUP {
            standing.delivered(Position(position as u64), at(0));
        }
        assert!(standing.has_unsaved() && !standing.is_to_be_saved(at(59)));
        assert!(standing.is_to_be_saved(at(60)));
        standing.delivered(Position(GROUP as u64), at(0));
        assert!(standing.is_to_be_saved(at(0)));
        standing.saved();
        assert!(!standing.has_unsaved() && !standing.is_to_be_saved(at(600)));
        // Entries that are nothing for the target are no reason to write one more.
        (1_000..1_999).for_each(|position| standing.passed(Position(position)));
        assert!(!standing.is_to_be_saved(at(600)));
        fail(&mut standing, 65, 0);
        assert!(standing.is_to_be_saved(at(0)));
    }
}
