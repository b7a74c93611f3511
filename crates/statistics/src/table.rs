//! A table of figures, which says what is counted.

use std::collections::BTreeMap;

use csv_core::{WriteResult, Writer};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// A table of figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Read")]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What is counted, and which event opens and closes it.
    pub says: Vec<String>,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its rows: for each column its value, by name.
    #[schema(value_type = Vec<BTreeMap<String, Cell>>)]
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What its values are.
    pub unit: Unit,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A text.
    Text,
    /// A number of cases, or of what the table says it counts.
    Count,
    /// A time in days.
    Days,
    /// A share, from 0 to 1.
    Share,
    /// References of cases.
    References,
}

/// A value. Nothing is told where there is nothing to tell, which is not the same as none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A share.
    Share(f64),
    /// References of cases.
    References(Vec<String>),
    /// Nothing to tell.
    Nothing,
}

/// A table as it is read.
#[derive(Deserialize)]
struct Read {
    name: String,
    title: String,
    says: Vec<String>,
    columns: Vec<Column>,
    rows: Vec<BTreeMap<String, Cell>>,
}

impl From<Read> for Table {
    fn from(read: Read) -> Self {
        let Read { name, title, says, columns, rows } = read;
        let mut table = Self { name, title, says, columns, rows: Vec::new() };
        for mut row in rows {
            let cells = table.columns.iter().map(|column| row.remove(&column.name).unwrap_or(Cell::Nothing));
            let cells = cells.collect();
            table.row(cells);
        }
        table
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    names: std::sync::Arc<[String]>,
    cells: Vec<Cell>,
}

impl Row {
    /// Its values, in the order of the columns.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The value of a column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&Cell> {
        let place = self.names.iter().position(|name| name == column)?;
        self.cells.get(place)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (name, cell) in self.names.iter().zip(&self.cells) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

impl Cell {
    pub(crate) fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(crate) fn days(days: Option<i64>) -> Self {
        days.map_or(Self::Nothing, Self::Number)
    }

    /// A share, to four places.
    pub(crate) fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Nothing, |share| Self::Share((share * 10_000.0).round() / 10_000.0))
    }

    /// As a table on paper shows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Share(share) => format!("{share:.4}"),
            Self::References(references) => references.join(" "),
            Self::Nothing => String::new(),
        }
    }
}

impl Table {
    pub(crate) fn new(name: &str, title: &str, says: Vec<String>, columns: Vec<Column>) -> Self {
        Self { name: name.to_owned(), title: title.to_owned(), says, columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        let names = match self.rows.first() {
            Some(row) => row.names.clone(),
            None => self.columns.iter().map(|column| column.name.clone()).collect(),
        };
        self.rows.push(Row { names, cells });
    }

    /// The table as values that are parted by commas (RFC 4180), with a line of names first. A text that a spreadsheet would
    /// take for a formula stands behind an apostrophe.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = Lines::default();
        text.line(self.columns.iter().map(|column| column.name.clone()));
        for row in &self.rows {
            text.line(row.cells.iter().map(|cell| match cell {
                Cell::Text(_) | Cell::References(_) => harmless(cell.shown()),
                Cell::Number(_) | Cell::Share(_) | Cell::Nothing => cell.shown(),
            }));
        }
        text.done()
    }
}

impl Table {
    /// Whether every difference that it tells is 0. A table that tells none balances.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let mut differences = self.rows.iter().filter_map(|row| row.get("difference"));
        differences.all(|difference| *difference == Cell::Number(0))
    }

    /// Where this table differs from one that was worked out of what was known earlier, number by number: what a printed
    /// figure has become since.
    #[must_use]
    pub fn restated(&self, earlier: &Self) -> Self {
        let says = vec![
            format!(
                "Where {} has another figure now than it had by what was known then.",
                self.title.to_lowercase()
            ),
            "A figure that is missing on one side was told of by no row there.".to_owned(),
        ];
        let columns = vec![
            column("row", "Row", Unit::Text),
            column("figure", "Figure", Unit::Text),
            column("was", "Was", Unit::Count),
            column("is", "Is", Unit::Count),
        ];
        let mut restated = Self::new("restated", "Restated", says, columns);
        let (was, is) = (earlier.numbers(), self.numbers());
        let places: std::collections::BTreeSet<_> = was.keys().chain(is.keys()).collect();
        for place in places {
            let (before, now) = (was.get(place), is.get(place));
            let weighs = |cell: Option<&Cell>| {
                cell.is_some_and(|cell| !matches!(cell, Cell::Number(0) | Cell::Nothing))
            };
            if before != now && (weighs(before) || weighs(now)) {
                let cell = |cell: Option<&Cell>| cell.cloned().unwrap_or(Cell::Nothing);
                let (row, figure) = place.clone();
                restated.row(vec![Cell::Text(row), Cell::Text(figure), cell(before), cell(now)]);
            }
        }
        restated
    }

    /// Every number, by the row, which its texts name, and the column.
    fn numbers(&self) -> BTreeMap<(String, String), Cell> {
        let mut numbers = BTreeMap::new();
        for row in &self.rows {
            let is_key = |column: &Column| column.unit == Unit::Text || column.name == "year";
            let key = self.columns.iter().zip(&row.cells).filter(|(column, _)| is_key(column));
            let key: Vec<String> = key.map(|(_, cell)| cell.shown()).collect();
            for (column, cell) in self.columns.iter().zip(&row.cells) {
                if !is_key(column) && column.unit != Unit::References {
                    numbers.insert((key.join("; "), column.name.clone()), cell.clone());
                }
            }
        }
        numbers
    }
}

