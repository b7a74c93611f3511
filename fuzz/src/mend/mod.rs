//! Sums that fit again after a change, by `docs/record-format.md` alone.

mod body;
mod frame;

pub(crate) use body::body;
pub(crate) use frame::{Link, frame};
