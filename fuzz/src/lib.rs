//! What must hold of every reader of Comity, whatever bytes it is given.
//!
//! A [`Target`] takes bytes, hands them to one reader, and says what was promised and did not hold. None may panic, hang, or
//! want more memory than [`MOST_MEMORY`]. Two programs call them: `cargo xtask fuzz` lets libFuzzer search for inputs that go
//! new ways (`fuzz/engine`), and the test `corpora` plays those that it found, and those that ever broke something, on
//! every `cargo xtask test`. They lie below `corpus`, in a folder for each target.
//!
//! Most formats of the record carry sums over what they hold. No search finds the bytes to a sum, so `mend` makes
//! sums fit again after a change. It follows `docs/record-format.md` alone and knows none of the code that it serves.

mod broken;
mod evidence;
mod language;
mod mend;
mod place;
mod record;
mod target;
mod words;

pub use broken::{Broken, Kept};
pub use evidence::{SECRET, zipped};
pub use target::{TARGETS, Target, target};

/// More memory than this, in bytes, no reader may hold while it reads the input of a target.
pub const MOST_MEMORY: usize = 256 << 20;
