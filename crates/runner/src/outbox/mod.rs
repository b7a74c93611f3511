//! Tells others what was recorded: webhooks, mail, commands. Who carries an event is not said here, only when.
//!
//! The record is the outbox. An [`Event`] is a function of an entry, so what is to be sent is on disk with the entry and in the
//! same commit, and a crash cannot part them. Of each target the record keeps how far it was delivered to
//! ([`codec::Delivery`](comity_store::codec::Delivery)), in two streams of its own, of which no event is made.
//!
//! **At least once.** The record is told after the target has the event, and of a group of them at a time; a crash between repeats up
//! to a group, with the same keys. **In order** within a case and a target: the later event waits for the earlier, until that is a dead
//! letter. **One at a time** for each target; targets do not wait for one another. **Given up** after so many tries, and then on a list.

mod backoff;
mod books;
mod calls;
mod event;
mod find;
mod kind;
mod letters;
mod pass;
mod run;
mod sender;
mod standing;
mod target;

pub use backoff::Backoff;
pub use calls::TargetState;
pub use event::{Event, PersonalData};
pub use kind::{BadKind, EventKind, WantedEvents};
pub use letters::{DeadLetter, LetterState};
pub use pass::Passed;
pub use run::{Health, Outbox, OutboxParts, Random, SystemRandom, TwiceNamed};
pub use sender::{Attempt, Sender, Sent, Why};
pub use target::{BadTargetName, SealedCases, Target, TargetName};

use run::Carried;
