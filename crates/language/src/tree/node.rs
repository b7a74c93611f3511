//! The parts of the tree.

use std::ops::Range;

/// A value with the bytes it takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar(Scalar),
    Sequence(Layout, Vec<Node>),
    Mapping(Layout, Vec<Pair>),
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// How a text stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Nothing stands there.
    Empty,
    Plain,
    Quoted,
    Block,
}

/// Whether a collection stands in lines or between brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Block,
    Flow,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) node: Node,
}

/// A comment, with its `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
}

impl Node {
    /// What an author would call it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(scalar) if scalar.style == Style::Empty => "nothing",
            Value::Scalar(_) => "a text",
            Value::Sequence(..) => "a list",
            Value::Mapping(..) => "a mapping",
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            Value::Sequence(..) | Value::Mapping(..) => None,
        }
    }

    /// The value under a key, if this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().find(|pair| pair.key == key).map(|pair| &pair.node)
    }

    /// The pairs, if this is a mapping.
    pub(crate) fn pairs(&self) -> &[Pair] {
        match &self.value {
            Value::Mapping(_, pairs) => pairs,
            Value::Scalar(_) | Value::Sequence(..) => &[],
        }
    }

    /// The same in a text that stands so many bytes further on.
    pub(crate) fn further(mut self, by: usize) -> Self {
        self.move_on(by);
        self
    }

    fn move_on(&mut self, by: usize) {
        let on = |span: &mut Range<usize>| *span = span.start + by..span.end + by;
        on(&mut self.span);
        match &mut self.value {
            Value::Scalar(_) => {}
            Value::Sequence(_, items) => items.iter_mut().for_each(|item| item.move_on(by)),
            Value::Mapping(_, pairs) => pairs.iter_mut().for_each(|pair| {
                on(&mut pair.key_span);
                pair.node.move_on(by);
            }),
        }
    }

    /// A text that nobody wrote, in place of one that could not be used.
    pub(crate) fn stand_in(at: usize, text: &str) -> Self {
        let scalar = Scalar { text: text.to_owned(), style: Style::Plain };
        Self { span: at..at, value: Value::Scalar(scalar) }
    }
}
