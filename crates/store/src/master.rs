//! Where the master key comes from: the one secret that opens the keys of all cases.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::hash::Hash;
use crate::segment::{OWN_FILE, sync_folder};

/// The name of the master key that lies in the store itself.
pub(crate) const BESIDE: &str = "master.key";

/// Where the master key is had from. Its text is 64 hexadecimal digits; [`MasterKey::generate`] makes one.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum MasterKey {
    /// From the file `keys/master.key` in the store, made together with the store. Whoever copies the folder has the
    /// key too, so this suits a trial, or a disk that is encrypted as a whole.
    #[default]
    Beside,
    /// From a file elsewhere.
    File(PathBuf),
    /// From what a command prints: the program, then its arguments. It is run once, when the store is opened.
    Command(Vec<String>),
    /// The text itself, from an environment variable for instance.
    Text(Zeroizing<String>),
}

/// The master key cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MasterError {
    /// A file could not be read or written.
    #[error("the master key in {path:?} could not be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The command failed.
    #[error("the command for the master key, `{program}`, failed ({why}); run it by hand to see")]
    Command {
        /// The program.
        program: String,
        /// In what way.
        why: String,
    },
    /// The text is none.
    #[error("the master key from {from} is not 64 hexadecimal digits; make one with `comity keys new`")]
    Unreadable {
        /// Where it came from.
        from: String,
    },
    /// The system gave no random numbers.
    #[error("the system gave no random numbers ({why}); nothing was made")]
    Random {
        /// What it said.
        why: String,
    },
}

/// The key itself.
#[derive(Clone)]
pub(crate) struct Master(pub(crate) Zeroizing<[u8; 32]>);

impl MasterKey {
    /// The text of a new master key.
    ///
    /// # Errors
    ///
    /// Returns [`MasterError::Random`] if the system has no random numbers.
    pub fn generate() -> Result<Zeroizing<String>, MasterError> {
        let bytes = random::<32>()?;
        Ok(Zeroizing::new(Hash(*bytes).to_string()))
    }

    /// Reads the key, for the store whose keys lie in `folder`.
    pub(crate) fn read(&self, folder: &Path) -> Result<Master, MasterError> {
        let (text, from) = match self {
            Self::Beside => file(&folder.join(BESIDE))?,
            Self::File(path) => file(path)?,
            Self::Command(words) => (output(words)?, words.first().cloned().unwrap_or_default()),
            Self::Text(text) => (text.clone(), "the environment".to_owned()),
        };
        digits(text.trim()).map(Master).ok_or(MasterError::Unreadable { from })
    }

    /// Makes the key of a new store, where it lies beside it.
    pub(crate) fn prepare(&self, folder: &Path) -> Result<(), MasterError> {
        if *self == Self::Beside && !folder.join(BESIDE).exists() {
            write(&folder.join(BESIDE), &Self::generate()?)?;
        }
        Ok(())
    }
}

// The text is a secret.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beside => f.write_str("Beside"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Command(words) => f.debug_tuple("Command").field(&words.first()).finish(),
            Self::Text(_) => f.write_str("Text(…)"),
        }
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Master(…)")
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, MasterError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| MasterError::Random { why: error.to_string() })?;
    Ok(bytes)
}

/// Writes a key to a file that nobody else may read; one that is there is replaced at once or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), MasterError> {
    let unfinished = path.with_extension("unfinished");
    let write = || {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(OWN_FILE);
        let mut file = options.open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        sync_folder(path.parent().unwrap_or(Path::new(".")))
    };
    write().map_err(|source| MasterError::File { path: path.to_owned(), source })
}

fn file(path: &Path) -> Result<(Zeroizing<String>, String), MasterError> {
    let text =
        fs::read_to_string(path).map_err(|source| MasterError::File { path: path.to_owned(), source })?;
    Ok((Zeroizing::new(text), path.display().to_string()))
}

fn output(words: &[String]) -> Result<Zeroizing<String>, MasterError> {
    let program = words.first().cloned().unwrap_or_default();
    let failed = |why: String| MasterError::Command { program: program.clone(), why };
    let arguments = words.get(1..).unwrap_or_default();
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map(Zeroizing::new).map_err(|_| failed("it printed no text".to_owned()))
}

pub(crate) fn digits(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    let whole = text.as_bytes();
    let digit = |at: usize| whole.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    (whole.len() == 64).then_some(())?;
    for (at, byte) in key.iter_mut().enumerate() {
        let pair = digit(2 * at)? << 4 | digit(2 * at + 1)?;
        *byte = u8::try_from(pair).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Master, MasterError> {
        MasterKey::Text(Zeroizing::new(text.to_owned())).read(Path::new(""))
    }

    #[test]
    fn a_key_survives_its_text_and_other_texts_are_none() {
        let text = MasterKey::generate().unwrap();
        assert_ne!(*text, *MasterKey::generate().unwrap());
        assert_eq!(of(&text).unwrap().0, of(&format!(" {}\n", text.to_uppercase())).unwrap().0);
        for bad in
            ["", "ab", &text[1..], &format!("{}00", *text), &text.replace(&text[..1], "x"), &"é".repeat(32)]
        {
            assert!(matches!(of(bad), Err(MasterError::Unreadable { .. })), "{bad}");
        }
    }

    #[test]
    fn a_command_prints_it_or_says_why_not() {
        let text = MasterKey::generate().unwrap();
        let command = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            MasterKey::Command(words).read(Path::new(""))
        };
        assert_eq!(command(&["echo", &text]).unwrap().0, of(&text).unwrap().0);
        for bad in [&["false"][..], &["no-such-program"], &[]] {
            assert!(matches!(command(bad), Err(MasterError::Command { .. })), "{bad:?}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let text = MasterKey::generate().unwrap();
        let key = MasterKey::Text(text.clone());
        assert!(!format!("{key:?} {:?}", key.read(Path::new("")).unwrap()).contains(&text[..8]));
    }
}
