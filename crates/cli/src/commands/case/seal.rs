//! `comity case seal`, `unseal` and `readings`: cases that only some may see.
//!
//! A seal is for whoever works over the API. Who has the store and its keys on this machine reads everything, so these
//! commands are the way back when nobody is left whom a seal admits.

use clap::{ArgGroup, Args};
use comity_core::entry::{Body, Office};
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_sheet::words::date;
use serde_json::json;

use super::office::{CommonArgs, record};
use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// Who alone sees the case.
#[derive(Args)]
#[command(group(ArgGroup::new("whom").required(true).multiple(true).args(["to", "desk"])))]
pub(crate) struct SealArgs {
    /// The reference of the case
    reference: String,
    /// An account that sees it; an account, never a person's name
    #[arg(long, value_name = "ACCOUNT")]
    to: Vec<String>,
    /// A desk whose accounts see it
    #[arg(long, value_name = "NAME")]
    desk: Vec<Name>,
    /// Why it is sealed
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    common: CommonArgs,
}

/// Which seal is lifted.
#[derive(Args)]
pub(crate) struct UnsealArgs {
    /// The reference of the case
    reference: String,
    /// Why it is lifted
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    common: CommonArgs,
}

/// Of which case.
#[derive(Args)]
pub(crate) struct ReadingsArgs {
    /// The reference of the case
    reference: String,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn seal(args: &SealArgs) -> Result<Answer, Failure> {
    let sealed = Office::Sealed {
        accounts: args.to.iter().cloned().map(Private::new).collect(),
        desks: args.desk.clone(),
        reason: Private::new(args.reason.clone()),
    };
    record(&args.reference, vec![Body::Office(sealed)], &args.common)
}

pub(super) fn unseal(args: &UnsealArgs) -> Result<Answer, Failure> {
    let lifted = Office::Unsealed { reason: Private::new(args.reason.clone()) };
    record(&args.reference, vec![Body::Office(lifted)], &args.common)
}

pub(super) fn readings(args: &ReadingsArgs) -> Result<Answer, Failure> {
    // Who may know this over the line asks GET /v1/cases/{reference}/readings: it is no part of the case.
    args.store.folder()?;
    at_desk(&args.store, async |desk| {
        let file = desk.case(&args.reference).await?;
        let readings = desk.engine.readings(file.case).await?;
        let zone = &file.procedure.home().zone;
        let mut page = Page::new();
        let mut table = Table::new();
        for one in &readings {
            table.row([
                cell(Tone::Plain, date(When::At(one.at), zone)),
                cell(Tone::Strong, one.by.reveal()),
                cell(Tone::Plain, &one.what),
            ]);
        }
        if readings.is_empty() {
            let says = format!("Nobody read {} while it was sealed.", quoted(&args.reference));
            page.wrapped(0, Tone::Plain, &says);
        } else {
            page.table(0, &table);
        }
        let list: Vec<_> = readings
            .iter()
            .map(|one| json!({ "at": one.at.to_string(), "by": one.by.reveal(), "what": one.what }))
            .collect();
        Ok(Answer::fine(page, json!({ "reference": args.reference, "readings": list })))
    })
}
