//! Bundles of evidence: one case with what somebody needs to check it without us.
//!
//! Whoever makes one gathers what the engine and the store give: the case, or the word that it was erased, its
//! [`Evidence`](comity_runner::Evidence), the signed checkpoints that go with it, and the proofs that [`Case::to_be_proved`] asks for.
//! [`Bundle::of`] makes the files of these, and [`Bundle::write`] the zip file. Both depend on their arguments alone: the same give the
//! same bytes.
//!
//! - [`Case`] is what goes in, and how much of it is shown. Nothing that is withheld is told of, and nothing that follows from it.
//! - [`Notes`] are checkpoints in the order of their sizes. What is handed out is held against each.
//!
//! `docs/record-format.md` says what a bundle is byte by byte; it is in every bundle.

mod bundle;
mod case;
mod container;
mod error;
mod notes;
mod pages;
mod texts;

pub use bundle::Bundle;
pub use case::{Case, Text, Told, withheld};
pub use error::{BundleError, NoSuchEntry, TwoOfOneSize};
pub use notes::{Note, Notes};
