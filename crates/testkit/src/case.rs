//! One case of a rehearsal, kept in memory.

use std::sync::Arc;

use comity_core::entry::{Body, Entry, Opening};
use comity_core::id::{CaseId, MatterId};
use comity_core::name::{Name, Private};
use comity_core::procedure::SharedProcedure;
use comity_core::time::{Moment, When};
use comity_core::{Asked, Rejection, Stamp, View, admit_by_two, fold, open};

/// One case of a rehearsal. It is opened when its first row is played.
#[derive(Clone, Debug)]
pub struct RehearsedCase {
    /// The name by which rows and columns call it; none where there is one case only.
    pub key: Option<String>,
    /// Its procedure.
    pub procedure: SharedProcedure,
    /// Its id, made up for the rehearsal.
    pub id: CaseId,
    /// The cases that it is tied to once it is open: the link, and their place among the cases.
    pub(crate) links: Vec<(Name, usize)>,
    /// Facts known at its opening.
    pub(crate) facts: Vec<Body>,
    /// What was recorded.
    pub entries: Vec<Entry>,
}

impl RehearsedCase {
    pub(crate) fn new(key: Option<String>, procedure: &SharedProcedure, place: usize) -> Self {
        // The ids only tell the cases of one rehearsal apart.
        let id = CaseId(uuid::Uuid::from_u128(place as u128 + 1));
        Self {
            key,
            procedure: Arc::clone(procedure),
            id,
            links: Vec::new(),
            facts: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Whether it was opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Where it stands at `moment`, as known then.
    #[must_use]
    pub fn view(&self, moment: Moment) -> View {
        fold(&self.procedure, &self.entries, Asked::at(moment))
    }

    /// Opens the case as of the day of `when`.
    pub(crate) fn open(&mut self, when: When, at: Moment, links: &[(Name, CaseId)]) -> Result<(), Rejection> {
        let since = first_day(&self.procedure, when);
        let opening = Opening {
            procedure: self.procedure.name().clone(),
            meaning: self.procedure.meaning(),
            matter: MatterId(uuid::Uuid::nil()),
            reference: self.key.clone().unwrap_or_else(|| "case".to_owned()),
            title: Private::default(),
            since,
        };
        self.entries.push(open(opening, &stamp(at)));
        let linked = links.iter().map(|(link, case)| Body::Linked { link: link.clone(), case: *case });
        let facts = self.facts.iter().cloned().map(|fact| dated(fact, since));
        let bodies: Vec<Body> = linked.chain(facts).collect();
        self.admit(bodies, at)
    }

    /// Records entries, all or none.
    pub(crate) fn admit(&mut self, bodies: Vec<Body>, at: Moment) -> Result<(), Rejection> {
        if bodies.is_empty() {
            return Ok(());
        }
        // Who records what is not for a chronology to say: there are always two.
        let second = Stamp { at, by: Private::new("another chronology") };
        let added = admit_by_two(&self.procedure, &self.entries, bodies, &stamp(at), &second)?;
        self.entries.extend(added);
        Ok(())
    }
}

fn stamp(at: Moment) -> Stamp {
    Stamp { at, by: Private::new("chronology") }
}

fn dated(body: Body, when: When) -> Body {
    if let Body::Deed(deed) = body { Body::Deed(comity_core::entry::Deed { when, ..deed }) } else { body }
}

/// A case begins with the day of its first row, so that a deed of the same day is no earlier than the case.
#[must_use]
pub(crate) fn first_day(procedure: &SharedProcedure, when: When) -> When {
    match when {
        When::At(moment) => When::On(procedure.home().zone.day_at(moment)),
        When::On(_) | When::In { .. } | When::During { .. } => when,
    }
}
