//! A chronology carried through the engine, entry by entry, as if it were happening.

use comity_core::Rejection;
use comity_core::entry::{Body, Deed, What};
use comity_core::id::{CaseId, MatterId};
use comity_core::name::{Name, Private};
use comity_core::time::{Moment, When};
use comity_language::chronology::{CaseDecl, Chronology, Item, ItemKind, Row};
use comity_runner::{Engine, EngineError, ManualClock, NewCase, NewMatter, Outcome, Request};
use comity_testkit::bodies;

use crate::failure::Failure;

/// A chronology on its way through an engine.
pub(super) struct Carrier<'c> {
    pub(super) engine: &'c Engine,
    pub(super) clock: &'c ManualClock,
    pub(super) chronology: &'c Chronology,
    /// What the reference of each case begins with.
    pub(super) prefix: &'c str,
    pub(super) by: &'c Private,
}

/// The matter as it was carried.
pub(super) struct Carried {
    /// The cases in the order of the chronology: what it calls them, and their id once they are open.
    pub(super) cases: Vec<(String, Option<CaseId>)>,
    /// Things that were refused, as the chronology says they must be.
    pub(super) refused: Vec<(String, Rejection)>,
    /// The moment at which it ends.
    pub(super) ends: Moment,
}

impl Carrier<'_> {
    /// Opens a matter and carries every row into its cases.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if the engine fails, or refuses what the chronology says was done.
    pub(super) async fn carry(&self) -> Result<Carried, Failure> {
        let cases = self.chronology.cases.iter().map(|case| (key(case), None)).collect();
        let mut carried = Carried { cases, refused: Vec::new(), ends: Moment::MIN };
        let mut matter = None;
        for row in self.chronology.sections.iter().flat_map(|section| &section.rows) {
            self.clock.set(row.recorded);
            carried.ends = row.recorded;
            let matter = match matter {
                Some(matter) => matter,
                None => *matter.insert(self.open_matter().await?),
            };
            self.row(matter, row, &mut carried).await?;
        }
        Ok(carried)
    }

    async fn open_matter(&self) -> Result<MatterId, Failure> {
        let title = Private::new(self.chronology.title.clone());
        let new = NewMatter { reference: self.prefix.to_owned(), title };
        Ok(self.engine.open_matter(new, self.by).await?)
    }

    async fn row(&self, matter: MatterId, row: &Row, carried: &mut Carried) -> Result<(), Failure> {
        for item in &row.items {
            if item.kind == ItemKind::Look {
                self.engine.sweep().await?;
                continue;
            }
            let wanted = row.case.as_ref().map_or("", |case| case.value.as_str());
            let Some(place) = carried.cases.iter().position(|(known, _)| known == wanted) else { continue };
            let case = self.opened(matter, place, row, carried).await?;
            self.item(case, item, row, carried).await?;
        }
        Ok(())
    }

    /// The case at a place, opened with the first row that is about it.
    async fn opened(
        &self,
        matter: MatterId,
        place: usize,
        row: &Row,
        carried: &mut Carried,
    ) -> Result<CaseId, Failure> {
        let (Some((key, known)), Some(decl)) = (carried.cases.get(place), self.chronology.cases.get(place))
        else {
            return Err(Failure::usage("the chronology names a case that it does not declare", ""));
        };
        if let Some(known) = known {
            return Ok(*known);
        }
        let procedures = self.engine.procedures();
        let edition =
            procedures.current(&decl.procedure.value).ok_or_else(|| EngineError::NoSuchProcedure {
                name: decl.procedure.value.clone(),
                known: procedures.names().iter().map(ToString::to_string).collect(),
            })?;
        let zone = &edition.procedure.home().zone;
        // A case begins with the day of its first row, so that a deed of that day is no earlier than the case.
        let since = match row.when {
            When::At(moment) => When::On(zone.day_at(moment)),
            when => when,
        };
        let new = NewCase {
            matter,
            procedure: edition.procedure.name().clone(),
            reference: reference(self.prefix, key),
            title: Private::default(),
            since,
            links: self.links(key, carried),
        };
        let key = key.clone();
        let case = self.engine.open_case(new, self.by).await?;
        if let Some((_, known)) = carried.cases.get_mut(place) {
            *known = Some(case);
        }
        self.facts(&key, case, since).await?;
        Ok(case)
    }

    fn links(&self, key: &str, carried: &Carried) -> Vec<(Name, CaseId)> {
        let own = self.chronology.links.iter().filter(|link| link.case.value == key);
        own.filter_map(|link| {
            let (_, to) = carried.cases.iter().find(|(known, _)| *known == link.to.value)?;
            Some((link.link.value.parse().ok()?, (*to)?))
        })
        .collect()
    }

    /// Records what is known when the case opens.
    async fn facts(&self, key: &str, case: CaseId, since: When) -> Result<(), Failure> {
        let file = self.engine.case(case).await?;
        let facts = file.procedure.facts();
        let own = |decl: &&comity_language::chronology::FactDecl| {
            decl.case.as_ref().is_none_or(|case| case.value == key)
        };
        for decl in self.chronology.facts.iter().filter(own) {
            let row = facts.find(&decl.fact.value).and_then(|id| facts.get(id));
            let value = row.and_then(|row| row.of.read(&decl.value.value).ok());
            if let (Some(value), Ok(fact)) = (value, decl.fact.value.parse()) {
                let deed = Deed { when: since, what: What::Fact { fact, value } };
                self.recorded(case, vec![Body::Deed(deed)]).await?;
            }
        }
        Ok(())
    }

    async fn item(&self, case: CaseId, item: &Item, row: &Row, carried: &mut Carried) -> Result<(), Failure> {
        let file = self.engine.case(case).await?;
        let read = |item: &Item| {
            bodies(&file.procedure, &file.entries, item, row.when)
                .map_err(|trouble| Failure::usage(trouble.message, trouble.remedy))
        };
        if let ItemKind::Refused { item, .. } = &item.kind {
            let request = Request::of(read(item)?, self.by);
            if let Outcome::Rejected(rejection) = self.engine.record(case, request).await? {
                carried.refused.push((comity_testkit::label(item), rejection));
            }
            return Ok(());
        }
        self.recorded(case, read(item)?).await
    }

    async fn recorded(&self, case: CaseId, bodies: Vec<Body>) -> Result<(), Failure> {
        if bodies.is_empty() {
            return Ok(());
        }
        match self.engine.record(case, Request::of(bodies, self.by)).await? {
            Outcome::Recorded(_) => Ok(()),
            Outcome::Rejected(rejection) => {
                let file = self.engine.case(case).await?;
                Err(Failure::rejected(rejection, &file.procedure, "comity test workflows".to_owned()))
            }
        }
    }
}

fn key(case: &CaseDecl) -> String {
    case.key.as_ref().map(|key| key.value.clone()).unwrap_or_default()
}

/// The reference of a case.
pub(super) fn reference(prefix: &str, key: &str) -> String {
    format!("{prefix}-{key}")
}
