//! What kept a command from doing what was asked: what, where, why, and the next command.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use comity_core::procedure::Procedure;
use comity_core::time::CountError;
use comity_core::{Rejection, RejectionCode};
use comity_language::Diagnostic;
use comity_runner::{EngineError, EraseRefusal};
use comity_sheet::words::provisions;
use comity_store::{
    AppendError, BackupError, Checkpoint, CloseError, ExportError, ExportFault, FileError, ImportError,
    JournalFault, KeysError, OpenError, ProofError, ReadError, RestoreError, UpkeepError, VerifyError,
};
use serde_json::{Value, json};

use crate::answer::joined;
use crate::commands::check::{diagnostic_json, diagnostics_page};
use crate::exit::Exit;
use crate::print::{Page, Tone};

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It was used wrongly, or names something that is not there.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What to do.
        next: String,
    },
    /// A file or folder cannot be read or written.
    #[error("{} cannot be used", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A procedure or chronology is wrong.
    #[error("{what}")]
    Procedures {
        /// What could not be done.
        what: String,
        /// All that is wrong.
        diagnostics: Vec<Diagnostic>,
    },
    /// The law does not allow it.
    #[error("{rejection}")]
    Rejected {
        /// The engine's sentence.
        rejection: Box<Rejection>,
        /// What its provisions are about.
        provisions: Vec<String>,
        /// What to do.
        next: String,
    },
    /// An erasure that was not confirmed as it must be.
    #[error("{refusal}")]
    Erase {
        /// The engine's sentence.
        refusal: EraseRefusal,
        /// What to do.
        next: String,
    },
    /// A limit cannot be counted.
    #[error(transparent)]
    Count(CountError),
    /// The store was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The engine could not do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The record is not in order.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// There is no backup, or not the newest.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nothing was restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// Nothing was imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The record was not exported.
    #[error(transparent)]
    Export(ExportError),
    /// The record is in order by itself, and is not the one that was signed.
    #[error("{what}")]
    AnotherRecord {
        /// In what way.
        what: String,
    },
    /// A checkpoint is signed and kept here, and somebody who was to have it has not.
    #[error("the checkpoint is signed and kept in {kept}, and not every keeper has it")]
    NotGiven {
        /// Where it is kept.
        kept: String,
        /// Who has not got it.
        missed: Vec<Missed>,
    },
    /// Nothing was proved.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The store was not closed.
    #[error(transparent)]
    Close(#[from] CloseError),
}

/// A keeper that has not got a checkpoint.
#[derive(Debug)]
pub(crate) struct Missed {
    /// A folder, or an address without what may be secret in it.
    pub(crate) keeper: String,
    /// Why not.
    pub(crate) why: String,
}

impl From<UpkeepError> for Failure {
    fn from(error: UpkeepError) -> Self {
        match error {
            UpkeepError::Open(error) => Self::Open(error),
            UpkeepError::Close(error) => Self::Close(error),
        }
    }
}

