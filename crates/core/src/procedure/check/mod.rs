//! From a draft to a procedure: the one checked constructor.
//!
//! First every name is declared, then every row is resolved against the declared names, and only when all names
//! stand for something is the structure looked at (stages reached and left, moves disjoint, facts held): a
//! misspelt name would otherwise be reported a second time as a stage that nobody can reach.

mod circles;
mod clocks;
mod disjoint;
mod expiry;
mod guards;
mod law;
mod lengths;
mod rows;
mod safeguards;
mod scope;
mod sides;
mod structure;

use super::draft::{CiteDraft, CitesDraft, Draft, Mark, Row, SourceDraft};
use super::flaw::{Flaw, FlawCode};
use super::model::{Article, Basis, Citation, Meaning, Procedure, Source};
use crate::name::Name;
use crate::procedure::Verified;
use crate::procedure::wiring::Wiring;
use crate::table::Table;
use scope::{Scopes, did_you_mean};

impl Procedure {
    /// Checks a draft.
    ///
    /// # Errors
    ///
    /// Returns every flaw of the draft, in the order of the marks.
    pub fn from_draft(draft: &Draft) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut procedure = resolve(draft, &mut flaws);
        if let (true, Some(procedure)) = (flaws.is_empty(), &mut procedure) {
            structure::check(procedure, draft, &mut flaws);
            procedure.conditions_in_order = circles::order(procedure);
        }
        match procedure {
            Some(procedure) if flaws.is_empty() => Ok(procedure),
            Some(_) | None => {
                flaws.sort_by_key(|flaw| flaw.mark);
                Err(flaws)
            }
        }
    }
}

fn resolve(draft: &Draft, flaws: &mut Vec<Flaw>) -> Option<Procedure> {
    let scopes = Scopes::declare(draft, flaws);
    let name = scope::name(&draft.procedure, flaws);
    if draft.version.value == 0 {
        flaws.push(Flaw {
            code: FlawCode::Contradiction,
            mark: draft.version.mark,
            message: "a version is counted from 1".to_owned(),
            remedy: "write `version: 1` for the first edition".to_owned(),
            candidates: None,
        });
    }
    for row in &draft.left_out {
        let what = format!("leaving out `{}`", row.name.value);
        required_basis(&row.value, &what, row.name.mark, draft, flaws);
    }
    let mut builder = rows::Builder { draft, scopes: &scopes, flaws };
    // Every table is built before anything is given up, so that no flaw hides behind another.
    let (sides, home) = (builder.sides(), sides::home(&scopes));
    let authorities = builder.authorities();
    let links = builder.links();
    let facts = builder.facts();
    let tracks = builder.tracks();
    let conditions = builder.conditions();
    let clocks = builder.clocks();
    let acts = builder.acts();
    let obligations = builder.obligations();
    let documents = builder.documents();
    let grounds = builder.grounds();
    let sets = builder.sets();
    let safeguards = builder.safeguards();
    let mut procedure = Procedure {
        name: name?,
        version: draft.version.value,
        title: draft.title.clone(),
        kind: draft.kind,
        sources: sources(&draft.sources),
        sides,
        home: home?,
        authorities,
        links,
        facts,
        tracks,
        conditions,
        conditions_in_order: Vec::new(),
        clocks,
        acts,
        obligations,
        sets,
        documents,
        grounds,
        safeguards,
        meaning: Meaning([0; 32]),
        wiring: Wiring::default(),
    };
    if flaws.is_empty() {
        procedure.meaning = super::meaning::of(&procedure);
        procedure.wiring = Wiring::of(&procedure);
    }
    Some(procedure)
}

fn sources(rows: &[Row<SourceDraft>]) -> Table<super::model::SourceId, Source> {
    let mut table = Table::new();
    for row in rows {
        let articles = row
            .value
            .articles
            .iter()
            .map(|article| Article {
                number: article.number.clone(),
                heading: article.heading.clone(),
                verified: article.verified,
            })
            .collect();
        if let Ok(name) = row.name.value.parse() {
            table.push(
                name,
                Source { title: row.value.title.clone(), in_force: row.value.in_force, articles },
            );
        }
    }
    table
}

/// Resolves the citations of one rule.
fn basis(cites: &CitesDraft, draft: &Draft, flaws: &mut Vec<Flaw>) -> Basis {
    let argued = cites.iter().any(|cite| matches!(cite, CiteDraft::Reading { .. }));
    Basis(cites.iter().filter_map(|cite| citation(cite, argued, draft, flaws)).collect())
}

/// Resolves the citations of a rule that may not stand without one.
fn required_basis(cites: &CitesDraft, what: &str, at: Mark, draft: &Draft, flaws: &mut Vec<Flaw>) -> Basis {
    if cites.is_empty() {
        flaws.push(Flaw {
            code: FlawCode::NoCitation,
            mark: at,
            message: format!("{what} cites no provision"),
            remedy: "write `cite:` with the source and article it rests on".to_owned(),
            candidates: None,
        });
    }
    basis(cites, draft, flaws)
}

fn citation(cite: &CiteDraft, argued: bool, draft: &Draft, flaws: &mut Vec<Flaw>) -> Option<Citation> {
    let (source, article) = match cite {
        CiteDraft::Article { source, article } => (source, article),
        CiteDraft::Reading { number, exists: true } => return Some(Citation::Reading(number.value)),
        CiteDraft::Reading { number, exists: false } => {
            flaws.push(Flaw {
                code: FlawCode::UnknownArticle,
                mark: number.mark,
                message: format!("reading {} is not argued in NOTES.md", number.value),
                remedy: format!(
                    "add a section `## Reading {}: …` with question, answer and authority",
                    number.value
                ),
                candidates: None,
            });
            return None;
        }
    };
    let Some(row) = draft.sources.iter().find(|row| row.name.value == source.value) else {
        let known: Vec<String> = draft.sources.iter().map(|row| row.name.value.clone()).collect();
        flaws.push(did_you_mean("source", source, known));
        return None;
    };
    let Some(found) = row.value.articles.iter().find(|found| found.number == article.value) else {
        let known: Vec<String> = row.value.articles.iter().map(|article| article.number.clone()).collect();
        flaws.push(Flaw {
            code: FlawCode::UnknownArticle,
            message: format!("`{} {}` is not in the articles of that source", source.value, article.value),
            remedy: "cite an article that is there, or add it with its source".to_owned(),
            ..did_you_mean("article", article, known)
        });
        return None;
    };
    if found.verified == Verified::Unverified && !argued {
        flaws.push(Flaw {
            code: FlawCode::Unverified,
            mark: article.mark,
            message: format!(
                "the text of `{} {}` was not verified, so no rule rests on it alone",
                source.value, article.value
            ),
            remedy: "verify it, or argue a reading in NOTES.md and cite that as well".to_owned(),
            candidates: None,
        });
    }
    let source: Name = source.value.parse().ok()?;
    Some(Citation::Article { source, article: article.value.clone(), verified: found.verified })
}
