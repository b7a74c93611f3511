//! `check`, `test`, `fmt`, `schema` and `replay`: the commands that need no store.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;

use common::{Said, comity, copy_matter, spoil};
use tempfile::TempDir;

/// A copy of the library that may be spoilt.
fn library() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_matter(&folder.path().join("workflows"));
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

#[test]
fn the_library_loads_and_its_counts_are_shown() {
    let folder = library();
    run(&folder, &["check"]).fine().says(&[
        "ok nz-kr/extradition.yaml",
        "articles cited",
        "0 errors",
        "look workflows/",
    ]);
    let checked = run(&folder, &["check", "workflows", "--json"]).fine().json();
    assert_eq!(
        (&checked["comity"], &checked["command"], &checked["errors"]),
        (&1.into(), &"check".into(), &0.into())
    );
    assert!(checked["procedures"].as_array().unwrap().len() >= 6);
}

#[test]
fn a_folder_or_a_file_of_the_library_is_checked_alone() {
    let folder = library();
    for path in ["workflows/nz-kr", "workflows/nz-kr/extradition.yaml"] {
        run(&folder, &["check", path]).fine().says(&["ok nz-kr/extradition.yaml", "1 procedure loads"]);
    }
    let inside = comity(&folder.path().join("workflows/nz-kr"), &["check", "extradition.yaml"], &[]);
    inside.fine().says(&["ok nz-kr/extradition.yaml"]);
}

/// A file with a side left open is checked by what builds on it, and a rule that differs is told where it stands.
#[test]
fn what_builds_on_a_file_is_checked_with_it() {
    let folder = library();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join("workflows/kr-nhrck").join(name), text).unwrap();
    };
    let path = folder.path().join("workflows/kr-nhrck/recommendation.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let side = text.lines().find(|line| line.starts_with("  sending:")).unwrap().to_owned();
    let open = text.replace(&format!("{side}\n"), "  third: {country: XN, zone: Europe/Lisbon}\n");
    let kind = text.lines().find(|line| line.starts_with("kind:")).unwrap();
    write("recommendation.yaml", &open.replacen(kind, &format!("{kind}\nleft-open: sending"), 1));
    let own = |rest: &str| {
        format!(
            "comity: 1\nprocedure: kr-nhrck/again\nversion: 1\ntitle: Again\nbased-on: kr-nhrck/recommendation\n\nsides:\n{side}\n{rest}"
        )
    };
    write("again.yaml", &own(""));
    fs::remove_file(folder.path().join("workflows/kr-nhrck/recommendation.chronology.md")).unwrap();
    run(&folder, &["check", "workflows/kr-nhrck"]).fine().says(&[
        "ok kr-nhrck/again.yaml",
        "base kr-nhrck/recommendation.yaml: leaves a side open",
        "1 procedure loads",
    ]);
    run(&folder, &["check", "workflows/kr-nhrck/recommendation.yaml"])
        .ends(2)
        .complains(&["leaves a side open, and nothing runs under it", "check its folder"]);
    run(&folder, &["draw", "kr-nhrck/recommendation"]).ends(2).complains(&["leaves a side open"]);
    run(&folder, &["fmt", "--check", "workflows/kr-nhrck"]).fine();

    let clock =
        text.lines().skip_while(|line| *line != "clocks:").nth(1).unwrap().trim().trim_end_matches(':');
    write("again.yaml", &own(&format!("\nclocks:\n  {clock}: {{length: 60 days}}\n")));
    run(&folder, &["check", "workflows/kr-nhrck"])
        .ends(3)
        .says(&["kr-nhrck/again.yaml:11:3: error[bad-base]", "does not say by what right"]);
}

