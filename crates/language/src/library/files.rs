//! Where files come from: a folder on disk, or a list in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::tree::LARGEST;

/// How deep folders may nest in a library.
const DEEPEST: usize = 8;
/// How many files a library may hold.
const MOST_FILES: usize = 10_000;

/// The files of a library. Paths are relative to its root, with `/` between their parts.
pub trait Files {
    /// Every file, sorted.
    ///
    /// # Errors
    ///
    /// Returns [`FileError`] with the path of the folder that could not be listed.
    fn list(&self) -> Result<Vec<String>, FileError>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// Returns [`FileError`] if it is missing, larger than a file may be, or cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError>;

    /// The path as people know it.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file.
    #[error("`{path}` does not exist")]
    Missing {
        /// The path as people know it.
        path: String,
    },
    /// It is larger than a file of a library may be.
    #[error("`{path}` has {bytes} bytes; a file here has at most {most}")]
    TooLarge {
        /// The path as people know it.
        path: String,
        /// Its size.
        bytes: u64,
        /// The largest size.
        most: usize,
    },
    /// It is a device, a pipe, or a link to a folder.
    #[error("`{path}` is neither a file nor a folder of the library")]
    NotAFile {
        /// The path as people know it.
        path: String,
    },
    /// The folders nest too deep or hold too many files.
    #[error("`{path}` holds more folders or files than a library may")]
    TooMany {
        /// The path as people know it.
        path: String,
    },
    /// The system refused.
    #[error("`{path}` cannot be read")]
    Unreadable {
        /// The path as people know it.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// A folder on disk.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The library at `root`.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn error(&self, path: &str, source: std::io::Error) -> FileError {
        let path = self.shown(path);
        if source.kind() == std::io::ErrorKind::NotFound {
            FileError::Missing { path }
        } else {
            FileError::Unreadable { path, source }
        }
    }

    fn walk(&self, folder: &str, depth: usize, found: &mut Vec<String>) -> Result<(), FileError> {
        let bad = |error| self.error(folder, error);
        if depth > DEEPEST || found.len() > MOST_FILES {
            return Err(FileError::TooMany { path: self.shown(folder) });
        }
        for entry in std::fs::read_dir(self.root.join(folder)).map_err(bad)? {
            let entry = entry.map_err(bad)?;
            // Links are not followed to folders, so that no cycle is walked.
            let kind = entry.file_type().map_err(bad)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if kind.is_dir() {
                self.walk(&path, depth + 1, found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
}

impl Files for Disk {
    fn list(&self) -> Result<Vec<String>, FileError> {
        let mut found = Vec::new();
        self.walk("", 0, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let whole: &Path = &self.root.join(path);
        let about = std::fs::metadata(whole).map_err(|error| self.error(path, error))?;
        if !about.is_file() {
            return Err(FileError::NotAFile { path: self.shown(path) });
        }
        if about.len() > LARGEST as u64 {
            return Err(FileError::TooLarge { path: self.shown(path), bytes: about.len(), most: LARGEST });
        }
        std::fs::read(whole).map_err(|error| self.error(path, error))
    }

    fn shown(&self, path: &str) -> String {
        let root = self.root.to_string_lossy();
        match (root.trim_end_matches('/'), path) {
            ("" | ".", path) => path.to_owned(),
            (root, "") => root.to_owned(),
            (root, path) => format!("{root}/{path}"),
        }
    }
}

/// Files that were put into the program, or that a test made up.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    files: BTreeMap<String, Vec<u8>>,
}

impl InMemory {
    /// The same files with one more.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }
}

impl Files for InMemory {
    fn list(&self) -> Result<Vec<String>, FileError> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() > LARGEST => {
                Err(FileError::TooLarge { path: path.to_owned(), bytes: bytes.len() as u64, most: LARGEST })
            }
            Some(bytes) => Ok(bytes.clone()),
            None => Err(FileError::Missing { path: path.to_owned() }),
        }
    }
}

impl FileError {
    pub(crate) fn code(&self) -> crate::Code {
        match self {
            Self::Missing { .. } => crate::Code::MissingFile,
            Self::TooLarge { .. } => crate::Code::TooLarge,
            Self::NotAFile { .. } | Self::TooMany { .. } | Self::Unreadable { .. } => {
                crate::Code::UnreadableFile
            }
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Missing { path }
            | Self::TooLarge { path, .. }
            | Self::NotAFile { path }
            | Self::TooMany { path }
            | Self::Unreadable { path, .. } => path,
        }
    }

    /// The message with what the system said, for a diagnostic has no chain.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Unreadable { source, .. } => format!("{self}: {source}"),
            Self::Missing { .. } | Self::TooLarge { .. } | Self::NotAFile { .. } | Self::TooMany { .. } => {
                self.to_string()
            }
        }
    }
}
