//! A configuration: what of a state can still matter, in a few bytes.

use std::sync::Arc;

use super::asked::Model;
use crate::fold::{Cycle, CycleStatus, State};
use crate::procedure::{ClockId, ClockStanding, FactId};
use crate::table::Id;
use crate::value::Value;

/// Two states with one key differ in nothing that any rule, or any safeguard, asks for.
pub(super) type Key = Arc<[u8]>;

impl Model {
    pub(super) fn key(&self, state: &State) -> Key {
        let mut bytes = Vec::with_capacity(64);
        for track in self.procedure.tracks.ids() {
            let index = state.stage(track).index();
            bytes.extend([low(index), low(index >> 8)]);
        }
        for (fact, values) in &self.kept.facts {
            bytes.extend(fact_bytes(state, *fact, values));
        }
        bytes.extend(self.done.iter().map(|act| u8::from(!state.doings(*act).is_empty())));
        for clock in &self.clocks {
            self.clock_bytes(state, *clock, &mut bytes);
        }
        bytes.extend(self.kept.documents.iter().map(|document| u8::from(state.is_complete(*document))));
        let grounds = self.procedure.grounds.ids().filter(|id| self.kept.asks_for_ground(*id));
        bytes.extend(
            grounds.map(|ground| state.finding(ground).map_or(0, |found| 1 + u8::from(found.applies))),
        );
        bytes.into()
    }

    fn clock_bytes(&self, state: &State, id: ClockId, bytes: &mut Vec<u8>) {
        let last = state.cycles(id).last();
        let withheld = matches!(last, Some(Cycle { status: CycleStatus::RanOut { withheld: true, .. }, .. }));
        let standing = last.map_or(ClockStanding::NotStarted, Cycle::standing);
        bytes.push(standing_byte(standing) | (u8::from(withheld) << 4));
        for by in &self.procedure.clocks.at(id).extended_by {
            let Some(at_most) = by.at_most else { continue };
            let granted =
                last.map_or(0, |cycle| cycle.extensions.iter().filter(|longer| longer.act == by.act).count());
            let granted = granted.min(usize::try_from(at_most).unwrap_or(usize::MAX));
            bytes.extend([low(granted), low(granted >> 8), low(granted >> 16), low(granted >> 24)]);
        }
    }
}

/// The lowest eight bits of an index.
fn low(index: usize) -> u8 {
    u8::try_from(index & 0xff).unwrap_or(u8::MAX)
}

/// Nothing recorded, the place among the values asked for, or one after them.
fn fact_bytes(state: &State, fact: FactId, values: &[Value]) -> [u8; 2] {
    let place = state
        .fact(fact)
        .map_or(0, |known| 1 + values.iter().position(|value| *value == known.value).unwrap_or(values.len()));
    [low(place), low(place >> 8)]
}

fn standing_byte(standing: ClockStanding) -> u8 {
    match standing {
        ClockStanding::NotStarted => 0,
        ClockStanding::Running => 1,
        ClockStanding::Stopped => 2,
        ClockStanding::Met => 3,
        ClockStanding::RanOut => 4,
        ClockStanding::Cured => 5,
        ClockStanding::SwitchedOff => 6,
    }
}
