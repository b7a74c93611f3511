//! The first thing that is wrong with a record.

use std::io;
use std::path::PathBuf;

/// The first thing that is wrong. What comes before it was checked and is in order.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// There is no record in the folder.
    #[error("there is no record in {}: no file ends in .seg", folder.display())]
    NoRecord {
        /// The folder.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A segment or a file of a format that this program does not know.
    #[error("{} has format {found}, which is newer than this program", path.display())]
    OtherFormat {
        /// The segment or file.
        path: PathBuf,
        /// The format it says.
        found: u32,
    },
    /// A segment is not there, though a later one is.
    #[error("segment number {ordinal} is not there, though a later one is")]
    Missing {
        /// Its place in the row, from 0.
        ordinal: u32,
    },
    /// Something in a file is not what the format calls for.
    #[error("{}, byte {at}, where entry {position} would begin: {what}", path.display())]
    At {
        /// The segment.
        path: PathBuf,
        /// Where in the file.
        at: u64,
        /// The position of the entry that was to begin there.
        position: u64,
        /// In what way.
        what: &'static str,
    },
    /// A file is neither an export nor anything else that can be checked.
    #[error("{} is no export of a record: its first line is not the one of an export", path.display())]
    NotAnExport {
        /// The file.
        path: PathBuf,
    },
    /// A line of an export is not what the format calls for.
    #[error("{}, line {line}, where entry {position} would begin: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The position of the entry that was to begin there.
        position: u64,
        /// In what way.
        what: &'static str,
    },
    /// An export has no last line.
    #[error("{} ends after line {lines} without its last line: it was cut off", path.display())]
    Cut {
        /// The file.
        path: PathBuf,
        /// How many lines it has.
        lines: u64,
    },
    /// It is no bundle of evidence.
    #[error("{} is no bundle that can be checked: {what}", path.display())]
    NotABundle {
        /// The file or folder.
        path: PathBuf,
        /// In what way.
        what: &'static str,
    },
    /// The zip file of a bundle is not whole.
    #[error("{} is not the zip file that was written: {what}", path.display())]
    Container {
        /// The file.
        path: PathBuf,
        /// In what way.
        what: String,
    },
    /// A file of a bundle is not what it should be.
    #[error("{}, file {file}: {what}", path.display())]
    File {
        /// The bundle.
        path: PathBuf,
        /// The file in it.
        file: String,
        /// In what way.
        what: &'static str,
    },
    /// A line of the log of a bundle is not what the format calls for, or proves nothing.
    #[error("{}, line {line} of log.jsonl{}: {what}", path.display(), of_entry(*entry))]
    Log {
        /// The bundle.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The entry that it tells of.
        entry: Option<u32>,
        /// In what way.
        what: &'static str,
    },
    /// A checkpoint is not a signed note.
    #[error("the checkpoint cannot be read: {what}")]
    Checkpoint {
        /// In what way.
        what: &'static str,
    },
    /// A key is not one.
    #[error("the key cannot be read: {what}")]
    Key {
        /// In what way.
        what: &'static str,
    },
    /// No signature of the key stands under the checkpoint, or it does not fit.
    #[error("the checkpoint is not signed by {name}: {what}")]
    NotSigned {
        /// The name of the key.
        name: String,
        /// In what way.
        what: &'static str,
    },
    /// The record is shorter than the checkpoint says.
    #[error(
        "the record has {found} entries, and had {signed} when the checkpoint was signed: its end was cut off"
    )]
    CutOff {
        /// How many entries there are.
        found: u64,
        /// How many there were.
        signed: u64,
    },
    /// The first entries of the record are not those that were signed.
    #[error(
        "the first {signed} entries are not those over which the checkpoint was signed: the record was written anew"
    )]
    Rewritten {
        /// How many entries were signed.
        signed: u64,
    },
}

impl Wrong {
    /// Whether it tells of the record, and not of what was given or of the machine.
    #[must_use]
    pub const fn is_about_the_record(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::At { .. }
            | Self::Line { .. }
            | Self::Cut { .. }
            | Self::Container { .. }
            | Self::File { .. }
            | Self::Log { .. }
            | Self::CutOff { .. }
            | Self::Rewritten { .. } => true,
            Self::NoRecord { .. }
            | Self::NotAnExport { .. }
            | Self::NotABundle { .. }
            | Self::Unreadable { .. }
            | Self::OtherFormat { .. }
            | Self::Checkpoint { .. }
            | Self::Key { .. }
            | Self::NotSigned { .. } => false,
        }
    }
}

fn of_entry(entry: Option<u32>) -> String {
    entry.map(|entry| format!(", entry {entry}")).unwrap_or_default()
}