/// Labels stand beside a procedure and change what is shown, never what it means.
#[test]
fn a_picture_and_a_case_have_titles_in_another_language() {
    let folder = library();
    let file = folder.path().join("workflows/kr-nhrck/labels.ko.yaml");
    let head =
        "comity-labels: 1\nlanguage: ko\nsource: Made up for this test\nchecked: 2026-11-20\n\nlabels:\n";
    fs::write(&file, format!("{head}  tracks/complaint: 진정\n  authorities/sending/commission: 위원회\n"))
        .unwrap();
    run(&folder, &["check", "workflows"]).fine();
    let drawn =
        run(&folder, &["draw", "kr-nhrck/recommendation", "--format", "mermaid", "--language", "ko"]).fine();
    assert!(drawn.out.contains("진정") && !drawn.out.contains("The complaint"), "{}", drawn.out);
    run(&folder, &["draw", "kr-nhrck/recommendation", "--language", "fr"])
        .ends(2)
        .complains(&["has no labels in `fr`", "there are labels in ko"]);
    run(&folder, &["draw", "nz-arrest-warrant/warrant", "--language", "fr"])
        .ends(2)
        .complains(&["has no labels in `fr`", "write `labels.fr.yaml` beside it"]);

    run(&folder, &["init"]).fine();
    run(&folder, &["matter", "open", "M-1", "--title", "A matter", "--now", common::OPENING]).fine();
    let open = [
        "case",
        "open",
        "C-1",
        "--matter",
        "M-1",
        "--procedure",
        "kr-nhrck/recommendation",
        "--title",
        "A complaint",
    ];
    run(&folder, &[&open[..], &["--now", common::OPENING]].concat()).fine();
    let show = ["case", "show", "C-1", "--now", common::NEXT_DAY];
    run(&folder, &show).fine().says(&["The complaint"]);
    let shown = run(&folder, &[&show[..], &["--language", "ko"]].concat()).fine().says(&["진정"]);
    assert!(!shown.out.contains("The complaint"), "{}", shown.out);
    // A case goes on under what was kept of a procedure that does not load any more, and that is told.
    let path = folder.path().join("workflows/kr-nhrck/recommendation.yaml");
    let sound = fs::read_to_string(&path).unwrap();
    fs::write(&path, sound.replacen("title:", "titel:", 1)).unwrap();
    run(&folder, &show)
        .fine()
        .says(&["The complaint"])
        .complains(&["in procedure files; see `comity check`"]);
    fs::write(&path, sound).unwrap();
    assert_eq!(run(&folder, &show).fine().err, "");
    // The labels may go, and the case is what it was.
    fs::remove_file(&file).unwrap();
    run(&folder, &show).fine().says(&["The complaint"]);
    run(&folder, &[&show[..], &["--language", "ko"]].concat()).ends(2);
}

/// A procedure in which a detention suspended after the order leads on to nothing.
fn with_a_fault(folder: &TempDir) -> &'static str {
    let path = "workflows/nz-kr/extradition.yaml";
    let when = "when: act surrender-ordered-at-liberty is not recorded or clock surrender-after-detention has started\n";
    spoil(folder, path, when, "when: request is not surrender-ordered\n");
    spoil(folder, path, "held or suspended -> release-due", "held -> release-due");
    path
}

const OUTCOME: &str = "outcome-reachable-from-everywhere";

#[test]
fn what_holds_on_every_path_is_proved_and_a_fault_is_shown_with_its_path() {
    let folder = library();
    let path = "workflows/kr-nhrck/recommendation.yaml";
    run(&folder, &["check", path])
        .fine()
        .says(&["kr-nhrck/recommendation: proved 22 properties over 7 configurations"]);
    let found = run(&folder, &["check", path, "--json"]).fine().json();
    assert_eq!(found["proofs"][0]["configurations"], 7);
    assert_eq!(found["proofs"][0]["properties"][0]["verdict"], "proved");
    assert_eq!(found["proofs"][0]["properties"][0]["vacuous"], false);
    let timed = run(&folder, &["check", path, "--times"]).fine();
    timed.says(&["over 7 configurations in ", "ms"]);
    let bounded = run(&folder, &["check", path, "--bound", "2"]).ends(1);
    bounded.says(&["over the first 2 configurations", "undecided", "more configurations than the bound"]);
    run(&folder, &["check", "workflows/nz-kr"]).fine().says(&["nz-kr/extradition: proved "]);
    let said = run(&folder, &["check", with_a_fault(&folder)]).ends(1);
    said.says(&["refuted", OUTCOME, "then surrender-ordered; then detention-suspended"]);
}

