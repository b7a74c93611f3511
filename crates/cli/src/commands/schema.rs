//! `comity schema`: the JSON Schemas of the files.

use clap::{Args, ValueEnum};
use comity_language::{
    calendar_schema, counting_schema, equivalents_schema, labels_schema, plan_schema, procedure_schema,
};

use crate::answer::Answer;
use crate::print::{Page, Tone};

/// Which schema.
#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Of which file
    #[arg(value_enum)]
    of: Of,
}

/// The files that have a schema.
#[derive(Clone, Copy, ValueEnum)]
enum Of {
    /// A procedure file
    Procedure,
    /// A calendar file
    Calendar,
    /// A file of rules of counting
    Counting,
    /// A file of labels in another language
    Labels,
    /// A file of changes that no case can show
    Equivalents,
    /// A plan by which running cases go over to another edition
    Plan,
}

pub(crate) fn run(args: &SchemaArgs) -> Answer {
    let schema = match args.of {
        Of::Procedure => procedure_schema(),
        Of::Calendar => calendar_schema(),
        Of::Counting => counting_schema(),
        Of::Labels => labels_schema(),
        Of::Equivalents => equivalents_schema(),
        Of::Plan => plan_schema(),
    };
    let mut page = Page::new();
    page.pieces([(Tone::Plain, format!("{schema:#}").as_str())]);
    Answer::fine(page, serde_json::json!({ "schema": schema }))
}
