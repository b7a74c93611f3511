//! `comity test --junit`, `--html` and `--watch`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test"
)]

mod common;

use std::fs;

use common::{CALDERIA, Said, beside, calderia, comity};
use tempfile::TempDir;

fn run(folder: &TempDir, args: &[&str]) -> Said {
    comity(folder.path(), args, &[])
}

/// The report of a run for CI, and how the run ended.
fn junit(folder: &TempDir) -> (String, i32) {
    let said = run(folder, &["test", CALDERIA, "--junit", "report.xml"]);
    (fs::read_to_string(folder.path().join("report.xml")).unwrap(), said.code)
}

/// Whether a document has the structure that CI systems read: suites of cases, each sum that of what is in it.
#[track_caller]
fn is_junit(text: &str) -> (u64, u64, u64) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let number =
        |node: roxmltree::Node<'_, '_>, name: &str| -> u64 { node.attribute(name).unwrap().parse().unwrap() };
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        assert!(!suite.attribute("name").unwrap().is_empty());
        let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        let of = |name: &str| {
            let has = |case: &&roxmltree::Node<'_, '_>| case.children().any(|node| node.has_tag_name(name));
            cases.iter().filter(has).count() as u64
        };
        for case in &cases {
            assert_eq!(case.tag_name().name(), "testcase");
            assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
            for problem in case.children().filter(roxmltree::Node::is_element) {
                assert!(["failure", "error"].contains(&problem.tag_name().name()));
                assert!(problem.attribute("message").is_some() && problem.text().is_some());
            }
        }
        let sums = (number(suite, "tests"), number(suite, "failures"), number(suite, "errors"));
        assert_eq!(sums, (cases.len() as u64, of("failure"), of("error")));
        (tests, failures, errors) = (tests + sums.0, failures + sums.1, errors + sums.2);
    }
    let sums = (number(root, "tests"), number(root, "failures"), number(root, "errors"));
    assert_eq!(sums, (tests, failures, errors));
    sums
}

#[test]
fn ci_reads_a_suite_for_each_chronology_and_a_case_for_each_table() {
    let folder = calderia();
    let (text, code) = junit(&folder);
    assert_eq!((is_junit(&text), code), ((4, 0, 0), 0));
    let (again, _) = junit(&folder);
    assert_eq!(text, again, "the report of the same run is the same");
    // A heading with everything that XML gives a meaning to, and a byte that it cannot hold at all.
    let path = folder.path().join(CALDERIA).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    let spoilt = text.replacen("ends 2027-04-16", "ends 2027-04-15", 2).replacen(
        "## No request",
        "## <No> & \"request\" ]]> \u{1}",
        1,
    );
    fs::write(&path, spoilt).unwrap();
    let (text, code) = junit(&folder);
    assert_eq!((is_junit(&text), code), ((4, 1, 0), 1));
    let document = roxmltree::Document::parse(&text).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(failure.attribute("message").unwrap().contains("and 1 more"));
    let told = failure.text().unwrap();
    assert!(told.contains("release.chronology.md:14:") && told.contains("because length: 45 days"), "{told}");
    let case = failure.parent().unwrap();
    assert!(case.attribute("name").unwrap().starts_with("<No> & \"request\" ]]>"));
    assert_eq!(case.attribute("file").unwrap(), format!("{CALDERIA}/release.chronology.md"));
    // What cannot be read, and a procedure that does not load, are errors.
    beside(&folder, "broken.chronology.md", "# Broken\n");
    assert_eq!(is_junit(&junit(&folder).0), (5, 1, 1));
    fs::write(folder.path().join(CALDERIA).join("incoming.yaml"), "comity: 1\n").unwrap();
    let (text, code) = junit(&folder);
    assert!(is_junit(&text).2 >= 2, "{text}");
    assert_eq!(code, 3);
}

