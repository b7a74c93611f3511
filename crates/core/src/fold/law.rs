//! The law of the day: from when until when a rule is law, and whose day says so.

use super::state::{Now, State};
use crate::name::Name;
use crate::procedure::{ClockId, LawDay, Length, Validity};
use crate::rejection::Rejection;
use crate::time::Day;

impl State {
    /// The day whose law applies, `own` being that of what is looked at.
    fn law_day(&self, law_of: LawDay, own: Day) -> Day {
        let zone = &self.procedure.home().zone;
        match law_of {
            LawDay::ItsOwn => own,
            LawDay::Opening => self.opened.map_or(own, |opened| opened.first_day(zone)),
            LawDay::Act(act) => self.doings(act).first().map_or(own, |doing| doing.when.first_day(zone)),
        }
    }

    /// Whether a rule is law for something that happens on `own`.
    pub(crate) fn is_law(&self, law: &Validity, own: Day) -> bool {
        self.is_timeless || law.covers(self.law_day(law.law_of, own))
    }

    /// The same for what has no day of its own, on the day that is looked at.
    pub(crate) fn is_law_now(&self, law: Option<&Validity>) -> bool {
        let today = || self.procedure.home().zone.day_at(self.looked_at);
        law.is_none_or(|law| self.is_law(law, today()))
    }

    /// Why something is not law on `own`.
    pub(super) fn not_in_force(
        &self,
        (kind, name): (&str, &Name),
        law: Option<&Validity>,
        own: impl FnOnce() -> Day,
    ) -> Result<(), Rejection> {
        let Some(law) = law else { return Ok(()) };
        let day = self.law_day(law.law_of, own());
        if self.is_timeless || law.covers(day) {
            return Ok(());
        }
        Err(Rejection::NotInForce {
            what: format!("the {kind} `{name}`"),
            in_force: law.words(),
            day,
            basis: law.basis.clone(),
        })
    }

    /// Which of the changes of a clock's length is law for a run that starts now.
    pub(super) fn law_of_length(&self, id: ClockId, now: &Now) -> Option<usize> {
        let Length::Counted { changes, law_of, .. } = &self.procedure.clocks.at(id).length else {
            return None;
        };
        if changes.is_empty() {
            return None;
        }
        let day = self.law_day(*law_of, now.when.first_day(self.procedure.zone_of_clock(id)));
        changes.iter().rposition(|change| change.from <= day)
    }
}
