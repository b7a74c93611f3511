//! Under which procedure each deed of a case takes effect, where a case was migrated.

use super::state::{Cause, Now};
use super::zone_of;
use crate::entry::{Deed, Entry, struck_out};
use crate::id::EntryNumber;
use crate::migration::{Migration, Under, migrations};
use crate::procedure::SharedProcedure;
use crate::time::Moment;

/// The migrations of a case on its time line.
pub(crate) struct Legs<'a> {
    first: &'a SharedProcedure,
    later: Vec<Leg<'a>>,
}

/// What begins with one migration.
pub(crate) struct Leg<'a> {
    /// The entry.
    pub(super) number: EntryNumber,
    /// The moment from which the procedure applies: that at which the entry was recorded.
    pub(super) from: Moment,
    pub(super) migration: &'a Migration,
    /// The procedure that the case goes over to; that of before, if nobody brought the one that is named.
    pub(super) procedure: &'a SharedProcedure,
    pub(super) is_known: bool,
}

impl<'a> Legs<'a> {
    pub(crate) fn of(under: Under<'a>, entries: &'a [Entry]) -> Self {
        let mut legs = Self { first: under.first(), later: Vec::new() };
        let mut found = migrations(entries).peekable();
        if found.peek().is_none() {
            return legs;
        }
        let struck = struck_out(entries);
        for (entry, migration) in found.filter(|(entry, _)| !struck.contains(&entry.number)) {
            let procedure = under.find(migration.meaning);
            let (number, from, is_known) = (entry.number, entry.recorded_at, procedure.is_some());
            let procedure = procedure.unwrap_or_else(|| legs.present());
            legs.later.push(Leg { number, from, migration, procedure, is_known });
        }
        legs
    }

    /// The procedure under which the case stands at last.
    pub(crate) fn present(&self) -> &'a SharedProcedure {
        self.later.last().map_or(self.first, |leg| leg.procedure)
    }

    pub(super) fn later(&self) -> &[Leg<'a>] {
        &self.later
    }

    /// After how many migrations a deed takes effect, under which procedure, and when.
    ///
    /// Of a day or a month in which the case was migrated nobody can say whether the deed came before. Then the record
    /// decides: what was recorded after the migration took effect after it.
    pub(crate) fn place(&self, deed: &Deed, number: EntryNumber) -> (usize, &'a SharedProcedure, Now) {
        let cause = Cause::Entry(number);
        let dated = |procedure: &'a SharedProcedure| Now::dated(deed.when, cause, zone_of(procedure, deed));
        for (index, leg) in self.later.iter().enumerate().rev() {
            let now = dated(leg.procedure);
            let recorded_later = number > leg.number && (leg.from < now.until || leg.from == now.from);
            if leg.from < now.from || recorded_later {
                return (index + 1, leg.procedure, now);
            }
        }
        (0, self.first, dated(self.first))
    }
}
