//! What happened in a simulation, line by line, and what was wrong in the end.

use std::fmt;

use comity_core::entry::Digest;
use comity_core::time::Moment;
use sha2::{Digest as _, Sha256};

/// What happened so far.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Vec<String>,
    step: usize,
    digest: Sha256,
}

impl Trace {
    /// Another step begins at a moment.
    pub(crate) fn step(&mut self, now: Moment) {
        self.step += 1;
        self.say(&format!("step {}, {now}", self.step));
    }

    pub(crate) fn say(&mut self, line: &str) {
        self.digest.update(line.as_bytes());
        self.digest.update([b'\n']);
        self.lines.push(line.to_owned());
    }

    pub(crate) fn steps(&self) -> usize {
        self.step
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// A digest of all that was said.
    pub(crate) fn digest(&self) -> String {
        Digest(self.digest.clone().finalize().into()).to_string()
    }
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The sentence that is not true.
    pub(crate) sentence: &'static str,
    /// What was found instead.
    pub(crate) found: String,
}

impl Wrong {
    pub(crate) fn new(sentence: &'static str, found: impl Into<String>) -> Self {
        Self { sentence, found: found.into() }
    }
}

/// A simulation in which something did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The seed, which repeats it.
    pub seed: u64,
    /// The step.
    pub step: usize,
    /// The sentence that is not true.
    pub sentence: &'static str,
    /// What was found instead.
    pub found: String,
    /// What happened until then, in words.
    pub trace: Vec<String>,
}

/// So many lines of a trace are told; the seed gives the others again.
const TOLD: usize = 60;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped = self.trace.len().saturating_sub(TOLD);
        if skipped > 0 {
            writeln!(f, "  … {skipped} lines before")?;
        }
        for line in self.trace.iter().skip(skipped) {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "seed {}, step {}: this does not hold:", self.seed, self.step)?;
        writeln!(f, "  {}", self.sentence)?;
        write!(f, "  {}", self.found)
    }
}

impl std::error::Error for Broken {}
