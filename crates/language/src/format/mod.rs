//! The canonical form of procedure files and of those beside them.
//!
//! Keys stand in the order of the reference, sections are set apart, what stands between braces stays there if
//! it fits in a line. Every comment stays with what it was written at. The text is read again before it is
//! handed out, and only returned if it means what it meant.

mod notes;
mod print;
mod scalar;

use std::collections::BTreeMap;

use comity_core::time::Period;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, placed};
use crate::shape::{self, Format, Shape};
use crate::source::Source;
use crate::tree::{self, Node, Tree, Value};

/// The canonical form of a file.
///
/// # Errors
///
/// Returns what keeps the file from being read as a tree, or [`Code::NotKept`] if the form would have had another
/// meaning. Flaws of structure do not matter here.
pub fn format(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let mut before = read(source)?;
    let shape = shape_of(&before.root);
    spell_lengths(&mut before.root, shape);
    let text = print::print(source, &before, shape);
    let again = Source::new(source.path(), text);
    let is_kept = read(&again).is_ok_and(|after| {
        meaning(&before.root) == meaning(&after.root) && comments(&before) == comments(&after)
    });
    if is_kept {
        return Ok(again.text().to_owned());
    }
    let message = "the canonical form would have another meaning than this file, which was left alone";
    let remedy = "please report it, with the file; simpler layout or quotation marks help meanwhile";
    Err(vec![Diagnostic::of_file(Code::NotKept, source.path(), message, remedy)])
}

/// Lengths are spelled as they are told everywhere else: `45 day` is `45 days`.
fn spell_lengths(node: &mut Node, shape: &Shape) {
    match &mut node.value {
        Value::Scalar(scalar) => {
            let is_length = shape.scalar.as_ref().is_some_and(|rule| rule.format == Some(Format::Length));
            if let (true, Ok(length)) = (is_length, scalar.text.parse::<Period>()) {
                scalar.text = length.to_string();
            }
        }
        Value::Sequence(_, items) => {
            let inner = shape.sequence.as_deref().unwrap_or(shape);
            for item in items {
                spell_lengths(item, inner);
            }
        }
        Value::Mapping(_, pairs) => {
            for pair in pairs {
                if let Some(inner) = shape.mapping.as_ref().and_then(|mapping| mapping.under(&pair.key)) {
                    spell_lengths(&mut pair.node, inner);
                }
            }
        }
    }
}

fn read(source: &Source) -> Result<Tree, Vec<Diagnostic>> {
    match tree::read(source) {
        (Some(tree), slips) if slips.is_empty() => Ok(tree),
        (_, slips) => Err(placed(slips, source)),
    }
}

fn shape_of(root: &Node) -> &'static Shape {
    if root.get("comity-calendar").is_some() {
        shape::calendar()
    } else if root.get("comity-counting").is_some() {
        shape::counting()
    } else if root.get("comity-labels").is_some() {
        shape::labels()
    } else if root.get("comity-equivalents").is_some() {
        shape::equivalents()
    } else {
        shape::procedure()
    }
}

#[derive(PartialEq, Eq)]
enum Meaning<'t> {
    Text(&'t str),
    List(Vec<Meaning<'t>>),
    Table(BTreeMap<&'t str, Meaning<'t>>),
}

fn meaning(node: &Node) -> Meaning<'_> {
    match &node.value {
        Value::Scalar(scalar) => Meaning::Text(scalar.text.trim()),
        Value::Sequence(_, items) => Meaning::List(items.iter().map(meaning).collect()),
        Value::Mapping(_, pairs) => {
            Meaning::Table(pairs.iter().map(|pair| (pair.key.as_str(), meaning(&pair.node))).collect())
        }
    }
}

fn comments(tree: &Tree) -> Vec<&str> {
    let mut comments: Vec<_> = tree.comments.iter().map(|comment| comment.text.as_str()).collect();
    comments.sort_unstable();
    comments
}
