//! `comity case hold`, `resume`, `assign`, `review` and `note`: the work of an office on a case.

use clap::{ArgGroup, Args};
use comity_core::entry::{Body, Office};
use comity_core::id::Version;
use comity_core::name::{Name, Private};
use comity_core::office_standing;
use comity_core::time::Day;
use comity_runner::{Expect, Outcome, Request};
use comity_sheet::office::OfficeDocument;
use comity_sheet::words;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};
use crate::sheet::as_value;
use crate::sheet::office::office_rows;

/// What every one of these commands takes.
#[derive(Args)]
pub(crate) struct CommonArgs {
    /// Record only if the case is still at this version
    #[arg(long, value_name = "VERSION")]
    expect: Option<u32>,
    /// A name for this attempt: recording again under the same name adds nothing
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Which case is put on hold, and why.
#[derive(Args)]
pub(crate) struct HoldArgs {
    /// The reference of the case
    reference: String,
    /// Why it is put on hold; no limit stops for it
    #[arg(long)]
    reason: String,
    /// The day on which it must be looked at again, such as 2027-04-16, where the case is decided
    #[arg(long, value_name = "DAY")]
    until: Option<Day>,
    #[command(flatten)]
    common: CommonArgs,
}

/// Which case goes on.
#[derive(Args)]
pub(crate) struct ResumeArgs {
    /// The reference of the case
    reference: String,
    /// A working note, recorded with it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// Who has the case from now on.
#[derive(Args)]
#[command(group(ArgGroup::new("whom").required(true).multiple(true).args(["to", "desk", "nobody"])))]
pub(crate) struct AssignArgs {
    /// The reference of the case
    reference: String,
    /// The account that has it; an account, never a person's name
    #[arg(long, value_name = "ACCOUNT")]
    to: Option<String>,
    /// The desk that has it, such as extradition
    #[arg(long, value_name = "NAME")]
    desk: Option<Name>,
    /// Nobody has it any more
    #[arg(long, conflicts_with_all = ["to", "desk"])]
    nobody: bool,
    #[command(flatten)]
    common: CommonArgs,
}

/// When somebody looks at the case again.
#[derive(Args)]
#[command(group(ArgGroup::new("when").required(true).args(["by", "none"])))]
pub(crate) struct ReviewArgs {
    /// The reference of the case
    reference: String,
    /// The day, such as 2027-04-16, where the case is decided; it takes the place of an earlier one
    #[arg(long, value_name = "DAY", requires = "why")]
    by: Option<Day>,
    /// What is to be looked at
    #[arg(long, value_name = "TEXT", conflicts_with = "none")]
    why: Option<String>,
    /// Strike out the day that is set
    #[arg(long)]
    none: bool,
    #[command(flatten)]
    common: CommonArgs,
}

/// What is noted.
#[derive(Args)]
pub(crate) struct NoteArgs {
    /// The reference of the case
    reference: String,
    /// The note
    text: String,
    #[command(flatten)]
    common: CommonArgs,
}

pub(super) fn hold(args: &HoldArgs) -> Result<Answer, Failure> {
    let reason = Private::new(args.reason.clone());
    let held = Body::Office(Office::Held { reason, until: args.until });
    record(&args.reference, vec![held], &args.common)
}

pub(super) fn resume(args: &ResumeArgs) -> Result<Answer, Failure> {
    let note = args.note.iter().map(|note| Body::Note(Private::new(note.clone())));
    let bodies = std::iter::once(Body::Office(Office::Resumed)).chain(note).collect();
    record(&args.reference, bodies, &args.common)
}

pub(super) fn assign(args: &AssignArgs) -> Result<Answer, Failure> {
    let to = args.to.clone().map(Private::new);
    let assigned = Body::Office(Office::Assigned { to, desk: args.desk.clone() });
    record(&args.reference, vec![assigned], &args.common)
}

pub(super) fn review(args: &ReviewArgs) -> Result<Answer, Failure> {
    let review = match args.by {
        Some(by) => Office::ReviewBy { by, why: Private::new(args.why.clone().unwrap_or_default()) },
        None => Office::NoReview,
    };
    record(&args.reference, vec![Body::Office(review)], &args.common)
}

pub(super) fn note(args: &NoteArgs) -> Result<Answer, Failure> {
    record(&args.reference, vec![Body::Note(Private::new(args.text.clone()))], &args.common)
}

pub(super) fn record(reference: &str, bodies: Vec<Body>, args: &CommonArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let show = format!("comity case show {}{}", quoted(reference), desk.options);
        let file = desk.case(reference).await?;
        let says = bodies.first().map(|body| words::body(body, &file.procedure)).unwrap_or_default();
        let request = Request {
            expect: args.expect.map_or(Expect::Any, |version| Expect::Version(Version(version))),
            key: args.key.clone(),
            ..Request::of(bodies, &desk.account)
        };
        let receipt = match desk.engine.record(file.case, request).await? {
            Outcome::Recorded(receipt) => receipt,
            Outcome::Rejected(rejection) => return Err(Failure::rejected(rejection, &file.procedure, show)),
        };
        let is_new = receipt.version > file.version();
        let after = desk.engine.case(file.case).await?;
        let standing = office_standing(&after.entries);
        let view = after.view(comity_core::Asked::at(desk.engine.now()));
        let word = if is_new { "recorded" } else { "recorded before, under the same key; nothing is added" };
        let mut page = Page::new();
        page.line(&[
            (Tone::Good, word),
            (Tone::Plain, "  "),
            (Tone::Plain, &says),
            (Tone::Faint, &format!("  {reference} is at version {}", after.version())),
        ]);
        page.table(2, &office_rows(&standing, &view));
        page.labelled((Tone::Strong, "next"), 0, &show);
        let document = json!({
            "reference": reference,
            "outcome": if is_new { "recorded" } else { "recorded-before" },
            "version": receipt.version.0,
            "position": receipt.position.0,
            "hash": receipt.hash.to_string(),
            "office": as_value(&OfficeDocument::of(&standing, &view)),
        });
        let done = format!("{word}: {} is at version {}", quoted(reference), receipt.version);
        Ok(Answer::recorded(page, document, done))
    })
}
