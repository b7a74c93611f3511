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
        if is_name(text.as_bytes()) { Ok(Self(text.into())) } else { Err(BadName { text: text.to_owned() }) }
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

/// A name that stands in the text of a program, and is checked when that is compiled.
///
/// ```
/// use comity_core::name::{KnownName, Name};
///
/// const ARRESTED: KnownName = KnownName::new("arrested");
/// assert_eq!(Name::from(ARRESTED).as_str(), "arrested");
/// ```
///
/// What is no name does not compile:
///
/// ```compile_fail
/// # use comity_core::name::KnownName;
/// const ARRESTED: KnownName = KnownName::new("Arrested");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KnownName(
    // INVARIANT: as for `Name`.
    &'static str,
);

impl KnownName {
    /// The name.
    ///
    /// # Panics
    ///
    /// If `text` is no name. In a constant, which is the one use for it, that is an error of the compiler.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        assert!(is_name(text.as_bytes()), "this is no name; see `Name`");
        Self(text)
    }

    /// The name as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<KnownName> for Name {
    fn from(known: KnownName) -> Self {
        Self(known.0.into())
    }
}

/// Words of a-z and 0-9 joined by single `-`, `.` or `/`, the first starting with a letter; 1 to 80 bytes.
const fn is_name(text: &[u8]) -> bool {
    if text.len() > 80 {
        return false;
    }
    let (mut rest, mut before) = (text, b'-');
    let mut is_first = true;
    while let [byte, after @ ..] = rest {
        let joins = matches!(*byte, b'-' | b'.' | b'/');
        let is_of_word = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_bad = if joins { matches!(before, b'-' | b'.' | b'/') } else { !is_of_word };
        if is_bad || (is_first && !byte.is_ascii_lowercase()) {
            return false;
        }
        (rest, before, is_first) = (after, *byte, false);
    }
    !is_first && !matches!(before, b'-' | b'.' | b'/')
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
