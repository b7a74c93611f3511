//! Figures against the fold: whatever happens to cases, the tables tell it, and the ledger balances.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use comity_core::Asked;
use comity_core::id::CaseId;
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Day, Moment};
use comity_language::library::{Disk, load};
use comity_statistics::{By, Cell, Figures, Life, Panel, Period, Question, Step, Table};
use comity_testkit::histories::{History, Shape, histories};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config;

fn procedure() -> SharedProcedure {
    load(&Disk::new("../../workflows")).procedure("nz-kr/extradition").unwrap().procedure.clone()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn whole(from: &str, to: &str, step: Step) -> Question {
    let period = Period::new(day(from), day(to)).unwrap();
    Question { period, step, by: By::Procedure, with_references: true }
}

fn figures(panel: Panel, lives: &[Life], question: &Question) -> Table {
    let mut figures = Figures::new(panel, *question).unwrap();
    for life in lives {
        figures.add(life);
    }
    figures.table()
}

/// Everything that is recorded is known, and the moment is after all of it.
fn late() -> Asked {
    Asked::at("2040-01-01T00:00:00Z".parse().unwrap())
}

fn life(history: &History, number: u128) -> Life {
    let view = comity_core::fold(&history.procedure, &history.entries, late());
    let mut life = Life::of(CaseId(uuid::Uuid::from_u128(number)), &view, &history.entries).unwrap();
    life.reference = format!("EX-{number}");
    life
}

fn number(table: &Table, row: usize, column: &str) -> i64 {
    match table.rows[row].get(column) {
        Some(Cell::Number(number)) => *number,
        other => unreachable!("{column}: {other:?}"),
    }
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_case_stood_on_each_day_where_the_fold_says(history in histories(&procedure(), Shape::from(day("2027-03-02")))) {
        let life = life(&history, 1);
        let zone = &history.procedure.home().zone;
        for moment in &history.moments {
            let on = zone.day_at(*moment);
            let end = Moment::from_unix_microseconds(zone.end_of(on).as_unix_microseconds() - 1).unwrap();
            let view = comity_core::fold(&history.procedure, &history.entries, Asked { at: end, known_at: late().known_at });
            for track in view.tracks() {
                let spells = life.spells.iter().filter(|spell| spell.track == track.name.as_str());
                let there: Vec<&str> = spells
                    .filter(|spell| spell.from <= on && spell.until.is_none_or(|until| until > on))
                    .map(|spell| spell.stage.as_str())
                    .collect();
                prop_assert_eq!(there, vec![track.stage_name.as_str()], "{} on {}", track.name, on);
            }
        }
    }

    #[test]
    fn the_ledger_balances_and_one_period_begins_as_the_last_ended(
        all in vec(histories(&procedure(), Shape::from(day("2027-03-02"))), 1..6)
    ) {
        let lives: Vec<Life> = all.iter().zip(1..).map(|(history, number)| life(history, number)).collect();
        let table = figures(Panel::Ledger, &lives, &whole("2027-01-01", "2030-12-31", Step::Quarter));
        let totals: Vec<usize> =
            (0..table.rows.len()).filter(|row| table.rows[*row].get("of") == Some(&Cell::Text("all".into()))).collect();
        prop_assert_eq!(totals.len(), 16);
        for row in 0..table.rows.len() {
            prop_assert_eq!(number(&table, row, "difference"), 0);
        }
        for pair in totals.windows(2) {
            prop_assert_eq!(number(&table, pair[0], "closing"), number(&table, pair[1], "opening"));
        }
        let new: i64 = totals.iter().map(|row| number(&table, *row, "new")).sum();
        prop_assert_eq!(new, i64::try_from(lives.len()).unwrap());
        // Whatever is asked, no table falls over, and each says what is counted.
        for panel in Panel::ALL {
            for by in By::ALL {
                let question = Question { by, ..whole("2027-01-01", "2030-12-31", Step::Year) };
                let table = figures(panel, &lives, &question);
                prop_assert_eq!(table.name.as_str(), panel.word());
                let read: Table = serde_json::from_str(&serde_json::to_string(&table).unwrap()).unwrap();
                prop_assert_eq!(&read, &table);
                prop_assert!(!table.says.is_empty());
                prop_assert_eq!(table.csv().lines().next().unwrap().split(',').count(), table.columns.len());
            }
        }
    }
}

/// A case by hand: asked for on 2 March, withdrawn on 2 June.
fn withdrawn() -> Life {
    let spell =
        |stage: &str, outcome: Option<&str>, from: &str, until: Option<&str>| comity_statistics::Spell {
            track: "request".into(),
            is_main: true,
            stage: stage.into(),
            title: stage.into(),
            outcome: outcome.map(Into::into),
            from: day(from),
            until: until.map(day),
        };
    Life {
        case: CaseId(uuid::Uuid::from_u128(7)),
        reference: "EX-7".into(),
        procedure: "made-up/extradition".into(),
        direction: "requesting NV, requested CA".into(),
        opened: day("2027-03-02"),
        is_dated: true,
        spells: vec![
            spell("sent", None, "2027-03-02", Some("2027-03-30")),
            spell("court", None, "2027-03-30", Some("2027-06-02")),
            spell("withdrawn", Some("withdrawn"), "2027-06-02", None),
        ],
        runs: vec![],
        findings: vec![],
        lacks: vec![],
        held_by: None,
        irregular: 0,
    }
}

#[test]
fn a_case_is_new_in_one_quarter_and_closed_in_the_next() {
    let table = figures(Panel::Ledger, &[withdrawn()], &whole("2027-01-01", "2027-09-30", Step::Quarter));
    let told: Vec<(i64, i64, i64, i64)> = [1, 3, 4]
        .map(|row| {
            ["opening", "new", "closed: withdrawn", "closing"]
                .map(|column| number(&table, row, column))
                .into()
        })
        .to_vec();
    // The third quarter has a row of the whole office only: there was nothing in it to tell of the procedure.
    assert_eq!(told, [(0, 1, 0, 1), (1, 0, 1, 0), (0, 0, 0, 0)]);
    assert_eq!(table.rows.len(), 5);
}

#[test]
fn times_tell_what_ended_and_what_lasts() {
    let table = figures(Panel::Times, &[withdrawn()], &whole("2027-01-01", "2027-04-15", Step::Whole));
    let stages: Vec<Option<&Cell>> = table.rows.iter().map(|row| row.get("stage")).collect();
    assert_eq!(stages, [Some(&Cell::Text("court".into())), Some(&Cell::Text("sent".into()))]);
    assert_eq!((number(&table, 0, "there"), number(&table, 0, "median_there")), (1, 16));
    assert_eq!((number(&table, 1, "ended"), number(&table, 1, "median")), (1, 28));
    assert_eq!(table.rows[1].get("median_there"), Some(&Cell::Nothing));
}

#[test]
fn a_table_is_read_by_the_names_of_its_columns() {
    let table = figures(Panel::Ageing, &[withdrawn()], &whole("2027-01-01", "2027-04-15", Step::Whole));
    let json = serde_json::to_value(&table).unwrap();
    assert_eq!(serde_json::from_value::<Table>(json.clone()).unwrap(), table);
    assert_eq!(json["rows"][0]["stage"], "court");
    assert_eq!(json["rows"][0]["open"], 1);
    assert_eq!(json["rows"][0]["cases"], serde_json::json!(["EX-7"]));
    assert_eq!(json["columns"][5]["unit"], "days");
}

#[test]
fn what_was_printed_and_is_otherwise_now_is_told_figure_by_figure() {
    let question = Question { with_references: false, ..whole("2027-01-01", "2027-12-31", Step::Whole) };
    let mut printed = withdrawn();
    printed.spells.truncate(1);
    printed.spells[0].until = None;
    let then = figures(Panel::Ledger, &[printed], &question);
    let now = figures(Panel::Ledger, &[withdrawn()], &question);
    assert!(then.restated(&then).rows.is_empty());
    let told: Vec<Vec<String>> =
        now.restated(&then).rows.iter().map(|row| row.cells().iter().map(Cell::shown).collect()).collect();
    let of = |of: &str, figure: &str, was: &str, is: &str| {
        [&format!("2027-01-01/2027-12-31; {of}"), figure, was, is].map(ToOwned::to_owned).to_vec()
    };
    let mut expected = vec![];
    for group in ["all", "made-up/extradition"] {
        expected.push(of(group, "closed", "0", "1"));
        expected.push(of(group, "closed: withdrawn", "", "1"));
        expected.push(of(group, "closing", "1", "0"));
    }
    // The printed case stood at its first stage for ever; the difference of the two ledgers is in these figures alone.
    assert_eq!(told, expected);
}

#[test]
fn a_day_belongs_to_where_the_case_stands_as_it_ends() {
    let on = |from: &str, to: &str| figures(Panel::Ledger, &[withdrawn()], &whole(from, to, Step::Whole));
    // It is withdrawn on the last day of the one period, and is not open when the next begins.
    let last = on("2027-04-01", "2027-06-02");
    let told = ["opening", "closed", "closing", "difference"].map(|column| number(&last, 0, column));
    assert_eq!(told, [1, 1, 0, 0]);
    assert_eq!(number(&on("2027-06-03", "2027-06-30"), 0, "opening"), 0);
    let standing = figures(Panel::Standing, &[withdrawn()], &whole("2027-03-30", "2027-03-30", Step::Whole));
    assert_eq!(standing.rows.len(), 1);
    assert_eq!(standing.rows[0].get("stage"), Some(&Cell::Text("court".into())));
}
