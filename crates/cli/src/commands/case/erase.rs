//! `comity case erase`: one proposes, another confirms, and the content of a case is gone.

use clap::Args;
use comity_core::Asked;
use comity_core::entry::{Body, ErasureProposed};
use comity_core::id::EntryNumber;
use comity_runner::{EngineError, Erased, Outcome, Request, filed, may_be_left};
use comity_store::Hash;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// What is to be erased, and why.
#[derive(Args)]
pub(crate) struct EraseArgs {
    /// The reference of the case
    reference: String,
    /// Who ordered it: a court, a data protection authority; stays readable, so it must not tell of the person
    #[arg(long, required_unless_present = "confirm", conflicts_with = "confirm", requires = "reason")]
    authority: Option<String>,
    /// Why, with the provision; stays readable, so it must not tell of the person
    #[arg(long, conflicts_with = "confirm", requires = "authority")]
    reason: Option<String>,
    /// Confirm the proposal that stands in this entry, under another account than the one that proposed it
    #[arg(long, value_name = "ENTRY")]
    confirm: Option<u32>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &EraseArgs) -> Result<Answer, Failure> {
    args.store.folder()?;
    at_desk(&args.store, async |desk| match args.confirm {
        None => propose(args, desk).await,
        Some(entry) => confirm(args, desk, entry).await,
    })
}

async fn propose(args: &EraseArgs, desk: &Desk) -> Result<Answer, Failure> {
    let file = desk.case(&args.reference).await?;
    if let Err(refusal) = may_be_left(&file, Asked::at(desk.engine.now())) {
        let next = format!("comity case show {}{}", quoted(&args.reference), desk.options);
        return Err(Failure::Erase { refusal, next });
    }
    let proposed = ErasureProposed {
        authority: args.authority.clone().unwrap_or_default(),
        reason: args.reason.clone().unwrap_or_default(),
    };
    let request = Request::of(vec![Body::ErasureProposed(proposed)], &desk.account);
    let entry = match desk.engine.record(file.case, request).await? {
        Outcome::Recorded(receipt) => receipt.version.0,
        Outcome::Rejected(rejection) => {
            return Err(Failure::rejected(rejection, &file.procedure, String::new()));
        }
    };
    let mut page = Page::new();
    page.line(&[
        (Tone::Good, "proposed"),
        (Tone::Plain, &format!("  in entry {entry}; nothing is erased yet")),
    ]);
    let next = format!(
        "under another account: comity case erase {} --confirm {entry}{}",
        quoted(&args.reference),
        desk.options
    );
    page.labelled((Tone::Strong, "next"), 0, &next);
    let document = json!({ "reference": args.reference, "entry": entry });
    Ok(Answer::recorded(page, document, format!("the proposal is entry {entry}")))
}

async fn confirm(args: &EraseArgs, desk: &Desk, entry: u32) -> Result<Answer, Failure> {
    let show = format!("comity case show {}{}", quoted(&args.reference), desk.options);
    let file = desk.case(&args.reference).await?;
    let number =
        EntryNumber::new(entry).ok_or_else(|| Failure::usage("entries are counted from 1", show.clone()))?;
    let files: Vec<Hash> = filed(&file).iter().map(|(_, filed)| Hash(filed.kept.0)).collect();
    match desk.engine.erase(file.case, number, &desk.account).await? {
        Erased::Refused(refusal) => Err(Failure::Erase { refusal, next: show }),
        Erased::Done(receipt) => {
            let mut page = Page::new();
            let entries = receipt.version.0.saturating_sub(1);
            // Their keys are gone already; what is left tells nobody anything.
            for kept in &files {
                desk.files()?.remove(*kept).await.map_err(EngineError::File)?;
            }
            let done =
                format!("  {entries} entries; they stand in the record, and nobody can read them again");
            page.line(&[(Tone::Heed, "erased"), (Tone::Plain, &done)]);
            page.labelled(
                (Tone::Strong, "next"),
                0,
                "comity keys rotate, and destroy the old master key: old backups hold the key of the case still",
            );
            let document =
                json!({ "reference": args.reference, "entries": entries, "hash": receipt.hash.to_string() });
            Ok(Answer::recorded(page, document, "the content of the case is erased".to_owned()))
        }
    }
}
