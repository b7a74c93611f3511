//! Why a task failed.

use std::fmt;
use std::io;
use std::path::Path;

/// Why a task failed: one line for each thing that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    lines: Vec<String>,
}

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()] }
    }

    /// A failure that was told while it happened.
    pub(crate) const fn said() -> Self {
        Self { lines: Vec::new() }
    }

    pub(crate) const fn is_said(&self) -> bool {
        self.lines.is_empty()
    }

    pub(crate) fn io(what: &str, path: &Path, source: &io::Error) -> Self {
        Self::new(format!("cannot {what} {}: {source}", path.display()))
    }

    /// Fails if `lines` says that something is wrong.
    pub(crate) fn if_any(lines: Vec<String>) -> Result<(), Self> {
        if lines.is_empty() { Ok(()) } else { Err(Self { lines }) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
