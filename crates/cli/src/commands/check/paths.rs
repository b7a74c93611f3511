//! A path as a chronology, which `comity replay` plays and `comity test` holds the engine to.

use std::sync::Arc;

use comity_core::entry::{Arrival, ArrivedForm, Body, Entry, Proposal, What};
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_core::time::{Moment, Zone};
use comity_core::verify::{Happens, Path, Played, Property, Verdict, play};
use comity_core::{Asked, View, fold};
use comity_language::library::{Files, Library, load_one};
use comity_language::{Source, read_chronology};

use super::linked::{self, LinkedCase, Opens};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// A row of the table: when, what happened, and where the tracks then stand.
struct Row {
    at: Moment,
    case: String,
    what: String,
    stages: Vec<String>,
}

/// The path that shows how a property stands, if it was played.
pub(super) fn of(property: &Property) -> Option<&Path> {
    match &property.verdict {
        Verdict::Refuted(path) if !path.steps.is_empty() => Some(path),
        Verdict::Refuted(_) | Verdict::Proved | Verdict::Undecided(_) => None,
    }
}

/// Tells a path step by step, each with its date.
pub(super) fn print(procedure: &SharedProcedure, path: &Path, page: &mut Page) {
    let zone = &procedure.home().zone;
    let mut table = Table::new();
    let moments = play(procedure, path).map(|played| played.moments).unwrap_or_default();
    let tell = |step: &Happens| match step {
        Happens::Deed(What::Act { act, .. }) => {
            let row = procedure.acts().find(act.as_str()).and_then(|id| procedure.acts().get(id));
            row.map_or_else(|| step.to_string(), |row| format!("{} ({step}; {})", row.title, row.basis))
        }
        Happens::RunsOut(name) => {
            let row = procedure.clocks().find(name.as_str()).and_then(|id| procedure.clocks().get(id));
            row.map_or_else(|| step.to_string(), |row| format!("{step}: {} ({})", row.title, row.basis))
        }
        Happens::WaitsUntil(moment) => format!("nothing happens until {}", zone.local(*moment)),
        Happens::Deed(_) => step.to_string(),
    };
    for (step, at) in path.steps.iter().zip(&moments) {
        table.row([cell(Tone::Faint, zone.local(*at)), cell(Tone::Plain, tell(step))]);
    }
    page.table(2, &table);
}

/// The text of a chronology that leads where `path` does. A path that rests on linked cases is written with them, and is
/// played before it is handed out.
///
/// # Errors
///
/// Returns [`Failure`] if the path has no dates, or no course of a linked case is found that brings what it rests on.
pub(super) fn chronology(
    procedure: &SharedProcedure,
    title: &str,
    path: &Path,
    around: (&Library, &dyn Files),
) -> Result<String, Failure> {
    let Some(played) = play(procedure, path) else {
        let what = "the path cannot be played with dates".to_owned();
        return Err(Failure::usage(what, "only what is refuted, or shown to be possible, has a chronology"));
    };
    let rests_on_others = path.steps.iter().any(|step| matches!(step, Happens::Deed(What::Learned { .. })));
    if !rests_on_others {
        return Ok(written(procedure, title, rows(procedure, path, &played), &[]));
    }
    for opens in [Opens::WhenLearned, Opens::TheDayBefore] {
        let cases = linked::cases((procedure, path, &played), around, opens)?;
        let text = written(procedure, title, rows(procedure, path, &played), &cases);
        if holds(&text, &cases, procedure, around) {
            return Ok(text);
        }
    }
    let what = "what the linked case shows on the way there takes this case elsewhere".to_owned();
    Err(Failure::usage(what, "read the path with `--explain`; the linked case may rule it out"))
}

/// Whether a chronology holds as it is written.
fn holds(
    text: &str,
    cases: &[LinkedCase],
    procedure: &SharedProcedure,
    (library, files): (&Library, &dyn Files),
) -> bool {
    let mut all = library.clone();
    let names = cases.iter().map(|one| one.procedure.clone()).chain([procedure.name().to_string()]);
    for name in names {
        if all.procedure(&name).is_none() {
            all.procedures.extend(load_one(files, &format!("{name}.yaml")).procedures);
        }
    }
    let source = Arc::new(Source::new("path.chronology.md", text.to_owned()));
    read_chronology(&source).0.is_some_and(|read| comity_testkit::run(&read, &all).passed())
}

/// What this case is called beside the cases that it is linked to.
const THIS_CASE: &str = "this-case";

