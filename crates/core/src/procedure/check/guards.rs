//! Resolves guards: every statement gets its subject and its type.

use super::rows::Builder;
use super::scope::did_you_mean;
use crate::procedure::draft::{AtomDraft, FactTypeDraft, GuardDraft, Marked};
use crate::procedure::flaw::{Candidates, Flaw, FlawCode};
use crate::procedure::guard::{Atom, Guard};
use crate::value::FactType;

impl Builder<'_> {
    pub(super) fn guard(&mut self, guard: &GuardDraft) -> Option<Guard> {
        Some(match guard {
            GuardDraft::And(parts) => Guard::And(self.guards(parts)),
            GuardDraft::Or(parts) => Guard::Or(self.guards(parts)),
            GuardDraft::Not(part) => Guard::Not(Box::new(self.guard(part)?)),
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
        parts.iter().filter_map(|part| self.guard(part)).collect()
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
