//! `comity case list`.

use clap::Args;
use comity_core::time::{Moment, When};
use comity_core::{Asked, View};
use comity_runner::CaseFile;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};
use crate::sheet::words::date;

/// Which store.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// What was known: entries recorded later are left out [default: everything up to now]
    #[arg(long, value_name = "RFC3339")]
    known_at: Option<Moment>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &ListArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let now = desk.engine.now();
        let mut table = Table::new().at_most(1, 30);
        let mut rows = Vec::new();
        for case in desk.engine.cases().await? {
            let file = desk.engine.case(case).await?;
            let view = file.view(Asked { at: now, known_at: args.known_at.unwrap_or(now) });
            if view.opening().is_none() {
                continue;
            }
            let matter = desk.engine.matter(file.opening.matter).await?.reference;
            table.row([
                cell(Tone::Strong, &file.opening.reference).and(Tone::Faint, file.opening.title.reveal()),
                cell(Tone::Plain, file.opening.procedure.as_str()).and(Tone::Faint, &matter),
                limits(&view),
                cell(Tone::Plain, standing(&view)),
            ]);
            rows.push(row(&file, &view, &matter));
        }
        let mut page = Page::new();
        if rows.is_empty() {
            page.wrapped(0, Tone::Plain, "No case yet.");
            let next = format!("comity matter open REFERENCE --title TITLE{}", desk.options);
            page.labelled((Tone::Strong, "next"), 0, &next);
        } else {
            page.table(0, &table);
            page.blank();
            page.line(&[(Tone::Strong, &counted(rows.len(), "case"))]);
        }
        Ok(Answer::fine(page, json!({ "cases": rows })))
    })
}

/// The limit that ends first, and those that ran out and are still open.
fn limits(view: &View) -> Cell {
    let next = match view.due().first() {
        Some((ends, clock)) => {
            cell(Tone::Heed, format!("{} runs out {}", clock.name, date(When::At(*ends), clock.zone)))
        }
        None if view.is_over() => cell(Tone::Faint, "over"),
        None => cell(Tone::Faint, "no limit runs"),
    };
    view.overdue().into_iter().fold(next, |cell, one| {
        let clock = one.clock;
        cell.and(Tone::Bad, format!("{} ran out {}", clock.name, date(When::At(one.since), clock.zone)))
    })
}

fn standing(view: &View) -> String {
    let stages: Vec<String> =
        view.tracks().iter().map(|track| format!("{}: {}", track.name, track.stage_name)).collect();
    stages.join(", ")
}

fn row(file: &CaseFile, view: &View, matter: &str) -> Value {
    let stages: serde_json::Map<String, Value> = view
        .tracks()
        .iter()
        .map(|track| (track.name.to_string(), json!(track.stage_name.as_str())))
        .collect();
    let next = view
        .due()
        .first()
        .map(|(ends, clock)| json!({ "clock": clock.name.as_str(), "ends": ends.to_string() }));
    let overdue = view.overdue();
    let ran_out =
        overdue.iter().map(|one| json!({ "clock": one.clock.name.as_str(), "since": one.since.to_string() }));
    json!({
        "reference": file.opening.reference,
        "title": file.opening.title.reveal(),
        "case": file.case.to_string(),
        "matter": matter,
        "procedure": file.opening.procedure.as_str(),
        "version": file.version().0,
        "over": view.is_over(),
        "next_limit": next,
        "ran_out": ran_out.collect::<Vec<_>>(),
        "tracks": stages,
    })
}
