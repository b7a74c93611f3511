//! `comity store`: a store verified, measured and tidied.

mod import;
mod upgrade;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use comity_store::{
    Facts, IndexState, Journal, JournalEnd, Report, SledJournal, compact, facts, rebuild, verify_path,
};
use serde_json::{Value, json};

use crate::answer::{Answer, remark};
use crate::commands::backup::counted_entries;
use crate::context::{block_on, counted, open_options, quoted, remark_on_opening};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell, size};

/// What to do with a store.
#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// Walk the whole record, every checksum and hash, and hold the index against it
    Verify(VerifyArgs),
    /// Move the index aside and build it anew from the record
    Rebuild(Place),
    /// Say how much a store holds and what it takes on the disk
    Stats(Place),
    /// Make a store from an export, with the same entries, hashes and root
    Import(import::ImportArgs),
    /// Go on in the format of this release; no earlier release opens the store then
    Upgrade(UpgradeArgs),
    /// Build the index anew, as small as it can be, and give back room; the record is never made smaller
    Compact(CompactArgs),
}

/// Which store.
#[derive(Args)]
pub(crate) struct Place {
    /// The folder of the store
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    pub(crate) store: PathBuf,
}

/// What to verify.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    place: Place,
    /// Leave the index out: the store is not opened, and may be in use or read-only
    #[arg(long)]
    journal_only: bool,
}

/// What to upgrade.
#[derive(Args)]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    place: Place,
    /// Only try: do it with a copy beside the store, verify the copy, and remove it again
    #[arg(long)]
    rehearse: bool,
}

/// What to tidy.
#[derive(Args)]
pub(crate) struct CompactArgs {
    #[command(flatten)]
    place: Place,
    /// Also remove indexes that were moved aside because they were not to be trusted
    #[arg(long)]
    remove_moved_aside: bool,
}

pub(crate) fn run(command: &StoreCommand) -> Result<Answer, Failure> {
    match command {
        StoreCommand::Verify(args) => verify(args),
        StoreCommand::Rebuild(place) => rebuilt(place),
        StoreCommand::Stats(place) => stats(place),
        StoreCommand::Import(args) => import::run(args),
        StoreCommand::Upgrade(args) => upgrade::run(args),
        StoreCommand::Compact(args) => compacted(args),
    }
}

fn verify(args: &VerifyArgs) -> Result<Answer, Failure> {
    let report = if args.journal_only { verify_path(&args.place.store)? } else { verified(&args.place)? };
    let cases = counted(usize::try_from(report.cases).unwrap_or(usize::MAX), "case");
    let mut page = Page::new();
    let what = format!("  {} of {cases}, {} of frames", counted_entries(report.last.0), size(report.bytes));
    page.line(&[(Tone::Good, "in order"), (Tone::Plain, &what)]);
    page.labelled((Tone::Strong, "head"), 0, &report.head.to_string());
    page.labelled((Tone::Strong, "root"), 0, &report.root.to_string());
    if let Some(torn) = &report.torn {
        let what = format!("half a write at the end, which nobody was told of: {torn}");
        page.labelled((Tone::Heed, "look"), 0, &what);
    }
    match report.index_pairs {
        Some(pairs) => page.labelled((Tone::Strong, "index"), 0, &format!("follows from it, {pairs} pairs")),
        None => page.labelled((Tone::Strong, "index"), 0, "not looked at"),
    }
    Ok(Answer::fine(page, verified_json(&report)))
}

/// Opening finds what is wrong with the journal and changes nothing then.
fn verified(place: &Place) -> Result<Report, Failure> {
    block_on(async {
        let journal = SledJournal::open(&place.store, open_options()).await?;
        remark_on_opening(journal.report());
        let report = journal.verify().await;
        let closed = journal.close().await;
        let report = report?;
        closed?;
        Ok(report)
    })
}

fn verified_json(report: &Report) -> Value {
    json!({
        "entries": report.last.0,
        "cases": report.cases,
        "segments": report.segments,
        "bytes": report.bytes,
        "head": report.head.to_string(),
        "root": report.root.to_string(),
        "torn": report.torn.as_ref().map(ToString::to_string),
        "index_pairs": report.index_pairs,
    })
}

fn rebuilt(place: &Place) -> Result<Answer, Failure> {
    let made = block_on(async { Ok(rebuild(&place.store, open_options()).await?) })?;
    if let (IndexState::Rebuilt { reason, .. }, Some(_)) = (&made.opened.index, &made.moved_to)
        && reason != "it was missing"
    {
        remark(&format!("the old index was not to be trusted: {reason}"));
    }
    let entries = made.opened.last.0;
    let mut page = Page::new();
    page.line(&[
        (Tone::Good, "built"),
        (Tone::Plain, &format!("  the index anew, from {}", counted_entries(entries))),
    ]);
    let moved = made.moved_to.as_ref().map(|path| path.display().to_string());
    if let Some(moved) = &moved {
        page.labelled((Tone::Strong, "old one"), 0, moved);
        let store = quoted(&place.store.display().to_string());
        let next = format!("comity store compact --store {store} --remove-moved-aside");
        page.labelled((Tone::Strong, "next"), 0, &next);
    }
    let document = json!({ "entries": entries, "moved_to": moved });
    Ok(Answer::recorded(page, document, "the index was built anew"))
}

