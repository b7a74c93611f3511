//! Statistics: the figures of the office, each with what it counts, and for a spreadsheet.

use askama::Template;
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use comity_core::time::{Day, Zone};
use comity_statistics::{Cell, Panel, Unit};
use serde::Deserialize;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::words::{case_path, segment};
use crate::access::{Action, What};
use crate::api::statistics::{Asking, figures};
use crate::problem::Problem;

/// Of which time, and how it is told. An empty field asks for nothing.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    table: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    step: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    state: String,
    /// Whether it is wanted for a spreadsheet.
    #[serde(default)]
    csv: bool,
}

struct Choice {
    title: String,
    path: String,
    is_here: bool,
}

struct Column {
    title: String,
    is_number: bool,
}

/// A value, and the share of the largest in its column, where that tells something.
struct Value {
    text: String,
    links: Vec<(String, String)>,
    is_number: bool,
    bar: Option<u32>,
}

#[derive(Template)]
#[template(path = "console/statistics.html")]
struct StatisticsPage {
    frame: Frame,
    tables: Vec<Choice>,
    asks: Asks,
    title: String,
    says: Vec<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    cases: usize,
    unreadable: usize,
    csv: String,
}

/// The page, or the same for a spreadsheet.
pub(crate) async fn page(desk: Desk, Query(mut asks): Query<Asks>) -> Result<Response, Problem> {
    if asks.table.is_empty() {
        "ledger".clone_into(&mut asks.table);
    }
    let today = Zone::utc().day_at(desk.app.now());
    if asks.to.is_empty() {
        asks.to = today.to_string();
    }
    if asks.from.is_empty() {
        asks.from = Day::new(today.year(), 1, 1).unwrap_or(today).to_string();
    }
    let document = figures(&desk.app, &desk.who, &asks.table, &asks.asking()).await?;
    if asks.csv {
        let mut response = document.csv();
        let name = format!("attachment; filename=\"{}-{}-{}.csv\"", asks.table, asks.from, asks.to);
        let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        return Ok(response);
    }
    let frame = Frame::of(&desk, "Statistics", Here::Statistics).await?;
    let table = &document.table;
    frame::page(&StatisticsPage {
        frame,
        tables: tables(&desk, &asks),
        title: table.title.clone(),
        says: table.says.clone(),
        columns: table
            .columns
            .iter()
            .map(|column| Column { title: column.title.clone(), is_number: is_number(column.unit) })
            .collect(),
        rows: rows(table),
        cases: document.cases,
        unreadable: document.unreadable,
        csv: format!("{}&csv=true", asks.path(&asks.table)),
        asks,
    })
}

/// The tables that this account may have.
fn tables(desk: &Desk, asks: &Asks) -> Vec<Choice> {
    let may_oversee = desk.app.rules.permits(&desk.who, Action::Oversee, What::default());
    let shown = Panel::ALL.iter().filter(|panel| may_oversee || !panel.is_of_officers());
    let choice = |panel: &Panel| Choice {
        title: capital(panel.word()),
        path: asks.path(panel.word()),
        is_here: panel.word() == asks.table,
    };
    shown.map(choice).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const fn is_number(unit: Unit) -> bool {
    match unit {
        Unit::Count | Unit::Days | Unit::Share => true,
        Unit::Text | Unit::References => false,
    }
}

fn rows(table: &comity_statistics::Table) -> Vec<Vec<Value>> {
    let largest: Vec<f64> = (0..table.columns.len())
        .map(|place| {
            let cells = table.rows.iter().filter_map(|row| row.cells().get(place));
            cells.filter_map(number).fold(0.0, f64::max)
        })
        .collect();
    let has_bars = table.rows.len() > 1;
    let value = |(cell, (column, largest)): (&Cell, (&comity_statistics::Column, &f64))| Value {
        text: cell.shown(),
        links: references(cell),
        is_number: is_number(column.unit),
        bar: number(cell).filter(|_| has_bars && *largest > 0.0).map(|number| hundredths(number / largest)),
    };
    let row = |row: &comity_statistics::Row| {
        row.cells().iter().zip(table.columns.iter().zip(&largest)).map(value).collect()
    };
    table.rows.iter().map(row).collect()
}

fn references(cell: &Cell) -> Vec<(String, String)> {
    if let Cell::References(all) = cell {
        all.iter().map(|one| (one.clone(), case_path(one))).collect()
    } else {
        Vec::new()
    }
}

#[allow(clippy::cast_precision_loss, reason = "the length of a bar")]
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number as f64),
        Cell::Share(share) => Some(*share),
        Cell::Text(_) | Cell::References(_) | Cell::Nothing => None,
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn hundredths(share: f64) -> u32 {
    (share * 100.0).clamp(0.0, 100.0) as u32
}

impl Asks {
    fn asking(&self) -> Asking {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut asking = Asking::default();
        asking.from = said(&self.from);
        asking.to = said(&self.to);
        asking.step = said(&self.step);
        asking.by = said(&self.by);
        asking.state = said(&self.state).map(|state| state.to_uppercase());
        asking
    }

    /// The same question to another table.
    fn path(&self, table: &str) -> String {
        let pairs = [
            ("from", &self.from),
            ("to", &self.to),
            ("step", &self.step),
            ("by", &self.by),
            ("state", &self.state),
        ];
        let said = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("&{name}={}", segment(value))).collect();
        format!("/statistics?table={}{}", segment(table), said.concat())
    }
}
