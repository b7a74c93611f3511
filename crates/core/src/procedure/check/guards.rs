//! Resolves guards: every statement gets its subject and its type.

use super::rows::Builder;
use super::scope::did_you_mean;
use crate::procedure::draft::{AtomDraft, FactTypeDraft, GuardDraft, Mark, Marked};
use crate::procedure::flaw::{Candidates, Flaw, FlawCode};
use crate::procedure::guard::{Atom, Guard};
use crate::value::FactType;

/// Guards are evaluated by recursion, so how deep they go is bounded here.
const MOST_NESTED: usize = 64;

impl Builder<'_> {
    pub(super) fn guard(&mut self, guard: &GuardDraft) -> Option<Guard> {
        if let Some(mark) = too_deep(guard) {
            let message = format!("a condition is nested more than {MOST_NESTED} deep");
            self.flaw(FlawCode::TooMany, mark, message, "give parts of it names under `conditions:`");
            return None;
        }
        self.part(guard)
    }

    fn part(&mut self, guard: &GuardDraft) -> Option<Guard> {
        Some(match guard {
            GuardDraft::And(parts) => Guard::And(self.guards(parts)),
            GuardDraft::Or(parts) => Guard::Or(self.guards(parts)),
            GuardDraft::Not(part) => Guard::Not(Box::new(self.part(part)?)),
            GuardDraft::Atom(Marked { value: AtomDraft::Unknown(fact), .. }) => {
                let fact = self.scopes.facts.find(fact, self.flaws)?;
                Guard::Not(Box::new(Guard::Atom(Atom::Known(fact))))
            }
            GuardDraft::Atom(atom) => Guard::Atom(self.atom(atom)?),
        })
    }

    pub(super) fn optional_guard(&mut self, guard: Option<&GuardDraft>) -> Option<Guard> {
        guard.and_then(|guard| self.guard(guard))
    }

    fn guards(&mut self, parts: &[GuardDraft]) -> Vec<Guard> {
        parts.iter().filter_map(|part| self.part(part)).collect()
    }

    fn atom(&mut self, atom: &Marked<AtomDraft>) -> Option<Atom> {
        let scopes = self.scopes;
        Some(match &atom.value {
            AtomDraft::Is { subject, value } => return self.is(subject, value),
            AtomDraft::Known(fact) | AtomDraft::Unknown(fact) => {
                Atom::Known(scopes.facts.find(fact, self.flaws)?)
            }
            AtomDraft::Recorded(act) => Atom::Recorded(scopes.acts.find(act, self.flaws)?),
            AtomDraft::Holds(condition) => Atom::Holds(scopes.conditions.find(condition, self.flaws)?),
            AtomDraft::Clock { clock, stands } => {
                Atom::Clock(scopes.clocks.find(clock, self.flaws)?, *stands)
            }
            AtomDraft::Document(document) => Atom::Document(scopes.documents.find(document, self.flaws)?),
            AtomDraft::Documents(set) => Atom::Documents(scopes.sets.find(set, self.flaws)?),
            AtomDraft::Ground { ground, stands } => {
                Atom::Ground(scopes.grounds.find(ground, self.flaws)?, *stands)
            }
            AtomDraft::Grounds { force, quantity, stands } => {
                Atom::Grounds { force: *force, quantity: *quantity, stands: *stands }
            }
        })
    }

    fn is(&mut self, subject: &Marked<String>, value: &Marked<String>) -> Option<Atom> {
        let scopes = self.scopes;
        if let Some(track) = scopes.tracks.names.find(&subject.value) {
            let stage = scopes.stages_of(track)?.find(value, self.flaws)?;
            return Some(Atom::Stage(track, stage));
        }
        let Some(fact) = scopes.facts.names.find(&subject.value) else {
            let known = [scopes.tracks.known(), scopes.facts.known()].concat();
            self.flaws.push(did_you_mean("track or fact", subject, known));
            return None;
        };
        let declared = self.draft.facts.iter().find(|row| row.name.value == subject.value)?;
        let of = fact_type(&declared.value.of)?;
        if of == FactType::Text {
            self.flaws.push(Flaw {
                code: FlawCode::WrongType,
                mark: value.mark,
                message: format!("`{}` is free text, which a rule cannot compare", subject.value),
                remedy: "give the fact a type of `{one-of: […]}`, or ask whether it is known".to_owned(),
                candidates: None,
            });
            return None;
        }
        match of.read(&value.value) {
            Ok(value) => Some(Atom::Fact(fact, value)),
            Err(wrong) => {
                self.flaws.push(Flaw {
                    code: FlawCode::WrongType,
                    mark: value.mark,
                    message: format!("`{}` cannot be `{}`: {wrong}", subject.value, value.value),
                    remedy: format!("write a value of the type {of}"),
                    candidates: match &of {
                        FactType::OneOf(choices) => Some(Candidates {
                            written: value.value.clone(),
                            known: choices.iter().map(ToString::to_string).collect(),
                        }),
                        FactType::Text
                        | FactType::Date
                        | FactType::Country
                        | FactType::YesNo
                        | FactType::Number
                        | FactType::Period => None,
                    },
                });
                None
            }
        }
    }
}

/// The place of a statement that is nested too deep, if there is one. It does not recurse, being what bounds those
/// that do.
fn too_deep(guard: &GuardDraft) -> Option<Mark> {
    let deepest = atoms(guard).into_iter().map(|(depth, atom)| (depth, atom.mark)).max();
    deepest.filter(|(depth, _)| *depth > MOST_NESTED).map(|(_, mark)| mark)
}

/// Where a guard asks how the clock called `name` stands, if it does.
pub(super) fn asks_for_clock(guard: &GuardDraft, name: &str) -> Option<Mark> {
    atoms(guard).into_iter().find_map(|(_, atom)| {
        let AtomDraft::Clock { clock, .. } = &atom.value else { return None };
        (clock.value == name).then_some(clock.mark)
    })
}

/// Every statement of a guard and how deep it is nested. Without recursion, since nothing has bounded the depth yet.
fn atoms(guard: &GuardDraft) -> Vec<(usize, &Marked<AtomDraft>)> {
    let (mut open, mut atoms) = (vec![(guard, 0)], Vec::new());
    while let Some((part, depth)) = open.pop() {
        match part {
            GuardDraft::And(parts) | GuardDraft::Or(parts) => {
                open.extend(parts.iter().map(|part| (part, depth + 1)));
            }
            GuardDraft::Not(part) => open.push((part, depth + 1)),
            GuardDraft::Atom(atom) => atoms.push((depth, atom)),
        }
    }
    atoms
}

/// The type of a fact, without flaws: those are reported where the fact is declared.
pub(super) fn fact_type(of: &FactTypeDraft) -> Option<FactType> {
    Some(match of {
        FactTypeDraft::Text => FactType::Text,
        FactTypeDraft::Date => FactType::Date,
        FactTypeDraft::Country => FactType::Country,
        FactTypeDraft::YesNo => FactType::YesNo,
        FactTypeDraft::Number => FactType::Number,
        FactTypeDraft::Period => FactType::Period,
        FactTypeDraft::OneOf(choices) => {
            FactType::OneOf(choices.iter().map(|choice| choice.value.parse().ok()).collect::<Option<_>>()?)
        }
    })
}
