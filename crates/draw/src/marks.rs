//! What stands out in a picture.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::procedure::{StageId, TrackId};

use crate::diagram::{Cause, Step};

/// How something stands out. Each is told by word, shape and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// The case stands here.
    Current,
    /// The case was here before.
    Past,
    /// A chronology crosses it.
    Crossed,
    /// No chronology crosses it.
    NotCrossed,
}

/// Which stages and moves stand out. Nothing does, unless it is said.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    stages: BTreeMap<(TrackId, StageId), Mark>,
    causes: BTreeMap<Cause, Mark>,
    steps: BTreeMap<Step, Mark>,
}

impl Mark {
    /// Every mark, in the order of the legend.
    pub const ALL: [Self; 4] = [Self::Current, Self::Past, Self::Crossed, Self::NotCrossed];

    /// Its sign and its words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Current => "● stands here",
            Self::Past => "○ was here",
            Self::Crossed => "✓ crossed",
            Self::NotCrossed => "▲ not crossed",
        }
    }

    /// The word by which style sheets know it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Past => "past",
            Self::Crossed => "crossed",
            Self::NotCrossed => "not-crossed",
        }
    }
}

impl Marks {
    /// Nothing stands out.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Marks a stage.
    #[must_use]
    pub fn stage(mut self, track: TrackId, stage: StageId, mark: Mark) -> Self {
        self.stages.insert((track, stage), mark);
        self
    }

    /// Marks every move that an act, the end of a clock or a condition causes.
    #[must_use]
    pub fn cause(mut self, cause: Cause, mark: Mark) -> Self {
        self.causes.insert(cause, mark);
        self
    }

    /// Marks one move. It goes before the mark of its cause.
    #[must_use]
    pub fn step(mut self, step: Step, mark: Mark) -> Self {
        self.steps.insert(step, mark);
        self
    }

    /// The mark of a stage.
    #[must_use]
    pub fn of_stage(&self, track: TrackId, stage: StageId) -> Option<Mark> {
        self.stages.get(&(track, stage)).copied()
    }

    /// The mark of a move.
    #[must_use]
    pub fn of_step(&self, step: Step) -> Option<Mark> {
        self.steps.get(&step).or_else(|| self.causes.get(&step.cause)).copied()
    }

    /// The marks that are used, in the order of the legend.
    #[must_use]
    pub fn used(&self) -> Vec<Mark> {
        let all = self.stages.values().chain(self.causes.values()).chain(self.steps.values());
        all.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }
}
