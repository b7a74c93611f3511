//! How the office stands on a case, as a document for programs.

use comity_core::{OfficeStanding, View};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who has a case, whether it is on hold, and when somebody looks at it again. None of it is law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficeDocument {
    /// Who has it, if anybody does.
    pub assigned: Option<AssignedDocument>,
    /// The hold, if it is on hold.
    pub hold: Option<HoldDocument>,
    /// The day on which it is looked at again, if one is set.
    pub review: Option<ReviewDocument>,
    /// Who alone may see it, if it is sealed.
    pub seal: Option<SealDocument>,
    /// When somebody last recorded something (RFC 3339, UTC).
    pub touched: Option<String>,
    /// Whether it is silent: not over, and without any day on which somebody would look at it again.
    pub silent: bool,
}

/// Who has a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignedDocument {
    /// The account.
    pub to: Option<String>,
    /// The desk.
    pub desk: Option<String>,
    /// Since when (RFC 3339, UTC).
    pub since: String,
    /// The entry by which it was given to them.
    pub entry: u32,
}

/// A hold. It stops no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HoldDocument {
    /// Since when (RFC 3339, UTC).
    pub since: String,
    /// Why, which may name a person.
    pub reason: String,
    /// The day on which it must be looked at again, where the case is decided.
    pub until: Option<String>,
    /// The entry by which it was put on hold.
    pub entry: u32,
}

/// A day on which a case is looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewDocument {
    /// The day, where the case is decided.
    pub by: String,
    /// What is to be looked at, which may name a person.
    pub why: String,
    /// The entry that set it.
    pub entry: u32,
}

/// A seal: only those who are named see the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealDocument {
    /// The accounts that may see it.
    pub accounts: Vec<String>,
    /// The desks whose accounts may.
    pub desks: Vec<String>,
    /// Since when (RFC 3339, UTC).
    pub since: String,
    /// Why, which may name a person.
    pub reason: String,
    /// The entry by which it was sealed so.
    pub entry: u32,
}

impl OfficeDocument {
    /// How the office stands on a case that stands as `view` says.
    #[must_use]
    pub fn of(office: &OfficeStanding<'_>, view: &View) -> Self {
        Self {
            assigned: office.assigned.map(|one| AssignedDocument {
                to: one.to.map(|to| to.reveal().to_owned()),
                desk: one.desk.map(ToString::to_string),
                since: one.since.to_string(),
                entry: one.entry.get(),
            }),
            hold: office.hold.map(|hold| HoldDocument {
                since: hold.since.to_string(),
                reason: hold.reason.reveal().to_owned(),
                until: hold.until.map(|day| day.to_string()),
                entry: hold.entry.get(),
            }),
            review: office.review.map(|review| ReviewDocument {
                by: review.by.to_string(),
                why: review.why.reveal().to_owned(),
                entry: review.entry.get(),
            }),
            seal: office.seal.map(|seal| SealDocument {
                accounts: seal.accounts.iter().map(|account| account.reveal().to_owned()).collect(),
                desks: seal.desks.iter().map(ToString::to_string).collect(),
                since: seal.since.to_string(),
                reason: seal.reason.reveal().to_owned(),
                entry: seal.entry.get(),
            }),
            touched: office.touched.map(|at| at.to_string()),
            silent: office.is_silent(view),
        }
    }
}
