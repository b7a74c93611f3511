//! Builds the safeguards.

use super::rows::Builder;
use crate::procedure::draft::{GuardDraft, Mark, Marked, SafeguardDraft};
use crate::procedure::flaw::FlawCode;
use crate::procedure::guard::Guard;
use crate::procedure::model::{ActId, Event, SafeguardId};
use crate::procedure::safeguard::{Promise, Safeguard};
use crate::table::Table;

/// What a safeguard may say, and the keys that belong to it. Only `unless` may be left out.
const PATTERNS: &str = "`never:`, `before:`, `always-after:`, `possible:`, `holds-in:`, `at-most-once:`, \
                        `never-together:` and `only-by:`";

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
        let given = given(row);
        let [pattern] = given.as_slice() else {
            let message = "a safeguard says one thing, and this says none or several".to_owned();
            self.flaw(FlawCode::MissingChoice, mark, message, &format!("write one of {PATTERNS}"));
            return None;
        };
        if !self.has_its_companions(row, pattern, mark) {
            return None;
        }
        if let Some(never) = &row.never {
            let unless = self.optional_guard(row.unless.as_ref());
            return Some(Promise::Never { when: self.guard(never)?, unless });
        }
        if let Some(possible) = &row.possible {
            return Some(Promise::Possible(self.guard(possible)?));
        }
        if let (Some(when), Some(holds)) = (&row.holds_in, &row.holds) {
            let (when, holds) = (self.guard(when), self.guard(holds));
            return Some(Promise::HoldsIn { when: when?, holds: holds? });
        }
        if !row.never_together.is_empty() {
            return self.never_together(&row.never_together, mark);
        }
        self.promise_of_acts(row, mark)
    }

    fn promise_of_acts(&mut self, row: &SafeguardDraft, mark: Mark) -> Option<Promise> {
        let scopes = self.scopes;
        if let (Some(act), Some(requires)) = (&row.before, &row.requires) {
            let (act, requires) = self.two_events(act, requires)?;
            return Some(Promise::Before { act, requires });
        }
        if let (Some(act), Some(requires), Some(within)) = (&row.always_after, &row.requires, &row.within) {
            let within = scopes.clocks.find(within, self.flaws);
            let (act, requires) = self.two_events(act, requires)?;
            if requires == Event::Act(act) {
                let message = "what must follow an act is another".to_owned();
                self.flaw(
                    FlawCode::Contradiction,
                    mark,
                    message,
                    "name the act or condition that must follow",
                );
                return None;
            }
            return Some(Promise::AlwaysAfter { act, requires, within: within? });
        }
        if let Some(act) = &row.act {
            let by = scopes.authorities.find_all(&row.only_by, self.flaws);
            return Some(Promise::OnlyBy { act: scopes.acts.find(act, self.flaws)?, by });
        }
        let act = row.at_most_once.as_ref()?;
        Some(Promise::AtMostOnce(scopes.acts.find(act, self.flaws)?))
    }

    fn two_events(&mut self, act: &Marked<String>, other: &Marked<String>) -> Option<(ActId, Event)> {
        let scopes = self.scopes;
        let act = scopes.acts.find(act, self.flaws);
        let other = scopes.event(other, self.flaws);
        Some((act?, other?))
    }

    fn never_together(&mut self, parts: &[GuardDraft], mark: Mark) -> Option<Promise> {
        if parts.len() < 2 {
            let message = "one thing alone is never together with another".to_owned();
            self.flaw(FlawCode::Contradiction, mark, message, "write at least two, or use `never:`");
            return None;
        }
        let parts: Option<Vec<Guard>> = parts.iter().map(|part| self.guard(part)).collect();
        parts.map(Promise::NeverTogether)
    }

    /// Whether a pattern has the keys that belong to it and no others.
    fn has_its_companions(&mut self, row: &SafeguardDraft, pattern: &str, mark: Mark) -> bool {
        let companions: [(&str, bool, &[&str]); 5] = [
            ("unless", row.unless.is_some(), &["never"]),
            ("requires", row.requires.is_some(), &["before", "always-after"]),
            ("within", row.within.is_some(), &["always-after"]),
            ("holds", row.holds.is_some(), &["holds-in"]),
            ("act", row.act.is_some(), &["only-by"]),
        ];
        let mut fits = true;
        for (key, is_given, of) in companions {
            let belongs = of.contains(&pattern);
            let (message, remedy) = match (is_given, belongs) {
                (true, false) => {
                    let of: Vec<String> = of.iter().map(|one| format!("`{one}`")).collect();
                    (format!("`{key}` belongs to {}", of.join(" or ")), format!("leave `{key}` out"))
                }
                (false, true) if key != "unless" => {
                    (format!("`{pattern}` and `{key}` belong together"), "write both, or neither".to_owned())
                }
                (_, _) => continue,
            };
            self.flaw(FlawCode::Contradiction, mark, message, &remedy);
            fits = false;
        }
        fits
    }
}

/// The patterns that a safeguard gives.
fn given(row: &SafeguardDraft) -> Vec<&'static str> {
    let given = [
        ("never", row.never.is_some()),
        ("before", row.before.is_some()),
        ("always-after", row.always_after.is_some()),
        ("possible", row.possible.is_some()),
        ("holds-in", row.holds_in.is_some()),
        ("at-most-once", row.at_most_once.is_some()),
        ("never-together", !row.never_together.is_empty()),
        ("only-by", !row.only_by.is_empty()),
    ];
    given.into_iter().filter_map(|(pattern, is_given)| is_given.then_some(pattern)).collect()
}
