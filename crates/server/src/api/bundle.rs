//! One case with everything that somebody needs to check it without us.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use comity_core::id::EntryNumber;
use comity_core::time::Moment;
use comity_evidence::{Bundle, Case, Note, Notes, Told, withheld};
use serde::Deserialize;
use utoipa::ToSchema;

use super::drafts::aside;
use crate::access::{Action, Principal};
use crate::app::{App, Proving, Shared};
use crate::extract::{Named, Sent};
use crate::problem::Problem;

/// What is told of the case.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BundleAsked {
    /// Entries that are not shown; their hashes and places stay and are proved.
    #[serde(default)]
    #[schema(value_type = Vec<i64>)]
    withhold: Vec<u32>,
    /// Show no entry at all, only that they stand.
    #[serde(default)]
    redact: bool,
    /// Prove the case in the record as it is now, for which nobody has signed yet, and not in the one over which the newest checkpoint
    /// was signed.
    #[serde(default)]
    unsigned: bool,
}

impl BundleAsked {
    /// Everything, proved in the record as it is now or in the one over which the newest checkpoint was signed.
    pub(crate) fn of(unsigned: bool) -> Self {
        Self { unsigned, ..Self::default() }
    }
}

/// A bundle of evidence of a case, which `comity-verify` checks
///
/// It holds a page for people, the entries with their proofs, the texts of the procedures, how every limit was counted, and the newest
/// checkpoint that the operator keeps beside the record. Entries that were recorded after that checkpoint are shown, and not proved
/// by it.
#[utoipa::path(post, path = "/v1/cases/{reference}/bundle", operation_id = "make_bundle", tag = "record", request_body = BundleAsked,
    params(("reference" = String, Path, description = "The reference of the case")),
    responses((status = 200, description = "A zip file", body = String, content_type = "application/zip"),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn make(
    State(app): State<Shared>,
    who: Principal,
    Named(reference): Named<String>,
    Sent(asked): Sent<BundleAsked>,
) -> Result<Response, Problem> {
    bundle(&app, &who, &reference, &asked).await
}

/// A bundle of evidence, as an answer that a browser keeps.
pub(crate) async fn bundle(
    app: &App,
    who: &Principal,
    reference: &str,
    asked: &BundleAsked,
) -> Result<Response, Problem> {
    let file = app.case(who, reference, Action::Read).await?;
    let proving = app.proving()?;
    let evidence = app.engine.evidence(file.case).await?;
    let withheld: BTreeSet<EntryNumber> = if asked.redact {
        evidence.entries.iter().map(|entry| entry.number).collect()
    } else {
        withheld(&evidence, &asked.withhold).map_err(|none| {
            Problem::unclear(format!(
                "there is no entry {}: they have the numbers 1 to {}",
                none.number, none.entries
            ))
        })?
    };
    let (size, now) = (app.engine.last_position().await?.0, app.now());
    let told = Told::File(Box::new(file));
    let unsigned = asked.unsigned;
    let work = move || {
        let Told::File(file) = &told else { return Err(Problem::not_found("case")) };
        let case = Case { id: file.case, told: &told, evidence: &evidence, withheld: &withheld };
        made(&case, &*proving, unsigned, size, now).map(|bytes| (case.stem(), bytes))
    };
    let (name, bytes) = aside(app, work).await??;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let shown = HeaderValue::from_str(&format!("attachment; filename=\"{name}.zip\""));
    headers.insert(header::CONTENT_DISPOSITION, shown.unwrap_or(HeaderValue::from_static("attachment")));
    Ok((headers, Body::from(bytes)).into_response())
}

/// The zip file of a bundle.
fn made(
    case: &Case<'_>,
    proving: &dyn Proving,
    unsigned: bool,
    size: u64,
    now: Moment,
) -> Result<Vec<u8>, Problem> {
    let newest: Option<Note> =
        if unsigned { None } else { proving.newest().map_err(|says| failed(&says))? };
    let notes = Notes::of(newest.into_iter().collect()).map_err(|error| failed(&error))?;
    let proofs = proving.prove(&case.to_be_proved(&notes, size)).map_err(|error| failed(&error))?;
    notes.agree_with(&proofs).map_err(|error| failed(&error))?;
    let bundle = Bundle::of(case, &notes, &proofs, now).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    bundle.write(&mut bytes).map_err(|error| failed(&error))?;
    Ok(bytes)
}

/// A record that cannot be proved is the operator's to look at: what is wrong with it stands in the log.
fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "a bundle of evidence could not be made");
    Problem::ours("bundle/failed")
}

impl App {
    fn proving(&self) -> Result<Arc<dyn Proving>, Problem> {
        self.proving.clone().ok_or_else(|| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "bundle/nowhere",
                "No bundles are made here",
                "this server does not reach the files of the record; the operator makes bundles with comity audit bundle",
            )
        })
    }
}
