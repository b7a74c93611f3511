//! `comity why`: how the last day of a limit was reached.

use clap::Args;
use comity_core::End;
use serde_json::json;

use super::act::similar;
use super::asked::AskedArgs;
use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk};
use crate::exit::Exit;
use comity_sheet::words::provisions;

use crate::failure::Failure;
use crate::print::{Page, Tone, short};
use crate::sheet::Sheet;

/// Which limit.
#[derive(Args)]
pub(crate) struct WhyArgs {
    /// The case
    reference: String,
    /// The clock, as the procedure calls it
    clock: String,
    #[command(flatten)]
    asked: AskedArgs,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &WhyArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let file = desk.case(&args.reference).await?;
        let asked = args.asked.of(&file, desk.engine.now())?;
        let view = file.view(asked);
        let Some(clock) = view.clock(&args.clock) else {
            let clocks = view.clocks();
            let names: Vec<&str> = clocks.iter().map(|clock| clock.name.as_str()).collect();
            let what = format!("`{}` has no clock `{}`", view.procedure().name(), short(&args.clock));
            return Err(Failure::usage(what, similar(&args.clock, &names)));
        };
        let sheet = Sheet::new(&view, &file.entries);
        let mut page = Page::new();
        if clock.cycles.is_empty() {
            page.line(&[
                (Tone::Name, clock.name.as_str()),
                (Tone::Plain, "  "),
                (Tone::Strong, &clock.clock.title),
            ]);
            page.wrapped(2, Tone::Plain, &format!("It has not started ({}).", clock.clock.basis));
        }
        sheet.derivation(&mut page, &clock);
        page.blank();
        for provision in provisions(&clock.clock.basis, view.procedure()) {
            page.wrapped(2, Tone::Faint, &provision);
        }
        let cannot = matches!(clock.last().map(|cycle| &cycle.end), Some(End::CannotCount(_)));
        let document = json!({ "reference": args.reference, "clock": sheet.clock_document(&clock) });
        let exit = if cannot { Exit::CannotCompute } else { Exit::Fine };
        Ok(Answer::fine(page, document).ending(exit))
    })
}