#[test]
fn what_is_checked_when_a_file_is_read_and_what_speaks_of_nothing_is_said_to_be() {
    let folder = library();
    let path = "workflows/kr-nhrck/recommendation.yaml";
    for name in ["outcomes-are-final", "automatic-moves-end", "moves-exclude-each-other"] {
        let said = run(&folder, &["check", path, "--explain", name]).fine();
        said.says(&["proved", name, "It is checked when the file is read"]);
    }
    let path = "workflows/nz-kr-mla/mla-to-korea.yaml";
    let said = run(&folder, &["check", path]).fine();
    said.says(&[
        "vacuous",
        "every-refusal-is-notified (request is refused): no rule makes it a duty to tell of it",
    ]);
    // Where there is such a duty, a second way to the refusal must have it too.
    let path = "workflows/nz-kr-mla/mla-to-new-zealand.yaml";
    run(&folder, &["check", path]).fine().says(&["proved 23 properties"]);
    let second = "  reasons-given:\n    title: Korea";
    let act = "  put-aside:\n    title: Put aside\n    by: requested/attorney-general\n    moves: {request: received -> refused}\n    cite: macma 27(1)\n";
    spoil(&folder, path, second, &format!("{act}{second}"));
    let said = run(&folder, &["check", path, "--explain", "every-refusal-is-notified"]).ends(1);
    said.says(&["refuted", "request is refused", "Put aside"]);
}

#[test]
fn no_case_runs_under_a_procedure_that_is_not_proved() {
    let folder = library();
    with_a_fault(&folder);
    run(&folder, &["init"]).fine();
    run(&folder, &["matter", "open", "M-1", "--title", "A made-up matter"]).fine();
    let open = |procedure| ["case", "open", "EX-1", "--matter", "M-1", "--procedure", procedure];
    let refused = run(&folder, &open("nz-kr/extradition")).ends(3);
    refused.complains(&[
        "procedure `nz-kr/extradition` runs no case",
        "`outcome-reachable-from-everywhere`",
        "are not proved of every path",
        "engine/not-proved",
        "comity check --explain outcome-reachable-from-everywhere",
    ]);
    run(&folder, &["case", "show", "EX-1"]).ends(2);
    // The others run as ever.
    run(&folder, &open("nz-arrest-warrant/warrant")).fine();
}

#[test]
fn a_property_is_told_in_full_and_its_path_is_a_chronology_that_plays() {
    let folder = library();
    let path = with_a_fault(&folder);
    let said = run(&folder, &["check", path, "--explain", OUTCOME]).ends(1);
    said.says(&[
        "outcome-reachable-from-everywhere of nz-kr/extradition",
        "it can still come to an outcome",
        "2030-01-01 09:01",
        "The prosecutor suspends the detention",
    ]);
    let written = "workflows/nz-kr/gap.chronology.md";
    let said = run(&folder, &["check", path, "--explain", OUTCOME, "--write-path", written]).ends(1);
    said.says(&["written to workflows/nz-kr/gap.chronology.md"]);
    run(&folder, &["replay", written]).fine().says(&["request: surrender-ordered", "custody: suspended"]);
    run(&folder, &["test", written]).fine();
    let whole = run(&folder, &["check", "workflows/kr-nhrck", "--explain", "never-stuck"]).fine();
    whole.says(&["It holds in each of 7 configurations"]);
    let unknown = run(&folder, &["check", path, "--explain", "never"]).ends(2);
    unknown.complains(&["no procedure here has a property called `never`", "never-stuck"]);
    let pathless = ["check", "workflows/kr-nhrck", "--explain", "never-stuck", "--write-path", written];
    run(&folder, &pathless).ends(2).complains(&["`never-stuck` has no path that could be written"]);
    run(&folder, &["check", "--write-path", written]).ends(2).complains(&["--explain"]);
}

