//! What can be recorded in a case.

use super::super::case::Tab;
use crate::access::Action;

/// What is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Act,
    Document,
    Finding,
    Fact,
    Note,
    Annul,
    Redate,
    Hold,
    Resume,
    Assign,
    Review,
    NoReview,
    Seal,
    Unseal,
    Confirm,
    Link,
}

impl Kind {
    const ALL: [Self; 16] = [
        Self::Act,
        Self::Document,
        Self::Finding,
        Self::Fact,
        Self::Note,
        Self::Annul,
        Self::Redate,
        Self::Hold,
        Self::Resume,
        Self::Assign,
        Self::Review,
        Self::NoReview,
        Self::Seal,
        Self::Unseal,
        Self::Confirm,
        Self::Link,
    ];

    /// Its word in an address.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Document => "document",
            Self::Finding => "finding",
            Self::Fact => "fact",
            Self::Note => "note",
            Self::Annul => "annul",
            Self::Redate => "redate",
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Assign => "assign",
            Self::Review => "review",
            Self::NoReview => "no-review",
            Self::Seal => "seal",
            Self::Unseal => "unseal",
            Self::Confirm => "confirm",
            Self::Link => "link",
        }
    }

    /// What a word of an address means.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What an account does by it.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Confirm => Action::Confirm,
            Self::Seal | Self::Unseal => Action::Seal,
            Self::Act
            | Self::Document
            | Self::Finding
            | Self::Fact
            | Self::Note
            | Self::Annul
            | Self::Redate
            | Self::Hold
            | Self::Resume
            | Self::Assign
            | Self::Review
            | Self::NoReview
            | Self::Link => Action::Record,
        }
    }

    /// Whether it is recorded without a look at what would change: it changes nothing of the law.
    pub(super) const fn is_direct(self) -> bool {
        match self {
            Self::Note
            | Self::Hold
            | Self::Resume
            | Self::Assign
            | Self::Review
            | Self::NoReview
            | Self::Seal
            | Self::Unseal
            | Self::Link => true,
            Self::Act
            | Self::Document
            | Self::Finding
            | Self::Fact
            | Self::Annul
            | Self::Redate
            | Self::Confirm => false,
        }
    }

    /// The part of the case to which it belongs, and where it is seen once it is recorded.
    pub(super) const fn tab(self) -> Tab {
        match self {
            Self::Act | Self::Confirm => Tab::Steps,
            Self::Document => Tab::Documents,
            Self::Finding => Tab::Grounds,
            Self::Fact => Tab::Facts,
            Self::Note => Tab::Notes,
            Self::Annul | Self::Redate => Tab::Timeline,
            Self::Link => Tab::Linked,
            Self::Hold
            | Self::Resume
            | Self::Assign
            | Self::Review
            | Self::NoReview
            | Self::Seal
            | Self::Unseal => Tab::Overview,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_one_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.word()), Some(kind));
        }
        assert_eq!(Kind::of("else"), None);
    }
}
