//! The deed that the options tell of.

use comity_core::entry::{ArrivedForm, Deed};
use comity_core::procedure::Procedure;
use comity_core::time::When;
use comity_runner::CaseFile;
use comity_runner::said::{Said, SaidWhat, Unclear};

use super::{ActArgs, similar};
use crate::failure::Failure;

/// What happened, if the options tell of a deed.
pub(super) fn deed(args: &ActArgs, file: &CaseFile, undated: When) -> Result<Option<Deed>, Failure> {
    let Some(what) = what(args)? else { return Ok(None) };
    if !args.fact.is_empty() && args.act.is_none() {
        return Err(Failure::usage(
            "--fact goes with an act",
            "record a fact by itself with --fact-only NAME=VALUE",
        ));
    }
    let said = Said { what, when: args.when.clone() };
    let deed = said.deed(&file.procedure, undated);
    deed.map(Some).map_err(|unclear| not_clear(unclear, &file.procedure))
}

fn what(args: &ActArgs) -> Result<Option<SaidWhat>, Failure> {
    Ok(Some(if let Some(act) = &args.act {
        let facts = args.fact.iter().map(|pair| fact(pair)).collect::<Result<_, _>>()?;
        SaidWhat::Act { act: act.clone(), by: args.by.clone(), facts }
    } else if let Some(document) = &args.document {
        SaidWhat::Document {
            document: document.clone(),
            form: args.form.map_or(ArrivedForm::Copy, ArrivedForm::from),
            translated_into: args.language.clone(),
        }
    } else if let Some(ground) = &args.ground {
        if !args.applies && !args.does_not_apply {
            let what = format!("what was found about `{ground}` is not said");
            return Err(Failure::usage(what, "add --applies or --does-not-apply"));
        }
        SaidWhat::Finding { ground: ground.clone(), applies: args.applies, by: args.by.clone() }
    } else if let Some(pair) = &args.fact_only {
        let (fact, value) = fact(pair)?;
        SaidWhat::Fact { fact, value }
    } else {
        return Ok(None);
    }))
}

/// `name=value`.
fn fact(pair: &str) -> Result<(String, String), Failure> {
    let Some((name, value)) = pair.split_once('=') else {
        // What was written may be a value, which may name a person: it is not repeated.
        return Err(Failure::usage("a fact has no value", "write NAME=VALUE, such as person.status=accused"));
    };
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Why what was said means nothing, with what to write instead.
pub(crate) fn not_clear(unclear: Unclear, procedure: &Procedure) -> Failure {
    match unclear {
        Unclear::Rejected { rejection, names: Some((name, known)) } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Failure::rejected(rejection, procedure, similar(&name, &known))
        }
        Unclear::Rejected { rejection, names: None } => {
            Failure::rejected(rejection, procedure, "write NAME=VALUE with a value of that kind".to_owned())
        }
        Unclear::WhichAuthority { authorities } => {
            let several: Vec<String> = authorities.iter().map(|name| format!("--by {name}")).collect();
            Failure::usage(
                "several authorities may do this",
                format!("say which did: {}", several.join(" or ")),
            )
        }
        Unclear::Date { why, zone } => Failure::usage(
            why,
            format!("dates are read in {zone}; write 2027-04-16 23:30, 2027-04-16, 2027-04 or 2027"),
        ),
        Unclear::NoDeed { entry } => Failure::usage(
            format!("entry {entry} is no deed that stands"),
            "only a deed that stands can be corrected; comity case show lists the entries",
        ),
    }
}
