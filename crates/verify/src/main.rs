//! `comity-verify FOLDER [--checkpoint FILE --key KEY]`: says what is proved of a record, or the first thing that is wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comity_verify::{Checkpoint, InOrder, Key, Wrong, read};

const USE: &str = "\
comity-verify FOLDER [--checkpoint FILE --key KEY]

Checks the record in FOLDER: a store of comity, or its folder `journal` alone.
With a checkpoint that was kept elsewhere, and the key that signed it (NAME+HASH+KEY, or a file with it), also that
nothing of what was signed has been cut off or written anew.

Ends with 0 if all is in order, with 4 if something is wrong with the record, with 2 if it could not be checked.";

fn main() -> ExitCode {
    let asked = match Asked::read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    match check(&asked) {
        Ok(page) => {
            println!("{page}");
            ExitCode::SUCCESS
        }
        Err(wrong) if wrong.is_about_the_record() => {
            println!("WRONG: {wrong}\nWhat stands before it was checked and is in order.");
            ExitCode::from(4)
        }
        Err(wrong) => {
            eprintln!("not checked: {wrong}");
            ExitCode::from(2)
        }
    }
}

struct Asked {
    folder: PathBuf,
    signed: Option<(PathBuf, String)>,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut folder, mut checkpoint, mut key) = (None, None, None);
        while let Some(word) = words.next() {
            let place = match word.as_str() {
                "--checkpoint" => &mut checkpoint,
                "--key" => &mut key,
                option if option.starts_with('-') => return Err(USE.to_owned()),
                _ => {
                    if folder.replace(PathBuf::from(word)).is_some() {
                        return Err(USE.to_owned());
                    }
                    continue;
                }
            };
            if place.replace(words.next().ok_or(USE)?).is_some() {
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
        Ok(Self { folder: folder.ok_or(USE)?, signed })
    }
}

fn check(asked: &Asked) -> Result<String, Wrong> {
    let checkpoint = match &asked.signed {
        None => None,
        Some((file, key)) => {
            let as_file = Path::new(key);
            let key = if as_file.is_file() { text(as_file)? } else { key.clone() };
            Some(Checkpoint::read(&text(file)?, &Key::read(&key)?)?)
        }
    };
    Ok(page(&read(&asked.folder, checkpoint.as_ref())?, checkpoint.as_ref()))
}

fn text(path: &Path) -> Result<String, Wrong> {
    std::fs::read_to_string(path).map_err(|source| Wrong::Unreadable { path: path.to_owned(), source })
}

fn page(found: &InOrder, checkpoint: Option<&Checkpoint>) -> String {
    let InOrder { entries, cases, segments, torn, .. } = found;
    let mut lines = vec![
        format!("in order: {entries} entries of {cases} cases in {segments} segments"),
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
    if *torn > 0 {
        lines.push(format!("NOTE    {torn} bytes at the end belong to a write that was never acknowledged."));
    }
    lines.push("OPEN    that what was recorded is true. No program can say that.".to_owned());
    lines.join("\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
