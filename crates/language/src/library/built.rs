//! Files that build on others: a family of treaties written once, with what a protocol, a reservation or a declaration
//! changes in files of their own.
//!
//! What a file says takes the place of what the file below it says: row by row, and in a row key by key. Nothing else of
//! the file below changes, and no rule changes without a citation of its own.

use std::ops::Range;
use std::sync::Arc;

use super::load::SourceText;
use super::shelf::Shelf;
use crate::code::Code;
use crate::diagnostic::{Slip, nearest};
use crate::source::Source;
use crate::tree::{self, Node, Pair, Value};

/// How many files may stand one upon the other.
const HIGHEST: usize = 4;
/// What a file says of itself, and never takes from below.
const OF_ITSELF: [&str; 6] = ["comity", "procedure", "version", "title", "based-on", "leaves-out"];
/// Where a row is a rule, so that a change of it says by what right.
const RULES: [&str; 7] =
    ["conditions", "clocks", "acts", "obligations", "documents", "grounds", "safeguards"];
/// The key under which the sides stand that are still to be said.
const LEFT_OPEN: &str = "left-open";

/// A file with all that it builds on.
pub(super) struct Built {
    /// Its text, with those below behind it.
    pub(super) source: Arc<Source>,
    /// What they say together, unless one could not be scanned.
    pub(super) root: Option<Node>,
    /// What is wrong so far, by offsets of `source`.
    pub(super) slips: Vec<Slip>,
    /// The files below, the nearest first.
    pub(super) below: Vec<SourceText>,
}

/// Reads a file and those that it builds on. Nothing, if the file itself could not be had, which is then said.
pub(super) fn read(shelf: &mut Shelf<'_>, path: &str) -> Option<Built> {
    match shelf.text(path) {
        Ok(source) => Some(stand(shelf, path, &source, &[])),
        Err(error) => {
            shelf.diagnostics.extend(error.map(|error| {
                crate::diagnostic::Diagnostic::of_file(error.code(), error.path(), error.in_full(), "")
            }));
            None
        }
    }
}

fn stand(shelf: &mut Shelf<'_>, path: &str, source: &Arc<Source>, above: &[&str]) -> Built {
    let (tree, slips) = tree::read(source);
    let root = tree.map(|tree| tree.root);
    let alone = |root, slips| Built { source: Arc::clone(source), root, slips, below: Vec::new() };
    let Some((root, name)) = root.as_ref().and_then(|root| Some((root, root.get("based-on")?))) else {
        return alone(root, slips);
    };
    let above: Vec<&str> = above.iter().copied().chain([path]).collect();
    let found = below(shelf, name, &above);
    let (base_path, base_source) = match found {
        Ok(found) => found,
        Err(slip) => {
            let slips = slips.into_iter().chain([slip]).collect();
            return alone(None, slips);
        }
    };
    let base = stand(shelf, &base_path, &base_source, &above);
    let by = source.behind();
    let mut slips = slips;
    slips.extend(base.slips.into_iter().map(|slip| further(slip, by)));
    let root = base.root.map(|base| {
        let mut merge = Merge { slips: &mut slips, base: name.text().unwrap_or_default() };
        merge.files(root, base.further(by))
    });
    let below =
        std::iter::once(SourceText { path: base_path, source: base_source }).chain(base.below).collect();
    let source = Arc::new(Source::clone(source).built_on(base.source));
    Built { source, root, slips, below }
}

fn further(slip: Slip, by: usize) -> Slip {
    let span = slip.span.start + by..slip.span.end + by;
    Slip { span, ..slip }
}

/// The path and the text of the file that a name means.
fn below(shelf: &mut Shelf<'_>, name: &Node, above: &[&str]) -> Result<(String, Arc<Source>), Slip> {
    let bad = |message: String, remedy: &str| {
        Err(Slip::at(Code::BadBase, name.span.clone(), message).remedy(remedy))
    };
    let written = name.text().unwrap_or_default().trim();
    let path = format!("{written}.yaml");
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let own = above.last().copied().unwrap_or_default();
    if folder(&path).is_none() || folder(&path) != folder(own) {
        let message = format!("`{written}` is no procedure of the folder of this file");
        return bad(
            message,
            "build on a file beside this one, so that both cite the same articles and readings",
        );
    }
    if above.contains(&path.as_str()) {
        return bad(format!("`{written}` builds on this file in turn"), "let one of them stand alone");
    }
    if above.len() > HIGHEST {
        let message = format!("more than {HIGHEST} files stand one upon the other");
        return bad(message, "nobody can follow that; build on a file further down");
    }
    match shelf.text(&path) {
        Ok(source) => Ok((path, source)),
        Err(_) => bad(format!("there is no file `{path}` to build on"), "write it, or correct the name"),
    }
}

/// Two files becoming one.
struct Merge<'m> {
    slips: &'m mut Vec<Slip>,
    /// The name of the procedure below.
    base: &'m str,
}

