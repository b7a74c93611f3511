//! `comity-verify RECORD|BUNDLE`: says what is proved of a record or a bundle of evidence, or the first thing that is wrong.

mod page;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comity_verify::{Checkpoint, Held, Key, Wrong, is_bundle, read, read_bundle};

const USE: &str = "\
comity-verify RECORD|BUNDLE [--checkpoint FILE] [--key KEY]

Checks a record: the folder of a store of comity, its folder `journal` alone, or the file of an export. With a checkpoint
that was kept elsewhere, and the key that signed it (NAME+HASH+KEY, or a file with it), also that nothing of what was
signed has been cut off or written anew.

Checks a bundle of evidence: the zip file, or the folder that it was unpacked into. With the key also the signatures in it;
with a checkpoint of your own also that the bundle belongs to the record that you know.

Ends with 0 if all is in order, with 4 if something is wrong with it, with 2 if it could not be checked.";

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
    path: PathBuf,
    checkpoint: Option<PathBuf>,
    key: Option<OsString>,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut path, mut checkpoint, mut key) = (None, None, None);
        while let Some(word) = words.next() {
            // The name of a folder need not be text.
            let (place, value) = match word.to_str() {
                Some("--checkpoint") => (&mut checkpoint, words.next().ok_or(USE)?),
                Some("--key") => (&mut key, words.next().ok_or(USE)?),
                Some(option) if option.starts_with('-') => return Err(USE.to_owned()),
                Some(_) | None => (&mut path, word),
            };
            if place.replace(value).is_some() {
                return Err(USE.to_owned());
            }
        }
        let path = PathBuf::from(path.ok_or(USE)?);
        if checkpoint.is_some() && key.is_none() {
            return Err("a checkpoint proves nothing without the key: give --key".to_owned());
        }
        if checkpoint.is_none() && key.is_some() && !is_bundle(&path) {
            return Err("a key is for a checkpoint: give --checkpoint".to_owned());
        }
        Ok(Self { path, checkpoint: checkpoint.map(PathBuf::from), key })
    }
}

fn check(asked: &Asked) -> Said {
    match checked(asked) {
        Ok(page) => Said::InOrder(page),
        Err(wrong) if wrong.is_about_the_record() => {
            Said::Wrong(format!("WRONG: {wrong}\nWhat stands before it was checked and is in order."))
        }
        Err(wrong) => Said::NotChecked(format!("not checked: {wrong}")),
    }
}

fn checked(asked: &Asked) -> Result<String, Wrong> {
    let key = asked.key.as_ref().map(key).transpose()?;
    let checkpoint = match (&asked.checkpoint, &key) {
        (Some(file), Some(key)) => Some(Checkpoint::read(&text(file)?, key)?),
        _ => None,
    };
    if is_bundle(&asked.path) {
        let held = Held { key: key.as_ref(), checkpoint: checkpoint.as_ref() };
        return Ok(page::of_bundle(&read_bundle(&asked.path, held)?));
    }
    Ok(page::of_record(&read(&asked.path, checkpoint.as_ref())?, checkpoint.as_ref()))
}

fn key(given: &OsString) -> Result<Key, Wrong> {
    let as_file = Path::new(given);
    let key = if as_file.is_file() { text(as_file)? } else { given.to_string_lossy().into_owned() };
    Key::read(&key)
}

fn text(path: &Path) -> Result<String, Wrong> {
    std::fs::read_to_string(path).map_err(|source| Wrong::Unreadable { path: path.to_owned(), source })
}
