//! The walk over a tree: every flaw of its structure and of the texts in it, at once.

use std::ops::Range;

use comity_core::procedure::FlawCode;
use comity_core::time::{BadPeriod, Day, Period, Unit};

use super::read::either;
use super::{Field, Format, LegalChoice, MappingShape, ScalarShape, Shape};
use crate::code::Code;
use crate::diagnostic::{MOST, Slip, nearest};
use crate::source::Source;
use crate::text::{self, Passage};
use crate::tree::{Layout, Node, Pair, Scalar, Style, Value};

/// A tree that fits its shape, because whatever did not was replaced.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) node: Node,
    pub(crate) slips: Vec<Slip>,
    /// What was replaced. Nothing found there later is worth saying.
    pub(crate) replaced: Vec<Range<usize>>,
    /// Whether every section is there, so that names may be looked up.
    pub(crate) has_its_sections: bool,
}

/// Holds a tree against a shape.
pub(crate) fn check(source: &Source, node: &Node, shape: &Shape) -> Checked {
    let mut walk = Walk { source, slips: Vec::new(), replaced: Vec::new(), at_the_top: false };
    let node = walk.node(node, shape, &Path(Vec::new()), node.span.start..node.span.start);
    let has_its_sections = !walk.at_the_top && walk.slips.len() < MOST;
    Checked { node, slips: walk.slips, replaced: walk.replaced, has_its_sections }
}

/// The keys from the top to where the walk stands.
struct Path<'k>(Vec<&'k str>);

impl<'k> Path<'k> {
    fn then(&self, key: &'k str) -> Self {
        Self(self.0.iter().copied().chain([key]).collect())
    }

    /// What the author would call it: the file, a section of it, or a row by its name.
    fn owner(&self) -> String {
        match self.0.as_slice() {
            [] => "the file".to_owned(),
            [section] => format!("`{section}`"),
            [section, row, ..] => {
                let singular = match *section {
                    "authorities" => "authority",
                    other => other.strip_suffix('s').unwrap_or(other),
                };
                format!("{singular} `{row}`")
            }
        }
    }
}

struct Walk<'s> {
    source: &'s Source,
    slips: Vec<Slip>,
    replaced: Vec<Range<usize>>,
    at_the_top: bool,
}

