//! The tables: which there are, and what is asked.

mod ageing;
mod grounds;
mod ledger;
mod limits;
mod load;
mod missing;
mod quality;
mod standing;
mod survival;
mod times;

use std::collections::BTreeSet;

use comity_core::time::Day;
use utoipa::ToSchema;

use crate::life::Life;
use crate::period::{BadPeriod, Period, Step};
use crate::table::{Cell, Column, Table, Unit, column};

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Panel {
    /// What was open, came, was closed, and is open.
    Ledger,
    /// How long cases stood at each stage.
    Times,
    /// Which share of the cases opened in a year was closed after so many days, those included that are open.
    Survival,
    /// Which limits were kept and which ran out.
    Limits,
    /// What was found of grounds for refusal.
    Grounds,
    /// The open cases by the year in which they were opened, and where they stand.
    Ageing,
    /// How many cases stood at each stage on a day.
    Standing,
    /// Which documents are missing.
    Missing,
    /// Who has how many open cases.
    Load,
    /// What makes figures unsure.
    Quality,
}

/// By what rows are parted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// By procedure.
    #[default]
    Procedure,
    /// By which State is on which side.
    Direction,
    /// By both.
    Both,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The time. Tables of one day are of its last.
    pub period: Period,
    /// Into what it is divided. Only the ledger and the limits are.
    pub step: Step,
    /// By what rows are parted.
    pub by: By,
    /// Whether the references of the cases are told that are counted.
    pub with_references: bool,
}

impl Panel {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ledger,
        Self::Times,
        Self::Survival,
        Self::Limits,
        Self::Grounds,
        Self::Ageing,
        Self::Standing,
        Self::Missing,
        Self::Load,
        Self::Quality,
    ];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Times => "times",
            Self::Survival => "survival",
            Self::Limits => "limits",
            Self::Grounds => "grounds",
            Self::Ageing => "ageing",
            Self::Standing => "standing",
            Self::Missing => "missing",
            Self::Load => "load",
            Self::Quality => "quality",
        }
    }

    /// The table of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|panel| panel.word() == word)
    }

    /// What it tells, in a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Ledger => "What was open, came, was closed, and is open",
            Self::Times => "How long cases stood at each stage",
            Self::Survival => "Which share of cases was closed after so many days, open ones included",
            Self::Limits => "Which limits were kept and which ran out",
            Self::Grounds => "What was found of grounds for refusal",
            Self::Ageing => "The open cases by the year in which they were opened",
            Self::Standing => "How many cases stood at each stage on a day",
            Self::Missing => "Which documents are missing",
            Self::Load => "Who has how many open cases",
            Self::Quality => "What makes figures unsure",
        }
    }

    /// Whether it tells of officers, and not of cases only.
    #[must_use]
    pub const fn is_of_officers(self) -> bool {
        matches!(self, Self::Load)
    }
}

impl By {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Procedure, Self::Direction, Self::Both];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Direction => "direction",
            Self::Both => "both",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.word() == word)
    }

    /// To which rows a case belongs.
    fn of(self, life: &Life) -> String {
        match self {
            Self::Procedure => life.procedure.clone(),
            Self::Direction => life.direction.clone(),
            Self::Both => format!("{}: {}", life.procedure, life.direction),
        }
    }
}

/// A table in the making: cases are shown to it one by one, and none of them is kept.
pub struct Figures(Box<dyn Counting + Send>);

/// What a table keeps of the cases that it was shown.
trait Counting {
    /// Counts a case.
    fn add(&mut self, life: &Life);
    /// The table of all that were counted.
    fn table(self: Box<Self>) -> Table;
}

impl Figures {
    /// A table of which nothing is counted yet.
    ///
    /// # Errors
    ///
    /// Returns [`BadPeriod`] if the period is divided into too many.
    pub fn new(panel: Panel, question: Question) -> Result<Self, BadPeriod> {
        Ok(Self(match panel {
            Panel::Ledger => Box::new(ledger::Ledger::new(question)?),
            Panel::Times => Box::new(times::Times::new(question)),
            Panel::Survival => Box::new(survival::Survival::new(question)),
            Panel::Limits => Box::new(limits::Limits::new(question)?),
            Panel::Grounds => Box::new(grounds::Grounds::new(question)),
            Panel::Ageing => Box::new(ageing::Ageing::new(question)),
            Panel::Standing => Box::new(standing::Standing::new(question)),
            Panel::Missing => Box::new(missing::Missing::new(question)),
            Panel::Load => Box::new(load::Load::new(question)),
            Panel::Quality => Box::new(quality::Quality::new(question)),
        }))
    }

    /// Counts a case.
    pub fn add(&mut self, life: &Life) {
        self.0.add(life);
    }

    /// The table of all that were counted.
    #[must_use]
    pub fn table(self) -> Table {
        self.0.table()
    }
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Figures").finish_non_exhaustive()
    }
}

/// References of cases, if they are wanted.
#[derive(Clone, Debug, Default)]
struct References(BTreeSet<String>);

impl References {
    fn add(&mut self, life: &Life, question: &Question) {
        if question.with_references {
            self.0.insert(life.reference.clone());
        }
    }

    fn cell(self) -> Cell {
        Cell::References(self.0.into_iter().collect())
    }
}

/// By which track the cases of each procedure are closed.
#[derive(Clone, Debug, Default)]
struct ClosedBy(BTreeSet<(String, String)>);

impl ClosedBy {
    fn add(&mut self, life: &Life) {
        let tracks = life.main().map(|spell| (life.procedure.clone(), spell.track.clone()));
        self.0.extend(tracks);
    }

    /// Nothing to say, if no case was counted.
    fn sentence(&self) -> Option<String> {
        let each = self.0.iter().map(|(procedure, track)| format!("{track} of {procedure}"));
        let each = each.collect::<Vec<_>>().join(", ");
        (!each.is_empty()).then(|| format!("These tracks are meant: {each}."))
    }
}

/// The column of references, and its value, where they are wanted.
fn with_references(columns: &mut Vec<Column>, title: &str, question: &Question) {
    if question.with_references {
        columns.push(column("cases", title, Unit::References));
    }
}

/// How a day is told in what a table says of itself.
fn on(day: Day) -> String {
    format!("{} ({day})", day.in_words())
}
