//! Finds cases page by page, by what the index knows of them.

use comity_core::id::{CaseId, MatterId};
use comity_store::{Cursor, PageRequest, Query};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::rows::CASE;
use crate::words::{name, words};

/// Which cases are wanted: those of which all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// All these words stand in the title. Case and marks make no difference.
    pub text: Option<String>,
    /// The case is about a person of this name, where its procedure has a fact for it.
    pub person: Option<String>,
    /// This State is on a side, by its code of two letters.
    pub state: Option<String>,
    /// The case runs under this procedure, in any edition.
    pub procedure: Option<String>,
    /// This track stands at this stage.
    pub stage: Option<(String, String)>,
    /// This authority may or must act.
    pub authority: Option<String>,
    /// The case belongs to this matter.
    pub matter: Option<MatterId>,
}

/// A page of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundCases {
    /// The cases, each once, in the order of the index.
    pub cases: Vec<CaseId>,
    /// For each of the cases, how many rows of the index lead up to it: a page of so many, begun at the same place, ends with it.
    pub up_to: Vec<usize>,
    /// Where to go on, if there is more. A page may be empty and have one.
    pub next: Option<Cursor>,
}

impl Wanted {
    /// What the index is asked, one question for each condition.
    fn queries(&self) -> Vec<Query> {
        let mut queries: Vec<Query> = Vec::new();
        queries.extend(self.matter.map(Query::InMatter));
        queries.extend(self.person.as_deref().map(|person| Query::OfPerson(name(person))));
        queries.extend(self.text.iter().flat_map(|text| words(text)).map(Query::WithWord));
        let stage = self.stage.clone().map(|(track, stage)| Query::AtStage { track, stage });
        queries.extend(stage);
        queries.extend(self.authority.clone().map(Query::ByAuthority));
        queries.extend(self.procedure.clone().map(Query::UnderProcedure));
        queries.extend(self.state.clone().map(Query::OfState));
        if queries.is_empty() {
            queries.push(Query::OfKind(CASE.to_owned()));
        }
        queries
    }
}

impl Engine {
    /// One page of the cases that are wanted. Matters that the index finds by the same words are left to the caller, who
    /// is told of them by [`EngineError::NoSuchCase`] when he reads them.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`EngineError`] if the journal cannot be read.
    pub async fn find(&self, wanted: &Wanted, page: PageRequest) -> Result<FoundCases, EngineError> {
        let mut queries = wanted.queries().into_iter();
        let Some(first) = queries.next() else { return Ok(FoundCases::default()) };
        let found = self.journal().rows(first, page).await.map_err(EngineError::Read)?;
        let mut cases: Vec<(CaseId, usize)> =
            found.rows.into_iter().map(|found| found.case).zip(1..).collect();
        cases.dedup_by_key(|(case, _)| *case);
        for query in queries {
            let mut also = self.all(query).await?;
            also.sort_unstable();
            cases.retain(|(case, _)| also.binary_search(case).is_ok());
        }
        let (cases, up_to) = cases.into_iter().unzip();
        Ok(FoundCases { cases, up_to, next: found.next })
    }
}