impl Failure {
    /// Wrong usage.
    pub(crate) fn usage(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), next: next.into() }
    }

    /// A refusal, with the headings of the provisions that it cites.
    pub(crate) fn rejected(rejection: Rejection, procedure: &Procedure, next: String) -> Self {
        let provisions = rejection.basis().map(|basis| provisions(basis, procedure)).unwrap_or_default();
        Self::Rejected { rejection: Box::new(rejection), provisions, next }
    }

    /// The record is not the one that a checkpoint was signed over.
    pub(crate) fn another_record(signed: &Checkpoint, kept: Option<&Path>) -> Self {
        let Checkpoint { name, size, .. } = signed;
        let see = kept.map(|path| format!("; see {}", path.display())).unwrap_or_default();
        Self::AnotherRecord {
            what: format!(
                "the first {size} entries are not those over which {name} signed a checkpoint: \
                 it is of another store, or this record was written anew{see}"
            ),
        }
    }

    /// The record has fewer entries than were signed.
    pub(crate) fn shorter_record(entries: u64, signed: &Checkpoint, kept: &Path) -> Self {
        let Checkpoint { name, size, .. } = signed;
        Self::AnotherRecord {
            what: format!(
                "the record has {entries} entries, and {name} signed a checkpoint over {size}: \
                 an older copy was put back, or its end was cut off; see {}",
                kept.display()
            ),
        }
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::File { .. } => Exit::Usage,
            Self::NotGiven { .. } => Exit::Failed,
            Self::Procedures { .. } => Exit::Procedure,
            Self::Rejected { rejection, .. } => match rejection.code() {
                RejectionCode::CannotCount => Exit::CannotCompute,
                // The name came from the command line, as that of a case or a clock does.
                RejectionCode::Unknown => Exit::Usage,
                RejectionCode::NotOpen
                | RejectionCode::NotFulfilled
                | RejectionCode::Excepted
                | RejectionCode::TooEarly
                | RejectionCode::NotRunOut
                | RejectionCode::Lapsed
                | RejectionCode::NotExtendable
                | RejectionCode::NotInForce
                | RejectionCode::WrongAuthority
                | RejectionCode::FactMissing
                | RejectionCode::FactNotWanted
                | RejectionCode::WrongValue
                | RejectionCode::TooVague
                | RejectionCode::InTheFuture
                | RejectionCode::BeforeTheCase
                | RejectionCode::UpsetsLater
                | RejectionCode::NoSuchEntry
                | RejectionCode::NotToBeUndone
                | RejectionCode::RecordGoesBack
                | RejectionCode::OnHold
                | RejectionCode::NotOnHold
                | RejectionCode::NoReviewDate
                | RejectionCode::DayHasPassed
                | RejectionCode::CaseIsOver
                | RejectionCode::NothingSaid
                | RejectionCode::TakesTwo
                | RejectionCode::NoSecondNeeded
                | RejectionCode::ConfirmedByProposer
                | RejectionCode::NotToBeConfirmed
                | RejectionCode::NotSealed
                | RejectionCode::NotMigrated => Exit::NotAllowed,
            },
            Self::Erase { .. } => Exit::NotAllowed,
            Self::Count(_) => Exit::CannotCompute,
            Self::Open(error) => exit_of_open(error),
            Self::Engine(error) => exit_of_engine(error),
            Self::Verify(error) | Self::Proof(ProofError::Verify(error)) => exit_of_verify(error),
            Self::Backup(error) => exit_of_backup(error),
            Self::Restore(error) => exit_of_restore(error),
            Self::Import(error) => exit_of_import(error),
            Self::AnotherRecord { .. }
            | Self::Proof(ProofError::TooFew { .. })
            | Self::Export(_)
            | Self::Close(_) => Exit::Damaged,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "cli/usage",
            Self::File { .. } => "cli/file",
            Self::Procedures { .. } => "cli/procedures",
            Self::Rejected { rejection, .. } => rejection.code().word(),
            Self::Erase { refusal, .. } => refusal.code(),
            Self::Count(_) => RejectionCode::CannotCount.word(),
            Self::Open(error) => error.code(),
            Self::Engine(error) => error.code(),
            Self::Verify(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::Restore(error) => error.code(),
            Self::Import(error) => error.code(),
            Self::Export(error) => error.code(),
            Self::AnotherRecord { .. } => "audit/another-record",
            Self::NotGiven { .. } => "audit/not-given",
            Self::Proof(error) => error.code(),
            Self::Close(error) => error.code(),
        }
    }

    /// What to do next; empty where the message says it.
    pub(crate) fn next(&self) -> String {
        match self {
            Self::Usage { next, .. } | Self::Rejected { next, .. } | Self::Erase { next, .. } => next.clone(),
            Self::Open(OpenError::NotFound { folder }) => {
                format!("comity init {}, or name another with --store", folder.display())
            }
            Self::Engine(EngineError::NotProved { properties, .. }) => match properties.first() {
                Some(first) => format!("comity check --explain {first}"),
                None => "comity check".to_owned(),
            },
            Self::Engine(EngineError::Conflict { .. }) => "comity case show, then decide again".to_owned(),
            Self::NotGiven { .. } => {
                "mend that and run it again: what is kept is given again, or a newer one if the record has grown".to_owned()
            }
            Self::AnotherRecord { .. } => {
                "keep both as they are, sign nothing, and find out which of the two is the record".to_owned()
            }
            Self::Procedures { .. } => "mend what is marked above, then comity check".to_owned(),
            Self::File { .. }
            | Self::Count(_)
            | Self::Open(_)
            | Self::Engine(_)
            | Self::Verify(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Proof(_)
            | Self::Close(_) => String::new(),
        }
    }

    /// What lies behind it, the nearest cause first. A cause that says nothing new is left out.
    fn causes(&self) -> Vec<String> {
        let mut said = self.to_string();
        let mut causes = Vec::new();
        if let Self::NotGiven { missed, .. } = self {
            causes.extend(missed.iter().map(|Missed { keeper, why }| format!("{keeper}: {why}")));
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            let says = error.to_string();
            if !said.contains(&says) {
                causes.push(says.clone());
                said = says;
            }
            cause = error.source();
        }
        causes
    }

    /// What kept it from being done, on one line.
    pub(crate) fn reason(&self) -> String {
        let causes = self.causes();
        std::iter::once(self.to_string()).chain(causes).collect::<Vec<_>>().join(": ")
    }

    /// For people.
    pub(crate) fn page(&self) -> Page {
        let mut page = Page::new();
        if let Self::Procedures { diagnostics, .. } = self {
            page.append(&diagnostics_page(diagnostics));
        }
        let word =
            if matches!(self, Self::Rejected { .. } | Self::Erase { .. }) { "not allowed" } else { "error" };
        page.labelled((Tone::Bad, &format!("{word}:")), 0, &self.to_string());
        for cause in self.causes() {
            page.labelled((Tone::Strong, "because"), 2, &cause);
        }
        if let Self::Rejected { provisions, .. } = self {
            for provision in provisions {
                page.labelled((Tone::Strong, "basis"), 2, provision);
            }
        }
        page.labelled((Tone::Strong, "code"), 2, self.code());
        match self {
            Self::Rejected { rejection, .. } => {
                page.labelled((Tone::Strong, "see"), 2, &page_of(rejection.code()));
            }
            Self::Count(_) => page.labelled((Tone::Strong, "see"), 2, &page_of(RejectionCode::CannotCount)),
            Self::Usage { .. }
            | Self::File { .. }
            | Self::Procedures { .. }
            | Self::Erase { .. }
            | Self::Open(_)
            | Self::Engine(_)
            | Self::Verify(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::AnotherRecord { .. }
            | Self::NotGiven { .. }
            | Self::Proof(_)
            | Self::Close(_) => {}
        }
        let next = self.next();
        if !next.is_empty() {
            page.labelled((Tone::Strong, "next"), 2, &next);
        }
        page
    }

    /// For programs.
    pub(crate) fn document(&self) -> Value {
        let document = json!({
            "code": self.code(),
            "exit": self.exit().code(),
            "message": self.to_string(),
            "because": self.causes(),
            "next": self.next(),
        });
        let more = match self {
            Self::Rejected { rejection, provisions, .. } => json!({
                "basis": rejection.basis().map(ToString::to_string),
                "provisions": provisions,
                "see": page_of(rejection.code()),
            }),
            Self::Procedures { diagnostics, .. } => {
                json!({ "diagnostics": diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>() })
            }
            Self::Count(_) => json!({ "see": page_of(RejectionCode::CannotCount) }),
            Self::NotGiven { kept, missed } => json!({
                "kept": kept,
                "missed": missed.iter().map(|one| json!({ "keeper": one.keeper, "why": one.why })).collect::<Vec<_>>(),
            }),
            Self::Usage { .. }
            | Self::File { .. }
            | Self::Erase { .. }
            | Self::Open(_)
            | Self::Engine(_)
            | Self::Verify(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::AnotherRecord { .. }
            | Self::Proof(_)
            | Self::Close(_) => Value::Null,
        };
        joined(document, more)
    }
}

/// The page of the reference about a refusal.
fn page_of(code: RejectionCode) -> String {
    format!("docs/rejections/{code}.md")
}

fn exit_of_open(error: &OpenError) -> Exit {
    match error {
        OpenError::NotFound { .. } | OpenError::OldFormat { .. } => Exit::Usage,
        OpenError::Keys(error) => match error {
            KeysError::Master(_) | KeysError::OtherMaster { .. } | KeysError::SameMaster => Exit::Usage,
            KeysError::Missing { .. } | KeysError::Foreign { .. } | KeysError::Io { .. } => Exit::Damaged,
        },
        OpenError::Locked { .. }
        | OpenError::ReadOnly { .. }
        | OpenError::Journal(JournalFault::Io { .. }) => Exit::Conflict,
        OpenError::Journal(_)
        | OpenError::JournalBehind { .. }
        | OpenError::IndexHung { .. }
        | OpenError::Index { .. } => Exit::Damaged,
    }
}

fn exit_of_verify(error: &VerifyError) -> Exit {
    match error {
        VerifyError::NotFound { .. } => Exit::Usage,
        VerifyError::Journal(fault) => exit_of_fault(fault),
        VerifyError::Closed
        | VerifyError::Index { .. }
        | VerifyError::NotErased { .. }
        | VerifyError::Keys { .. } => Exit::Damaged,
    }
}

fn exit_of_fault(fault: &JournalFault) -> Exit {
    match fault {
        JournalFault::Io { .. } => Exit::Conflict,
        JournalFault::NewerFormat { .. }
        | JournalFault::Damaged { .. }
        | JournalFault::Truncated { .. }
        | JournalFault::Missing { .. } => Exit::Damaged,
    }
}

fn exit_of_backup(error: &BackupError) -> Exit {
    match error {
        BackupError::NotFound { .. }
        | BackupError::SameFolder { .. }
        | BackupError::NotABackup { .. }
        | BackupError::OtherStore { .. } => Exit::Usage,
        BackupError::InUse { .. } | BackupError::Io { .. } => Exit::Conflict,
        BackupError::Diverged { .. } | BackupError::Behind { .. } => Exit::Damaged,
        BackupError::Store(fault) | BackupError::Backup(fault) => exit_of_fault(fault),
    }
}

fn exit_of_restore(error: &RestoreError) -> Exit {
    match error {
        RestoreError::Backup { source, .. } => exit_of_verify(source),
        RestoreError::Manifest(error) => exit_of_backup(error),
        RestoreError::NotEmpty { .. } => Exit::Usage,
        RestoreError::NoRoom { .. } | RestoreError::Io { .. } => Exit::Conflict,
        RestoreError::Open(error) => exit_of_open(error),
        RestoreError::Lacking { .. } | RestoreError::Differs(_) | RestoreError::Close(_) => Exit::Damaged,
    }
}

fn exit_of_import(error: &ImportError) -> Exit {
    match error {
        ImportError::NotEmpty { .. } | ImportError::NoKeys { .. } | ImportError::KeysNotFound { .. } => {
            Exit::Usage
        }
        ImportError::Export(ExportFault::NotAnExport) => Exit::Usage,
        ImportError::Io { .. } | ImportError::Export(ExportFault::Io(_)) => Exit::Conflict,
        ImportError::Open(error) => exit_of_open(error),
        ImportError::Export(
            ExportFault::NewerFormat { .. } | ExportFault::Line { .. } | ExportFault::Cut { .. },
        )
        | ImportError::Differs(_)
        | ImportError::Close(_) => Exit::Damaged,
    }
}

fn exit_of_engine(error: &EngineError) -> Exit {
    match error {
        EngineError::NoSuchCase(_)
        | EngineError::NoSuchMatter(_)
        | EngineError::NoSuchProcedure { .. }
        | EngineError::ReferenceTaken(_)
        | EngineError::NoReference
        | EngineError::Erased { .. }
        | EngineError::NoSuchFile { .. }
        | EngineError::NoSuchTarget { .. }
        | EngineError::NoSuchLetter { .. }
        | EngineError::LinkElsewhere { .. } => Exit::Usage,
        EngineError::File(error) => exit_of_file(error),
        EngineError::Conflict { .. } | EngineError::KeyReused => Exit::Conflict,
        EngineError::NotProved { .. }
        | EngineError::ProcedureChanged { .. }
        | EngineError::Restore { .. } => Exit::Procedure,
        EngineError::ProcedureLost { .. } | EngineError::Decode { .. } => Exit::Damaged,
        EngineError::Append(error) => match error {
            AppendError::Moved { .. }
            | AppendError::KeyReused
            | AppendError::Full { .. }
            | AppendError::Blocked(_) => Exit::Conflict,
            AppendError::TooLarge { .. }
            | AppendError::Unfit { .. }
            | AppendError::Erased
            | AppendError::Empty => Exit::Usage,
            AppendError::Refused { .. } => Exit::NotAllowed,
            AppendError::Keys { .. } | AppendError::Stopped | AppendError::Closed | AppendError::Io(_) => {
                Exit::Damaged
            }
        },
        EngineError::Read(error) => match error {
            ReadError::Refused { .. } => Exit::NotAllowed,
            ReadError::Closed | ReadError::Damaged { .. } | ReadError::Keys { .. } | ReadError::Io(_) => {
                Exit::Damaged
            }
        },
    }
}

/// What a file that cannot be kept or read ends with.
pub(crate) fn exit_of_file(error: &FileError) -> Exit {
    match error {
        FileError::TooLarge { .. } | FileError::Place { .. } | FileError::Io(_) => Exit::Usage,
        FileError::Store(_) => Exit::Conflict,
        FileError::Missing { .. } | FileError::Damaged { .. } => Exit::Damaged,
    }
}
