//! What was promised and did not hold.

use std::fmt::{Debug, Display};

/// What was promised and did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(String);

impl Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// Whether a promise was kept.
pub type Kept = Result<(), Broken>;

/// That `found` is what it should be.
pub(crate) fn same<T: PartialEq + Debug>(promise: &str, found: &T, expected: &T) -> Kept {
    if found == expected {
        return Ok(());
    }
    Err(broken(format!("{promise}:\n     found {found:?}\n  expected {expected:?}")))
}

pub(crate) fn broken(what: String) -> Broken {
    Broken(what)
}
