//! Running cases go over to another edition of their procedure, as an operator takes them there.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{CALDERIA, OPENING, Said, calderia, comity};
use serde_json::Value;
use tempfile::TempDir;

const PROCEDURE: &str = "calderia-norvane/incoming";
/// The arrest is on 2 March; on 10 March cases go over.
const ARREST: &str = "2027-03-02T10:00:00Z";
const THEN: &str = "2027-03-10T12:00:00Z";

const PLAN: &str = "\
comity-plan: 1
from: {procedure: calderia-norvane/incoming, version: 3}
to: {procedure: calderia-norvane/incoming, version: 4}
authority: Foreign ministry desk of Norvane
reason: the protocol of 2027 applies to requests that run
cite: treaty 12
tracks:
  request: {stages: {checked: examined}}
clocks:
  formal-request: {end: later, cite: treaty 9(4)}
acts:
  told: calderia-told
";

/// An office with a library of its own that can be edited.
struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With these cases opened under edition 3, the person arrested in each.
    fn with_cases(references: &[&str]) -> Self {
        let desk = Self { folder: calderia() };
        desk.run(&["init"]).fine();
        desk.run(&["matter", "open", "M-1", "--title", "Made up", "--now", OPENING]).fine();
        for reference in references {
            desk.open(reference, PROCEDURE);
            desk.act(reference, &["arrested", "--when", "2027-03-02 09:00"], ARREST).fine();
        }
        desk.write("plan.yaml", PLAN);
        desk
    }

    fn open(&self, reference: &str, procedure: &str) {
        let case = ["case", "open", reference, "--matter", "M-1", "--procedure", procedure];
        let more = ["--title", "DOE, Ann", "--since", "2027-03-01", "--now", OPENING];
        self.run(&[&case[..], &more[..]].concat()).fine();
    }

    fn run(&self, args: &[&str]) -> Said {
        comity(self.folder.path(), args, &[("COMITY_WORKFLOWS", "library")])
    }

    fn act(&self, reference: &str, args: &[&str], now: &str) -> Said {
        self.run(&[&["act", reference], args, &["--now", now]].concat())
    }

    fn migrate(&self, more: &[&str]) -> Said {
        self.run(&[&["migrate", "plan.yaml", "--now", THEN], more].concat())
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    /// The library as it is in edition 4: another stage and act, and sixty days, or as many as are said.
    fn edited(&self, length: &str) {
        let path = self.folder.path().join(CALDERIA).join("incoming.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let text = text
            .replace("version: 3", "version: 4")
            .replace("      checked: Being checked", "      examined: Being examined")
            .replace("awaited -> checked", "awaited -> examined")
            .replace("checked -> before-court", "examined -> before-court")
            .replace("length: 45 days", &format!("length: {length}"))
            .replace("  told:\n", "  calderia-told:\n")
            .replace("met-by: told", "met-by: calderia-told");
        fs::write(path, text).unwrap();
    }

    fn case(&self, reference: &str, more: &[&str]) -> Value {
        self.run(&[&["case", "show", reference, "--json", "--now", THEN], more].concat()).fine().json()
    }

    /// The outcome of each case of a run, in the order of the references.
    fn outcomes(&self, more: &[&str], code: i32) -> Vec<(String, String)> {
        let document = self.migrate(&[&["--json"], more].concat()).ends(code).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let cases = document["cases"].as_array().unwrap();
        let mut told: Vec<_> =
            cases.iter().map(|one| (text(&one["reference"]), text(&one["outcome"]))).collect();
        told.sort();
        told
    }

    /// How many entries of a case say that it went over.
    fn times(&self, reference: &str) -> usize {
        let entries = self.case(reference, &[])["entries"].as_array().unwrap().clone();
        entries.iter().filter(|one| one["says"].as_str().unwrap().starts_with("migrated to")).count()
    }
}

fn outcomes(told: &[(&str, &str)]) -> Vec<(String, String)> {
    told.iter().map(|(reference, outcome)| ((*reference).to_owned(), (*outcome).to_owned())).collect()
}

#[test]
fn a_dry_run_tells_what_would_come_of_each_case_and_records_nothing() {
    let desk = Desk::with_cases(&["EX-1", "EX-2"]);
    desk.act("EX-2", &["request-received", "--when", "2027-03-03 10:00"], "2027-03-03T12:00:00Z").fine();
    desk.edited("60 days");
    let said = desk.migrate(&["--dry-run"]).fine();
    said.says(&[
        "calderia-norvane/incoming version 3 -> calderia-norvane/incoming version 4 nothing is recorded",
        "track request: checked -> examined",
        "EX-1 would go over request awaited -> awaited",
        "EX-2 would go over request checked -> examined",
        "Saturday 17 April 2027 00:00 (Lisbon) -> Sunday 2 May 2027 00:00 (Lisbon) (later)",
        "then open request-received",
        "2 cases: 2 would go over",
        "comity migrate plan.yaml",
    ]);
    for reference in ["EX-1", "EX-2"] {
        assert_eq!(desk.times(reference), 0);
        assert_eq!(desk.case(reference, &[])["meaning"], desk.case("EX-1", &[])["meaning"]);
    }
}

#[test]
fn cases_go_over_and_a_second_run_does_nothing() {
    let desk = Desk::with_cases(&["EX-1", "EX-2"]);
    desk.act("EX-2", &["request-received", "--when", "2027-03-03 10:00"], "2027-03-03T12:00:00Z").fine();
    let before = desk.case("EX-1", &[])["meaning"].clone();
    desk.edited("60 days");
    let said = desk.migrate(&["--account", "a.costa"]).fine();
    said.says(&["EX-1 went over, entry 3", "EX-2 went over, entry 4", "2 cases: 2 went over"]);
    assert_eq!(desk.outcomes(&[], 0), outcomes(&[("EX-1", "went-before"), ("EX-2", "went-before")]));
    assert_eq!((desk.times("EX-1"), desk.times("EX-2")), (1, 1));

    let case = desk.case("EX-2", &[]);
    assert_ne!(case["meaning"], before);
    assert_eq!(case["entries"][3]["recorded_by"], "a.costa");
    let shown = desk.run(&["case", "show", "EX-2", "--now", THEN]).fine();
    shown.says(&[
        "edition 4",
        "examined",
        "migrated to calderia-norvane/incoming version 4, by order of Foreign ministry desk of Norvane: the protocol of 2027 \
         applies to requests that run (treaty 12); track request: checked -> examined",
        "went over to calderia-norvane/incoming version 4",
    ]);
    // As known before, and as of before, the edition that applied then is shown.
    let known =
        desk.run(&["case", "show", "EX-2", "--now", THEN, "--known-at", "2027-03-09T00:00:00Z"]).fine();
    known.says(&["edition 3", "checked"]);
    let of_then = desk.run(&["case", "show", "EX-2", "--now", THEN, "--at", "2027-03-09"]).fine();
    of_then.says(&["edition 3", "checked"]);
    desk.run(&["why", "EX-2", "formal-request", "--now", THEN]).fine().says(&[
        "at the migration, Wednesday 10 March 2027 12:00 (Lisbon) – entry 4: the later of two ends",
        "60 days",
    ]);
    // What comes later is judged by the new edition; what came before and is recorded late, by the old.
    desk.act("EX-1", &["request-received", "--when", "2027-03-11 10:00"], "2027-03-11T12:00:00Z").fine();
    desk.run(&["case", "show", "EX-1", "--now", "2027-03-11T12:00:00Z"]).fine().says(&["request.examined"]);
    desk.run(&["store", "verify"]).fine();
    desk.run(&["queue", "--now", THEN]).fine().says(&["EX-1", "EX-2"]);
    let listed = desk.run(&["case", "list", "--now", THEN]).fine();
    listed.says(&["request: examined", "formal-request runs out"]);
}

#[test]
fn one_case_that_is_refused_keeps_back_no_other() {
    let desk = Desk::with_cases(&["EX-1"]);
    desk.open("EX-2", PROCEDURE);
    desk.edited("5 days");
    desk.write("plan.yaml", &PLAN.replace("end: later", "end: recompute"));
    let said = desk.migrate(&[]).ends(6);
    said.says(&[
        "EX-1 refused; it stays where it is",
        "the clock `formal-request` would have run out 2027-03-08 00:00 in Lisbon by the new count; if the law wants that, \
         say `if-it-has-run-out: accepted`",
        "EX-2 went over, entry 2",
        "2 cases: 1 went over, 1 refused",
    ]);
    assert_eq!((desk.times("EX-1"), desk.times("EX-2")), (0, 1));
    let accepting = "end: recompute, if-it-has-run-out: accepted";
    desk.write("plan.yaml", &PLAN.replace("end: later", accepting));
    // Another plan is another decision: the case that went over by the first one is not under edition 3 any more.
    assert_eq!(desk.outcomes(&[], 0), outcomes(&[("EX-1", "went")]));
    desk.run(&["case", "show", "EX-1", "--now", THEN]).fine().says(&["custody.release-due"]);
}

/// The text of edition 3 stands under the same name as those of 4 and 5, between which the plan leads.
#[test]
fn the_text_of_an_edition_of_before_is_no_case() {
    let desk = Desk::with_cases(&["EX-1"]);
    desk.edited("60 days");
    assert_eq!(desk.outcomes(&[], 0), outcomes(&[("EX-1", "went")]));
    let path = desk.folder.path().join(CALDERIA).join("incoming.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("version: 4", "version: 5");
    fs::write(path, text.replace("60 days", "70 days")).unwrap();
    let (head, _) = PLAN.split_once("tracks:").unwrap();
    let head = head.replace("version: 4", "version: 5").replace("version: 3", "version: 4");
    desk.write("plan.yaml", &format!("{head}clocks:\n  formal-request: {{end: keep, cite: treaty 9(4)}}\n"));
    assert_eq!(desk.outcomes(&[], 0), outcomes(&[("EX-1", "went")]));
}

#[test]
fn one_case_may_be_meant_alone() {
    let desk = Desk::with_cases(&["EX-1", "EX-2"]);
    desk.edited("60 days");
    assert_eq!(desk.outcomes(&["--case", "EX-2"], 0), outcomes(&[("EX-2", "went")]));
    assert_eq!((desk.times("EX-1"), desk.times("EX-2")), (0, 1));
    desk.migrate(&["--case", "EX-9"]).ends(2).complains(&["there is no case `EX-9`"]);
}

#[test]
fn a_plan_that_does_not_fit_is_told_with_its_lines_and_nothing_is_recorded() {
    let desk = Desk::with_cases(&["EX-1"]);
    desk.edited("60 days");
    let wrong = PLAN
        .replace("checked: examined", "checked: exmined")
        .replace("cite: treaty 9(4)", "cite: treaty 99")
        .replace("  told: calderia-told\n", "  tolled: calderia-told\n");
    desk.write("plan.yaml", &wrong);
    let said = desk.migrate(&[]).ends(3);
    said.complains(&[
        "plan.yaml:8:22: error[bad-plan]: the stage `checked` of the track `request` cannot become `exmined`",
        "plan.yaml:10:38: error[bad-plan]: `treaty` has no article 99",
        "plan.yaml:12:3: error[bad-plan]: the procedure that the case leaves has no act `tolled`",
        "plan.yaml:2:19: error[bad-plan]: the act `told` has no counterpart",
    ]);
    desk.write("plan.yaml", &PLAN.replace("{end: later, ", "{end: never, "));
    desk.migrate(&[]).ends(3).complains(&["plan.yaml:10:25: error[unknown-word]", "keep"]);
    desk.write("plan.yaml", &PLAN.replace("version: 3", "version: 2"));
    desk.migrate(&[]).ends(3).complains(&["neither the library nor the record holds version 2 of"]);
    desk.write("plan.yaml", &PLAN.replace("{end: later, cite", "{cite"));
    desk.migrate(&[]).ends(3).complains(&["it is not said which end `formal-request` has where it runs"]);
    desk.run(&["migrate", "none.yaml"]).ends(2).complains(&["none.yaml cannot be used"]);
    assert_eq!(desk.times("EX-1"), 0);
}

#[test]
fn a_run_that_was_killed_goes_on_where_it_was() {
    let references: Vec<String> = (1..=24).map(|number| format!("EX-{number:02}")).collect();
    let names: Vec<&str> = references.iter().map(String::as_str).collect();
    let desk = Desk::with_cases(&names);
    desk.edited("60 days");
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(desk.folder.path()).env("COMITY_WORKFLOWS", "library");
    command.args(["migrate", "plan.yaml", "--now", THEN]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Killed as soon as it says that one case went over: the others were not taken up, or are under way.
    let said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let first = said.into_iter().find(|line| line.contains("went over")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.contains("EX-01 went over, entry 3"), "{first}");

    let after = desk.outcomes(&["--dry-run"], 0);
    let before = after.iter().filter(|(_, outcome)| outcome == "went-before").count();
    assert!(before > 0 && before < names.len(), "it was not killed at its work: {after:?}");
    let gone_on = desk.outcomes(&[], 0);
    let went = gone_on.iter().filter(|(_, outcome)| outcome == "went").count();
    assert_eq!((gone_on.len(), went), (names.len(), names.len() - before), "every case is named");
    for reference in names {
        assert_eq!(desk.times(reference), 1, "{reference}");
    }
    desk.run(&["store", "verify"]).fine();
}

#[test]
fn the_record_and_a_bundle_of_evidence_tell_of_the_migration() {
    let desk = Desk::with_cases(&["EX-1"]);
    desk.edited("60 days");
    desk.migrate(&[]).fine();
    let checked = comity_verify::read(&desk.folder.path().join("data"), None).unwrap();
    assert!(checked.entries > 3, "{checked:?}");
    desk.run(&["audit", "bundle", "EX-1", "--now", THEN, "--out", "out.zip"]).fine();
    let bundle =
        comity_verify::read_bundle(&desk.folder.path().join("out.zip"), comity_verify::Held::default());
    assert_eq!(bundle.unwrap().entries, 3);
    let bytes = fs::read(desk.folder.path().join("out.zip")).unwrap();
    let archive = rawzip::ZipArchive::from_slice(bytes.as_slice()).unwrap();
    let mut all = String::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        all.push_str(&String::from_utf8_lossy(archive.get_entry(entry.wayfinder()).unwrap().data()));
    }
    assert!(all.contains("migrated to calderia-norvane/incoming version 4, by order of"), "{all}");
    desk.run(&["audit", "export", "export.jsonl"]).fine();
    let exported = comity_verify::read(&desk.folder.path().join("export.jsonl"), None).unwrap();
    assert_eq!(exported.entries, checked.entries);
}
