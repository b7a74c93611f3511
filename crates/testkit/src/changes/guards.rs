//! Small changes to conditions: dropped, a part dropped, a statement turned into its opposite, `and` for `or`.

use std::sync::Arc;

use comity_core::procedure::Mark;
use comity_core::procedure::draft::{ExceptionDraft, GuardDraft};

use super::edit::{Lens, List, remove, within};

impl List<'_> {
    /// Every small change of a condition that may be absent.
    pub(super) fn optional_guard(
        &mut self,
        word: &str,
        guard: Option<&GuardDraft>,
        lens: &Lens<Option<GuardDraft>>,
    ) {
        let Some(guard) = guard else { return };
        let what = format!("`{word} {}` is dropped", guard.words());
        self.set(place(guard), what, lens, |slot| *slot = None);
        self.guard(guard, &within(lens, Option::as_mut));
    }

    /// Every small change of a condition, without dropping it.
    pub(super) fn guard(&mut self, guard: &GuardDraft, lens: &Lens<GuardDraft>) {
        match guard {
            GuardDraft::Atom(atom) => {
                let what = format!("`{}` becomes its opposite", atom.value.words());
                self.set(atom.mark, what, lens, |guard| {
                    let inner = guard.clone();
                    *guard = GuardDraft::Not(Box::new(inner));
                });
            }
            GuardDraft::Not(part) => {
                let what = format!("`{}` loses its `not`", guard.words());
                self.set(place(guard), what, lens, |guard| {
                    if let GuardDraft::Not(part) = guard {
                        *guard = (**part).clone();
                    }
                });
                if !matches!(**part, GuardDraft::Atom(_)) {
                    self.guard(
                        part,
                        &within(lens, |guard| match guard {
                            GuardDraft::Not(part) => Some(&mut **part),
                            GuardDraft::And(_) | GuardDraft::Or(_) | GuardDraft::Atom(_) => None,
                        }),
                    );
                }
            }
            GuardDraft::And(parts) | GuardDraft::Or(parts) => self.joined(guard, parts, lens),
        }
    }

    fn joined(&mut self, guard: &GuardDraft, parts: &[GuardDraft], lens: &Lens<GuardDraft>) {
        let (word, other) = if matches!(guard, GuardDraft::And(_)) { ("and", "or") } else { ("or", "and") };
        let what = format!("`{}`: `{word}` becomes `{other}`", guard.words());
        self.set(place(guard), what, lens, |guard| {
            *guard = match std::mem::replace(guard, GuardDraft::And(Vec::new())) {
                GuardDraft::And(parts) => GuardDraft::Or(parts),
                GuardDraft::Or(parts) => GuardDraft::And(parts),
                same @ (GuardDraft::Not(_) | GuardDraft::Atom(_)) => same,
            };
        });
        for (at, part) in parts.iter().enumerate() {
            let what = format!("`{}` is dropped from `{}`", part.words(), guard.words());
            self.set(place(part), what, lens, move |guard| {
                if let GuardDraft::And(parts) | GuardDraft::Or(parts) = guard {
                    remove(parts, at);
                    if let ([only], 1) = (parts.as_slice(), parts.len()) {
                        *guard = only.clone();
                    }
                }
            });
            self.guard(
                part,
                &within(lens, move |guard| match guard {
                    GuardDraft::And(parts) | GuardDraft::Or(parts) => parts.get_mut(at),
                    GuardDraft::Not(_) | GuardDraft::Atom(_) => None,
                }),
            );
        }
    }

    /// Exceptions: each dropped, and each condition of them changed.
    pub(super) fn exceptions(&mut self, exceptions: &[ExceptionDraft], lens: &Lens<Vec<ExceptionDraft>>) {
        for (at, exception) in exceptions.iter().enumerate() {
            self.citing(&exception.cite, |list| {
                let what = format!("`unless {}` is dropped", exception.when.words());
                list.set(place(&exception.when), what, lens, move |all| remove(all, at));
                let guard: Lens<GuardDraft> = within(lens, move |all: &mut Vec<ExceptionDraft>| {
                    all.get_mut(at).map(|one| &mut one.when)
                });
                list.guard(&exception.when, &guard);
            });
        }
    }
}

/// Where a condition begins.
pub(super) fn place(guard: &GuardDraft) -> Mark {
    match guard {
        GuardDraft::And(parts) | GuardDraft::Or(parts) => parts.first().map(place).unwrap_or_default(),
        GuardDraft::Not(part) => place(part),
        GuardDraft::Atom(atom) => atom.mark,
    }
}

/// A lens to a row of a draft's table.
pub(super) fn row<T: 'static>(
    table: impl for<'d> Fn(
        &'d mut comity_core::procedure::Draft,
    ) -> &'d mut Vec<comity_core::procedure::draft::Row<T>>
    + Send
    + Sync
    + 'static,
    at: usize,
) -> Lens<T> {
    Arc::new(move |draft| table(draft).get_mut(at).map(|row| &mut row.value))
}
