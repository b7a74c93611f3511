//! The words of a value, one after the other.

use std::ops::Range;

use super::Passage;
use crate::code::Code;
use crate::diagnostic::Slip;

/// A word with its place in the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) span: Range<usize>,
}

/// A cursor over the words of a passage.
#[derive(Clone, Debug)]
pub(super) struct Words<'t> {
    pub(super) passage: &'t Passage<'t>,
    all: Vec<Word<'t>>,
    next: usize,
    code: Code,
}

impl<'t> Words<'t> {
    pub(super) fn new(passage: &'t Passage<'t>, code: Code) -> Self {
        Self { passage, all: split(passage.text), next: 0, code }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn peek(&self) -> Option<&'t str> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'t str> {
        self.all.get(self.next + ahead).map(|word| word.text)
    }

    pub(super) fn take(&mut self) -> Option<Word<'t>> {
        let word = self.all.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    /// Takes the word if it is this one.
    pub(super) fn took(&mut self, text: &str) -> bool {
        let is_it = self.peek() == Some(text);
        self.next += usize::from(is_it);
        is_it
    }

    /// Takes a run of words if they are these.
    pub(super) fn took_all(&mut self, text: &[&str]) -> bool {
        let are_they = text.iter().enumerate().all(|(ahead, word)| self.peek_at(ahead) == Some(word));
        self.next += if are_they { text.len() } else { 0 };
        are_they
    }

    /// Takes a name: any word that is no mark.
    pub(super) fn name(&mut self, expected: &str) -> Result<Word<'t>, Slip> {
        match self.peek() {
            Some("(" | ")" | "," | "->" | ";") | None => Err(self.expected(expected)),
            Some(_) => self.take().ok_or_else(|| self.expected(expected)),
        }
    }

    /// Where the next word stands, or the end.
    pub(super) fn here(&self) -> Range<usize> {
        let end = self.passage.text.trim_end().len();
        self.all.get(self.next).map_or(end..end, |word| word.span.clone())
    }

    pub(super) fn expected(&self, what: &str) -> Slip {
        let found = self.peek().map_or_else(|| "the text ends".to_owned(), |word| format!("found `{word}`"));
        self.passage.slip(self.code, self.here(), format!("expected {what}, {found}"))
    }
}

fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = 0..text.len();
    while let Some(left) = text.get(rest.clone()) {
        let blank = left.len() - left.trim_start().len();
        let start = rest.start + blank;
        let Some(left) = text.get(start..).filter(|left| !left.is_empty()) else { break };
        let length = if left.starts_with("->") {
            2
        } else if left.starts_with(['(', ')', ',', ';']) {
            1
        } else if let Some(inner) = left.strip_prefix('"') {
            inner.find('"').map_or(left.len(), |end| end + 2)
        } else {
            let end = left.find(|c: char| c.is_whitespace() || "(),;".contains(c)).unwrap_or(left.len());
            left.get(..end).and_then(|word| word.find("->")).unwrap_or(end)
        };
        let span = start..start + length;
        words.push(Word { text: text.get(span.clone()).unwrap_or(""), span });
        rest.start = start + length;
    }
    words
}
