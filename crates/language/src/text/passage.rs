//! A value of the file as a text of its own that still knows where each of its bytes stands.

use std::ops::Range;

use comity_core::procedure::{Mark, Marked};

use crate::code::Code;
use crate::diagnostic::Slip;
use crate::source::Source;

/// A value and the way from its bytes to those of the file.
#[derive(Clone, Debug)]
pub(crate) struct Passage<'t> {
    pub(crate) text: &'t str,
    map: Map,
}

#[derive(Clone, Debug)]
enum Map {
    /// The value stands in the file as it is.
    Shift(usize),
    /// It was folded or held escapes: the offset of each byte, and of the end.
    Table(Vec<usize>),
}

impl<'t> Passage<'t> {
    /// The value `text` that stands in `span` of the file.
    pub(crate) fn new(source: &Source, text: &'t str, span: Range<usize>) -> Self {
        let raw = source.slice(span.clone());
        let quoted = usize::from(raw.starts_with(['"', '\'']));
        let map = if raw.get(quoted..).is_some_and(|raw| raw.starts_with(text)) {
            Map::Shift(span.start + quoted)
        } else {
            Map::Table(align(text, raw, quoted).into_iter().map(|at| span.start + at).collect())
        };
        Self { text, map }
    }

    /// The offset in the file of a byte of the value.
    pub(crate) fn offset(&self, at: usize) -> usize {
        match &self.map {
            Map::Shift(start) => start + at,
            Map::Table(table) => table.get(at).or(table.last()).copied().unwrap_or(0),
        }
    }

    pub(crate) fn mark(&self, at: usize) -> Mark {
        mark(self.offset(at))
    }

    pub(crate) fn marked(&self, range: Range<usize>) -> Marked<String> {
        Marked { mark: self.mark(range.start), value: self.text.get(range).unwrap_or("").to_owned() }
    }

    pub(crate) fn slip(&self, code: Code, range: Range<usize>, message: impl Into<String>) -> Slip {
        let start = self.offset(range.start);
        let end = range.end.checked_sub(1).map_or(start, |last| self.offset(last) + 1);
        Slip::at(code, start..end.max(start), message)
    }
}

/// A byte offset as the core carries it. Files are far smaller than its range.
pub(crate) fn mark(offset: usize) -> Mark {
    Mark(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// Walks value and raw text together: a blank of the value stands for any white space, an escape for one character.
fn align(text: &str, raw: &str, from: usize) -> Vec<usize> {
    let mut table = Vec::with_capacity(text.len() + 1);
    let mut rest = raw.char_indices().skip_while(|(at, _)| *at < from).peekable();
    for character in text.chars() {
        let is_blank = character == ' ' || character == '\n';
        while rest.next_if(|(_, raw)| raw.is_whitespace() && (!is_blank || *raw != character)).is_some() {}
        let at = rest.peek().map_or(raw.len(), |(at, _)| *at);
        table.extend(std::iter::repeat_n(at, character.len_utf8()));
        let begins_an_escape = rest.peek().is_some_and(|(_, raw)| *raw == '\\' && character != '\\');
        if !is_blank || rest.peek().is_some_and(|(_, raw)| raw.is_whitespace()) {
            rest.next();
        }
        if begins_an_escape {
            rest.next();
        }
    }
    table.push(rest.peek().map_or(raw.len(), |(at, _)| *at));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_folded_value_is_found_on_its_line() {
        let raw = "custody is held\n    and request is lodged";
        let source = Source::new("a.yaml", format!("when: {raw}\n"));
        let value = "custody is held and request is lodged";
        let passage = Passage::new(&source, value, 6..6 + raw.len());
        let at = value.find("lodged").unwrap();
        assert_eq!(passage.offset(at), source.text().find("lodged").unwrap());
    }

    #[test]
    fn a_word_after_an_escape_is_found() {
        let raw = r#""a \"b\" then c""#;
        let source = Source::new("a.yaml", raw);
        let value = r#"a "b" then c"#;
        let passage = Passage::new(&source, value, 0..raw.len());
        assert_eq!(passage.offset(value.find("then").unwrap()), raw.find("then").unwrap());
    }
}
