//! How pressing something is, by word, shape and colour at once: none of the three is needed to understand it.

use comity_runner::Group;

/// A sign that stands beside its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// The class by which the style sheet knows it.
    pub(crate) class: &'static str,
    /// The shape.
    pub(crate) shape: &'static str,
    /// The word.
    pub(crate) word: &'static str,
}

const fn sign(class: &'static str, shape: &'static str, word: &'static str) -> Sign {
    Sign { class, shape, word }
}

pub(crate) const RAN_OUT: Sign = sign("out", "■", "ran out");
pub(crate) const OWED: Sign = sign("out", "■", "owed now");
pub(crate) const TODAY: Sign = sign("today", "◆", "today or tomorrow");
pub(crate) const SOON: Sign = sign("soon", "▲", "soon");
pub(crate) const RUNNING: Sign = sign("running", "●", "running");
pub(crate) const KEPT: Sign = sign("kept", "✓", "kept");
pub(crate) const STILL: Sign = sign("waiting", "‖", "stands still");
pub(crate) const WAITING: Sign = sign("waiting", "◇", "waiting");
pub(crate) const SILENT: Sign = sign("soon", "○", "silent");
pub(crate) const PLAIN: Sign = sign("plain", "–", "");
pub(crate) const COMPLETE: Sign = sign("kept", "✓", "complete");
pub(crate) const MISSING: Sign = sign("today", "◇", "missing");
pub(crate) const NOT_NEEDED: Sign = sign("plain", "–", "not needed");
pub(crate) const NOT_KNOWN: Sign = sign("soon", "?", "not known yet");

impl Sign {
    /// The sign of a group of the queue, with the word that officers use.
    pub(crate) const fn of(group: Group) -> Self {
        let base = match group {
            Group::Unreadable | Group::CannotFollow | Group::Uncountable | Group::RanOut => RAN_OUT,
            Group::Owed => OWED,
            Group::Today => TODAY,
            Group::Soon | Group::Warned => SOON,
            Group::Review | Group::HoldEnds | Group::Waiting => WAITING,
            Group::Stranded | Group::Silent => SILENT,
            Group::Later => RUNNING,
        };
        sign(base.class, base.shape, group.word())
    }

    /// The same sign with another word.
    pub(crate) const fn saying(self, word: &'static str) -> Self {
        sign(self.class, self.shape, word)
    }
}
