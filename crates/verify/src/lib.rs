//! Checks a record of Comity and its signed checkpoints, by `docs/record-format.md` alone.
//!
//! It shares no code with the store that wrote the record: whoever trusts neither the office nor its software can read
//! these few pages, or write a third such program from the same document.
//!
//! [`read`] walks every byte of a journal or an export and gives what it holds, or the first thing that is [`Wrong`]. With a
//! [`Checkpoint`] it also proves that nothing of what was signed was cut off or written anew.

mod bundle;
mod commit;
mod export;
mod frame;
mod kept;
mod line;
mod note;
mod proof;
mod segment;
mod take;
mod tree;
mod wrong;

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

pub use bundle::{Bundle, Earlier, Held, Own, Procedure, Signature, is_bundle, read_bundle};
pub use line::hex;
pub use note::{Checkpoint, Key};
pub use proof::{Head, goes_on, is_included};
pub use tree::{Hash, Tree};
pub use wrong::Wrong;

/// What is waited before the end of a journal is looked at again. A write that was going on is done by then; whether a look is right
/// does not hang on it.
const PAUSE: Duration = if cfg!(fuzzing) { Duration::ZERO } else { Duration::from_millis(2) };

/// A record in which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InOrder {
    /// The identity of the store: the bytes of a UUID.
    pub store: [u8; 16],
    /// In what form it was read.
    pub form: Form,
    /// How many entries.
    pub entries: u64,
    /// How many cases.
    pub cases: usize,
    /// The root of the tree over all entries.
    pub root: Hash,
}

/// In what form a record was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the segments of the journal.
    Journal {
        /// How many segments there are.
        segments: usize,
        /// How many bytes a write left behind that was never acknowledged.
        torn: u64,
    },
    /// As an export.
    Export {
        /// How many lines there are.
        lines: u64,
    },
}

/// Reads the record at `path`, and holds it against a checkpoint if there is one.
///
/// A folder is a store or its folder `journal` alone, and may be in use; a file is an export.
///
/// # Errors
///
/// Returns the first thing that is wrong.
pub fn read(path: &Path, checkpoint: Option<&Checkpoint>) -> Result<InOrder, Wrong> {
    let mut record = commit::Record::default();
    let signed = checkpoint.map(|checkpoint| checkpoint.size);
    let (store, form) = if path.is_file() {
        let export = export::read(path, &mut record, signed)?;
        (export.store, Form::Export { lines: export.lines })
    } else {
        let journal = segment::read(path, &mut record, signed, &mut || sleep(PAUSE))?;
        (journal.store, Form::Journal { segments: journal.segments, torn: journal.torn })
    };
    if let Some(checkpoint) = checkpoint {
        held_against(checkpoint, &record)?;
    }
    let entries = record.tree.size();
    Ok(InOrder { store, form, entries, cases: record.cases(), root: record.tree.root() })
}

fn held_against(checkpoint: &Checkpoint, record: &commit::Record) -> Result<(), Wrong> {
    let (found, signed) = (record.tree.size(), checkpoint.size);
    if found < signed {
        return Err(Wrong::CutOff { found, signed });
    }
    let empty = Tree::default().root();
    let root_then = if signed == 0 { empty } else { record.root_then.unwrap_or(empty) };
    if root_then == checkpoint.root { Ok(()) } else { Err(Wrong::Rewritten { signed }) }
}
