//! Every row of a procedure but the clocks, taken apart.

use super::tell::{self, Telling};
use super::{Part, Row, clocks};
use crate::procedure::{
    Act, Article, Authority, Basis, Condition, Document, Fact, Ground, Link, Mirror, Move, Obligation,
    Procedure, Safeguard, Source, Stage, Track, TrackMoves,
};

/// All rows, in the author's order.
pub(super) fn of(procedure: &Procedure) -> Vec<Row> {
    let Procedure {
        name: _,
        version: _,
        title: _,
        kind: _,
        home: _,
        sources: _,
        sides: _,
        authorities: _,
        links: _,
        facts: _,
        tracks: _,
        conditions: _,
        clocks: _,
        acts: _,
        obligations: _,
        sets: _,
        documents: _,
        grounds: _,
        safeguards: _,
        // These three are worked out from the others.
        conditions_in_order: _,
        meaning: _,
        wiring: _,
    } = procedure;
    let mut rows = vec![whole(procedure)];
    rows.extend(sources(procedure));
    rows.extend(parties(procedure));
    rows.extend(facts(procedure));
    rows.extend(tracks(procedure));
    rows.extend(conditions(procedure));
    rows.extend(clocks::of(procedure));
    rows.extend(acts(procedure));
    rows.extend(checklists(procedure));
    rows
}

/// A row from what was told of it.
pub(super) fn row(part: Part, name: impl Into<String>, title: &str, basis: &Basis, told: Telling<'_>) -> Row {
    Row { part, name: name.into(), title: title.to_owned(), basis: basis.to_string(), aspects: told.aspects }
}

fn whole(procedure: &Procedure) -> Row {
    let mut told = Telling::of(procedure);
    told.say("name", procedure.name.as_str());
    told.say("version", procedure.version.to_string());
    told.say("title", procedure.title.as_str());
    told.say("kind", procedure.kind.word());
    told.say("side where the case is decided", procedure.sides.name(procedure.home).as_str());
    // One of a kind, so the name is no part of what it is matched by.
    row(Part::Procedure, "", &procedure.title, &Basis::default(), told)
}

fn sources(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, source) in procedure.sources.iter() {
        let Source { title, in_force, articles } = source;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say_if("in force from", in_force.map(|day| day.to_string()));
        rows.push(row(Part::Source, name.as_str(), title, &Basis::default(), told));
        for Article { number, heading, verified } in articles {
            let mut told = Telling::of(procedure);
            told.say("heading", heading.as_str());
            told.say("how far its text was verified", verified.word());
            rows.push(row(Part::Article, format!("{name} {number}"), heading, &Basis::default(), told));
        }
    }
    rows
}

fn parties(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, side) in procedure.sides.iter() {
        let state = procedure.state_of(side);
        let mut told = Telling::of(procedure);
        told.say("country", state.as_str());
        told.say("zone", side.zone.to_string());
        rows.push(row(Part::Side, name.as_str(), &state, &Basis::default(), told));
    }
    for (_, name, authority) in procedure.authorities.iter() {
        let Authority { title, renamed, in_force, side, basis } = authority;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        for (from, title) in renamed {
            told.say("called otherwise", format!("from {from}: {title}"));
        }
        told.validity(in_force.as_ref());
        told.say("side", procedure.sides.name(*side).as_str());
        told.basis(basis);
        rows.push(row(Part::Authority, name.as_str(), title, basis, told));
    }
    for (_, name, Link { title, procedure: other }) in procedure.links.iter() {
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("procedure of the other case", other.as_str());
        rows.push(row(Part::Link, name.as_str(), title, &Basis::default(), told));
    }
    rows
}

fn facts(procedure: &Procedure) -> Vec<Row> {
    let fact = |(_, name, fact): (_, &crate::name::Name, &Fact)| {
        let Fact { title, of, mirrors, basis } = fact;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("what may be recorded", of.to_string());
        told.say_if(
            "follows",
            mirrors.as_ref().map(|Mirror { link, track }| {
                format!("the track {track} of the case linked as {}", procedure.links.name(*link))
            }),
        );
        told.basis(basis);
        row(Part::Fact, name.as_str(), title, basis, told)
    };
    procedure.facts.iter().map(fact).collect()
}

fn tracks(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, Track { title, starts, stages }) in procedure.tracks.iter() {
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("opens at", stages.name(*starts).as_str());
        rows.push(row(Part::Track, name.as_str(), title, &Basis::default(), told));
        for (_, stage, Stage { title, outcome, holds }) in stages.iter() {
            let mut told = Telling::of(procedure);
            told.say("title", title.as_str());
            told.say_if("outcome", outcome.clone());
            told.say_list("facts known there", &tell::facts(procedure, holds));
            rows.push(row(Part::Stage, format!("{name}.{stage}"), title, &Basis::default(), told));
        }
    }
    rows
}

