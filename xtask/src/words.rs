//! `cargo xtask words`: nothing in the tracked files that belongs to one machine or to nobody who reads the project.

use crate::failure::Failure;
use crate::place::root;
use crate::run::Line;

/// What must not stand in any tracked file, with what it is. Each word is cut in two here, so that this file passes too.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("/wo", "rk/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
    ("/tmp/", "target", "a path of one machine"),
    ("index.", "crates.io", "a registry host"),
    ("static.", "crates.io", "a registry host"),
    ("registry.", "npmjs", "a registry host"),
    ("proxy.", "golang", "a registry host"),
    ("files.", "pythonhosted", "a registry host"),
    ("sparse", "+http", "a registry host"),
    ("language ", "model", "a tool of whoever wrote it"),
    ("chat", "gpt", "a tool of whoever wrote it"),
    ("anth", "ropic", "a tool of whoever wrote it"),
    ("open", "ai", "a tool of whoever wrote it"),
    ("sub", "agent", "a tool of whoever wrote it"),
    ("as an ", "ai ", "a tool of whoever wrote it"),
    ("ai-", "generated", "a tool of whoever wrote it"),
    ("system ", "prompt", "a tool of whoever wrote it"),
];

pub(crate) fn run() -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for path in Line::new("git ls-files -z").output()?.split_terminator('\0') {
        // A file that was deleted and not yet committed so, or that is no text, holds no words.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            wrong.extend(found_in(path, &text));
        }
    }
    Failure::if_any(wrong)
}

fn found_in(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        for (one, two, what) in FORBIDDEN {
            let word = format!("{one}{two}");
            if stands_alone(&lower, &word) {
                wrong.push(format!("{path}:{}: `{word}` is {what}; leave it out", number + 1));
            }
        }
    }
    wrong
}

/// Whether `word` stands in `line`. A path that is only the end of a longer one, as in `docs/…`, does not count.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let is_part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | ')');
        !word.starts_with('/') || !before.is_some_and(is_part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, found: usize) {
        assert_eq!(found_in("file", line).len(), found, "{line}");
    }

    #[test]
    fn every_forbidden_word_is_found_whatever_its_case() {
        for (one, two, _) in FORBIDDEN {
            check(&format!("see {one}{two} there"), 1);
            check(&format!("see {one}{two} there").to_uppercase(), 1);
        }
    }

    #[test]
    fn a_path_of_the_project_is_not_one_of_the_machine() {
        check(concat!("see docs/wo", "rk/plan.md"), 0);
        check(concat!("cd /wo", "rk/plan"), 1);
    }

    #[test]
    fn the_words_of_the_field_are_free() {
        check("a diplomatic agent has immunity", 0);
    }
}
