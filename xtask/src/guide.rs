//! The library that a reader of the guide writes: taken from the page, so that the page cannot teach what does not work.

use std::fs;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::place::{read, root};

/// The page, and the folder in which the reader writes.
const PAGE: &str = "docs/guide/first-procedure.md";
const FOLDER: &str = "library/";

/// Writes the files of the guide and returns the folder of the library.
pub(crate) fn write() -> Result<PathBuf, Failure> {
    let files = files(&read(&root().join(PAGE))?);
    if files.is_empty() {
        return Err(Failure::new(format!("{PAGE} shows no file of a library; name each before its block")));
    }
    let folder = root().join("target/guide");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| Failure::io("empty", &folder, &source))?;
    }
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).map_err(|source| Failure::io("make", parent, &source))?;
        fs::write(&path, text).map_err(|source| Failure::io("write", &path, &source))?;
    }
    Ok(folder.join(FOLDER))
}

/// The blocks that follow a line which ends with the path of a file and a colon.
fn files(page: &str) -> Vec<(String, String)> {
    let (mut files, mut next, mut block): (Vec<_>, Option<String>, Option<String>) = (Vec::new(), None, None);
    for line in page.lines() {
        match (&mut block, line.starts_with("```")) {
            (Some(text), true) => {
                files.extend(next.take().map(|path| (path, std::mem::take(text))));
                block = None;
            }
            (Some(text), false) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, true) => block = Some(String::new()),
            (None, false) => next = named(line).or(next.filter(|_| line.is_empty())),
        }
    }
    files
}

fn named(line: &str) -> Option<String> {
    let path = line.strip_suffix("`:")?.rsplit('`').next()?;
    path.starts_with(FOLDER).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_belongs_to_the_file_named_before_it() {
        let page =
            "Write `library/a/b.yaml`:\n\n```yaml\none\ntwo\n```\n\nand look:\n\n```text\nthree\n```\n";
        assert_eq!(files(page), [("library/a/b.yaml".to_owned(), "one\ntwo\n".to_owned())]);
    }
}
