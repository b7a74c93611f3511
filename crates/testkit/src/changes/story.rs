//! A table that tells two procedures apart: rows, one cell that must hold, and how they are written down.

use std::fmt::Write as _;
use std::ops::Range;

use comity_core::procedure::DocumentForm;
use comity_core::time::{Moment, When, Zone};
use comity_language::chronology::{
    Because, Chronology, Column, ColumnName, Expectation, Finding, Item, ItemKind, Lack, Row, Section,
};
use comity_language::file::Text;

use super::look::Shown;

/// Rows of a chronology, and what its last row must show.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) rows: Vec<Row>,
    /// The case that is looked at, where there are several.
    pub(super) case: Option<String>,
    /// What must then be so; nothing, where the answer to an item tells enough.
    pub(super) shows: Option<Shown>,
}

/// A name that stands nowhere in a file.
pub(super) fn text(value: impl Into<String>) -> Text {
    Text { value: value.into(), span: nowhere() }
}

pub(super) fn nowhere() -> Range<usize> {
    0..0
}

/// A row that records at one instant.
pub(super) fn row(at: Moment, case: Option<&str>, kind: ItemKind) -> Row {
    Row {
        when: When::At(at),
        when_span: nowhere(),
        recorded: at,
        case: case.map(text),
        items: vec![Item { kind, span: nowhere() }],
        expectations: Vec::new(),
        span: nowhere(),
    }
}

impl Story {
    /// The story as a section that can be played.
    pub(super) fn section(&self) -> Section {
        let mut rows: Vec<Row> =
            self.rows.iter().map(|row| Row { expectations: Vec::new(), ..row.clone() }).collect();
        let columns = self.shows.iter().map(|shown| Column {
            case: self.case.as_deref().map(text),
            name: shown.column_name(),
            span: nowhere(),
        });
        if let (Some(last), Some(shown)) = (rows.last_mut(), &self.shows) {
            last.expectations = vec![Expectation { column: 0, cell: shown.cell(), span: nowhere() }];
        }
        Section { title: text(""), cite: Vec::new(), columns: columns.collect(), rows }
    }

    /// The table in Markdown.
    pub(super) fn table(&self, chronology: &Chronology) -> String {
        let has_cases = chronology.cases.iter().any(|case| case.key.is_some());
        let mut heads = vec!["when".to_owned()];
        heads.extend(has_cases.then(|| "case".to_owned()));
        heads.push("what happened".to_owned());
        heads.extend(self.shows.as_ref().map(|shown| match &self.case {
            Some(case) => format!("{case}.{}", shown.column),
            None => shown.column.clone(),
        }));
        let mut lines = vec![heads];
        for (at, row) in self.rows.iter().enumerate() {
            let items: Vec<String> =
                row.items.iter().map(|item| item_words(item, &chronology.zone)).collect();
            let mut cells = vec![when_words(row.when, &chronology.zone)];
            cells.extend(
                has_cases.then(|| row.case.as_ref().map_or(String::new(), |case| case.value.clone())),
            );
            cells.push(items.join("; "));
            let is_last = at + 1 == self.rows.len();
            cells.extend(
                self.shows.as_ref().map(|shown| if is_last { shown.value.clone() } else { String::new() }),
            );
            lines.push(cells);
        }
        aligned(&lines)
    }
}

/// Columns as wide as their widest cell.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} |"));
        let _ = writeln!(text, "|{}", cells.collect::<String>());
        if at == 0 {
            let dashes = widths.iter().map(|width| format!("{}|", "-".repeat(width + 2)));
            let _ = writeln!(text, "|{}", dashes.collect::<String>());
        }
    }
    text
}

/// The head of a chronology about the same cases.
pub(super) fn head(chronology: &Chronology, title: &str) -> String {
    let mut head = format!("# {title}\n\n");
    let cases: Vec<_> =
        chronology.cases.iter().filter_map(|case| Some((case.key.as_ref()?, &case.procedure))).collect();
    if cases.is_empty() {
        for case in &chronology.cases {
            let _ = writeln!(head, "procedure: {}", case.procedure.value);
        }
    } else {
        head.push_str("cases:\n");
        for (key, procedure) in cases {
            let _ = writeln!(head, "- {}: {}", key.value, procedure.value);
        }
    }
    if !chronology.links.is_empty() {
        head.push_str("links:\n");
        for link in &chronology.links {
            let _ = writeln!(head, "- {}.{} -> {}", link.case.value, link.link.value, link.to.value);
        }
    }
    let _ = writeln!(head, "zone: {}", chronology.zone.name());
    let facts = chronology.facts.iter().map(|fact| {
        let case = fact.case.as_ref().map_or(String::new(), |case| format!("{}.", case.value));
        format!("{case}{} = {}", fact.fact.value, fact.value.value)
    });
    let facts: Vec<String> = facts.collect();
    if !facts.is_empty() {
        let _ = writeln!(head, "facts: {}", facts.join("; "));
    }
    head.push_str("hypothetical: yes\n");
    head
}

/// A date as a chronology of this zone writes it.
pub(super) fn when_words(when: When, zone: &Zone) -> String {
    match when {
        When::At(moment) => zone.local(moment),
        When::On(_) | When::In { .. } | When::During { .. } => when.to_string(),
    }
}

