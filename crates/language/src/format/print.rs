//! From a tree to its canonical text.

use super::notes::{Attached, Notes, Own, attach, has_blank_above};
use super::scalar::{self, Around};
use crate::shape::Shape;
use crate::source::Source;
use crate::tree::{Layout, Node, Pair, Tree, Value};

/// How wide a line may be.
const WIDEST: usize = 120;
/// How far what stands under a key is set in.
const STEP: usize = 2;

pub(super) fn print(source: &Source, tree: &Tree, shape: &Shape) -> String {
    let mut printer = Printer { source, attached: attach(source, tree), out: String::new() };
    let is_empty = match &tree.root.value {
        Value::Mapping(_, pairs) => pairs.is_empty(),
        Value::Sequence(_, items) => items.is_empty(),
        Value::Scalar(scalar) => scalar.text.is_empty(),
    };
    let tail = std::mem::take(&mut printer.attached.tail);
    if is_empty {
        // Without a sign it would be no document at all.
        printer.own(&tail, 0);
        let sign =
            if let Value::Scalar(_) = tree.root.value { "\"\"".to_owned() } else { flow(&tree.root, None) };
        printer.line(0, &sign);
        return printer.out;
    }
    match &tree.root.value {
        Value::Mapping(_, pairs) => printer.sections(pairs, shape),
        Value::Scalar(_) | Value::Sequence(..) => printer.block(&tree.root, Some(shape), 0),
    }
    printer.own(&tail, 0);
    printer.out
}

struct Printer<'s> {
    source: &'s Source,
    attached: Attached,
    out: String,
}

impl Printer<'_> {
    /// The top of the file: what fills several lines is set apart by an empty one.
    fn sections(&mut self, pairs: &[Pair], shape: &Shape) {
        let mut was_long = false;
        for pair in in_order(pairs, Some(shape)) {
            let start = self.out.len();
            self.pair(pair, under(Some(shape), &pair.key), 0, Lead::Own);
            let text = self.out.split_off(start);
            let is_long = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count() > 1;
            let is_apart = is_long || was_long || text.starts_with('\n');
            if is_apart && !self.out.is_empty() {
                self.out.push('\n');
            }
            self.out.push_str(text.trim_start_matches('\n'));
            was_long = is_long;
        }
    }

    fn own(&mut self, comments: &[Own], indent: usize) {
        for comment in comments {
            self.blank(comment.has_blank_above);
            self.line(indent, &comment.text);
        }
    }

    /// An empty line, unless it would stand at the top of something.
    fn blank(&mut self, wanted: bool) {
        if wanted && !self.out.ends_with("\n\n") && !self.begins_something() {
            self.out.push('\n');
        }
    }

    fn begins_something(&self) -> bool {
        let last = self.out.trim_end_matches('\n').rsplit('\n').next().unwrap_or("");
        let code = last.split("  #").next().unwrap_or(last);
        self.out.len() > 1 && code.ends_with(':') && !last.trim_start().starts_with('#')
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn pair(&mut self, pair: &Pair, shape: Option<&Shape>, indent: usize, lead: Lead) {
        let notes = self.attached.of.remove(&(pair.key_span.start, false)).unwrap_or_default();
        if lead == Lead::Own {
            self.own(&notes.above, indent);
            self.blank(has_blank_above(self.source, pair.key_span.start));
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
        let key = scalar::print_key(&pair.key, Around::Lines);
        self.value(&format!("{key}:"), &pair.node, shape, indent, &notes);
        self.own(&notes.below, indent);
    }

    /// `lead` and the value behind or below it, from the place where the line stands.
    fn value(&mut self, lead: &str, node: &Node, shape: Option<&Shape>, indent: usize, notes: &Notes) {
        let right = notes.right.as_ref().map(|text| format!("  {text}")).unwrap_or_default();
        self.out.push_str(lead);
        if let Some(text) = self.in_one_line(node, indent + lead.chars().count() + 1, shape) {
            let text = if text.is_empty() { text } else { format!(" {text}") };
            let folded = fold(&text, indent + STEP, indent + lead.chars().count());
            self.out.push_str(&folded);
            self.out.push_str(&right);
            self.out.push('\n');
        } else {
            self.out.push_str(&right);
            self.out.push('\n');
            self.block(node, shape, indent + STEP);
        }
    }

    /// The value as the rest of a line that begins at `column`, if it may stand there.
    fn in_one_line(&self, node: &Node, column: usize, shape: Option<&Shape>) -> Option<String> {
        let is_flow = match &node.value {
            Value::Scalar(scalar) => return Some(scalar::print(scalar, Around::Lines)),
            Value::Sequence(layout, items) => *layout == Layout::Flow || items.is_empty(),
            Value::Mapping(layout, pairs) => *layout == Layout::Flow || pairs.is_empty(),
        };
        if !is_flow || self.attached.is_inside(node) {
            return None;
        }
        let text = flow(node, shape);
        let is_empty = text.len() == 2;
        (is_empty || column + text.chars().count() <= WIDEST).then_some(text)
    }

    fn block(&mut self, node: &Node, shape: Option<&Shape>, indent: usize) {
        match &node.value {
            Value::Scalar(scalar) => self.line(indent, &scalar::print(scalar, Around::Lines)),
            Value::Mapping(_, pairs) => {
                for pair in in_order(pairs, shape) {
                    self.pair(pair, under(shape, &pair.key), indent, Lead::Own);
                }
            }
            Value::Sequence(_, items) => {
                let inner = shape.and_then(|shape| shape.sequence.as_deref());
                for item in items {
                    self.item(item, inner, indent);
                }
            }
        }
    }

    fn item(&mut self, item: &Node, shape: Option<&Shape>, indent: usize) {
        let notes = self.attached.of.remove(&(item.span.start, true)).unwrap_or_default();
        self.own(&notes.above, indent);
        let pairs = in_order(item.pairs(), shape);
        let stands_in_lines = self.in_one_line(item, indent + STEP, shape).is_none();
        let first = pairs.first().filter(|_| stands_in_lines);
        let Some(first) = first else {
            self.blank(has_blank_above(self.source, item.span.start));
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.value("-", item, shape, indent, &notes);
            self.own(&notes.below, indent);
            return;
        };
        // Comments above the first key stand above the dash.
        let above = self
            .attached
            .of
            .get_mut(&(first.key_span.start, false))
            .map(|notes| std::mem::take(&mut notes.above));
        let right = notes.right.map(|text| Own { text, has_blank_above: false });
        self.own(&right.into_iter().chain(above.unwrap_or_default()).collect::<Vec<_>>(), indent);
        self.blank(has_blank_above(self.source, item.span.start));
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.out.push_str("- ");
        for (index, pair) in pairs.iter().enumerate() {
            let lead = if index == 0 { Lead::Dash } else { Lead::Own };
            self.pair(pair, under(shape, &pair.key), indent + STEP, lead);
        }
        self.own(&notes.below, indent);
    }
}

/// Whether a key begins its line or follows a dash.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Own,
    Dash,
}

