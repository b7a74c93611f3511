//! `comity draw`: a procedure as a picture.

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comity_draw::{Diagram, Marks, dot, mermaid, svg};
use serde_json::json;

use crate::answer::{Answer, joined};
use crate::context::{LibraryArgs, counted};
use crate::failure::Failure;
use crate::print::{Page, Tone};
use crate::procedures;

/// What to draw.
#[derive(Args)]
pub(crate) struct DrawArgs {
    /// A procedure, by its name in the library or by its file
    #[arg(value_name = "PROCEDURE")]
    procedure: String,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// Where to write it; standard output, if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The language of its titles, by its tag, such as ko; what has no label there keeps its title
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    #[command(flatten)]
    library: LibraryArgs,
}

/// How a picture is written.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A picture for a page and for paper
    Svg,
    /// Text for pages that draw Mermaid
    Mermaid,
    /// Text for Graphviz
    Dot,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
        }
    }
}

pub(crate) fn run(args: &DrawArgs) -> Result<Answer, Failure> {
    let loaded = procedures::find(&args.procedure, &args.library)?;
    let procedure = procedures::in_language(&loaded, args.language.as_deref())?;
    let diagram = Diagram::of(&procedure);
    let marks = Marks::none();
    let text = match args.format {
        Format::Svg => svg(&diagram, &marks)
            .map_err(|error| Failure::usage(error.to_string(), "choose another format with --format"))?,
        Format::Mermaid => mermaid(&diagram, &marks),
        Format::Dot => dot(&diagram, &marks),
    };
    let document = json!({
        "procedure": loaded.name,
        "version": diagram.version,
        "format": args.format.word(),
        "tracks": diagram.lanes.len(),
        "moves": diagram.steps().count(),
    });
    let mut page = Page::new();
    let more = match &args.out {
        None => {
            page.pieces([(Tone::Plain, text.as_str())]);
            json!({ "text": text })
        }
        Some(path) => {
            fs::write(path, &text).map_err(|source| Failure::File { path: path.clone(), source })?;
            let shown = path.display().to_string();
            let tracks = counted(diagram.lanes.len(), "track");
            let moves = counted(diagram.steps().count(), "move");
            page.line(&[
                (Tone::Good, "written"),
                (Tone::Plain, "  "),
                (Tone::Strong, &shown),
                (Tone::Faint, &format!("  {}: {tracks}, {moves}", loaded.name)),
            ]);
            json!({ "written": shown })
        }
    };
    let document = joined(document, more);
    Ok(Answer::fine(page, document))
}
