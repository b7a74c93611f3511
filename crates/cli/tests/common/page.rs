//! A page of the documentation, taken apart: so that what it shows can be run.

use std::path::Path;

/// What a part of the page is.
#[derive(Debug, PartialEq)]
pub(crate) enum Part {
    /// A fenced block: what it is written in, and its lines.
    Block(String, Vec<String>),
    /// A table, row by row.
    Table(Vec<String>),
    /// A line of text.
    Text(String),
}

pub(crate) fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(written_in) = line.strip_prefix("```") {
            let block = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
            parts.push(Part::Block(written_in.to_owned(), block));
        } else if line.starts_with('|') {
            let mut table = vec![line.to_owned()];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                table.push(row.to_owned());
            }
            parts.push(Part::Table(table));
        } else {
            parts.push(Part::Text(line.to_owned()));
        }
    }
    parts
}

/// The words of a command line; what stands between quotation marks is one.
pub(crate) fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in command.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The commands of a console block, each as it is written: with its prompt, and over several lines if it is long.
pub(crate) fn commands(block: &[String]) -> Vec<Vec<String>> {
    let mut commands: Vec<Vec<String>> = Vec::new();
    let mut goes_on = false;
    for line in block {
        if line.starts_with("$ ") {
            commands.push(vec![line.clone()]);
        } else if goes_on {
            commands.last_mut().unwrap().push(line.clone());
        }
        goes_on = (goes_on || line.starts_with("$ ")) && line.ends_with('\\');
    }
    commands
}

/// What a block shows: each command with all that it says.
pub(crate) fn shown(folder: &Path, block: &[String]) -> Vec<String> {
    let mut shown = Vec::new();
    for written in commands(block) {
        let line = written.iter().map(|line| line.trim_end_matches('\\')).collect::<Vec<_>>().join(" ");
        let words = words(line.strip_prefix("$ comity ").unwrap_or_else(|| panic!("{line}: not ours")));
        let said = super::comity(folder, &words.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        shown.extend(written);
        shown.extend(said.out.lines().chain(said.err.lines()).map(str::to_owned));
    }
    shown
}
