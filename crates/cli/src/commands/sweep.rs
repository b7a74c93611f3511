//! `comity sweep`: records what ran out, and lets linked cases know of one another.

use clap::Args;
use comity_core::moment_in_words;
use comity_runner::{Engine, SweepReport};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// Which store. What is recorded at a moment to come keeps everything earlier out of the case.
#[derive(Args)]
pub(crate) struct SweepArgs {
    /// Say that the clock of this machine is right, though it seems to have jumped; it is recorded who said so
    #[arg(long)]
    trust_clock: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &SweepArgs) -> Result<Answer, Failure> {
    args.store.folder()?;
    at_desk(&args.store, async |desk| {
        if args.trust_clock {
            desk.engine.trust_clock(&desk.account).await?;
        }
        let report = sweep(&desk.engine).await?;
        let page = page(desk, &report).await?;
        let noticed = report.noticed.iter().map(|one| {
            json!({ "case": one.case.to_string(), "clock": one.clock, "ran_out": one.ran_out.to_string() })
        });
        let warned = report.warned.iter().map(|one| {
            json!({
                "case": one.case.to_string(), "clock": one.clock, "before": one.before.to_string(),
                "at": one.at.to_string(), "ends": one.ends.to_string(),
            })
        });
        let learned = report.learned.iter().map(|one| {
            let refused = one.refused.as_ref().map(ToString::to_string);
            json!({ "case": one.case.to_string(), "refused": refused })
        });
        let failed = report
            .failed
            .iter()
            .map(|one| json!({ "case": one.case.to_string(), "code": one.code, "because": one.because }));
        let document = json!({
            "noticed": noticed.collect::<Vec<_>>(),
            "warned": warned.collect::<Vec<_>>(),
            "learned": learned.collect::<Vec<_>>(),
            "failed": failed.collect::<Vec<_>>(),
            "clock": report.clock.map(|jump| json!({
                "read": jump.read.to_string(), "expected": jump.expected.to_string(), "says": jump.to_string(),
            })),
        });
        let done = format!("recorded: {}", done(&report));
        Ok(Answer::recorded(page, document, done))
    })
}

/// Sweeps until nothing is left, however much it is.
async fn sweep(engine: &Engine) -> Result<SweepReport, Failure> {
    let mut whole = SweepReport::default();
    loop {
        let report = engine.sweep().await?;
        let is_moving = !report.noticed.is_empty() || !report.warned.is_empty();
        whole.noticed.extend(report.noticed);
        whole.warned.extend(report.warned);
        whole.learned.extend(report.learned);
        whole.failed = report.failed;
        whole.clock = whole.clock.or(report.clock);
        if !(report.more && is_moving) {
            return Ok(whole);
        }
    }
}

/// What was recorded, in a few words.
fn done(report: &SweepReport) -> String {
    let noticed = format!("{} noticed", counted(report.noticed.len(), "limit"));
    let warned = format!("{} given", counted(report.warned.len(), "warning"));
    match (report.noticed.len(), report.warned.len()) {
        (_, 0) => noticed,
        (0, _) => warned,
        (_, _) => format!("{noticed}, {warned}"),
    }
}

async fn page(desk: &Desk, report: &SweepReport) -> Result<Page, Failure> {
    let mut page = Page::new();
    if let Some(jump) = report.clock {
        page.wrapped(0, Tone::Bad, &jump.to_string());
        let next = format!("comity sweep --trust-clock{}, if it is right", desk.options);
        page.labelled((Tone::Strong, "next"), 0, &next);
    }
    let mut table = Table::new();
    for one in &report.noticed {
        let file = desk.engine.case(one.case).await?;
        let ran_out = moment_in_words(one.ran_out, &file.procedure.home().zone);
        table.row([
            cell(Tone::Strong, &file.opening.reference),
            cell(Tone::Name, &one.clock),
            cell(Tone::Bad, format!("ran out {ran_out}")),
        ]);
    }
    for one in &report.warned {
        let file = desk.engine.case(one.case).await?;
        let ends = moment_in_words(one.ends, &file.procedure.home().zone);
        table.row([
            cell(Tone::Strong, &file.opening.reference),
            cell(Tone::Name, &one.clock),
            cell(Tone::Heed, format!("runs out {ends}; {} before", one.before)),
        ]);
    }
    for one in report.learned.iter().filter(|one| one.refused.is_none()) {
        let file = desk.engine.case(one.case).await?;
        table.row([
            cell(Tone::Strong, &file.opening.reference),
            cell(Tone::Plain, ""),
            cell(Tone::Plain, "was let know of a case that it is linked to"),
        ]);
    }
    for one in &report.failed {
        let case = cell(Tone::Strong, one.case.to_string());
        table.row([case, cell(Tone::Name, one.code), cell(Tone::Bad, &one.because)]);
    }
    if table.is_empty() {
        page.wrapped(
            0,
            Tone::Plain,
            "Nothing has run out that was not noticed, and no warning is to be given.",
        );
    } else {
        page.line(&[(Tone::Strong, &done(report))]);
        page.table(2, &table);
    }
    page.labelled((Tone::Strong, "next"), 0, &format!("comity queue{}", desk.options));
    Ok(page)
}
