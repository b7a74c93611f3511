//! Whoever carries an event to a target.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use comity_core::time::Moment;

use super::event::Event;

/// The longest reason that the record keeps.
const LONGEST: usize = 200;

/// Carries events to one target: by HTTP, by mail, by a command.
///
/// It is asked for one event at a time, and must answer within a time of its own: until it does, nothing else goes to the
/// target. The same event may come again, with the same id, also after it was delivered: a crash may have come between.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Carries the event. When this returns [`Sent::Delivered`], the target has it.
    ///
    /// Dropping the future leaves open whether the target has it.
    async fn send(&self, event: &Event, attempt: Attempt) -> Sent;
}

/// Which try it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The present moment, for a signature that must be fresh.
    pub at: Moment,
    /// The first is 1.
    pub number: u32,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The target has it.
    Delivered,
    /// Perhaps later: the target is away, or overloaded, or must be mended first.
    TryAgain {
        /// Why.
        why: Why,
        /// How long the target asked to be left alone.
        wait: Option<Duration>,
    },
    /// The target will never take this event.
    Never {
        /// Why.
        why: Why,
    },
}

/// Why an event was not delivered, in words for an operator. It is kept in the record in the clear: it must hold nothing that the
/// event says, and nothing that the target answered but for a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why(
    // INVARIANT: at most `LONGEST` bytes, without control characters.
    String,
);

impl Why {
    /// Takes as much of `text` as is kept, on one line.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut kept = String::new();
        for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
            if kept.len() + c.len_utf8() > LONGEST {
                break;
            }
            kept.push(c);
        }
        Self(kept)
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(Why::new("it answered\r\n503").as_str(), "it answered  503");
        let long = Why::new(&"ä".repeat(500));
        assert_eq!(long.as_str(), "ä".repeat(100));
    }
}
