//! Today: what must be done, the most pressing first, with whom we wait for and which cases are silent.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::{Asked, View, explain_run};
use comity_runner::{CaseFile, Group, QueueItem, QueueWhat, Whose};
use comity_sheet::words::left;
use serde::Deserialize;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::sign::Sign;
use super::words::{Markup, act_title, case_path, sentence, whole_sentence};
use crate::access::{Action, Principal, Role, What};
use crate::api::queue::{Pressing, pressing};
use crate::problem::Problem;

/// So many items of a group are shown, unless all are asked for.
const USUAL: usize = 50;
/// Of a case that waits, so many acts are named.
const ACTS: usize = 4;

/// Whose cases are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Of {
    /// Those of this account, and those that nobody has: what nobody has must be seen by somebody.
    #[default]
    Mine,
    Desk,
    Nobody,
    All,
}

/// What is asked of the page.
#[derive(Default, Deserialize)]
pub(crate) struct Asks {
    of: Option<Of>,
    /// The group of which all items are shown.
    all: Option<String>,
    /// Whether what is not yet due is shown too.
    #[serde(default)]
    later: bool,
}

#[derive(Template)]
#[template(path = "console/today.html")]
struct TodayPage {
    frame: Frame,
    views: Vec<Choice>,
    of: &'static str,
    groups: Vec<GroupPart>,
    /// How much is not due yet, by group, where that is not shown.
    folded: Vec<(String, usize)>,
    empty: Option<String>,
    nobodys: usize,
    shows_later: bool,
}

/// One of the ways to look at the page.
struct Choice {
    title: &'static str,
    path: String,
    is_here: bool,
}

struct GroupPart {
    sign: Sign,
    heading: &'static str,
    explains: &'static str,
    count: usize,
    items: Vec<ItemPart>,
    /// Where all of them are shown, if these are not all.
    more: Option<String>,
}

/// One thing to be done or waited for.
struct ItemPart {
    /// What, as the procedure says it.
    title: String,
    path: String,
    reference: String,
    case: String,
    case_path: String,
    /// Sentences about it, the weightiest first.
    says: Vec<Markup>,
    left: Option<String>,
    cite: Option<String>,
    why: Option<String>,
    /// Who has the case, where it is not the account that looks.
    owner: Option<String>,
    acts: Vec<ActPart>,
    more_acts: usize,
}

struct ActPart {
    title: String,
    by: String,
    path: String,
}

/// The page.
pub(crate) async fn page(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    let (desk, asks) = (&desk, &asks);
    desk.app.may(&desk.who, Action::List, What::default())?;
    let now = Asked::at(desk.app.now());
    let of = asks.of.unwrap_or_else(|| usual(&desk.who));
    let whose = if of == Of::Desk { desk_of(&desk.who)? } else { Whose::Everybodys };
    let all = pressing(&desk.app, &desk.who, &whose, now).await?;
    let wanted = |item: &&QueueItem| is_wanted(item, of, &desk.who);
    let items: Vec<&QueueItem> = all.items.iter().filter(wanted).collect();
    let mut looks = Looks { desk, now, pressing: &all, views: BTreeMap::new() };
    let (groups, folded) = looks.groups(&items, asks, of);
    let nobodys = count_nobodys(&all);
    let empty = groups.is_empty().then(|| nothing(&folded, nobodys, of));
    let mut frame = Frame::of(desk, "Today", Here::Today).await?;
    frame.listens = Some(String::new());
    frame::page(&TodayPage {
        frame,
        views: views(&desk.who, of),
        of: of.word(),
        groups,
        folded,
        empty,
        nobodys: if of == Of::Mine { nobodys } else { 0 },
        shows_later: asks.later,
    })
}

impl Of {
    const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Desk => "desk",
            Self::Nobody => "nobody",
            Self::All => "all",
        }
    }
}

