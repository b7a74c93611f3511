//! The made-up library, with one thing in it changed.

#![allow(dead_code, reason = "each suite uses its own part")]
#![expect(clippy::unwrap_used, reason = "a suite that cannot read its samples has failed")]

use std::fmt::Write as _;

use comity_language::library::{Disk, Files, InMemory};
use comity_language::load;

pub(crate) const EXTRADITION: &str = "norvane-calderia/extradition.yaml";

/// A mistake: what it is, the file, and what is replaced by what.
pub(crate) type Mistake = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

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

/// Every mistake is told in the words that lie in the file `expected` among the data of the tests.
#[track_caller]
pub(crate) fn check_messages(mistakes: &[Mistake], expected: &str) {
    let mut found = String::new();
    for (name, path, changes) in mistakes {
        let library = load(&changed(path, changes));
        writeln!(found, "## {name}\n").unwrap();
        assert!(!library.diagnostics.is_empty(), "{name} goes unseen");
        for diagnostic in &library.diagnostics {
            writeln!(found, "{diagnostic}").unwrap();
        }
    }
    let expected = format!("{}/tests/data/{expected}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("COMITY_BLESS").is_some() {
        std::fs::write(&expected, &found).unwrap();
    }
    let expected = std::fs::read_to_string(expected).unwrap();
    for (found, expected) in found.split("\n## ").zip(expected.split("\n## ")) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, expected);
}
