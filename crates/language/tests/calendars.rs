//! Calendar files: closed days of every year, spans that follow one another, and what is told of a bad one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use comity_core::time::{Calendar, Day};
use comity_language::library::{Disk, InMemory, load};
use comity_language::{Source, read_calendar};

/// A calendar of two made-up years, with what else is said of them.
fn text(more: &str) -> String {
    format!(
        "comity-calendar: 1\nname: osmark\ntitle: Osmark\nplace: Osmark\nsource: made up\nchecked: 2026-11-01\n{more}\n"
    )
}

const TWO_YEARS: &str = "covers: {from: 2027-01-01, until: 2028-12-31}\nweekly: sunday\n";

fn calendar(more: &str) -> Calendar {
    let (calendar, told) = read_calendar(&Source::new("calendars/osmark.yaml", text(more)));
    assert!(told.is_empty(), "{told:?}");
    calendar.unwrap()
}

/// What is told of a bad calendar: line, column, code and message.
fn told(more: &str) -> Vec<(usize, usize, &'static str, String)> {
    let (calendar, told) = read_calendar(&Source::new("calendars/osmark.yaml", text(more)));
    assert_eq!(calendar, None, "{more}");
    told.into_iter().map(|one| (one.line, one.column, one.code.word(), one.message)).collect()
}

fn is_open(calendar: &Calendar, day: &str) -> bool {
    calendar.is_open(day.parse::<Day>().unwrap()).unwrap()
}

#[test]
fn a_yearly_rule_closes_its_day_in_every_year_covered() {
    let calendar = calendar(&format!(
        "{TWO_YEARS}yearly:\n  12-25: Yule\n  easter-2: Good Friday\n  last monday of august: Harvest\n  02-29: Leap day\n"
    ));
    let closed =
        ["2027-12-25", "2028-12-25", "2027-03-26", "2028-04-14", "2027-08-30", "2028-08-28", "2028-02-29"];
    for day in closed {
        assert!(!is_open(&calendar, day), "{day}");
        let before = day.parse::<Day>().unwrap().plus_days(-1).unwrap();
        assert!(calendar.is_open(before).unwrap() || before.weekday().word() == "Sunday", "{before}");
    }
    assert!(calendar.is_open("2029-01-01".parse().unwrap()).is_err(), "the years after are not covered");
}

#[test]
fn a_day_that_is_open_is_open_whatever_closes_it() {
    let calendar = calendar(&format!(
        "{TWO_YEARS}yearly: {{12-25: Yule}}\nopen: {{2027-12-25: a sitting, 2027-06-06: a sitting on a Sunday}}\n"
    ));
    assert!(is_open(&calendar, "2027-12-25") && is_open(&calendar, "2027-06-06"));
    assert!(!is_open(&calendar, "2028-12-25") && !is_open(&calendar, "2027-06-13"));
}

#[test]
fn spans_that_follow_one_another_cover_both() {
    let covers = "covers: [{from: 2026-01-01, until: 2026-12-31}, {from: 2027-01-01, until: 2027-12-31}]\n";
    let calendar = calendar(covers);
    assert_eq!(
        (calendar.from.to_string(), calendar.until.to_string()),
        ("2026-01-01".into(), "2027-12-31".into())
    );
}

#[test]
fn spans_that_overlap_or_leave_a_gap_are_told_where_they_begin() {
    let covers = |second: &str| format!("covers:\n- {{from: 2026-01-01, until: 2026-12-31}}\n- {second}\n");
    assert_eq!(
        told(&covers("{from: 2026-12-31, until: 2027-12-31}")),
        [(
            9,
            10,
            "bad-calendar",
            "2026-12-31 is covered already: the span before goes on until 2026-12-31".to_owned()
        )]
    );
    assert_eq!(
        told(&covers("{from: 2027-01-02, until: 2027-12-31}")),
        [(9, 10, "bad-calendar", "nothing covers the days between 2026-12-31 and 2027-01-02".to_owned())]
    );
    assert_eq!(told("covers: {from: 2027-01-01, until: 2026-12-31}")[0].2, "bad-calendar");
}

#[test]
fn a_yearly_key_that_names_no_day_is_told() {
    for key in ["12-32", "easter*2", "fifth monday of june", "first mondy of june", "yule"] {
        let wrong = told(&format!("{TWO_YEARS}yearly:\n  {key}: x\n"));
        assert_eq!(wrong, [(10, 3, "bad-calendar", format!("`{key}` names no day of the year"))]);
    }
}

#[test]
fn a_calendar_that_is_missing_is_told_at_the_clock_that_needs_it() {
    let files = common::changed(common::EXTRADITION, &[("calendar: calderia", "calendar: osmark")]);
    let library = load(&files);
    let told: Vec<_> =
        library.diagnostics.iter().map(|one| (one.code.word(), one.message.as_str())).collect();
    let message = "there is no calendar `osmark`: `calendars/osmark.yaml` does not exist";
    assert_eq!(told, [("missing-file", message)]);
    assert!(library.procedure("norvane-calderia/extradition").is_none());
    let found = load(&files.with("calendars/osmark.yaml", text(TWO_YEARS)));
    assert!(found.procedure("norvane-calderia/extradition").is_some(), "{:?}", found.diagnostics);
}

#[test]
fn a_calendar_is_called_as_its_file() {
    let library = load(&InMemory::default().with("calendars/other.yaml", text(TWO_YEARS)));
    assert_eq!(library.diagnostics[0].code.word(), "wrong-path");
    assert!(library.calendars.is_empty());
}

#[test]
fn the_shipped_calendars_close_the_days_that_are_published() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");
    let library = load(&Disk::new(folder));
    let find = |name: &str| library.calendars.iter().find(|calendar| calendar.name == name).unwrap();
    // Closed days of a year that are not closed as a day of the week.
    let closed = |name: &str, year: i16| {
        let calendar = find(name);
        let all = calendar.closed.iter().filter(|day| day.year() == year);
        let days = all.filter(|day| !calendar.weekly.contains(&day.weekday()));
        days.map(|day| day.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(closed("england-and-wales", 2026), "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28");
    assert_eq!(closed("england-and-wales", 2027), "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28");
    assert_eq!(closed("ca-federal", 2026), "01-01 04-03 04-06 05-18 07-01 09-07 09-30 10-12 11-11 12-25");
    assert_eq!(closed("ca-federal", 2027), "01-01 03-26 03-29 05-24 07-01 09-06 09-30 10-11 11-11 12-25");
    let christmas = "12-28 12-29 12-30 12-31";
    let first = "01-01 01-02 02-06 04-03 04-06 04-27 06-01 07-10 10-26 12-25";
    assert_eq!(closed("nz", 2026), format!("{first} {christmas}"));
    let second = "01-01 01-04 02-08 03-26 03-29 04-26 06-07 06-25 10-25 12-27";
    assert_eq!(closed("nz", 2027), format!("{second} {christmas}"));
}
