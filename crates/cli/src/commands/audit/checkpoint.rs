//! Signed checkpoints, by which somebody else can see that the record was not cut or written anew.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use comity_store::{BadKey, Checkpoint, Journal, Report, Signer, SledJournal};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{block_on, open_options, quoted};
use crate::failure::Failure;
use crate::files::{ALL, OWN, write_new};
use crate::print::{Page, Tone};

/// The key to be made.
#[derive(Args)]
pub(crate) struct KeyArgs {
    /// The file of the secret key; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the key is called in checkpoints, such as ministry.example/comity
    #[arg(long)]
    name: String,
}

/// The checkpoint to be signed.
#[derive(Args)]
pub(crate) struct CheckpointArgs {
    /// The folder of the store
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    store: PathBuf,
    /// The file of the secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A folder that keeps checkpoints, best on a machine of somebody else; may be given several times
    #[arg(long, value_name = "DIR")]
    keep: Vec<PathBuf>,
}

pub(super) fn key(args: &KeyArgs) -> Result<Answer, Failure> {
    let signer = Signer::new(&args.name).map_err(|bad| refused(&bad))?;
    write_new(&args.file, &format!("{}\n", signer.secret_text()), OWN)?;
    let shown = args.file.display().to_string();
    let mut page = Page::new();
    page.line(&[(Tone::Good, "made"), (Tone::Plain, "  the secret key in "), (Tone::Strong, &shown)]);
    page.labelled((Tone::Strong, "hand out"), 0, &signer.public_text());
    page.labelled((Tone::Strong, "next"), 0, &format!("comity audit checkpoint --key {}", quoted(&shown)));
    let document = json!({ "file": shown, "public": signer.public_text() });
    Ok(Answer::recorded(page, document, format!("the key is in {}", quoted(&shown))))
}

/// The key in a file.
pub(super) fn signer(file: &Path) -> Result<Signer, Failure> {
    let text = fs::read_to_string(file).map_err(|source| Failure::File { path: file.to_owned(), source })?;
    Signer::read(&text).map_err(|bad| refused(&bad))
}

/// A checkpoint that was kept: what it says, and its text.
pub(super) fn read_note(file: &Path) -> Result<(Checkpoint, String), Failure> {
    let text = fs::read_to_string(file).map_err(|source| Failure::File { path: file.to_owned(), source })?;
    let says = Checkpoint::read(&text).ok_or_else(|| {
        let what = format!("`{}` is no checkpoint", file.display());
        Failure::usage(what, "give a file that `comity audit checkpoint` has kept")
    })?;
    Ok((says, text))
}

pub(super) fn checkpoint(args: &CheckpointArgs) -> Result<Answer, Failure> {
    let signer = signer(&args.key)?;
    // Nothing is signed that was not walked from the first byte to the last.
    let report = verified(&args.store)?;
    let note = signer.checkpoint(&report);
    let mut kept = Vec::new();
    for folder in &args.keep {
        let path = folder.join(format!("{:020}.checkpoint", report.last.0));
        keep(&path, &note)?;
        kept.push(path.display().to_string());
    }
    let mut page = Page::new();
    page.pieces([(Tone::Plain, note.as_str())]);
    let document = json!({
        "entries": report.last.0,
        "root": report.root.to_string(),
        "note": note,
        "kept": kept,
    });
    Ok(Answer::fine(page, document))
}

fn verified(folder: &Path) -> Result<Report, Failure> {
    block_on(async {
        let journal = SledJournal::open(folder, open_options()).await?;
        let report = journal.verify().await;
        let closed = journal.close().await;
        let report = report?;
        closed?;
        Ok(report)
    })
}

fn refused(bad: &BadKey) -> Failure {
    Failure::usage(bad.to_string(), "make a key with `comity audit key FILE --name NAME`")
}

/// Keeps a checkpoint. One of the same size that says something else is never written over: it is evidence.
fn keep(path: &Path, note: &str) -> Result<(), Failure> {
    let there = match fs::read_to_string(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return write_new(path, note, ALL),
        Err(source) => return Err(Failure::File { path: path.to_owned(), source }),
    };
    if there == note {
        return Ok(());
    }
    Err(Failure::usage(
        format!("`{}` holds another checkpoint of as many entries", path.display()),
        "keep both: if the same key signed them, one of the two records is not the one that was",
    ))
}
