//! The dead letters of a target: a fold over its second stream.

use std::collections::BTreeMap;

use comity_core::time::Moment;
use comity_store::Position;
use comity_store::codec::{Closed, Dead, Delivery};

/// A dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The event, how often it was tried, and why the last try failed.
    pub dead: Dead,
    /// When it was given up.
    pub died_at: Moment,
    /// What became of it since.
    pub state: LetterState,
}

/// What became of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// It lies there until somebody decides.
    Listed,
    /// Somebody asked that it be sent again, and it was not taken yet.
    BeingSentAgain,
    /// It is on the list no more.
    Closed(Closed),
}

/// All letters that ever died, by the position of their entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Letters {
    known: BTreeMap<Position, DeadLetter>,
}

impl Letters {
    /// The letters after a further entry, recorded at `at`.
    pub(super) fn apply(&mut self, delivery: Delivery, at: Moment) {
        match delivery {
            Delivery::Died { dead, .. } => {
                let letter = DeadLetter { died_at: at, state: LetterState::Listed, dead };
                self.known.insert(letter.dead.position, letter);
            }
            Delivery::Again { position, .. } => {
                if let Some(letter) = self.known.get_mut(&position)
                    && letter.state == LetterState::Listed
                {
                    letter.state = LetterState::BeingSentAgain;
                }
            }
            Delivery::Closed { position, how, .. } => {
                if let Some(letter) = self.known.get_mut(&position) {
                    letter.state = LetterState::Closed(how);
                }
            }
            // Those stand in the other stream.
            Delivery::Begun { .. } | Delivery::Through { .. } => {}
        }
    }

    /// Whether the event at `position` was ever given up: then only somebody's word sends it.
    pub(super) fn has(&self, position: Position) -> bool {
        self.known.contains_key(&position)
    }

    /// Whether it is to be sent again.
    pub(super) fn is_asked_for(&self, position: Position) -> bool {
        self.known.get(&position).is_some_and(|letter| letter.state == LetterState::BeingSentAgain)
    }

    /// Those that are to be sent again.
    pub(super) fn asked_for(&self) -> impl Iterator<Item = &Dead> {
        let asked = self.known.values().filter(|letter| letter.state == LetterState::BeingSentAgain);
        asked.map(|letter| &letter.dead)
    }

    /// The letter of a position.
    pub(super) fn of(&self, position: Position) -> Option<&DeadLetter> {
        self.known.get(&position)
    }

    /// Those that are on the list, in the order of the record.
    pub(super) fn listed(&self) -> impl Iterator<Item = &DeadLetter> {
        self.known.values().filter(|letter| match letter.state {
            LetterState::Listed | LetterState::BeingSentAgain => true,
            LetterState::Closed(_) => false,
        })
    }
}
