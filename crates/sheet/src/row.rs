//! A case as one row of a list.

use std::collections::BTreeMap;

use comity_core::View;
use comity_runner::CaseFile;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A case as one row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowDocument {
    /// The reference by which officers know it.
    pub reference: String,
    /// Its title, which may name a person.
    pub title: String,
    /// Its id.
    pub case: String,
    /// The reference of its matter.
    pub matter: String,
    /// The procedure that it runs under.
    pub procedure: String,
    /// How many entries it holds.
    pub version: u32,
    /// Whether every track has come to an outcome.
    pub over: bool,
    /// The limit that ends first.
    pub next_limit: Option<NextLimit>,
    /// Limits that ran out, with what follows still open.
    pub ran_out: Vec<RanOut>,
    /// The stage of each track.
    pub tracks: BTreeMap<String, String>,
}

/// A limit that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextLimit {
    /// The clock.
    pub clock: String,
    /// The first instant that is too late (RFC 3339, UTC).
    pub ends: String,
}

/// A limit that ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RanOut {
    /// The clock.
    pub clock: String,
    /// When it ran out.
    pub since: String,
}

impl RowDocument {
    /// The row of a case.
    #[must_use]
    pub fn of(file: &CaseFile, view: &View, matter: &str) -> Self {
        let tracks = view.tracks();
        let next = view
            .due()
            .first()
            .map(|(ends, clock)| NextLimit { clock: clock.name.to_string(), ends: ends.to_string() });
        let ran_out = view.overdue().into_iter();
        Self {
            reference: file.opening.reference.clone(),
            title: file.opening.title.reveal().to_owned(),
            case: file.case.to_string(),
            matter: matter.to_owned(),
            procedure: view.procedure().name().to_string(),
            version: file.version().0,
            over: view.is_over(),
            next_limit: next,
            ran_out: ran_out
                .map(|one| RanOut { clock: one.clock.name.to_string(), since: one.since.to_string() })
                .collect(),
            tracks: tracks
                .iter()
                .map(|track| (track.name.to_string(), track.stage_name.to_string()))
                .collect(),
        }
    }
}
