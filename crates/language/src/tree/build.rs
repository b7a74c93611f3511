//! From the events of the scanner to the tree, with every flaw that does not end the reading.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StructureStyle, options};

use super::node::{Comment, Layout, Node, Pair, Scalar, Style, Value};
use crate::code::Code;
use crate::diagnostic::{MOST, Slip};
use crate::source::Source;

/// The largest file that is read, in bytes.
pub(crate) const LARGEST: usize = 1 << 20;
/// How deep mappings and lists may nest. A procedure needs eight.
const DEEPEST: usize = 24;
/// How many keys and values a file may hold.
const MOST_NODES: usize = 100_000;

/// A file that could be scanned.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) root: Node,
    pub(crate) comments: Vec<Comment>,
}

/// Reads a text. The tree is there whenever the text could be scanned to its end, flaws or not.
pub(crate) fn read(source: &Source) -> (Option<Tree>, Vec<Slip>) {
    let text = source.text();
    if text.len() > LARGEST {
        return (None, vec![too_large(text.len())]);
    }
    let mut builder = Builder::new(source);
    if text.starts_with('\u{feff}') {
        builder.slip(
            Slip::at(Code::Syntax, 0..0, "the file begins with a byte order mark")
                .remedy("save it as UTF-8 without one"),
        );
    }
    builder.run();
    builder.slips.sort_by_key(|slip| slip.span.start);
    builder.slips.dedup_by_key(|slip| slip.span.start);
    let comments = builder.comments;
    let tree = (!builder.broken).then_some(builder.root).flatten().map(|root| Tree { root, comments });
    (tree, builder.slips)
}

/// What is said of a file over the limit, whatever it holds.
pub(crate) fn too_large(bytes: usize) -> Slip {
    Slip::at(Code::TooLarge, 0..0, format!("the file has {bytes} bytes; a file here has at most {LARGEST}"))
        .remedy("divide it into procedures of their own")
}

enum Frame {
    Mapping { layout: Layout, start: usize, pairs: Vec<Pair>, key: Key, seen: HashMap<String, usize> },
    Sequence { layout: Layout, start: usize, items: Vec<Node> },
}

enum Key {
    Awaited,
    Read(String, Range<usize>),
    /// It was refused, and its value goes with it.
    Refused,
}

