//! The deed that the options tell of.

use comity_core::Rejection;
use comity_core::entry::{Arrival, ArrivedForm, Deed, What};
use comity_core::name::Name;
use comity_core::procedure::{AuthorityId, Procedure};
use comity_core::table::{Id, Table};
use comity_core::time::{Moment, When, Zone};
use comity_core::value::Value;
use comity_runner::CaseFile;

use super::{ActArgs, similar};
use crate::context::Desk;
use crate::failure::Failure;

/// What happened, if the options tell of a deed.
pub(super) fn deed(args: &ActArgs, file: &CaseFile, desk: &Desk) -> Result<Option<Deed>, Failure> {
    let procedure = &file.procedure;
    let what = if let Some(act) = &args.act {
        let name = known(procedure.acts(), "act", act, procedure)?;
        let facts = args.fact.iter().map(|pair| fact(pair, procedure)).collect::<Result<_, _>>()?;
        let allowed =
            procedure.acts().find(act).and_then(|id| procedure.acts().get(id)).map(|act| act.by.clone());
        What::Act { act: name, by: authority(args, &allowed.unwrap_or_default(), procedure)?, facts }
    } else if let Some(document) = &args.document {
        What::Document(Arrival {
            document: known(procedure.documents(), "document", document, procedure)?,
            form: args.form.map_or(ArrivedForm::Copy, ArrivedForm::from),
            translated_into: args.language.clone(),
        })
    } else if let Some(ground) = &args.ground {
        let name = known(procedure.grounds(), "ground", ground, procedure)?;
        let grounds = procedure.grounds();
        let allowed =
            grounds.find(ground).and_then(|id| grounds.get(id)).map(|ground| ground.considered_by.clone());
        if !args.applies && !args.does_not_apply {
            let what = format!("what was found about `{ground}` is not said");
            return Err(Failure::usage(what, "add --applies or --does-not-apply"));
        }
        What::Finding {
            ground: name,
            applies: args.applies,
            by: authority(args, &allowed.unwrap_or_default(), procedure)?,
        }
    } else if let Some(pair) = &args.fact_only {
        let (fact, value) = fact(pair, procedure)?;
        What::Fact { fact, value }
    } else {
        return Ok(None);
    };
    if !args.fact.is_empty() && args.act.is_none() {
        return Err(Failure::usage(
            "--fact goes with an act",
            "record a fact by itself with --fact-only NAME=VALUE",
        ));
    }
    let when = when(args, zone_of(procedure, &what), desk.engine.now())?;
    Ok(Some(Deed { when, what }))
}

/// When it took effect, read in `zone`; now, if nothing is said.
pub(super) fn when(args: &ActArgs, zone: &Zone, now: Moment) -> Result<When, Failure> {
    match &args.when {
        None => Ok(When::At(now)),
        Some(text) => parse_when(text, zone),
    }
}

/// Reads a date of any precision.
///
/// # Errors
///
/// Returns [`Failure`] with what would be right.
pub(crate) fn parse_when(text: &str, zone: &Zone) -> Result<When, Failure> {
    let next =
        format!("dates are read in {}; write 2027-04-16 23:30, 2027-04-16, 2027-04 or 2027", zone.name());
    When::parse(text, zone).map_err(|bad| Failure::usage(bad.to_string(), next))
}

/// The zone in whose days a deed is dated: that of the side that acts, else that of the side that decides.
pub(super) fn zone_of<'p>(procedure: &'p Procedure, what: &What) -> &'p Zone {
    let by = match what {
        What::Act { by, .. } | What::Finding { by, .. } => by.as_str(),
        What::Document(_) | What::Fact { .. } | What::Learned { .. } => return &procedure.home().zone,
    };
    let authorities = procedure.authorities();
    let side = authorities.find(by).and_then(|id| authorities.get(id)).map(|authority| authority.side);
    side.and_then(|side| procedure.sides().get(side)).map_or(&procedure.home().zone, |side| &side.zone)
}

/// A name that the procedure knows; otherwise the engine's refusal, with the nearest name.
fn known<I: Id, T>(
    table: &Table<I, T>,
    what: &'static str,
    name: &str,
    procedure: &Procedure,
) -> Result<Name, Failure> {
    if let Some(found) = table.names().find(|known| known.as_str() == name) {
        return Ok(found.clone());
    }
    let names: Vec<&str> = table.names().map(Name::as_str).collect();
    let rejection = Rejection::Unknown {
        what,
        name: crate::print::short(name),
        known: names.iter().map(ToString::to_string).collect(),
    };
    Err(Failure::rejected(rejection, procedure, similar(name, &names)))
}

/// The authority named, or the only one that may.
fn authority(args: &ActArgs, allowed: &[AuthorityId], procedure: &Procedure) -> Result<Name, Failure> {
    let authorities = procedure.authorities();
    if let Some(by) = &args.by {
        return known(authorities, "authority", by, procedure);
    }
    let may: Vec<&Name> =
        authorities.iter().filter(|(id, _, _)| allowed.contains(id)).map(|(_, name, _)| name).collect();
    match may.as_slice() {
        [only] => Ok((*only).clone()),
        several => {
            let several: Vec<String> = several.iter().map(|name| format!("--by {name}")).collect();
            Err(Failure::usage(
                "several authorities may do this",
                format!("say which did: {}", several.join(" or ")),
            ))
        }
    }
}

/// `name=value`, as the procedure types it.
fn fact(pair: &str, procedure: &Procedure) -> Result<(Name, Value), Failure> {
    let Some((name, value)) = pair.split_once('=') else {
        // What was written may be a value, which may name a person: it is not repeated.
        return Err(Failure::usage("a fact has no value", "write NAME=VALUE, such as person.status=accused"));
    };
    let facts = procedure.facts();
    let fact = known(facts, "fact", name.trim(), procedure)?;
    let Some(row) = facts.find(fact.as_str()).and_then(|id| facts.get(id)) else {
        return Err(Failure::usage("a fact is not known", "comity case show lists what there is"));
    };
    let wrong = |_| {
        let rejection = Rejection::WrongValue { fact: fact.to_string(), expected: row.of.to_string() };
        Failure::rejected(rejection, procedure, format!("write {fact}=VALUE with a value of that kind"))
    };
    row.of.read(value.trim()).map(|value| (fact.clone(), value)).map_err(wrong)
}
