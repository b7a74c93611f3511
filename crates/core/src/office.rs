//! How the office stands on a case: who has it, whether it is on hold, when somebody looks at it again.
//!
//! None of it is law. A hold stops no clock, and a day that the office sets is no limit; so the fold does not know this
//! page, and this page asks the fold for one thing only: whether the case is over.

use crate::entry::{Body, Entry, Office, What};
use crate::fold::Asked;
use crate::id::EntryNumber;
use crate::migration::Under;
use crate::name::{Name, Private};
use crate::rejection::Rejection;
use crate::time::{Day, Moment};
use crate::view::{View, fold};

/// How the office stands on a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfficeStanding<'e> {
    /// The hold, if it is on hold.
    pub hold: Option<Hold<'e>>,
    /// Who has it, if anybody does.
    pub assigned: Option<Assigned<'e>>,
    /// When it is looked at again, if a day is set.
    pub review: Option<Review<'e>>,
    /// Who alone may see it, if it is sealed.
    pub seal: Option<Seal<'e>>,
    /// When somebody last recorded something in it. What the engine records by itself is not counted.
    pub touched: Option<Moment>,
}

/// A hold that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold<'e> {
    /// The entry by which it was put on hold.
    pub entry: EntryNumber,
    /// When that was recorded.
    pub since: Moment,
    /// Why.
    pub reason: &'e Private,
    /// The day on which it must be looked at again, in the days of the deciding side.
    pub until: Option<Day>,
}

/// Who has a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned<'e> {
    /// The entry by which it was given to them.
    pub entry: EntryNumber,
    /// When that was recorded.
    pub since: Moment,
    /// The account.
    pub to: Option<&'e Private>,
    /// The desk.
    pub desk: Option<&'e Name>,
}

/// A day on which a case is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review<'e> {
    /// The entry that set it.
    pub entry: EntryNumber,
    /// The day, in the days of the deciding side.
    pub by: Day,
    /// What is to be looked at.
    pub why: &'e Private,
}

/// A case that only some may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal<'e> {
    /// The entry by which it was sealed as it is now.
    pub entry: EntryNumber,
    /// When that was recorded.
    pub since: Moment,
    /// The accounts that may see it.
    pub accounts: &'e [Private],
    /// The desks whose accounts may.
    pub desks: &'e [Name],
    /// Why.
    pub reason: &'e Private,
}

impl Seal<'_> {
    /// Whether an account of a desk may see the case.
    #[must_use]
    pub fn admits(&self, account: &str, desk: Option<&str>) -> bool {
        let of_desk = |name: &Name| desk == Some(name.as_str());
        self.accounts.iter().any(|named| named.reveal() == account) || self.desks.iter().any(of_desk)
    }
}

/// How the office stands on the case of these entries.
#[must_use]
pub fn office_standing(entries: &[Entry]) -> OfficeStanding<'_> {
    let mut standing = OfficeStanding::default();
    for entry in entries {
        if is_by_somebody(&entry.body) {
            standing.touched = Some(entry.recorded_at);
        }
        if let Body::Office(office) = &entry.body {
            standing.take(entry, office);
        }
    }
    standing
}

impl<'e> OfficeStanding<'e> {
    fn take(&mut self, entry: &'e Entry, office: &'e Office) {
        let (number, since) = (entry.number, entry.recorded_at);
        match office {
            Office::Held { reason, until } => {
                self.hold = Some(Hold { entry: number, since, reason, until: *until });
            }
            Office::Resumed => self.hold = None,
            Office::Assigned { to: None, desk: None } => self.assigned = None,
            Office::Assigned { to, desk } => {
                let (to, desk) = (to.as_ref(), desk.as_ref());
                self.assigned = Some(Assigned { entry: number, since, to, desk });
            }
            Office::ReviewBy { by, why } => self.review = Some(Review { entry: number, by: *by, why }),
            Office::NoReview => self.review = None,
            Office::Sealed { accounts, desks, reason } => {
                self.seal = Some(Seal { entry: number, since, accounts, desks, reason });
            }
            Office::Unsealed { .. } => self.seal = None,
        }
    }

    /// The first day that the office set: of the review or of the end of the hold.
    #[must_use]
    pub fn next_day(&self) -> Option<Day> {
        let until = self.hold.and_then(|hold| hold.until);
        until.into_iter().chain(self.review.map(|review| review.by)).min()
    }

    /// Whether the case is *silent*: it is not over, and there is no day on which anybody would look at it again. No
    /// limit with an end runs, nothing is owed, and the office has set no day.
    #[must_use]
    pub fn is_silent(&self, view: &View) -> bool {
        let is_owed = || view.obligations().iter().any(|one| one.owed.met.is_none());
        !view.is_over() && self.next_day().is_none() && view.due().is_empty() && !is_owed()
    }
}

/// Whether a person recorded it: what the engine records by itself says nothing of whether anybody looked.
fn is_by_somebody(body: &Body) -> bool {
    match body {
        Body::Deed(deed) => !matches!(deed.what, What::Learned { .. }),
        Body::Noticed(_) | Body::Warned(_) => false,
        Body::Proposed(_)
        | Body::Confirmed { .. }
        | Body::Opened(_)
        | Body::Annulled { .. }
        | Body::Corrected { .. }
        | Body::Linked { .. }
        | Body::Note(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Office(_)
        | Body::Migrated(_) => true,
    }
}

/// Whether the office may do so where it stands.
pub(crate) fn makes_sense(
    under: Under<'_>,
    entries: &[Entry],
    office: &Office,
    now: Moment,
) -> Result<(), Rejection> {
    let (standing, procedure) = (office_standing(entries), under.present(entries));
    let today = procedure.home().zone.day_at(now);
    let not_passed = |what, day: Day| {
        if day < today { Err(Rejection::DayHasPassed { what, day, today }) } else { Ok(()) }
    };
    match office {
        Office::Held { reason, until } => {
            said("why the case is put on hold", reason)?;
            if let Some(hold) = standing.hold {
                let since = procedure.home().zone.day_at(hold.since);
                return Err(Rejection::OnHold { entry: hold.entry, since });
            }
            until.map_or(Ok(()), |day| not_passed("hold", day))?;
            if fold(under, entries, Asked::at(now)).is_over() {
                return Err(Rejection::CaseIsOver { what: "put on hold" });
            }
            Ok(())
        }
        Office::Sealed { accounts, desks, reason } => {
            said("why the case is sealed", reason)?;
            accounts.iter().try_for_each(|account| said("which account may see it", account))?;
            if accounts.is_empty() && desks.is_empty() {
                return Err(Rejection::NothingSaid { what: "who may see the case" });
            }
            Ok(())
        }
        Office::Unsealed { .. } if standing.seal.is_none() => Err(Rejection::NotSealed),
        Office::Unsealed { reason } => said("why the seal is lifted", reason),
        Office::Resumed if standing.hold.is_none() => Err(Rejection::NotOnHold),
        Office::NoReview if standing.review.is_none() => Err(Rejection::NoReviewDate),
        Office::Resumed | Office::NoReview => Ok(()),
        Office::Assigned { to, .. } => {
            to.as_ref().map_or(Ok(()), |to| said("to which account the case is given", to))
        }
        Office::ReviewBy { by, why } => {
            said("what is to be looked at", why)?;
            not_passed("review", *by)
        }
    }
}

fn said(what: &'static str, text: &Private) -> Result<(), Rejection> {
    if text.reveal().trim().is_empty() { Err(Rejection::NothingSaid { what }) } else { Ok(()) }
}
