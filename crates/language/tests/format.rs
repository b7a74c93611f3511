//! The canonical form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;

use comity_language::chronology::read_chronology;
use comity_language::library::{InMemory, Loaded};
use comity_language::{Source, format, load};

fn check(before: &str, after: &str) {
    for text in [before, after] {
        assert_eq!(format(&Source::new("a.yaml", text)), Ok(after.to_owned()));
    }
}

#[test]
fn the_sample_is_in_canonical_form() {
    for path in [common::EXTRADITION, "calendars/calderia.yaml"] {
        let text = common::text(path);
        check(&text, &text);
    }
}

#[test]
fn keys_stand_in_the_order_of_the_reference_and_comments_go_with_them() {
    check(
        "# about the title\ntitle: A\ncomity: 1  # edition\nsides:\n  # north\n  north: {zone: X/Y, country: XN}\n",
        "comity: 1  # edition\n# about the title\ntitle: A\n\nsides:\n  # north\n  north: {country: XN, zone: X/Y}\n",
    );
}

#[test]
fn quotation_marks_stand_where_they_are_needed() {
    check(
        "facts: {a: {title: 'Plain', type: \"text\"}, b: {title: 'a: b', type: text}, c: {title: 'a, b', type: text}}\n",
        "facts: {a: {title: Plain, type: text}, b: {title: \"a: b\", type: text}, c: {title: \"a, b\", type: text}}\n",
    );
}

#[test]
fn what_does_not_fit_between_braces_is_put_in_lines() {
    let long = "x".repeat(100);
    check(
        &format!("facts:\n  a: {{type: text, title: {long}, cite: b 1}}\n"),
        &format!("facts:\n  a:\n    title: {long}\n    type: text\n    cite: b 1\n"),
    );
}

#[test]
fn a_comment_between_braces_survives() {
    check(
        "facts:\n  a: {title: A,  # why\n    type: text}\n",
        "facts:\n  a:\n    title: A  # why\n    type: text\n",
    );
}

#[test]
fn comments_at_the_end_stay_at_the_end() {
    let text = "acts:\n  a:\n    title: A\n    # more of a\n  # more acts\n\n# the end\n";
    check(text, text);
}

#[test]
fn a_stay_that_a_comma_cut_off_is_joined_again() {
    check(
        "acts: {a: {moves: {custody: held -> free, else stays}}}\n",
        "acts: {a: {moves: {custody: \"held -> free, else stays\"}}}\n",
    );
}

#[test]
fn lengths_are_spelled_with_their_number() {
    check(
        "clocks:\n  a:\n    length: 45 day\n    changed: {length: \"1  months\"}\n    warn: [3 day, x]\n",
        "clocks:\n  a:\n    length: 45 days\n    changed: {length: 1 month}\n    warn: [3 days, x]\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    let found = format(&Source::new("a.yaml", "a: [b\n")).unwrap_err();
    assert_eq!(found[0].code.word(), "syntax");
}

/// Every file under `folder`, by its path from there.
fn texts(folder: &std::path::Path, under: &std::path::Path, into: &mut Vec<(String, String)>) {
    for item in std::fs::read_dir(under).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            texts(folder, &path, into);
        } else {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            into.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// What each procedure of these files means, and whether all chronologies can be read.
fn meanings(files: &[(String, String)], change: impl Fn(&str, &str) -> String) -> Vec<(String, String)> {
    let files = files
        .iter()
        .fold(InMemory::default(), |files, (path, text)| files.with(path.clone(), change(path, text)));
    let library = load(&files);
    let said: String = library.diagnostics.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{said}");
    let meaning = |loaded: &Loaded| (loaded.name.clone(), loaded.procedure.meaning().to_string());
    library.procedures.iter().map(meaning).collect()
}

#[test]
fn every_procedure_of_this_repository_keeps_its_meaning_when_it_is_formatted_or_saved_elsewhere() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows"));
    let mut files = Vec::new();
    texts(folder, folder, &mut files);
    let as_they_are = meanings(&files, |_, text| text.to_owned());
    assert!(!as_they_are.is_empty());
    let formatted = |path: &str, text: &str| {
        if std::path::Path::new(path).extension().is_none_or(|ending| ending != "yaml") {
            return text.to_owned();
        }
        let once = format(&Source::new(path, text)).unwrap();
        assert_eq!(format(&Source::new(path, once.clone())).as_ref(), Ok(&once), "{path}");
        once
    };
    assert_eq!(meanings(&files, formatted), as_they_are);
    assert_eq!(meanings(&files, |_, text| text.replace('\n', "\r\n")), as_they_are, "as Windows ends lines");
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".chronology.md")) {
        let (_, said) = read_chronology(&Arc::new(Source::new(path.clone(), text.replace('\n', "\r\n"))));
        assert!(said.is_empty(), "{path}: {said:?}");
    }
}

#[test]
fn a_line_may_end_in_a_carriage_return_alone() {
    let form = "a:\n  b: c  # d\n  # e\n  f: g\n";
    for ending in ["\n", "\r\n", "\r"] {
        check(&form.replace('\n', ending), form);
    }
    check("-\r\r#", "-\n\n#\n");
}

#[test]
fn a_file_that_holds_nothing_keeps_saying_so() {
    check("{}", "{}\n");
    check("[]", "[]\n");
    check("{ }  # c\n", "# c\n{}\n");
    check("# c\n[ ]", "# c\n[]\n");
    check("---", "\"\"\n");
    check("--- # c\n", "# c\n\"\"\n");
}