fn compacted(args: &CompactArgs) -> Result<Answer, Failure> {
    let store = &args.place.store;
    let made = block_on(async { Ok(compact(store, open_options(), args.remove_moved_aside).await?) })?;
    let removed = made.removed.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    let mut page = Page::new();
    page.line(&[
        (Tone::Good, "compacted"),
        (Tone::Plain, "  the record is as it was, "),
        (Tone::Plain, &counted_entries(made.opened.last.0)),
    ]);
    let (before, after) = made.index;
    page.labelled((Tone::Strong, "index"), 0, &format!("{} before, {} now", size(before), size(after)));
    page.labelled((Tone::Strong, "room"), 0, &format!("{} of finished segments given back", size(made.room)));
    let aside = match made.removed.len() {
        0 => "none removed".to_owned(),
        number => format!("{} removed, {}", counted(number, "old index"), size(removed)),
    };
    page.labelled((Tone::Strong, "aside"), 0, &aside);
    let document = json!({
        "entries": made.opened.last.0,
        "index_before": before,
        "index_after": after,
        "room": made.room,
        "removed": made.removed.iter().map(|(path, _)| path.display().to_string()).collect::<Vec<_>>(),
        "removed_bytes": removed,
    });
    Ok(Answer::recorded(page, document, "the store is compacted"))
}

fn stats(place: &Place) -> Result<Answer, Failure> {
    let facts = facts(&place.store, None)?;
    let mut page = Page::new();
    let mut table = Table::new();
    let mut row = |what: &str, says: String| table.row([cell(Tone::Strong, what), cell(Tone::Plain, says)]);
    row("store", facts.store.to_string());
    row("entries", format!("{}, in {} commits", facts.last, facts.commits));
    row("cases", per_case(&facts));
    if let Some(largest) = &facts.largest {
        let what = format!("{} in {}", size(largest.bytes), counted_entries(largest.entries.into()));
        row("largest", format!("case {}, {what}", largest.case));
    }
    row("record", format!("{} of frames, {} on disk", size(facts.bytes), size(record_on_disk(&facts))));
    row("index", format!("{} on disk", size(facts.index_bytes)));
    row("keys", format!("{} on disk", size(facts.keys_bytes)));
    for (path, bytes) in &facts.moved_aside {
        row("aside", format!("{} in {}", size(*bytes), path.display()));
    }
    row("end", end(&facts.end).to_owned());
    page.table(0, &table);
    page.heading("Segments");
    page.table(2, &segments(&facts));
    Ok(Answer::fine(page, stats_json(&facts)))
}

fn per_case(facts: &Facts) -> String {
    match facts.bytes.checked_div(facts.cases) {
        Some(each) => format!("{}, {} each on the average", facts.cases, size(each)),
        None => "0".to_owned(),
    }
}

/// What the segments take on the disk.
pub(crate) fn record_on_disk(facts: &Facts) -> u64 {
    facts.segments.iter().fold(0, |sum, segment| sum.saturating_add(segment.on_disk))
}

fn end(end: &JournalEnd) -> &'static str {
    match end {
        JournalEnd::Closed => "closed",
        JournalEnd::Open => "open: in use, or its process was ended",
        JournalEnd::Torn(_) => "half a write: going on, or cut off by a crash",
    }
}

fn segments(facts: &Facts) -> Table {
    let mut table = Table::new();
    let head = ["file", "format", "entries", "frames", "on disk"];
    table.row(head.into_iter().zip(0..).map(|(text, column)| {
        let text = cell(Tone::Faint, text);
        if column == 0 { text } else { text.right() }
    }));
    for segment in &facts.segments {
        let name = segment.path.file_name().map(|name| name.to_string_lossy().into_owned());
        table.row([
            cell(Tone::Plain, name.unwrap_or_default()),
            cell(Tone::Plain, segment.format.to_string()).right(),
            cell(Tone::Plain, segment.entries.to_string()).right(),
            cell(Tone::Plain, size(segment.bytes)).right(),
            cell(Tone::Plain, size(segment.on_disk)).right(),
        ]);
    }
    table
}

fn stats_json(facts: &Facts) -> Value {
    let segments = facts.segments.iter().map(|segment| {
        json!({
            "file": segment.path.file_name().map(|name| name.to_string_lossy().into_owned()),
            "format": segment.format,
            "first": segment.first.0,
            "entries": segment.entries,
            "bytes": segment.bytes,
            "on_disk": segment.on_disk,
        })
    });
    let aside = facts.moved_aside.iter();
    let aside = aside.map(|(path, bytes)| json!({ "folder": path.display().to_string(), "on_disk": bytes }));
    json!({
        "store": facts.store.to_string(),
        "entries": facts.last.0,
        "commits": facts.commits,
        "cases": facts.cases,
        "bytes": facts.bytes,
        "bytes_per_case": facts.bytes.checked_div(facts.cases),
        "largest": facts.largest.map(|largest| json!({
            "case": largest.case.to_string(),
            "entries": largest.entries,
            "bytes": largest.bytes,
        })),
        "on_disk": record_on_disk(facts),
        "index_on_disk": facts.index_bytes,
        "keys_on_disk": facts.keys_bytes,
        "moved_aside": aside.collect::<Vec<_>>(),
        "head": facts.head.to_string(),
        "root": facts.root.to_string(),
        "end": match &facts.end {
            JournalEnd::Closed => "closed",
            JournalEnd::Open => "open",
            JournalEnd::Torn(_) => "torn",
        },
        "segments": segments.collect::<Vec<_>>(),
    })
}
