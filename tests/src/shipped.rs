//! The treaty library as it is shipped, read once for all tests of a suite.

use std::path::Path;
use std::sync::OnceLock;

use comity_language::library::{Disk, Library, load};

/// The folder of the treaty library.
#[must_use]
pub fn workflows() -> Disk {
    Disk::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../workflows"))
}

/// What stands in it.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| load(&workflows()))
}
