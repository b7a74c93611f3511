//! The record verified from its first entry to its last, and what of it concerns one case.

use std::sync::{Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use comity_core::id::Version;
use comity_core::time::Moment;
use comity_runner::{CaseFile, EngineError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Named;
use crate::problem::Problem;

/// The last time that the record was verified, and whether it is being verified now.
#[derive(Default)]
pub(crate) struct Verification(Mutex<Standing>);

#[derive(Clone, Default)]
struct Standing {
    running_since: Option<Moment>,
    last: Option<Verified>,
}

/// How the verification of the record stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerificationDocument {
    /// Since when it is under way (RFC 3339, UTC); nothing, if it is not.
    running_since: Option<String>,
    /// What came of the last one since the daemon was started.
    last: Option<Verified>,
}

/// What came of a verification.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Verified {
    /// When it ended (RFC 3339, UTC).
    pub(crate) at: String,
    /// Whether every entry follows from the one before, and the index from the entries.
    pub(crate) whole: bool,
    /// The first thing that is wrong, with the place, and what to do.
    pub(crate) wrong: Option<String>,
    /// How many entries there were.
    pub(crate) entries: Option<u64>,
    /// How many cases, matters and other streams they belong to.
    streams: Option<u64>,
    /// The hash that stands for the whole record.
    head: Option<String>,
    /// The root of the Merkle tree over all entries, which a checkpoint signs.
    root: Option<String>,
}

/// What the record holds of a case, by hashes.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProofDocument {
    /// The id of the case, which every hash covers.
    case: String,
    /// How many entries it holds.
    version: u32,
    /// Its entries: each hash covers the entry and the hash before it.
    pub(crate) entries: Vec<Link>,
    /// What came of the last verification of the whole record since the daemon was started.
    pub(crate) verified: Option<Verified>,
    /// What this shows and what it does not.
    pub(crate) says: Vec<String>,
}

/// An entry as a link of the chain.
#[derive(Serialize, ToSchema)]
pub(crate) struct Link {
    /// Its number in the case.
    pub(crate) number: u32,
    /// Its position in the record of the store.
    pub(crate) position: u64,
    /// When it was recorded (RFC 3339, UTC).
    pub(crate) recorded_at: String,
    /// The SHA-256 of its canonical bytes, in hexadecimal digits.
    pub(crate) hash: String,
    /// That of the entry before it; of zeroes for the first.
    pub(crate) previous: String,
}

impl Verification {
    fn standing(&self) -> Standing {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this call begins one: none is under way.
    fn begins(&self, now: Moment) -> bool {
        let mut standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = standing.running_since.is_none();
        if begins {
            standing.running_since = Some(now);
        }
        begins
    }

    fn ends(&self, came: Verified) {
        let mut standing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *standing = Standing { running_since: None, last: Some(came) };
    }

    fn document(&self) -> VerificationDocument {
        let Standing { running_since, last } = self.standing();
        VerificationDocument { running_since: running_since.map(|since| since.to_string()), last }
    }
}

/// Verify the whole record
///
/// It goes on beside the work, however long it takes: ask `GET /v1/journal/verification` what came of it.
#[utoipa::path(post, path = "/v1/journal:verify", operation_id = "verify_journal", tag = "daemon",
    responses((status = 202, description = "It is under way", body = VerificationDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn verify(
    State(app): State<Shared>,
    who: Principal,
) -> Result<(StatusCode, Json<VerificationDocument>), Problem> {
    app.may(&who, Action::Operate, What::default())?;
    if app.verification.begins(app.now()) {
        let working = Shared::clone(&app);
        tokio::spawn(async move {
            let came = working.engine.journal().verify().await;
            let at = working.now().to_string();
            let came = match came {
                Ok(report) => Verified {
                    at,
                    whole: true,
                    wrong: None,
                    entries: Some(report.last.0),
                    streams: Some(report.cases),
                    head: Some(report.head.to_string()),
                    root: Some(report.root.to_string()),
                },
                Err(error) => {
                    tracing::error!(%error, "the record does not verify");
                    let wrong = Some(error.to_string());
                    Verified { at, whole: false, wrong, entries: None, streams: None, head: None, root: None }
                }
            };
            working.verification.ends(came);
        });
    }
    Ok((StatusCode::ACCEPTED, Json(app.verification.document())))
}

/// What came of the last verification of the record
#[utoipa::path(get, path = "/v1/journal/verification", operation_id = "show_verification", tag = "daemon",
    responses((status = 200, description = "Since the daemon was started", body = VerificationDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn show(
    State(app): State<Shared>,
    who: Principal,
) -> Result<Json<VerificationDocument>, Problem> {
    let may = |action| app.may(&who, action, What::default());
    may(Action::Operate).or_else(|_| may(Action::Oversee))?;
    Ok(Json(app.verification.document()))
}

/// The hashes of a case, entry by entry
#[utoipa::path(get, path = "/v1/cases/{reference}/proof", operation_id = "prove_case", tag = "record",
    params(("reference" = String, Path, description = "The reference of the case")),
    responses((status = 200, description = "The first first", body = ProofDocument),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn proof(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
) -> Result<Json<ProofDocument>, Problem> {
    let file = app.case(&who, &reference, Action::Read).await?;
    Ok(Json(hashes(&app, &file).await?))
}

/// The hashes of a case that may be shown.
pub(crate) async fn hashes(app: &App, file: &CaseFile) -> Result<ProofDocument, Problem> {
    let recorded = app.engine.journal().read(file.case, Version(0)).await.map_err(EngineError::Read)?;
    let entries: Vec<Link> = recorded
        .iter()
        .map(|one| Link {
            number: one.number.get(),
            position: one.position.0,
            recorded_at: one.recorded_at.to_string(),
            hash: one.hash.to_string(),
            previous: one.previous.to_string(),
        })
        .collect();
    let says = vec![
        format!("The case holds {} entries. Each was held against its hash as it was read just now.", entries.len()),
        "It shows that none was altered, left out or moved after it was recorded. It does not show that what was recorded \
         is true, nor, without a checkpoint that somebody else keeps, that the record was not cut off or made anew."
            .to_owned(),
        "Whoever does not trust this server takes a bundle of evidence and checks it with comity-verify.".to_owned(),
    ];
    Ok(ProofDocument {
        case: file.case.to_string(),
        version: file.version().0,
        entries,
        verified: app.verification.standing().last,
        says,
    })
}
