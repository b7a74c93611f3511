//! `comity queue`: what is due, owed, waited for or silent.

use clap::Args;
use comity_core::Asked;
use comity_core::time::{Moment, Zone};
use comity_runner::{Group, QueueItem, QueueWhat};
use comity_sheet::queue::ItemDocument;
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
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &QueueArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let now = desk.engine.now();
        let known_at = args.known_at.unwrap_or(now);
        let items = desk.engine.queue_as_known(Asked { at: now, known_at }).await?;
        let page = page(desk, now, &items);
        let document = json!({
            "now": now.to_string(),
            "known_at": known_at.to_string(),
            "items": items.iter().map(ItemDocument::from).collect::<Vec<_>>(),
        });
        Ok(Answer::fine(page, document))
    })
}

fn page(desk: &Desk, now: Moment, items: &[QueueItem]) -> Page {
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
        page.wrapped(
            0,
            Tone::Plain,
            "Nothing is due, owed or waited for: every case is over, or none is open.",
        );
        page.labelled((Tone::Strong, "next"), 0, &format!("comity case list{}", desk.options));
    }
    page
}

fn group(page: &mut Page, group: Group, items: &[QueueItem]) {
    page.heading(&format!("{} ({})", title(group), items.len()));
    let mut table = Table::new().at_most(0, 40);
    for item in items {
        let case = cell(Tone::Strong, &item.reference).and(Tone::Faint, item.title.reveal());
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
        Group::Soon => "▲",
        Group::Later => "+",
        Group::Waiting => "○",
        Group::Stranded => "?",
    };
    let word = group.word();
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{mark} {first}{}", letters.as_str())
}

fn what(group: Group, what: &QueueWhat) -> Cell {
    let pressing = if group == Group::Later { Tone::Plain } else { Tone::Heed };
    match what {
        QueueWhat::Limit { clock, title, ends, basis } => {
            cell(pressing, format!("{title}: runs out {ends}")).and(Tone::Faint, format!("{clock} ({basis})"))
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
        QueueWhat::MayAct { acts } => {
            let named = acts.iter().take(ACTS_NAMED).map(|(act, by)| format!("{act} – {by}"));
            let named = named.fold(Cell::default(), |cell, act| cell.and(Tone::Plain, act));
            match acts.len().saturating_sub(ACTS_NAMED) {
                0 => named,
                more => named.and(Tone::Faint, format!("and {}", counted(more, "more act"))),
            }
        }
        QueueWhat::NobodyMayAct => {
            cell(Tone::Bad, "Nobody may act, no limit runs, and the case is not over.")
        }
        QueueWhat::CannotFollow { because } | QueueWhat::Unreadable { because } => cell(Tone::Bad, because),
    }
}
