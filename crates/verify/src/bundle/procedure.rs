//! The texts of the procedures in a bundle, held against the entries by which they were recorded, and those against the entries of
//! the case that name them.

use std::collections::BTreeMap;
use std::path::Path;

use super::Procedure;
use super::files::{Files, file};
use super::log::{Log, Told};
use crate::line::Line;
use crate::wrong::Wrong;

/// The folder of the procedure under which the case was opened.
const OPENED: &str = "procedure/";
const MIGRATED: &str = r#"{"format":6,"record":{"kind":"migrated","#;

/// What is known of the procedures.
pub(super) struct Procedures {
    pub(super) proved: Vec<Procedure>,
    /// Entries by which the case went over to a procedure whose text is not there.
    pub(super) without_text: Vec<u32>,
}

/// A procedure that entries of the case name.
struct Named<'a> {
    meaning: String,
    folder: String,
    /// The entries, in their order.
    by: Vec<&'a Told>,
}

/// A procedure as it was recorded.
struct Registered<'a> {
    entry: &'a Told,
    name: String,
    version: u32,
    meaning: String,
    files: BTreeMap<String, String>,
}

/// What an entry of the case says of procedures.
struct Comes {
    /// The meaning that it says the case leaves, if it goes over.
    from: Option<String>,
    meaning: String,
}

/// An entry of which something is wrong, and what.
type BadEntry<'a> = (&'a Told, &'static str);

/// The procedures whose recorded texts the bundle holds: in format 1 that one under which the case was opened, or none; in format 2
/// each that an entry shown here names.
pub(super) fn proved(path: &Path, files: &Files, log: &Log) -> Result<Procedures, Wrong> {
    let bad = |(entry, what): BadEntry<'_>| {
        let (line, number) = (entry.line, entry.number);
        Wrong::Log { path: path.to_owned(), line, entry: Some(number), what }
    };
    let all = named(log).map_err(bad)?;
    let is_opened = |named: &Named<'_>| named.folder == OPENED;
    let (named, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| log.format > 1 || is_opened(one));
    if log.format > 1 && !named.iter().flat_map(|one| &one.by).any(|entry| entry.number > 1) {
        let what = "it has the format of a case that went over to another procedure, and shows no entry that says so";
        return Err(Wrong::Log { path: path.to_owned(), line: 1, entry: None, what });
    }
    let texts: Vec<_> = log.beside.iter().map(registered).collect();
    let held = if log.format > 1 {
        each_in_its_place(&named, &texts, &log.beside).map_err(bad)?
    } else {
        that_of_the_opening(path, &named, &texts)?
    };
    if let Some((_, text)) = held.iter().find(|(_, text)| text.entry.number != 1) {
        return Err(bad((text.entry, "a procedure that is not the first entry of its stream")));
    }
    for (one, (_, text)) in named.iter().zip(&held) {
        // It is recorded before a case is opened under it or goes over to it; behind the tree it would be proved by nothing.
        if one.by.first().is_some_and(|first| first.position <= text.entry.position) {
            return Err(bad((text.entry, "a procedure that was recorded behind the entry that names it")));
        }
    }
    for (folder, text) in &held {
        texts_are_those(path, files, folder, text)?;
    }
    nothing_more(path, files, &held)?;
    let proved = named.iter().zip(&held).map(|(one, (_, text))| Procedure {
        name: text.name.clone(),
        version: text.version,
        folder: one.folder.clone(),
        since: one.by.iter().map(|entry| entry.number).collect(),
        is_covered: text.entry.is_covered,
    });
    let proved = proved.collect();
    let mut without_text: Vec<u32> =
        others.iter().flat_map(|one| &one.by).map(|entry| entry.number).collect();
    without_text.sort_unstable();
    Ok(Procedures { proved, without_text })
}

/// The procedures that the entries shown here name, in the order in which they first do, each with its folder.
fn named(log: &Log) -> Result<Vec<Named<'_>>, BadEntry<'_>> {
    let mut all: Vec<Named<'_>> = Vec::new();
    // What the case is under. Behind an entry that cannot be read nobody knows.
    let mut present: Option<String> = None;
    for entry in &log.entries {
        let Some(content) = entry.content() else {
            present = None;
            continue;
        };
        let comes = if entry.number == 1 {
            opened(content).map(|meaning| Comes { from: None, meaning })
        } else if content.starts_with(MIGRATED.as_bytes()) {
            Some(migrated(content).ok_or((entry, "a migration that is not as a writer writes it"))?)
        } else {
            None
        };
        let Some(Comes { from, meaning }) = comes else { continue };
        if from.is_some() && present.is_some() && from != present {
            return Err((entry, "it leaves a procedure under which the case was not"));
        }
        present = Some(meaning.clone());
        match all.iter_mut().find(|one| one.meaning == meaning) {
            Some(known) => known.by.push(entry),
            None => all.push(Named { meaning, folder: String::new(), by: vec![entry] }),
        }
    }
    let mut later = 1;
    for one in &mut all {
        one.folder = if one.by.iter().any(|entry| entry.number == 1) {
            OPENED.to_owned()
        } else {
            later += 1;
            format!("procedure-{later}/")
        };
    }
    Ok(all)
}