/// Whoever leads or checks looks at everything; whoever works, at his own.
fn usual(who: &Principal) -> Of {
    if who.account.roles.contains(&Role::Officer) { Of::Mine } else { Of::All }
}

fn desk_of(who: &Principal) -> Result<Whose, Problem> {
    let desk = who.account.desk.as_deref().unwrap_or_default();
    Ok(Whose::Desk(crate::api::said::desk_name(desk)?))
}

fn is_wanted(item: &QueueItem, of: Of, who: &Principal) -> bool {
    let is_nobodys = item.assigned.is_none() && item.desk.is_none();
    match of {
        Of::All | Of::Desk => true,
        Of::Nobody => is_nobodys,
        Of::Mine => {
            let own = Private::new(who.name.clone());
            let of_desk = item.desk.as_ref().map(comity_core::name::Name::as_str);
            // What a desk has and none of its accounts, is everybody's at that desk.
            let of_own_desk =
                item.assigned.is_none() && of_desk.is_some() && of_desk == who.account.desk.as_deref();
            is_nobodys || item.assigned.as_ref() == Some(&own) || of_own_desk
        }
    }
}

fn count_nobodys(all: &Pressing) -> usize {
    let nobodys = all.items.iter().filter(|item| item.assigned.is_none() && item.desk.is_none());
    nobodys.map(|item| item.case).collect::<std::collections::BTreeSet<CaseId>>().len()
}

fn views(who: &Principal, of: Of) -> Vec<Choice> {
    let mut all = vec![(Of::Mine, "Mine and nobody’s")];
    if who.account.desk.is_some() {
        all.push((Of::Desk, "My desk’s"));
    }
    all.extend([(Of::Nobody, "Nobody’s"), (Of::All, "Everybody’s")]);
    let choice = |(one, title): (Of, &'static str)| Choice {
        title,
        path: format!("/?of={}", one.word()),
        is_here: one == of,
    };
    all.into_iter().map(choice).collect()
}

fn nothing(folded: &[(String, usize)], nobodys: usize, of: Of) -> String {
    let whom = if of == Of::Mine { " for you" } else { "" };
    let mut says = vec![format!("Nothing is due{whom} today.")];
    says.extend(folded.iter().map(|(word, count)| format!("{}.", of_group(word, *count))));
    says.extend(match nobodys {
        0 => None,
        1 => Some("1 case has no officer.".to_owned()),
        many => Some(format!("{many} cases have no officer.")),
    });
    if says.len() == 1 {
        says.push("A case appears here as soon as one is open.".to_owned());
    }
    says.join(" ")
}

fn of_group(word: &str, count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{count} {verb} {word}")
}

/// What officers read above a group, and what it means.
pub(crate) const fn heading(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::Unreadable => ("Cannot be read", "Nobody knows what is due in these. Tell the operator."),
        Group::CannotFollow => ("A linked case has changed", "Acts here stand in the way of following it."),
        Group::Uncountable => ("No last day", "The limit runs, and its end cannot be told yet."),
        Group::Owed => ("Owed now", "The law asks for these already."),
        Group::RanOut => ("Ran out", "The limit has passed, and what follows from it is still open."),
        Group::Today => ("Today and tomorrow", "The last day is today or tomorrow."),
        Group::Soon => ("In the next 7 days", "The last day is within a week."),
        Group::Warned => {
            ("A warning has come", "The last day is further off, and the procedure warns already.")
        }
        Group::Review => ("To be looked at", "The day that the office set has come."),
        Group::HoldEnds => ("The hold is to end", "The day that was set for the hold has come."),
        Group::Stranded => ("Nobody may act", "The case is not over, and no act is open."),
        Group::Silent => ("Silent", "No limit runs and no day is set: nobody would look at it again."),
        Group::Later => ("Not yet due", "A limit runs and ends later."),
        Group::Waiting => ("Waiting", "No limit runs; the office has set a day."),
    }
}

