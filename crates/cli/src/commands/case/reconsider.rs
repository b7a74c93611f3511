//! `comity case reconsider`: decisions that rest on what turned out otherwise.

use clap::Args;
use comity_core::{Revisited, moment_in_words, revisited, when_in_words};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// Which case.
#[derive(Args)]
pub(crate) struct ReconsiderArgs {
    /// The case
    reference: String,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &ReconsiderArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let file = desk.case(&args.reference).await?;
        let found = revisited(&file.procedure, &file.entries, desk.engine.now());
        let zone = &file.procedure.home().zone;
        let title = |act: &str| {
            let acts = file.procedure.acts();
            acts.find(act).and_then(|id| acts.get(id)).map_or_else(|| act.to_owned(), |act| act.title.clone())
        };
        let mut page = Page::new();
        if found.is_empty() {
            page.wrapped(0, Tone::Plain, "Every act was recorded on what is still known of the case.");
        } else {
            let many = counted(found.len(), "act");
            let stands = if found.len() == 1 {
                "It stands; look whether it should"
            } else {
                "They stand; look whether they should"
            };
            let says = format!("{many} recorded on other knowledge than there is now. {stands}.");
            page.wrapped(0, Tone::Heed, &says);
        }
        for one in &found {
            page.blank();
            page.line(&[(Tone::Strong, &title(&one.act)), (Tone::Faint, &format!("  entry {}", one.entry))]);
            let took = when_in_words(one.when, zone);
            let recorded = moment_in_words(one.recorded_at, zone);
            page.wrapped(2, Tone::Faint, &format!("took effect {took}, recorded {recorded}"));
            let mut table = Table::new();
            for change in &one.changes {
                table.row([cell(Tone::Faint, "then -> now"), cell(Tone::Plain, change.to_string())]);
            }
            if let Some(because) = &one.not_allowed {
                table.row([cell(Tone::Bad, "not allowed"), cell(Tone::Plain, because.to_string())]);
            }
            page.table(2, &table);
        }
        let acts: Vec<Value> = found.iter().map(document).collect();
        Ok(Answer::fine(page, json!({ "reference": args.reference, "acts": acts })))
    })
}

fn document(one: &Revisited) -> Value {
    json!({
        "entry": one.entry.get(),
        "act": one.act,
        "when": one.when.to_string(),
        "recorded_at": one.recorded_at.to_string(),
        "changes": one.changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "not_allowed": one.not_allowed.as_ref().map(|because| json!({
            "code": because.code().word(), "says": because.to_string(),
        })),
    })
}
