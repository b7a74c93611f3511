//! What comes of an act or a proposal.

use comity_core::Rejection;
use comity_core::id::EntryNumber;

/// What came of an act: a handle in each case, so that nothing has to be looked up again.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a rejected act is recorded nowhere"]
pub enum Taken<N, A, B> {
    /// It is recorded, and the track stands where it leads.
    Stands(N),
    /// It is recorded, and the track stands elsewhere by now: a limit ran out since it took effect, or somebody recorded more.
    Elsewhere(A),
    /// The law does not allow it. Nothing changed, and the handle is still good.
    Rejected {
        /// The handle.
        case: B,
        /// Why, as an officer reads it.
        rejection: Rejection,
    },
}

impl<N, A, B> Taken<N, A, B> {
    /// The handle where the act leads, or nothing.
    pub fn stands(self) -> Option<N> {
        match self {
            Self::Stands(next) => Some(next),
            Self::Elsewhere(_) | Self::Rejected { .. } => None,
        }
    }

    /// Why the law does not allow it, if so.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected { rejection, .. } => Some(rejection),
            Self::Stands(_) | Self::Elsewhere(_) => None,
        }
    }
}

/// What came of proposing an act that takes two persons.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a rejected proposal is recorded nowhere"]
pub enum Proposed<A, B> {
    /// It waits for another account to confirm it, and nothing has moved.
    Waits {
        /// The handle, at the version after the proposal.
        case: B,
        /// The entry that is to be confirmed.
        entry: EntryNumber,
    },
    /// It waits, and the track stands elsewhere by now.
    Elsewhere {
        /// Where it stands.
        case: A,
        /// The entry that is to be confirmed.
        entry: EntryNumber,
    },
    /// The law does not allow it. Nothing changed, and the handle is still good.
    Rejected {
        /// The handle.
        case: B,
        /// Why, as an officer reads it.
        rejection: Rejection,
    },
}
