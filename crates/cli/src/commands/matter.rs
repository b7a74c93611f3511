//! `comity matter open`: the dossier that ties cases together.

use clap::{Args, Subcommand};
use comity_core::name::Private;
use comity_runner::NewMatter;
use comity_runner::is_reference;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// What to do with matters.
#[derive(Subcommand)]
pub(crate) enum MatterCommand {
    /// Open a matter
    Open(OpenArgs),
}

/// The matter to be opened.
#[derive(Args)]
pub(crate) struct OpenArgs {
    /// The reference by which officers will know it, such as M-2027-0003
    reference: String,
    /// A short title
    #[arg(long)]
    title: String,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(command: &MatterCommand) -> Result<Answer, Failure> {
    let MatterCommand::Open(args) = command;
    check_reference(&args.reference)?;
    at_desk(&args.store, async |desk| {
        let new = NewMatter { reference: args.reference.clone(), title: Private::new(args.title.clone()) };
        let matter = desk.engine.open_matter(new, &desk.account).await?;
        let mut page = Page::new();
        page.line(&[(Tone::Good, "opened"), (Tone::Plain, "  matter "), (Tone::Strong, &args.reference)]);
        let next = format!(
            "comity case open REFERENCE --matter {} --procedure NAME{}",
            quoted(&args.reference),
            desk.options
        );
        page.labelled((Tone::Strong, "next"), 0, &next);
        let document = json!({ "reference": args.reference, "matter": matter.to_string() });
        Ok(Answer::recorded(page, document, format!("recorded: matter {} is open", args.reference)))
    })
}

/// A reference is typed by hand and stands in lists: one line without blanks at its ends, and not too long.
///
/// # Errors
///
/// Returns [`Failure`] if it is none.
pub(crate) fn check_reference(reference: &str) -> Result<(), Failure> {
    if is_reference(reference) {
        return Ok(());
    }
    let next = "write one line of at most 200 bytes without blanks at its ends, such as EX-2027-0014";
    Err(Failure::usage(format!("`{}` is no reference", crate::print::short(reference)), next))
}