struct Builder<'s> {
    source: &'s Source,
    stack: Vec<Frame>,
    root: Option<Node>,
    comments: Vec<Comment>,
    slips: Vec<Slip>,
    documents: usize,
    nodes: usize,
    broken: bool,
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source) -> Self {
        Self {
            source,
            stack: Vec::new(),
            root: None,
            comments: Vec::new(),
            slips: Vec::new(),
            documents: 0,
            nodes: 0,
            broken: false,
        }
    }

    fn slip(&mut self, slip: Slip) {
        self.slips.push(slip);
    }

    fn run(&mut self) {
        let options = options! {
            strict_indentation: true,
            disallow_directives: true,
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            max_buffered_comment_events: 10_000,
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
        };
        for next in Parser::new_from_str_with_options(self.source.text(), options) {
            match next {
                Ok((event, span)) => self.event(event, &span),
                Err(error) => {
                    let slip = scanner_slip(self.source, &error);
                    self.slip(slip);
                    self.broken = true;
                }
            }
            if self.broken || self.slips.len() > MOST {
                self.broken = true;
                return;
            }
        }
        if self.root.is_none() && self.slips.is_empty() {
            let slip = Slip::at(Code::EmptyFile, 0..0, "the file holds nothing");
            self.slip(slip.remedy("begin it with `comity: 1`"));
        }
    }

    #[expect(clippy::match_same_arms, reason = "the last arm is for events that the scanner may learn")]
    fn event(&mut self, event: Event<'_>, span: &Span) {
        let range = span.byte_range().unwrap_or(0..0);
        if let Some(tag) = span.tag_span().and_then(|tag| tag.byte_range()) {
            let slip = Slip::at(Code::Tag, tag, "a tag says what type a value has");
            self.slip(
                slip.remedy("leave it out; every value is read as text, and its key says what it means"),
            );
        }
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(..) => self.document(range),
            Event::Comment(..) => {
                let text = self.source.slice(range.clone()).trim_end().to_owned();
                self.comments.push(Comment { span: range, text });
            }
            Event::Anchor(..) => self.reference(range),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.reference(range.clone());
                self.complete(Node::stand_in(range.start, ""));
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, range),
            Event::SequenceStart(style, ..) => {
                let frame = Frame::Sequence { layout: layout(style), start: range.start, items: Vec::new() };
                self.open(frame, range);
            }
            Event::MappingStart(style, ..) => {
                let (layout, start) = (layout(style), range.start);
                let (pairs, seen) = (Vec::new(), HashMap::new());
                self.open(Frame::Mapping { layout, start, pairs, key: Key::Awaited, seen }, range);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            _ => {}
        }
    }

    fn document(&mut self, range: Range<usize>) {
        self.documents += 1;
        if self.documents > 1 {
            let slip = Slip::at(Code::SeveralDocuments, range, "a second document begins here");
            self.slip(slip.remedy("one file holds one document; move the rest to a file of its own"));
            self.broken = true;
        }
    }

    fn reference(&mut self, range: Range<usize>) {
        let written = self.source.slice(range.clone());
        let slip = Slip::at(Code::Anchor, range, format!("`{written}` refers to another part of the file"));
        self.slip(slip.remedy("write the value out where it applies, so that each rule can be read alone"));
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, range: Range<usize>) {
        let (text, style) = match style {
            ScalarStyle::Plain if range.is_empty() => ("", Style::Empty),
            ScalarStyle::Plain => (text, Style::Plain),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (text, Style::Quoted),
            // The break after a block of lines belongs to the layout, not to the text.
            ScalarStyle::Literal | ScalarStyle::Folded => (text.trim_end_matches('\n'), Style::Block),
        };
        let scalar = Scalar { text: text.to_owned(), style };
        self.complete(Node { span: range, value: Value::Scalar(scalar) });
    }

    fn open(&mut self, frame: Frame, range: Range<usize>) {
        if self.stack.len() >= DEEPEST {
            let slip = Slip::at(Code::TooDeep, range, format!("this is nested more than {DEEPEST} deep"));
            self.slip(slip.remedy("a procedure needs at most eight; look for a bracket too many"));
            self.broken = true;
        } else {
            self.stack.push(frame);
        }
    }

    fn close(&mut self, end: usize) {
        let node = match self.stack.pop() {
            Some(Frame::Mapping { layout, start, pairs, .. }) => {
                let last = pairs.last().map(|pair| pair.node.span.end.max(pair.key_span.end));
                Node { span: start..bound(layout, last, end), value: Value::Mapping(layout, pairs) }
            }
            Some(Frame::Sequence { layout, start, items }) => {
                let last = items.last().map(|node| node.span.end);
                Node { span: start..bound(layout, last, end), value: Value::Sequence(layout, items) }
            }
            None => return,
        };
        self.complete(node);
    }

    fn complete(&mut self, node: Node) {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let slip = Slip::at(
                Code::TooManyNodes,
                node.span.clone(),
                format!("the file holds more than {MOST_NODES} keys and values"),
            );
            self.slip(slip);
            self.broken = true;
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { layout, pairs, key, seen, .. }) => {
                let slip = match std::mem::replace(key, Key::Awaited) {
                    Key::Awaited => take_key(self.source, node, key, seen),
                    Key::Read(name, span) => {
                        take_value(self.source, *layout, pairs, Pair { key: name, key_span: span, node })
                    }
                    Key::Refused => None,
                };
                self.slips.extend(slip);
            }
        }
    }
}

fn take_key(source: &Source, node: Node, key: &mut Key, seen: &mut HashMap<String, usize>) -> Option<Slip> {
    *key = Key::Refused;
    let span = node.span;
    let Value::Scalar(scalar) = node.value else {
        let slip = Slip::at(Code::BadKey, span, "a list or a mapping stands where a key belongs");
        return Some(slip.remedy("a key is a word, followed by a colon"));
    };
    if scalar.text == "<<" && scalar.style == Style::Plain {
        let slip = Slip::at(Code::MergeKey, span, "`<<` merges another mapping into this one");
        return Some(slip.remedy("write the keys out, so that each rule can be read alone"));
    }
    if scalar.text.is_empty() {
        return Some(Slip::at(Code::BadKey, span, "a key is missing before the colon"));
    }
    if let Some(first) = seen.get(&scalar.text) {
        let line = source.place(*first).line;
        let message = format!("`{}` stands twice here, first on line {line}", scalar.text);
        return Some(Slip::at(Code::DuplicateKey, span, message).remedy("keep one of the two"));
    }
    seen.insert(scalar.text.clone(), span.start);
    *key = Key::Read(scalar.text, span);
    None
}

