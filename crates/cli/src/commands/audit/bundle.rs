//! One case with everything that somebody needs to check it without us: a bundle of evidence.

mod case;
mod container;
mod notes;
mod pages;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use comity_core::id::EntryNumber;
use comity_core::time::Moment;
use comity_runner::{EngineError, Evidence};
use comity_store::{CaseLog, Proofs, ProofsAsked, Report, proofs_path};
use serde_json::json;

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::files::{OWN, fill_new};
use crate::print::{Page, Tone};
use case::{Case, Told};
use notes::Notes;

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
        let notes = Notes::gathered(&args.checkpoint, args.key.as_deref(), &report)?;
        let proofs = proved(args, &case, &notes, &report)?;
        notes.keep(folder, &report)?;
        let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.zip", case.stem())));
        let files = files(&case, &notes, &proofs, desk.engine.now())?;
        let names: Vec<String> = files.keys().cloned().collect();
        fill_new(&out, OWN, |file| container::write(&files, file, &out))?;
        Ok(answer(&case, &notes, &proofs, &out, &names))
    })
}

/// The entries that are withheld, each of which must be there.
fn withheld(args: &BundleArgs, evidence: &Evidence) -> Result<BTreeSet<EntryNumber>, Failure> {
    let numbers = || evidence.entries.iter().map(|entry| entry.number);
    if args.redact {
        return Ok(numbers().collect());
    }
    let find = |number: &u32| {
        numbers().find(|known| known.get() == *number).ok_or_else(|| {
            let what = format!("there is no entry {number} in `{}`", args.reference);
            Failure::usage(what, format!("its entries have the numbers 1 to {}", evidence.entries.len()))
        })
    };
    args.withhold.iter().map(find).collect()
}

fn proved(args: &BundleArgs, case: &Case<'_>, notes: &Notes, report: &Report) -> Result<Proofs, Failure> {
    let texts = case.texts();
    let entries = case.evidence.entries.iter().chain(texts.iter().map(|text| &text.procedure.recorded));
    let asked = ProofsAsked {
        size: notes.newest().map_or(report.last.0, |note| note.says.size),
        entries: entries.map(|entry| entry.position).collect(),
        earlier: notes.earlier().map(|note| note.says.size).collect(),
    };
    let proofs = proofs_path(args.store.folder()?, &asked)?;
    notes.agree_with(&proofs)?;
    Ok(proofs)
}

fn files(
    case: &Case<'_>,
    notes: &Notes,
    proofs: &Proofs,
    now: Moment,
) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    let mut put = |name: &str, bytes: Vec<u8>| files.insert(name.to_owned(), bytes);
    put("case.html", pages::case(case, proofs, now)?.into_bytes());
    if let Some(file) = case.whole() {
        put("clocks.html", pages::clocks(file, now)?.into_bytes());
    }
    let texts = case.texts();
    for text in &texts {
        for (path, content) in &text.procedure.registered.files {
            put(&format!("{}/{path}", text.folder), content.clone().into_bytes());
        }
    }
    let beside: Vec<_> = texts.iter().map(|text| text.procedure.recorded.clone()).collect();
    let log = CaseLog {
        entries: &case.evidence.entries,
        withheld: case.withheld,
        beside: &beside,
        shows_a_migration: case.migrations().next().is_some(),
        proofs,
    };
    put("log.jsonl", log.lines());
    for (name, note) in notes.files() {
        put(&name, note.into_bytes());
    }
    put("FORMAT.md", texts::FORMAT.as_bytes().to_vec());
    put("README.txt", texts::readme(case, notes).into_bytes());
    put("CHECK.txt", texts::check(case, notes).into_bytes());
    let manifest = container::manifest(&files);
    files.insert("MANIFEST".to_owned(), manifest.into_bytes());
    Ok(files)
}

fn answer(case: &Case<'_>, notes: &Notes, proofs: &Proofs, out: &Path, names: &[String]) -> Answer {
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
        "files": names,
    });
    Answer::recorded(page, document, format!("the bundle is in {}", quoted(&shown)))
}
