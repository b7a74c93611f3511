//! `comity act`: records what happened, or says what recording it would change.

mod deed;
mod linked;

pub(crate) use deed::not_clear;
pub(crate) use linked::{behind_documents, linked_cases};

use clap::{ArgGroup, Args, ValueEnum};
use comity_core::Change;
use comity_core::entry::{ArrivedForm, Body, Deed, Proposal, standing};
use comity_core::id::{EntryNumber, Version};
use comity_core::name::Private;
use comity_core::time::When;
use comity_runner::{CaseFile, Expect, Outcome, Request, said};
use comity_sheet::change::ChangeDocument;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, counted, quoted};
use crate::failure::Failure;
use crate::print::{Page, Table, Tone, cell};

/// What happened.
#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["act", "document", "ground", "fact_only", "annul", "confirm"])))]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is there or not")]
pub(crate) struct ActArgs {
    /// The case
    reference: String,
    /// The act, as the procedure calls it
    act: Option<String>,
    /// A document arrived
    #[arg(long, value_name = "NAME")]
    document: Option<String>,
    /// In which form it arrived: original, certified-copy or copy [default: copy]
    #[arg(long, value_enum, requires = "document", hide_possible_values = true)]
    form: Option<Form>,
    /// The language of the translation that came with it, such as ko
    #[arg(long, requires = "document", value_name = "TAG")]
    language: Option<String>,
    /// A ground for refusal was considered
    #[arg(long, value_name = "NAME")]
    ground: Option<String>,
    /// The ground applies
    #[arg(long, requires = "ground", conflicts_with = "does_not_apply")]
    applies: bool,
    /// The ground does not apply
    #[arg(long, requires = "ground")]
    does_not_apply: bool,
    /// A fact became known, by itself
    #[arg(long, value_name = "NAME=VALUE")]
    fact_only: Option<String>,
    /// Strike out an entry that was a mistake
    #[arg(long, value_name = "ENTRY", requires = "reason", conflicts_with_all = ["correct", "by", "when", "fact"])]
    annul: Option<u32>,
    /// Confirm what another account proposed
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["correct", "by", "when", "fact", "propose"])]
    confirm: Option<u32>,
    /// Propose it, for another account to confirm: where the procedure says `four-eyes: required`
    #[arg(long)]
    propose: bool,
    /// Replace an entry that was a mistake by what is given here; with --when alone, by the same on another date
    #[arg(long, value_name = "ENTRY", requires = "reason")]
    correct: Option<u32>,
    /// Why an entry is struck out or replaced
    #[arg(long)]
    reason: Option<String>,
    /// The authority that acted; may be left out if only one may
    #[arg(long, value_name = "AUTHORITY")]
    by: Option<String>,
    /// When it took effect, as far as it is known: 2027-04-16 23:30, 2027-04-16, 2027-04 or 2027, in the zone of
    /// whoever acted [default: now]
    #[arg(long)]
    when: Option<String>,
    /// A fact given with the act
    #[arg(long, value_name = "NAME=VALUE")]
    fact: Vec<String>,
    /// A working note, recorded with it or alone
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Say what it would change, and record nothing
    #[arg(long)]
    preview: bool,
    /// Record only if the case is still at this version
    #[arg(long, value_name = "VERSION")]
    expect: Option<u32>,
    /// A name for this attempt: recording again under the same name adds nothing
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// The form in which a document arrived.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// The original
    Original,
    /// A certified copy
    CertifiedCopy,
    /// A copy without certification
    Copy,
}

impl From<Form> for ArrivedForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Original => Self::Original,
            Form::CertifiedCopy => Self::CertifiedCopy,
            Form::Copy => Self::Copy,
        }
    }
}

/// What is to be recorded in which case.
struct Attempt<'a> {
    args: &'a ActArgs,
    desk: &'a Desk,
    file: CaseFile,
    /// What it is, in a few words.
    label: String,
}

pub(crate) fn run(args: &ActArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let file = desk.case(&args.reference).await?;
        let undated = When::At(desk.engine.now());
        let bodies = bodies(args, &file, desk, undated)?;
        let late = later_deeds(&file, &bodies);
        let attempt = Attempt { args, desk, label: label(args, &bodies), file };
        let request = Request {
            expect: args.expect.map_or(Expect::Any, |version| Expect::Version(Version(version))),
            key: args.key.clone(),
            undated: Some(undated),
            ..Request::of(bodies, &desk.account)
        };
        if args.preview { attempt.preview(&request, late).await } else { attempt.record(request).await }
    })
}

