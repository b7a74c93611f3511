//! The reader of a whole chronology.

use std::sync::Arc;

use comity_core::time::Zone;

use super::csv::{self, Field};
use super::head::Head;
use super::item::Piece;
use super::model::{Chronology, ItemKind, Section};
use super::table::{self, Columns};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip, placed};
use crate::file::Text;
use crate::markdown::lines;
use crate::source::Source;
use crate::text::{Passage, cites};
use crate::tree;

/// What a chronology in Markdown is called.
const MARKDOWN: &str = ".chronology.md";
/// What one is called that a spreadsheet exported.
const SPREADSHEET: &str = ".chronology.csv";

/// Whether a file of this name is a chronology.
#[must_use]
pub fn is_chronology(name: &str) -> bool {
    name.ends_with(MARKDOWN) || name.ends_with(SPREADSHEET)
}

/// Reads a chronology. There is one if nothing is wrong with the file. What is called `.chronology.csv` is read as a spreadsheet
/// exports it, all else as Markdown.
#[must_use]
pub fn read_chronology(source: &Arc<Source>) -> (Option<Chronology>, Vec<Diagnostic>) {
    if source.text().len() > tree::LARGEST {
        let slip = tree::too_large(source.text().len());
        return (None, vec![slip.placed(source)]);
    }
    let mut reader = Reader {
        source,
        head: Head::default(),
        sections: Vec::new(),
        table: Table::None,
        slips: Vec::new(),
        slips_before: 0,
        zone: None,
    };
    if source.path().ends_with(SPREADSHEET) {
        reader.spreadsheet();
        return reader.finish();
    }
    for line in lines(source) {
        match line.heading() {
            Some((1, title)) if reader.head.title.is_none() => {
                reader.head.title =
                    Some(Text { value: title.to_owned(), span: line.start..line.start + line.text.len() });
            }
            Some((2, title)) => reader.section(title, line.start..line.start + line.text.len()),
            Some(_) => {}
            None => reader.line(Piece::trimmed(line.text, line.start)),
        }
    }
    reader.finish()
}

enum Table {
    /// None has begun in this section.
    None,
    /// The headings were read; the dashes must follow.
    Headed(Option<Columns>),
    /// Rows follow.
    Ruled(Option<Columns>),
    /// It has ended.
    Ended,
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    head: Head,
    zone: Option<Zone>,
    sections: Vec<Section>,
    table: Table,
    slips: Vec<Slip>,
    /// How many slips there were before this section.
    slips_before: usize,
}

