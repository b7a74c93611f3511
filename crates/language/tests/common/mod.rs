//! The made-up library, with one thing in it changed.

#![allow(dead_code, reason = "each suite uses its own part")]
#![expect(clippy::unwrap_used, reason = "a suite that cannot read its samples has failed")]

use comity_language::library::{Disk, Files, InMemory};

pub(crate) const EXTRADITION: &str = "norvane-calderia/extradition.yaml";

pub(crate) fn disk() -> Disk {
    Disk::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/library"))
}

/// The library in memory, so that a path in a message is the same on every machine.
pub(crate) fn library() -> InMemory {
    let disk = disk();
    let paths = disk.list().unwrap();
    paths.iter().fold(InMemory::default(), |files, path| files.with(path, disk.read(path).unwrap()))
}

pub(crate) fn text(path: &str) -> String {
    String::from_utf8(disk().read(path).unwrap()).unwrap()
}

/// The library with `from` replaced by `to` in one file.
pub(crate) fn changed(path: &str, changes: &[(&str, &str)]) -> InMemory {
    let mut text = text(path);
    for (from, to) in changes {
        assert!(text.contains(from), "`{from}` does not stand in {path}");
        text = text.replacen(from, to, 1);
    }
    library().with(path, text)
}
