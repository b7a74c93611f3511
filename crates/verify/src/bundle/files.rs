//! The files of a bundle: in a zip file, or in the folder that it was unpacked into.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive, ZipVerification};
use sha2::{Digest, Sha256};

use crate::line::unhex;
use crate::tree::Hash;
use crate::wrong::Wrong;

const MANIFEST: &str = "MANIFEST";

/// What a bundle holds, each file under its path with `/` between its parts.
pub(crate) struct Files {
    all: BTreeMap<String, Vec<u8>>,
    /// Paths that the manifest does not list.
    pub(crate) unlisted: Vec<String>,
}

impl Files {
    /// The files of the bundle at `path`, each of which is what the manifest says.
    pub(crate) fn read(path: &Path) -> Result<Self, Wrong> {
        let is_folder = path.is_dir();
        let all = if is_folder { unpacked(path)? } else { packed(path)? };
        let manifest = all
            .get(MANIFEST)
            .ok_or_else(|| Wrong::NotABundle { path: path.to_owned(), what: "it has no MANIFEST" })?;
        let listed =
            listed(manifest).ok_or_else(|| file(path, MANIFEST, "not a list of hashes and names"))?;
        for (name, hash) in &listed {
            let bytes =
                all.get(name).ok_or_else(|| file(path, name, "it is in the manifest and is not there"))?;
            if Hash::from(Sha256::digest(bytes)) != *hash {
                return Err(file(path, name, "it is not what the manifest says"));
            }
        }
        let unlisted = all.keys().filter(|name| *name != MANIFEST && !listed.contains_key(*name));
        let unlisted: Vec<String> = unlisted.cloned().collect();
        // Systems put files of their own into a folder; a zip file has only what its writer put there.
        if let (false, Some(name)) = (is_folder, unlisted.first()) {
            return Err(file(path, name, "the manifest does not list it"));
        }
        Ok(Self { all, unlisted })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.all.get(name).filter(|_| !self.unlisted.iter().any(|other| other == name)).map(Vec::as_slice)
    }

    /// The files of a folder in it, by their path there.
    pub(crate) fn within<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.all
            .iter()
            .filter(|(name, _)| !self.unlisted.contains(name))
            .filter_map(move |(name, bytes)| Some((name.strip_prefix(folder)?, bytes.as_slice())))
    }
}

/// Something that is wrong with one file of a bundle.
pub(crate) fn file(path: &Path, file: &str, what: &'static str) -> Wrong {
    Wrong::File { path: path.to_owned(), file: file.to_owned(), what }
}

/// What the manifest lists: a hash, two blanks and a path on each line, in the order of the paths.
fn listed(manifest: &[u8]) -> Option<BTreeMap<String, Hash>> {
    let text = std::str::from_utf8(manifest).ok()?.strip_suffix('\n')?;
    let mut all = BTreeMap::new();
    let mut before = "";
    for line in text.split('\n') {
        let (hash, name) = line.split_once("  ")?;
        if name <= before || name == MANIFEST {
            return None;
        }
        before = name;
        all.insert(name.to_owned(), unhex(hash)?.try_into().ok()?);
    }
    Some(all)
}

fn packed(path: &Path) -> Result<BTreeMap<String, Vec<u8>>, Wrong> {
    let bytes = std::fs::read(path).map_err(|source| Wrong::Unreadable { path: path.to_owned(), source })?;
    let bad = |error: rawzip::Error| Wrong::Container { path: path.to_owned(), what: error.to_string() };
    let archive = ZipArchive::from_slice(bytes.as_slice()).map_err(bad)?;
    let (mut seen, mut listed) = (BTreeSet::new(), Vec::new());
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(bad)? {
        let name = std::str::from_utf8(entry.file_path().as_bytes());
        let name = name.map_err(|_| file(path, "?", "its name is no text"))?.to_owned();
        if !seen.insert(name.clone()) {
            return Err(file(path, &name, "it is there twice"));
        }
        if entry.is_dir() {
            continue;
        }
        if entry.compression_method() != CompressionMethod::STORE {
            let what = "it was packed anew; unpack it into a folder, and check that";
            return Err(Wrong::NotABundle { path: path.to_owned(), what });
        }
        listed.push((name, entry.wayfinder()));
    }
    if seen.len() as u64 != archive.entries_hint() {
        let what = "it has not as many files as it says".to_owned();
        return Err(Wrong::Container { path: path.to_owned(), what });
    }
    let ways = listed.iter().map(|(_, way)| *way);
    if !lie_apart(&archive, ways).map_err(bad)? {
        let what = "it has files that lie over one another".to_owned();
        return Err(Wrong::Container { path: path.to_owned(), what });
    }
    let all = listed.into_iter().map(|(name, way)| Ok((name, content(&archive, way)?)));
    all.collect::<Result<_, _>>().map_err(bad)
}

/// Whether no two files have a byte in common. Else a small zip file could hold more than any memory does.
fn lie_apart(
    archive: &ZipSliceArchive<&[u8]>,
    ways: impl Iterator<Item = ZipArchiveEntryWayfinder>,
) -> Result<bool, rawzip::Error> {
    let ranges = ways.map(|way| Ok(archive.get_entry(way)?.compressed_data_range()));
    let mut ranges: Vec<(u64, u64)> = ranges.collect::<Result<_, rawzip::Error>>()?;
    ranges.sort_unstable();
    Ok(ranges.iter().zip(ranges.iter().skip(1)).all(|((_, end), (next, _))| end <= next))
}

fn content(
    archive: &ZipSliceArchive<&[u8]>,
    way: ZipArchiveEntryWayfinder,
) -> Result<Vec<u8>, rawzip::Error> {
    let stored = archive.get_entry(way)?;
    let data = stored.data();
    let is = ZipVerification { crc: crc32fast::hash(data), uncompressed_size: data.len() as u64 };
    stored.claim_verifier().valid(is)?;
    Ok(data.to_vec())
}

fn unpacked(path: &Path) -> Result<BTreeMap<String, Vec<u8>>, Wrong> {
    let mut all = BTreeMap::new();
    let mut folders = vec![(path.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable = |source: io::Error| Wrong::Unreadable { path: folder.clone(), source };
        for item in std::fs::read_dir(&folder).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let Some(name) = item.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
                continue;
            };
            let kind = item.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                folders.push((item.path(), format!("{name}/")));
            } else if kind.is_file() {
                let bytes = std::fs::read(item.path())
                    .map_err(|source| Wrong::Unreadable { path: item.path(), source })?;
                all.insert(name, bytes);
            }
        }
    }
    Ok(all)
}
