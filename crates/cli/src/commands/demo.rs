//! `comity demo`: a real matter carried through a store on disk, and what the engine makes of it.

mod carry;
mod lines;
mod story;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_language::library::load;
use comity_language::{Chronology, Library, Source, read_chronology};
use comity_runner::{Engine, EngineParts, LibraryProcedures, ManualClock};
use comity_store::{Journal, OpenOptions, Report, SledJournal};
use serde_json::json;

use self::carry::{Carried, Carrier};
use self::story::{Chapter, closing, head};
use crate::answer::Answer;
use crate::context::{block_on, open_options};
use crate::embedded;
use crate::failure::Failure;

/// The matter as it was reported.
const REAL: &str = "nz-kr/matter-2017-2020.chronology.md";
/// How it could have gone on.
const IN_TIME: &str = "nz-kr/matter-hypothetical-in-time.chronology.md";
/// The references under which the two lie in the store.
const WELLINGTON: &str = "WELLINGTON";
const HYPOTHETICAL: &str = "HYPOTHETICAL";

/// Where the store is to be.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// The folder of the store, empty or new [default: a new one for temporary files]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

pub(crate) fn run(args: &DemoArgs) -> Result<Answer, Failure> {
    let folder = fresh(args.store.as_deref())?;
    let library = load(&embedded::library());
    let (real, in_time) = (chronology(REAL)?, chronology(IN_TIME)?);
    block_on(async {
        let (real, in_time) = carry_both(&folder, &library, &real, &in_time).await?;
        // Everything below is read from the store as it was found on opening it again.
        let journal = open(&folder, false).await?;
        let engine = engine(&journal, &library, Arc::new(ManualClock::at(real.ends)));
        let chapters = [
            Chapter::read(&engine, WELLINGTON, real).await?,
            Chapter::read(&engine, HYPOTHETICAL, in_time).await?,
        ];
        let report = journal.verify().await;
        journal.close().await?;
        Ok(answer(&folder, &chapters, &report?))
    })
}

fn answer(folder: &Path, chapters: &[Chapter; 2], report: &Report) -> Answer {
    let [real, in_time] = chapters;
    let mut page = head();
    real.as_it_was(&mut page);
    in_time.as_it_could_have_been(&mut page);
    closing(&mut page, folder, report);
    let document = json!({
        "store": folder.display().to_string(),
        "entries": report.last.0,
        "head": report.head.to_string(),
        "verified": true,
        "matters": chapters.iter().map(Chapter::document).collect::<Vec<_>>(),
    });
    Answer::fine(page, document)
}

/// Carries both matters into a new store, and closes it.
async fn carry_both(
    folder: &Path,
    library: &Library,
    real: &Chronology,
    in_time: &Chronology,
) -> Result<(Carried, Carried), Failure> {
    let journal = open(folder, true).await?;
    let clock = Arc::new(ManualClock::at(Moment::MIN));
    let engine = engine(&journal, library, clock.clone());
    let by = Private::new("demo");
    let carrier =
        |chronology, prefix| Carrier { engine: &engine, clock: &clock, chronology, prefix, by: &by };
    let real = carrier(real, WELLINGTON).carry().await;
    let in_time = carrier(in_time, HYPOTHETICAL).carry().await;
    let closed = journal.close().await;
    let both = (real?, in_time?);
    closed?;
    Ok(both)
}

async fn open(folder: &Path, create: bool) -> Result<Arc<SledJournal>, Failure> {
    let options = OpenOptions { create, ..open_options() };
    Ok(Arc::new(SledJournal::open(folder, options).await?))
}

fn engine(journal: &Arc<SledJournal>, library: &Library, clock: Arc<ManualClock>) -> Engine {
    let procedures = Arc::new(LibraryProcedures::new(library.clone()));
    Engine::new(EngineParts { journal: journal.clone(), procedures, clock })
}

/// A chronology that is built into this program.
fn chronology(path: &str) -> Result<Chronology, Failure> {
    let source = Arc::new(Source::new(path, embedded::text(path).unwrap_or_default()));
    let (chronology, diagnostics) = read_chronology(&source);
    let what = format!("`{path}`, as it is built into this program, cannot be read");
    chronology.ok_or(Failure::Procedures { what, diagnostics })
}

/// The folder named, if it is empty or new; else the first free one among temporary files.
fn fresh(named: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(folder) = named {
        let taken = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            let what = format!("the folder `{}` is not empty", folder.display());
            return Err(Failure::usage(what, "name a folder that is empty or new, or none"));
        }
        return Ok(folder.to_owned());
    }
    let mut number = 1_u32;
    loop {
        let folder = std::env::temp_dir().join(format!("comity-demo-{number}"));
        // Making a folder fails if it is there, so two demos at once get one each.
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(source) => return Err(Failure::File { path: folder, source }),
        }
    }
}