impl Merge<'_> {
    fn files(&mut self, own: &Node, base: Node) -> Node {
        let (Value::Mapping(layout, _), Value::Mapping(_, below)) = (&own.value, base.value) else {
            return own.clone();
        };
        let mut below: Vec<Pair> =
            below.into_iter().filter(|pair| !OF_ITSELF.contains(&pair.key.as_str())).collect();
        self.leave_out(own, &mut below);
        said(own, &mut below);
        for pair in own.pairs() {
            match below.iter_mut().find(|known| known.key == pair.key) {
                Some(known) if is_mapping(&known.node) && is_mapping(&pair.node) => {
                    self.rows(&pair.key, &mut known.node, &pair.node);
                }
                Some(known) => *known = pair.clone(),
                None => below.push(pair.clone()),
            }
        }
        Node { span: own.span.clone(), value: Value::Mapping(*layout, below) }
    }

    /// The rows of a section, or the stages of a track.
    fn rows(&mut self, section: &str, below: &mut Node, own: &Node) {
        let Value::Mapping(_, rows) = &mut below.value else { return };
        for pair in own.pairs() {
            let Some(known) = rows.iter_mut().find(|known| known.key == pair.key) else {
                rows.push(pair.clone());
                continue;
            };
            if RULES.contains(&section) && is_mapping(&pair.node) && pair.node.get("cite").is_none() {
                self.slips.push(uncited(section, pair, self.base));
            }
            if is_mapping(&known.node) && is_mapping(&pair.node) {
                self.row(section, &mut known.node, &pair.node);
                known.key_span = pair.key_span.clone();
                known.node.span = pair.node.span.clone();
            } else {
                *known = pair.clone();
            }
        }
    }

    fn row(&mut self, section: &str, below: &mut Node, own: &Node) {
        let Value::Mapping(_, keys) = &mut below.value else { return };
        for pair in own.pairs() {
            match keys.iter_mut().find(|known| known.key == pair.key) {
                Some(known) if section == "tracks" && pair.key == "stages" => {
                    self.rows("stages", &mut known.node, &pair.node);
                }
                Some(known) => *known = pair.clone(),
                None => keys.push(pair.clone()),
            }
        }
    }

    fn leave_out(&mut self, own: &Node, below: &mut [Pair]) {
        for pair in own.get("leaves-out").map(Node::pairs).into_iter().flatten() {
            if !removed(below, &pair.key) {
                self.slips.push(not_there(pair, below, self.base));
            }
        }
    }
}

fn is_mapping(node: &Node) -> bool {
    matches!(node.value, Value::Mapping(..))
}

/// Takes the sides that are said now from those that were left open.
fn said(own: &Node, below: &mut Vec<Pair>) {
    let sides: Vec<&str> =
        own.get("sides").map(Node::pairs).into_iter().flatten().map(|pair| pair.key.as_str()).collect();
    below.retain_mut(|pair| {
        if pair.key != LEFT_OPEN {
            return true;
        }
        let is_said = |node: &Node| node.text().is_some_and(|side| sides.contains(&side.trim()));
        match &mut pair.node.value {
            Value::Sequence(_, open) => {
                open.retain(|side| !is_said(side));
                !open.is_empty()
            }
            Value::Scalar(_) | Value::Mapping(..) => !is_said(&pair.node),
        }
    });
}

/// Takes out the row that a key such as `clocks/formal-request` or `tracks/custody/held` means. Says whether it was there.
fn removed(below: &mut [Pair], key: &str) -> bool {
    let Some((section, row)) = key.split_once('/') else { return false };
    let Some(section) = below.iter_mut().find(|pair| pair.key == section) else { return false };
    if taken(&mut section.node, row) {
        return true;
    }
    let Some((track, stage)) = row.split_once('/') else { return false };
    let stages = child(&mut section.node, track).and_then(|track| child(track, "stages"));
    stages.is_some_and(|stages| taken(stages, stage))
}

fn child<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Mapping(_, pairs) = &mut node.value else { return None };
    pairs.iter_mut().find(|pair| pair.key == key).map(|pair| &mut pair.node)
}

fn taken(node: &mut Node, key: &str) -> bool {
    let Value::Mapping(_, pairs) = &mut node.value else { return false };
    let before = pairs.len();
    pairs.retain(|pair| pair.key != key);
    pairs.len() < before
}

fn uncited(section: &str, pair: &Pair, base: &str) -> Slip {
    let message =
        format!("`{}` of `{section}` differs from `{base}` and does not say by what right", pair.key);
    Slip::at(Code::BadBase, pair.key_span.clone(), message)
        .remedy("write `cite:` with the protocol, reservation or declaration that changes it")
}

fn not_there(pair: &Pair, below: &[Pair], base: &str) -> Slip {
    let rows = below
        .iter()
        .flat_map(|section| section.node.pairs().iter().map(|row| format!("{}/{}", section.key, row.key)));
    let known: Vec<String> = rows.collect();
    let message = format!("`{base}` has no `{}` that could be left out", pair.key);
    let mut slip = Slip::at(Code::BadBase, pair.key_span.clone(), message)
        .remedy("write the section, a slash and the row, like `clocks/formal-request`");
    slip.suggestion = nearest(&pair.key, known.iter().map(String::as_str)).map(str::to_owned);
    slip
}

/// What is said of a file that builds on one with a side left open, and does not say which State it is.
pub(super) fn not_said(base: Range<usize>, side: &str) -> Slip {
    let message = format!("this file does not say which State `{side}` is, which the file below leaves open");
    Slip::at(Code::BadBase, base, message)
        .remedy(format!("write `sides:` with `{side}: {{country: …, zone: …}}`"))
}

/// What is said of a file with sides left open on which nothing builds.
pub(super) fn unused(span: Range<usize>) -> Slip {
    let message = "a side is left open here, and no file that builds on this one says which State it is";
    Slip::at(Code::BadBase, span, message)
        .remedy("write a file with `based-on:` and the side, or say the side here; until then nothing checks this file")
}