type Held<'a> = Vec<(String, &'a Registered<'a>)>;

/// Format 2: what stands beside the entries is the text of each procedure that they name, in that order, and nothing else.
fn each_in_its_place<'a>(
    named: &[Named<'a>],
    texts: &'a [Option<Registered<'a>>],
    beside: &'a [Told],
) -> Result<Held<'a>, BadEntry<'a>> {
    let mut held = Vec::new();
    for (at, one) in named.iter().enumerate() {
        let is_it =
            |text: &Option<Registered<'_>>| text.as_ref().is_some_and(|text| text.meaning == one.meaning);
        let here = texts.get(at).filter(|text| is_it(text)).and_then(Option::as_ref);
        match (here, one.by.first(), beside.get(at)) {
            (Some(text), _, _) => held.push((one.folder.clone(), text)),
            (None, _, Some(other)) if texts.iter().any(is_it) => {
                return Err((other, "it is not the procedure that is named next"));
            }
            (None, Some(first), _) => {
                return Err((first, "the text of the procedure that it names is not beside the entries"));
            }
            (None, None, _) => {}
        }
    }
    match beside.get(named.len()) {
        Some(more) => Err((more, "no entry that is shown names it")),
        None => Ok(held),
    }
}

/// Format 1: the text of the procedure under which the case was opened, or none.
fn that_of_the_opening<'a>(
    path: &Path,
    named: &[Named<'_>],
    texts: &'a [Option<Registered<'a>>],
) -> Result<Held<'a>, Wrong> {
    let Some(text) = texts.iter().flatten().next() else { return Ok(Vec::new()) };
    if named.first().is_some_and(|one| one.meaning != text.meaning) {
        return Err(file(path, OPENED, "the case runs under another meaning than the one recorded"));
    }
    Ok(vec![(OPENED.to_owned(), text)])
}

fn texts_are_those(path: &Path, files: &Files, folder: &str, text: &Registered<'_>) -> Result<(), Wrong> {
    let there: BTreeMap<&str, &[u8]> = files.within(folder).collect();
    let recorded: BTreeMap<&str, &[u8]> =
        text.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    if there.is_empty() {
        return Err(file(path, folder, "the texts that were recorded are not there"));
    }
    if there == recorded {
        Ok(())
    } else {
        Err(file(path, folder, "the texts are not those that were recorded"))
    }
}

/// That no folder is called like one of a procedure that holds none: somebody would read it as one.
fn nothing_more(path: &Path, files: &Files, held: &Held<'_>) -> Result<(), Wrong> {
    let is_like_one = |name: &&str| {
        let folder = name.split_once('/').map_or("", |(folder, _)| folder);
        let rest = folder.strip_prefix("procedure");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let more = files.within("").map(|(name, _)| name).filter(is_like_one);
    let mut more = more.filter(|name| !held.iter().any(|(folder, _)| name.starts_with(folder)));
    match more.next() {
        Some(name) => {
            Err(file(path, name, "it is in a folder for a procedure, and no entry here holds its text"))
        }
        None => Ok(()),
    }
}

fn opened(content: &[u8]) -> Option<String> {
    let mut line = Line::of(content)?;
    line.word(r#"{"format":1,"record":{"kind":"case-opened","procedure":"#)?;
    line.string()?;
    line.word(r#","meaning":"#)?;
    line.string()
}

fn migrated(content: &[u8]) -> Option<Comes> {
    let mut line = Line::of(content)?;
    line.word(MIGRATED)?;
    line.word(r#""from_meaning":"#)?;
    let from = line.string()?;
    line.word(r#","procedure":"#)?;
    line.string()?;
    line.word(r#","version":"#)?;
    line.number::<u32>()?;
    line.word(r#","meaning":"#)?;
    let meaning = line.string()?;
    Some(Comes { from: Some(from), meaning })
}

fn registered(entry: &Told) -> Option<Registered<'_>> {
    let mut line = Line::of(entry.content()?)?;
    line.word(r#"{"format":1,"record":{"kind":"procedure-registered","name":"#)?;
    let name = line.string()?;
    line.word(r#","version":"#)?;
    let version = line.number()?;
    line.word(r#","meaning":"#)?;
    let meaning = line.string()?;
    line.word(r#","files":"#)?;
    let files = line.list(|line| {
        line.word(r#"{"path":"#)?;
        let path = line.string()?;
        line.word(r#","text":"#)?;
        let text = line.string()?;
        line.word("}")?;
        Some((path, text))
    })?;
    line.word("}}")?;
    line.end()?;
    Some(Registered { entry, name, version, meaning, files: files.into_iter().collect() })
}
