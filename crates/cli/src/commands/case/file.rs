//! `comity case file` and `comity case fetch`: files beside a case.

use std::path::PathBuf;

use clap::Args;
use comity_core::id::EntryNumber;
use comity_core::name::Private;
use comity_runner::{EngineError, Expect, FileOutcome, NewFile};
use comity_store::USUAL_LIMIT;
use serde_json::json;
use tokio::fs::File;

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};

/// The file, and where it belongs.
#[derive(Args)]
pub(crate) struct FileArgs {
    /// The reference of the case
    reference: String,
    /// The file
    path: PathBuf,
    /// The entry that it belongs to, such as the arrival of the document
    #[arg(long, value_name = "ENTRY")]
    entry: Option<u32>,
    /// What it is called [default: the name of the file]
    #[arg(long)]
    name: Option<String>,
    /// What kind of file it is, such as application/pdf
    #[arg(long, default_value = "application/octet-stream", value_name = "TYPE")]
    media: String,
    /// The most bytes that are taken
    #[arg(long, default_value_t = USUAL_LIMIT, value_name = "BYTES")]
    limit: u64,
    #[command(flatten)]
    store: StoreArgs,
}

/// Which file is wanted.
#[derive(Args)]
pub(crate) struct FetchArgs {
    /// The reference of the case
    reference: String,
    /// The entry that files it
    entry: u32,
    /// Where it is to be written; nothing may be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn file(args: &FileArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let show = format!("comity case show {}{}", quoted(&args.reference), desk.options);
        let case = desk.case(&args.reference).await?;
        let source = File::open(&args.path).await;
        let source = source.map_err(|source| Failure::File { path: args.path.clone(), source })?;
        let named = args.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let new = NewFile {
            entry: args.entry.map(|entry| number(entry, &show)).transpose()?,
            name: Private::new(args.name.clone().or(named).unwrap_or_default()),
            media: args.media.clone(),
            expect: Expect::Any,
        };
        let files = desk.files()?.limited_to(args.limit);
        match desk.engine.file(&files, case.case, new, source, &desk.account).await? {
            FileOutcome::Rejected(rejection) => Err(Failure::rejected(rejection, &case.procedure, show)),
            FileOutcome::Filed { receipt, filed } => {
                let entry = receipt.version.0;
                let mut page = Page::new();
                let says = format!("  as entry {entry}, {} bytes, SHA-256 {}", filed.size, filed.content);
                page.line(&[(Tone::Good, "filed"), (Tone::Plain, &says)]);
                let fetch = format!(
                    "comity case fetch {} {entry} --out FILE{}",
                    quoted(&args.reference),
                    desk.options
                );
                page.labelled((Tone::Strong, "read"), 0, &fetch);
                let document = json!({
                    "entry": entry,
                    "size": filed.size,
                    "content": filed.content.to_string(),
                    "kept": filed.kept.to_string(),
                });
                Ok(Answer::recorded(page, document, format!("the file is entry {entry}")))
            }
        }
    })
}

pub(super) fn fetch(args: &FetchArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let show = format!("comity case show {}{}", quoted(&args.reference), desk.options);
        let case = desk.case(&args.reference).await?;
        let mut options = File::options();
        let sink = options.write(true).create_new(true).mode(0o600).open(&args.out).await;
        let sink = sink.map_err(|source| Failure::File { path: args.out.clone(), source })?;
        let entry = number(args.entry, &show)?;
        let read = desk.engine.read_file(&desk.files()?, &case, entry, sink).await;
        let filed = match read {
            Ok(filed) => filed,
            Err(error) => {
                // Nobody is to take a part for the whole.
                let _ = tokio::fs::remove_file(&args.out).await;
                return Err(if matches!(error, EngineError::NoSuchFile { .. }) {
                    Failure::usage(format!("entry {entry} files nothing"), show)
                } else {
                    error.into()
                });
            }
        };
        let mut page = Page::new();
        let says = format!("  {} bytes, SHA-256 {}, as the record says", filed.size, filed.content);
        page.line(&[(Tone::Good, "written"), (Tone::Plain, &says)]);
        let document = json!({
            "file": args.out.display().to_string(),
            "name": filed.name.reveal(),
            "media": filed.media,
            "size": filed.size,
            "content": filed.content.to_string(),
        });
        Ok(Answer::fine(page, document))
    })
}

fn number(entry: u32, show: &str) -> Result<EntryNumber, Failure> {
    EntryNumber::new(entry).ok_or_else(|| Failure::usage("entries are counted from 1", show))
}
