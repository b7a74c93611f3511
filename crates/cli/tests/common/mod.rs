//! Runs the command as a person would, in a folder of its own.

#![allow(dead_code, reason = "each suite uses its part")]

pub(crate) mod page;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A moment on 1 March 2027, ten in the morning in Seoul.
pub(crate) const OPENING: &str = "2027-03-01T01:00:00Z";
/// A day later.
pub(crate) const NEXT_DAY: &str = "2027-03-02T01:00:00Z";

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    #[track_caller]
    pub(crate) fn fine(self) -> Self {
        self.ends(0)
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    /// Every one of these stands on standard output.
    #[track_caller]
    pub(crate) fn says(self, wanted: &[&str]) -> Self {
        holds(&self.out, wanted);
        self
    }

    /// Every one of these stands on standard error.
    #[track_caller]
    pub(crate) fn complains(self, wanted: &[&str]) -> Self {
        holds(&self.err, wanted);
        self
    }
}

#[track_caller]
fn holds(text: &str, wanted: &[&str]) {
    // Lines are wrapped, so what is looked for is looked for among words.
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in wanted {
        assert!(flat.contains(part), "`{part}` is not in\n{text}");
    }
}

/// Runs `comity` in a folder, with no setting of whoever runs the tests.
pub(crate) fn comity(folder: &Path, args: &[&str], settings: &[(&str, &str)]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    for name in [
        "COMITY_STORE",
        "COMITY_WORKFLOWS",
        "COMITY_ACCOUNT",
        "COMITY_LOG",
        "COMITY_POST",
        "NO_COLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(args).envs(settings.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The library of this workspace.
pub(crate) fn workflows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows")
}

/// What the Wellington matter needs of the treaty library. A whole statute takes seconds to search, and a test that asks
/// something of one procedure need not wait for all; that all are proved is asked in `tests/`.
const MATTER: [&str; 15] = [
    "README.md",
    "calendars",
    "counting",
    "kr-criminal-procedure",
    "kr-extradition-act/articles.md",
    "kr-mla-act",
    "kr-nhrck",
    "nz-arrest-warrant",
    "nz-diplomatic-act",
    "nz-extradition-act/articles.md",
    "nz-interpretation-act",
    "nz-kr",
    "nz-kr-mla",
    "nz-macma",
    "vienna-diplomatic",
];

/// Copies what the Wellington matter needs of the treaty library.
pub(crate) fn copy_matter(to: &Path) {
    for path in MATTER {
        let (from, to) = (workflows().join(path), to.join(path));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(from, to).map(drop).unwrap();
        }
    }
}

/// Where the procedure of Calderia and Norvane lies in [`calderia`].
pub(crate) const CALDERIA: &str = "library/calderia-norvane";

/// A folder with the library of Calderia and Norvane, which may be spoilt.
pub(crate) fn calderia() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/library");
    copy(&from, &folder.path().join("library"));
    folder
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).map(drop).unwrap();
        }
    }
}

/// Puts one text for another, once, in a file of a folder.
pub(crate) fn spoil(folder: &TempDir, path: &str, from: &str, to: &str) {
    let path = folder.path().join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Writes a file beside the procedure of Calderia and Norvane, and gives its path.
pub(crate) fn beside(folder: &TempDir, name: &str, text: &str) -> String {
    let path = format!("{CALDERIA}/{name}");
    std::fs::write(folder.path().join(&path), text).unwrap();
    path
}

/// A chronology of one table about it.
pub(crate) fn markdown(columns: &str, rows: &[&str]) -> String {
    let head = "# T\n\nprocedure: calderia-norvane/incoming\nzone: Europe/Lisbon\nfacts: person.status = accused\n\n## S\n\n";
    let dashes = "|---".repeat(columns.matches('|').count() + 1);
    rows.iter().fold(format!("{head}| {columns} |\n{dashes}|\n"), |text, row| format!("{text}| {row} |\n"))
}

/// A folder with an empty store in `data`, and no `workflows`: the library is the one built in.
pub(crate) struct Office {
    pub(crate) folder: TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        office.run(&["init"]).fine();
        office
    }

    /// An office with the matter `M-1` and the case `EX-1`, opened on 1 March 2027.
    pub(crate) fn with_a_case() -> Self {
        let office = Self::new();
        office.run(&["matter", "open", "M-1", "--title", "The matter of Orlen", "--now", OPENING]).fine();
        let case = ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition"];
        let more = ["--title", "ORLEN, Tavi", "--since", "2027-03-01", "--now", OPENING];
        office.run(&[&case[..], &more[..]].concat()).fine();
        office
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        comity(self.folder.path(), args, &[])
    }

    /// Records or previews on 2 March 2027.
    pub(crate) fn act(&self, args: &[&str]) -> Said {
        self.run(&[&["act", "EX-1"], args, &["--now", NEXT_DAY]].concat())
    }

    /// The case as a document.
    pub(crate) fn case(&self) -> Value {
        self.run(&["case", "show", "EX-1", "--json", "--now", NEXT_DAY]).fine().json()
    }
}
