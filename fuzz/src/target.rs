//! The targets.

use crate::broken::Kept;
use crate::record;

/// One reader, and what must hold of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of the folder of its inputs.
    pub name: &'static str,
    /// Reads an input, and says what did not hold.
    pub holds: fn(&[u8]) -> Kept,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    // The record.
    of("codec", record::codec),
    of("frame", record::frame),
];

const fn of(name: &'static str, holds: fn(&[u8]) -> Kept) -> Target {
    Target { name, holds }
}

/// The target called `name`.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
