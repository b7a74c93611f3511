//! The parts of a case as documents for programs.

use comity_core::entry::{Body, Entry, Proposal, awaiting};
use comity_core::procedure::Truth;
use comity_core::{ClockView, Rejection, explain_run, office_standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::OfficeDocument;
use crate::sheet::{Sheet, Told};
use crate::{derivation, words};

/// Where a case stands at a moment, as known at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CaseDocument {
    /// The moment asked about (RFC 3339, UTC).
    pub at: String,
    /// Entries recorded later than this are left out.
    pub known_at: String,
    /// How many entries were known.
    pub version: u32,
    /// Whether every track has come to an outcome.
    pub over: bool,
    /// Where each track stands.
    pub tracks: Vec<TrackDocument>,
    /// Every clock of the procedure, with its runs.
    pub limits: Vec<ClockDocument>,
    /// Everything that was ever owed.
    pub owed: Vec<OwedDocument>,
    /// How the office stands on it.
    pub office: OfficeDocument,
    /// Every document of the procedure.
    pub documents: Vec<DocumentDocument>,
    /// Every ground for refusal.
    pub grounds: Vec<GroundDocument>,
    /// Every fact of the procedure.
    pub facts: Vec<FactDocument>,
    /// Every act of the procedure, open or not, and why not.
    pub acts: Vec<ActDocument>,
    /// What was proposed, and waits for another person to confirm it.
    pub awaiting: Vec<ProposalDocument>,
    /// What happened, in the order in which it took effect.
    pub timeline: Vec<HappeningDocument>,
    /// What was recorded, in the order of recording.
    pub entries: Vec<EntryDocument>,
}

/// Where a track stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackDocument {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The stage where it stands.
    pub stage: String,
    /// The title of the stage.
    pub stage_title: String,
    /// What the stage comes to, if it is an outcome.
    pub outcome: Option<String>,
    /// Since when.
    pub since: String,
    /// Why, in a few words.
    pub because: String,
}

/// A clock with every run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClockDocument {
    /// Its name.
    pub name: String,
    /// What must happen in time.
    pub title: String,
    /// The provision.
    pub basis: String,
    /// The zone whose days count (tz database).
    pub zone: String,
    /// How the last run stands.
    pub standing: String,
    /// Its runs, the oldest first.
    pub runs: Vec<RunDocument>,
}

/// One run of a clock, and how its end was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunDocument {
    /// When it started.
    pub started: String,
    /// The last day, where there is one.
    pub last_day: Option<String>,
    /// The first instant that is too late (RFC 3339, UTC).
    pub ends: Option<String>,
    /// How much is left, in words.
    pub left: Option<String>,
    /// How it stands, in words.
    pub says: String,
    /// Every step of the count, as values.
    #[schema(value_type = Object)]
    pub derivation: serde_json::Value,
    /// Every step of the count, in the engine's sentences.
    pub steps: Vec<StepDocument>,
}

/// One step of a derivation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepDocument {
    /// What it is about.
    pub about: String,
    /// What it says.
    pub says: String,
}

/// Something that is or was owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwedDocument {
    /// The obligation.
    pub name: String,
    /// What is owed, starting with a verb.
    pub title: String,
    /// Who owes it.
    pub bearer: String,
    /// The provision.
    pub basis: String,
    /// Since when.
    pub since: String,
    /// What gave rise to it.
    pub because: String,
    /// When it was met, if it was.
    pub met: Option<String>,
}

/// A document of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentDocument {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The set that it belongs to.
    pub set: String,
    /// Whether it is needed; nothing while that is not known.
    pub needed: Option<bool>,
    /// When it arrived, each time.
    pub arrived: Vec<String>,
    /// What is missing; nothing if it is complete or not needed.
    pub missing: Option<String>,
    /// The provision.
    pub basis: String,
}

/// A ground for refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroundDocument {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Whether it binds.
    pub force: String,
    /// What was found; nothing while it was not considered.
    pub applies: Option<bool>,
    /// When it was considered.
    pub considered: Option<String>,
    /// The provision.
    pub basis: String,
}

/// A fact of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactDocument {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What is known of it; nothing while it is unknown.
    pub value: Option<String>,
    /// Since when.
    pub since: Option<String>,
}

