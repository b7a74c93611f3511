//! A path as a chronology, which `comity replay` plays and `comity test` holds the engine to.

use comity_core::entry::{Arrival, ArrivedForm, Body, Entry, What};
use comity_core::procedure::{Procedure, SharedProcedure};
use comity_core::time::{Moment, Zone};
use comity_core::verify::{Happens, Path, Played, Property, Verdict, play};
use comity_core::{Asked, View, fold};

use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// A row of the table: when, what happened, and where the tracks then stand.
struct Row {
    at: Moment,
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

/// The text of a chronology that leads where `path` does.
pub(super) fn chronology(procedure: &SharedProcedure, title: &str, path: &Path) -> Result<String, Failure> {
    let learned = path.steps.iter().find_map(|step| match step {
        Happens::Deed(What::Learned { fact, .. }) => Some(fact),
        Happens::Deed(_) | Happens::RunsOut(_) | Happens::WaitsUntil(_) => None,
    });
    if let Some(fact) = learned {
        let what = format!(
            "the path rests on `{fact}`, which a linked case brings, so it is no chronology of one case"
        );
        return Err(Failure::usage(
            what,
            "read it with `--explain`, and write the linked case beside it by hand",
        ));
    }
    let Some(played) = play(procedure, path) else {
        let what = "the path cannot be played with dates".to_owned();
        return Err(Failure::usage(what, "only what is refuted, or shown to be possible, has a chronology"));
    };
    let zone = &procedure.home().zone;
    let rows = rows(procedure, path, &played);
    let tracks: Vec<String> = procedure.tracks().names().map(ToString::to_string).collect();
    let table = table(&tracks, &rows, zone);
    let cited = procedure.acts().iter().next().map(|(_, _, act)| act.basis.to_string()).unwrap_or_default();
    let head = format!(
        "# {title}\n\nprocedure: {}\nzone: {}\nhypothetical: yes\n\nA path that `comity check` found.\n\n",
        procedure.name(),
        zone.name()
    );
    Ok(format!("{head}## The path\ncite: {cited}\n\n{table}"))
}

fn rows(procedure: &SharedProcedure, path: &Path, played: &Played) -> Vec<Row> {
    let stages = |at: Moment| {
        let view: View = fold(procedure, &played.entries, Asked { at, known_at: at });
        view.tracks().iter().map(|track| track.stage_name.to_string()).collect::<Vec<_>>()
    };
    let mut rows: Vec<Row> = Vec::new();
    if let Some(opening) = played.entries.first() {
        let at = opening.recorded_at;
        rows.push(Row { at, what: "open".to_owned(), stages: stages(at) });
    }
    let mut deeds = played.entries.iter().filter_map(deed);
    for (step, at) in path.steps.iter().zip(&played.moments) {
        let what = match step {
            Happens::WaitsUntil(_) => continue,
            Happens::RunsOut(_) => "look".to_owned(),
            Happens::Deed(_) => deeds.next().map_or_else(|| "look".to_owned(), |what| item(procedure, what)),
        };
        // Of what runs out at one instant, one look sees all.
        if what == "look" && rows.last().is_some_and(|row| row.at == *at) {
            continue;
        }
        rows.push(Row { at: *at, what, stages: stages(*at) });
    }
    rows
}

fn deed(entry: &Entry) -> Option<&What> {
    match &entry.body {
        Body::Deed(deed) => Some(&deed.what),
        Body::Opened(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::Noticed(_)
        | Body::Note(_) => None,
    }
}

/// What was recorded, as a chronology writes it.
fn item(procedure: &Procedure, what: &What) -> String {
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

fn table(tracks: &[String], rows: &[Row], zone: &Zone) -> String {
    let head = ["when", "what happened"].into_iter().map(str::to_owned).chain(tracks.iter().cloned());
    let mut lines: Vec<Vec<String>> = vec![head.collect()];
    for row in rows {
        let when = [zone.local(row.at), row.what.clone()];
        lines.push(when.into_iter().chain(row.stages.iter().cloned()).collect());
    }
    let columns = tracks.len() + 2;
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