/// The HTML report, with the checks that hold for each.
#[track_caller]
fn html(folder: &TempDir, code: i32) -> String {
    run(folder, &["test", CALDERIA, "--html", "report.html"]).ends(code);
    let text = fs::read_to_string(folder.path().join("report.html")).unwrap();
    // Nothing is asked of anybody else.
    for outside in ["https:", "src=", "@import", "<script", "<link", "<iframe"] {
        assert!(!text.contains(outside), "{outside}");
    }
    // The head of an arrow lies in its own picture; the name of the language of pictures is no address to be asked.
    assert_eq!(text.matches("url(").count(), text.matches("url(#").count());
    assert_eq!(
        text.matches("http:").count(),
        text.matches("<svg xmlns=\"http://www.w3.org/2000/svg\"").count()
    );
    // It is well formed, so that a parser of XML reads it but for the first line and the elements without an end.
    let body = text.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let closed = body
        .lines()
        .map(|line| if line.starts_with("<meta") { line.replace("\">", "\"/>") } else { line.to_owned() });
    let closed = closed.collect::<Vec<_>>().join("\n");
    let document = roxmltree::Document::parse(&closed).unwrap_or_else(|error| panic!("{error}\n{closed}"));
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    for table in document.descendants().filter(|node| node.has_tag_name("table")) {
        assert!(table.children().any(|node| node.has_tag_name("caption")), "a table without a caption");
    }
    for heading in document.descendants().filter(|node| node.has_tag_name("th")) {
        assert!(heading.attribute("scope").is_some(), "a heading of nothing");
    }
    for link in document.descendants().filter_map(|node| node.attribute("href")) {
        let id = link.strip_prefix('#').unwrap();
        assert!(document.descendants().any(|node| node.attribute("id") == Some(id)), "{link} leads nowhere");
    }
    // What a colour says is said by a word and a shape too.
    for mark in document
        .descendants()
        .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("mark")))
    {
        let said = mark.text().unwrap();
        assert!(
            said.starts_with(['●', '◐', '○', '–', '✓', '✗'])
                && said.chars().filter(|c| c.is_alphabetic()).count() > 4
        );
    }
    text
}

