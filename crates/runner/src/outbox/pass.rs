//! One pass over one target: all that can be done for it now.

use comity_core::id::EntryNumber;
use comity_core::time::Moment;
use comity_store::codec::{Closed, Dead, Delivery, Waiting};

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tracing::{error, warn};

use super::backoff::after;
use super::books::Books;
use super::event::Event;
use super::find::Found;
use super::sender::{Attempt, Sent, Why};
use super::standing::Next;
use super::{Carried, Outbox};
use crate::error::EngineError;

/// So many events are tried in one pass, so that whoever waits for its end is not kept waiting.
const MOST: usize = 1_000;

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// How many events the target took.
    pub delivered: usize,
    /// How many tries failed.
    pub failed: usize,
    /// How many events were given up, after these tries or those before.
    pub died: usize,
    /// Whether there is more to be done at once.
    pub more: bool,
    /// When there is something to be done next, if nothing is recorded before.
    pub next: Option<Moment>,
}

/// What is known of an event that was just tried.
struct Tried {
    waiting: Waiting,
    entry: Option<EntryNumber>,
    sent: Sent,
}

impl Outbox {
    /// Does all that can be done now for one target. Waits for nothing but the sender and the journal.
    pub(super) async fn carry(&self, carried: &Carried, books: &mut Books) -> Result<Passed, EngineError> {
        let (engine, name) = (&self.shared.reader.engine, &carried.target.name);
        let mut passed = Passed::default();
        // What the journal did not take before must be in it before more is sent, or it would all be sent twice.
        if books.standing.is_to_be_saved(engine.now()) {
            books.save(engine, name).await?;
        }
        // Whoever called has just followed the letters.
        let mut is_followed = true;
        loop {
            if passed.delivered + passed.failed >= MOST || self.shared.is_stopping() {
                passed.more = true;
                break;
            }
            match books.standing.next(engine.now(), &carried.target.backoff) {
                Next::Send(waiting) => {
                    is_followed = false;
                    self.carry_one(carried, books, waiting, &mut passed).await?;
                }
                Next::Scan(until) => {
                    let letters = &books.letters;
                    let more = self
                        .shared
                        .reader
                        .scan(&carried.target, &mut books.standing, |position| letters.has(position))
                        .await?;
                    // Room was made for letters that are to be sent again.
                    if !more && !is_followed {
                        is_followed = true;
                        books.standing.follow(&books.letters);
                    } else if !more {
                        passed.next = until;
                        break;
                    }
                }
                Next::Rest(until) => {
                    passed.next = until;
                    break;
                }
            }
            if books.standing.is_to_be_saved(engine.now()) {
                books.save(engine, name).await?;
            }
        }
        let save_by = books.standing.save_by();
        passed.next = [passed.next, save_by].into_iter().flatten().min();
        Ok(passed)
    }

    /// Tries one event, and does what follows.
    #[tracing::instrument(name = "deliver", level = "trace", skip_all)]
    async fn carry_one(
        &self,
        carried: &Carried,
        books: &mut Books,
        waiting: Waiting,
        passed: &mut Passed,
    ) -> Result<(), EngineError> {
        let engine = &self.shared.reader.engine;
        let position = waiting.position;
        let again = |why: Why| Sent::TryAgain { why, wait: None };
        let (entry, sent) = match self.shared.reader.at(&carried.target, &waiting).await? {
            Found::Nothing | Found::Gone => {
                return self.leave(carried, books, waiting).await;
            }
            Found::Unreadable(why) => (None, again(why)),
            Found::Event(event, entry) => {
                let attempt = Attempt { at: engine.now(), number: waiting.attempts.saturating_add(1) };
                (Some(entry), send(carried, &event, attempt).await)
            }
        };
        match sent {
            Sent::Delivered => {
                self.close(carried, books, waiting, Closed::Delivered).await?;
                books.standing.delivered(position, engine.now());
                self.shared.note(&carried.target.name, &books.standing, None);
                passed.delivered += 1;
                Ok(())
            }
            Sent::TryAgain { .. } | Sent::Never { .. } => {
                passed.failed += 1;
                self.fail(carried, books, Tried { waiting, entry, sent }, passed).await
            }
        }
    }

    /// There is nothing to send any more.
    async fn leave(&self, carried: &Carried, books: &mut Books, waiting: Waiting) -> Result<(), EngineError> {
        self.close(carried, books, waiting, Closed::Gone).await?;
        books.standing.settled(waiting.position, self.shared.reader.engine.now());
        Ok(())
    }

    /// A letter that was sent again is on the list no more. The record is told before anything else forgets it.
    async fn close(
        &self,
        carried: &Carried,
        books: &mut Books,
        waiting: Waiting,
        how: Closed,
    ) -> Result<(), EngineError> {
        if !waiting.is_again {
            return Ok(());
        }
        let name = &carried.target.name;
        let word = Delivery::Closed { target: name.to_string(), position: waiting.position, how };
        books.tell(&self.shared.reader.engine, name, word).await
    }

    async fn fail(
        &self,
        carried: &Carried,
        books: &mut Books,
        tried: Tried,
        passed: &mut Passed,
    ) -> Result<(), EngineError> {
        let (engine, target) = (&self.shared.reader.engine, &carried.target);
        let Tried { waiting, entry, sent } = tried;
        let (why, asked, is_final) = match sent {
            Sent::TryAgain { why, wait } => (why, wait, false),
            Sent::Never { why } => (why, None, true),
            Sent::Delivered => return Ok(()),
        };
        let attempts = waiting.attempts.saturating_add(1);
        let (now, random) = (engine.now(), self.shared.random.next());
        // Of an entry that cannot be read the target knows nothing.
        if entry.is_some() {
            books.standing.failed(now, asked, &target.backoff, random);
        }
        self.shared.note(&target.name, &books.standing, Some(why.clone()));
        if !is_final && attempts < target.backoff.most_attempts {
            let wait = target.backoff.wait_as_asked(attempts, random, asked);
            books.standing.tried(waiting.position, after(now, wait));
            return Ok(());
        }
        let (position, case) = (waiting.position, waiting.case);
        let dead = Dead { position, case, entry, attempts, why: why.as_str().to_owned() };
        let word = Delivery::Died { target: target.name.to_string(), dead };
        books.tell(engine, &target.name, word).await?;
        books.standing.died(position, now);
        passed.died += 1;
        warn!(name = %target.name, %position, attempts, "an event was given up; it is a dead letter");
        Ok(())
    }
}

/// A sender that fails over itself has failed like any other, and takes nobody along.
async fn send(carried: &Carried, event: &Event, attempt: Attempt) -> Sent {
    let sent = AssertUnwindSafe(carried.sender.send(event, attempt)).catch_unwind().await;
    sent.unwrap_or_else(|_| {
        error!(name = %carried.target.name, event = %event.id, "the sender of a target panicked");
        Sent::TryAgain { why: Why::new("the sender panicked; see the log"), wait: None }
    })
}
