//! A bundle of evidence of a case that went over to other procedures, as an office makes it and as somebody may spoil it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;
#[path = "../../verify/tests/forging/mod.rs"]
mod forging;

use std::fs;
use std::path::PathBuf;

use comity_verify::{Bundle, Held, Wrong, read_bundle};
use common::{CALDERIA, OPENING, Said, calderia, comity};
use forging::{Files, lines, member, payload, summed_anew, unzipped, with_payload, zipped};
use tempfile::TempDir;

const PROCEDURE: &str = "calderia-norvane/incoming";
const THEN: &str = "2027-03-20T12:00:00Z";

const HEAD: &str = "\
comity-plan: 1
from: {procedure: calderia-norvane/incoming, version: FROM}
to: {procedure: calderia-norvane/incoming, version: TO}
authority: Foreign ministry desk of Norvane
reason: the protocol of 2027 applies to requests that run
cite: treaty 12
";
const FORTH: &str = "\
tracks:
  request: {stages: {checked: examined}}
clocks:
  formal-request: {end: later, cite: treaty 9(4)}
acts:
  told: calderia-told
";
const BACK: &str = "\
tracks:
  request: {stages: {examined: checked}}
clocks:
  formal-request: {end: keep, cite: treaty 9(4)}
acts:
  calderia-told: told
";
const ON: &str = "\
clocks:
  formal-request: {end: keep, cite: treaty 9(4)}
";

/// An office in which the case `EX-1` was opened under edition 3, with an arrest as its second entry.
struct Desk {
    folder: TempDir,
    /// The text of edition 3.
    third: String,
}

impl Desk {
    fn new() -> Self {
        let folder = calderia();
        let third = fs::read_to_string(folder.path().join(CALDERIA).join("incoming.yaml")).unwrap();
        let desk = Self { folder, third };
        desk.run(&["init"]).fine();
        desk.run(&["matter", "open", "M-1", "--title", "Made up", "--now", OPENING]).fine();
        let case = ["case", "open", "EX-1", "--matter", "M-1", "--procedure", PROCEDURE];
        let more = ["--title", "DOE, Ann", "--since", "2027-03-01", "--now", OPENING];
        desk.run(&[&case[..], &more[..]].concat()).fine();
        let arrested = ["act", "EX-1", "arrested", "--when", "2027-03-02 09:00"];
        desk.run(&[&arrested[..], &["--now", "2027-03-02T10:00:00Z"]].concat()).fine();
        desk
    }

    /// With a case that went over to edition 4 by its third entry and to edition 5 by its fourth.
    fn twice() -> Self {
        let desk = Self::new();
        desk.goes(3, 4, FORTH, &desk.fourth(), "2027-03-10T12:00:00Z");
        desk.goes(4, 5, ON, &desk.fifth(), "2027-03-12T12:00:00Z");
        desk
    }

    fn run(&self, args: &[&str]) -> Said {
        comity(self.folder.path(), args, &[("COMITY_WORKFLOWS", "library")])
    }

    /// Another stage and act, and sixty days.
    fn fourth(&self) -> String {
        let text =
            self.third.replace("version: 3", "version: 4").replace("length: 45 days", "length: 60 days");
        let text = text.replace("      checked: Being checked", "      examined: Being examined");
        let text = text.replace("awaited -> checked", "awaited -> examined");
        let text = text.replace("checked -> before-court", "examined -> before-court");
        text.replace("  told:\n", "  calderia-told:\n").replace("met-by: told", "met-by: calderia-told")
    }

    fn fifth(&self) -> String {
        self.fourth().replace("version: 4", "version: 5").replace("length: 60 days", "length: 70 days")
    }

    /// The case goes over from an edition to another one, which is `text`.
    fn goes(&self, from: u32, to: u32, plan: &str, text: &str, now: &str) {
        fs::write(self.folder.path().join(CALDERIA).join("incoming.yaml"), text).unwrap();
        let head = HEAD.replace("FROM", &from.to_string()).replace("TO", &to.to_string());
        fs::write(self.folder.path().join("plan.yaml"), head + plan).unwrap();
        self.run(&["migrate", "plan.yaml", "--now", now]).fine().says(&["1 case: 1 went over"]);
    }

    fn bundle(&self, more: &[&str]) -> PathBuf {
        let path = self.folder.path().join("out.zip");
        let _ = fs::remove_file(&path);
        let args = ["audit", "bundle", "EX-1", "--now", THEN, "--out", "out.zip"];
        self.run(&[&args[..], more].concat()).fine();
        path
    }

