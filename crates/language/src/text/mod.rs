//! The small languages inside values: conditions, moves and citations, with the place of every word.

mod cite;
mod guard;
mod moves;
mod passage;
mod words;

pub(crate) use cite::cites;
pub(crate) use guard::{guard, guard_or};
pub(crate) use moves::{from, moves};
pub(crate) use passage::Passage;
