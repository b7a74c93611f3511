//! Procedures: the library, and one procedure as a picture with its clocks, documents and grounds.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use comity_core::procedure::Procedure;
use comity_draw::Marks;
use serde::Deserialize;

use super::frame::{self, Frame, Here};
use super::session::Desk;
use super::words::segment;
use crate::access::{Action, What};
use crate::api::case::drawn;
use crate::extract::Named;
use crate::problem::Problem;

/// Which procedures.
#[derive(Deserialize)]
pub(crate) struct Asks {
    #[serde(default)]
    q: String,
}

struct Family {
    name: String,
    procedures: Vec<Line>,
}

struct Line {
    title: String,
    name: String,
    path: String,
    cases: String,
    edition: u32,
    sides: String,
}

#[derive(Template)]
#[template(path = "console/procedures.html")]
struct ListPage {
    frame: Frame,
    asked: String,
    families: Vec<Family>,
    count: usize,
}

#[derive(Template)]
#[template(path = "console/procedure.html")]
struct ProcedurePage {
    frame: Frame,
    title: String,
    name: String,
    edition: u32,
    meaning: String,
    cases: String,
    may_open: bool,
    open: String,
    drawn: String,
    sources: Vec<(String, String)>,
    clocks: Vec<Row>,
    acts: Vec<Row>,
    documents: Vec<Row>,
    grounds: Vec<Row>,
}

struct Row {
    title: String,
    says: String,
    basis: String,
}

/// `NZ, KR`.
pub(crate) fn sides(procedure: &Procedure) -> String {
    let sides = procedure.sides().iter();
    let states: Vec<String> = sides
        .map(|(_, name, side)| side.country().map_or_else(|| name.to_string(), |state| state.to_string()))
        .collect();
    states.join(", ")
}

/// Whether a procedure has all the words of a text in its title or name.
pub(crate) fn matches(procedure: &Procedure, text: &str) -> bool {
    let whole = format!("{} {} {}", procedure.title(), procedure.name(), sides(procedure)).to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| whole.contains(word))
}

/// The library.
pub(crate) async fn list(desk: Desk, Query(asks): Query<Asks>) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::List, What::default())?;
    let all = desk.app.engine.procedures();
    let editions = all.names().into_iter().filter_map(|name| all.current(name.as_str()));
    let (mut families, mut count) = (BTreeMap::<String, Vec<Line>>::new(), 0);
    for edition in editions.filter(|edition| matches(&edition.procedure, &asks.q)) {
        let (procedure, name) = (&edition.procedure, edition.procedure.name().to_string());
        let family = name.split_once('/').map_or("", |(family, _)| family).to_owned();
        count += 1;
        families.entry(family).or_default().push(Line {
            title: procedure.title().to_owned(),
            path: format!("/procedures/{name}"),
            cases: format!("/cases?procedure={}", segment(&name)),
            edition: procedure.version(),
            sides: sides(procedure),
            name,
        });
    }
    let families = families.into_iter().map(|(name, procedures)| Family { name, procedures }).collect();
    let frame = Frame::of(&desk, "Procedures", Here::Procedures).await?;
    frame::page(&ListPage { frame, asked: asks.q, families, count })
}

/// One procedure.
pub(crate) async fn show(
    desk: Desk,
    Named((family, name)): Named<(String, String)>,
) -> Result<Response, Problem> {
    desk.app.may(&desk.who, Action::List, What::default())?;
    let found = desk.app.engine.procedures().current(&format!("{family}/{name}"));
    let procedure = found.ok_or_else(|| Problem::not_found("procedure"))?.procedure;
    let name = procedure.name().to_string();
    let frame = Frame::of(&desk, procedure.title(), Here::Procedures).await?;
    let asked = What { procedure: Some(&name), ..What::default() };
    let may_open = desk.app.rules.permits(&desk.who, Action::Open, asked);
    frame::page(&ProcedurePage {
        frame,
        title: procedure.title().to_owned(),
        edition: procedure.version(),
        meaning: procedure.meaning().to_string(),
        cases: format!("/cases?procedure={}", segment(&name)),
        may_open,
        open: format!("/cases/new?procedure={}", segment(&name)),
        drawn: drawn(&procedure, &Marks::none())?,
        sources: sources(&procedure),
        clocks: clocks(&procedure),
        acts: acts(&procedure),
        documents: documents(&procedure),
        grounds: grounds(&procedure),
        name,
    })
}

fn sources(procedure: &Procedure) -> Vec<(String, String)> {
    let sources = procedure.sources().iter();
    sources.map(|(_, name, source)| (name.to_string(), source.title.clone())).collect()
}

fn clocks(procedure: &Procedure) -> Vec<Row> {
    use comity_core::procedure::Length;
    let row = |clock: &comity_core::procedure::Clock| Row {
        title: clock.title.clone(),
        says: match &clock.length {
            Length::Counted { length, .. } => length.to_string(),
            Length::NamedDay { .. } => "until a day that an authority names".to_owned(),
            Length::NamedLength { .. } => "a length that an authority names".to_owned(),
        },
        basis: clock.basis.to_string(),
    };
    procedure.clocks().iter().map(|(_, _, clock)| row(clock)).collect()
}

fn acts(procedure: &Procedure) -> Vec<Row> {
    let authorities = procedure.authorities();
    let row = |act: &comity_core::procedure::Act| {
        let by = act.by.iter().filter_map(|by| authorities.get(*by)).map(|one| one.title.as_str());
        let by: Vec<&str> = by.collect();
        let two = if act.four_eyes { "; takes two persons" } else { "" };
        Row {
            title: act.title.clone(),
            says: format!("{}{two}", by.join(" or ")),
            basis: act.basis.to_string(),
        }
    };
    procedure.acts().iter().map(|(_, _, act)| row(act)).collect()
}

fn documents(procedure: &Procedure) -> Vec<Row> {
    let row = |document: &comity_core::procedure::Document| Row {
        title: document.title.clone(),
        says: if document.when.is_some() { "where its condition holds" } else { "always" }.to_owned(),
        basis: document.basis.to_string(),
    };
    procedure.documents().iter().map(|(_, _, document)| row(document)).collect()
}

fn grounds(procedure: &Procedure) -> Vec<Row> {
    let row = |ground: &comity_core::procedure::Ground| Row {
        title: ground.title.clone(),
        says: ground.force.word().to_owned(),
        basis: ground.basis.to_string(),
    };
    procedure.grounds().iter().map(|(_, _, ground)| row(ground)).collect()
}
