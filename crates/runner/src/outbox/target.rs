//! To whom events are delivered.

use std::fmt;
use std::str::FromStr;

use comity_core::id::CaseId;
use comity_store::codec::Began;
use uuid::Uuid;

use super::backoff::Backoff;
use super::event::PersonalData;
use super::kind::WantedEvents;

/// The name of a target, under which the record keeps how far it was delivered to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(
    // INVARIANT: 1 to 64 of a-z, 0-9 and `-`, the first a letter.
    String,
);

/// Text that is no name of a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no name for a target; use up to 64 small letters, digits and hyphens, and begin with a letter"
)]
pub struct BadTargetName {
    /// What was given.
    pub text: String,
}

/// A target, apart from how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name. Another name is another target.
    pub name: TargetName,
    /// Which events it wants. What was passed over is not sent when it wants more later.
    pub wants: WantedEvents,
    /// Whether it is told more than identifiers.
    pub personal: PersonalData,
    /// Whether it is told of sealed cases.
    pub sealed: SealedCases,
    /// From where in the record it is delivered to. Asked once, when it is new.
    pub from: Began,
    /// How often it is tried.
    pub backoff: Backoff,
}

/// Whether a target is told of sealed cases. Asked at each try: what is passed over is not sent when the seal is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedCases {
    /// Not of them, nor that there are any.
    LeftOut,
    /// As of others.
    Included,
}

impl TargetName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stream that says how far the target was delivered to.
    pub(super) fn progress(&self) -> CaseId {
        self.stream("comity.target.progress.v1")
    }

    /// The stream of its dead letters.
    pub(super) fn letters(&self) -> CaseId {
        self.stream("comity.target.letters.v1")
    }

    fn stream(&self, what: &str) -> CaseId {
        CaseId(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{what}\0{}", self.0).as_bytes()))
    }
}

impl FromStr for TargetName {
    type Err = BadTargetName;

    fn from_str(text: &str) -> Result<Self, BadTargetName> {
        let fits = text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(BadTargetName { text: text.to_owned() }) }
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for good in ["a", "back-office", "b2"] {
            assert_eq!(good.parse::<TargetName>().map(|name| name.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "2b", "Back", "back office", "bäck", "a/b", &"a".repeat(65)] {
            assert!(bad.parse::<TargetName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_target_has_two_streams_of_its_own() {
        let name = |text: &str| text.parse::<TargetName>().unwrap();
        let streams = [name("a").progress(), name("a").letters(), name("b").progress(), name("b").letters()];
        let different: std::collections::BTreeSet<_> = streams.iter().collect();
        assert_eq!(different.len(), streams.len());
        // Released: a record of before must be found again.
        assert_eq!(name("a").progress().to_string(), "59ab1b7b-2e7f-5bad-8d96-57c2223f3292");
    }
}
