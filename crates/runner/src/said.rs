//! What a person or a program says happened, in the words of a procedure, and the deed that it means. Pure.

use comity_core::Rejection;
use comity_core::entry::{Arrival, ArrivedForm, Deed, Entry, What, standing};
use comity_core::id::EntryNumber;
use comity_core::name::Name;
use comity_core::procedure::{AuthorityId, Procedure};
use comity_core::table::{Id, Table};
use comity_core::time::{Day, Moment, When, Zone};
use comity_core::value::Value;

/// What is said to have happened. Names and values are texts, as somebody wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub what: SaidWhat,
    /// When it took effect, as far as it is known: `2027-04-16 23:30`, `2027-04-16`, `2027-04` or `2027` in the zone of
    /// whoever acted, or an instant with its offset. If nothing is said, that of [`Said::deed`].
    pub when: Option<String>,
}

/// What is said to have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaidWhat {
    /// An authority did an act.
    Act {
        /// The act.
        act: String,
        /// Who did it; may be left out if only one may.
        by: Option<String>,
        /// The facts given with it, each with its value.
        facts: Vec<(String, String)>,
    },
    /// A document arrived.
    Document {
        /// The document.
        document: String,
        /// In which form.
        form: ArrivedForm,
        /// The language of the translation that came with it (BCP 47), if one did.
        translated_into: Option<String>,
    },
    /// A ground for refusal was considered.
    Finding {
        /// The ground.
        ground: String,
        /// What was found.
        applies: bool,
        /// Who considered it; may be left out if only one may.
        by: Option<String>,
    },
    /// A fact became known.
    Fact {
        /// The fact.
        fact: String,
        /// Its value.
        value: String,
    },
}

/// Why what was said means no deed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// The procedure knows no such thing, or no such value.
    #[error("{rejection}")]
    Rejected {
        /// Why.
        rejection: Rejection,
        /// The name that was written and the names that there are, where a name was wrong.
        names: Option<(String, Vec<String>)>,
    },
    /// Several authorities may do it.
    #[error("several authorities may do this; say which did: {}", authorities.join(" or "))]
    WhichAuthority {
        /// Those that may.
        authorities: Vec<String>,
    },
    /// The date cannot be read.
    #[error("{why}; dates are read in {zone}: write 2027-04-16 23:30, 2027-04-16, 2027-04 or 2027")]
    Date {
        /// Why.
        why: String,
        /// In which zone dates are read.
        zone: String,
    },
    /// The entry holds no deed that stands, so it has no other date.
    #[error("entry {entry} is no deed that stands; only such a one can be given another date")]
    NoDeed {
        /// The entry.
        entry: EntryNumber,
    },
}

impl Said {
    /// The deed that it means under `procedure`. If it names no date, it took effect at `undated`: now, or when a first
    /// attempt at the same was made; see [`Request::undated`](crate::Request::undated).
    ///
    /// # Errors
    ///
    /// Returns [`Unclear`] if a name, a value, a date or the authority is not clear. Whether the deed is allowed is for
    /// [`Engine::record`](crate::Engine::record) to say.
    pub fn deed(&self, procedure: &Procedure, undated: When) -> Result<Deed, Unclear> {
        let what = self.what.meaning(procedure)?;
        let when = match &self.when {
            None => undated,
            Some(text) => read_when(text, zone_of(procedure, &what))?,
        };
        Ok(Deed { when, what })
    }
}

/// The deed of an entry that stands, with another date.
///
/// # Errors
///
/// Returns [`Unclear`] if the entry holds no such deed, or the date cannot be read.
pub fn redated(
    procedure: &Procedure,
    entries: &[Entry],
    entry: EntryNumber,
    when: &str,
) -> Result<Deed, Unclear> {
    let held = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    if entry.get() > held {
        return Err(Unclear::Rejected { rejection: Rejection::NoSuchEntry { entry, held }, names: None });
    }
    let known = standing(entries).into_iter().find(|(known, _)| known.number == entry);
    let (_, known) = known.ok_or(Unclear::NoDeed { entry })?;
    let when = read_when(when, zone_of(procedure, &known.what))?;
    Ok(Deed { when, what: known.what.clone() })
}

/// Reads a date of any precision in `zone`.
///
/// # Errors
///
/// Returns [`Unclear::Date`] with what would be right.
pub fn read_when(text: &str, zone: &Zone) -> Result<When, Unclear> {
    When::parse(text, zone)
        .map_err(|bad| Unclear::Date { why: bad.to_string(), zone: zone.name().to_owned() })
}

