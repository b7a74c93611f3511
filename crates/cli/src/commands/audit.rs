//! `comity audit`: what is handed to somebody who is to check the record, and need not trust whoever keeps it.

mod bundle;
mod checkpoint;
mod export;
pub(crate) mod kept;
mod post;

use clap::Subcommand;

use crate::answer::Answer;
use crate::failure::Failure;

/// What others can check the record by.
#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Make the key that signs checkpoints
    Key(checkpoint::KeyArgs),
    /// Verify the whole record, and sign how many entries it has and what they are
    Checkpoint(checkpoint::CheckpointArgs),
    /// Put one case with its proofs, its procedure and its limits into a file that anybody can check
    Bundle(Box<bundle::BundleArgs>),
    /// Write the whole record as lines of JSON, verified on the way
    Export(export::ExportArgs),
}

impl AuditCommand {
    /// The name that stands in JSON documents.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Key(_) => "audit key",
            Self::Checkpoint(_) => "audit checkpoint",
            Self::Bundle(_) => "audit bundle",
            Self::Export(_) => "audit export",
        }
    }
}

pub(crate) fn run(command: &AuditCommand) -> Result<Answer, Failure> {
    match command {
        AuditCommand::Key(args) => checkpoint::key(args),
        AuditCommand::Checkpoint(args) => checkpoint::checkpoint(args),
        AuditCommand::Bundle(args) => bundle::run(args),
        AuditCommand::Export(args) => export::run(args),
    }
}
