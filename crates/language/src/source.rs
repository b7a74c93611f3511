//! A text with the name of its file, and the way from a byte offset to a line that a person can find.

use std::ops::Range;
use std::sync::Arc;

/// The text of one file, and behind it that of the file it builds on, if it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: String,
    text: String,
    // INVARIANT: the byte offset at which each line begins, ascending, from 0.
    lines: Vec<usize>,
    /// Offsets from [`Source::behind`] on are of this one.
    base: Option<Arc<Source>>,
}

/// A place in a text as people count it: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Source {
    /// The text of the file at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        // As YAML and spreadsheets have it: a line ends with a line feed, or with a carriage return that none follows.
        let bytes = text.as_bytes();
        let ends = |at: usize| match bytes.get(at) {
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            other => other == Some(&b'\n'),
        };
        let lines =
            std::iter::once(0).chain((0..bytes.len()).filter(|at| ends(*at)).map(|at| at + 1)).collect();
        Self { path: path.into(), text, lines, base: None }
    }

    /// The same text with that of the file it builds on behind it, so that one offset tells both the file and the place.
    pub(crate) fn built_on(self, base: Arc<Self>) -> Self {
        Self { base: Some(base), ..self }
    }

    /// The offset at which the text behind this one begins.
    pub(crate) fn behind(&self) -> usize {
        self.text.len() + 1
    }

    /// The text in which an offset stands, and the offset there.
    #[must_use]
    pub fn part(&self, offset: usize) -> (&Self, usize) {
        match (&self.base, offset.checked_sub(self.behind())) {
            (Some(base), Some(offset)) => base.part(offset),
            (_, _) => (self, offset),
        }
    }

    /// The path as it was given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte offset in its [part](Self::part). An offset beyond the end is the end.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let (part, offset) = self.part(offset);
        part.own_place(offset)
    }

    fn own_place(&self, offset: usize) -> Place {
        let offset = self.floor(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Place { line, column }
    }

    /// The text of a line, from 1, without its end.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied() else {
            return "";
        };
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// What stands in a range of bytes, or nothing where the range cuts a character.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &str {
        let (part, start) = self.part(range.start);
        part.text.get(start..start + range.len()).unwrap_or("")
    }

    /// The lines with the byte offset at which each begins, without their ends.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().enumerate().map(|(index, start)| (*start, self.line(index + 1)))
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_behind_the_text_is_of_the_file_that_it_builds_on() {
        let lowest = Source::new("c.yaml", "e\nf");
        let base = Source::new("b.yaml", "c\nd\n").built_on(Arc::new(lowest));
        let source = Source::new("a.yaml", "a\nb\n").built_on(Arc::new(base));
        let told = |offset| {
            let Place { line, column } = source.place(offset);
            (source.part(offset).0.path(), line, column, source.slice(offset..offset + 1))
        };
        assert_eq!(told(2), ("a.yaml", 2, 1, "b"));
        assert_eq!(told(4), ("a.yaml", 3, 1, ""));
        assert_eq!(told(7), ("b.yaml", 2, 1, "d"));
        assert_eq!(told(12), ("c.yaml", 2, 1, "f"));
        assert_eq!(told(99), ("c.yaml", 2, 2, ""));
    }
}
