//! `comity backup` and `comity restore`: a second copy of the record, and a store made of it.

use std::path::PathBuf;

use clap::Args;
use comity_store::{Backup, Checked, Report, backup, check_backup, check_target, restore, verify_path};
use serde_json::{Value, json};

use crate::answer::{Answer, joined, remark};
use crate::commands::store::Place;
use crate::context::{ClockArgs, block_on, counted, open_options, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone, size};

/// Where the backup is to be.
#[derive(Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    place: Place,
    /// The folder of the backup, on another disk; made if it is missing, and brought up to date if not
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Read the whole backup afterwards, from its first byte
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    clock: ClockArgs,
}

/// Which backup, and where the store is to be.
#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// The folder of the backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The folder of the store to be made; it must be empty or new
    #[arg(long, value_name = "DIR", required_unless_present = "check_only")]
    to: Option<PathBuf>,
    /// Read the whole backup and say whether it could be restored, and write nothing
    #[arg(long)]
    check_only: bool,
}

pub(crate) fn run(args: &BackupArgs) -> Result<Answer, Failure> {
    let made = backup(&args.place.store, &args.to, args.clock.clock().now())?;
    let shown = args.to.display().to_string();
    if made.left_out {
        remark("the end of the store is not known to be on disk, and was left for the next run");
    }
    if made.with_master_key {
        remark(
            "the master key lies in the store, so it lies in the backup too: whoever has it reads everything",
        );
    }
    let report = if args.verify { Some(verify_path(&args.to)?) } else { None };
    let mut page = Page::new();
    let whole = format!("  {}", counted_entries(made.manifest.entries.0));
    let new = match made.new_entries {
        0 => ", none of them new, in ".to_owned(),
        new => format!(", {new} of them new ({}), in ", size(made.new_bytes)),
    };
    page.line(&[(Tone::Good, "backed up"), (Tone::Plain, &(whole + &new)), (Tone::Strong, &shown)]);
    page.labelled((Tone::Strong, "head"), 0, &made.manifest.head.to_string());
    if let Some(report) = &report {
        let cases = counted(usize::try_from(report.cases).unwrap_or(usize::MAX), "case");
        page.labelled((Tone::Strong, "verified"), 0, &format!("every byte of the backup, {cases}"));
    }
    let done = format!("the backup is in {}", quoted(&shown));
    Ok(Answer::recorded(page, joined(document(&made, &shown), verified(report.as_ref())), done))
}

fn document(made: &Backup, shown: &str) -> Value {
    json!({
        "folder": shown,
        "store": made.manifest.store.to_string(),
        "entries": made.manifest.entries.0,
        "new_entries": made.new_entries,
        "new_bytes": made.new_bytes,
        "head": made.manifest.head.to_string(),
        "taken_at": made.manifest.taken_at.to_string(),
        "left_out": made.left_out,
        "with_master_key": made.with_master_key,
    })
}

fn verified(report: Option<&Report>) -> Value {
    match report {
        Some(report) => json!({ "verified": { "cases": report.cases, "root": report.root.to_string() } }),
        None => Value::Null,
    }
}

/// Restores a backup, or says whether it could be.
pub(crate) fn restored(args: &RestoreArgs) -> Result<Answer, Failure> {
    if let Some(to) = &args.to {
        check_target(&args.from, to)?;
    }
    match &args.to {
        Some(to) if !args.check_only => {
            let made = block_on(async { Ok(restore(&args.from, to, open_options()).await?) })?;
            let shown = to.display().to_string();
            let mut page = told(&made.from, ("restored", &format!(" into {shown}")));
            let next = format!("comity doctor --store {}", quoted(&shown));
            page.labelled((Tone::Strong, "next"), 0, &next);
            let document = joined(said(&made.from), json!({ "restored": true, "folder": shown }));
            Ok(Answer::recorded(page, document, format!("the store is in {}", quoted(&shown))))
        }
        _ => {
            let checked = check_backup(&args.from)?;
            let page = told(&checked, ("whole", ""));
            Ok(Answer::fine(page, joined(said(&checked), json!({ "restored": false }))))
        }
    }
}

fn told(checked: &Checked, (done, to): (&str, &str)) -> Page {
    let report = &checked.report;
    let mut page = Page::new();
    let cases = counted(usize::try_from(report.cases).unwrap_or(usize::MAX), "case");
    let what = format!("  {} of {cases}{to}", counted_entries(report.last.0));
    page.line(&[(Tone::Good, done), (Tone::Plain, &what)]);
    page.labelled((Tone::Strong, "store"), 0, &checked.store.to_string());
    page.labelled((Tone::Strong, "head"), 0, &report.head.to_string());
    page.labelled((Tone::Strong, "root"), 0, &report.root.to_string());
    match &checked.manifest {
        Some(manifest) => page.labelled((Tone::Strong, "taken"), 0, &manifest.taken_at.to_string()),
        None => page.labelled((Tone::Strong, "taken"), 0, "not said: this is a plain copy of a journal"),
    }
    if !checked.with_keys {
        page.labelled(
            (Tone::Heed, "look"),
            0,
            "the keys of the cases are not there; what is sealed cannot be read without them",
        );
    }
    page
}

fn said(checked: &Checked) -> Value {
    json!({
        "store": checked.store.to_string(),
        "entries": checked.report.last.0,
        "cases": checked.report.cases,
        "head": checked.report.head.to_string(),
        "root": checked.report.root.to_string(),
        "taken_at": checked.manifest.map(|manifest| manifest.taken_at.to_string()),
        "with_keys": checked.with_keys,
    })
}

/// `1 entry`, `2 entries`.
pub(crate) fn counted_entries(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}
