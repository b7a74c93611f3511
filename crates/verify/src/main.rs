//! `comity-verify RECORD [--checkpoint FILE --key KEY]`: says what is proved of a record, or the first thing that is wrong.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comity_verify::{Checkpoint, Form, InOrder, Key, Wrong, hex, read};

const USE: &str = "\
comity-verify RECORD [--checkpoint FILE --key KEY]

Checks a record: the folder of a store of comity, its folder `journal` alone, or the file of an export.
With a checkpoint that was kept elsewhere, and the key that signed it (NAME+HASH+KEY, or a file with it), also that
nothing of what was signed has been cut off or written anew.

Ends with 0 if all is in order, with 4 if something is wrong with the record, with 2 if it could not be checked.";

fn main() -> ExitCode {
    let said = Asked::read(std::env::args_os().skip(1)).map_or_else(Said::NotChecked, |asked| check(&asked));
    // The reader may have gone away; the code still tells.
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let written = match &said {
        Said::InOrder(page) | Said::Wrong(page) => writeln!(out, "{page}").and_then(|()| out.flush()),
        Said::NotChecked(message) => writeln!(err, "{message}"),
    };
    match (written, &said) {
        (Err(error), Said::InOrder(_)) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(2),
        (_, Said::InOrder(_)) => ExitCode::SUCCESS,
        (_, Said::Wrong(_)) => ExitCode::from(4),
        (_, Said::NotChecked(_)) => ExitCode::from(2),
    }
}

/// What there is to say, and so how the program ends.
enum Said {
    InOrder(String),
    Wrong(String),
    NotChecked(String),
}

struct Asked {
    folder: PathBuf,
    signed: Option<(PathBuf, OsString)>,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut folder, mut checkpoint, mut key) = (None, None, None);
        while let Some(word) = words.next() {
            // The name of a folder need not be text.
            let (place, value) = match word.to_str() {
                Some("--checkpoint") => (&mut checkpoint, words.next().ok_or(USE)?),
                Some("--key") => (&mut key, words.next().ok_or(USE)?),
                Some(option) if option.starts_with('-') => return Err(USE.to_owned()),
                Some(_) | None => (&mut folder, word),
            };
            if place.replace(value).is_some() {
                return Err(USE.to_owned());
            }
        }
        let signed = match (checkpoint, key) {
            (Some(file), Some(key)) => Some((PathBuf::from(file), key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err("a checkpoint proves nothing without the key: give --key".to_owned());
            }
            (None, Some(_)) => return Err("a key is for a checkpoint: give --checkpoint".to_owned()),
        };
        Ok(Self { folder: folder.ok_or(USE)?.into(), signed })
    }
}

fn check(asked: &Asked) -> Said {
    let found = signed(asked).and_then(|checkpoint| {
        let found = read(&asked.folder, checkpoint.as_ref())?;
        Ok(page(&found, checkpoint.as_ref()))
    });
    match found {
        Ok(page) => Said::InOrder(page),
        Err(wrong) if wrong.is_about_the_record() => {
            Said::Wrong(format!("WRONG: {wrong}\nWhat stands before it was checked and is in order."))
        }
        Err(wrong) => Said::NotChecked(format!("not checked: {wrong}")),
    }
}

fn signed(asked: &Asked) -> Result<Option<Checkpoint>, Wrong> {
    let Some((file, key)) = &asked.signed else { return Ok(None) };
    let as_file = Path::new(key);
    let key = if as_file.is_file() { text(as_file)? } else { key.to_string_lossy().into_owned() };
    Checkpoint::read(&text(file)?, &Key::read(&key)?).map(Some)
}

fn text(path: &Path) -> Result<String, Wrong> {
    std::fs::read_to_string(path).map_err(|source| Wrong::Unreadable { path: path.to_owned(), source })
}

fn page(found: &InOrder, checkpoint: Option<&Checkpoint>) -> String {
    let InOrder { entries, cases, form, .. } = found;
    let read_as = match form {
        Form::Journal { segments, .. } => counted(*segments as u64, "segment", "segments"),
        Form::Export { lines } => format!("an export of {lines} lines"),
    };
    let mut lines = vec![
        format!(
            "in order: {} of {} in {}",
            counted(*entries, "entry", "entries"),
            counted(*cases as u64, "case", "cases"),
            read_as
        ),
        format!("store  {}", hex(&found.store)),
        format!("root   {}", hex(&found.root)),
        String::new(),
        "PROVED  the chain of hashes is whole: whoever altered, removed, added or moved an entry had to write all after it anew."
            .to_owned(),
    ];
    match checkpoint {
        Some(Checkpoint { origin, size, .. }) => {
            lines.push(format!(
                "PROVED  the first {size} entries are those that {origin} signed: none was cut off, and none was written anew."
            ));
            let later = entries - size;
            lines.push(format!("OPEN    of the {later} entries since, only a later checkpoint can say the same."));
        }
        None => lines.push(
            "OPEN    that nothing was cut off at the end, and that the whole was not written anew: give a checkpoint that was \
             kept elsewhere."
                .to_owned(),
        ),
    }
    if let Form::Journal { torn: torn @ 1.., .. } = form {
        lines.push(format!("NOTE    {torn} bytes at the end belong to a write that was never acknowledged."));
    }
    lines.push("OPEN    that what was recorded is true. No program can say that.".to_owned());
    lines.join("\n")
}

fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