/// The items of the queue, looked at one by one. A case is folded once, however many items it has.
struct Looks<'l> {
    desk: &'l Desk,
    now: Asked,
    pressing: &'l Pressing,
    views: BTreeMap<CaseId, View>,
}

impl Looks<'_> {
    fn groups(
        &mut self,
        items: &[&QueueItem],
        asks: &Asks,
        of: Of,
    ) -> (Vec<GroupPart>, Vec<(String, usize)>) {
        let mut by_group: BTreeMap<Group, Vec<&QueueItem>> = BTreeMap::new();
        for item in items {
            by_group.entry(item.group).or_default().push(item);
        }
        let (mut groups, mut folded) = (Vec::new(), Vec::new());
        for (group, items) in by_group {
            let is_far = matches!(group, Group::Later | Group::Waiting);
            if is_far && !asks.later {
                folded.push((group.word().to_owned(), items.len()));
                continue;
            }
            let shows_all = asks.all.as_deref() == Some(group.word());
            let shown = if shows_all { items.len() } else { USUAL };
            let (heading, explains) = heading(group);
            let word = super::words::segment(group.word());
            let more = format!("/?of={}&all={word}&later={}", of.word(), asks.later);
            groups.push(GroupPart {
                sign: Sign::of(group),
                heading,
                explains,
                count: items.len(),
                items: items.iter().take(shown).map(|item| self.item(item)).collect(),
                more: (items.len() > shown).then_some(more),
            });
        }
        (groups, folded)
    }

    fn view(&mut self, case: CaseId) -> Option<(&CaseFile, &View)> {
        let file = self.pressing.files.get(&case)?;
        let view = self.views.entry(case).or_insert_with(|| file.view(self.now));
        Some((file, view))
    }

    fn item(&mut self, item: &QueueItem) -> ItemPart {
        let case_path = case_path(&item.reference);
        let (who, now) = (self.desk.who.name.clone(), self.now.at);
        let seen = self.view(item.case);
        let mut part = ItemPart {
            title: String::new(),
            path: case_path.clone(),
            reference: item.reference.clone(),
            case: item.title.reveal().to_owned(),
            case_path,
            says: Vec::new(),
            left: None,
            cite: None,
            why: None,
            owner: owner(item, &who),
            acts: Vec::new(),
            more_acts: 0,
        };
        part.fill(&item.what, seen, now);
        part
    }
}

fn owner(item: &QueueItem, who: &str) -> Option<String> {
    match (&item.assigned, &item.desk) {
        (Some(to), _) if to.reveal() == who => None,
        (Some(to), _) => Some(to.reveal().to_owned()),
        (None, Some(desk)) => Some(format!("desk {desk}")),
        (None, None) => Some("nobody has it".to_owned()),
    }
}

impl ItemPart {
    fn fill(&mut self, what: &QueueWhat, seen: Option<(&CaseFile, &View)>, now: Moment) {
        match what {
            QueueWhat::Limit { clock, title, ends, warned, basis } => {
                self.limit(clock, title, basis);
                self.counted(clock, ends, seen, now);
                self.says.extend(warned.iter().map(|warned| sentence(&format!("Warned {warned}."))));
            }
            QueueWhat::NoEnd { clock, because, basis } => {
                let title = seen.map(|(_, view)| super::words::clock_title(view.procedure(), clock));
                self.limit(clock, &title.unwrap_or_else(|| clock.clone()), basis);
                self.says.push(whole_sentence(because));
            }
            QueueWhat::RanOut { clock, title, ran_out, follows, basis } => {
                self.limit(clock, title, basis);
                self.says.push(sentence(ran_out).within("Ran out <strong>", "</strong>."));
                self.says.push(whole_sentence(follows));
            }
            QueueWhat::Owed { title, since, bearer, basis } => {
                self.title.clone_from(title);
                self.path = format!("{}/steps", self.case_path);
                self.cite = Some(basis.clone());
                self.says.push(sentence(&format!("Owed by {bearer} since {since}.")));
            }
            QueueWhat::MayAct { acts, next } => {
                "Somebody may act".clone_into(&mut self.title);
                self.says.extend(next.map(|day| sentence(&format!("Looked at again {}.", day.in_words()))));
                self.acts(acts, seen);
            }
            QueueWhat::Silent { since, is_held, acts } => {
                let held = if *is_held { " It is on hold without a day." } else { "" };
                "Set a day, or record the next step".clone_into(&mut self.title);
                self.path = format!("{}/record/review", self.case_path);
                self.says.push(sentence(&format!("Nothing recorded since {since}.{held}")));
                self.acts(acts, seen);
            }
            QueueWhat::Review { .. }
            | QueueWhat::HoldEnds { .. }
            | QueueWhat::NobodyMayAct
            | QueueWhat::Unreadable { .. }
            | QueueWhat::CannotFollow { .. } => self.of_the_office(what),
        }
    }

