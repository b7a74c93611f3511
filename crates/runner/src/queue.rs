//! The work queue: what is due, owed, waited for or silent, in one order for everybody.

use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::procedure::ExpiryEffect;
use comity_core::time::Moment;
use comity_core::{Asked, Cause, ClockView, End, Overdue, Owed, View};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::links::Behind;

/// How pressing an item is. The order is the order of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The case, or one it is linked to, cannot be read: nobody knows what is due in it.
    Unreadable,
    /// A linked case has changed, and acts here stand in the way of following it.
    CannotFollow,
    /// A limit cannot be computed, or nobody has named its end: nobody knows how pressing it is.
    Uncountable,
    /// Something is owed already: a limit ran out, or an act gave rise to it.
    Owed,
    /// A limit ran out, and what follows from it is still open.
    RanOut,
    /// A limit ends today or tomorrow.
    Today,
    /// A limit ends within seven days.
    Soon,
    /// A limit runs and ends later.
    Later,
    /// No limit runs, and somebody may act.
    Waiting,
    /// No limit runs and nobody may act, though the case is not over.
    Stranded,
}

/// One thing to be done or waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// How pressing it is.
    pub group: Group,
    /// When, where there is a moment: the first instant that is too late, or since when it is owed.
    pub at: Option<Moment>,
    /// The case.
    pub case: CaseId,
    /// Its reference.
    pub reference: String,
    /// Its title, which may name a person.
    pub title: Private,
    /// What it is.
    pub what: QueueWhat,
}

/// What an item of the queue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueWhat {
    /// A limit runs.
    Limit {
        /// The clock.
        clock: String,
        /// What must happen in time.
        title: String,
        /// The last moment in words, in the zone that counts.
        ends: String,
        /// The provision.
        basis: String,
    },
    /// A limit runs, and its end cannot be computed or has not been named.
    NoEnd {
        /// The clock.
        clock: String,
        /// Why.
        because: String,
        /// The provision.
        basis: String,
    },
    /// A limit ran out. It stays until a fact makes it untrue; see [`View::overdue`].
    RanOut {
        /// The clock.
        clock: String,
        /// What should have happened in time.
        title: String,
        /// When it ran out, in words, in the zone that counts.
        ran_out: String,
        /// What follows, in the engine's sentence.
        follows: String,
        /// The provision of the limit.
        basis: String,
    },
    /// Something is owed.
    Owed {
        /// What, starting with a verb.
        title: String,
        /// Since when, and what gave rise to it.
        since: String,
        /// Who owes it.
        bearer: String,
        /// The provision.
        basis: String,
    },
    /// Somebody may act.
    MayAct {
        /// The acts that are open, with who may do them.
        acts: Vec<(String, String)>,
    },
    /// Nobody may act.
    NobodyMayAct,
    /// The case, or one it is linked to, cannot be read.
    Unreadable {
        /// Why, and what to do.
        because: String,
    },
    /// A linked case has changed, and this one cannot follow.
    CannotFollow {
        /// Why, in the engine's sentence: the acts that must be annulled first.
        because: String,
    },
}

