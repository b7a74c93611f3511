//! A store made from the lines of an export.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

use clap::Args;
use comity_store::import;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::backup::counted_entries;
use crate::context::{block_on, counted, open_options, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// What to import, and where the store is to be.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The export; without one, standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The folder of the store to be made; it must be empty or new
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The store that was exported, or a backup of it: the keys of the cases come from there
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

pub(super) fn run(args: &ImportArgs) -> Result<Answer, Failure> {
    let from: Box<dyn BufRead> = match &args.file {
        None => Box::new(BufReader::new(io::stdin())),
        Some(path) => {
            let file = File::open(path);
            Box::new(BufReader::new(file.map_err(|source| Failure::File { path: path.clone(), source })?))
        }
    };
    let made = block_on(async { Ok(import(from, args.keys.as_deref(), &args.to, open_options()).await?) })?;
    let shown = args.to.display().to_string();
    let cases = counted(usize::try_from(made.report.cases).unwrap_or(usize::MAX), "case");
    let mut page = Page::new();
    let what = format!("  {} of {cases} into {shown}", counted_entries(made.report.last.0));
    page.line(&[(Tone::Good, "imported"), (Tone::Plain, &what)]);
    page.labelled((Tone::Strong, "store"), 0, &made.from.store.to_string());
    page.labelled((Tone::Strong, "root"), 0, &made.report.root.to_string());
    let files =
        "files filed beside cases are not in an export; copy the folder `files` of the store if there is one";
    page.labelled((Tone::Heed, "look"), 0, files);
    page.labelled((Tone::Strong, "next"), 0, &format!("comity doctor --store {}", quoted(&shown)));
    let document = json!({
        "folder": shown,
        "store": made.from.store.to_string(),
        "entries": made.report.last.0,
        "cases": made.report.cases,
        "head": made.report.head.to_string(),
        "root": made.report.root.to_string(),
    });
    Ok(Answer::recorded(page, document, format!("the store is in {}", quoted(&shown))))
}
