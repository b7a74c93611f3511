//! The procedures that a case has run under.

use std::slice;

use super::migrations;
use crate::entry::Entry;
use crate::name::Name;
use crate::procedure::{Meaning, SharedProcedure};

/// The procedures of a case: the one under which it was opened, and those that it was migrated to.
#[derive(Clone, Debug)]
pub struct Lineage {
    first: SharedProcedure,
    later: Vec<SharedProcedure>,
}

/// The procedures by which a case is folded: one for a case that was never migrated, a lineage for one that was.
///
/// Whatever asks for it takes a reference to a [`SharedProcedure`] or to a [`Lineage`].
#[derive(Clone, Copy, Debug)]
pub struct Under<'p> {
    first: &'p SharedProcedure,
    later: &'p [SharedProcedure],
}

impl Lineage {
    /// The lineage of a case that was opened under `first`.
    #[must_use]
    pub fn of(first: SharedProcedure) -> Self {
        Self { first, later: Vec::new() }
    }

    /// Adds a procedure that the case was or is to be migrated to.
    pub fn add(&mut self, procedure: SharedProcedure) {
        if Under::from(&*self).find(procedure.meaning()).is_none() {
            self.later.push(procedure);
        }
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, procedure: SharedProcedure) -> Self {
        self.add(procedure);
        self
    }

    /// The same procedures under other titles: what they mean, and so what a case comes to, stays the same. `title` is asked
    /// with the name of the procedure and the key of the title, as in
    /// [`Procedure::titled`](crate::procedure::Procedure::titled).
    #[must_use]
    pub fn titled(&self, title: &dyn Fn(&Name, &str) -> Option<String>) -> Self {
        let other = |one: &SharedProcedure| SharedProcedure::from(one.titled(&|key| title(one.name(), key)));
        Self { first: other(&self.first), later: self.later.iter().map(other).collect() }
    }

    /// The procedure under which the case was opened.
    #[must_use]
    pub fn first(&self) -> &SharedProcedure {
        &self.first
    }

    /// The procedure that applies after `entries`.
    #[must_use]
    pub fn present(&self, entries: &[Entry]) -> &SharedProcedure {
        Under::from(self).present(entries)
    }
}

impl<'p> Under<'p> {
    /// The procedure under which the case was opened.
    #[must_use]
    pub fn first(self) -> &'p SharedProcedure {
        self.first
    }

    /// The procedure of this meaning, if it is one of them.
    #[must_use]
    pub fn find(self, meaning: Meaning) -> Option<&'p SharedProcedure> {
        slice::from_ref(self.first).iter().chain(self.later).find(|one| one.meaning() == meaning)
    }

    /// The procedure that applies after `entries`.
    #[must_use]
    pub fn present(self, entries: &[Entry]) -> &'p SharedProcedure {
        let last = migrations(entries).rev().find_map(|(_, migration)| self.find(migration.meaning));
        last.unwrap_or(self.first)
    }
}

impl<'p> From<&'p SharedProcedure> for Under<'p> {
    fn from(procedure: &'p SharedProcedure) -> Self {
        Self { first: procedure, later: &[] }
    }
}

impl<'p> From<&'p Lineage> for Under<'p> {
    fn from(lineage: &'p Lineage) -> Self {
        Self { first: &lineage.first, later: &lineage.later }
    }
}

impl From<SharedProcedure> for Lineage {
    fn from(first: SharedProcedure) -> Self {
        Self::of(first)
    }
}
