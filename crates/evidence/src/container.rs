//! The zip file of a bundle. The same files give the same bytes: no times, no order but that of the names.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sha2::{Digest, Sha256};

/// The first moment that a zip file can name: 1980-01-01. The files have no time of their own.
const NO_TIME: i64 = 315_532_800;

/// A line for each file: its SHA-256, two blanks, its name. `sha256sum --check` reads it.
pub(crate) fn manifest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        format!("{}  {name}\n", comity_store::Hash(digest))
    };
    files.iter().map(line).collect()
}

/// Writes the files as they are, without packing them: so they can be read out of the zip file by eye, and whoever
/// checks them needs no program that unpacks.
pub(crate) fn write(files: &BTreeMap<String, Vec<u8>>, out: &mut impl Write) -> io::Result<()> {
    let mut archive = ZipArchiveWriter::new(out);
    for (name, bytes) in files {
        let file = archive.new_file(name.as_str()).compression_method(CompressionMethod::STORE);
        let file = file.last_modified(UtcDateTime::from_unix(NO_TIME));
        let (mut entry, config) = file.start().map_err(io::Error::other)?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes)?;
        let (_, descriptor) = writer.finish().map_err(io::Error::other)?;
        entry.finish(descriptor).map_err(io::Error::other)?;
    }
    archive.finish().map_err(io::Error::other).map(drop)
}
