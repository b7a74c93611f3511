//! What somebody says of a case, and the entry that it means.

use std::collections::BTreeMap;

use comity_core::entry::{ArrivedForm, Body, Office, Proposal};
use comity_core::id::EntryNumber;
use comity_core::name::{Name, Private};
use comity_core::time::{Day, When};
use comity_runner::CaseFile;
use comity_runner::said::{Said, SaidWhat, redated};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// One entry, as somebody says it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum SaidEntry {
    /// An authority did an act.
    Act {
        /// The act, as the procedure calls it.
        act: String,
        /// Who did it; may be left out if only one authority may.
        #[serde(default)]
        by: Option<String>,
        /// When it took effect, as far as it is known: `2027-04-16 23:30`, `2027-04-16`, `2027-04` or `2027` in the zone
        /// of whoever acted, or an instant with its offset. Now, if nothing is said.
        #[serde(default)]
        when: Option<String>,
        /// The facts given with it, each with its value.
        #[serde(default)]
        facts: BTreeMap<String, String>,
    },
    /// A document arrived.
    Document {
        /// The document.
        document: String,
        /// In which form.
        #[serde(default)]
        form: Form,
        /// The language of the translation that came with it (BCP 47).
        #[serde(default)]
        translated_into: Option<String>,
        /// When it arrived; now, if nothing is said.
        #[serde(default)]
        when: Option<String>,
    },
    /// A ground for refusal was considered.
    Finding {
        /// The ground.
        ground: String,
        /// Whether it applies.
        applies: bool,
        /// Who considered it; may be left out if only one authority may.
        #[serde(default)]
        by: Option<String>,
        /// When; now, if nothing is said.
        #[serde(default)]
        when: Option<String>,
    },
    /// A fact became known.
    Fact {
        /// The fact.
        fact: String,
        /// Its value.
        value: String,
        /// Since when it is so; now, if nothing is said.
        #[serde(default)]
        when: Option<String>,
    },
    /// An earlier entry was a mistake and counts no more.
    Annul {
        /// The number of the entry.
        entry: u32,
        /// Why.
        reason: String,
    },
    /// An earlier entry happened on another date.
    Redate {
        /// The number of the entry.
        entry: u32,
        /// When it took effect.
        when: String,
        /// Why.
        reason: String,
    },
    /// An earlier entry was a mistake and reads as another.
    Correct {
        /// The number of the entry.
        entry: u32,
        /// What it should have said: an act, a document, a finding or a fact.
        #[schema(no_recursion)]
        to: Box<SaidEntry>,
        /// Why.
        reason: String,
    },
    /// A working note, without effect.
    Note {
        /// What it says.
        text: String,
    },
    /// The case is put on hold. No clock stops for it.
    Hold {
        /// Why.
        reason: String,
        /// The day on which it must be looked at again, where the case is decided: `2027-04-16`.
        #[serde(default)]
        until: Option<String>,
    },
    /// The hold is ended.
    Resume,
    /// The case is given to an account, a desk or both; to neither, and nobody has it any more.
    Assign {
        /// The account.
        #[serde(default)]
        to: Option<String>,
        /// The desk.
        #[serde(default)]
        desk: Option<String>,
    },
    /// The day is set on which somebody looks at the case again.
    Review {
        /// The day, where the case is decided: `2027-04-16`.
        by: String,
        /// What is to be looked at.
        #[serde(default)]
        why: String,
    },
    /// The day of the review is struck out.
    NoReview,
    /// What the procedure leaves to two persons is proposed: an act, or that an earlier one was a mistake.
    Propose {
        /// What is proposed: an act, an annulment, another date or a correction.
        #[schema(no_recursion)]
        entry: Box<SaidEntry>,
    },
    /// What another account proposed is confirmed, and counts from now on.
    Confirm {
        /// The number of the entry that proposed it.
        entry: u32,
    },
    /// From now on only those who are named see the case. Said anew, it names all of them anew.
    Seal {
        /// The accounts.
        #[serde(default)]
        accounts: Vec<String>,
        /// The desks whose accounts see it.
        #[serde(default)]
        desks: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Whoever may read cases may see it again.
    Unseal {
        /// Why.
        reason: String,
    },
}

/// The form in which a document came.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    /// The original.
    Original,
    /// A certified copy.
    CertifiedCopy,
    /// A copy without certification.
    #[default]
    Copy,
}

impl From<Form> for ArrivedForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Original => Self::Original,
            Form::CertifiedCopy => Self::CertifiedCopy,
            Form::Copy => Self::Copy,
        }
    }
}

