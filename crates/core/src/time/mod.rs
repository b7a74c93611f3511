//! Legal time: moments, dates known to the day, month or year, and zones.

mod moment;

pub use moment::{BadMoment, Moment};
