//! The targets.

use crate::broken::Kept;
use crate::{evidence, language, record, words};

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
    // The files that lawyers write.
    of("articles", language::articles),
    of("calendar", language::calendar),
    of("canonical", language::canonical),
    of("cell", language::cell),
    of("chronology", language::chronology),
    of("counting", language::counting),
    of("notes", language::notes),
    of("procedure", language::procedure),
    of("sentence", language::sentence),
    of("spreadsheet", language::spreadsheet),
    // Words and lines.
    of("checkpoint", words::checkpoint),
    of("word", words::word),
    // The record.
    of("codec", record::codec),
    of("export", record::export),
    of("file", record::file),
    of("frame", record::frame),
    of("index", record::index),
    of("journal", record::journal),
    of("keys", record::keys),
    of("manifest", record::manifest),
    of("segment", record::segment),
    // What is handed out.
    of("bundle", evidence::bundle),
    of("changed", evidence::changed),
];

const fn of(name: &'static str, holds: fn(&[u8]) -> Kept) -> Target {
    Target { name, holds }
}

/// The target called `name`.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
