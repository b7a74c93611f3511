//! The pages of a bundle that people read.

use askama::Template;
use comity_core::entry::Entry;
use comity_core::id::EntryNumber;
use comity_core::procedure::Procedure;
use comity_core::time::Moment;
use comity_core::{Asked, Chapter, View, moment_in_words};
use comity_runner::CaseFile;
use comity_sheet::Sheet;
use comity_sheet::page::{Derived, Row};
use comity_store::codec::Erasure;
use comity_store::{Proofs, Recorded};

use crate::case::{Case, Told};
use crate::error::BundleError;

/// A table with a heading; nothing is shown where it has no rows.
struct Table {
    title: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    heading: String,
    about: Vec<(&'static str, String)>,
    parts: Vec<Table>,
    withheld: usize,
    has_clocks: bool,
    size: u64,
    root: String,
}

#[derive(Template)]
#[template(path = "clocks.html")]
struct ClocksPage {
    heading: String,
    as_of: String,
    parts: Vec<Limits>,
}

/// The limits that one procedure counted. Of a case that never went over to another there is one part, without a title.
struct Limits {
    title: Option<String>,
    told: Vec<Derived>,
}

/// The case, as it stands at `now`.
pub(crate) fn case(case: &Case<'_>, proofs: &Proofs, now: Moment) -> Result<String, BundleError> {
    let mut parts = match case.told {
        Told::File(file) => of_file(case, file, now),
        Told::Erased(erasure) => vec![table("All entries", ENTRIES, of_erased(case, erasure))],
    };
    parts.retain(|part| !part.rows.is_empty());
    let page = CasePage {
        heading: case.opened().map_or_else(|| heading_of(case), heading),
        about: about(case, now),
        parts,
        withheld: case.withheld.len(),
        has_clocks: case.whole().is_some(),
        size: proofs.size,
        root: proofs.root.to_string(),
    };
    rendered("case.html", &page)
}

/// How each limit that the case ever had was counted, told by the procedure that counted it.
pub(crate) fn clocks(file: &CaseFile, now: Moment) -> Result<String, BundleError> {
    let view = file.view(Asked::at(now));
    let told = |view: &View| Sheet::new(view, &file.entries).derivations();
    let chapters = view.chapters();
    let pairs = chapters.iter().zip(chapters.iter().skip(1));
    let past = pairs.filter_map(|(chapter, next)| {
        let (entry, left) = next.begun?;
        // As it stood when the case left it, by all that is known now.
        let before = file.view(Asked { at: left.plus_microseconds(-1)?, known_at: now });
        let is_of_it = before.procedure().meaning() == chapter.procedure.meaning();
        let title = format!(
            "Under {}, as it stood when the case left it by entry {entry}, {}",
            named(chapter.procedure),
            moment_in_words(left, &chapter.procedure.home().zone)
        );
        is_of_it.then(|| Limits { title: Some(title), told: told(&before) })
    });
    let mut parts: Vec<Limits> = past.collect();
    let title = chapters.last().and_then(since);
    parts.push(Limits { title, told: told(&view) });
    let as_of = moment_in_words(now, &file.procedure.home().zone);
    rendered("clocks.html", &ClocksPage { heading: heading(file), as_of, parts })
}

/// The title of the limits since a chapter began, if another was before it.
fn since(chapter: &Chapter<'_>) -> Option<String> {
    let (entry, since) = chapter.begun?;
    let since = moment_in_words(since, &chapter.procedure.home().zone);
    Some(format!("Under {}, to which it went over by entry {entry}, {since}", named(chapter.procedure)))
}

/// A procedure with its name and its edition.
fn named(procedure: &Procedure) -> String {
    format!("{} ({}, edition {})", procedure.title(), procedure.name(), procedure.version())
}

const ENTRIES: &[&str] = &["number", "recorded", "by", "what it says"];

fn of_file(case: &Case<'_>, file: &CaseFile, now: Moment) -> Vec<Table> {
    let view = file.view(Asked::at(now));
    let sheet = Sheet::new(&view, &file.entries);
    let mut parts = Vec::new();
    if case.whole().is_some() {
        parts.extend([
            table("Where it stands", &["aspect", "stands at", "since", "because"], sheet.track_rows()),
            table("Limits", &["limit", "stands", "ends", "provision"], sheet.limit_rows()),
            table("Documents", &["document", "what is missing", "provision"], sheet.document_rows()),
            table("Owed and not done", &["what", "by", "since", "provision"], sheet.owed_rows()),
            table("What happened", &["took effect", "recorded", "what", "so that"], sheet.timeline_rows()),
        ]);
    }
    let row = |entry: &Entry| {
        let words = case.words_of(file, &view, entry);
        if !case.shows(entry.number) {
            hidden(entry.number)
        } else if case.whole().is_none() && sheet.is_annulled(entry) {
            // That it is follows from a later entry, which may be withheld.
            Sheet::new(&view, &case.known_beside(file, entry)).entry_row(entry, words)
        } else {
            sheet.entry_row(entry, words)
        }
    };
    parts.push(table("All entries", ENTRIES, file.entries.iter().map(row).collect()));
    parts
}

/// What is left of a case whose content was erased: that its entries stand, and by whose order they cannot be read.
fn of_erased(case: &Case<'_>, erasure: &Erasure) -> Vec<Row> {
    let row = |entry: &Recorded| {
        if !case.shows(entry.number) {
            return hidden(entry.number);
        }
        let says = if entry.payload.content().is_some() {
            format!("the content was erased by order of {}: {}", erasure.authority, erasure.reason)
        } else {
            "erased".to_owned()
        };
        vec![entry.number.to_string(), entry.recorded_at.to_string(), entry.recorded_by.clone(), says]
    };
    case.evidence.entries.iter().map(row).collect()
}

/// Of an entry that is withheld only its number.
fn hidden(number: EntryNumber) -> Row {
    vec![number.to_string(), String::new(), String::new(), "withheld".to_owned()]
}

fn table(title: &'static str, columns: &'static [&'static str], rows: Vec<Row>) -> Table {
    Table { title, columns, rows }
}

fn heading(file: &CaseFile) -> String {
    format!("{} – {}", file.opening.reference, file.opening.title.reveal())
}

/// The heading of a case whose title may not or cannot be told.
fn heading_of(case: &Case<'_>) -> String {
    case.reference().map_or_else(|| format!("Case {}", case.id), str::to_owned)
}

fn about(case: &Case<'_>, now: Moment) -> Vec<(&'static str, String)> {
    let mut about = vec![("case", case.id.to_string())];
    if let Some(file) = case.opened() {
        let is_the_only_one = case.migrations().next().is_none();
        about.extend([
            (if is_the_only_one { "procedure" } else { "opened under" }, named(file.lineage.first())),
            ("began", file.opening.since.to_string()),
        ]);
    }
    for (file, entry) in case.migrations() {
        let procedure = file.procedure_of(entry.number);
        let since = moment_in_words(entry.recorded_at, &procedure.home().zone);
        let says = format!("{}, by entry {}, {since}", named(procedure), entry.number);
        about.push(("went over to", says));
    }
    if let Some(file) = case.whole() {
        about.push(("as it stands", moment_in_words(now, &file.procedure.home().zone)));
    }
    if let (Told::Erased(_), Some(_)) = (case.told, case.reference()) {
        about.push(("content", "erased; that the entries stand is proved all the same".to_owned()));
    }
    about
}

fn rendered(name: &'static str, page: &impl Template) -> Result<String, BundleError> {
    page.render().map_err(|source| BundleError::Page { page: name, source: Box::new(source) })
}