fn conditions(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, Condition { title, when, moves, basis }) in procedure.conditions.iter() {
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.guard("when it holds", Some(when));
        told.stays(moves);
        told.basis(basis);
        rows.push(row(Part::Condition, name.as_str(), title, basis, told));
        rows.extend(self::moves(procedure, &format!("condition {name}"), moves, basis));
    }
    rows
}

/// A row for each pair of stages, whatever moves between them on the same cause.
pub(super) fn moves(procedure: &Procedure, cause: &str, moves: &[TrackMoves], own: &Basis) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for TrackMoves { track, moves, or_stays: _ } in moves {
        let stages = &procedure.tracks.at(*track).stages;
        for Move { from, to, when, basis } in moves {
            for from in from {
                let (start, end) = (stages.at(*from), stages.at(*to));
                let name = format!(
                    "{}: {} -> {}, by {cause}",
                    procedure.tracks.name(*track),
                    stages.name(*from),
                    stages.name(*to)
                );
                let title = format!("{}: {} → {}", procedure.tracks.at(*track).title, start.title, end.title);
                let basis = basis.or(own);
                let mut told = Telling::of(procedure);
                let when = when.as_ref().map_or("always".to_owned(), |when| when.words(procedure));
                told.say("when", tell::cited(&when, basis));
                told.basis(basis);
                match rows.iter_mut().find(|row| row.name == name) {
                    Some(row) => row.aspects.extend(told.aspects),
                    None => rows.push(row(Part::Move, name, &title, basis, told)),
                }
            }
        }
    }
    rows
}

fn acts(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, act) in procedure.acts.iter() {
        let Act { title, by, when, unless, moves, records, may_record, owes, four_eyes, in_force, basis } =
            act;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say_list("who may do it", &tell::authorities(procedure, by));
        told.guard("when it may be done", when.as_ref());
        told.exceptions("unless", unless);
        told.stays(moves);
        told.say_list("facts that must be given", &tell::facts(procedure, records));
        told.say_list("facts that may be given", &tell::facts(procedure, may_record));
        told.say_list("obligations that arise", &tell::obligations(procedure, owes));
        told.say("how many persons it takes", if *four_eyes { "two" } else { "one" });
        told.validity(in_force.as_ref());
        told.basis(basis);
        rows.push(row(Part::Act, name.as_str(), title, basis, told));
        rows.extend(self::moves(procedure, &format!("act {name}"), moves, basis));
    }
    rows
}

fn checklists(procedure: &Procedure) -> Vec<Row> {
    let mut rows = Vec::new();
    for (_, name, obligation) in procedure.obligations.iter() {
        let Obligation { title, bearer, when, met_by, basis } = obligation;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("who owes it", procedure.authorities.name(*bearer).as_str());
        told.guard("when it arises", when.as_ref());
        told.say_list("met by", &tell::acts(procedure, met_by));
        told.basis(basis);
        rows.push(row(Part::Obligation, name.as_str(), title, basis, told));
    }
    for (_, name, documents) in procedure.sets.iter() {
        let mut told = Telling::of(procedure);
        told.say_list("documents", &tell::documents(procedure, documents));
        rows.push(row(Part::DocumentSet, name.as_str(), name.as_str(), &Basis::default(), told));
    }
    for (_, name, document) in procedure.documents.iter() {
        let Document { title, set, when, form, translated, in_force, basis } = document;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("for", procedure.sets.name(*set).as_str());
        told.guard("when it is needed", when.as_ref());
        told.say("form", form.word());
        told.say("translation", translated.to_string());
        told.validity(in_force.as_ref());
        told.basis(basis);
        rows.push(row(Part::Document, name.as_str(), title, basis, told));
    }
    for (_, name, ground) in procedure.grounds.iter() {
        let Ground { title, force, considered_by, in_force, basis } = ground;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("kind", force.word());
        told.say_list("considered by", &tell::authorities(procedure, considered_by));
        told.validity(in_force.as_ref());
        told.basis(basis);
        rows.push(row(Part::Ground, name.as_str(), title, basis, told));
    }
    for (_, name, safeguard) in procedure.safeguards.iter() {
        let Safeguard { title, promise, basis } = safeguard;
        let mut told = Telling::of(procedure);
        told.say("title", title.as_str());
        told.say("what is guaranteed", promise.words(procedure));
        told.basis(basis);
        rows.push(row(Part::Safeguard, name.as_str(), title, basis, told));
    }
    rows
}
