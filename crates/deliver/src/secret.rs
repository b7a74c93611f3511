//! Where a secret stands. It never stands in a configuration itself, which is printed, copied and kept.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The longest file that is taken for a secret.
const LONGEST: usize = 4_096;

/// Where a secret is read from: `{ file = "…" }` or `{ env = "…" }`. Read anew whenever it is needed, so that a new one is used without
/// a restart.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SecretPlace {
    /// A file that holds nothing else. A line end behind it does not count.
    File(PathBuf),
    /// A variable of the environment.
    Env(String),
}

/// A secret. It is printed nowhere, and wiped from memory when it is dropped.
pub struct Secret(Zeroizing<String>);

/// Why a secret could not be had. It names the place and nothing of what is there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The file cannot be read.
    #[error("the secret in the file {} could not be read ({source})", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The variable is not set, or no text.
    #[error("the variable {name} of the environment holds no secret; set it for this program")]
    Env {
        /// The variable.
        name: String,
    },
    /// What is there is no secret of the kind that is needed.
    #[error("{place} holds no secret: {why}")]
    Unfit {
        /// The place.
        place: SecretPlace,
        /// What would be right.
        why: &'static str,
    },
}

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl fmt::Display for SecretPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Env(name) => write!(f, "the variable {name}"),
        }
    }
}

impl SecretPlace {
    /// Reads the secret.
    ///
    /// # Errors
    ///
    /// Returns [`SecretError`] if there is none.
    pub fn read(&self) -> Result<Secret, SecretError> {
        let text = match self {
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|source| SecretError::File { path: path.clone(), source })?,
            Self::Env(name) => std::env::var(name).map_err(|_| SecretError::Env { name: name.clone() })?,
        };
        let text = Zeroizing::new(text);
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() || secret.len() > LONGEST || secret.contains(char::is_control) {
            let why = "it must be one line, not empty, of at most 4096 bytes";
            return Err(SecretError::Unfit { place: self.clone(), why });
        }
        Ok(Secret(Zeroizing::new(secret.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(text: &str) -> Result<Secret, SecretError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        SecretPlace::File(path).read()
    }

    #[test]
    fn a_secret_is_one_line_of_a_file_and_is_not_printed() {
        let secret = in_file("geheim\r\n").unwrap();
        assert_eq!(secret.reveal(), "geheim");
        assert_eq!(format!("{secret:?}"), "(secret)");
        for bad in ["", "\n", "geheim\ngeheim", &"x".repeat(5_000)] {
            let said = in_file(bad).unwrap_err().to_string();
            assert!(said.contains("one line") && !said.contains("geheim"), "{said}");
        }
    }

    #[test]
    fn where_there_is_no_secret_the_place_is_named() {
        let said = SecretPlace::File("no/such/file".into()).read().unwrap_err().to_string();
        assert!(said.contains("no/such/file"), "{said}");
        let said = SecretPlace::Env("COMITY_NO_SUCH_SECRET".into()).read().unwrap_err().to_string();
        assert!(said.contains("COMITY_NO_SUCH_SECRET"), "{said}");
    }
}
