//! Names in a procedure, and text that must not reach a log.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A name that an author gave: lower-case words joined by `-`, with `.` in facts and `/` in authorities.
///
/// Tracks, stages, acts, clocks and the rest are all named so; which of them is meant is said by the place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(
    // INVARIANT: 1 to 80 bytes; words of a-z and 0-9 joined by single `-`, `.` or `/`, the first starting with a letter.
    Arc<str>,
);

/// Text that is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a name; use lower-case letters and digits in words joined by `-`, up to 80 characters"
)]
pub struct BadName {
    /// What was given.
    pub text: String,
}

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let words = |c| matches!(c, '-' | '.' | '/');
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        if starts_well && text.len() <= 80 && text.split(words).all(is_word) {
            Ok(Self(text.into()))
        } else {
            Err(BadName { text: text.to_owned() })
        }
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that may name a person. It has no `Display`, and its `Debug` prints none of it, so that a log line cannot
/// hold it by accident.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Private(String);

impl Private {
    /// Keeps `text` out of logs.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for a screen or a record.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(private)")
    }
}