impl Reader<'_> {
    fn spreadsheet(&mut self) {
        for record in csv::records(self.source.text()) {
            let pieces: Vec<Piece<'_>> = record.iter().map(Field::piece).collect();
            // Rows that are shorter than the widest are filled up with empty fields.
            let filled = pieces.iter().rposition(|piece| !piece.text.is_empty()).map_or(0, |last| last + 1);
            if let (Some(first), true) = (pieces.first(), filled > 0) {
                self.record(*first, &pieces, filled);
            }
        }
    }

    fn record(&mut self, first: Piece<'_>, pieces: &[Piece<'_>], filled: usize) {
        let value = pieces.get(1).copied().unwrap_or(Piece { text: "", start: first.span().end });
        if let Some(title) = first.after("##") {
            self.section(title.text, first.span());
        } else if let (Some(title), None) = (first.after("#"), &self.head.title) {
            self.head.title = Some(Text { value: title.text.to_owned(), span: first.span() });
        } else if self.sections.is_empty() {
            match first.text.trim_end_matches(':') {
                "case" => self.slips.extend(self.head.case(value).err()),
                "link" => self.slips.extend(self.head.link(value).err()),
                key => self.head.pair(Piece { text: key, ..first }, value, &mut self.slips),
            }
        } else if first.text.trim_end_matches(':') == "cite" {
            self.cite(value);
        } else if matches!(self.table, Table::None) && first.text == "when" {
            self.cells(first, pieces.get(..filled).unwrap_or(pieces));
            if let Table::Headed(columns) = std::mem::replace(&mut self.table, Table::Ended) {
                self.table = Table::Ruled(columns);
            }
        } else if let Table::Ruled(Some(columns)) = &self.table {
            let mut cells = pieces.get(..filled.max(1)).unwrap_or(pieces).to_vec();
            let end = cells.last().map_or(first.start, |last| last.span().end);
            while cells.len() < columns.width() {
                cells.push(Piece { text: "", start: end });
            }
            self.cells(Piece { text: first.text, start: first.start }, &cells);
        } else if matches!(self.table, Table::None) && filled > 1 {
            let slip =
                first.slip(Code::BadTable, "a table begins with its headings, and the first is `when`");
            self.slips.push(slip.remedy("write `when`, `what happened` and the columns that are checked"));
            self.table = Table::Ruled(None);
        }
    }

    fn section(&mut self, title: &str, span: std::ops::Range<usize>) {
        if self.sections.is_empty() {
            self.end_head();
        }
        self.end_section();
        let title = Text { value: title.to_owned(), span };
        self.sections.push(Section { title, cite: Vec::new(), columns: Vec::new(), rows: Vec::new() });
        self.table = Table::None;
        self.slips_before = self.slips.len();
    }

    fn end_head(&mut self) {
        self.head.finish(&mut self.slips);
        self.zone.clone_from(&self.head.zone);
    }

    fn end_section(&mut self) {
        let (Some(section), Some(zone)) = (self.sections.last_mut(), &self.zone) else { return };
        table::settle(&mut section.rows, zone, &mut self.slips);
        // What could not be read is told where it stands; only a section that reads well can be empty by itself.
        if self.slips.len() == self.slips_before && checks_nothing(section) {
            let slip = Slip::at(Code::BadTable, section.title.span.clone(), "this section checks nothing");
            self.slips.push(slip.remedy("write a table under it, with an act or with a cell that must hold"));
        }
    }

    fn line(&mut self, line: Piece<'_>) {
        let cells = table::cells(line);
        if self.sections.is_empty() {
            if cells.is_some() {
                let slip = line.slip(Code::BadTable, "a table stands before the first section");
                self.slips.push(slip.remedy("write `## What the table shows` above it"));
            } else {
                self.head.line(line, &mut self.slips);
            }
            return;
        }
        match cells {
            Some(cells) => self.cells(line, &cells),
            None => self.prose(line),
        }
    }

    fn prose(&mut self, line: Piece<'_>) {
        if matches!(self.table, Table::Headed(_)) {
            let slip = line.slip(Code::BadTable, "the line of dashes under the headings is missing");
            self.slips.push(slip.remedy("write `|---|---|` with as many parts as there are columns"));
        }
        if !matches!(self.table, Table::None) {
            self.table = Table::Ended;
        }
        if let Some(text) = line.after("cite:") {
            self.cite(text);
        }
    }

    fn cite(&mut self, text: Piece<'_>) {
        let passage = Passage::new(self.source, text.text, text.span());
        let read = cites(&passage, &|_| true);
        match (read, self.sections.last_mut()) {
            (Ok(cite), Some(section)) => section.cite.extend(cite),
            (Err(slip), _) => self.slips.push(slip),
            (Ok(_), None) => {}
        }
    }

    fn cells(&mut self, line: Piece<'_>, cells: &[Piece<'_>]) {
        self.table = match std::mem::replace(&mut self.table, Table::Ended) {
            Table::None => {
                let columns = table::columns(&self.head, line, cells, &mut self.slips);
                if let (Some(columns), Some(section)) = (&columns, self.sections.last_mut()) {
                    section.columns.clone_from(&columns.checked);
                }
                Table::Headed(columns)
            }
            Table::Headed(columns) => {
                if !table::is_rule(cells) {
                    let first = cells.first().copied().unwrap_or(line);
                    let slip = first.slip(Code::BadTable, "the line of dashes under the headings is missing");
                    self.slips.push(slip.remedy("write `|---|---|` with as many parts as there are columns"));
                }
                Table::Ruled(columns)
            }
            Table::Ruled(columns) => {
                self.row(columns.as_ref(), line, cells);
                Table::Ruled(columns)
            }
            Table::Ended => {
                let first = cells.first().copied().unwrap_or(line);
                let slip = first.slip(Code::BadTable, "a second table begins in this section");
                self.slips.push(slip.remedy("give it a section of its own, or take out the empty line"));
                Table::Ruled(None)
            }
        };
    }

    fn row(&mut self, columns: Option<&Columns>, line: Piece<'_>, cells: &[Piece<'_>]) {
        let (Some(columns), Some(zone)) = (columns, &self.zone) else { return };
        let row = table::row(&self.head, zone, columns, line, cells, &mut self.slips);
        if let Some(section) = self.sections.last_mut() {
            section.rows.extend(row);
        }
    }

    fn finish(mut self) -> (Option<Chronology>, Vec<Diagnostic>) {
        if self.sections.is_empty() {
            self.end_head();
            let slip = Slip::at(Code::BadTable, 0..0, "the chronology has no section");
            self.slips.push(slip.remedy("write `## What the table shows` and a table under it"));
        }
        self.end_section();
        let diagnostics = placed(self.slips, self.source);
        let head = self.head;
        let chronology = match (head.title, head.zone) {
            (Some(title), Some(zone)) if diagnostics.is_empty() => Some(Chronology {
                source: Arc::clone(self.source),
                title: title.value,
                is_hypothetical: head.is_hypothetical,
                cases: head.cases,
                links: head.links,
                zone,
                facts: head.facts,
                sections: self.sections,
            }),
            (Some(_) | None, _) => None,
        };
        (chronology, diagnostics)
    }
}

/// Whether a section would hold under any procedure whatever.
fn checks_nothing(section: &Section) -> bool {
    section.rows.iter().all(|row| {
        row.expectations.is_empty()
            && row.items.iter().all(|item| match item.kind {
                ItemKind::Look | ItemKind::Open | ItemKind::Note(_) => true,
                ItemKind::Act { .. }
                | ItemKind::Document { .. }
                | ItemKind::Ground { .. }
                | ItemKind::Fact { .. }
                | ItemKind::LateRecord { .. }
                | ItemKind::Annul { .. }
                | ItemKind::Correct { .. }
                | ItemKind::Refused { .. } => false,
            })
    })
}