impl SaidEntry {
    /// What it means in a case.
    pub(super) fn body(&self, file: &CaseFile, undated: When) -> Result<Body, Problem> {
        let procedure = &file.procedure;
        let unclear = |unclear| Problem::not_clear(&unclear, procedure);
        Ok(match self {
            Self::Act { .. } | Self::Document { .. } | Self::Finding { .. } | Self::Fact { .. } => {
                let said = self.said().ok_or_else(no_deed)?;
                Body::Deed(said.deed(procedure, undated).map_err(unclear)?)
            }
            Self::Annul { entry, reason } => Body::Annulled { entry: number(*entry)?, reason: why(reason)? },
            Self::Redate { entry, when, reason } => Body::Corrected {
                entry: number(*entry)?,
                deed: redated(procedure, &file.entries, number(*entry)?, when).map_err(unclear)?,
                reason: why(reason)?,
            },
            Self::Correct { entry, to, reason } => Body::Corrected {
                entry: number(*entry)?,
                deed: to.said().ok_or_else(no_deed)?.deed(procedure, undated).map_err(unclear)?,
                reason: why(reason)?,
            },
            Self::Note { text } if text.trim().is_empty() => {
                return Err(Problem::unclear("a note says something"));
            }
            Self::Note { text } => Body::Note(Private::new(text.clone())),
            Self::Hold { reason, until } => {
                let until = until.as_deref().map(day).transpose()?;
                Body::Office(Office::Held { reason: Private::new(reason.clone()), until })
            }
            Self::Resume => Body::Office(Office::Resumed),
            Self::Assign { to, desk } => Body::Office(Office::Assigned {
                to: to.clone().map(Private::new),
                desk: desk.as_deref().map(desk_name).transpose()?,
            }),
            Self::Review { by, why } => {
                Body::Office(Office::ReviewBy { by: day(by)?, why: Private::new(why.clone()) })
            }
            Self::NoReview => Body::Office(Office::NoReview),
            Self::Propose { entry } => {
                let proposal = Proposal::of(entry.body(file, undated)?);
                Body::Proposed(proposal.ok_or_else(|| {
                    Problem::unclear("an act is proposed, or that an earlier one was a mistake")
                })?)
            }
            Self::Confirm { entry } => Body::Confirmed { entry: number(*entry)? },
            Self::Seal { accounts, desks, reason } => Body::Office(Office::Sealed {
                accounts: accounts.iter().cloned().map(Private::new).collect(),
                desks: desks.iter().map(|desk| desk_name(desk)).collect::<Result<_, _>>()?,
                reason: Private::new(reason.clone()),
            }),
            Self::Unseal { reason } => {
                Body::Office(Office::Unsealed { reason: Private::new(reason.clone()) })
            }
        })
    }

    /// The deed that is told of, if one is.
    fn said(&self) -> Option<Said> {
        let (what, when) = match self.clone() {
            Self::Act { act, by, when, facts } => {
                (SaidWhat::Act { act, by, facts: facts.into_iter().collect() }, when)
            }
            Self::Document { document, form, translated_into, when } => {
                (SaidWhat::Document { document, form: form.into(), translated_into }, when)
            }
            Self::Finding { ground, applies, by, when } => (SaidWhat::Finding { ground, applies, by }, when),
            Self::Fact { fact, value, when } => (SaidWhat::Fact { fact, value }, when),
            Self::Annul { .. }
            | Self::Redate { .. }
            | Self::Correct { .. }
            | Self::Note { .. }
            | Self::Hold { .. }
            | Self::Resume
            | Self::Assign { .. }
            | Self::Review { .. }
            | Self::NoReview
            | Self::Propose { .. }
            | Self::Confirm { .. }
            | Self::Seal { .. }
            | Self::Unseal { .. } => return None,
        };
        Some(Said { what, when })
    }
}

fn no_deed() -> Problem {
    Problem::unclear("an entry is corrected to an act, a document, a finding or a fact")
}

fn number(entry: u32) -> Result<EntryNumber, Problem> {
    EntryNumber::new(entry).ok_or_else(|| Problem::unclear("entries are numbered from 1"))
}

fn day(text: &str) -> Result<Day, Problem> {
    text.parse().map_err(|_| Problem::unclear("a day is written as 2027-04-16"))
}

/// The name of a desk.
pub(crate) fn desk_name(text: &str) -> Result<Name, Problem> {
    text.parse()
        .map_err(|_| Problem::unclear("a desk is named in small letters, digits and dashes, such as desk-2"))
}

fn why(reason: &str) -> Result<Private, Problem> {
    if reason.trim().is_empty() {
        return Err(Problem::unclear("say why: whoever reads the record later must understand it"));
    }
    Ok(Private::new(reason))
}
