//! `cargo xtask pages`: a page for every code and no page without one, and every link leads somewhere.

mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::place::{files_below, read, root, shown};
use crate::run::Line;

/// The folders of the reference that hold one page for each code.
const FOLDERS: [&str; 2] = ["rejections", "flaws"];

/// What each page about a code must say.
const SECTIONS: [(&str, &[&str]); 2] = [
    ("rejections", &["## What it means", "## Example", "## What to do", "## Rests on"]),
    ("flaws", &["## What it means", "## Example", "## What would be right"]),
];

/// The page that is generated from the types that read a procedure file.
const GENERATED: &str = "docs/language-keys.md";

/// Writes the generated page.
pub(crate) fn write() -> Result<(), Failure> {
    let path = root().join(GENERATED);
    fs::write(&path, generated()?).map_err(|source| Failure::io("write", &path, &source))
}

fn generated() -> Result<String, Failure> {
    Line::new("cargo run --quiet --package xtask --example keys").output()
}

pub(crate) fn run() -> Result<(), Failure> {
    let mut wrong = Vec::new();
    if generated()? != read(&root().join(GENERATED)).unwrap_or_default() {
        wrong.push(format!("{GENERATED} is not what the types say; run `cargo xtask pages --write`"));
    }
    let codes = Line::new("cargo run --quiet --package xtask --example codes").output()?;
    for folder in FOLDERS {
        let codes = codes_of(&codes, folder);
        let path = root().join("docs").join(folder);
        let pages = files_below(&path, "md")?;
        wrong.extend(compare(folder, &codes, &names(&pages)));
        for page in pages.iter().filter(|page| codes.contains(&name(page))) {
            wrong.extend(complete(folder, page)?);
        }
    }
    wrong.extend(links::broken(&with_links()?)?);
    Failure::if_any(wrong)
}

/// The words of one folder, from lines such as `flaws bad-name`.
fn codes_of(listing: &str, folder: &str) -> BTreeSet<String> {
    listing
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(of, _)| *of == folder)
        .map(|(_, word)| word.to_owned())
        .collect()
}

fn name(page: &Path) -> String {
    page.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The codes that pages stand for. The page `README.md` is the list of the folder.
fn names(pages: &[PathBuf]) -> BTreeSet<String> {
    pages.iter().map(|page| name(page)).filter(|name| name != "README").collect()
}

fn compare(folder: &str, codes: &BTreeSet<String>, pages: &BTreeSet<String>) -> Vec<String> {
    let missing = codes.difference(pages).map(|code| {
        format!("docs/{folder}/{code}.md is missing: say what `{code}` means and what to do about it")
    });
    let left = pages.difference(codes).map(|page| {
        format!("docs/{folder}/{page}.md stands for no code; remove it, or rename it to its code")
    });
    missing.chain(left).collect()
}

/// A page about a code bears its name and has every section.
fn complete(folder: &str, page: &Path) -> Result<Vec<String>, Failure> {
    let text = read(page)?;
    let title = format!("# `{}`", name(page));
    let sections = SECTIONS.iter().filter(|(of, _)| *of == folder).flat_map(|(_, sections)| sections.iter());
    let needed = std::iter::once(title.as_str()).chain(sections.copied());
    Ok(needed
        .filter(|needed| !text.lines().any(|line| line == *needed))
        .map(|needed| format!("{} lacks the heading `{needed}`", shown(page)))
        .collect())
}

/// The Markdown files whose links must lead somewhere.
fn with_links() -> Result<Vec<PathBuf>, Failure> {
    let mut files = files_below(&root().join("docs"), "md")?;
    files.extend(files_below(&root().join("workflows"), "md")?);
    files.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn every_code_has_its_page_and_every_page_its_code() {
        assert_eq!(compare("flaws", &set(&["tab", "tag"]), &set(&["tab", "tag"])), Vec::<String>::new());
        let wrong = compare("flaws", &set(&["tab"]), &set(&["tub"]));
        assert!(wrong.iter().any(|line| line.starts_with("docs/flaws/tab.md is missing")), "{wrong:?}");
        assert!(
            wrong.iter().any(|line| line.starts_with("docs/flaws/tub.md stands for no code")),
            "{wrong:?}"
        );
    }

    #[test]
    fn codes_are_read_by_their_kind() {
        assert_eq!(codes_of("flaws tab\nrejections unknown\nflaws tag\n", "flaws"), set(&["tab", "tag"]));
    }

    #[test]
    fn the_list_of_a_folder_needs_no_code() {
        assert_eq!(names(&[PathBuf::from("README.md"), PathBuf::from("tab.md")]), set(&["tab"]));
    }
}
