//! The work queue: what is due, owed, waited for or silent, in one order for everybody.

mod items;

use comity_core::id::CaseId;
use comity_core::name::{Name, Private};
use comity_core::time::{Day, Moment};
use comity_core::{Asked, OfficeStanding, office_standing};
use comity_store::Query;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::rows::account;
use items::items_of;

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
    /// A limit ends later, and a warning before its end has come.
    Warned,
    /// The day has come on which the office wants to look at the case again.
    Review,
    /// The day has come on which a hold is to end.
    HoldEnds,
    /// No limit runs and nobody may act, though the case is not over.
    Stranded,
    /// Somebody may act, and there is no day on which anybody would look at the case again.
    Silent,
    /// A limit runs and ends later.
    Later,
    /// No limit runs, somebody may act, and the office has set a day.
    Waiting,
}

/// Whose cases are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// All.
    #[default]
    Everybodys,
    /// Those that were given to an account.
    Account(Private),
    /// Those that were given to a desk.
    Desk(Name),
    /// Those that were given to nobody.
    Nobodys,
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
    /// The account that the case was given to.
    pub assigned: Option<Private>,
    /// The desk that the case was given to.
    pub desk: Option<Name>,
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
        /// The last warning that has come: how long before the end, and since when.
        warned: Option<String>,
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
    /// A limit ran out. It stays until a fact makes it untrue; see [`View::overdue`](comity_core::View::overdue).
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
        /// The next day that the office has set.
        next: Option<Day>,
    },
    /// There is no day on which anybody would look at the case again.
    Silent {
        /// When somebody last recorded something, in words.
        since: String,
        /// Whether it is on hold.
        is_held: bool,
        /// The acts that are open, with who may do them.
        acts: Vec<(String, String)>,
    },
    /// The day of a review has come.
    Review {
        /// The day.
        by: Day,
        /// What is to be looked at, which may name a person.
        why: Private,
    },
    /// The day on which a hold is to end has come.
    HoldEnds {
        /// The day.
        until: Day,
        /// Since when it is on hold, in words.
        since: String,
        /// Why, which may name a person.
        reason: Private,
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
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn queue(&self) -> Result<Vec<QueueItem>, EngineError> {
        self.queue_as_known(Asked::at(self.now())).await
    }

    /// The queue as it stood at one moment, by what was known at another.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn queue_as_known(&self, asked: Asked) -> Result<Vec<QueueItem>, EngineError> {
        self.queue_of(&Whose::Everybodys, asked).await
    }

    /// The same, of the cases of one account or desk, or of those that nobody has. A case that cannot be read is
    /// everybody's, for nobody can say whose it is.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn queue_of(&self, whose: &Whose, asked: Asked) -> Result<Vec<QueueItem>, EngineError> {
        let mut items = Vec::new();
        for case in self.candidates(whose, asked).await? {
            items.extend(self.items_of_one(case, whose, asked).await?);
        }
        items.sort_by(|one, other| {
            let key = |item: &QueueItem| (item.group, item.at.unwrap_or(Moment::MAX), item.reference.clone());
            key(one).cmp(&key(other))
        });
        Ok(items)
    }

    /// The cases that may be wanted: from the index, where it can know them.
    async fn candidates(&self, whose: &Whose, asked: Asked) -> Result<Vec<CaseId>, EngineError> {
        match whose {
            // The index tells of the present only.
            Whose::Account(name) if asked.known_at >= self.now() => {
                self.all(Query::AssignedTo(account(name.reveal()))).await
            }
            Whose::Everybodys | Whose::Account(_) | Whose::Desk(_) | Whose::Nobodys => self.cases().await,
        }
    }

    async fn items_of_one(
        &self,
        case: CaseId,
        whose: &Whose,
        asked: Asked,
    ) -> Result<Vec<QueueItem>, EngineError> {
        let file = match self.case(case).await {
            Ok(file) => file.known_at(asked.known_at),
            Err(error) if error.is_of_one_case() => {
                return Ok(vec![unreadable(case, case.to_string(), Private::default(), &error)]);
            }
            Err(error) => return Err(error),
        };
        if file.entries.is_empty() || !whose.is(&office_standing(&file.entries)) {
            return Ok(Vec::new());
        }
        let mut items = Vec::new();
        let behind = match self.behind(&file, asked.at).await {
            Ok(behind) => behind,
            Err(error) if error.is_of_one_case() => {
                let opening = &file.opening;
                items.push(unreadable(case, opening.reference.clone(), opening.title.clone(), &error));
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        items.extend(items_of(&file, &behind, asked));
        Ok(items)
    }
}

impl Whose {
    fn is(&self, standing: &OfficeStanding<'_>) -> bool {
        let assigned = standing.assigned;
        match self {
            Self::Everybodys => true,
            Self::Account(name) => assigned.and_then(|one| one.to) == Some(name),
            Self::Desk(desk) => assigned.and_then(|one| one.desk) == Some(desk),
            Self::Nobodys => assigned.is_none(),
        }
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
        assigned: None,
        desk: None,
        what: QueueWhat::Unreadable { because },
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
            Self::Warned => "a warning has come",
            Self::Review => "to be looked at",
            Self::HoldEnds => "the hold is to end",
            Self::Stranded => "nobody may act",
            Self::Silent => "silent",
            Self::Later => "not yet due",
            Self::Waiting => "waiting",
        }
    }
}
