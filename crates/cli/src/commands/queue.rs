//! `comity queue`: what is due, owed, waited for or silent.

use clap::Args;
use comity_core::Asked;
use comity_core::name::{Name, Private};
use comity_core::time::{Moment, Zone};
use comity_runner::{Group, QueueItem, QueueWhat, Whose};
use comity_sheet::queue::ItemDocument;
use comity_sheet::words::whose as whose_case;
use serde_json::json;

use crate::answer::Answer;
use crate::context::{Desk, StoreArgs, at_desk, counted};
use crate::failure::Failure;
use crate::print::{Cell, Page, Table, Tone, cell};

/// How many acts of a case that waits are named.
const ACTS_NAMED: usize = 3;

/// Which store.
#[derive(Args)]
pub(crate) struct QueueArgs {
    /// What was known: entries recorded later are left out [default: everything up to now]
    #[arg(long, value_name = "RFC3339")]
    known_at: Option<Moment>,
    /// Only cases that were given to this account
    #[arg(long, value_name = "ACCOUNT")]
    assigned: Option<String>,
    /// Only cases that were given to this desk
    #[arg(long, value_name = "NAME", conflicts_with = "assigned")]
    desk: Option<Name>,
    /// Only cases that were given to nobody
    #[arg(long, conflicts_with_all = ["assigned", "desk"])]
    unassigned: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &QueueArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let now = desk.engine.now();
        let known_at = args.known_at.unwrap_or(now);
        let whose = args.whose();
        let items = desk.engine.queue_of(&whose, Asked { at: now, known_at }).await?;
        let page = page(desk, now, &items, &whose);
        let document = json!({
            "now": now.to_string(),
            "known_at": known_at.to_string(),
            "items": items.iter().map(ItemDocument::from).collect::<Vec<_>>(),
        });
        Ok(Answer::fine(page, document))
    })
}

impl QueueArgs {
    fn whose(&self) -> Whose {
        match (&self.assigned, &self.desk) {
            (Some(account), _) => Whose::Account(Private::new(account.clone())),
            (None, Some(desk)) => Whose::Desk(desk.clone()),
            (None, None) if self.unassigned => Whose::Nobodys,
            (None, None) => Whose::Everybodys,
        }
    }
}

fn page(desk: &Desk, now: Moment, items: &[QueueItem], whose: &Whose) -> Page {
    let mut page = Page::new();
    page.line(&[
        (Tone::Strong, "Today"),
        (Tone::Plain, &format!("  {}", comity_core::moment_in_words(now, &Zone::utc()))),
        (Tone::Faint, &format!("  {}", counted(items.len(), "item"))),
    ]);
    let mut rest = items;
    while let Some(first) = rest.first() {
        let (same, later) = rest.split_at(rest.iter().take_while(|item| item.group == first.group).count());
        group(&mut page, first.group, same);
        rest = later;
    }
    if items.is_empty() {
        page.blank();
        let says = match whose {
            Whose::Everybodys => "Nothing is due, owed or waited for: every case is over, or none is open.",
            Whose::Account(_) => "Nothing is due, owed or waited for in any case of this account.",
            Whose::Desk(_) => "Nothing is due, owed or waited for in any case of this desk.",
            Whose::Nobodys => "Nothing is due, owed or waited for in a case that nobody has.",
        };
        page.wrapped(0, Tone::Plain, says);
        let list = if *whose == Whose::Everybodys { "case list" } else { "queue" };
        page.labelled((Tone::Strong, "next"), 0, &format!("comity {list}{}", desk.options));
    }
    page
}

fn group(page: &mut Page, group: Group, items: &[QueueItem]) {
    page.heading(&format!("{} ({})", title(group), items.len()));
    let mut table = Table::new().at_most(0, 40);
    for item in items {
        let case = cell(Tone::Strong, &item.reference).and(Tone::Faint, item.title.reveal());
        let case = match (&item.assigned, &item.desk) {
            (None, None) => case,
            (to, desk) => case.and(Tone::Faint, whose_case(to.as_ref(), desk.as_ref())),
        };
        table.row([case, what(group, &item.what)]);
    }
    page.table(2, &table);
}

/// The heading of a group, with a mark that tells how pressing it is without colour.
fn title(group: Group) -> String {
    let mark = match group {
        Group::Unreadable | Group::CannotFollow | Group::Uncountable => "!",
        Group::Owed | Group::RanOut => "■",
        Group::Today => "◆",
        Group::Soon | Group::Warned => "▲",
        Group::Review | Group::HoldEnds => "◇",
        Group::Stranded => "?",
        Group::Silent => "○",
        Group::Later => "+",
        Group::Waiting => "·",
    };
    let word = group.word();
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{mark} {first}{}", letters.as_str())
}

fn what(group: Group, what: &QueueWhat) -> Cell {
    let pressing = if group == Group::Later { Tone::Plain } else { Tone::Heed };
    match what {
        QueueWhat::Limit { clock, title, ends, warned, basis } => {
            let limit = cell(pressing, format!("{title}: runs out {ends}"));
            let warned = warned.iter().map(|warned| format!("warning: {warned}"));
            let limit = warned.fold(limit, |cell, warned| cell.and(Tone::Heed, warned));
            limit.and(Tone::Faint, format!("{clock} ({basis})"))
        }
        QueueWhat::NoEnd { clock, because, basis } => {
            cell(Tone::Bad, because).and(Tone::Faint, format!("{clock} ({basis})"))
        }
        QueueWhat::RanOut { clock, title, ran_out, follows, basis } => {
            cell(Tone::Bad, format!("{title}: ran out {ran_out}"))
                .and(Tone::Plain, follows)
                .and(Tone::Faint, format!("{clock} ({basis})"))
        }
        QueueWhat::Owed { title, since, bearer, basis } => cell(Tone::Bad, title)
            .and(Tone::Plain, format!("{bearer} ({basis})"))
            .and(Tone::Faint, format!("since {since}")),
        QueueWhat::MayAct { acts, next } => {
            let next =
                next.map_or_else(Cell::default, |day| cell(Tone::Plain, format!("until {}", day.in_words())));
            may_act(next, acts)
        }
        QueueWhat::Silent { since, is_held, acts } => {
            let says = if *is_held { "On hold, and no day is set" } else { "Nothing is planned" };
            may_act(cell(Tone::Heed, format!("{says}; nobody has recorded anything since {since}.")), acts)
        }
        QueueWhat::Review { by, why } => {
            cell(Tone::Heed, why.reveal()).and(Tone::Faint, format!("the day was set for {}", by.in_words()))
        }
        QueueWhat::HoldEnds { until, since, reason } => cell(Tone::Heed, reason.reveal())
            .and(Tone::Faint, format!("on hold since {since}, until {}", until.in_words())),
        QueueWhat::NobodyMayAct => {
            cell(Tone::Bad, "Nobody may act, no limit runs, and the case is not over.")
        }
        QueueWhat::CannotFollow { because } | QueueWhat::Unreadable { because } => cell(Tone::Bad, because),
    }
}

/// The first acts that are open, and how many more.
fn may_act(cell: Cell, acts: &[(String, String)]) -> Cell {
    let named = acts.iter().take(ACTS_NAMED).map(|(act, by)| format!("{act} – {by}"));
    let named = named.fold(cell, |cell, act| cell.and(Tone::Plain, act));
    match acts.len().saturating_sub(ACTS_NAMED) {
        0 => named,
        more => named.and(Tone::Faint, format!("and {}", counted(more, "more act"))),
    }
}
