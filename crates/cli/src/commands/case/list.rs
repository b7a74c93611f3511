//! `comity case list`.

use clap::Args;
use comity_core::id::CaseId;
use comity_core::time::{Moment, When};
use comity_core::value::Country;
use comity_core::{Asked, View};
use comity_sheet::row::RowDocument;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};
use comity_sheet::words::date;

/// Which store.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// What was known: cases and entries recorded later are left out [default: every case]
    #[arg(long, value_name = "RFC3339")]
    known_at: Option<Moment>,
    /// Only cases with all these words in their title
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// Only cases about a person of this name, where the procedure has a fact for it
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// Only cases with this State on a side
    #[arg(long, value_name = "CODE")]
    state: Option<Country>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &ListArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let now = desk.engine.now();
        let mut table = Table::new().at_most(1, 30);
        let mut rows = Vec::new();
        for case in wanted(args, desk).await? {
            let file = desk.engine.case(case).await?;
            let view = file.view(Asked { at: now, known_at: args.known_at.unwrap_or(now) });
            if args.known_at.is_some() && view.opening().is_none() {
                continue;
            }
            let matter = desk.engine.matter(file.opening.matter).await?.reference;
            table.row([
                cell(Tone::Strong, &file.opening.reference).and(Tone::Faint, file.opening.title.reveal()),
                cell(Tone::Plain, file.procedure.name().as_str()).and(Tone::Faint, &matter),
                limits(&view),
                cell(Tone::Plain, standing(&view)),
            ]);
            rows.push(RowDocument::of(&file, &view, &matter));
        }
        let mut page = Page::new();
        if rows.is_empty() {
            let (says, next) = if args.is_filtered() {
                ("No case matches.", "comity case list".to_owned())
            } else {
                ("No case yet.", "comity matter open REFERENCE --title TITLE".to_owned())
            };
            page.wrapped(0, Tone::Plain, says);
            page.labelled((Tone::Strong, "next"), 0, &(next + &desk.options));
        } else {
            page.table(0, &table);
            page.blank();
            page.line(&[(Tone::Strong, &counted(rows.len(), "case"))]);
        }
        Ok(Answer::fine(page, json!({ "cases": rows })))
    })
}

impl ListArgs {
    fn is_filtered(&self) -> bool {
        self.title.is_some() || self.person.is_some() || self.state.is_some()
    }
}

/// The cases that every filter lets pass.
async fn wanted(args: &ListArgs, desk: &Desk) -> Result<Vec<CaseId>, Failure> {
    let mut cases = desk.engine.cases().await?;
    let mut only = |found: Vec<CaseId>| cases.retain(|case| found.binary_search(case).is_ok());
    if let Some(title) = &args.title {
        only(desk.engine.search(title).await?);
    }
    if let Some(person) = &args.person {
        only(desk.engine.about(person).await?);
    }
    if let Some(state) = args.state {
        only(desk.engine.of_state(&state.to_string()).await?);
    }
    Ok(cases)
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