impl Walk<'_> {
    fn slip(&mut self, slip: Slip, path: &Path<'_>) {
        self.at_the_top |= path.0.len() < 2;
        self.slips.push(slip);
    }

    fn replace(&mut self, span: Range<usize>, shape: &Shape) -> Node {
        self.replaced.push(span.clone());
        stand_in(span, shape)
    }

    /// `anchor` is where something missing from the node is said to be missing.
    fn node(&mut self, node: &Node, shape: &Shape, path: &Path<'_>, anchor: Range<usize>) -> Node {
        match (&node.value, shape) {
            (Value::Scalar(scalar), _) if scalar.style == Style::Empty => {
                let message = format!("`{}` has no value", path.0.last().unwrap_or(&"the file"));
                let remedy = format!("write {} after the colon, or leave the key out", shape.belongs());
                self.slip(Slip::at(Code::EmptyValue, anchor.clone(), message).remedy(remedy), path);
                self.replace(anchor, shape)
            }
            (Value::Scalar(scalar), Shape { scalar: Some(rule), .. }) => self
                .scalar(node, scalar, rule, path)
                .unwrap_or_else(|| self.replace(node.span.clone(), shape)),
            (Value::Sequence(layout, items), Shape { sequence: Some(inner), .. }) => {
                let items = items.iter().map(|item| self.node(item, inner, path, item_anchor(item)));
                let value = Value::Sequence(*layout, items.collect());
                Node { span: node.span.clone(), value }
            }
            (Value::Mapping(layout, pairs), Shape { mapping: Some(inner), .. }) => {
                let pairs = self.mapping(node, pairs, inner, path, anchor);
                Node { span: node.span.clone(), value: Value::Mapping(*layout, pairs) }
            }
            (Value::Scalar(_) | Value::Sequence(..) | Value::Mapping(..), _) => {
                let name = path.0.last().map_or_else(|| "the file".to_owned(), |key| format!("`{key}`"));
                let message = format!("{} stands where {name} needs {}", node.kind(), shape.belongs());
                let span = if node.text().is_some() { node.span.clone() } else { anchor };
                self.slip(Slip::at(Code::WrongKind, span, message).remedy(example(path)), path);
                self.replace(node.span.clone(), shape)
            }
        }
    }

    fn mapping(
        &mut self,
        node: &Node,
        pairs: &[Pair],
        shape: &MappingShape,
        path: &Path<'_>,
        anchor: Range<usize>,
    ) -> Vec<Pair> {
        let mut kept = Vec::new();
        for pair in pairs {
            if let Some(inner) = shape.under(&pair.key) {
                let node = self.node(&pair.node, inner, &path.then(&pair.key), pair.key_span.clone());
                kept.push(Pair { key: pair.key.clone(), key_span: pair.key_span.clone(), node });
            } else {
                self.unknown_key(pair, pairs, shape, path);
            }
        }
        for field in &shape.fields {
            if !kept.iter().any(|pair| pair.key == field.name) {
                kept.extend(self.missing(node, field, path, &anchor));
            }
        }
        kept
    }

    fn unknown_key(&mut self, pair: &Pair, pairs: &[Pair], shape: &MappingShape, path: &Path<'_>) {
        if self.slips.len() > MOST {
            return;
        }
        let names: Vec<_> = shape.fields.iter().map(|field| field.name.as_str()).collect();
        let free: Vec<_> =
            names.iter().copied().filter(|name| !pairs.iter().any(|pair| pair.key == *name)).collect();
        let message = format!("`{}` means nothing in {}", pair.key, path.owner());
        let slip = Slip::at(Code::UnknownKey, pair.key_span.clone(), message)
            .meant(Some((pair.key.as_str(), free.as_slice())))
            .remedy(format!("the keys here are {}", names.join(", ")));
        // Only a lost section makes it useless to look up names.
        self.slip(slip, path);
    }

    fn missing(
        &mut self,
        node: &Node,
        field: &Field,
        path: &Path<'_>,
        anchor: &Range<usize>,
    ) -> Option<Pair> {
        let needed = field.choice.as_ref().is_some_and(|choice| is_needed(choice, node));
        if !field.is_required && !needed {
            return None;
        }
        let slip = if let Some(choice) = &field.choice {
            let cited = node.get("cite").and_then(Node::text);
            let cited = cited.map(|cite| format!(" ({cite})")).unwrap_or_default();
            let message = format!("{} does not say {}{cited}", path.owner(), choice.asks);
            Slip::at(Code::Procedure(FlawCode::MissingChoice), anchor.clone(), message)
                .remedy(format!("this is a legal choice: write {}", choice.ways))
        } else {
            let message = format!("{} has no `{}`", path.owner(), field.name);
            let remedy = format!("add `{}: {}`", field.name, sample(&field.shape));
            Slip::at(Code::MissingKey, anchor.clone(), message).remedy(remedy)
        };
        let sections_missing = path.0.is_empty();
        self.at_the_top |= sections_missing;
        self.slips.push(slip);
        let node = self.replace(anchor.clone(), &field.shape);
        Some(Pair { key: field.name.clone(), key_span: anchor.clone(), node })
    }

    /// The text, or nothing if it had to be refused.
    fn scalar(&mut self, node: &Node, scalar: &Scalar, rule: &ScalarShape, path: &Path<'_>) -> Option<Node> {
        let text = scalar.text.trim();
        if text.is_empty() {
            let slip = Slip::at(Code::EmptyValue, node.span.clone(), "a text is empty");
            self.slip(slip.remedy("write what is meant, or leave the key out"), path);
            return None;
        }
        if !rule.words.is_empty() && !rule.words.iter().any(|word| word == text) {
            let key = path.0.last().unwrap_or(&"");
            let words: Vec<_> = rule.words.iter().map(|word| format!("`{word}`")).collect();
            let slip =
                Slip::at(Code::UnknownWord, node.span.clone(), format!("`{text}` is no value of `{key}`"))
                    .meant(Some((text, rule.words.as_slice())))
                    .remedy(format!("write {}", either(&words)));
            self.slip(slip, path);
            return None;
        }
        let passage = Passage::new(self.source, &scalar.text, node.span.clone());
        match rule.format.map_or(Ok(()), |format| read(format, &passage)) {
            Ok(()) => {
                let scalar = Scalar { text: scalar.text.clone(), style: scalar.style };
                Some(Node { span: node.span.clone(), value: Value::Scalar(scalar) })
            }
            Err(slip) => {
                // A text that cannot be read takes no section away.
                self.slips.push(slip);
                None
            }
        }
    }
}

fn item_anchor(item: &Node) -> Range<usize> {
    if item.text().is_some() { item.span.clone() } else { item.span.start..item.span.start + 1 }
}

fn is_needed(choice: &LegalChoice, node: &Node) -> bool {
    if node.get("counted-by").is_some() {
        return false;
    }
    let length = node.get("length").and_then(Node::text).and_then(|text| text.parse::<Period>().ok());
    length.is_some_and(|length| choice.needed_for.iter().any(|unit| unit == length.unit().word()))
}

