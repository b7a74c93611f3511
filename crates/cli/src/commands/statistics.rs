//! `comity statistics`: figures of the office, worked out of its record.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use comity_core::Asked;
use comity_core::time::{Day, Moment, Zone};
use comity_core::value::Country;
use comity_runner::CaseFile;
use comity_statistics::{
    By, Cell as Figure, Figures, Life, Panel, Period, Question, Step, Table as Counted, Unit,
};
use serde_json::json;

use crate::answer::{Answer, joined};
use crate::context::{Desk, StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// Which table, of which time.
#[derive(Args)]
pub(crate) struct StatisticsArgs {
    /// The table
    #[arg(value_name = "TABLE", value_parser = tables())]
    table: Panel,
    /// The first day [default: the first of this year]
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// The last day; tables of one day are of this one [default: today]
    #[arg(long, value_name = "DAY")]
    to: Option<Day>,
    /// Into what the ledger and the limits are divided
    #[arg(long, default_value = "whole", value_name = "STEP", value_parser = step)]
    step: Step,
    /// By what rows are parted: procedure, direction (which State is on which side) or both
    #[arg(long, default_value = "procedure", value_name = "WHAT", value_parser = by)]
    by: By,
    /// Only cases with this State on a side
    #[arg(long, value_name = "CODE")]
    state: Option<Country>,
    /// Only cases under this procedure
    #[arg(long, value_name = "NAME")]
    procedure: Option<String>,
    /// By what was known then: the figures that were right at that moment [default: everything]
    #[arg(long, value_name = "RFC3339")]
    known_at: Option<Moment>,
    /// Tell where the figures differ from those by what was known then
    #[arg(long, value_name = "RFC3339")]
    restated_since: Option<Moment>,
    /// Tell the references of the cases that are counted
    #[arg(long)]
    cases: bool,
    /// Print values parted by commas, for a spreadsheet
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// The tables by their names, each with what it tells.
fn tables() -> impl TypedValueParser<Value = Panel> {
    let named = |panel: Panel| PossibleValue::new(panel.word()).help(panel.about());
    PossibleValuesParser::new(Panel::ALL.map(named))
        .try_map(|word| Panel::from_word(&word).ok_or("no such table"))
}

fn step(word: &str) -> Result<Step, String> {
    Step::from_word(word).ok_or_else(|| "one of whole, year, quarter and month".to_owned())
}

fn by(word: &str) -> Result<By, String> {
    By::from_word(word).ok_or_else(|| "one of procedure, direction and both".to_owned())
}

pub(crate) fn run(args: &StatisticsArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let question = args.question(desk.engine.now())?;
        let (table, earlier, cases) = counted_at(args, desk, question).await?;
        let restated = earlier.map(|earlier| table.restated(&earlier));
        let mut page = Page::new();
        if args.csv {
            // Lines as a terminal and a pipe have them.
            let text = restated.as_ref().unwrap_or(&table).csv().replace("\r\n", "\n");
            page.pieces([(Tone::Plain, text.as_str())]);
            return Ok(Answer::fine(page, json!({})));
        }
        told(&mut page, &table);
        if let Some(restated) = &restated {
            page.blank();
            told(&mut page, restated);
        }
        page.blank();
        page.line(&[(Tone::Faint, &format!("worked out of {}", counted(cases, "case")))]);
        let more = json!({ "cases": cases, "restated": restated });
        Ok(Answer::fine(page, joined(json!(table), more)))
    })
}

impl StatisticsArgs {
    fn question(&self, now: Moment) -> Result<Question, Failure> {
        let to = self.to.unwrap_or_else(|| Zone::utc().day_at(now));
        let from = self.from.unwrap_or_else(|| Day::new(to.year(), 1, 1).unwrap_or(to));
        let period = Period::new(from, to)
            .map_err(|bad| Failure::usage(bad.to_string(), "a day is written as 2027-04-16"))?;
        Ok(Question { period, step: self.step, by: self.by, with_references: self.cases })
    }

    /// Whether a case is one of those that are asked about.
    fn wants(&self, file: &CaseFile, now: Moment) -> bool {
        let has_state = |wanted: Country| {
            file.view(Asked { at: now, known_at: now }).states().any(|(_, state)| state == Some(wanted))
        };
        self.state.is_none_or(has_state)
            && self.procedure.as_ref().is_none_or(|name| file.procedure.name().as_str() == name)
    }
}

/// The table by what was known at the one moment, the one by what was known at the other, and how many cases were looked at.
async fn counted_at(
    args: &StatisticsArgs,
    desk: &Desk,
    question: Question,
) -> Result<(Counted, Option<Counted>, usize), Failure> {
    let now = desk.engine.now();
    let new = || {
        Figures::new(args.table, question)
            .map_err(|bad| Failure::usage(bad.to_string(), "ask for a shorter time, or for longer steps"))
    };
    let (mut figures, mut earlier, mut cases) = (new()?, args.restated_since.map(|_| new()).transpose()?, 0);
    for case in desk.engine.cases().await? {
        let file = match desk.engine.case(case).await {
            Ok(file) if args.wants(&file, now) => file,
            Ok(_) => continue,
            Err(error) if error.is_of_one_case() => continue,
            Err(error) => return Err(error.into()),
        };
        cases += 1;
        let life = |known_at| Life::of(case, &file.view(Asked { at: now, known_at }), &file.entries);
        if let Some(life) = life(args.known_at.unwrap_or(now)) {
            figures.add(&life);
        }
        if let (Some(earlier), Some(life)) = (&mut earlier, args.restated_since.and_then(life)) {
            earlier.add(&life);
        }
    }
    Ok((figures.table(), earlier.map(Figures::table), cases))
}

fn told(page: &mut Page, counted: &Counted) {
    page.line(&[(Tone::Strong, &counted.title)]);
    for says in &counted.says {
        page.wrapped(2, Tone::Faint, says);
    }
    page.blank();
    if counted.rows.is_empty() {
        page.wrapped(2, Tone::Plain, "There is nothing to count.");
        return;
    }
    let mut table = Table::new();
    let is_text = |unit: Unit| matches!(unit, Unit::Text | Unit::References);
    table.row(counted.columns.iter().map(|column| {
        let title = cell(Tone::Faint, &column.title);
        if is_text(column.unit) { title } else { title.right() }
    }));
    for row in &counted.rows {
        table.row(row.cells().iter().zip(&counted.columns).map(|(figure, column)| {
            let shown = match figure {
                Figure::Share(share) => cell(Tone::Plain, format!("{:.0} %", share * 100.0)),
                Figure::Text(_) | Figure::Number(_) | Figure::References(_) | Figure::Nothing => {
                    cell(Tone::Plain, figure.shown())
                }
            };
            if is_text(column.unit) { shown } else { shown.right() }
        }));
    }
    page.table(2, &table);
}
