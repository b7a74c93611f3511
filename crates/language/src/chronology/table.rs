//! A table of a chronology: its columns and its rows.

use comity_core::time::{When, Zone};

use super::head::Head;
use super::item::{Piece, items};
use super::model::{Cell, Column, ColumnName, Expectation, ItemKind, Row};
use super::when::{before, latest, whole};
use crate::code::Code;
use crate::diagnostic::Slip;

/// The columns of a table, and where those stand that every table has.
pub(super) struct Columns {
    case: Option<usize>,
    happened: usize,
    /// The index among all columns of each column of [`Columns::checked`].
    indexes: Vec<usize>,
    pub(super) checked: Vec<Column>,
    width: usize,
}

impl Columns {
    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        self.width
    }
}

/// The cells of a line, or nothing if it is no line of a table.
pub(super) fn cells(line: Piece<'_>) -> Option<Vec<Piece<'_>>> {
    let inner = line.text.strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let (mut cells, mut from, mut is_escaped) = (Vec::new(), 0, false);
    let cell =
        |from: usize, to: usize| Piece::trimmed(inner.get(from..to).unwrap_or(""), line.start + 1 + from);
    for (at, character) in inner.char_indices() {
        if character == '|' && !is_escaped {
            cells.push(cell(from, at));
            from = at + 1;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    cells.push(cell(from, inner.len()));
    Some(cells)
}

/// Whether these are the dashes under the headings.
pub(super) fn is_rule(cells: &[Piece<'_>]) -> bool {
    let is_dashes = |text: &str| text.contains('-') && text.chars().all(|c| c == '-' || c == ':');
    cells.iter().all(|cell| is_dashes(cell.text))
}

/// Reads the headings. Without the columns that every table has there is no reading its rows.
pub(super) fn columns(
    head: &Head,
    line: Piece<'_>,
    cells: &[Piece<'_>],
    slips: &mut Vec<Slip>,
) -> Option<Columns> {
    let at = |name: &str| cells.iter().position(|cell| cell.text == name);
    let needed = if head.has_several() {
        vec!["when", "case", "what happened"]
    } else {
        vec!["when", "what happened"]
    };
    for (index, name) in needed.iter().enumerate() {
        if at(name) != Some(index) {
            let found = cells.get(index).copied().unwrap_or(line);
            let message = format!("column {} must be `{name}`", index + 1);
            let slip = found.slip(Code::BadTable, message).meant(Some((found.text, &[*name])));
            slips.push(slip.remedy(format!("a table begins with the columns {}", needed.join(", "))));
            return None;
        }
    }
    let mut columns = Columns {
        case: head.has_several().then_some(1),
        happened: needed.len() - 1,
        indexes: Vec::new(),
        checked: Vec::new(),
        width: cells.len(),
    };
    for (index, cell) in cells.iter().enumerate().skip(needed.len()) {
        if cells.iter().take(index).any(|other| other.text == cell.text) {
            slips.push(cell.slip(Code::ColumnTwice, format!("the column `{}` stands twice", cell.text)));
        }
        match column(head, *cell) {
            Ok(column) => {
                columns.checked.push(column);
                columns.indexes.push(index);
            }
            Err(slip) => slips.push(slip),
        }
    }
    Some(columns)
}

fn column(head: &Head, cell: Piece<'_>) -> Result<Column, Slip> {
    if cell.text.is_empty() {
        let slip = cell.slip(Code::BadTable, "a column has no heading");
        return Err(slip.remedy("name the track, clock, condition or fact that it shows"));
    }
    let (case, name) = match (head.has_several(), cell.split_once(".")) {
        (true, Some((case, name))) if head.has_case(case.text) => (Some(case.owned()), name),
        (true, Some((case, _))) => return Err(head.unknown_case(case.text, case.span())),
        (true, None) if list_column(cell.text).is_none() => {
            let slip = cell
                .slip(Code::BadTable, format!("the column `{}` does not say which case it shows", cell.text));
            return Err(slip.remedy(format!("write `CASE.{}`", cell.text)));
        }
        (true | false, _) => (None, cell),
    };
    let name_of = list_column(name.text).or_else(|| why_column(name));
    let name_of = name_of.unwrap_or_else(|| ColumnName::Named(name.owned()));
    Ok(Column { case, name: name_of, span: cell.span() })
}

fn list_column(name: &str) -> Option<ColumnName> {
    match name {
        "open acts" => Some(ColumnName::OpenActs),
        "closed acts" => Some(ColumnName::ClosedActs),
        "owed" => Some(ColumnName::Owed),
        "missing" => Some(ColumnName::Missing),
        _ => None,
    }
}

/// `why formal-request`: how the last day of a clock is reached.
fn why_column(name: Piece<'_>) -> Option<ColumnName> {
    let clock = name.after("why").filter(|clock| !clock.text.is_empty())?;
    Some(ColumnName::Why(clock.owned()))
}

/// Reads a row; every flaw of its cells is reported.
pub(super) fn row(
    head: &Head,
    zone: &Zone,
    columns: &Columns,
    line: Piece<'_>,
    cells: &[Piece<'_>],
    slips: &mut Vec<Slip>,
) -> Option<Row> {
    if cells.len() != columns.width {
        let message = format!("this row has {} cells, the table has {} columns", cells.len(), columns.width);
        let first = cells.first().copied().unwrap_or(line);
        slips.push(first.slip(Code::BadTable, message).remedy("leave a cell empty for what is not checked"));
        return None;
    }
    let said = slips.len();
    let first = cells.first().copied().unwrap_or(line);
    let when = cells.first().and_then(|cell| whole(*cell, zone).map_err(|slip| slips.push(slip)).ok());
    let happened = cells.get(columns.happened).copied().unwrap_or(line);
    let items = items(happened, zone).map_err(|slip| slips.push(slip)).unwrap_or_default();
    let case = columns.case.and_then(|at| cells.get(at)).copied().filter(|case| !case.text.is_empty());
    match case {
        Some(case) if !head.has_case(case.text) => slips.push(head.unknown_case(case.text, case.span())),
        None if columns.case.is_some() && items.iter().any(|item| !matches!(item.kind, ItemKind::Look)) => {
            let slip = happened.slip(Code::UnknownCase, "the row does not say in which case this happened");
            slips.push(
                slip.remedy(format!(
                    "write one of {} under `case`",
                    head.keys().collect::<Vec<_>>().join(", ")
                )),
            );
        }
        Some(_) | None => {}
    }
    let mut expectations = Vec::new();
    for (column, index) in columns.indexes.iter().enumerate() {
        let Some(found) = cells.get(*index).filter(|cell| !cell.text.is_empty()) else { continue };
        match columns.checked.get(column).map(|about| cell(*found, about, zone)) {
            Some(Ok(cell)) => expectations.push(Expectation { column, cell, span: found.span() }),
            Some(Err(slip)) => slips.push(slip),
            None => {}
        }
    }
    let when = when.filter(|_| slips.len() == said)?;
    let recorded = latest(when, zone);
    Some(Row {
        when,
        recorded,
        case: case.map(Piece::owned),
        items,
        expectations,
        span: line.span(),
        when_span: first.span(),
    })
}

fn cell(piece: Piece<'_>, column: &Column, zone: &Zone) -> Result<Cell, Slip> {
    match column.name {
        ColumnName::Owed => names(piece, is_owed),
        ColumnName::OpenActs | ColumnName::ClosedActs | ColumnName::Missing => {
            names(piece, |text| !text.contains(char::is_whitespace))
        }
        ColumnName::Why(_) => said(piece),
        ColumnName::Named(_) => match piece.after("ends") {
            None => Ok(Cell::Word(piece.text.to_owned())),
            Some(day) => match whole(day, zone)? {
                when @ (When::On(_) | When::At(_)) => Ok(Cell::Ends(when)),
                When::In { .. } | When::During { .. } => {
                    let slip = day.slip(Code::BadCell, format!("a clock cannot end in `{}`", day.text));
                    Err(slip
                        .remedy("write `ends 2027-04-16`, or `ends 2027-04-16 23:30` for a clock in hours"))
                }
            },
        },
    }
}

/// A part of a sentence between double quotes, or a provision as it is.
fn said(piece: Piece<'_>) -> Result<Cell, Slip> {
    let quoted = piece.text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let said = quoted.unwrap_or(piece.text).trim();
    if said.is_empty() {
        let slip = piece.slip(Code::BadCell, "nothing is said");
        return Err(slip.remedy("write a part of what `comity why` says, such as a provision or a day"));
    }
    Ok(Cell::Says(said.to_owned()))
}

/// An obligation, or one with its bearer: `release by requested/police`.
fn is_owed(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    matches!(words.as_slice(), [_] | [_, "by", _])
        && words.iter().all(|word| !word.contains(char::is_whitespace))
}

fn names(piece: Piece<'_>, is_name: fn(&str) -> bool) -> Result<Cell, Slip> {
    if piece.text == "nothing" {
        return Ok(Cell::Names(Vec::new()));
    }
    let parts = piece.parts(',');
    if let Some(bad) = parts.iter().find(|part| part.text.is_empty() || !is_name(part.text)) {
        let slip = bad.slip(Code::BadCell, format!("`{}` is not a name", bad.text));
        return Err(slip.remedy("write names with commas between them, or `nothing`"));
    }
    Ok(Cell::Names(parts.into_iter().map(Piece::owned).collect()))
}

/// Settles when each row is recorded, and refuses rows that go back in time.
///
/// A row known to the day, month or year is recorded at its end, or just before the next row if that lies within.
pub(super) fn settle(rows: &mut [Row], zone: &Zone, slips: &mut Vec<Slip>) {
    let mut next: Option<comity_core::time::Moment> = None;
    for row in rows.iter_mut().rev() {
        if let (Some(next), false) = (next, matches!(row.when, When::At(_)))
            && next <= row.recorded
            && next > row.when.earliest(zone)
        {
            row.recorded = before(next);
        }
        next = Some(row.recorded);
    }
    for pair in rows.windows(2) {
        if let [earlier, later] = pair
            && later.recorded < earlier.recorded
        {
            let message = format!(
                "this row goes back in time ({} after {})",
                shown(later.when, zone),
                shown(earlier.when, zone)
            );
            let slip = Slip::at(Code::BackInTime, later.when_span.clone(), message);
            slips.push(slip.remedy("write `late record, WHEN: …` in a later row for what was recorded late"));
        }
    }
}

fn shown(when: When, zone: &Zone) -> String {
    match when {
        When::At(moment) => zone.local(moment),
        When::On(_) | When::In { .. } | When::During { .. } => when.to_string(),
    }
}