/// Reads the moment that a look is about: the last that a date can mean, so that a day is looked at as it ends.
///
/// # Errors
///
/// Returns [`Unclear::Date`] with what would be right.
pub fn read_moment(text: &str, zone: &Zone) -> Result<Moment, Unclear> {
    let next = match read_when(text, zone)? {
        When::At(moment) => return Ok(moment),
        When::On(day) => day.plus_days(1),
        When::In { year, month: 12 } | When::During { year } => Day::new(year + 1, 1, 1).ok(),
        When::In { year, month } => Day::new(year, month + 1, 1).ok(),
    };
    let next = next.map_or(Moment::MAX, |day| zone.start_of(day));
    Ok(Moment::from_unix_microseconds(next.as_unix_microseconds() - 1).unwrap_or(next))
}

/// The zone in whose days a deed is dated: that of the side that acts, else that of the side that decides.
#[must_use]
pub fn zone_of<'p>(procedure: &'p Procedure, what: &What) -> &'p Zone {
    let by = match what {
        What::Act { by, .. } | What::Finding { by, .. } => by.as_str(),
        What::Document(_) | What::Fact { .. } | What::Learned { .. } => return &procedure.home().zone,
    };
    let authorities = procedure.authorities();
    let side = authorities.find(by).and_then(|id| authorities.get(id)).map(|authority| authority.side);
    side.and_then(|side| procedure.sides().get(side)).map_or(&procedure.home().zone, |side| &side.zone)
}

impl SaidWhat {
    fn meaning(&self, procedure: &Procedure) -> Result<What, Unclear> {
        Ok(match self {
            Self::Act { act, by, facts } => {
                let name = known(procedure.acts(), "act", act)?;
                let row = procedure.acts().find(act).and_then(|id| procedure.acts().get(id));
                let allowed = row.map(|row| row.by.as_slice()).unwrap_or_default();
                What::Act {
                    act: name,
                    facts: facts
                        .iter()
                        .map(|(fact, value)| known_fact(fact, value, procedure))
                        .collect::<Result<_, _>>()?,
                    by: authority(by.as_deref(), allowed, procedure)?,
                }
            }
            Self::Document { document, form, translated_into } => What::Document(Arrival {
                document: known(procedure.documents(), "document", document)?,
                form: *form,
                translated_into: translated_into.clone(),
            }),
            Self::Finding { ground, applies, by } => {
                let name = known(procedure.grounds(), "ground", ground)?;
                let row = procedure.grounds().find(ground).and_then(|id| procedure.grounds().get(id));
                let allowed = row.map(|row| row.considered_by.as_slice()).unwrap_or_default();
                What::Finding {
                    ground: name,
                    applies: *applies,
                    by: authority(by.as_deref(), allowed, procedure)?,
                }
            }
            Self::Fact { fact, value } => {
                let (fact, value) = known_fact(fact, value, procedure)?;
                What::Fact { fact, value }
            }
        })
    }
}

/// A name that the procedure knows.
fn known<I: Id, T>(table: &Table<I, T>, what: &'static str, name: &str) -> Result<Name, Unclear> {
    if let Some(found) = table.names().find(|known| known.as_str() == name) {
        return Ok(found.clone());
    }
    let names: Vec<String> = table.names().map(ToString::to_string).collect();
    let name = short(name);
    let rejection = Rejection::Unknown { what, name: name.clone(), known: names.clone() };
    Err(Unclear::Rejected { rejection, names: Some((name, names)) })
}

/// A name as it is repeated in an error: somebody may have pasted a page.
fn short(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut letters = name.chars().filter(|letter| !letter.is_control());
    let start: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

/// The authority named, or the only one that may.
fn authority(by: Option<&str>, allowed: &[AuthorityId], procedure: &Procedure) -> Result<Name, Unclear> {
    let authorities = procedure.authorities();
    if let Some(by) = by {
        return known(authorities, "authority", by);
    }
    let may: Vec<&Name> =
        authorities.iter().filter(|(id, _, _)| allowed.contains(id)).map(|(_, name, _)| name).collect();
    match may.as_slice() {
        [only] => Ok((*only).clone()),
        several => {
            Err(Unclear::WhichAuthority { authorities: several.iter().map(ToString::to_string).collect() })
        }
    }
}

/// A fact and its value, as the procedure types it. A value may name a person, so no error repeats it.
fn known_fact(fact: &str, value: &str, procedure: &Procedure) -> Result<(Name, Value), Unclear> {
    let facts = procedure.facts();
    let name = known(facts, "fact", fact)?;
    let unknown = || Rejection::Unknown { what: "fact", name: short(fact), known: Vec::new() };
    let row = facts.find(name.as_str()).and_then(|id| facts.get(id));
    let row = row.ok_or_else(|| Unclear::Rejected { rejection: unknown(), names: None })?;
    let wrong = |_| Unclear::Rejected {
        rejection: Rejection::WrongValue { fact: name.to_string(), expected: row.of.to_string() },
        names: None,
    };
    row.of.read(value).map(|value| (name.clone(), value)).map_err(wrong)
}
