//! A view with the entries that it was folded from, which know when each deed was recorded.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::entry::{Deed, Entry, standing, struck_out};
use comity_core::id::EntryNumber;
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, Zone};
use comity_core::{Cause, Happened, Happening, View};

use crate::words;

/// Something that happened, and the procedure in whose words it is told.
pub type Told<'t> = (&'t SharedProcedure, &'t Happening);

/// A view with the entries that it was folded from.
#[derive(Debug)]
pub struct Sheet<'v> {
    view: &'v View,
    entries: &'v [Entry],
    deeds: BTreeMap<EntryNumber, &'v Deed>,
    struck: BTreeSet<EntryNumber>,
}

impl<'v> Sheet<'v> {
    /// The sheet of a view of these entries.
    #[must_use]
    pub fn new(view: &'v View, entries: &'v [Entry]) -> Self {
        let entries = comity_core::known_at(entries, view.asked().known_at);
        let deeds = standing(entries).into_iter().map(|(entry, deed)| (entry.number, deed)).collect();
        Self { view, entries, deeds, struck: struck_out(entries) }
    }

    /// The view.
    #[must_use]
    pub fn view(&self) -> &'v View {
        self.view
    }

    /// The entries that were known.
    #[must_use]
    pub fn entries(&self) -> &'v [Entry] {
        self.entries
    }

    /// The zone in whose days the case is told.
    #[must_use]
    pub fn zone(&self) -> &'v Zone {
        &self.view.procedure().home().zone
    }

    /// Whether an entry was annulled.
    pub(crate) fn is_struck_out(&self, entry: EntryNumber) -> bool {
        self.struck.contains(&entry)
    }

    /// What a happening was, with titles where the procedure gives some.
    #[must_use]
    pub fn what(&self, (procedure, happening): Told<'_>) -> String {
        let label = || happening.what.label(procedure);
        match happening.cause {
            Cause::Entry(entry) => match self.deeds.get(&entry) {
                Some(deed) => words::deed(&deed.what, procedure),
                None => label(),
            },
            Cause::Opening if happening.what == Happened::Opened => "The case begins".to_owned(),
            Cause::Opening => label(),
            Cause::Expiry(clock) => {
                let title = procedure.clocks().get(clock).map_or("", |clock| clock.title.as_str());
                format!("Ran out: {title}")
            }
        }
    }

    /// The tracks that moved, as `custody: held`.
    #[must_use]
    pub fn moved(&self, (procedure, happening): Told<'_>) -> Vec<String> {
        words::moved(happening, procedure)
    }

    /// What happened in the case from its opening on, each with the procedure in whose words it is told: a case that went over
    /// to another procedure has run under several.
    #[must_use]
    pub fn story(&self) -> Vec<Told<'_>> {
        let chapters = self.view.chapters();
        chapters.iter().flat_map(|one| one.happenings.iter().map(|told| (one.procedure, told))).collect()
    }

    /// What brought about something that happened, in a few words.
    #[must_use]
    pub fn because(&self, (procedure, happening): Told<'_>) -> String {
        words::cause(happening.cause, &self.deeds, procedure)
    }

    /// What brought something about, in a few words.
    #[must_use]
    pub fn cause(&self, because: Cause) -> String {
        words::cause(because, &self.deeds, self.view.procedure())
    }

    /// When the entry behind a cause was recorded; nothing for a limit that ran out.
    #[must_use]
    pub fn recorded(&self, cause: Cause) -> Option<Moment> {
        let number = match cause {
            Cause::Opening => EntryNumber::FIRST,
            Cause::Entry(number) => number,
            Cause::Expiry(_) => return None,
        };
        self.entries.iter().find(|entry| entry.number == number).map(|entry| entry.recorded_at)
    }
}
