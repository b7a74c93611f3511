//! Checkpoints that were kept: found in a folder, held against the record, and added to.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use comity_store::{Checkpoint, ProofsAsked, Report, proofs_path};

use crate::failure::Failure;
use crate::files::{ALL, fill_new, sync_folder_of};

/// How a file of a checkpoint ends.
const ENDING: &str = "checkpoint";
/// The longest that is read. A checkpoint has three lines and a signature or a few.
const LONGEST: u64 = 1 << 16;

/// A checkpoint that was kept.
pub(crate) struct Kept {
    /// Where.
    pub(crate) path: PathBuf,
    /// What it says.
    pub(crate) says: Checkpoint,
    /// Its text, with its signatures.
    pub(crate) text: String,
}

/// The folder of the checkpoints of a store.
pub(crate) fn folder_of(store: &Path) -> PathBuf {
    store.join("checkpoints")
}

/// Reads a checkpoint. Its signatures are not looked at.
///
/// # Errors
///
/// Returns [`Failure::File`] if the file cannot be read, and [`Failure::Usage`] if it is no checkpoint.
pub(crate) fn read(path: &Path) -> Result<Kept, Failure> {
    let failed = |source: io::Error| Failure::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    // What is no file, such as a pipe, may keep its reader waiting for ever.
    if fs::metadata(path).map_err(failed)?.is_file() {
        let file = File::open(path).map_err(failed)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    let text = String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= LONGEST);
    match text.and_then(|text| Some((Checkpoint::read(&text)?, text))) {
        Some((says, text)) => Ok(Kept { path: path.to_owned(), says, text }),
        None => Err(none(path, "")),
    }
}

/// The newest checkpoint in a folder: of the record of this name, or of any. There is none where there is no folder.
///
/// # Errors
///
/// Returns [`Failure::File`] if the folder or a file cannot be read, and [`Failure::Usage`] if a file that was met on the way is
/// not the checkpoint that it is called. What cannot be read might be the newest, so it is not passed over.
pub(crate) fn newest(folder: &Path, name: Option<&str>) -> Result<Option<Kept>, Failure> {
    let mut newest: Option<Kept> = None;
    for (entries, path) in listed(folder)? {
        let before = newest.as_ref().map(|kept| kept.says.size);
        if entries.is_some() && entries <= before {
            break;
        }
        let kept = read(&path)?;
        if let Some(entries) = entries
            && entries != kept.says.size
        {
            return Err(none(&path, &format!(" of {entries} entries: it says {}", kept.says.size)));
        }
        let is_of_it = name.is_none_or(|name| name == kept.says.name);
        if is_of_it && before.is_none_or(|before| before < kept.says.size) {
            newest = Some(kept);
        }
    }
    Ok(newest)
}

/// The checkpoints in a folder, each with the number of entries after which it is called. Those that somebody called
/// otherwise come first, for they may be of any number; then the newest.
fn listed(folder: &Path) -> Result<Vec<(Option<u64>, PathBuf)>, Failure> {
    let failed = |source: io::Error| Failure::File { path: folder.to_owned(), source };
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(failed)?,
    };
    let mut found = Vec::new();
    for item in listing {
        let path = item.map_err(failed)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            found.push((called(&path), path));
        }
    }
    found.sort_by_key(|(entries, _)| Reverse(entries.unwrap_or(u64::MAX)));
    Ok(found)
}

fn called(path: &Path) -> Option<u64> {
    let entries = path.file_stem()?.to_str()?.parse().ok()?;
    path.file_name().is_some_and(|name| *name == *file_name(entries)).then_some(entries)
}

fn file_name(entries: u64) -> String {
    format!("{entries:020}.{ENDING}")
}

fn none(path: &Path, more: &str) -> Failure {
    Failure::usage(
        format!("`{}` is no checkpoint{more}", path.display()),
        "move it elsewhere, and put there what `comity audit checkpoint` has kept; whoever else keeps checkpoints has it",
    )
}

/// Refuses a record that is not the one over which a kept checkpoint was signed: an older copy that was put back, one whose end
/// was cut off, or one that was written anew.
///
/// Whose signature a checkpoint carries is not asked: a forged one can keep us from signing, and cannot make us sign.
///
/// # Errors
///
/// Returns [`Failure::AnotherRecord`].
pub(crate) fn goes_on_from(store: &Path, report: &Report, kept: &[Kept]) -> Result<(), Failure> {
    let entries = report.last.0;
    if let Some(kept) = kept.iter().find(|kept| kept.says.size > entries) {
        return Err(Failure::shorter_record(entries, &kept.says, &kept.path));
    }
    let earlier: BTreeSet<u64> =
        kept.iter().map(|kept| kept.says.size).filter(|size| *size < entries).collect();
    let mut roots = vec![(entries, report.root)];
    if !earlier.is_empty() {
        let proofs = proofs_path(store, &ProofsAsked { size: entries, entries: BTreeSet::new(), earlier })?;
        roots.extend(proofs.consistency.iter().map(|(size, (root, _))| (*size, *root)));
    }
    match kept.iter().find(|kept| !roots.contains(&(kept.says.size, kept.says.root))) {
        None => Ok(()),
        Some(kept) => Err(Failure::another_record(&kept.says, Some(&kept.path))),
    }
}

/// Makes the folder of the checkpoints of a store, if it is not there yet.
///
/// # Errors
///
/// Returns [`Failure::File`].
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    let make = || {
        if folder.is_dir() {
            return Ok(());
        }
        DirBuilder::new().mode(0o700).create(folder)?;
        sync_folder_of(folder)
    };
    make().map_err(|source| Failure::File { path: folder.to_owned(), source })
}

/// Adds a checkpoint to a folder: whole and on disk, or not at all. Where it is then.
///
/// What is there is evidence, and never written over; where it is the same checkpoint, perhaps with signatures of others under
/// it, nothing is left to do.
///
/// # Errors
///
/// Returns [`Failure::File`] if the file cannot be written, [`Failure::AnotherRecord`] or [`Failure::Usage`] if it is there and
/// says something else.
pub(crate) fn keep(folder: &Path, text: &str, says: &Checkpoint) -> Result<PathBuf, Failure> {
    let path = folder.join(file_name(says.size));
    let failed = |source| Failure::File { path: path.clone(), source };
    if !path.try_exists().map_err(failed)? {
        fill_new(&path, ALL, |out| out.write_all(text.as_bytes()).map_err(failed))?;
        return Ok(path);
    }
    let there = read(&path)?;
    let signature = text.lines().last().unwrap_or_default();
    if there.says.root == says.root {
        if there.text.lines().any(|line| line == signature) {
            return Ok(path);
        }
        let what = format!("`{}` holds this checkpoint without a signature of this key", path.display());
        return Err(Failure::usage(what, "move it elsewhere, or sign again when the record has grown"));
    }
    if there.says.name == says.name {
        return Err(Failure::another_record(&there.says, Some(&path)));
    }
    let what = format!("`{}` holds a checkpoint of another record, {}", path.display(), there.says.name);
    Err(Failure::usage(what, "give each record a folder of its own"))
}
