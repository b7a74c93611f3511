//! The guide for a lawyer, `docs/guide/first-procedure.md`, is followed to the letter: each file that it shows is written,
//! each command is run, and says what the page shows. With `COMITY_BLESS=1` the answers are written into the page anew;
//! read what changed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::page::{Part, commands, parts, shown};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/first-procedure.md")
}

/// The file that a line names for the block after it: `` write `library/a.yaml`: ``.
fn named(line: &str) -> Option<&str> {
    line.strip_suffix("`:")?.rsplit('`').next().filter(|path| path.starts_with("library/"))
}

/// What a reader is told to try for once, as a comment that no reader sees: `<!-- for once: file: this => that -->`.
fn tried(line: &str) -> Option<Change> {
    let told = line.strip_prefix("<!-- for once: ")?.strip_suffix(" -->")?;
    let (file, change) = told.split_once(": ")?;
    let (this, that) = change.split_once(" => ")?;
    Some(Change { file: file.to_owned(), this: this.to_owned(), that: that.to_owned() })
}

struct Change {
    file: String,
    this: String,
    that: String,
}

impl Change {
    /// Makes the change, and gives the file as it was. A line of which nothing is left is left out.
    fn make(&self, folder: &Path) -> String {
        let path = folder.join(&self.file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert_eq!(before.matches(&self.this).count(), 1, "`{}` in {}", self.this, self.file);
        let line = |line: &str| {
            let after = line.replace(&self.this, &self.that);
            (after.trim() != "" || line.trim() == "").then_some(after + "\n")
        };
        std::fs::write(&path, before.lines().filter_map(line).collect::<String>()).unwrap();
        before
    }
}

/// What a block shows while a change is tried, which is undone again.
fn shown_with(change: Option<Change>, folder: &Path, block: &[String]) -> Vec<String> {
    let before = change.as_ref().map(|change| change.make(folder));
    let shown = shown(folder, block);
    if let (Some(change), Some(before)) = (change, before) {
        std::fs::write(folder.join(change.file), before).unwrap();
    }
    shown
}

#[test]
fn a_reader_who_follows_the_guide_sees_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(path()).unwrap();
    let (mut text, mut wrong, mut ran) = (String::new(), Vec::new(), 0);
    let (mut file, mut change) = (None, None);
    for part in parts(&page) {
        match part {
            Part::Block(written_in, lines) => {
                let now = match (written_in.as_str(), file.take()) {
                    ("console", _) => {
                        ran += commands(&lines).len();
                        shown_with(change.take(), folder.path(), &lines)
                    }
                    (_, Some(path)) => {
                        let path = folder.path().join(path);
                        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                        std::fs::write(path, lines.join("\n") + "\n").unwrap();
                        lines.clone()
                    }
                    (other, None) => panic!("a block in `{other}` is neither a file nor run: {lines:?}"),
                };
                if now != lines {
                    let (shows, is) = (lines.join("\n"), now.join("\n"));
                    wrong.push(format!("the page shows\n{shows}\nand it is\n{is}"));
                }
                writeln!(text, "```{written_in}\n{}\n```", now.join("\n")).unwrap();
            }
            Part::Table(rows) => writeln!(text, "{}", rows.join("\n")).unwrap(),
            Part::Text(line) => {
                if !line.is_empty() {
                    file = named(&line).map(str::to_owned);
                    change = tried(&line).or(change);
                }
                writeln!(text, "{line}").unwrap();
            }
        }
    }
    assert!(change.is_none(), "a change was not tried");
    if std::env::var_os("COMITY_BLESS").is_some() {
        std::fs::write(path(), text).unwrap();
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
    assert!(ran >= 5, "{ran} commands");
}
