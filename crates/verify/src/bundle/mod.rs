//! A bundle of evidence: one case, with proofs that its entries stand in a signed record.

mod files;
mod log;
mod procedure;

use std::path::Path;

use crate::note::{Checkpoint, Key};
use crate::proof::Head;
use crate::tree::Hash;
use crate::wrong::Wrong;
use files::{Files, file};
use log::{Log, Shown};

/// By what a bundle is to be held.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held<'a> {
    /// The key of the office.
    pub key: Option<&'a Key>,
    /// A checkpoint of one's own, that `key` has signed.
    pub checkpoint: Option<&'a Checkpoint>,
}

/// A bundle in which nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The identity of the store: the bytes of a UUID.
    pub store: [u8; 16],
    /// The case: the bytes of a UUID.
    pub case: [u8; 16],
    /// How many entries of the case it holds.
    pub entries: usize,
    /// Those that are withheld.
    pub withheld: Vec<u32>,
    /// Those that are sealed and whose key is not in it.
    pub closed: Vec<u32>,
    /// How many entries the record had that the proofs lead to.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Entries that are not among them.
    pub uncovered: Vec<u32>,
    /// What is known of the signature under that record.
    pub signature: Signature,
    /// Earlier checkpoints that the record is proved to go on from.
    pub earlier: Vec<Earlier>,
    /// What is known of a checkpoint that was given.
    pub own: Option<Own>,
    /// The procedures whose texts are in the bundle and are those that were recorded, in the order in which the entries shown here
    /// name them first.
    pub procedures: Vec<Procedure>,
    /// Entries by which the case went over to a procedure whose text is not in the bundle, which is so in format 1.
    pub without_text: Vec<u32>,
    /// Files beside it that are no part of it.
    pub unlisted: Vec<String>,
}

/// A procedure that the case ran under, with its text as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its name.
    pub name: String,
    /// Its edition.
    pub version: u32,
    /// The folder in the bundle that holds the text: `procedure/`, `procedure-2/` and so on.
    pub folder: String,
    /// The entries shown by which the case came under it: 1 if it was opened under it, others if it went over to it.
    pub since: Vec<u32>,
    /// Whether the entry that holds the text is proved to stand in the record; else the checkpoint is older.
    pub is_covered: bool,
}

/// What is known of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// There is none.
    None,
    /// There is one, and no key was given to check it with.
    NotChecked {
        /// Whose it says it is.
        name: String,
    },
    /// The key that was given has signed.
    Good {
        /// The name of the key.
        name: String,
    },
}

/// An earlier record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// How many entries it had.
    pub size: u64,
    /// How many of the case's entries were among them.
    pub of_the_case: usize,
    /// What is known of its signature.
    pub signature: Signature,
}

/// What a bundle says to a checkpoint of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// It is of the very record that the proofs lead to.
    Same,
    /// It is of an earlier record, and the later one goes on from it.
    Earlier {
        /// How many of the case's entries were in it.
        of_the_case: usize,
    },
    /// The bundle holds no proof that leads there.
    NotReached {
        /// How many entries that record had.
        size: u64,
    },
}

/// Whether `path` is a bundle: a zip file, or a folder that has a manifest.
#[must_use]
pub fn is_bundle(path: &Path) -> bool {
    if path.is_dir() {
        return path.join("MANIFEST").is_file();
    }
    let mut start = [0; 2];
    let read =
        std::fs::File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && start == *b"PK"
}

/// Reads the bundle at `path`, a zip file or the folder that it was unpacked into.
///
/// # Errors
///
/// Returns the first thing that is wrong.
pub fn read_bundle(path: &Path, held: Held<'_>) -> Result<Bundle, Wrong> {
    let files = Files::read(path)?;
    let bytes = files.get("log.jsonl").ok_or_else(|| file(path, "log.jsonl", "it is not there"))?;
    if let Some(found) = log::newer_format(bytes) {
        return Err(Wrong::OtherFormat { path: path.to_owned(), found });
    }
    let log = Log::read(bytes).map_err(|(line, entry, what)| Wrong::Log {
        path: path.to_owned(),
        line,
        entry,
        what,
    })?;
    let signature = signature(path, &files, "checkpoint", held.key, &log.head)?;
    let earlier = earlier(path, &files, held.key, &log)?;
    let own = held.checkpoint.map(|own| own_checkpoint(own, &log)).transpose()?;
    let procedures = procedure::proved(path, &files, &log)?;
    let of = |which: fn(&Shown) -> bool| {
        log.entries.iter().filter(|entry| which(&entry.shown)).map(|entry| entry.number).collect()
    };
    Ok(Bundle {
        store: log.store,
        case: log.case,
        entries: log.entries.len(),
        withheld: of(|shown| matches!(shown, Shown::Withheld)),
        closed: of(|shown| matches!(shown, Shown::Closed)),
        size: log.head.size,
        root: log.head.root,
        uncovered: log.entries.iter().filter(|entry| !entry.is_covered).map(|entry| entry.number).collect(),
        signature,
        earlier,
        own,
        procedures: procedures.proved,
        without_text: procedures.without_text,
        unlisted: files.unlisted,
    })
}

/// What is known of the signature under the checkpoint called `name`, which must be of the record with this head.
fn signature(
    path: &Path,
    files: &Files,
    name: &str,
    key: Option<&Key>,
    head: &Head,
) -> Result<Signature, Wrong> {
    let Some(note) = files.get(name) else { return Ok(Signature::None) };
    let note = std::str::from_utf8(note).map_err(|_| file(path, name, "it is no text"))?;
    let (checkpoint, signature) = if let Some(key) = key {
        let signed = Checkpoint::read(note, key)?;
        let name = signed.origin.clone();
        (signed, Signature::Good { name })
    } else {
        let read = Checkpoint::unchecked(note)?;
        let name = read.origin.clone();
        (read, Signature::NotChecked { name })
    };
    if (checkpoint.size, checkpoint.root) == (head.size, head.root) {
        Ok(signature)
    } else {
        Err(file(path, name, "it is of another record than the one that the proofs lead to"))
    }
}

fn earlier(path: &Path, files: &Files, key: Option<&Key>, log: &Log) -> Result<Vec<Earlier>, Wrong> {
    let mut all = Vec::new();
    for head in &log.earlier {
        let name = format!("checkpoints/{:020}.checkpoint", head.size);
        let signature = match signature(path, files, &name, key, head) {
            // An earlier one may have been signed with an earlier key.
            Err(Wrong::NotSigned { .. }) => signature(path, files, &name, None, head)?,
            signature => signature?,
        };
        all.push(Earlier { size: head.size, of_the_case: within(log, head.size), signature });
    }
    Ok(all)
}

/// How many of the case's entries were in the record when it had this size.
fn within(log: &Log, size: u64) -> usize {
    log.entries.iter().take_while(|entry| entry.position <= size).count()
}

fn own_checkpoint(own: &Checkpoint, log: &Log) -> Result<Own, Wrong> {
    let known = log.earlier.iter().chain([&log.head]).find(|head| head.size == own.size);
    match known {
        None => Ok(Own::NotReached { size: own.size }),
        Some(head) if head.root != own.root => Err(Wrong::Rewritten { signed: own.size }),
        Some(head) if head.size == log.head.size => Ok(Own::Same),
        Some(head) => Ok(Own::Earlier { of_the_case: within(log, head.size) }),
    }
}