impl Engine {
    /// What is to be done in all open cases, the most pressing first, never descending, as known at the moment of the
    /// clock. Nothing is recorded.
    ///
    /// Every open case is on it at least once, and so is a case that cannot be read: it hides no other.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn queue(&self) -> Result<Vec<QueueItem>, EngineError> {
        self.queue_as_known(Asked::at(self.now())).await
    }

    /// The queue as it stood at one moment, by what was known at another.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn queue_as_known(&self, asked: Asked) -> Result<Vec<QueueItem>, EngineError> {
        let now = asked.at;
        let mut items = Vec::new();
        for case in self.cases().await? {
            let file = match self.case(case).await {
                Ok(file) => file.known_at(asked.known_at),
                Err(error) if error.is_of_one_case() => {
                    items.push(unreadable(case, case.to_string(), Private::default(), &error));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if file.entries.is_empty() {
                continue;
            }
            let behind = match self.behind(&file, now).await {
                Ok(behind) => behind,
                Err(error) if error.is_of_one_case() => {
                    let opening = &file.opening;
                    items.push(unreadable(case, opening.reference.clone(), opening.title.clone(), &error));
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
            items.extend(items_of(&file, &behind, asked));
        }
        items.sort_by(|one, other| {
            let key = |item: &QueueItem| (item.group, item.at.unwrap_or(Moment::MAX), item.reference.clone());
            key(one).cmp(&key(other))
        });
        Ok(items)
    }
}

fn unreadable(case: CaseId, reference: String, title: Private, error: &EngineError) -> QueueItem {
    let because = error.to_string();
    QueueItem {
        group: Group::Unreadable,
        at: None,
        case,
        reference,
        title,
        what: QueueWhat::Unreadable { because },
    }
}

/// The items of one case. A case that is not over has at least one.
fn items_of(file: &CaseFile, behind: &[Behind], asked: Asked) -> Vec<QueueItem> {
    let (view, now) = (file.view(asked), asked.at);
    let cannot_follow = |one: &Behind| {
        let because = format!("{one}: {}", one.refused.as_ref()?);
        Some((Group::CannotFollow, None, QueueWhat::CannotFollow { because }))
    };
    let mut items: Vec<Item> = behind.iter().filter_map(cannot_follow).collect();
    items.extend(owed(&view));
    items.extend(limits(&view, now));
    // What ran out may stay for years: who may act, or that nobody may, is told all the same.
    if items.is_empty() && !view.is_over() {
        items.push(waiting(&view));
    }
    items.extend(ran_out(&view));
    items
        .into_iter()
        .map(|(group, at, what)| QueueItem {
            group,
            at,
            case: file.case,
            reference: file.opening.reference.clone(),
            title: file.opening.title.clone(),
            what,
        })
        .collect()
}

type Item = (Group, Option<Moment>, QueueWhat);

fn owed(view: &View) -> Vec<Item> {
    let zone = &view.procedure().home().zone;
    view.obligations()
        .iter()
        .filter(|one| one.owed.met.is_none())
        .map(|one| {
            let what = QueueWhat::Owed {
                title: one.obligation.title.clone(),
                since: since(view, one.owed),
                bearer: one.bearer.1.title.clone(),
                basis: one.obligation.basis.to_string(),
            };
            (Group::Owed, Some(one.owed.since.earliest(zone)), what)
        })
        .collect()
}

/// Since when something is owed, and the limit or the entry that gave rise to it.
fn since(view: &View, owed: Owed) -> String {
    let clocks = view.clocks();
    let expired = match owed.cause {
        Cause::Expiry(id) => clocks.iter().find(|clock| clock.id == id),
        Cause::Opening | Cause::Entry(_) => None,
    };
    let zone = expired.map_or(&view.procedure().home().zone, |clock| clock.zone);
    let when = comity_core::when_in_words(owed.since, zone);
    match (expired, owed.cause) {
        (Some(clock), _) => format!("{when}: {} ran out", clock.name),
        (None, Cause::Entry(entry)) => format!("{when}: entry {entry}"),
        (None, Cause::Opening | Cause::Expiry(_)) => when,
    }
}

/// What ran out and is still open. Where an obligation arose, it stands for the limit among what is owed.
fn ran_out(view: &View) -> Vec<Item> {
    let overdue = view.overdue().into_iter().filter(|one| !one.is_owed || is_to_be_explained(one));
    overdue
        .map(|one| {
            let what = QueueWhat::RanOut {
                clock: one.clock.name.to_string(),
                title: one.clock.clock.title.clone(),
                ran_out: comity_core::moment_in_words(one.since, one.clock.zone),
                follows: one.follows,
                basis: one.clock.clock.basis.to_string(),
            };
            (Group::RanOut, Some(one.since), what)
        })
        .collect()
}

/// Whether what was limited is owed still, besides the explanation that is among what is owed.
fn is_to_be_explained(one: &Overdue<'_>) -> bool {
    one.clock.clock.on_expiry.effect == ExpiryEffect::MustExplain
}

fn limits(view: &View, now: Moment) -> Vec<Item> {
    let mut items = Vec::new();
    for clock in view.clocks() {
        let Some(cycle) = clock.last().filter(|cycle| cycle.status == comity_core::CycleStatus::Running)
        else {
            continue;
        };
        let (name, basis) = (clock.name.to_string(), clock.clock.basis.to_string());
        if let Some(ends) = cycle.end.moment() {
            let what = QueueWhat::Limit {
                clock: name,
                title: clock.clock.title.clone(),
                ends: comity_core::moment_in_words(ends, clock.zone),
                basis,
            };
            items.push((pressing(ends, &clock, now), Some(ends), what));
        } else {
            let because = match &cycle.end {
                End::CannotCount(why) => format!("We can't compute this last day: {why}"),
                End::NotNamed | End::Counted(_) | End::Named { .. } => {
                    "No last day: no authority has named it".to_owned()
                }
                End::Stopped { since } => {
                    format!(
                        "No last day: it stands still since {}",
                        comity_core::when_in_words(*since, clock.zone)
                    )
                }
                End::NoDayYet => "No last day: the day from which it is counted is not recorded".to_owned(),
                End::WaitsFor(_) => {
                    "No last day: the clock from whose last day it is counted has none now".to_owned()
                }
            };
            items.push((Group::Uncountable, None, QueueWhat::NoEnd { clock: name, because, basis }));
        }
    }
    items
}

/// How pressing a limit is, by the days of the place that counts.
fn pressing(ends: Moment, clock: &ClockView<'_>, now: Moment) -> Group {
    let today = clock.zone.day_at(now);
    let within = |days| today.plus_days(days).is_some_and(|day| ends <= clock.zone.end_of(day));
    if within(1) {
        Group::Today
    } else if within(7) {
        Group::Soon
    } else {
        Group::Later
    }
}

fn waiting(view: &View) -> Item {
    let acts: Vec<(String, String)> = view
        .acts()
        .iter()
        .filter(|act| act.is_open())
        .map(|act| {
            let by: Vec<String> = act.by.iter().map(|(_, authority)| authority.title.clone()).collect();
            (act.name.to_string(), by.join(" or "))
        })
        .collect();
    if acts.is_empty() {
        (Group::Stranded, None, QueueWhat::NobodyMayAct)
    } else {
        (Group::Waiting, None, QueueWhat::MayAct { acts })
    }
}

impl Group {
    /// What officers call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "cannot be read",
            Self::CannotFollow => "a linked case has changed",
            Self::Uncountable => "no last day",
            Self::Owed => "owed now",
            Self::RanOut => "ran out",
            Self::Today => "today and tomorrow",
            Self::Soon => "in the next 7 days",
            Self::Later => "not yet due",
            Self::Waiting => "waiting",
            Self::Stranded => "nobody may act",
        }
    }
}
