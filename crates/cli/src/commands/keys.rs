//! `comity keys`: the master key that opens the keys of the cases.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use comity_store::{KeysError, MasterBeside, MasterKey, OpenError, master_beside, rotate_master};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{counted, master_key, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// What to do with keys.
#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a master key, to be kept apart from the store
    New(NewArgs),
    /// Lock the keys of all cases with another master key
    Rotate(RotateArgs),
}

/// The key to be made.
#[derive(Args)]
pub(crate) struct NewArgs {
    /// The file of the key; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The key that takes over.
#[derive(Args)]
pub(crate) struct RotateArgs {
    /// The folder of the store
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    store: PathBuf,
    /// The file of the new master key; without it, a new one is made in the store itself
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(crate) fn run(command: &KeysCommand) -> Result<Answer, Failure> {
    match command {
        KeysCommand::New(args) => new(args),
        KeysCommand::Rotate(args) => rotate(args),
    }
}

fn new(args: &NewArgs) -> Result<Answer, Failure> {
    let text =
        MasterKey::generate().map_err(|error| Failure::Open(OpenError::Keys(KeysError::Master(error))))?;
    let write = || {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&args.file)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    write().map_err(|source| Failure::File { path: args.file.clone(), source })?;
    let shown = args.file.display().to_string();
    let mut page = Page::new();
    page.line(&[(Tone::Good, "made"), (Tone::Plain, "  a master key in "), (Tone::Strong, &shown)]);
    page.labelled(
        (Tone::Strong, "keep"),
        0,
        "a copy where no copy of the store is: without this key nothing sealed can be read",
    );
    let next =
        format!("COMITY_MASTER_KEY_FILE={0} comity init, or comity keys rotate --to {0}", quoted(&shown));
    page.labelled((Tone::Strong, "next"), 0, &next);
    Ok(Answer::recorded(page, json!({ "file": shown }), format!("the key is in {}", quoted(&shown))))
}

fn rotate(args: &RotateArgs) -> Result<Answer, Failure> {
    let (from, to) = (master_key(), args.to.clone().map_or(MasterKey::Beside, MasterKey::File));
    if let (MasterKey::Beside, Ok(Some(MasterBeside::Unused(path)))) = (&to, master_beside(&args.store)) {
        let what = format!("the new key would take the place of an old one in {}", path.display());
        return Err(Failure::usage(
            what,
            "move the old one elsewhere, or destroy it if no older backup needs it",
        ));
    }
    let keys = rotate_master(&args.store, &from, &to)?;
    let slots = usize::try_from(keys).unwrap_or(usize::MAX);
    // If it cannot be seen, the doctor says so.
    let left = match master_beside(&args.store) {
        Ok(Some(MasterBeside::Unused(path))) => Some(path.display().to_string()),
        Ok(Some(MasterBeside::InUse(_)) | None) | Err(_) => None,
    };
    let mut page = Page::new();
    page.line(&[
        (Tone::Good, "locked"),
        (Tone::Plain, &format!("  {} with the new master key", counted(slots, "key"))),
    ]);
    let settings = match &args.to {
        Some(file) => format!("COMITY_MASTER_KEY_FILE={}", quoted(&file.display().to_string())),
        None => "no setting for a master key: it lies in the store".to_owned(),
    };
    page.labelled((Tone::Strong, "from now on"), 0, &settings);
    page.labelled((Tone::Strong, "old key"), 0, &of_the_old(&from, &to, left.as_deref()));
    page.labelled(
        (Tone::Strong, "next"),
        0,
        "comity backup, so that the backup has the keys under the new one",
    );
    page.labelled((Tone::Strong, "note"), 0, "the index is built anew when the store is opened next");
    Ok(Answer::recorded(
        page,
        json!({ "keys": keys, "left_in_the_store": left }),
        "the keys are locked with the new master key".to_owned(),
    ))
}

/// What became of the old master key, and when it may be destroyed. Nothing is destroyed unasked: it cannot be had back.
fn of_the_old(from: &MasterKey, to: &MasterKey, left: Option<&str>) -> String {
    if (from, to) == (&MasterKey::Beside, &MasterKey::Beside) {
        return "it is gone from the store. Copies of the backup that are older than this hold it, and whoever has one reads \
                everything in it, cases that were erased since included: destroy them when they are no longer needed"
            .to_owned();
    }
    let place = match (from, left) {
        (MasterKey::File(path), _) => format!("{} opens", path.display()),
        (MasterKey::Command(_), _) => "what COMITY_MASTER_KEY_COMMAND printed opens".to_owned(),
        (MasterKey::Text(_), _) => "what stood in COMITY_MASTER_KEY opens".to_owned(),
        (MasterKey::Beside, Some(path)) => format!("{path} is still there, and opens"),
        (MasterKey::Beside, None) => "it opens".to_owned(),
    };
    format!(
        "{place} nothing in this store any more. Copies of the backup that are older than this are read with it, cases that were \
         erased since included: keep it for as long as one of them may be needed, and then destroy it"
    )
}
