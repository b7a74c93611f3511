//! `comity store upgrade`: goes on in the format of this release, or rehearses it with a copy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use comity_store::{Journal, OpenOptions, OpenReport, Report, SledJournal, verify_path};
use serde_json::json;

use super::UpgradeArgs;
use crate::answer::Answer;
use crate::commands::backup::counted_entries;
use crate::context::{block_on, open_options, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

pub(super) fn run(args: &UpgradeArgs) -> Result<Answer, Failure> {
    if args.rehearse { rehearse(&args.place.store) } else { upgrade(&args.place.store) }
}

fn upgrade(store: &Path) -> Result<Answer, Failure> {
    let (opened, report) = upgraded(store, open_options())?;
    let says = match opened.upgraded_from {
        Some(from) => format!("from format {from}; {} verified", counted_entries(report.last.0)),
        None => {
            format!("nothing: it has the format of this release; {} verified", counted_entries(report.last.0))
        }
    };
    let mut page = Page::new();
    page.line(&[(Tone::Good, "upgraded"), (Tone::Plain, &format!("  {says}"))]);
    Ok(Answer::recorded(page, document(&opened, &report, false), "the store is upgraded".to_owned()))
}

/// Journal and keys are copied; a store of before the keys gets some in the copy, as it would in earnest.
fn rehearse(store: &Path) -> Result<Answer, Failure> {
    let before = verify_path(store)?;
    let copy = store.join("upgrade.rehearsal");
    let failed = |source| Failure::File { path: copy.clone(), source };
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(failed)?;
    }
    let mut parts = ["journal", "keys"].into_iter().filter(|part| store.join(part).is_dir());
    let copied = parts.try_for_each(|part| copy_files(&store.join(part), &copy.join(part)));
    let done = copied.map_err(failed).and_then(|()| upgraded(&copy, open_options()));
    let removed = fs::remove_dir_all(&copy).map_err(failed);
    let (opened, report) = done?;
    removed?;
    if report.root != before.root {
        let next = "change nothing, and ask whoever gave you this release";
        return Err(Failure::usage("the copy holds other entries after the upgrade than before", next));
    }
    let mut page = Page::new();
    let what = match opened.upgraded_from {
        Some(from) => {
            format!("  from format {from}: {} verified, the same as before", counted_entries(report.last.0))
        }
        None => "  nothing would change: the store has the format of this release".to_owned(),
    };
    page.line(&[(Tone::Good, "rehearsed"), (Tone::Plain, &what)]);
    let next = format!("comity store upgrade --store {}", quoted(&store.display().to_string()));
    page.labelled((Tone::Strong, "next"), 0, &next);
    Ok(Answer::fine(page, document(&opened, &report, true)))
}

fn upgraded(store: &Path, options: OpenOptions) -> Result<(OpenReport, Report), Failure> {
    block_on(async {
        let journal = SledJournal::open(store, OpenOptions { upgrade: true, ..options }).await?;
        let report = journal.verify().await;
        let opened = journal.report().clone();
        let closed = journal.close().await;
        let report = report?;
        closed?;
        Ok((opened, report))
    })
}

fn document(opened: &OpenReport, report: &Report, rehearsed: bool) -> serde_json::Value {
    json!({
        "rehearsed": rehearsed,
        "from": opened.upgraded_from,
        "entries": report.last.0,
        "root": report.root.to_string(),
    })
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let names: Vec<PathBuf> = fs::read_dir(from)?.map(|item| Ok(item?.path())).collect::<io::Result<_>>()?;
    for path in names {
        if let Some(name) = path.file_name() {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
