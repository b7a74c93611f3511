//! Links between Markdown files.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::place::{read, shown};

/// The links in `files` that lead to no file, or to no heading of it.
pub(crate) fn broken(files: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for file in files {
        for (line, target) in links(&read(file)?) {
            if let Some(why) = leads_nowhere(file, &target)? {
                wrong.push(format!("{}:{line}: `{target}` {why}", shown(file)));
            }
        }
    }
    Ok(wrong)
}

fn leads_nowhere(file: &Path, target: &str) -> Result<Option<&'static str>, Failure> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(None);
    }
    let (path, heading) =
        target.split_once('#').map_or((target, None), |(path, heading)| (path, Some(heading)));
    let to = if path.is_empty() { file.to_path_buf() } else { file.with_file_name("").join(path) };
    if !to.exists() {
        return Ok(Some("leads to no file; correct the path"));
    }
    let Some(heading) = heading else { return Ok(None) };
    let is_there = headings(&read(&to)?).iter().any(|found| found == heading);
    Ok((!is_there).then_some("leads to no heading of that file; correct what follows `#`"))
}

/// The targets of all links outside code, each with its line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        for (at, _) in line.match_indices("](") {
            let target = line.get(at + 2..).and_then(|rest| rest.split_once(')')).map(|(target, _)| target);
            if let Some(target) = target.and_then(|target| target.split_whitespace().next()) {
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The anchors of all headings: lower case, words joined by hyphens, other marks left out.
fn headings(text: &str) -> Vec<String> {
    let titles = prose(text).filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.strip_prefix(' ')).flatten()
    });
    titles.map(anchor).collect()
}

fn anchor(title: &str) -> String {
    let kept = title.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The lines outside fenced blocks, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_prose_are_found_with_their_lines() {
        let found = links("see [a](a.md) and\n[b](b.md#part \"title\")\n");
        assert_eq!(found, [(1, "a.md".to_owned()), (2, "b.md#part".to_owned())]);
    }

    #[test]
    fn links_in_code_are_none() {
        assert_eq!(links("`[a](a.md)`\n```text\n[b](b.md)\n```\n"), []);
    }

    #[test]
    fn a_link_with_code_for_its_text_is_one() {
        assert_eq!(links("[`tab`](tab.md)"), [(1, "tab.md".to_owned())]);
    }

    #[test]
    fn a_heading_is_reached_by_its_words() {
        assert_eq!(headings("# A word, `one`\n\n## Words & rules\n"), ["a-word-one", "words--rules"]);
    }

    #[test]
    fn addresses_elsewhere_are_not_followed() {
        assert_eq!(leads_nowhere(Path::new("a.md"), "https://example.org"), Ok(None));
        assert!(leads_nowhere(Path::new("a.md"), "no-such-file.md").is_ok_and(|why| why.is_some()));
    }
}
