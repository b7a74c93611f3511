//! Builds dates of effect: from when until when a rule is law, and whose day says so.

use super::rows::Builder;
use crate::procedure::draft::{AuthorityDraft, LawDayDraft, Row, ValidityDraft};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::{LawDay, Validity};
use crate::time::Day;

impl<'a> Builder<'a> {
    pub(super) fn law_day(&mut self, law_of: &LawDayDraft) -> Option<LawDay> {
        match law_of {
            LawDayDraft::ItsOwn => Some(LawDay::ItsOwn),
            LawDayDraft::Opening => Some(LawDay::Opening),
            LawDayDraft::Act(act) => self.scopes.acts.find(act, self.flaws).map(LawDay::Act),
        }
    }

    pub(super) fn validity(&mut self, draft: Option<&'a ValidityDraft>) -> Option<Validity> {
        let draft = draft?;
        let (from, until) = (draft.from.as_ref(), draft.until.as_ref());
        if from.is_none() && until.is_none() {
            let message = "nothing says from when or until when this is law".to_owned();
            self.flaw(FlawCode::MissingChoice, draft.mark, message, "write `from:` or `until:` with a day");
        }
        if let (Some(from), Some(until)) = (from, until)
            && until.value < from.value
        {
            let message = format!("{} lies before {}", until.value, from.value);
            self.flaw(FlawCode::Contradiction, until.mark, message, "write the first day and the last");
        }
        let law_of = self.law_day(&draft.law_of);
        let basis =
            super::required_basis(&draft.cite, "a date of effect", draft.mark, self.draft, self.flaws);
        let day = |marked: &crate::procedure::draft::Marked<Day>| marked.value;
        Some(Validity { from: from.map(day), until: until.map(day), law_of: law_of?, basis })
    }

    /// What stands on a checklist is asked for at any moment, so its law is that of a day which does not move.
    pub(super) fn fixed_validity(&mut self, draft: Option<&'a ValidityDraft>) -> Option<Validity> {
        if let Some(draft) = draft.filter(|draft| draft.law_of == LawDayDraft::ItsOwn) {
            let message = "a row of a checklist has no day of its own".to_owned();
            let remedy = "write `law-of: the-opening` or `law-of:` with an act";
            self.flaw(FlawCode::Contradiction, draft.mark, message, remedy);
        }
        self.validity(draft)
    }

    /// Other names of an office, in the order of their days.
    pub(super) fn renamed(&mut self, row: &'a Row<AuthorityDraft>) -> Vec<(Day, String)> {
        let renamed = &row.value.renamed;
        for (one, next) in renamed.iter().zip(renamed.iter().skip(1)) {
            if next.from.value <= one.from.value {
                let message = format!("{} does not come after {}", next.from.value, one.from.value);
                let remedy = "write the names in the order of their first days";
                self.flaw(FlawCode::Contradiction, next.from.mark, message, remedy);
            }
        }
        renamed.iter().map(|one| (one.from.value, one.title.clone())).collect()
    }
}
