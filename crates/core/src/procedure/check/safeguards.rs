//! Builds the safeguards.

use super::rows::Builder;
use crate::procedure::draft::{Mark, SafeguardDraft};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::SafeguardId;
use crate::procedure::safeguard::{Promise, Safeguard};
use crate::table::Table;

impl Builder<'_> {
    pub(super) fn safeguards(&mut self) -> Table<SafeguardId, Safeguard> {
        let draft = self.draft;
        self.table(&draft.safeguards, |builder, row| {
            let basis = builder.required_basis(&row.value.cite, "safeguard", row);
            let promise = builder.promise(&row.value, row.name.mark)?;
            Some(Safeguard { title: row.value.title.clone(), promise, basis })
        })
    }

    fn promise(&mut self, row: &SafeguardDraft, mark: Mark) -> Option<Promise> {
        let given =
            [row.never.is_some(), row.before.is_some(), row.possible.is_some(), row.at_most_once.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            let message = "a safeguard says one thing, and this says none or several".to_owned();
            let remedy = "write one of `never:`, `before:`, `possible:` and `at-most-once:`";
            self.flaw(FlawCode::MissingChoice, mark, message, remedy);
            return None;
        }
        if row.unless.is_some() && row.never.is_none() {
            let message = "`unless` belongs to `never`".to_owned();
            self.flaw(
                FlawCode::Contradiction,
                mark,
                message,
                "write what never holds, or leave `unless` out",
            );
        }
        if row.requires.is_some() != row.before.is_some() {
            let message = "`before` and `requires` belong together".to_owned();
            self.flaw(FlawCode::Contradiction, mark, message, "write both, or neither");
            return None;
        }
        let scopes = self.scopes;
        if let Some(never) = &row.never {
            let unless = self.optional_guard(row.unless.as_ref());
            return Some(Promise::Never { when: self.guard(never)?, unless });
        }
        if let (Some(act), Some(requires)) = (&row.before, &row.requires) {
            let act = scopes.acts.find(act, self.flaws);
            let requires = scopes.event(requires, self.flaws);
            return Some(Promise::Before { act: act?, requires: requires? });
        }
        if let Some(possible) = &row.possible {
            return Some(Promise::Possible(self.guard(possible)?));
        }
        let act = row.at_most_once.as_ref()?;
        Some(Promise::AtMostOnce(scopes.acts.find(act, self.flaws)?))
    }
}