/// An act of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActDocument {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Who may do it.
    pub by: Vec<String>,
    /// The provision.
    pub basis: String,
    /// Whether it takes two persons: one proposes it, another confirms it.
    pub four_eyes: bool,
    /// Whether it may be done now.
    pub open: bool,
    /// Why not.
    pub closed_because: Vec<Closed>,
    /// When it was done, each time.
    pub done: Vec<String>,
}

/// Why the procedure does not allow something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Closed {
    /// The code, which names a page of the reference.
    pub code: String,
    /// The engine's sentence.
    pub says: String,
}

/// Something that happened: a deed that was recorded, or a limit that ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HappeningDocument {
    /// When it took effect.
    pub when: String,
    /// When it was recorded; nothing for a limit that ran out.
    pub recorded: Option<String>,
    /// What it was, by the names of the procedure.
    pub what: String,
    /// What it was, in words.
    pub says: String,
    /// What brought it about.
    pub because: String,
    /// The tracks that moved, as `custody: held`.
    pub moved: Vec<String>,
}

/// Something that was proposed, and waits for another person to confirm it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalDocument {
    /// The entry that proposes it.
    pub entry: u32,
    /// When it was proposed.
    pub proposed_at: String,
    /// The account that proposed it, which cannot confirm it.
    pub proposed_by: String,
    /// What it says, in words.
    pub says: String,
}

/// A recorded entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryDocument {
    /// Its number in the case.
    pub number: u32,
    /// When it was recorded.
    pub recorded_at: String,
    /// The account that recorded it.
    pub recorded_by: String,
    /// What it says, in words.
    pub says: String,
}

impl From<&Rejection> for Closed {
    fn from(rejection: &Rejection) -> Self {
        Self { code: rejection.code().word().to_owned(), says: rejection.to_string() }
    }
}

