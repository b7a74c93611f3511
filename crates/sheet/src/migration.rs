//! What comes of a case that goes over to another edition of its procedure.

use comity_core::migration::{CrossingClock, CrossingTrack, Ends};
use comity_core::name::Name;
use comity_runner::{CaseMigration, MigrationOutcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What comes of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseMigrationDocument {
    /// Its id.
    pub case: String,
    /// Its reference; empty, if it cannot be read.
    pub reference: String,
    /// `would-go`, `went`, `went-before`, `refused` or `failed`.
    pub outcome: String,
    /// The entry by which it went over, if it did.
    pub entry: Option<u32>,
    /// What stands in the way, in the engine's sentences.
    pub because: Vec<String>,
    /// The code of the error, if it failed.
    pub code: Option<String>,
    /// Where its tracks stand before and after; nothing, if that was not looked at.
    pub tracks: Option<Vec<CrossingTrackDocument>>,
    /// What becomes of its limits; nothing, if that was not looked at.
    pub clocks: Option<Vec<CrossingClockDocument>>,
    /// Which acts are open afterwards; nothing, if that was not looked at.
    pub next: Option<Vec<String>>,
}

/// Where a track stands before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CrossingTrackDocument {
    /// Before; nothing, if there was no such track.
    pub before: Option<TrackStage>,
    /// After; nothing, if it is dropped.
    pub after: Option<TrackStage>,
}

/// A track at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackStage {
    /// The track.
    pub track: String,
    /// The stage.
    pub stage: String,
}

/// What becomes of a limit that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CrossingClockDocument {
    /// The clock before; nothing, if it begins by itself at the migration.
    pub before: Option<String>,
    /// The clock after; nothing, if it is dropped.
    pub after: Option<String>,
    /// The first instant that is too late, as it was counted before (RFC 3339, UTC).
    pub ended: Option<String>,
    /// The first instant that is too late, as it is counted after (RFC 3339, UTC).
    pub ends: Option<String>,
    /// What the plan says of it: `keep`, `recompute` or `later`; nothing, if it is counted by the same rule.
    pub by_plan: Option<String>,
}

impl From<&CaseMigration> for CaseMigrationDocument {
    fn from(one: &CaseMigration) -> Self {
        let (outcome, entry, because, code) = match &one.outcome {
            MigrationOutcome::WouldGo => ("would-go", None, Vec::new(), None),
            MigrationOutcome::Went(entry) => ("went", Some(entry.get()), Vec::new(), None),
            MigrationOutcome::WentBefore(entry) => ("went-before", Some(entry.get()), Vec::new(), None),
            MigrationOutcome::Refused(because) => ("refused", None, because.clone(), None),
            MigrationOutcome::Failed { code, because } => {
                ("failed", None, vec![because.clone()], Some(*code))
            }
        };
        let crossing = one.crossing.as_ref();
        Self {
            case: one.case.to_string(),
            reference: one.reference.clone(),
            outcome: outcome.to_owned(),
            entry,
            because,
            code: code.map(ToOwned::to_owned),
            tracks: crossing
                .map(|crossing| crossing.tracks.iter().map(CrossingTrackDocument::from).collect()),
            clocks: crossing
                .map(|crossing| crossing.clocks.iter().map(CrossingClockDocument::from).collect()),
            next: crossing.map(|crossing| crossing.next.iter().map(ToString::to_string).collect()),
        }
    }
}

impl From<&CrossingTrack> for CrossingTrackDocument {
    fn from(row: &CrossingTrack) -> Self {
        let side = |side: &Option<(Name, Name)>| {
            side.as_ref()
                .map(|(track, stage)| TrackStage { track: track.to_string(), stage: stage.to_string() })
        };
        Self { before: side(&row.before), after: side(&row.after) }
    }
}

impl From<&CrossingClock> for CrossingClockDocument {
    fn from(row: &CrossingClock) -> Self {
        Self {
            before: row.before.as_ref().map(ToString::to_string),
            after: row.after.as_ref().map(ToString::to_string),
            ended: row.ended.map(|at| at.to_string()),
            ends: row.ends.map(|at| at.to_string()),
            by_plan: row.by_plan.map(Ends::word).map(ToOwned::to_owned),
        }
    }
}
