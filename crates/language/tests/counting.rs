//! Rules of counting: clocks that point to them, and what is told where they do not fit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use comity_language::library::{Disk, Library, load};
use comity_language::{Source, read_counting};

const SET: &str = "\
comity-counting: 1
name: osmark
title: Limits Act of Osmark
source: made up
checked: 2026-11-01
rules:
  general: {title: Any limit, provision: s 4, mark: seen, first-day: not-counted, last-day-closed: stands}
  custody: {title: Custody, provision: s 5, mark: unverified, first-day: counted-whole, last-day-closed: stands}
";

/// The library whose clock for the request has `choices` in place of the ones written out.
fn counted(choices: &str) -> Library {
    let file = common::EXTRADITION;
    let spelled = "    first-day: not-counted\n    last-day-closed: next-open-day\n    calendar: calderia\n";
    load(&common::changed(file, &[(spelled, choices)]).with("counting/osmark.yaml", SET))
}

/// What is told: code, message and what was meant.
fn told(choices: &str) -> Vec<(&'static str, String, Option<String>)> {
    let told = counted(choices).diagnostics;
    told.into_iter().map(|one| (one.code.word(), one.message, one.suggestion)).collect()
}

#[test]
fn a_clock_that_points_to_a_rule_needs_no_choice_of_its_own() {
    let library = counted("    counted-by: osmark\n");
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    let procedure = &library.procedure("norvane-calderia/extradition").unwrap().procedure;
    let clocks = procedure.clocks();
    let clock = clocks.find("formal-request").and_then(|id| clocks.get(id)).unwrap();
    assert_eq!(clock.counted_by.as_ref().unwrap().name, "osmark/general");
    let spelled = counted("    first-day: not-counted\n    last-day-closed: stands\n");
    assert!(spelled.diagnostics.is_empty(), "{:?}", spelled.diagnostics);
}

#[test]
fn a_rule_that_does_not_exist_is_told_with_what_was_meant() {
    let wrong = told("    counted-by: osmark/genral\n");
    let message = "there is no rule of counting `osmark/genral`".to_owned();
    assert_eq!(wrong, [("unknown-name", message, Some("osmark/general".to_owned()))]);
    assert_eq!(told("    counted-by: osmrak\n")[0].0, "missing-file");
}

#[test]
fn a_choice_beside_a_rule_contradicts_it() {
    let wrong = told("    counted-by: osmark\n    first-day: counted\n");
    let message = "`first-day` is said already by the rule `osmark`".to_owned();
    assert_eq!(wrong, [("contradiction", message, None)]);
}

#[test]
fn a_rule_that_does_not_make_a_choice_the_length_needs_is_told_at_the_clock() {
    let files = common::changed(
        common::EXTRADITION,
        &[
            (
                "    first-day: not-counted\n    last-day-closed: next-open-day\n    calendar: calderia\n",
                "    counted-by: osmark\n",
            ),
            ("length: 45 days", "length: 2 months"),
        ],
    );
    let library = load(&files.with("counting/osmark.yaml", SET));
    assert_eq!(library.diagnostics[0].code.word(), "missing-choice");
    assert!(library.diagnostics[0].message.contains("a month-end that does not exist"));
}

#[test]
fn a_rule_whose_text_was_not_verified_needs_a_reading() {
    let rule = "    counted-by: osmark/custody\n";
    assert!(told(rule).is_empty(), "the clock cites a reading");
    let spelled = "    first-day: not-counted\n    last-day-closed: next-open-day\n    calendar: calderia\n";
    let files = common::changed(
        common::EXTRADITION,
        &[(spelled, rule), ("cite: treaty 9(4); reading 1", "cite: treaty 9(4)")],
    );
    let library = load(&files.with("counting/osmark.yaml", SET));
    let told: Vec<_> =
        library.diagnostics.iter().map(|one| (one.code.word(), one.message.as_str())).collect();
    let message = "the text of the rule `osmark/custody` was not verified, so no clock rests on it alone";
    assert_eq!(told, [("unverified", message)]);
}

#[test]
fn a_set_with_a_flaw_is_told_once_and_holds_its_procedures_back() {
    let bad = SET.replace("mark: seen", "mark: sene");
    let spelled = "    first-day: not-counted\n    last-day-closed: next-open-day\n    calendar: calderia\n";
    let files = common::changed(common::EXTRADITION, &[(spelled, "    counted-by: osmark\n")]);
    let library = load(&files.with("counting/osmark.yaml", bad));
    let told: Vec<_> = library.diagnostics.iter().map(|one| (one.file.as_str(), one.code.word())).collect();
    assert_eq!(told, [("counting/osmark.yaml", "unknown-word")]);
    assert_eq!(library.held_back[0].because_of, ["counting/osmark.yaml"]);
    let nothing = SET.split("  general").next().unwrap().replace("rules:", "rules: {}");
    let (set, told) = read_counting(&Source::new("counting/osmark.yaml", nothing));
    assert!(set.is_none() && told[0].message == "the file holds no rule", "{told:?}");
}

#[test]
fn every_shipped_rule_says_how_far_it_was_verified_and_what_is_open() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");
    let library = load(&Disk::new(folder));
    assert!(library.diagnostics.is_empty(), "{:?}", library.diagnostics);
    let names: Vec<&str> = library.rule_sets.iter().map(|set| set.name.as_str()).collect();
    let wanted = "ca-interpretation de-bgb ets-76 eu-1182-71 ie-interpretation kr-cpa-66 nz-legislation-54 \
                  uk-starting-with us-calendar-months";
    assert_eq!(names.join(" "), wanted);
    for name in names {
        let text = std::fs::read_to_string(format!("{folder}/counting/{name}.yaml")).unwrap();
        assert_eq!(text.matches("remark: ").count(), text.matches("mark: ").count() / 2, "{name}");
        let page = std::fs::read_to_string(format!("{folder}/counting/README.md")).unwrap();
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not in the README");
    }
}