/// Reads a text only to see whether it can be read.
fn read(format: Format, passage: &Passage<'_>) -> Result<(), Slip> {
    let whole = || 0..passage.text.len();
    match format {
        Format::Guard => text::guard(passage).map(drop),
        Format::GuardOrNever => text::guard_or(passage, "never").map(drop),
        Format::GuardOrNone => text::guard_or(passage, "none").map(drop),
        Format::Cite => text::cites(passage, &|_| true).map(drop),
        Format::Moves => text::moves(passage).map(drop),
        Format::From => text::from(passage).map(drop),
        Format::Length => passage.text.parse::<Period>().map(drop).map_err(|bad| bad_length(passage, &bad)),
        Format::Day => passage
            .text
            .parse::<Day>()
            .map(drop)
            .map_err(|bad| passage.slip(Code::BadDay, whole(), bad.to_string())),
        Format::Number => {
            if let Ok(1..) = passage.text.parse::<u32>() {
                Ok(())
            } else {
                let message = format!("`{}` is not a whole number from 1", passage.text);
                Err(passage.slip(Code::BadNumber, whole(), message).remedy("write `1`, `2` and so on"))
            }
        }
        Format::Edition if passage.text == "1" => Ok(()),
        Format::Edition => {
            let message = format!("this program reads edition 1 of the language, not `{}`", passage.text);
            Err(passage
                .slip(Code::NewerFormat, whole(), message)
                .remedy("write `comity: 1`, or use a newer program"))
        }
    }
}

/// The core's sentence says what is wrong and then what would be right.
fn bad_length(passage: &Passage<'_>, bad: &BadPeriod) -> Slip {
    let said = bad.to_string();
    let (message, remedy) = said.split_once("; ").unwrap_or((&said, ""));
    let mut slip = passage.slip(Code::BadLength, 0..passage.text.len(), message).remedy(remedy);
    if let Some((number, unit)) = passage.text.trim().split_once(' ') {
        let units = Unit::ALL.iter().map(|unit| unit.plural());
        slip.suggestion = nearest(unit.trim(), units).map(|unit| format!("{number} {unit}"));
    }
    slip
}

fn example(path: &Path<'_>) -> String {
    match path.0.last() {
        Some(&"moves") => "write the track, a colon and its moves, like `custody: free -> held`".to_owned(),
        Some(_) | None => String::new(),
    }
}

/// What a key could be given, in a few words.
fn sample(shape: &Shape) -> String {
    match shape {
        Shape { scalar: Some(rule), .. } => match (rule.words.as_slice(), rule.format) {
            ([first, ..], _) => first.clone(),
            ([], Some(format)) => match format {
                Format::Guard | Format::GuardOrNever | Format::GuardOrNone => "TRACK is STAGE",
                Format::Cite => "SOURCE ARTICLE",
                Format::Moves => "STAGE -> STAGE",
                Format::From => "STAGE",
                Format::Length => "30 days",
                Format::Day => "2027-04-16",
                Format::Number | Format::Edition => "1",
            }
            .to_owned(),
            ([], None) => "…".to_owned(),
        },
        Shape { mapping: Some(_), .. } => "{…}".to_owned(),
        Shape { .. } => "[…]".to_owned(),
    }
}

/// Something that fits, in place of something that did not. Nothing of it is ever used.
fn stand_in(span: Range<usize>, shape: &Shape) -> Node {
    let value = match shape {
        Shape { scalar: Some(rule), .. } => {
            let text = match (rule.words.first(), rule.format) {
                (Some(word), _) => word,
                (None, Some(Format::Guard | Format::GuardOrNever | Format::GuardOrNone)) => "x is known",
                (None, Some(Format::Cite)) => "x 1",
                (None, Some(Format::Moves)) => "x -> x",
                (None, Some(Format::Length)) => "1 hour",
                (None, Some(Format::Day)) => "2000-01-01",
                (None, Some(Format::Number | Format::Edition)) => "1",
                (None, Some(Format::From) | None) => "x",
            };
            Value::Scalar(Scalar { text: text.to_owned(), style: Style::Plain })
        }
        Shape { mapping: Some(mapping), .. } => {
            let required = mapping.fields.iter().filter(|field| field.is_required);
            let pairs = required.map(|field| Pair {
                key: field.name.clone(),
                key_span: span.clone(),
                node: stand_in(span.clone(), &field.shape),
            });
            Value::Mapping(Layout::Block, pairs.collect())
        }
        Shape { scalar: None, mapping: None, .. } => Value::Sequence(Layout::Flow, Vec::new()),
    };
    Node { span, value }
}
