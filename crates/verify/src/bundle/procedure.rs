//! The text of the procedure in a bundle, held against the entry by which it was recorded.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::{Files, file};
use super::log::{Log, Shown, Told};
use crate::line::Line;
use crate::wrong::Wrong;

/// A procedure as it was recorded.
struct Registered {
    name: String,
    meaning: String,
    files: BTreeMap<String, String>,
}

/// The name of the procedure whose recorded text the bundle holds, if it holds one.
///
/// The case must be pinned to the meaning under which the text was recorded.
pub(super) fn proved(path: &Path, files: &Files, log: &Log) -> Result<Option<String>, Wrong> {
    let Some(registered) = log.beside.iter().filter_map(content).find_map(registered) else {
        return Ok(None);
    };
    let there: BTreeMap<&str, &[u8]> = files.within("procedure/").collect();
    let recorded: BTreeMap<&str, &[u8]> =
        registered.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    if there != recorded {
        return Err(file(path, "procedure/", "the texts are not those that were recorded"));
    }
    let meaning = log.entries.first().and_then(content).and_then(meaning_of_the_case);
    match meaning {
        Some(meaning) if meaning == registered.meaning => Ok(Some(registered.name)),
        Some(_) => Err(file(path, "procedure/", "the case runs under another meaning than the one recorded")),
        None => Ok(None),
    }
}

fn content(entry: &Told) -> Option<&[u8]> {
    match &entry.shown {
        Shown::Content(content) => Some(content),
        Shown::Closed | Shown::Withheld => None,
    }
}

fn meaning_of_the_case(content: &[u8]) -> Option<String> {
    let mut line = Line::of(content)?;
    line.word(r#"{"format":1,"record":{"kind":"case-opened","procedure":"#)?;
    line.string()?;
    line.word(r#","meaning":"#)?;
    line.string()
}

fn registered(content: &[u8]) -> Option<Registered> {
    let mut line = Line::of(content)?;
    line.word(r#"{"format":1,"record":{"kind":"procedure-registered","name":"#)?;
    let name = line.string()?;
    line.word(r#","version":"#)?;
    line.number::<u32>()?;
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
    Some(Registered { name, meaning, files: files.into_iter().collect() })
}