#[test]
fn the_page_tells_what_holds_and_what_is_crossed() {
    let folder = calderia();
    let text = html(&folder, 0);
    for said in [
        "<h1>Chronologies hold</h1>",
        "1 file: all pass · 4 tables · 36 cells",
        "What is crossed of calderia-norvane/incoming",
        "<caption>Custody: stages</caption>",
        "○ not crossed",
        "treaty 10",
        "– no rule",
        "act court-finds-a-bar: when any mandatory ground applies",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let path = folder.path().join(CALDERIA).join("release.chronology.md");
    let chronology = fs::read_to_string(&path).unwrap();
    let spoilt = chronology.replacen("ends 2027-04-16", "ends 2027-04-15", 1).replacen(
        "# Release",
        "# <script>Release",
        1,
    );
    fs::write(&path, spoilt).unwrap();
    beside(&folder, "broken.chronology.md", "# Broken\n");
    let text = html(&folder, 1);
    for said in [
        "<h1>Chronologies do not all hold</h1>",
        "release.chronology.md:14:",
        "ends 2027-04-15",
        "length: 45 days",
        "cannot be read",
        "error[bad-header]",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

/// Of each element that a picture marks so: what is said of it.
fn marked(page: &str, class: &str) -> Vec<String> {
    let mut said = Vec::new();
    for picture in page.split("<svg ").skip(1) {
        let picture = format!("<svg {}</svg>", picture.split_once("</svg>").unwrap().0);
        let document = roxmltree::Document::parse(&picture).unwrap();
        let of_it = document.descendants().filter(|node| node.attribute("class") == Some(class));
        let titles = of_it.filter_map(|node| node.children().find(|child| child.has_tag_name("title")));
        said.extend(titles.filter_map(|title| title.text().map(str::to_owned)));
    }
    said
}

#[test]
fn each_track_is_drawn_with_what_is_crossed_and_told_in_tables_beside_it() {
    let folder = calderia();
    let page = html(&folder, 0);
    let (crossed, not) = (marked(&page, "crossed"), marked(&page, "not-crossed"));
    let has = |among: &[String], wanted: &str| {
        assert!(among.iter().any(|one| one.starts_with(wanted)), "`{wanted}` is not among {among:#?}");
    };
    has(&crossed, "Stage: Before the court – ✓ crossed");
    has(&crossed, "The court finds that the person may be extradited: from Before the court to");
    has(
        &crossed,
        "Time runs out: The request with its documents arrives: from Held provisionally to Release due",
    );
    has(&not, "Stage: Withdrawn, outcome: withdrawn – ▲ not crossed");
    has(&not, "The court finds a bar: from Before the court to Refused (treaty 11(1)) – ▲ not crossed");
    has(&not, "Time runs out: The person is handed over: from Held for extradition to Release due");
    // One rule may be crossed from one stage and not from another.
    has(&crossed, "The person is arrested: from Not arrested to Held provisionally");
    has(&not, "The person is arrested: from At liberty to Held for extradition");
    assert!(
        crossed.iter().all(|one| one.ends_with("✓ crossed"))
            && not.iter().all(|one| one.ends_with("▲ not crossed"))
    );
    assert!(page.contains("stroke-dasharray"), "not by colour alone");
    assert!(
        page.contains("<caption>Custody: moves</caption>")
            && page.contains("<caption>Custody: stages</caption>")
    );
    // A table in which the request is withdrawn crosses it in the picture too.
    let rows = ["2027-03-02 09:00 | withdrawn | withdrawn"];
    beside(&folder, "withdrawn.chronology.md", &common::markdown("when | what happened | request", &rows));
    let page = html(&folder, 0);
    has(&marked(&page, "crossed"), "Stage: Withdrawn, outcome: withdrawn");
    has(
        &marked(&page, "crossed"),
        "Calderia withdraws the request: from Awaiting formal request to Withdrawn",
    );
    has(&marked(&page, "not-crossed"), "Calderia withdraws the request: from Being checked to Withdrawn");
}

#[test]
fn a_track_too_large_to_be_drawn_leaves_its_tables_on_the_page() {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("incoming.yaml");
    let file = fs::read_to_string(&path).unwrap();
    let stages: String = (0..24).map(|at| format!("      room-{at}: {{title: Room {at}}}\n")).collect();
    let track = format!(
        "  house:\n    title: House\n    starts: room-0\n    stages:\n{stages}      out: {{title: Out, final: out}}\n"
    );
    let names: Vec<String> = (0..24).map(|at| format!("room-{at}")).collect();
    let acts: String = names.iter().enumerate().map(|(at, name)| {
        let from = names.iter().filter(|other| *other != name).cloned().collect::<Vec<_>>().join(" or ");
        format!("  go-{at}: {{title: Go to {at}, by: requested/police, moves: {{house: {from} -> {name}}}, cite: treaty 9(3)}}\n")
    }).collect();
    let acts = format!(
        "{acts}  leave: {{title: Leave, by: requested/police, moves: {{house: room-0 -> out}}, cite: treaty 9(3)}}\n"
    );
    let file = file.replacen("\ntracks:\n", &format!("\ntracks:\n{track}"), 1);
    fs::write(&path, file.replacen("\nacts:\n", &format!("\nacts:\n{acts}"), 1)).unwrap();
    let page = html(&folder, 0);
    assert!(
        page.contains("No picture: the track `house` has 25 stages")
            && page.contains("<caption>House: moves</caption>")
    );
}

#[test]
fn a_report_that_cannot_be_written_is_said() {
    let folder = calderia();
    for option in ["--junit", "--html"] {
        run(&folder, &["test", CALDERIA, option, "nowhere/report"])
            .ends(2)
            .complains(&["nowhere/report", "cannot be used"]);
        run(&folder, &["test", CALDERIA, option, "library"])
            .ends(2)
            .complains(&["library", "cannot be used"]);
    }
}

/// A run that goes on, and the lines that it says.
struct Watching {
    child: std::process::Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Watching {
    fn start(folder: &TempDir) -> Self {
        use std::io::BufRead as _;
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(folder.path())
            .args(["test", CALDERIA, "--watch"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines }
    }

    /// Waits for the last line of a run. The limit is far beyond any run, so that only a run that never comes fails.
    #[track_caller]
    fn ends_with(&self, wanted: &str) {
        loop {
            let line = self.lines.recv_timeout(std::time::Duration::from_mins(2)).expect("no run came");
            if line.contains(" · ") && line.contains(": ") && line.contains("table") {
                assert!(line.contains(wanted), "{line}");
                return;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It ends only when it is ended.
        let _ = self.child.kill().and_then(|()| self.child.wait().map(drop));
    }
}

#[test]
fn a_file_that_changes_is_tested_again() {
    let folder = calderia();
    let path = folder.path().join(CALDERIA).join("release.chronology.md");
    let text = fs::read_to_string(&path).unwrap();
    let watching = Watching::start(&folder);
    watching.ends_with("1 file: all pass");
    fs::write(&path, text.replacen("ends 2027-04-16", "ends 2027-04-15", 1)).unwrap();
    watching.ends_with("1 of 1 fail");
    // A new file, and one that an editor moves into its place.
    fs::write(folder.path().join(CALDERIA).join("new"), &text).unwrap();
    fs::rename(folder.path().join(CALDERIA).join("new"), &path).unwrap();
    watching.ends_with("1 file: all pass");
    // The procedure and its calendar are read anew too.
    let calendar = folder.path().join("library/calendars/norvane-courts.yaml");
    let was = fs::read_to_string(&calendar).unwrap();
    fs::write(&calendar, was.replace("[saturday, sunday]", "[saturday, sunday, monday]")).unwrap();
    watching.ends_with("1 of 1 fail");
    drop(watching);
    run(&folder, &["test", CALDERIA, "--watch", "--changes", "--write"])
        .ends(2)
        .complains(&["--watch", "--write"]);
}