fn under<'h>(shape: Option<&'h Shape>, key: &str) -> Option<&'h Shape> {
    shape.and_then(|shape| shape.mapping.as_ref()).and_then(|mapping| mapping.under(key))
}

fn in_order<'p>(pairs: &'p [Pair], shape: Option<&Shape>) -> Vec<&'p Pair> {
    let mut ordered: Vec<_> = pairs.iter().collect();
    if let Some(mapping) = shape.and_then(|shape| shape.mapping.as_ref()) {
        ordered.sort_by_key(|pair| mapping.rank(&pair.key));
    }
    ordered
}

fn flow(node: &Node, shape: Option<&Shape>) -> String {
    match &node.value {
        Value::Scalar(scalar) => scalar::print(scalar, Around::Braces),
        Value::Sequence(_, items) => {
            let inner = shape.and_then(|shape| shape.sequence.as_deref());
            let items: Vec<_> = items.iter().map(|item| flow(item, inner)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(_, pairs) => {
            let pairs = in_order(pairs, shape).into_iter().map(|pair| {
                let key = scalar::print_key(&pair.key, Around::Braces);
                format!("{key}: {}", flow(&pair.node, under(shape, &pair.key)))
            });
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Breaks a plain text that is too long at its blanks. `column` is where it begins, `indent` where it goes on.
fn fold(text: &str, indent: usize, column: usize) -> String {
    let is_plain = text.starts_with(' ')
        && scalar::may_fold(text.trim_start())
        && !text.trim_start().starts_with(['[', '{']);
    if column + text.chars().count() <= WIDEST || !is_plain {
        return text.to_owned();
    }
    let mut lines: Vec<Vec<&str>> = vec![Vec::new()];
    let mut at = column;
    for word in text.trim_start().split(' ') {
        let Some(line) = lines.last_mut() else { break };
        at += 1 + word.chars().count();
        line.push(word);
        if at > WIDEST {
            let next = line.split_off(break_before(line));
            at = indent + next.iter().map(|word| word.chars().count() + 1).sum::<usize>();
            if !next.is_empty() {
                lines.push(next);
            }
        }
    }
    let lines: Vec<_> = lines.iter().map(|words| words.join(" ")).collect();
    format!(" {}", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// Where a line that is too long goes on below: at its last `and` or `or`, else at its last word.
fn break_before(line: &[&str]) -> usize {
    let may_begin = |word: &str| word.starts_with(|c: char| c.is_alphanumeric() || c == '(');
    // An empty word is one of two blanks, and blanks at the edge of a line would be lost.
    let may_break = |at: usize| {
        let (Some(before), Some(word)) = (line.get(at.wrapping_sub(1)), line.get(at)) else { return false };
        !before.is_empty() && may_begin(word)
    };
    let before =
        |joint: &str| (2..line.len()).rev().find(|at| may_break(*at) && line.get(*at) == Some(&joint));
    let last = || (1..line.len()).rev().find(|at| may_break(*at));
    before("and").or_else(|| before("or")).or_else(last).unwrap_or(line.len())
}