#[test]
fn a_safeguard_of_the_author_is_explained_with_its_citation() {
    let folder = library();
    let path = "workflows/nz-kr/extradition.yaml";
    let file = folder.path().join(path);
    let text = fs::read_to_string(&file).unwrap();
    // The file ends with its safeguards.
    let safeguards = "  heard-first:
    title: Nobody is handed over before the court has heard the person
    before: handed-over
    requires: heard
    cite: act 14(5)
  no-way-back:
    title: No return
    never-together: [request is surrendered, custody is free]
    cite: act 40(1)
";
    fs::write(&file, format!("{text}{safeguards}")).unwrap();
    let said = run(&folder, &["check", path, "--explain", "heard-first"]).ends(1);
    // A consent that the court verified stands for the hearing.
    said.says(&[
        "refuted",
        "Nobody is handed over before the court has heard the person (act 14(5))",
        "consent-verified",
    ]);
    run(&folder, &["check", path, "--explain", "no-way-back"])
        .ends(1)
        .says(&["proved", "No return (act 40(1))"]);
}

#[test]
fn findings_are_written_for_editors_and_code_review() {
    let folder = library();
    let path = with_a_fault(&folder);
    run(&folder, &["check", path, "--sarif", "found.sarif"]).ends(1);
    let text = fs::read_to_string(folder.path().join("found.sarif")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["version"], "2.1.0");
    let result = &found["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&OUTCOME.into(), &"error".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "workflows/nz-kr/extradition.yaml");
    assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    let rules = found["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == OUTCOME), "{rules:?}");
    spoil(&folder, path, "first-day: not-counted", "first-day: not-countd");
    run(&folder, &["check", path, "--sarif", "found.sarif"]).ends(3);
    let text = fs::read_to_string(folder.path().join("found.sarif")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let result = &found["runs"][0]["results"][0];
    assert!(result["message"]["text"].as_str().unwrap().contains("not-countd"), "{result}");
    assert!(result["locations"][0]["physicalLocation"]["region"]["startColumn"].as_u64().unwrap() > 1);
}

#[test]
fn an_error_of_one_character_shows_line_column_and_remedy() {
    let folder = library();
    spoil(&folder, "workflows/nz-kr/extradition.yaml", "first-day: not-counted", "first-day: not-countd");
    let text = fs::read_to_string(folder.path().join("workflows/nz-kr/extradition.yaml")).unwrap();
    let (index, line) = text.lines().enumerate().find(|(_, line)| line.contains("not-countd")).unwrap();
    let place =
        format!("workflows/nz-kr/extradition.yaml:{}:{}", index + 1, line.find("not-countd").unwrap() + 1);
    let said = run(&folder, &["check"]).ends(3);
    said.says(&[&place, "not-countd", "^^^^", "did you mean `not-counted`?", "FAIL", "1 error"]);
    let document = run(&folder, &["check", "--json"]).ends(3).json();
    let first = &document["diagnostics"][0];
    assert_eq!(
        (first["line"].as_u64(), first["suggestion"].as_str()),
        (Some(index as u64 + 1), Some("not-counted"))
    );
}

#[test]
fn files_that_are_no_procedures_each_get_their_error() {
    let folder = library();
    let file = folder.path().join("workflows/nz-kr/other.yaml");
    for (bytes, wanted) in [
        (b"comity: 1\nprocedure: \xff\xfe".to_vec(), "UTF-8"),
        (vec![b'a'; 5 << 20], "bytes"),
        (b"".to_vec(), "nothing"),
        ("a: [".repeat(5_000).into_bytes(), "nested"),
        (b"comity: 1\ncomity: 1\n".to_vec(), "twice"),
        (b"comity: 1\na: &a [*a]\n".to_vec(), "error["),
    ] {
        fs::write(&file, bytes).unwrap();
        let said = run(&folder, &["check"]).ends(3);
        assert!(said.out.contains("workflows/nz-kr/other.yaml:"), "{}", said.out);
        assert!(said.out.contains(wanted), "{wanted}\n{}", said.out);
        assert!(said.out.lines().all(|line| line.len() < 400), "a long line");
    }
}

#[test]
fn a_file_cannot_steer_the_terminal() {
    let folder = library();
    let file = "workflows/kr-nhrck/recommendation.yaml";
    spoil(&folder, file, "kind: ", "kind: \"\\e[2Jgone\" # ");
    for colour in ["always", "never"] {
        let said = run(&folder, &["check", "--color", colour]).ends(3);
        assert!(!said.out.contains("\u{1b}[2J") && said.out.contains("gone"), "{}", said.out);
    }
}

#[test]
fn what_is_not_there_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "test", "fmt"] {
        run(&folder, &[command, "nowhere"]).ends(2).complains(&["error:", "nowhere", "next"]);
    }
    run(&folder, &["replay", "nowhere.chronology.md"]).ends(2).complains(&["does not exist"]);
    run(&folder, &["check", "--colour"]).ends(2).complains(&["--color"]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    run(&folder, &["check", "empty"]).ends(2).complains(&["there is no procedure in `empty`"]);
    run(&folder, &["test", "empty"]).ends(2).complains(&["there is no chronology here"]);
    let document = run(&folder, &["check", "nowhere", "--json"]).ends(2).json();
    assert_eq!((&document["error"]["code"], &document["error"]["exit"]), (&"cli/usage".into(), &2.into()));
}

#[test]
fn all_chronologies_pass() {
    let folder = library();
    run(&folder, &["test"]).fine().says(&["matter-2017-2020.chronology.md", "all pass"]);
    let document =
        run(&folder, &["test", "workflows/nz-kr/matter-2017-2020.chronology.md", "--json"]).fine().json();
    assert_eq!(document["passed"], true);
    assert!(document["files"][0]["cells"].as_u64().unwrap() > 20);
}

#[test]
fn a_cell_that_does_not_hold_is_shown_with_what_is_so_and_why() {
    let folder = library();
    let file = "workflows/kr-nhrck/recommendation.chronology.md";
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("ends 20").unwrap();
    let wrong = format!("{}ends 1999-01-01{}", &text[..at], &text[at + "ends 2020-12-01".len()..]);
    fs::write(&path, wrong).unwrap();
    let said = run(&folder, &["test", file]).ends(1);
    said.says(&[
        "FAIL",
        &format!("{file}:"),
        "you wrote ends 1999-01-01",
        "the procedure says ends 20",
        "because",
        "started by",
        "1 of 1 fail",
    ]);
}

#[test]
fn a_chronology_that_cannot_be_read_fails_with_its_place() {
    let folder = library();
    let file = "workflows/kr-nhrck/broken.chronology.md";
    fs::write(
        folder.path().join(file),
        "# Broken\n\nprocedure: kr-nhrck/recommendation\n\n## A\n\n| when |\n",
    )
    .unwrap();
    run(&folder, &["test", file]).ends(1).says(&[&format!("{file}:"), "error["]);
    run(&folder, &["replay", file]).ends(3).complains(&[&format!("{file}:"), "cannot be played"]);
}

#[test]
fn a_chronology_that_cites_what_does_not_exist_fails_in_both_commands() {
    let folder = library();
    let file = "workflows/nz-kr/extradition.chronology.md";
    spoil(&folder, file, "cite: ", "cite: qqq 77; treaty 9(9); ");
    let said = [&format!("{file}:")[..], "error[unknown-article]", "`treaty 9(9)`", "did you mean `9(1)`?"];
    for path in ["workflows", "workflows/nz-kr"] {
        run(&folder, &["check", path]).ends(1).says(&said).says(&["FAIL", "there is no source `qqq`"]);
    }
    run(&folder, &["test", file]).ends(1).says(&said).says(&["1 of 1 fail"]);
}

#[test]
fn a_chronology_with_several_flaws_is_one_file_that_fails() {
    let folder = library();
    let file = "workflows/kr-nhrck/broken.chronology.md";
    let text = "# Broken\n\nprocedur: kr-nhrck/recommendation\n\n## A\n\n| when |\n";
    fs::write(folder.path().join(file), text).unwrap();
    run(&folder, &["test", file]).ends(1).says(&["1 file: 1 of 1 fail"]);
    let document = run(&folder, &["test", "workflows/kr-nhrck", "--json"]).ends(1).json();
    assert_eq!(document["passed"], false);
    let files = document["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    let broken = files.iter().find(|one| one["file"] == file).unwrap();
    assert_eq!(broken["passed"], false);
    assert!(broken["diagnostics"].as_array().unwrap().len() > 1);
}

#[test]
fn a_chronology_that_is_no_text_or_too_large_hides_no_other() {
    let folder = library();
    let file = "workflows/kr-nhrck/broken.chronology.md";
    for (bytes, code) in [(b"# \xff\xfe".to_vec(), "not-utf8"), (vec![b'a'; 5 << 20], "too-large")] {
        fs::write(folder.path().join(file), bytes).unwrap();
        let label = format!("error[{code}]");
        let said = run(&folder, &["test", "workflows/kr-nhrck"]).ends(1);
        said.says(&[file, &label, "2 files: 1 of 2 fail", "ok"]);
        run(&folder, &["replay", file]).ends(3).complains(&[&label]);
    }
}

/// A library in which a clock of the Commission's procedure looks at a calendar of 2027.
fn library_with_a_calendar() -> TempDir {
    let folder = library();
    let file = folder.path().join("workflows/calendars/seoul.yaml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let calendar = "comity-calendar: 1\nname: seoul\ntitle: Seoul\nplace: Seoul\nsource: made up\n\
                    checked: 2026-11-01\ncovers: {from: 2015-01-01, until: 2027-12-31}\nweekly: [sunday]\n";
    fs::write(file, calendar).unwrap();
    spoil(
        &folder,
        "workflows/kr-nhrck/recommendation.yaml",
        "last-day-closed: stands",
        "last-day-closed: next-open-day\n    calendar: seoul",
    );
    folder
}

#[test]
fn a_calendar_that_ends_within_a_year_is_shown_with_the_clocks_that_use_it() {
    let folder = library_with_a_calendar();
    let said = run(&folder, &["check", "--now", "2027-02-01T00:00:00Z"]).fine();
    said.says(&["look the calendar `seoul` covers no day after 2027-12-31; it is used by \
         `plan-for-implementation` of kr-nhrck/recommendation"]);
    let early = run(&folder, &["check", "--now", "2026-06-01T00:00:00Z"]).fine();
    assert!(!early.out.contains("`seoul`"), "{}", early.out);
    let late = ["check", "workflows/kr-nhrck", "--json", "--now", "2027-02-01T00:00:00Z"];
    let ending = run(&folder, &late).fine().json()["calendars_ending"].clone();
    assert_eq!(ending[0]["last_day"], "2027-12-31");
    assert_eq!(ending[0]["used_by"][0]["clock"], "plan-for-implementation");
}

#[test]
fn a_calendar_with_a_flaw_fails_the_procedures_that_rest_on_it_by_name() {
    let folder = library_with_a_calendar();
    spoil(&folder, "workflows/calendars/seoul.yaml", "sunday", "sundy");
    let failed = "FAIL workflows/kr-nhrck/recommendation.yaml: rests on workflows/calendars/seoul.yaml";
    run(&folder, &["check"]).ends(3).says(&["did you mean `sunday`?", failed]);
    let document = run(&folder, &["check", "--json"]).ends(3).json();
    assert_eq!(document["held_back"][0]["because_of"][0], "workflows/calendars/seoul.yaml");
}

#[test]
fn the_formatter_writes_once_and_then_keeps() {
    let folder = library();
    run(&folder, &["fmt"]).fine();
    run(&folder, &["fmt", "--check"]).fine().says(&["0 would change"]);
    let file = "workflows/kr-nhrck/recommendation.yaml";
    spoil(&folder, file, "title:", "title:   ");
    let before = fs::read(folder.path().join(file)).unwrap();
    run(&folder, &["fmt", "--check", file]).ends(1).says(&["differs", file]);
    assert_eq!(fs::read(folder.path().join(file)).unwrap(), before);
    run(&folder, &["fmt", file]).fine().says(&["written", file]);
    run(&folder, &["fmt", "--check", file]).fine();
    run(&folder, &["check"]).fine();
    fs::write(folder.path().join(file), "a: [").unwrap();
    run(&folder, &["fmt", file]).ends(3).says(&["error["]);
    assert_eq!(fs::read(folder.path().join(file)).unwrap(), b"a: [");
}

#[test]
fn the_schema_is_one_that_editors_read() {
    let folder = tempfile::tempdir().unwrap();
    for of in ["procedure", "calendar", "counting"] {
        let schema = run(&folder, &["schema", of]).fine().json();
        assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
        assert_eq!(run(&folder, &["schema", of, "--json"]).fine().json()["schema"], schema);
    }
}

#[test]
fn a_chronology_is_told_row_by_row() {
    let folder = library();
    let file = "workflows/nz-kr/matter-2017-2020.chronology.md";
    let said = run(&folder, &["replay", file]).fine();
    let said = said.says(&[
        "The court issues a warrant of arrest",
        "warrant: none -> issued",
        "limit plan-for-implementation: ran out",
    ]);
    let document = run(&folder, &["replay", file, "--json"]).fine().json();
    assert_eq!((&document["as_written"], &document["hypothetical"]), (&true.into(), &false.into()));
    // From another folder, without a library beside it, the built-in one tells the same.
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(folder.path().join(file), elsewhere.path().join("x.chronology.md")).unwrap();
    let again = run(&elsewhere, &["replay", "x.chronology.md"]).fine();
    assert_eq!(again.out, said.out);
}

#[test]
fn refused_acts_are_told_with_their_reason() {
    let folder = library();
    run(&folder, &["replay", "workflows/nz-kr/immunity.chronology.md"]).fine().says(&["refused: `"]);
}

#[test]
fn no_colour_is_used_unless_it_is_wanted() {
    let folder = library();
    let check = |args: &[&str], settings: &[(&str, &str)], coloured: bool| {
        let said = comity(folder.path(), args, settings);
        assert_eq!(said.out.contains('\u{1b}'), coloured, "{args:?} {settings:?}");
    };
    check(&["check"], &[], false);
    check(&["check", "--color", "never"], &[], false);
    check(&["check"], &[("NO_COLOR", "1")], false);
    check(&["check", "--color", "always"], &[], true);
    check(&["check", "--json", "--color", "always"], &[], false);
    let refused = comity(folder.path(), &["check", "nowhere"], &[]);
    assert!(!refused.err.contains('\u{1b}'));
}

#[test]
fn the_answer_is_the_same_twice() {
    let folder = library();
    for args in
        [&["check", "--json"][..], &["test"], &["replay", "workflows/nz-kr/immunity.chronology.md", "--json"]]
    {
        assert_eq!(run(&folder, args).out, run(&folder, args).out, "{args:?}");
    }
}
