//! Tables: columns as wide as what stands in them, and the last one wrapped.

use super::wrap::{lines, width};
use super::{Tone, clean};

/// How far columns stand apart.
const GAP: usize = 2;
/// The least width to which a column that must give way is wrapped.
const NARROWEST: usize = 24;

/// A cell: one or more paragraphs, each in its tone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    paragraphs: Vec<(Tone, String)>,
    is_right: bool,
}

/// Rows of cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    /// The widest that a column may be, by its place.
    most: Vec<(usize, usize)>,
}

/// The lines of a cell, its width, and whether it is set to the right.
type Wrapped = (Vec<(Tone, String)>, usize, bool);

/// A cell of one paragraph.
pub(crate) fn cell(tone: Tone, text: impl AsRef<str>) -> Cell {
    Cell::default().and(tone, text)
}

impl Cell {
    /// The same with one more paragraph, unless it is empty.
    pub(crate) fn and(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        if !text.as_ref().is_empty() {
            self.paragraphs.push((tone, clean(text.as_ref())));
        }
        self
    }

    /// The same, set to the right, for numbers.
    pub(crate) fn right(mut self) -> Self {
        self.is_right = true;
        self
    }

    fn natural(&self) -> usize {
        self.paragraphs.iter().map(|(_, text)| width(text)).max().unwrap_or(0)
    }

    fn wrapped(&self, most: usize) -> Vec<(Tone, String)> {
        let wrap =
            |(tone, text): &(Tone, String)| lines(text, most).into_iter().map(|line| (*tone, line)).collect();
        self.paragraphs.iter().flat_map::<Vec<_>, _>(wrap).collect()
    }
}

impl Table {
    /// A table without rows.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Keeps a column from growing wider than `most`.
    pub(crate) fn at_most(mut self, column: usize, most: usize) -> Self {
        self.most.push((column, most));
        self
    }

    /// One more row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn lines(&self, most: usize) -> Vec<String> {
        let widths = self.widths(most);
        self.rows.iter().flat_map(|row| row_lines(row, &widths)).collect()
    }

    fn widths(&self, most: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..columns)
            .map(|column| {
                let natural =
                    self.rows.iter().filter_map(|row| row.get(column)).map(Cell::natural).max().unwrap_or(0);
                let cap =
                    self.most.iter().find(|(at, _)| *at == column).map_or(usize::MAX, |(_, most)| *most);
                natural.min(cap)
            })
            .collect();
        let gaps = GAP * columns.saturating_sub(1);
        // The last column gives way first; where that is not enough, the widest of the others does.
        let spare = most.saturating_sub(gaps);
        let last = widths.pop().unwrap_or(0);
        while widths.iter().sum::<usize>() + last.min(NARROWEST) > spare {
            match widths.iter_mut().max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                Some(_) | None => break,
            }
        }
        widths.push(last.min(spare.saturating_sub(widths.iter().sum()).max(NARROWEST)));
        widths
    }
}

fn row_lines(row: &[Cell], widths: &[usize]) -> Vec<String> {
    let wrapped: Vec<Wrapped> =
        row.iter().zip(widths).map(|(cell, most)| (cell.wrapped(*most), *most, cell.is_right)).collect();
    let height = wrapped.iter().map(|(lines, _, _)| lines.len()).max().unwrap_or(0).max(1);
    (0..height)
        .map(|at| {
            let cells: Vec<String> = wrapped
                .iter()
                .map(|(lines, most, is_right)| {
                    let (tone, text) = lines.get(at).cloned().unwrap_or((Tone::Plain, String::new()));
                    let pad = " ".repeat(most.saturating_sub(width(&text)));
                    if *is_right {
                        format!("{pad}{}", tone.paint(&text))
                    } else {
                        format!("{}{pad}", tone.paint(&text))
                    }
                })
                .collect();
            cells.join(&" ".repeat(GAP)).trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_a_terminal_shows() {
        let mut table = Table::new();
        table.row([cell(Tone::Plain, "검사"), cell(Tone::Plain, "prosecutor")]);
        table.row([cell(Tone::Plain, "court"), cell(Tone::Plain, "court")]);
        assert_eq!(table.lines(40), ["검사   prosecutor", "court  court"]);
    }

    #[test]
    fn the_last_column_wraps_and_hangs() {
        let mut table = Table::new();
        table.row([cell(Tone::Plain, "a"), cell(Tone::Plain, "the person must be set at liberty")]);
        assert_eq!(table.lines(28), ["a  the person must be set at", "   liberty"]);
    }
}
