//! One case with everything that somebody needs to check it without us: a bundle of evidence.

mod notes;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use comity_core::id::EntryNumber;
use comity_evidence::{Bundle, BundleError, Case, Notes, Told};
use comity_runner::{EngineError, Evidence};
use comity_store::{Proofs, proofs_path};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::files::{OWN, fill_new};
use crate::print::{Page, Tone};
use notes::Gathered;

/// Which case, and what is told of it.
#[derive(Args)]
pub(crate) struct BundleArgs {
    /// The case
    reference: String,
    /// The zip file, which must not be there yet; without one, a file here that is named for the case
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A checkpoint that was kept; the proofs lead to the newest, and show that it goes on from the others
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The key by which a checkpoint of the record as it is now is signed
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Entries that are not shown, such as 3,5; their hashes and places stay and are proved
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    withhold: Vec<u32>,
    /// Show no entry at all, only that they stand
    #[arg(long, conflicts_with = "withhold")]
    redact: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &BundleArgs) -> Result<Answer, Failure> {
    let folder = args.store.folder()?;
    at_desk(&args.store, async |desk| {
        let (id, told) = match desk.case(&args.reference).await {
            Ok(file) => (file.case, Told::File(Box::new(file))),
            Err(Failure::Engine(EngineError::Erased { case, erasure })) => (case, Told::Erased(erasure)),
            Err(failure) => return Err(failure),
        };
        let evidence = desk.engine.evidence(id).await?;
        let withheld = withheld(args, &evidence)?;
        let case = Case { id, told: &told, evidence: &evidence, withheld: &withheld };
        let report = desk.engine.journal().verify().await?;
        let gathered = Gathered::of(&args.checkpoint, args.key.as_deref(), &report)?;
        let notes = &gathered.notes;
        let proofs = proofs_path(folder, &case.to_be_proved(notes, report.last.0))?;
        // Nothing is kept of a record that is not the one that was signed.
        notes.agree_with(&proofs).map_err(failed)?;
        gathered.keep(folder, &report)?;
        let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.zip", case.stem())));
        let bundle = Bundle::of(&case, notes, &proofs, desk.engine.now()).map_err(failed)?;
        let unwritten = |source| Failure::File { path: out.clone(), source };
        fill_new(&out, OWN, |file| bundle.write(file).map_err(unwritten))?;
        Ok(answer(&case, notes, &proofs, &out, &bundle))
    })
}

/// The entries that are withheld, each of which must be there.
fn withheld(args: &BundleArgs, evidence: &Evidence) -> Result<BTreeSet<EntryNumber>, Failure> {
    if args.redact {
        return Ok(evidence.entries.iter().map(|entry| entry.number).collect());
    }
    comity_evidence::withheld(evidence, &args.withhold).map_err(|none| {
        let what = format!("there is no entry {} in `{}`", none.number, args.reference);
        Failure::usage(what, format!("its entries have the numbers 1 to {}", none.entries))
    })
}

fn failed(error: BundleError) -> Failure {
    match error {
        BundleError::AnotherRecord(signed) => Failure::another_record(&signed, None),
        error @ (BundleError::Apart { .. } | BundleError::NotProved { .. } | BundleError::Page { .. }) => {
            Failure::File { path: PathBuf::from("the bundle"), source: io::Error::other(error) }
        }
    }
}

fn answer(case: &Case<'_>, notes: &Notes, proofs: &Proofs, out: &Path, bundle: &Bundle) -> Answer {
    let shown = out.display().to_string();
    let entries = &case.evidence.entries;
    let uncovered: Vec<u32> = entries
        .iter()
        .filter(|entry| entry.position.0 > proofs.size)
        .map(|entry| entry.number.get())
        .collect();
    let withheld: Vec<u32> = case.withheld.iter().map(|number| number.get()).collect();
    let mut page = Page::new();
    page.line(&[(Tone::Good, "made"), (Tone::Plain, "  "), (Tone::Strong, &shown)]);
    page.labelled(
        (Tone::Strong, "entries"),
        0,
        &format!("{}, of which {} withheld", entries.len(), withheld.len()),
    );
    page.labelled((Tone::Strong, "proved"), 0, &format!("in a record of {} entries", proofs.size));
    match notes.newest() {
        Some(note) => page.labelled((Tone::Strong, "signed"), 0, &format!("by {}", note.says.name)),
        None => page.labelled(
            (Tone::Heed, "look"),
            0,
            "nobody answers for that record: give --key to sign it now, or --checkpoint with one that was kept",
        ),
    }
    if !uncovered.is_empty() {
        let numbers: Vec<String> = uncovered.iter().map(ToString::to_string).collect();
        let says = format!(
            "the checkpoint is older than the entries {}, which it does not prove",
            numbers.join(", ")
        );
        page.labelled((Tone::Heed, "look"), 0, &says);
    }
    let key = if notes.newest().is_some() { " --key NAME+HASH+KEY" } else { "" };
    page.labelled((Tone::Strong, "next"), 0, &format!("comity-verify {}{key}", quoted(&shown)));
    let document = json!({
        "file": shown,
        "case": case.id.to_string(),
        "entries": entries.len(),
        "withheld": withheld,
        "uncovered": uncovered,
        "size": proofs.size,
        "root": proofs.root.to_string(),
        "signed": notes.newest().map(|note| note.says.name.as_str()),
        "files": bundle.files().keys().collect::<Vec<_>>(),
    });
    Answer::recorded(page, document, format!("the bundle is in {}", quoted(&shown)))
}