    fn of_the_office(&mut self, what: &QueueWhat) {
        let (title, says) = match what {
            QueueWhat::Review { by, why } => (why.reveal().to_owned(), format!("Set for {}.", by.in_words())),
            QueueWhat::HoldEnds { until, since, reason } => (
                "Look at the case again: the hold is to end".to_owned(),
                format!("On hold since {since}, until {}: {}", until.in_words(), reason.reveal()),
            ),
            QueueWhat::NobodyMayAct => ("Look at the case: nobody may act in it".to_owned(), String::new()),
            QueueWhat::Unreadable { because } => ("Tell the operator".to_owned(), because.clone()),
            QueueWhat::CannotFollow { because } => ("Follow the linked case".to_owned(), because.clone()),
            QueueWhat::Limit { .. }
            | QueueWhat::NoEnd { .. }
            | QueueWhat::RanOut { .. }
            | QueueWhat::Owed { .. }
            | QueueWhat::MayAct { .. }
            | QueueWhat::Silent { .. } => return,
        };
        self.title = title;
        self.says.extend((!says.is_empty()).then(|| whole_sentence(&says)));
    }

    fn limit(&mut self, clock: &str, title: &str, basis: &str) {
        title.clone_into(&mut self.title);
        let why = format!("{}/clocks/{}", self.case_path, super::words::segment(clock));
        self.path = format!("{}/steps", self.case_path);
        self.why = Some(why);
        self.cite = Some(basis.to_owned());
    }

    /// When a limit ends, how much is left of it, and what follows if it runs out.
    fn counted(&mut self, clock: &str, ends: &str, seen: Option<(&CaseFile, &View)>, now: Moment) {
        let found = seen.and_then(|(_, view)| Some((view, view.clock(clock)?)));
        let Some((view, clock)) = found else {
            self.says.push(sentence(ends).within("Ends <strong>", "</strong>."));
            return;
        };
        let Some(cycle) = clock.last() else { return };
        self.left = left(&cycle.end, clock.zone, now);
        let explained = explain_run(view, &clock, cycle);
        let last = match explained.last_day {
            Some(day) => sentence(&day.in_words())
                .within("Last day <strong>", "</strong>, to the end of the day (")
                .then(&sentence(&clock.zone.place()).within("", ").")),
            None => sentence(ends).within("Ends <strong>", "</strong>."),
        };
        self.says.push(last);
        let follows = explained.steps.into_iter().find(|step| step.about == "if it runs out");
        self.says.extend(follows.map(|step| sentence(&format!("If it runs out: {}.", step.says))));
    }

    fn acts(&mut self, acts: &[(String, String)], seen: Option<(&CaseFile, &View)>) {
        self.more_acts = acts.len().saturating_sub(ACTS);
        for (act, by) in acts.iter().take(ACTS) {
            let title = seen.map_or_else(|| act.clone(), |(_, view)| act_title(view.procedure(), act));
            let path = format!("{}/record/act?of={}", self.case_path, super::words::segment(act));
            self.acts.push(ActPart { title, by: by.clone(), path });
        }
    }
}
