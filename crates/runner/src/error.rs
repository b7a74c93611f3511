//! What can go wrong around a decision: the world failed us, or there is no such thing.

use comity_core::id::{CaseId, EntryNumber, MatterId, Version};
use comity_core::procedure::Meaning;
use comity_store::codec::{DecodeError, Erasure};
use comity_store::{AppendError, FileError, Position, ReadError};

use crate::procedures::RestoreError;

/// Why the engine could not do what was asked. A refusal by the law is none of these: it is a
/// [`Rejection`](comity_core::Rejection), and a value.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no such case.
    #[error("there is no case {0}; `comity case list` shows those there are")]
    NoSuchCase(CaseId),
    /// The content of the case, or the title of the matter, was erased.
    #[error("the content of {} was erased by order of {}: {}", erasure.reference, erasure.authority, erasure.reason)]
    Erased {
        /// The case.
        case: CaseId,
        /// By whose order, and why.
        erasure: Erasure,
    },
    /// There is no such matter.
    #[error("there is no matter {0}; open it first")]
    NoSuchMatter(MatterId),
    /// No procedure of that name may be used.
    #[error("there is no procedure `{name}` in the library; it holds {}", known.join(", "))]
    NoSuchProcedure {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A procedure of which something is refuted or undecided runs no case.
    #[error("procedure `{name}` runs no case: {} not proved of every path", list_of(properties))]
    NotProved {
        /// Its name.
        name: String,
        /// The properties and safeguards that are refuted or undecided.
        properties: Vec<String>,
    },
    /// A case of that reference exists.
    #[error("the reference `{0}` is taken; give the new case another")]
    ReferenceTaken(String),
    /// The reference is none.
    #[error(
        "a reference is one line of at most 200 bytes without blanks at its ends or a dash before it, such as EX-2027-0014"
    )]
    NoReference,
    /// The key was used before, for something else.
    #[error("the key was used for something else; give each attempt at something new a key of its own")]
    KeyReused,
    /// The case has moved since the caller looked.
    #[error(
        "the case is at version {actual}, not {expected}: somebody recorded meanwhile; look at it, then decide"
    )]
    Conflict {
        /// What the caller had seen.
        expected: Version,
        /// Where the case is.
        actual: Version,
    },
    /// The procedure of a case is not in the journal.
    #[error("the text of procedure `{name}` ({meaning}) is not in the journal; verify the store")]
    ProcedureLost {
        /// Its name.
        name: String,
        /// The digest of its meaning.
        meaning: Meaning,
    },
    /// The procedure of a case reads otherwise than when it was recorded.
    #[error(
        "procedure `{name}` now means {found}, and the case is pinned to {pinned}; use the program that wrote it"
    )]
    ProcedureChanged {
        /// Its name.
        name: String,
        /// What the case is pinned to.
        pinned: Meaning,
        /// What this program reads.
        found: Meaning,
    },
    /// The procedure of a case cannot be read any more.
    #[error("procedure `{name}` cannot be brought back")]
    Restore {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: RestoreError,
    },
    /// A link must lead to a case under the procedure that it names.
    #[error("the link `{link}` leads to a case under `{expected}`, and {case} is under `{found}`")]
    LinkElsewhere {
        /// The link.
        link: String,
        /// The case it was to lead to.
        case: CaseId,
        /// The procedure that the link names.
        expected: String,
        /// The procedure of that case.
        found: String,
    },
    /// The entry files nothing.
    #[error("entry {entry} of case {case} files nothing")]
    NoSuchFile {
        /// The case.
        case: CaseId,
        /// The entry.
        entry: EntryNumber,
    },
    /// Nothing is delivered to a target of that name.
    #[error("nothing is delivered to a target `{name}`; there is {}", targets(known))]
    NoSuchTarget {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// There is no such dead letter on the list.
    #[error("there is no dead letter of entry {position} on the list of `{target}`; look at the list again")]
    NoSuchLetter {
        /// The target.
        target: String,
        /// The position in the record that was asked for.
        position: Position,
    },
    /// A file could not be kept or read.
    #[error(transparent)]
    File(FileError),
    /// Nothing was recorded, or it is not known: see the source.
    #[error("the journal did not take the entry")]
    Append(#[source] AppendError),
    /// The journal could not be read.
    #[error("the journal could not be read")]
    Read(#[source] ReadError),
    /// An entry could not be read.
    #[error("an entry of case {case} could not be read")]
    Decode {
        /// The case.
        case: CaseId,
        /// Why.
        #[source]
        source: DecodeError,
    },
}

fn list_of(properties: &[String]) -> String {
    let is_or_are = if properties.len() == 1 { "is" } else { "are" };
    format!("`{}` {is_or_are}", properties.join("`, `"))
}

fn targets(known: &[String]) -> String {
    if known.is_empty() { "none at all".to_owned() } else { format!("`{}`", known.join("`, `")) }
}

impl EngineError {
    /// Whether it is about one case, so that work on the others can go on.
    #[must_use]
    pub fn is_of_one_case(&self) -> bool {
        match self {
            Self::NoSuchCase(_)
            | Self::Erased { .. }
            | Self::NoSuchMatter(_)
            | Self::NoSuchProcedure { .. }
            | Self::NotProved { .. }
            | Self::ReferenceTaken(_)
            | Self::NoReference
            | Self::KeyReused
            | Self::Conflict { .. }
            | Self::ProcedureLost { .. }
            | Self::ProcedureChanged { .. }
            | Self::Restore { .. }
            | Self::LinkElsewhere { .. }
            | Self::NoSuchFile { .. }
            | Self::NoSuchTarget { .. }
            | Self::NoSuchLetter { .. }
            | Self::File(_)
            | Self::Decode { .. } => true,
            Self::Append(error) => match error {
                AppendError::Moved { .. }
                | AppendError::KeyReused
                | AppendError::TooLarge { .. }
                | AppendError::Unfit { .. }
                | AppendError::Erased
                | AppendError::Refused { .. }
                | AppendError::Keys { .. }
                | AppendError::Empty => true,
                AppendError::Full { .. }
                | AppendError::Blocked(_)
                | AppendError::Stopped
                | AppendError::Closed
                | AppendError::Io(_) => false,
            },
            Self::Read(error) => match error {
                ReadError::Damaged { .. } | ReadError::Keys { .. } | ReadError::Refused { .. } => true,
                ReadError::Closed | ReadError::Io(_) => false,
            },
        }
    }

    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchCase(_) => "engine/no-such-case",
            Self::Erased { .. } => "engine/erased",
            Self::NoSuchMatter(_) => "engine/no-such-matter",
            Self::NoSuchProcedure { .. } => "engine/no-such-procedure",
            Self::NotProved { .. } => "engine/not-proved",
            Self::ReferenceTaken(_) => "engine/reference-taken",
            Self::NoReference => "engine/no-reference",
            Self::KeyReused => "engine/key-reused",
            Self::Conflict { .. } => "engine/conflict",
            Self::ProcedureLost { .. } => "engine/procedure-lost",
            Self::ProcedureChanged { .. } => "engine/procedure-changed",
            Self::Restore { .. } => "engine/restore",
            Self::LinkElsewhere { .. } => "engine/link-elsewhere",
            Self::NoSuchFile { .. } => "engine/no-such-file",
            Self::NoSuchTarget { .. } => "engine/no-such-target",
            Self::NoSuchLetter { .. } => "engine/no-such-letter",
            Self::File(error) => error.code(),
            Self::Append(error) => error.code(),
            Self::Read(error) => error.code(),
            Self::Decode { .. } => "engine/decode",
        }
    }
}
