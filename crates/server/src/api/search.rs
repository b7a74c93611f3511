//! One box for a half-heard name, a reference or words of a title.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use comity_core::Asked;
use comity_core::id::CaseId;
use comity_runner::{CaseFile, Wanted};
use comity_sheet::row::RowDocument;
use comity_store::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Principal, What};
use crate::app::{App, Shared};
use crate::extract::Ask;
use crate::problem::Problem;
use crate::shown::Seen;

/// The most cases that are told. Whoever gets so many asks more closely.
const MOST: usize = 50;
/// The longest text.
const LONGEST: usize = 200;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchBox {
    /// A reference of a case or a matter, the name of a person, or words of a title; up to 200 bytes.
    #[param(min_length = 1, max_length = 200)]
    q: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Hits {
    /// The surest first: by reference, by person, by matter, by words.
    hits: Vec<Hit>,
    /// Whether there may be more than are told: ask more closely.
    more: bool,
}

/// A case that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Hit {
    /// Why it was found: `reference`, `person`, `matter` or `title`.
    because: &'static str,
    /// The case.
    case: RowDocument,
}

/// Cases by a reference, the name of a person or words of a title
///
/// Nothing tells what is sealed from what is not there.
#[utoipa::path(get, path = "/v1/search", operation_id = "search", tag = "cases", params(SearchBox),
    responses((status = 200, description = "The surest first", body = Hits),
        (status = "4XX", description = "Why not", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn search(
    State(app): State<Shared>,
    who: Principal,
    Ask(asked): Ask<SearchBox>,
) -> Result<Json<Hits>, Problem> {
    let (found, more) = hits(&app, &who, &asked.q).await?;
    let now = Asked::at(app.now());
    let mut hits = Vec::with_capacity(found.len());
    for (because, file) in found {
        let matter = app.engine.matter(file.opening.matter).await.map(|matter| matter.reference);
        let case = RowDocument::of(&file, &file.view(now), &matter.unwrap_or_default());
        hits.push(Hit { because, case });
    }
    Ok(Json(Hits { hits, more }))
}

/// The cases that a text finds, each with why, the surest first, and whether there may be more. That sealed ones are shown is
/// noted.
pub(crate) async fn hits(
    app: &App,
    who: &Principal,
    text: &str,
) -> Result<(Vec<(&'static str, CaseFile)>, bool), Problem> {
    app.may(who, Action::List, What::default())?;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return Err(Problem::unreadable(format!("q has 1 to {LONGEST} bytes")));
    }
    let (mut hits, mut looked_at, mut more) = (Vec::new(), BTreeSet::new(), false);
    'found: for (because, cases) in found(app, text).await? {
        for case in cases {
            if !looked_at.insert(case) {
                continue;
            }
            if hits.len() == MOST {
                // Said as it would be without what is sealed.
                more = matches!(app.see(who, case).await?, Seen::May(_));
                if more {
                    break 'found;
                }
            } else if let Some(file) = app.showing(who, case, "search").await? {
                hits.push((because, file));
            }
        }
    }
    Ok((hits, more))
}

/// What the index knows under a text, and as what.
async fn found(app: &App, text: &str) -> Result<Vec<(&'static str, Vec<CaseId>)>, Problem> {
    let engine = &app.engine;
    let of_matter = match engine.find_matter(text).await? {
        Some(matter) => engine.cases_of(matter).await?,
        None => Vec::new(),
    };
    let wanted = Wanted { text: Some(text.to_owned()), ..Wanted::default() };
    // More than are told, for some may not be shown.
    let in_title = engine.find(&wanted, PageRequest::first(MOST * 20)).await?.cases;
    Ok(vec![
        ("reference", engine.find_case(text).await?.into_iter().collect()),
        ("person", engine.about(text).await?),
        ("matter", of_matter),
        ("title", in_title),
    ])
}