pub(crate) fn column(name: impl Into<String>, title: impl Into<String>, unit: Unit) -> Column {
    Column { name: name.into(), title: title.into(), unit }
}

/// What a spreadsheet does not compute.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Lines of values.
struct Lines {
    writer: Writer,
    bytes: Vec<u8>,
}

impl Default for Lines {
    fn default() -> Self {
        let writer = csv_core::WriterBuilder::new().terminator(csv_core::Terminator::CRLF).build();
        Self { writer, bytes: Vec::new() }
    }
}

impl Lines {
    fn line(&mut self, values: impl Iterator<Item = String>) {
        for (place, value) in values.enumerate() {
            if place > 0 {
                self.put(|writer, room| {
                    let (result, written) = writer.delimiter(room);
                    (result, 0, written)
                });
            }
            let mut left = value.as_bytes();
            loop {
                let mut taken = 0;
                let is_done = self.put_some(|writer, room| {
                    let (result, read, written) = writer.field(left, room);
                    taken = read;
                    (result, read, written)
                });
                left = left.get(taken..).unwrap_or_default();
                if is_done {
                    break;
                }
            }
        }
        self.put(|writer, room| {
            let (result, written) = writer.terminator(room);
            (result, 0, written)
        });
    }

    /// Writes until it is all there.
    fn put(&mut self, mut step: impl FnMut(&mut Writer, &mut [u8]) -> (WriteResult, usize, usize)) {
        while !self.put_some(&mut step) {}
    }

    /// Writes as much as there is room for; whether it is all there.
    fn put_some(&mut self, step: impl FnOnce(&mut Writer, &mut [u8]) -> (WriteResult, usize, usize)) -> bool {
        let mut room = [0; 512];
        let (result, _, written) = step(&mut self.writer, &mut room);
        self.bytes.extend(room.iter().take(written));
        matches!(result, WriteResult::InputEmpty)
    }

    fn done(mut self) -> String {
        self.put(|writer, room| {
            let (result, written) = writer.finish(room);
            (result, 0, written)
        });
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Counts by key, in the order of the keys.
#[derive(Clone, Debug)]
pub(crate) struct Tally<K>(BTreeMap<K, usize>);

impl<K: Ord> Default for Tally<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Tally<K> {
    pub(crate) fn add(&mut self, key: K) {
        *self.0.entry(key).or_default() += 1;
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    pub(crate) fn of<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_commas_and_formulas_do_no_harm() {
        let mut table = Table::new(
            "t",
            "T",
            vec![],
            vec![column("what", "What", Unit::Text), column("n", "Number", Unit::Count)],
        );
        table.row(vec![Cell::Text("a, \"b\"\nc".to_owned()), Cell::Number(-3)]);
        table.row(vec![Cell::Text("=1+1".to_owned()), Cell::Nothing]);
        table.row(vec![Cell::Text("x".repeat(2_000)), Cell::share(Some(1.0 / 3.0))]);
        let text = table.csv();
        let mut lines = text.split("\r\n");
        assert_eq!(lines.next(), Some("what,n"));
        assert_eq!(lines.next(), Some("\"a, \"\"b\"\"\nc\",-3"));
        assert_eq!(lines.next(), Some("'=1+1,"));
        assert_eq!(lines.next(), Some(format!("{},0.3333", "x".repeat(2_000)).as_str()));
        assert_eq!(lines.next(), Some(""));
        assert_eq!(lines.next(), None);
    }
}