    /// What is said of these files as a bundle, with a manifest that fits them.
    fn check(&self, files: &Files) -> Result<Bundle, Wrong> {
        let path = self.folder.path().join("spoiled.zip");
        fs::write(&path, zipped(files)).unwrap();
        read_bundle(&path, Held::default())
    }
}

/// The folder of each procedure, its edition, and the entries by which the case came under it.
fn told(found: &Bundle) -> Vec<(&str, u32, &[u32])> {
    assert!(found.procedures.iter().all(|one| one.name == PROCEDURE && one.is_covered), "{found:?}");
    found.procedures.iter().map(|one| (one.folder.as_str(), one.version, one.since.as_slice())).collect()
}

fn text(files: &Files, name: &str) -> String {
    let found = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
    String::from_utf8(found.clone()).unwrap()
}

#[track_caller]
fn holds(files: &Files, name: &str, wanted: &[&str]) {
    let flat = text(files, name).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in wanted {
        assert!(flat.contains(part), "`{part}` is not in {name}:\n{flat}");
    }
}

/// The top folders of procedures.
fn folders(files: &Files) -> Vec<&str> {
    let top = files.keys().filter_map(|name| Some(name.split_once('/')?.0));
    let mut all: Vec<&str> = top.filter(|top| top.starts_with("procedure")).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn each_procedure_that_the_case_ran_under_is_proved() {
    let desk = Desk::twice();
    let path = desk.bundle(&[]);
    let found = read_bundle(&path, Held::default()).unwrap();
    assert_eq!((found.entries, found.without_text.len()), (4, 0));
    let all: [(&str, u32, &[u32]); 3] =
        [("procedure/", 3, &[1]), ("procedure-2/", 4, &[3]), ("procedure-3/", 5, &[4])];
    assert_eq!(told(&found), all);

    let files = unzipped(&path);
    for (folder, said) in
        [("procedure", &desk.third), ("procedure-2", &desk.fourth()), ("procedure-3", &desk.fifth())]
    {
        assert_eq!(&text(&files, &format!("{folder}/{PROCEDURE}.yaml")), said, "{folder}");
    }
    assert!(lines(&files)[0].starts_with(r#"{"comity":"bundle","format":2,"#));
    holds(
        &files,
        "README.txt",
        &[
            "procedure/ the rules under which the case was opened",
            "procedure-2/ the rules that it went over to by entry 3",
            "procedure-3/ the rules that it went over to by entry 4",
        ],
    );
}

#[test]
fn the_pages_say_under_which_procedure_the_case_ran_and_from_when() {
    let desk = Desk::twice();
    let files = unzipped(&desk.bundle(&[]));
    holds(
        &files,
        "case.html",
        &[
            "opened under",
            "(calderia-norvane/incoming, edition 3)",
            "(calderia-norvane/incoming, edition 4), by entry 3, Wednesday 10 March 2027 12:00 (Lisbon)",
            "(calderia-norvane/incoming, edition 5), by entry 4, Friday 12 March 2027 12:00 (Lisbon)",
        ],
    );
    let page = text(&files, "clocks.html");
    let under = |edition: u32| page.find(&format!("edition {edition})")).unwrap();
    let (third, fourth) = (&page[under(3)..under(4)], &page[under(4)..under(5)]);
    assert!(third.contains("as it stood when the case left it by entry 3"), "{third}");
    assert!(third.contains("45 days") && !third.contains("60 days"), "{third}");
    assert!(fourth.contains("60 days") && fourth.contains("the later of two ends"), "{fourth}");
    let fifth = &page[under(5)..];
    assert!(
        fifth.contains("to which it went over by entry 4") && fifth.contains("the end stands"),
        "{fifth}"
    );
}

#[test]
fn a_procedure_to_which_a_case_came_back_is_there_once() {
    let desk = Desk::new();
    desk.goes(3, 4, FORTH, &desk.fourth(), "2027-03-10T12:00:00Z");
    desk.goes(4, 3, BACK, &desk.third, "2027-03-12T12:00:00Z");
    let path = desk.bundle(&[]);
    let files = unzipped(&path);
    let all: [(&str, u32, &[u32]); 2] = [("procedure/", 3, &[1, 4]), ("procedure-2/", 4, &[3])];
    assert_eq!(told(&read_bundle(&path, Held::default()).unwrap()), all);
    assert_eq!(folders(&files), ["procedure", "procedure-2"]);
    holds(&files, "README.txt", &["the rules under which the case was opened, and again by entry 4"]);

    // Of the opening nothing is shown: the first that is named is the one in between.
    let path = desk.bundle(&["--withhold", "1"]);
    let all: [(&str, u32, &[u32]); 2] = [("procedure-2/", 4, &[3]), ("procedure-3/", 3, &[4])];
    assert_eq!(told(&read_bundle(&path, Held::default()).unwrap()), all);
    // Of the way there nothing is shown.
    let path = desk.bundle(&["--withhold", "3"]);
    let all: [(&str, u32, &[u32]); 1] = [("procedure/", 3, &[1, 4])];
    assert_eq!(told(&read_bundle(&path, Held::default()).unwrap()), all);
}

#[test]
fn a_procedure_that_a_withheld_entry_names_is_nowhere() {
    let desk = Desk::twice();
    let nowhere = |files: &Files, hidden: &[&str]| {
        for (name, bytes) in files.iter().filter(|(name, _)| *name != "FORMAT.md") {
            let all = String::from_utf8_lossy(bytes);
            for told in hidden {
                assert!(!all.contains(told), "{name} tells `{told}`");
            }
        }
        let beside = lines(files).into_iter().filter(|line| line.contains(r#""key":null"#));
        let beside = beside.filter(|line| member(line, "payload") != "null").map(|line| payload(&line));
        beside.filter(|said| said.contains("procedure-registered")).collect::<Vec<_>>()
    };
    let path = desk.bundle(&["--withhold", "3"]);
    let files = unzipped(&path);
    assert_eq!(nowhere(&files, &["edition 4", "version: 4", "60 days"]).len(), 2);
    let all: [(&str, u32, &[u32]); 2] = [("procedure/", 3, &[1]), ("procedure-2/", 5, &[4])];
    assert_eq!(told(&read_bundle(&path, Held::default()).unwrap()), all);

    // Where no way over is shown, the bundle is what it is of a case that never went over.
    let path = desk.bundle(&["--withhold", "3,4"]);
    let files = unzipped(&path);
    assert!(lines(&files)[0].starts_with(r#"{"comity":"bundle","format":1,"#));
    assert_eq!(
        nowhere(&files, &["edition 4", "edition 5", "version: 4", "version: 5", "went over"]).len(),
        1
    );
    assert_eq!(folders(&files), ["procedure"]);
    holds(&files, "case.html", &["<dt>procedure</dt>", "edition 3"]);
    let found = read_bundle(&path, Held::default()).unwrap();
    assert_eq!((told(&found).len(), found.withheld), (1, vec![3, 4]));

    let path = desk.bundle(&["--redact"]);
    let hidden = ["calderia", "edition", "went over", "DOE, Ann"];
    assert_eq!(nowhere(&unzipped(&path), &hidden), [""; 0]);
    assert_eq!(read_bundle(&path, Held::default()).unwrap().procedures, []);
}

/// A checkpoint of before the case went over proves neither that it did nor the text; it is not said to.
#[test]
fn a_text_behind_the_checkpoint_is_not_called_proved() {
    let desk = Desk::new();
    desk.run(&["audit", "key", "secret", "--name", "calderia.example/comity"]).fine();
    let note = desk.run(&["audit", "checkpoint", "--key", "secret"]).fine().out;
    fs::write(desk.folder.path().join("older.checkpoint"), note).unwrap();
    desk.goes(3, 4, FORTH, &desk.fourth(), "2027-03-10T12:00:00Z");
    let found = read_bundle(&desk.bundle(&["--checkpoint", "older.checkpoint"]), Held::default()).unwrap();
    let covered: Vec<bool> = found.procedures.iter().map(|one| one.is_covered).collect();
    assert_eq!((found.uncovered, covered), (vec![3], vec![true, false]));
}

/// Whatever somebody does to the texts, with the manifest made anew, is named.
#[test]
fn a_text_that_is_changed_taken_away_or_put_in_is_the_first_thing_that_is_wrong() {
    let desk = Desk::twice();
    let files = unzipped(&desk.bundle(&[]));
    desk.check(&files).unwrap();
    let yaml = |folder: &str| format!("{folder}/{PROCEDURE}.yaml");
    let refused = |spoil: &dyn Fn(&mut Files), wanted: &str| {
        let mut spoiled = files.clone();
        spoil(&mut spoiled);
        let wrong = desk.check(&spoiled).unwrap_err();
        assert!(wrong.is_about_the_record(), "{wrong}");
        assert!(wrong.to_string().contains(wanted), "`{wanted}` is not in `{wrong}`");
    };
    for folder in ["procedure", "procedure-2", "procedure-3"] {
        let altered = format!("file {folder}/: the texts are not those that were recorded");
        refused(&|files| files.get_mut(&yaml(folder)).unwrap().push(b'\n'), &altered);
        refused(&|files| drop(files.remove(&yaml(folder))), &altered);
        refused(&|files| drop(files.insert(format!("{folder}/more.md"), Vec::new())), &altered);
        let gone = format!("file {folder}/: the texts that were recorded are not there");
        refused(&|files| files.retain(|name, _| !name.starts_with(&format!("{folder}/"))), &gone);
    }
    let swap = |files: &mut Files| {
        let second = files.remove(&yaml("procedure-2")).unwrap();
        let third = files.insert(yaml("procedure-3"), second).unwrap();
        files.insert(yaml("procedure-2"), third);
    };
    refused(&swap, "file procedure-2/: the texts are not those that were recorded");
    for more in ["procedure-4/incoming.yaml", "procedure-1/a", "procedure-x/a", "procedure-02/a"] {
        let wanted =
            format!("file {more}: it is in a folder for a procedure, and no entry here holds its text");
        refused(&|files| drop(files.insert(more.to_owned(), Vec::new())), &wanted);
    }
}

/// Whatever somebody does to the log, with sums and manifest made anew, is named.
#[test]
fn a_log_that_tells_of_other_procedures_is_refused() {
    let desk = Desk::twice();
    let files = unzipped(&desk.bundle(&[]));
    let whole = lines(&files);
    // The first line, four entries, three texts.
    assert_eq!(whole.len(), 1 + 4 + 3);
    let with = |lines: &[String], folders: &[&str]| {
        let mut files = files.clone();
        files.insert("log.jsonl".into(), summed_anew(lines));
        files.retain(|name, _| {
            let folder = name.split_once('/').map_or("", |(folder, _)| folder);
            !folder.starts_with("procedure") || folders.contains(&folder)
        });
        desk.check(&files)
    };
    let all = ["procedure", "procedure-2", "procedure-3"];
    with(&whole, &all).unwrap();
    let refused = |lines: &[String], folders: &[&str], wanted: &str| {
        let wrong = with(lines, folders).unwrap_err();
        assert!(wrong.to_string().contains(wanted), "`{wanted}` is not in `{wrong}`");
    };
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = whole.clone();
        change(&mut lines);
        lines
    };
    let not_beside = "the text of the procedure that it names is not beside the entries";
    let without = changed(&|lines| drop(lines.remove(6)));
    let in_order = "line 7 of log.jsonl, entry 1: it is not the procedure that is named next";
    refused(&without, &["procedure", "procedure-2"], &format!("line 4 of log.jsonl, entry 3: {not_beside}"));
    let without = changed(&|lines| drop(lines.remove(7)));
    refused(&without, &["procedure", "procedure-2"], &format!("line 5 of log.jsonl, entry 4: {not_beside}"));
    let without = changed(&|lines| drop(lines.remove(5)));
    refused(&without, &["procedure", "procedure-2"], &format!("line 2 of log.jsonl, entry 1: {not_beside}"));
    refused(&changed(&|lines| lines.swap(6, 7)), &all, in_order);
    let again = changed(&|lines| lines.push(lines[6].clone()));
    refused(&again, &all, "line 9 of log.jsonl, entry 1: no entry that is shown names it");

    // Another text under the same meaning, with a hash that fits: nothing proves it, wherever it says to stand.
    let other = payload(&whole[6]).replace("60 days", "61 days");
    let forged = |line: &str| with_payload(line, other.as_bytes());
    let put = |line: String| changed(&|lines| lines[6] = line.clone());
    let mut texts = files.clone();
    let yaml = format!("procedure-2/{PROCEDURE}.yaml");
    let said = text(&files, &yaml).replace("60 days", "61 days");
    texts.insert(yaml, said.into_bytes());
    let with_it = |line: String| {
        let mut files = texts.clone();
        files.insert("log.jsonl".into(), summed_anew(&put(line)));
        desk.check(&files).unwrap_err().to_string()
    };
    let wrong = with_it(forged(&whole[6]));
    assert!(wrong.contains("line 7 of log.jsonl, entry 1: its proof does not lead to the root"), "{wrong}");
    let proof = &whole[6][whole[6].find("\"proof\":").unwrap()..whole[6].find(",\"sum\"").unwrap()];
    let position = format!("\"position\":{}", member(&whole[6], "position"));
    let behind = forged(&whole[6]).replace(proof, "\"proof\":null").replace(&position, "\"position\":99999");
    let wrong = with_it(behind);
    assert!(wrong.contains("line 7 of log.jsonl, entry 1: a procedure that was recorded behind"), "{wrong}");
}

/// What a format does not have room for is not slipped into it, and an older bundle says that it has not everything.
#[test]
fn the_format_says_what_a_bundle_must_hold() {
    let desk = Desk::twice();
    let files = unzipped(&desk.bundle(&[]));
    let whole = lines(&files);
    let in_format = |files: &Files, format: &str, take: usize| {
        let mut lines: Vec<String> = lines(files).into_iter().take(take).collect();
        let at = lines[0].find(",\"store\"").unwrap();
        lines[0] = format!("{{\"comity\":\"bundle\",\"format\":{format}{}", &lines[0][at..]);
        let mut files = files.clone();
        files.insert("log.jsonl".into(), summed_anew(&lines));
        files
    };
    let wrong = desk.check(&in_format(&files, "1", whole.len())).unwrap_err().to_string();
    assert!(wrong.contains("file procedure-2/") && wrong.contains("no entry here holds its text"), "{wrong}");
    // As it was made before there was a format 2: the first text alone.
    let mut older = in_format(&files, "1", 6);
    older.retain(|name, _| !name.starts_with("procedure-"));
    let found = desk.check(&older).unwrap();
    assert_eq!((told(&found).len(), found.without_text), (1, vec![3, 4]));
    let wrong = desk.check(&in_format(&older, "2", 6)).unwrap_err().to_string();
    assert!(wrong.contains("entry 3: the text of the procedure that it names is not beside"), "{wrong}");

    for newer in ["3", "4294967295"] {
        let wrong = desk.check(&in_format(&files, newer, whole.len())).unwrap_err();
        assert!(!wrong.is_about_the_record(), "{wrong}");
        assert!(wrong.to_string().contains(&format!("has format {newer}, which is newer")), "{wrong}");
    }
    let wrong = desk.check(&in_format(&files, "0", whole.len())).unwrap_err().to_string();
    assert!(wrong.contains("line 1 of log.jsonl: a line that is not as a writer writes it"), "{wrong}");
    let unmoved = Desk::new();
    let files = unzipped(&unmoved.bundle(&[]));
    unmoved.check(&files).unwrap();
    assert!(lines(&files)[0].starts_with(r#"{"comity":"bundle","format":1,"#));
    let wrong = unmoved.check(&in_format(&files, "2", 9)).unwrap_err().to_string();
    assert!(wrong.contains("line 1 of log.jsonl: it has the format of a case that went over"), "{wrong}");
    // A folder that looks like one of a procedure proves nothing in format 1 either.
    let mut more = files.clone();
    more.insert("procedure-2/incoming.yaml".into(), Vec::new());
    let wrong = unmoved.check(&more).unwrap_err().to_string();
    assert!(wrong.contains("file procedure-2/incoming.yaml: it is in a folder for a procedure"), "{wrong}");

    // Another text under the same meaning, said to stand where the tree does not reach.
    let mut whole = lines(&files);
    let last = whole.pop().unwrap();
    let other = payload(&last).replace("45 days", "46 days");
    let proof = &last[last.find("\"proof\":").unwrap()..last.find(",\"sum\"").unwrap()];
    let position = format!("\"position\":{}", member(&last, "position"));
    let behind = with_payload(&last, other.as_bytes()).replace(proof, "\"proof\":null");
    whole.push(behind.replace(&position, "\"position\":99999"));
    let mut forged = files.clone();
    forged.insert("log.jsonl".into(), summed_anew(&whole));
    let yaml = format!("procedure/{PROCEDURE}.yaml");
    forged.insert(yaml.clone(), text(&files, &yaml).replace("45 days", "46 days").into_bytes());
    let wrong = unmoved.check(&forged).unwrap_err().to_string();
    assert!(wrong.contains("line 4 of log.jsonl, entry 1: a procedure that was recorded behind"), "{wrong}");
}
