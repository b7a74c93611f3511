//! Who is told of what is recorded: answers, errs, takes its time, and remembers what it was given.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use comity_runner::outbox::{Attempt, Event, Sender, Sent, Why};

use super::chance::Chance;

/// How a target answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes everything.
    Well,
    /// It takes some, and fails in every way at the others.
    Moody,
    /// It is away.
    Away,
}

/// A target, and what it was given.
pub(crate) struct Receiver {
    state: Mutex<State>,
}

struct State {
    mood: Mood,
    chance: Chance,
    given: Vec<Given>,
}

/// An event that a target was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) json: String,
    pub(crate) was_taken: bool,
}

impl Receiver {
    pub(crate) fn new(chance: Chance) -> Self {
        Self { state: Mutex::new(State { mood: Mood::Well, chance, given: Vec::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// What it was given since this was asked before.
    pub(crate) fn given(&self) -> Vec<Given> {
        std::mem::take(&mut self.state().given)
    }
}

/// Whether the target has the event, and what it says.
fn answer(mood: Mood, chance: &mut Chance) -> (bool, Sent) {
    let again = |why: &str, wait| Sent::TryAgain { why: Why::new(why), wait };
    match mood {
        Mood::Well => (true, Sent::Delivered),
        Mood::Away => (false, again("no answer in time", None)),
        Mood::Moody => match chance.below(10) {
            0 | 1 => (false, again("it answered 500", None)),
            2 => (false, again("it answered 429", Some(Duration::from_secs(chance.below(100_000))))),
            3 => (false, Sent::Never { why: Why::new("it answered 410") }),
            // It took the event, and its answer was lost.
            4 => (true, again("no answer in time", None)),
            _ => (true, Sent::Delivered),
        },
    }
}

#[async_trait]
impl Sender for Receiver {
    async fn send(&self, event: &Event, _: Attempt) -> Sent {
        let mut left = {
            let mut state = self.state();
            if state.mood == Mood::Well { 0 } else { state.chance.small(4) }
        };
        std::future::poll_fn(|context| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        let mut state = self.state();
        let mood = state.mood;
        let (was_taken, sent) = answer(mood, &mut state.chance);
        let given =
            Given { id: event.id.clone(), subject: event.subject.clone(), json: event.json(), was_taken };
        state.given.push(given);
        sent
    }
}
