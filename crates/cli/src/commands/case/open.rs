//! `comity case open`.

use clap::Args;
use comity_core::id::CaseId;
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_runner::said::read_when;
use comity_runner::{Edition, EngineError, NewCase};
use serde_json::json;

use crate::answer::Answer;
use crate::commands::act::{not_clear, similar};
use crate::commands::matter::check_reference;
use crate::context::{Desk, StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone, short};

/// The case to be opened.
#[derive(Args)]
pub(crate) struct OpenArgs {
    /// The reference by which officers will know it, such as EX-2027-0014
    reference: String,
    /// The matter it belongs to
    #[arg(long, value_name = "REFERENCE")]
    matter: String,
    /// The procedure it runs under, such as nz-kr/extradition
    #[arg(long, value_name = "NAME")]
    procedure: String,
    /// A short title
    #[arg(long, default_value = "", hide_default_value = true)]
    title: String,
    /// From when acts may be recorded, as far as it is known [default: today]
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// A case that this one is tied to, by a link of the procedure
    #[arg(long, value_name = "NAME=REFERENCE")]
    link: Vec<String>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &OpenArgs) -> Result<Answer, Failure> {
    check_reference(&args.reference)?;
    at_desk(&args.store, async |desk| {
        let edition = edition(args, desk)?;
        let Some(matter) = desk.engine.find_matter(&args.matter).await? else {
            let next =
                format!("comity matter open {} --title TITLE{}", quoted(&short(&args.matter)), desk.options);
            return Err(Failure::usage(
                format!("there is no matter `{}` in this store", short(&args.matter)),
                next,
            ));
        };
        let mut links = Vec::new();
        for link in &args.link {
            links.push(tie(link, &edition, desk).await?);
        }
        let since = since(args, &edition, desk)?;
        let new = NewCase {
            matter,
            procedure: edition.procedure.name().clone(),
            reference: args.reference.clone(),
            title: Private::new(args.title.clone()),
            since,
            links,
        };
        let case = desk.engine.open_case(new, &desk.account).await?;
        let procedure = &edition.procedure;
        let mut page = Page::new();
        page.line(&[
            (Tone::Good, "opened"),
            (Tone::Plain, "  case "),
            (Tone::Strong, &args.reference),
            (Tone::Plain, &format!("  {}, edition {}, since {since}", procedure.name(), procedure.version())),
        ]);
        let next = format!("comity case show {}{}", quoted(&args.reference), desk.options);
        page.labelled((Tone::Strong, "next"), 0, &next);
        let document = json!({
            "reference": args.reference,
            "case": case.to_string(),
            "matter": args.matter,
            "procedure": procedure.name().as_str(),
            "edition": procedure.version(),
            "meaning": procedure.meaning().to_string(),
            "since": since.to_string(),
        });
        Ok(Answer::recorded(page, document, format!("recorded: case {} is open", args.reference)))
    })
}

fn edition(args: &OpenArgs, desk: &Desk) -> Result<Edition, Failure> {
    let procedures = desk.engine.procedures();
    if let Some(edition) = procedures.current(&args.procedure) {
        return Ok(edition);
    }
    let diagnostics = args.store.library.flaws_of(&args.procedure)?;
    if !diagnostics.is_empty() {
        let what = format!("the procedure `{}` does not load", short(&args.procedure));
        return Err(Failure::Procedures { what, diagnostics });
    }
    let known = procedures.names().iter().map(ToString::to_string).collect();
    Err(EngineError::NoSuchProcedure { name: short(&args.procedure), known }.into())
}

fn since(args: &OpenArgs, edition: &Edition, desk: &Desk) -> Result<When, Failure> {
    let (zone, now) = (&edition.procedure.home().zone, desk.engine.now());
    let Some(text) = &args.since else { return Ok(When::On(zone.day_at(now))) };
    let since = read_when(text, zone).map_err(|unclear| not_clear(unclear, &edition.procedure))?;
    if since.earliest(zone) > now {
        let next = "open the case when it begins";
        return Err(Failure::usage(format!("the case would begin {since}, which lies in the future"), next));
    }
    Ok(since)
}

/// `NAME=REFERENCE`: a link of the procedure and the case it leads to.
async fn tie(link: &str, edition: &Edition, desk: &Desk) -> Result<(Name, CaseId), Failure> {
    let Some((name, reference)) = link.split_once('=') else {
        let next = "write NAME=REFERENCE, such as immunity=IM-2027-0003";
        return Err(Failure::usage(format!("the link `{link}` leads to no case"), next));
    };
    let links = edition.procedure.links();
    let Some(known) = links.names().find(|known| known.as_str() == name) else {
        let names: Vec<&str> = links.names().map(Name::as_str).collect();
        let what = format!("`{}` has no link `{name}`", edition.procedure.name());
        return Err(Failure::usage(what, similar(name, &names)));
    };
    Ok((known.clone(), desk.case(reference).await?.case))
}
