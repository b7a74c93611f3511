//! Which comment belongs to which entry.

use std::collections::HashMap;

use crate::source::Source;
use crate::tree::{Layout, Node, Tree, Value};

/// An entry: where it begins, and whether it is an element of a list rather than a key.
pub(super) type EntryId = (usize, bool);

/// A comment on a line of its own.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) text: String,
    pub(super) has_blank_above: bool,
}

/// The comments of one entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) above: Vec<Own>,
    pub(super) right: Option<String>,
    pub(super) below: Vec<Own>,
}

/// The comments of a file.
#[derive(Debug, Default)]
pub(super) struct Attached {
    pub(super) of: HashMap<EntryId, Notes>,
    /// What follows the last entry.
    pub(super) tail: Vec<Own>,
}

struct Entry {
    id: EntryId,
    end: usize,
    last_line: usize,
    line: usize,
    column: usize,
    is_block: bool,
}

pub(super) fn attach(source: &Source, tree: &Tree) -> Attached {
    let mut entries = Vec::new();
    collect(source, &tree.root, &mut entries);
    let mut attached = Attached::default();
    for comment in &tree.comments {
        let at = comment.span.start;
        let place = source.place(at);
        let before: String = source.line(place.line).chars().take(place.column - 1).collect();
        if before.trim().is_empty() {
            let own = Own { text: comment.text.clone(), has_blank_above: has_blank_above(source, at) };
            attached.own(&entries, own, at, place.column);
        } else {
            attached.right(&entries, &comment.text, at, place.line);
        }
    }
    attached
}

/// Whether the line above the one at `offset` is empty.
pub(super) fn has_blank_above(source: &Source, offset: usize) -> bool {
    let line = source.place(offset).line;
    line > 1 && source.line(line - 1).trim().is_empty()
}

fn collect(source: &Source, node: &Node, entries: &mut Vec<Entry>) {
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(_, items) => {
            for item in items {
                entries.push(entry(source, (item.span.start, true), item, item.span.end, 2));
                collect(source, item, entries);
            }
        }
        Value::Mapping(_, pairs) => {
            for pair in pairs {
                let end = pair.node.span.end.max(pair.key_span.end);
                entries.push(entry(source, (pair.key_span.start, false), &pair.node, end, 0));
                collect(source, &pair.node, entries);
            }
        }
    }
}

fn entry(source: &Source, id: EntryId, node: &Node, end: usize, dash: usize) -> Entry {
    let place = source.place(id.0);
    let is_block = matches!(node.value, Value::Sequence(Layout::Block, _) | Value::Mapping(Layout::Block, _));
    let last_line = source.place(end).line;
    Entry { id, end, last_line, line: place.line, column: place.column.saturating_sub(dash), is_block }
}

impl Attached {
    fn own(&mut self, entries: &[Entry], own: Own, at: usize, column: usize) {
        let next = entries.iter().find(|entry| entry.id.0 > at);
        if next.is_none_or(|next| column > next.column) {
            let same = entries.iter().rfind(|entry| entry.id.0 < at && entry.column == column);
            // At the left edge behind everything it belongs to the file.
            if let Some(entry) = same.filter(|_| column > 1) {
                self.of.entry(entry.id).or_default().below.push(own);
                return;
            }
        }
        match next {
            Some(next) => self.of.entry(next.id).or_default().above.push(own),
            None => self.tail.push(own),
        }
    }

    fn right(&mut self, entries: &[Entry], text: &str, at: usize, line: usize) {
        let ended =
            entries.iter().find(|entry| !entry.is_block && entry.last_line == line && entry.end <= at);
        let begun = || entries.iter().rfind(|entry| entry.line == line && entry.id.0 < at);
        let any = || entries.iter().rfind(|entry| entry.id.0 < at);
        let own = Own { text: text.to_owned(), has_blank_above: false };
        let Some(entry) = ended.or_else(begun).or_else(any) else {
            match entries.first() {
                Some(first) => self.of.entry(first.id).or_default().above.push(own),
                None => self.tail.push(own),
            }
            return;
        };
        let notes = self.of.entry(entry.id).or_default();
        if notes.right.is_none() {
            notes.right = Some(own.text);
        } else {
            notes.above.push(own);
        }
    }

    /// Whether a comment stands anywhere inside a value.
    pub(super) fn is_inside(&self, node: &Node) -> bool {
        match &node.value {
            Value::Scalar(_) => false,
            Value::Sequence(_, items) => items
                .iter()
                .any(|item| self.of.contains_key(&(item.span.start, true)) || self.is_inside(item)),
            Value::Mapping(_, pairs) => pairs.iter().any(|pair| {
                self.of.contains_key(&(pair.key_span.start, false)) || self.is_inside(&pair.node)
            }),
        }
    }
}
