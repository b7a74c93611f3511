//! `comity init`: an empty store.

use std::path::PathBuf;

use clap::Args;
use comity_store::{Journal, OpenOptions, SledJournal};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{block_on, open_options, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// Where the store is to be.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// The folder, which is made if it is missing
    #[arg(default_value = "data", value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(args: &InitArgs) -> Result<Answer, Failure> {
    let shown = args.folder.display().to_string();
    let taken = std::fs::read_dir(&args.folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        let next = format!(
            "choose a folder that is empty or new; `comity case list --store {}` if it is a store",
            quoted(&shown)
        );
        return Err(Failure::usage(format!("the folder `{shown}` is not empty"), next));
    }
    let store = block_on(async {
        let journal = SledJournal::open(&args.folder, OpenOptions { create: true, ..open_options() }).await?;
        let store = journal.report().store;
        journal.close().await?;
        Ok(store)
    })?;
    let option = if shown == "data" { String::new() } else { format!(" --store {}", quoted(&shown)) };
    let mut page = Page::new();
    page.line(&[(Tone::Good, "made"), (Tone::Plain, "  an empty store in "), (Tone::Strong, &shown)]);
    page.labelled((Tone::Strong, "next"), 0, &format!("comity matter open REFERENCE --title TITLE{option}"));
    let document = json!({ "folder": shown, "store": store.to_string() });
    Ok(Answer::recorded(page, document, format!("an empty store is in {}", quoted(&shown))))
}
