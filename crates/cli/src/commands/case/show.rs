//! `comity case show`.

use clap::Args;
use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_core::{Asked, View, moment_in_words, when_in_words};
use comity_language::library::labels_beside;
use comity_runner::CaseFile;
use serde_json::json;

use crate::answer::{Answer, joined};
use crate::commands::act::{behind_documents, linked_cases};
use crate::commands::asked::AskedArgs;
use crate::context::{LibraryArgs, StoreArgs, at_desk, quoted};
use crate::failure::Failure;
use crate::print::{Page, Tone};
use crate::procedures::no_labels;
use crate::sheet::{Detail, Sheet};

/// Which case, and when.
#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The case
    reference: String,
    #[command(flatten)]
    asked: AskedArgs,
    /// Show everything: limits that have not started, acts of other stages
    #[arg(long)]
    all: bool,
    /// The language of the titles, by its tag, such as ko; what has no label there keeps its title
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &ShowArgs) -> Result<Answer, Failure> {
    at_desk(&args.store, async |desk| {
        let mut file = desk.case(&args.reference).await?;
        if let Some(language) = &args.language {
            titled(&mut file, language, &args.store.library)?;
        }
        let now = desk.engine.now();
        let asked = args.asked.of(&file, now)?;
        let view = file.view(asked);
        if view.opening().is_none() {
            let opened = file.entries.first().map_or(Moment::MIN, |entry| entry.recorded_at);
            let what = format!("nothing was known of `{}` then", args.reference);
            return Err(Failure::usage(
                what,
                format!("it was opened {}", moment_in_words(opened, &file.procedure.home().zone)),
            ));
        }
        has_begun(args, &file, asked)?;
        let sheet = Sheet::new(&view, &file.entries);
        let matter = desk.engine.matter(file.opening.matter).await?.reference;
        let detail = if args.all { Detail::All } else { Detail::Now };
        let mut page = head(&file, &view, &matter);
        // Linked cases are compared as they stand now, whatever moment is asked about.
        let behind = desk.engine.behind(&file.known_at(now), now).await?;
        linked_cases(&mut page, &behind, desk);
        sheet.tracks(&mut page);
        sheet.limits(&mut page, detail);
        sheet.owed(&mut page);
        sheet.office(&mut page);
        sheet.facts(&mut page);
        sheet.documents(&mut page);
        sheet.grounds(&mut page);
        sheet.awaiting(&mut page);
        sheet.open_acts(&mut page);
        sheet.closed_acts(&mut page, detail);
        sheet.timeline(&mut page);
        sheet.entries(&mut page);
        if view.clocks().iter().any(|clock| !clock.cycles.is_empty()) {
            page.blank();
            let why =
                format!("comity why {} CLOCK{}  explains a limit", quoted(&args.reference), desk.options);
            page.labelled((Tone::Strong, "next"), 0, &why);
        }
        let names = json!({
            "reference": args.reference,
            "title": file.opening.title.reveal(),
            "case": file.case.to_string(),
            "matter": matter,
            "procedure": view.procedure().name().as_str(),
            "meaning": view.procedure().meaning().to_string(),
            "behind": behind_documents(&behind),
        });
        Ok(Answer::fine(page, joined(names, sheet.document())))
    })
}

/// Puts the titles of a language in the place of those of the procedure. What the case means is as it was.
fn titled(file: &mut CaseFile, language: &str, library: &LibraryArgs) -> Result<(), Failure> {
    let name = file.procedure.name().as_str();
    let labels = labels_beside(library.files()?.as_ref(), name);
    let Some(labels) = labels.iter().find(|one| one.language.eq_ignore_ascii_case(language)) else {
        return Err(no_labels(name, language, &labels));
    };
    file.lineage = file.lineage.titled(&|name, key| labels.label(name.as_str(), key));
    file.procedure = SharedProcedure::clone(file.lineage.present(&file.entries));
    Ok(())
}

/// A case stands nowhere before it began, though it may have been opened later than that.
fn has_begun(args: &ShowArgs, file: &CaseFile, asked: Asked) -> Result<(), Failure> {
    let (since, zone) = (file.opening.since, &file.procedure.home().zone);
    if since.earliest(zone) <= asked.at {
        return Ok(());
    }
    let what = format!("`{}` had not begun then", args.reference);
    Err(Failure::usage(what, format!("it began {}", when_in_words(since, zone))))
}

fn head(file: &CaseFile, view: &View, matter: &str) -> Page {
    let (opening, asked) = (&file.opening, view.asked());
    let zone = &file.procedure.home().zone;
    let mut page = Page::new();
    page.line(&[
        (Tone::Strong, &opening.reference),
        (Tone::Plain, "  "),
        (Tone::Plain, opening.title.reveal()),
    ]);
    page.wrapped(
        0,
        Tone::Plain,
        &format!(
            "{} ({}, edition {}); matter {matter}; since {}; {} entries",
            view.procedure().title(),
            view.procedure().name(),
            view.procedure().version(),
            opening.since,
            view.version(),
        ),
    );
    let at = moment_in_words(asked.at, zone);
    let known = if asked.known_at == asked.at {
        String::new()
    } else {
        format!(", as known {}", moment_in_words(asked.known_at, zone))
    };
    page.wrapped(0, Tone::Faint, &format!("As it stands {at}{known}."));
    page
}
