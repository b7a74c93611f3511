//! Every example of `docs/how-comity-counts.md` is run, and says what the page shows. With `COMITY_BLESS=1` the answers of
//! the commands are written into the page anew; read what changed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use comity_language::chronology::read_chronology;
use comity_language::library::{Disk, Library, load};
use comity_language::{Source, read_calendar};
use comity_testkit::run;
use common::page::{Part, commands, parts, shown, words};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-comity-counts.md")
}

fn page() -> String {
    std::fs::read_to_string(path()).unwrap()
}

/// A folder with the calendar of the page.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut calendars = parts(&page()).into_iter().filter_map(|part| match part {
        Part::Block(written_in, lines) if written_in == "yaml" => Some(lines.join("\n") + "\n"),
        Part::Block(..) | Part::Table(_) | Part::Text(_) => None,
    });
    let calendar = calendars.next().unwrap();
    assert_eq!(calendars.next(), None, "the page shows one file");
    let (_, told) = read_calendar(&Source::new("courts.yaml", calendar.clone()));
    assert!(told.is_empty(), "{told:?}");
    std::fs::write(folder.path().join("courts.yaml"), calendar).unwrap();
    folder
}

#[test]
fn every_command_of_the_chapter_says_what_the_chapter_shows() {
    let folder = folder();
    let (mut text, mut wrong, mut ran) = (String::new(), Vec::new(), 0);
    for part in parts(&page()) {
        match part {
            Part::Block(written_in, lines) => {
                let now = match written_in.as_str() {
                    "console" => shown(folder.path(), &lines),
                    "yaml" => lines.clone(),
                    _ => panic!("a block in `{written_in}` is not run: {lines:?}"),
                };
                ran += commands(&lines).len();
                assert!(written_in != "console" || !commands(&lines).is_empty(), "{lines:?} runs nothing");
                if now != lines {
                    wrong.push(format!(
                        "the page shows\n{}\nand it is\n{}",
                        lines.join("\n"),
                        now.join("\n")
                    ));
                }
                writeln!(text, "```{written_in}\n{}\n```", now.join("\n")).unwrap();
            }
            Part::Table(rows) => writeln!(text, "{}", rows.join("\n")).unwrap(),
            Part::Text(line) => writeln!(text, "{line}").unwrap(),
        }
    }
    if std::env::var_os("COMITY_BLESS").is_some() {
        std::fs::write(path(), text).unwrap();
    } else {
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
    assert!(ran > 40, "{ran} commands");
}

fn made_up() -> Library {
    let library = load(&Disk::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../language/tests/data/library")));
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    library
}

/// The tables of the page that no test runs, by their heads.
const ONLY_WORDS: &[&str] = &["| the provision says | Comity |"];

#[test]
fn every_table_of_the_chapter_that_tells_a_case_holds() {
    let library = made_up();
    let (mut wrong, mut played) = (Vec::new(), 0);
    for part in parts(&page()) {
        let Part::Table(rows) = part else { continue };
        if !rows[0].starts_with("| when ") {
            assert!(
                ONLY_WORDS.contains(&rows[0].as_str()) || rows[0] == RULES,
                "the table `{}` is not run",
                rows[0]
            );
            continue;
        }
        played += 1;
        let head =
            "# A table\n\nprocedure: norvane-calderia/custody\nzone: Asia/Seoul\nhypothetical: yes\n\n## It";
        let text = format!("{head}\n\n{}\n", rows.join("\n"));
        let (chronology, told) = read_chronology(&Arc::new(Source::new("the page", text)));
        wrong.extend(told.iter().map(ToString::to_string));
        let Some(chronology) = chronology else { continue };
        let report = run(&chronology, &library);
        wrong.extend(report.diagnostics.iter().map(ToString::to_string));
        for failure in report.sections.iter().flat_map(|section| &section.failures) {
            let (when, about, wrote, found) = (&failure.when, &failure.about, &failure.wrote, &failure.found);
            wrong.push(format!("{when} {about}: `{wrote}`, but {found}: {}", failure.because.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(played > 25, "{played} tables");
}

/// The head of the table of the named rules.
const RULES: &str = "| rule | provision | mark | length | from | zone | calendar | last moment |";

#[test]
fn every_rule_of_the_table_gives_the_date_that_stands_beside_it() {
    let folder = folder();
    let tables: Vec<Vec<String>> = parts(&page())
        .into_iter()
        .filter_map(|part| match part {
            Part::Table(rows) if rows[0] == RULES => Some(rows),
            Part::Table(_) | Part::Block(..) | Part::Text(_) => None,
        })
        .collect();
    let [table] = tables.as_slice() else { panic!("there is one table of rules") };
    let mut named = Vec::new();
    for row in &table[2..] {
        let cells: Vec<&str> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [rule, provision, mark, length, from, zone, calendar, last] = cells.as_slice() else {
            panic!("{row}")
        };
        let mut args = vec!["count", *length, "--from", *from, "--zone", *zone, "--rules", *rule, "--json"];
        if !calendar.is_empty() {
            args.extend(["--calendar", *calendar]);
        }
        let document = common::comity(folder.path(), &args, &[]).fine().json();
        let counted_by = document["steps"][1]["says"].as_str().unwrap().to_owned();
        assert!(counted_by.contains(&format!("{rule} (")), "{row}: {counted_by}");
        assert!(counted_by.ends_with(&format!("{provision}; {mark})")), "{row}: {counted_by}");
        let end = document["last_day"].as_str().unwrap_or_else(|| document["ends"].as_str().unwrap());
        assert_eq!(end, *last, "{row}");
        named.push((*rule).to_owned());
    }
    let shipped = load(&Disk::new(common::workflows())).rule_sets;
    let all: Vec<String> = shipped.iter().flat_map(comity_core::time::RuleSet::names).collect();
    named.sort();
    named.dedup();
    let mut known = all.clone();
    known.sort();
    assert_eq!(named, known, "each rule of the library has its example, and no other");
}

#[test]
fn words_in_quotation_marks_are_one() {
    assert_eq!(words("count \"45 days\" --from 2027-03-02"), ["count", "45 days", "--from", "2027-03-02"]);
}