fn take_value(source: &Source, layout: Layout, pairs: &mut Vec<Pair>, pair: Pair) -> Option<Slip> {
    let between = source.slice(pair.key_span.end..pair.node.span.start.max(pair.key_span.end));
    let is_alone = matches!(&pair.node.value, Value::Scalar(Scalar { style: Style::Empty, .. }))
        && layout == Layout::Flow
        && !between.contains(':')
        && !source.slice(pair.node.span.start..source.text().len()).starts_with(':');
    if !is_alone {
        pairs.push(pair);
        return None;
    }
    // `{custody: held -> released, else stays}`: between braces YAML cuts the text at the comma.
    if let Some(Pair { node: Node { span, value: Value::Scalar(before) }, .. }) = pairs.last_mut()
        && pair.key == "else stays"
        && before.text.contains("->")
    {
        before.text.push_str(", else stays");
        before.style = Style::Quoted;
        span.end = pair.key_span.end;
        return None;
    }
    let message = format!("`{}` stands alone between commas, without a colon", pair.key);
    let slip = Slip::at(Code::MissingColon, pair.key_span, message);
    Some(slip.remedy("put a text that holds a comma between double quotes, or give the key its value"))
}

/// A block ends with its last value; what the scanner calls its end lies behind blank lines and comments.
fn bound(layout: Layout, last: Option<usize>, end: usize) -> usize {
    match layout {
        Layout::Block => last.unwrap_or(end),
        Layout::Flow => end,
    }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}

const COLON: &str = "put a text that holds `: ` between double quotes; line keys up with their neighbours";
const LAYOUT: &str = "look for a bracket, a quotation mark, a colon or an indentation that is not right";

fn scanner_slip(source: &Source, error: &ScanError) -> Slip {
    use granit_parser::ErrorKind as Kind;
    let at = error.marker().byte_offset().unwrap_or(0);
    let kind = error.kind();
    let said = kind.to_string();
    if said.contains("tab") {
        let at = tab(source, at);
        let slip = Slip::at(Code::Tab, at..at + 1, "a tab stands where only spaces may stand");
        return slip.remedy("indent with two spaces");
    }
    if said.contains("quoted scalar") {
        let at = quotation_mark(source, at);
        let slip =
            Slip::at(Code::Syntax, at..at + 1, "a quotation mark is opened here and not closed on its line");
        return slip.remedy("close it where the text ends");
    }
    let (code, message, remedy) = if matches!(kind, Kind::RecursionLimitExceeded) {
        let message = format!("this is nested more than {DEEPEST} deep");
        (Code::TooDeep, message, "a procedure needs at most eight; look for a bracket too many")
    } else if matches!(kind, Kind::DirectiveDisallowed) {
        (Code::Tag, "a `%` directive is not read here".to_owned(), "leave the line out")
    } else if matches!(kind, Kind::MappingValueNotAllowed) {
        let message = "a second colon makes this line unreadable, or it is indented wrongly".to_owned();
        (Code::Syntax, message, COLON)
    } else if matches!(kind, Kind::SimpleKeyExpected) {
        (Code::Syntax, "this line has no colon after its key".to_owned(), "write `key: value`")
    } else {
        (Code::Syntax, said, LAYOUT)
    };
    Slip::at(code, at..at + 1, message).remedy(remedy)
}

/// The first tab that indents a line, from the line at which the scanner stopped.
fn tab(source: &Source, at: usize) -> usize {
    let line = source.place(at).line;
    let indent = |text: &str| text.len() - text.trim_start().len();
    let tabs = source.lines().skip(line.saturating_sub(1)).filter_map(|(start, text)| {
        text.get(..indent(text)).and_then(|blank| blank.find('\t')).map(|tab| start + tab)
    });
    tabs.take(1).next().unwrap_or(at)
}

/// The last quotation mark that opens a text before the place at which the scanner stopped.
fn quotation_mark(source: &Source, at: usize) -> usize {
    let before = source.slice(0..at);
    let opens = |mark: &usize| {
        before.get(..*mark).and_then(|before| before.chars().next_back()).is_none_or(|c| " [{,\n".contains(c))
    };
    before.rmatch_indices(['"', '\'']).map(|(mark, _)| mark).find(opens).unwrap_or(at)
}
