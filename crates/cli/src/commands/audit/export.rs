//! The whole record as lines of JSON.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use comity_store::{ExportError, Manifest, export_path};
use serde_json::json;

use crate::answer::Answer;
use crate::context::quoted;
use crate::failure::Failure;
use crate::files::{OWN, fill_new};
use crate::print::{Page, Tone};

/// Where the record goes.
#[derive(Args)]
pub(crate) struct ExportArgs {
    /// The file, which must not be there yet; without one, standard output
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The folder of the store, which may be in use
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    store: PathBuf,
}

pub(super) fn run(args: &ExportArgs) -> Result<Answer, Failure> {
    let Some(file) = &args.file else {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        export(&args.store, Path::new("standard output"), &mut out)?;
        // The lines are the answer.
        return Ok(Answer::written());
    };
    let manifest = fill_new(file, OWN, |out| export(&args.store, file, out))?;
    let shown = file.display().to_string();
    let mut page = Page::new();
    page.line(&[(Tone::Good, "exported"), (Tone::Plain, "  to "), (Tone::Strong, &shown)]);
    page.labelled((Tone::Strong, "entries"), 0, &format!("{} of {} cases", manifest.entries, manifest.cases));
    page.labelled((Tone::Strong, "root"), 0, &manifest.root.to_string());
    page.labelled((Tone::Strong, "next"), 0, &format!("comity-verify {}", quoted(&shown)));
    let document = json!({
        "file": shown,
        "store": manifest.store,
        "entries": manifest.entries,
        "cases": manifest.cases,
        "root": manifest.root.to_string(),
        "frame": manifest.frame.to_string(),
    });
    Ok(Answer::recorded(page, document, format!("the record is in {}", quoted(&shown))))
}

fn export(store: &Path, to: &Path, out: &mut impl Write) -> Result<Manifest, Failure> {
    export_path(store, out).map_err(|error| match error {
        ExportError::Write(source) => Failure::File { path: to.to_owned(), source },
        ExportError::Verify(error) => error.into(),
        error @ ExportError::Changed { .. } => Failure::Export(error),
    })
}