/// The entries that are to be recorded together.
fn bodies(args: &ActArgs, file: &CaseFile, desk: &Desk, undated: When) -> Result<Vec<Body>, Failure> {
    let reason = || Private::new(args.reason.clone().unwrap_or_default());
    let mut bodies = Vec::new();
    if let Some(number) = args.confirm {
        bodies.push(Body::Confirmed { entry: entry(number)? });
    } else if let Some(number) = args.annul {
        bodies.push(Body::Annulled { entry: entry(number)?, reason: reason() });
    } else if let Some(number) = args.correct {
        let entry = entry(number)?;
        let deed = match deed::deed(args, file, undated)? {
            Some(deed) => deed,
            None => redated(args, file, entry)?,
        };
        bodies.push(Body::Corrected { entry, deed, reason: reason() });
    } else if let Some(deed) = deed::deed(args, file, undated)? {
        bodies.push(Body::Deed(deed));
    }
    if args.propose {
        bodies = bodies.into_iter().filter_map(Proposal::of).map(Body::Proposed).collect();
    }
    bodies.extend(args.note.iter().map(|note| Body::Note(Private::new(note.clone()))));
    if bodies.is_empty() {
        let next = format!(
            "comity case show {}{} lists what is possible now",
            quoted(&args.reference),
            desk.options
        );
        return Err(Failure::usage(
            "nothing is said to have happened: name an act, a document, a ground, a fact or a note",
            next,
        ));
    }
    Ok(bodies)
}

fn entry(number: u32) -> Result<EntryNumber, Failure> {
    let next = "entries are numbered from 1; comity case show lists them";
    EntryNumber::new(number).ok_or_else(|| Failure::usage("there is no entry 0", next))
}

/// The deed of an entry, with the date that is given.
fn redated(args: &ActArgs, file: &CaseFile, entry: EntryNumber) -> Result<Deed, Failure> {
    let Some(when) = &args.when else {
        return Err(Failure::usage(
            format!("entry {entry} is to be corrected, and nothing says to what"),
            "give the act, document, ground or fact as it should read, or --when for another date",
        ));
    };
    said::redated(&file.procedure, &file.entries, entry, when)
        .map_err(|unclear| not_clear(unclear, &file.procedure))
}

/// How many deeds that stand took effect later than what is to be recorded.
fn later_deeds(file: &CaseFile, bodies: &[Body]) -> usize {
    let new = bodies.iter().find_map(|body| if let Body::Deed(deed) = body { Some(deed) } else { None });
    let Some(new) = new else { return 0 };
    let zone = &file.procedure.home().zone;
    let from = |when: When| when.earliest(zone);
    standing(&file.entries).iter().filter(|(_, deed)| from(deed.when) > from(new.when)).count()
}

fn label(args: &ActArgs, bodies: &[Body]) -> String {
    match bodies.first() {
        Some(Body::Deed(deed)) => deed.what.label(),
        Some(Body::Annulled { entry, .. }) => format!("entry {entry} annulled"),
        Some(Body::Corrected { entry, deed, .. }) => {
            format!("entry {entry} corrected to {}, {}", deed.what.label(), deed.when)
        }
        Some(Body::Note(_)) => "note".to_owned(),
        Some(Body::Confirmed { entry }) => format!("entry {entry} confirmed"),
        Some(Body::Proposed(Proposal::Deed(deed))) => format!("proposed: {}", deed.what.label()),
        Some(Body::Proposed(Proposal::Annulled { entry, .. })) => format!("proposed: to annul entry {entry}"),
        Some(Body::Proposed(Proposal::Corrected { entry, deed, .. })) => {
            format!("proposed: to correct entry {entry} to {}, {}", deed.what.label(), deed.when)
        }
        Some(
            Body::Opened(_)
            | Body::Linked { .. }
            | Body::Noticed(_)
            | Body::Filed(_)
            | Body::ErasureProposed(_)
            | Body::Office(_)
            | Body::Warned(_)
            | Body::Migrated(_),
        )
        | None => args.reference.clone(),
    }
}

