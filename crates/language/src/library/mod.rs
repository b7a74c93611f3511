//! A folder of procedures with the files beside them, read as a whole.

mod built;
mod extras;
mod files;
mod links;
mod load;
mod shelf;

pub use extras::labels_beside;
pub use files::{Disk, FileError, Files, InMemory};
pub use load::{HeldBack, Library, Loaded, SourceText, load, load_alone, load_one};
pub use shelf::read_source;
