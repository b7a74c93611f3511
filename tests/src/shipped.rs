//! The treaty library as it is shipped, read once for all tests of a suite.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

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

/// Calls `each` for all of them, on every core, so that the long ones run beside the short ones. What panics there panics here.
pub fn on_all_cores<T: Sync>(all: &[T], each: impl Fn(&T) + Sync) {
    let left = Mutex::new(all.iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(one) = next() {
                    each(one);
                }
            });
        }
    });
}