fn item_words(item: &Item, zone: &Zone) -> String {
    let by = |by: &Option<Text>| by.as_ref().map_or(String::new(), |by| format!(" by {}", by.value));
    match &item.kind {
        ItemKind::Look => "look".to_owned(),
        ItemKind::Open => "open".to_owned(),
        ItemKind::Act { name, by: who, facts } => {
            let facts: Vec<String> =
                facts.iter().map(|(fact, value)| format!("{}: {}", fact.value, value.value)).collect();
            let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
            format!("{}{}{facts}", name.value, by(who))
        }
        ItemKind::Document { name, language, form, lacks } => {
            let language = language.as_ref().map_or(String::new(), |tag| format!(" in {}", tag.value));
            let form = form.map_or(String::new(), |form: DocumentForm| format!(" as {form}"));
            let lacks = lacks.iter().map(|lack| match lack {
                Lack::Translation => " without translation",
                Lack::Certification => " uncertified",
            });
            format!("document {}{language}{form}{}", name.value, lacks.collect::<String>())
        }
        ItemKind::Ground { name, finding, by: who } => {
            let finding = match finding {
                Finding::Applies => "applies",
                Finding::DoesNotApply => "does not apply",
            };
            format!("ground {} {finding}{}", name.value, by(who))
        }
        ItemKind::Fact { name, value } => format!("fact {} = {}", name.value, value.value),
        ItemKind::LateRecord { when, items } => {
            let items: Vec<String> = items.iter().map(|item| item_words(item, zone)).collect();
            format!("late record, {}: {}", when_words(*when, zone), items.join("; "))
        }
        ItemKind::Refused { item, because } => {
            let because = because.as_ref().map_or(String::new(), |because| match because {
                Because::Code(code) => format!(" because {}", code.value),
                Because::Says(says) => format!(" because \"{}\"", says.value),
            });
            format!("refused: {}{because}", item_words(item, zone))
        }
        ItemKind::Annul { when, item, reason } => {
            format!("annul {} {}: {}", when_words(*when, zone), item.value, reason.value)
        }
        ItemKind::Correct { when, item, to, reason } => {
            let (when, to) = (when_words(*when, zone), when_words(*to, zone));
            format!("correct {when} {} to {to}: {}", item.value, reason.value)
        }
        ItemKind::Note(text) => format!("note: {}", text.value),
    }
}

/// The same row so many days later, at the same time of day; nothing where a date is not known to the day.
pub(super) fn later(row: &Row, days: i64, zone: &Zone) -> Option<Row> {
    let items = row.items.iter().map(|item| item_later(item, days, zone)).collect::<Option<Vec<_>>>()?;
    let recorded = moment_later(row.recorded, days, zone)?;
    Some(Row { when: when_later(row.when, days, zone)?, recorded, items, ..row.clone() })
}

fn moment_later(moment: Moment, days: i64, zone: &Zone) -> Option<Moment> {
    let day = zone.day_at(moment).plus_days(days)?;
    let (hour, minute, second) = zone.time_at(moment);
    zone.moment(day, hour, minute, second).ok()
}

fn when_later(when: When, days: i64, zone: &Zone) -> Option<When> {
    match when {
        When::At(moment) => moment_later(moment, days, zone).map(When::At),
        When::On(day) => day.plus_days(days).map(When::On),
        When::In { .. } | When::During { .. } => None,
    }
}

fn item_later(item: &Item, days: i64, zone: &Zone) -> Option<Item> {
    let later = |when: &When| when_later(*when, days, zone);
    let kind = match &item.kind {
        ItemKind::LateRecord { when, items } => ItemKind::LateRecord {
            when: later(when)?,
            items: items.iter().map(|item| item_later(item, days, zone)).collect::<Option<_>>()?,
        },
        ItemKind::Refused { item, because } => {
            ItemKind::Refused { item: Box::new(item_later(item, days, zone)?), because: because.clone() }
        }
        ItemKind::Annul { when, item, reason } => {
            ItemKind::Annul { when: later(when)?, item: item.clone(), reason: reason.clone() }
        }
        ItemKind::Correct { when, item, to, reason } => ItemKind::Correct {
            when: later(when)?,
            item: item.clone(),
            to: later(to)?,
            reason: reason.clone(),
        },
        ItemKind::Look
        | ItemKind::Open
        | ItemKind::Act { .. }
        | ItemKind::Document { .. }
        | ItemKind::Ground { .. }
        | ItemKind::Fact { .. }
        | ItemKind::Note(_) => item.kind.clone(),
    };
    Some(Item { kind, span: item.span.clone() })
}

/// The column that a heading names.
pub(super) fn column_name(heading: &str) -> ColumnName {
    match heading {
        "open acts" => ColumnName::OpenActs,
        "closed acts" => ColumnName::ClosedActs,
        "owed" => ColumnName::Owed,
        "missing" => ColumnName::Missing,
        named => match named.strip_prefix("why ") {
            Some(clock) => ColumnName::Why(text(clock)),
            None => ColumnName::Named(text(named)),
        },
    }
}
