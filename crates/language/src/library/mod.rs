//! A folder of procedures with the files beside them, read as a whole.

mod built;
mod files;
mod links;
mod load;
mod shelf;

pub use files::{Disk, FileError, Files, InMemory};
pub use load::{HeldBack, Library, Loaded, SourceText, labels_beside, load, load_alone, load_one};
pub use shelf::read_source;