impl Sheet<'_> {
    /// The whole case.
    #[must_use]
    pub fn document(&self) -> CaseDocument {
        let view = self.view();
        let asked = view.asked();
        CaseDocument {
            at: asked.at.to_string(),
            known_at: asked.known_at.to_string(),
            version: view.version().0,
            over: view.is_over(),
            tracks: self.tracks(),
            limits: view.clocks().iter().map(|clock| self.clock(clock)).collect(),
            owed: self.owed(),
            office: OfficeDocument::of(&office_standing(self.entries()), view),
            documents: self.documents(),
            grounds: self.grounds(),
            facts: self.facts(),
            acts: self.acts(),
            awaiting: self.awaiting(),
            timeline: self.timeline(),
            entries: self.entries().iter().map(|entry| self.entry(entry)).collect(),
        }
    }

    /// Where each track stands.
    #[must_use]
    pub fn tracks(&self) -> Vec<TrackDocument> {
        let track = |track: comity_core::TrackView<'_>| TrackDocument {
            name: track.name.to_string(),
            title: track.track.title.clone(),
            stage: track.stage_name.to_string(),
            stage_title: track.stage.title.clone(),
            outcome: track.stage.outcome.clone(),
            since: track.stands.since.to_string(),
            because: self.cause(track.stands.cause),
        };
        self.view().tracks().into_iter().map(track).collect()
    }

    /// One clock with every run and its derivation.
    #[must_use]
    pub fn clock(&self, clock: &ClockView<'_>) -> ClockDocument {
        let now = self.view().asked().at;
        let run = |cycle: &comity_core::Cycle| {
            let explained = explain_run(self.view(), clock, cycle);
            let step =
                |step: comity_core::Reason| StepDocument { about: step.about.to_owned(), says: step.says };
            RunDocument {
                started: cycle.started.to_string(),
                last_day: explained.last_day.map(|day| day.to_string()),
                ends: explained.ends.map(|ends| ends.to_string()),
                left: words::left(&cycle.end, clock.zone, now),
                says: words::ending(&cycle.end, &cycle.status, clock.zone, now),
                derivation: derivation::of_run(cycle),
                steps: explained.steps.into_iter().map(step).collect(),
            }
        };
        ClockDocument {
            name: clock.name.to_string(),
            title: clock.clock.title.clone(),
            basis: clock.clock.basis.to_string(),
            zone: clock.zone.name().to_owned(),
            standing: clock.standing.word().to_owned(),
            runs: clock.cycles.iter().map(run).collect(),
        }
    }

    /// Everything that was ever owed, the oldest first.
    #[must_use]
    pub fn owed(&self) -> Vec<OwedDocument> {
        let one = |one: comity_core::ObligationView<'_>| OwedDocument {
            name: one.name.to_string(),
            title: one.obligation.title.clone(),
            bearer: one.bearer.0.to_string(),
            basis: one.obligation.basis.to_string(),
            since: one.owed.since.to_string(),
            because: self.cause(one.owed.cause),
            met: one.owed.met.map(|(_, when)| when.to_string()),
        };
        self.view().obligations().into_iter().map(one).collect()
    }

    /// Every document of the procedure.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentDocument> {
        let one = |one: comity_core::DocumentView<'_>| DocumentDocument {
            name: one.name.to_string(),
            title: one.document.title.clone(),
            set: one.set.to_string(),
            needed: truth(one.needed),
            arrived: one.arrived.iter().map(|arrived| arrived.when.to_string()).collect(),
            missing: one.missing,
            basis: one.document.basis.to_string(),
        };
        self.view().documents().into_iter().map(one).collect()
    }

    /// Every ground for refusal.
    #[must_use]
    pub fn grounds(&self) -> Vec<GroundDocument> {
        let one = |one: comity_core::GroundView<'_>| GroundDocument {
            name: one.name.to_string(),
            title: one.ground.title.clone(),
            force: one.ground.force.word().to_owned(),
            applies: one.found.map(|found| found.applies),
            considered: one.found.map(|found| found.when.to_string()),
            basis: one.ground.basis.to_string(),
        };
        self.view().grounds().into_iter().map(one).collect()
    }

    /// Every fact of the procedure.
    #[must_use]
    pub fn facts(&self) -> Vec<FactDocument> {
        let one = |one: comity_core::FactView<'_>| FactDocument {
            name: one.name.to_string(),
            title: one.fact.title.clone(),
            value: one.known.map(|known| known.value.reveal()),
            since: one.known.map(|known| known.since.to_string()),
        };
        self.view().facts().into_iter().map(one).collect()
    }

    /// Every act of the procedure.
    #[must_use]
    pub fn acts(&self) -> Vec<ActDocument> {
        let one = |one: comity_core::ActView<'_>| ActDocument {
            name: one.name.to_string(),
            title: one.act.title.clone(),
            by: one.by.iter().map(|(name, _)| name.to_string()).collect(),
            basis: one.basis().to_string(),
            four_eyes: one.act.four_eyes,
            open: one.is_open(),
            closed_because: one.closed_because.iter().map(Closed::from).collect(),
            done: one.done.iter().map(|done| done.when.to_string()).collect(),
        };
        self.view().acts().into_iter().map(one).collect()
    }

    /// What happened, in the order in which it took effect.
    #[must_use]
    pub fn timeline(&self) -> Vec<HappeningDocument> {
        let one = |told: Told<'_>| HappeningDocument {
            when: told.1.when.to_string(),
            recorded: self.recorded(told.1.cause).map(|at| at.to_string()),
            what: told.1.what.label(told.0),
            says: self.what(told),
            because: self.because(told),
            moved: self.moved(told),
        };
        self.story().into_iter().map(one).collect()
    }

    /// What waits for another person to confirm it, the oldest first.
    #[must_use]
    pub fn awaiting(&self) -> Vec<ProposalDocument> {
        let one = |(entry, proposal): (&Entry, &Proposal)| ProposalDocument {
            entry: entry.number.get(),
            proposed_at: entry.recorded_at.to_string(),
            proposed_by: entry.recorded_by.reveal().to_owned(),
            says: words::proposal(proposal, self.view().procedure()),
        };
        awaiting(self.entries()).into_iter().map(one).collect()
    }

    /// A recorded entry.
    #[must_use]
    pub fn entry(&self, entry: &Entry) -> EntryDocument {
        EntryDocument {
            number: entry.number.get(),
            recorded_at: entry.recorded_at.to_string(),
            recorded_by: entry.recorded_by.reveal().to_owned(),
            says: words::body(&entry.body, self.view().procedure()),
        }
    }

    /// Whether an entry holds a deed that was annulled.
    #[must_use]
    pub fn is_annulled(&self, entry: &Entry) -> bool {
        matches!(entry.body, Body::Deed(_) | Body::Confirmed { .. }) && self.is_struck_out(entry.number)
    }
}

fn truth(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}
