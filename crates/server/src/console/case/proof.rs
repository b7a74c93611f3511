//! Proof: that nothing was altered, who looked, and what somebody takes away who does not trust this server.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::time::{Moment, When};
use comity_sheet::Sheet;
use comity_sheet::words::date;

use super::super::fields::Sent;
use super::super::frame::{Frame, page as answer};
use super::super::session::Desk;
use super::super::words::{Markup, sentence};
use super::{Asks, Head, Shown, Tab, shown};
use crate::access::{Action, What};
use crate::api::bundle::{self, BundleAsked};
use crate::api::verification::hashes;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/case/proof.html")]
struct ProofPage {
    frame: Frame,
    head: Head,
    says: Vec<Markup>,
    verified: Option<Verified>,
    entries: Vec<Link>,
    readings: Option<Vec<Reading>>,
    makes_bundles: bool,
    as_of: String,
    as_known_at: String,
}

/// What came of the last verification of the whole record.
struct Verified {
    is_whole: bool,
    says: Markup,
}

struct Link {
    number: u32,
    recorded: String,
    by: String,
    says: Markup,
    hash: String,
}

struct Reading {
    at: String,
    by: String,
    what: String,
}

/// The page.
pub(crate) async fn page(
    desk: Desk,
    Named(reference): Named<String>,
    Query(asks): Query<Asks>,
) -> Result<Response, Problem> {
    let Shown { desk, looked, frame, head } = shown(desk, &reference, &asks, Tab::Proof).await?;
    let app = &desk.app;
    let proof = hashes(app, &looked.file).await?;
    let verified = proof.verified.map(|last| Verified {
        is_whole: last.whole,
        says: match last.wrong {
            Some(wrong) => sentence(&format!("The record does not verify ({}): {wrong}", last.at)),
            None => sentence(&format!("The whole record was verified at {} and is unbroken.", last.at)),
        },
    });
    let sheet = Sheet::new(&looked.view, &looked.file.entries);
    let of = |number: u32| sheet.entries().iter().find(move |entry| entry.number.get() == number);
    let entries = proof.entries.iter().filter_map(|link| {
        let entry = of(link.number)?;
        let says = sheet.entry(entry).says;
        Some(Link {
            number: link.number,
            recorded: date(When::At(entry.recorded_at), sheet.zone()),
            by: entry.recorded_by.reveal().to_owned(),
            says: sentence(&says),
            hash: link.hash.clone(),
        })
    });
    let entries = entries.collect();
    let may_audit = app.rules.permits(&desk.who, Action::Audit, What::of(&looked.file));
    let readings = if may_audit { Some(readings(&desk, &looked, &sheet).await?) } else { None };
    answer(&ProofPage {
        frame,
        says: proof.says.iter().map(|text| sentence(text)).collect(),
        verified,
        entries,
        readings,
        makes_bundles: app.proving.is_some(),
        as_of: asks.as_of,
        as_known_at: asks.as_known_at,
        head,
    })
}

async fn readings(
    desk: &Desk,
    looked: &crate::api::case::Looked,
    sheet: &Sheet<'_>,
) -> Result<Vec<Reading>, Problem> {
    let readings = desk.app.engine.readings(looked.file.case).await?;
    let at = |moment: Moment| date(When::At(moment), sheet.zone());
    let shown = readings.into_iter().rev().take(200).map(|one| Reading {
        at: at(one.at),
        by: one.by.reveal().to_owned(),
        what: one.what,
    });
    Ok(shown.collect())
}

/// The bundle of evidence, as a file.
pub(crate) async fn bundle(
    desk: Desk,
    Named(reference): Named<String>,
    Sent(sent): Sent,
) -> Result<Response, Problem> {
    let asked = BundleAsked::of(sent.text("unsigned").is_some());
    bundle::bundle(&desk.app, &desk.who, &reference, &asked).await
}
