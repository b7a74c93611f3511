//! Dates of effect.

use comity_core::procedure::Marked;
use comity_core::procedure::draft::{LawDayDraft, RenamedDraft, ValidityDraft};
use comity_core::time::Day;

use super::{Beside, day, mark, name, plain};
use crate::diagnostic::Slip;
use crate::file::{DayText, InForceFile, Name, RenamedFile};

pub(super) fn law_of(law_of: &Name) -> LawDayDraft {
    match law_of.0.value.trim() {
        "the-day" => LawDayDraft::ItsOwn,
        "the-opening" => LawDayDraft::Opening,
        _ => LawDayDraft::Act(name(law_of)),
    }
}

pub(super) fn marked_day(text: &DayText) -> Result<Marked<Day>, Slip> {
    Ok(Marked { value: day(text)?, mark: mark(&text.0) })
}

pub(super) fn renamed(row: &RenamedFile) -> Result<RenamedDraft, Slip> {
    Ok(RenamedDraft { from: marked_day(&row.from)?, title: plain(&row.title) })
}

impl Beside<'_> {
    pub(super) fn in_force(&self, row: Option<&InForceFile>) -> Result<Option<ValidityDraft>, Slip> {
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ValidityDraft {
            from: row.from.as_ref().map(marked_day).transpose()?,
            until: row.until.as_ref().map(marked_day).transpose()?,
            law_of: law_of(&row.law_of),
            cite: self.cite(&row.cite)?,
            mark: mark(&row.law_of.0),
        }))
    }
}