impl Attempt<'_> {
    async fn preview(&self, request: &Request, late: usize) -> Result<Answer, Failure> {
        let seen = self.desk.engine.preview(self.file.case, request).await?;
        let linked = seen.linked;
        let changes = seen.outcome.map_err(|rejection| self.refused(rejection))?;
        let mut page = Page::new();
        page.line(&[
            (Tone::Heed, "preview"),
            (Tone::Plain, "   "),
            (Tone::Name, &self.label),
            (
                Tone::Plain,
                &format!("  {} at version {}; nothing is recorded", self.args.reference, seen.version),
            ),
        ]);
        if late > 0 {
            page.wrapped(
                2,
                Tone::Heed,
                &format!("This happened before {} that took effect later.", counted(late, "act")),
            );
        }
        page.append(&changes_page(&changes));
        linked_cases(&mut page, &linked, self.desk);
        page.labelled(
            (Tone::Strong, "next"),
            0,
            &format!("the same without --preview, with --expect {}", seen.version),
        );
        let document = json!({
            "reference": self.args.reference,
            "outcome": "preview",
            "version": seen.version.0,
            "later": late,
            "changes": changes_documents(&changes),
            "linked": behind_documents(&linked),
        });
        Ok(Answer::fine(page, document))
    }

    async fn record(&self, request: Request) -> Result<Answer, Failure> {
        let entries = u32::try_from(request.bodies.len()).unwrap_or(u32::MAX);
        let receipt = match self.desk.engine.record(self.file.case, request).await? {
            Outcome::Recorded(receipt) => receipt,
            Outcome::Rejected(rejection) => return Err(self.refused(rejection)),
        };
        let is_new = receipt.version > self.file.version();
        let after = self.desk.engine.case(self.file.case).await?;
        // Only what this attempt recorded: somebody else may have recorded since the case was read.
        let seen = Version(receipt.version.0.saturating_sub(entries));
        let changes = if is_new { after.changes(seen, receipt.version) } else { Vec::new() };
        let mut page = Page::new();
        let word = if is_new { "recorded" } else { "recorded before, under the same key; nothing is added" };
        page.line(&[
            (Tone::Good, word),
            (Tone::Plain, "  "),
            (Tone::Name, &self.label),
            (Tone::Plain, &format!("  {} is at version {}", self.args.reference, after.version())),
        ]);
        page.append(&changes_page(&changes));
        // It is recorded, whatever becomes of this look: the queue tells it again.
        let linked = self.desk.engine.left_behind(&after, self.desk.engine.now()).await.unwrap_or_default();
        linked_cases(&mut page, &linked, self.desk);
        let document = json!({
            "reference": self.args.reference,
            "outcome": if is_new { "recorded" } else { "recorded-before" },
            "version": receipt.version.0,
            "position": receipt.position.0,
            "hash": receipt.hash.to_string(),
            "changes": changes_documents(&changes),
            "linked": behind_documents(&linked),
        });
        let done = format!("{word}: {} is at version {}", quoted(&self.args.reference), receipt.version);
        Ok(Answer::recorded(page, document, done))
    }

    fn refused(&self, rejection: comity_core::Rejection) -> Failure {
        let reference = quoted(&self.args.reference);
        let next = format!("comity case show {reference}{} lists what is possible now", self.desk.options);
        Failure::rejected(rejection, &self.file.procedure, next)
    }
}

/// What changed, as a table: tracks and limits one by one, acts in two lists.
fn changes_page(changes: &[Change]) -> Page {
    let mut table = Table::new().at_most(0, 34);
    let (mut opens, mut closes) = (Vec::new(), Vec::new());
    for change in changes {
        let (about, says) = match change {
            Change::Track { track, from, to } => (track.clone(), format!("{from} -> {to}")),
            Change::Clock { clock, from, to } => (clock.clone(), format!("{from} -> {to}")),
            Change::Owed { obligation } => ("owed".to_owned(), obligation.clone()),
            Change::NoLongerOwed { obligation } => ("no longer owed".to_owned(), obligation.clone()),
            Change::Opens { act } => {
                opens.push(act.as_str());
                continue;
            }
            Change::Closes { act, .. } => {
                closes.push(act.as_str());
                continue;
            }
        };
        table.row([cell(Tone::Name, about), cell(Tone::Plain, says)]);
    }
    for (about, acts) in [("now possible", opens), ("no longer possible", closes)] {
        if !acts.is_empty() {
            table.row([cell(Tone::Faint, about), cell(Tone::Plain, acts.join(", "))]);
        }
    }
    let mut page = Page::new();
    if table.is_empty() {
        page.wrapped(2, Tone::Faint, "Nothing else changes.");
    }
    page.table(2, &table);
    page
}

fn changes_documents(changes: &[Change]) -> Vec<ChangeDocument> {
    changes.iter().map(ChangeDocument::from).collect()
}

/// `did you mean …`, or the names that there are.
pub(crate) fn similar(name: &str, known: &[&str]) -> String {
    let alike = known.iter().map(|other| (strsim::jaro_winkler(name, other), *other));
    let nearest = alike.max_by(|one, other| one.0.total_cmp(&other.0)).filter(|(alike, _)| *alike > 0.8);
    match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("there is {}", known.join(", ")),
    }
}
