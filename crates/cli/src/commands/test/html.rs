//! The report as one page: what holds, what does not and why, and what is crossed. It asks nobody for anything: no
//! script, no font, no picture from elsewhere.

use std::path::Path;

use askama::Template;
use comity_language::Diagnostic;
use comity_testkit::{Kind, Point, Provision, Report};

use super::coverage::Covered;
use super::outcome::Outcome;
use super::tracks::{self, TrackPart};
use crate::context::counted;
use crate::failure::Failure;

/// Marks that differ in shape, for paper and for eyes that see no colour. Each stands beside its word.
const CROSSED: Sign = Sign { shape: "●", word: "crossed", class: "all" };
const PARTLY: Sign = Sign { shape: "◐", word: "partly", class: "some" };
const NOT_CROSSED: Sign = Sign { shape: "○", word: "not crossed", class: "none" };
const NO_RULE: Sign = Sign { shape: "–", word: "no rule", class: "none" };

/// Whether something is crossed, as the page shows it.
#[derive(Clone, Copy)]
pub(super) struct Sign {
    shape: &'static str,
    word: &'static str,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'o> {
    summary: String,
    /// What turns pictures dark with the page.
    dark: String,
    has_passed: bool,
    broken: Vec<String>,
    procedures: Vec<ProcedurePart<'o>>,
    chronologies: Vec<ChronologyPart<'o>>,
}

struct ProcedurePart<'o> {
    name: &'o str,
    title: &'o str,
    kinds: Vec<KindRow<'o>>,
    tracks: Vec<TrackPart>,
    tables: Vec<PointTable<'o>>,
    provisions: Vec<ProvisionRow<'o>>,
}

struct KindRow<'o> {
    kind: &'static str,
    crossed: usize,
    of: usize,
    sign: Sign,
    missing: Vec<&'o str>,
}

struct PointTable<'o> {
    title: &'static str,
    points: Vec<(&'o str, String, Sign)>,
}

struct ProvisionRow<'o> {
    cite: &'o str,
    heading: &'o str,
    rules: String,
    not_crossed: String,
    cited: &'static str,
    sign: Sign,
}

struct ChronologyPart<'o> {
    path: &'o str,
    title: &'o str,
    is_hypothetical: bool,
    has_passed: bool,
    told: Vec<String>,
    report: Option<&'o Report>,
}

/// Writes the page.
///
/// # Errors
///
/// Returns [`Failure`] if it cannot be written there.
pub(super) fn write(outcome: &Outcome, path: &Path) -> Result<(), Failure> {
    let page = ReportPage {
        summary: summary(outcome),
        dark: comity_draw::dark_rules("figure"),
        has_passed: outcome.failed() == 0 && outcome.broken.is_empty(),
        broken: outcome.broken.iter().map(Diagnostic::to_string).collect(),
        procedures: outcome.covered.iter().map(procedure).collect(),
        chronologies: chronologies(outcome),
    };
    let written = page.render().map_err(std::io::Error::other).and_then(|text| std::fs::write(path, text));
    written.map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn summary(outcome: &Outcome) -> String {
    let files = outcome.reports.len() + outcome.unread.len();
    let tables = outcome.reports.iter().map(|report| report.sections.len()).sum();
    let cells = outcome.reports.iter().map(Report::cells).sum();
    let ending = match outcome.failed() {
        0 => "all pass".to_owned(),
        failed => format!("{failed} of {files} fail"),
    };
    format!(
        "{}: {ending} · {} · {}",
        counted(files, "file"),
        counted(tables, "table"),
        counted(cells, "cell")
    )
}

/// The sign of one thing that a table crosses or does not.
pub(super) fn sign(is_crossed: bool) -> Sign {
    if is_crossed { CROSSED } else { NOT_CROSSED }
}

fn procedure(covered: &Covered) -> ProcedurePart<'_> {
    let kinds = Kind::ALL.into_iter().filter_map(|kind| {
        let (crossed, of, missing) = covered.of_kind(kind)?;
        let sign = match crossed {
            0 => NOT_CROSSED,
            all if all == of => CROSSED,
            _ => PARTLY,
        };
        Some(KindRow { kind: kind.plural(), crossed, of, sign, missing })
    });
    ProcedurePart {
        name: &covered.procedure,
        title: covered.loaded.title(),
        kinds: kinds.collect(),
        tracks: tracks::tracks(covered),
        tables: tables(covered),
        provisions: covered.provisions.iter().map(provision).collect(),
    }
}

/// One table for each kind of thing but stages and moves, which stand under their tracks.
fn tables(covered: &Covered) -> Vec<PointTable<'_>> {
    let of_kind = |kind: Kind| {
        let points = covered.points.iter().filter(move |point| point.kind == kind);
        points.map(|point: &Point| {
            let cites: Vec<String> = point.basis.iter().map(ToString::to_string).collect();
            (point.name.as_str(), cites.join("; "), sign(point.is_crossed))
        })
    };
    let kinds = Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Stage | Kind::Move));
    let tables = kinds.map(|kind| PointTable { title: kind.plural(), points: of_kind(kind).collect() });
    tables.filter(|table| !table.points.is_empty()).collect()
}

fn provision(one: &Provision) -> ProvisionRow<'_> {
    let sign = match (one.rules.len(), one.not_crossed.len()) {
        (0, _) => NO_RULE,
        (_, 0) => CROSSED,
        (rules, not) if rules == not => NOT_CROSSED,
        _ => PARTLY,
    };
    ProvisionRow {
        cite: &one.cite,
        heading: &one.heading,
        rules: one.rules.join(", "),
        not_crossed: one.not_crossed.join(", "),
        cited: if one.is_cited_by_a_test { "yes" } else { "no" },
        sign,
    }
}

fn chronologies(outcome: &Outcome) -> Vec<ChronologyPart<'_>> {
    let read = outcome.reports.iter().map(|report| ChronologyPart {
        path: &report.path,
        title: &report.title,
        is_hypothetical: report.is_hypothetical,
        has_passed: report.passed(),
        told: report.diagnostics.iter().map(Diagnostic::to_string).collect(),
        report: Some(report),
    });
    let unread = outcome.unread.iter().map(|one| ChronologyPart {
        path: &one.file,
        title: "cannot be read",
        is_hypothetical: false,
        has_passed: false,
        told: one.diagnostics.iter().map(Diagnostic::to_string).collect(),
        report: None,
    });
    read.chain(unread).collect()
}
