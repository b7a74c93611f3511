//! What the chronologies would not notice: every small change to a procedure, tried one by one.
//!
//! [`small_changes`] lists the changes of a draft, each in words and with its place. [`Trial`] makes each on a copy, lets
//! the core check it, and plays the chronologies until one fails. A change that none notices is a rule that none tests,
//! unless it changes nothing: then [`Verdict::Same`] says why that is certain. Certain means that it follows from the
//! two procedures alone; a search that found no difference proves none, and such a change stays "not noticed", unless the library
//! argues, in a file of equivalents, that no case can show it: [`Verdict::Argued`]. What no
//! chronology notices may still break what was proved of the procedure; then the check refuses it, and no case is opened
//! under it.
//!
//! What a chronology cannot show is not changed: titles. Nor are sources, sides and stages, whose changes are other
//! procedures rather than slips in this one.

mod clocks;
mod counting;
mod edit;
mod guards;
mod look;
mod proof;
mod rules;
mod same;
mod same_days;
mod steps;
mod story;
mod suggest;
mod trial;
mod walk;

use comity_core::procedure::Draft;

pub use edit::Change;
pub use suggest::{Suggested, Suggestions};
pub use trial::{NotReady, Stale, Trial, Tried, Verdict};

/// Every small change of a draft, in the order of the file's sections: conditions, clocks, acts, obligations, documents,
/// grounds.
#[must_use]
pub fn small_changes(draft: &Draft) -> Vec<Change> {
    let mut list = edit::List::of(draft);
    list.conditions();
    list.clocks();
    list.acts();
    list.obligations();
    list.documents();
    list.grounds();
    list.found
}