fn written(procedure: &SharedProcedure, title: &str, mut rows: Vec<Row>, cases: &[LinkedCase]) -> String {
    let zone = &procedure.home().zone;
    let head = if cases.is_empty() {
        format!("procedure: {}\n", procedure.name())
    } else {
        let all = cases.iter().map(|one| format!("- {}: {}\n", one.link, one.procedure));
        let links = cases.iter().map(|one| format!("- {THIS_CASE}.{0} -> {0}\n", one.link));
        let (all, links): (String, String) = (all.collect(), links.collect());
        format!("cases:\n- {THIS_CASE}: {}\n{all}links:\n{links}", procedure.name())
    };
    for one in cases {
        rows.extend(one.rows.iter().map(|(at, what)| Row {
            at: *at,
            case: one.link.clone(),
            what: what.clone(),
            stages: vec![String::new(); procedure.tracks().names().count()],
        }));
    }
    // What happens elsewhere comes first: this case learns of it in the same minute.
    rows.sort_by_key(|row| (row.at, row.case == THIS_CASE));
    let tracks: Vec<String> = procedure.tracks().names().map(ToString::to_string).collect();
    let table = table(&tracks, &rows, zone, !cases.is_empty());
    let cited = procedure.acts().iter().next().map(|(_, _, act)| act.basis.to_string()).unwrap_or_default();
    format!(
        "# {title}\n\n{head}zone: {}\nhypothetical: yes\n\nA path that `comity check` found.\n\n## The path\ncite: {cited}\n\n{table}",
        zone.name()
    )
}

fn rows(procedure: &SharedProcedure, path: &Path, played: &Played) -> Vec<Row> {
    let stages = |at: Moment| {
        let view: View = fold(procedure, &played.entries, Asked { at, known_at: at });
        view.tracks().iter().map(|track| track.stage_name.to_string()).collect::<Vec<_>>()
    };
    let mut rows: Vec<Row> = Vec::new();
    if let Some(opening) = played.entries.first() {
        let at = opening.recorded_at;
        rows.push(Row { at, case: THIS_CASE.to_owned(), what: "open".to_owned(), stages: stages(at) });
    }
    let mut deeds = played.entries.iter().filter_map(deed);
    for (step, at) in path.steps.iter().zip(&played.moments) {
        let what = match step {
            Happens::WaitsUntil(_) => continue,
            Happens::RunsOut(_) => "look".to_owned(),
            // It is recorded in the linked case, and this one is looked at.
            Happens::Deed(What::Learned { .. }) => {
                deeds.next();
                "look".to_owned()
            }
            Happens::Deed(_) => deeds.next().map_or_else(|| "look".to_owned(), |what| item(procedure, what)),
        };
        // Of what runs out at one instant, one look sees all.
        if what == "look" && rows.last().is_some_and(|row| row.at == *at) {
            continue;
        }
        rows.push(Row { at: *at, case: THIS_CASE.to_owned(), what, stages: stages(*at) });
    }
    rows
}

/// What happened by an entry. Of what takes two persons, the proposal says it.
fn deed(entry: &Entry) -> Option<&What> {
    if let Body::Deed(deed) | Body::Proposed(Proposal::Deed(deed)) = &entry.body {
        Some(&deed.what)
    } else {
        None
    }
}

/// What was recorded, as a chronology writes it.
pub(super) fn item(procedure: &Procedure, what: &What) -> String {
    match what {
        What::Act { act, by, facts } => {
            let row = procedure.acts().find(act.as_str()).and_then(|id| procedure.acts().get(id));
            let by =
                if row.is_some_and(|row| row.by.len() == 1) { String::new() } else { format!(" by {by}") };
            let facts: Vec<String> =
                facts.iter().map(|(fact, value)| format!("{fact}: {}", value.reveal())).collect();
            let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
            format!("{act}{by}{facts}")
        }
        What::Document(Arrival { document, form, translated_into }) => {
            let language =
                translated_into.as_ref().map_or(String::new(), |language| format!(" in {language}"));
            let form = match form {
                ArrivedForm::Original => "original",
                ArrivedForm::CertifiedCopy => "certified-copy",
                ArrivedForm::Copy => "copy",
            };
            format!("document {document}{language} as {form}")
        }
        What::Finding { ground, applies, by } => {
            let found = if *applies { "applies" } else { "does not apply" };
            format!("ground {ground} {found} by {by}")
        }
        What::Fact { fact, value } => format!("fact {fact} = {}", value.reveal()),
        What::Learned { fact, value, .. } => format!("note: {fact} is {value} in the linked case"),
    }
}

fn table(tracks: &[String], rows: &[Row], zone: &Zone, has_cases: bool) -> String {
    let case = |name: &str| has_cases.then(|| name.to_owned());
    let column = |track: &String| if has_cases { format!("{THIS_CASE}.{track}") } else { track.clone() };
    let line = |when: String, named: Option<String>, what: String, stages: Vec<String>| {
        std::iter::once(when).chain(named).chain([what]).chain(stages).collect::<Vec<String>>()
    };
    let heads = tracks.iter().map(column).collect();
    let mut lines = vec![line("when".to_owned(), case("case"), "what happened".to_owned(), heads)];
    for row in rows {
        lines.push(line(zone.local(row.at), case(&row.case), row.what.clone(), row.stages.clone()));
    }
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| crate::print::width(cell))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let written = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| {
            let pad = width.saturating_sub(crate::print::width(cell));
            format!("| {cell}{} ", " ".repeat(pad))
        });
        cells.chain(["|\n".to_owned()]).collect::<String>()
    };
    let rule = widths.iter().flat_map(|width| ["|".to_owned(), "-".repeat(width + 2)]).collect::<String>();
    let mut lines = lines.iter().map(written);
    let head = lines.next().unwrap_or_default();
    format!("{head}{rule}|\n{}", lines.collect::<String>())
}
