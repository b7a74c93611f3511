//! `comity test`: runs chronologies and says of every cell that does not hold why it does not.

mod changes;
mod coverage;
mod html;
mod junit;
mod outcome;
mod tracks;
pub(crate) mod watch;

use std::path::{Path, PathBuf};

use clap::Args;
use comity_language::{Chronology, Loaded};
use comity_testkit::changes::Trial;
use serde_json::json;

use self::outcome::{Outcome, Unread};
use crate::answer::{Answer, joined};
use crate::chronologies::{self, Libraries};
use crate::context::LibraryArgs;
use crate::exit::Exit;
use crate::failure::Failure;

/// What to run.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is there or not")]
pub(crate) struct TestArgs {
    /// Chronologies, or folders of them
    #[arg(default_value = "workflows", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Say in full what the chronologies cross of each procedure, and what they do not
    #[arg(long)]
    coverage: bool,
    /// Try every small change to the procedures and say which ones no chronology notices
    #[arg(long)]
    changes: bool,
    /// Search for tables that notice what none notices, and write them beside the procedure
    #[arg(long, requires = "changes")]
    write: bool,
    /// Also write the report that CI systems read, in XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Also write a report as one page of HTML, with what is crossed
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Run again whenever a file of the library changes
    #[arg(long, conflicts_with = "write")]
    pub(crate) watch: bool,
    #[command(flatten)]
    library: LibraryArgs,
}

/// What was read and run.
struct Ran<'a> {
    libraries: Libraries<'a>,
    chronologies: Vec<Chronology>,
    outcome: Outcome,
}

pub(crate) fn run(args: &TestArgs) -> Result<Answer, Failure> {
    let ran = ran(args)?;
    let exit = ran.outcome.exit();
    if let Some(path) = &args.junit {
        junit::write(&ran.outcome, path)?;
    }
    if let Some(path) = &args.html {
        html::write(&ran.outcome, path)?;
    }
    // What fails already would seem to notice every change, so it is told first.
    if args.changes && exit == Exit::Fine {
        return changes(&ran, args.write);
    }
    let page = ran.outcome.page(args.coverage);
    Ok(Answer::fine(page, ran.outcome.document(args.coverage)).ending(exit))
}

fn ran(args: &TestArgs) -> Result<Ran<'_>, Failure> {
    let mut libraries = Libraries::new(&args.library);
    let (mut read, mut reports, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for path in &args.paths {
        for file in chronologies::at(path)? {
            match chronologies::read(&file)? {
                (Some(chronology), _) => {
                    reports.push(comity_testkit::run(&chronology, libraries.of(&file)?));
                    read.push(chronology);
                }
                (None, diagnostics) => unread.push(Unread { file: file.display().to_string(), diagnostics }),
            }
        }
    }
    if reports.is_empty() && unread.is_empty() {
        let next =
            "a chronology is called NAME.chronology.md or NAME.chronology.csv; name one, or a folder of them";
        return Err(Failure::usage("there is no chronology here", next));
    }
    let crossed = outcome::crossed(&reports);
    let gaps = outcome::gaps(&crossed, libraries.all());
    let covered = coverage::covered(&crossed, libraries.all().flat_map(|library| &library.procedures));
    let broken = libraries.diagnostics();
    Ok(Ran { libraries, chronologies: read, outcome: Outcome { reports, unread, broken, gaps, covered } })
}

fn changes(ran: &Ran<'_>, writes: bool) -> Result<Answer, Failure> {
    let mut all = Vec::new();
    for library in ran.libraries.all() {
        for loaded in library.procedures.iter().filter(|loaded| is_tested_here(loaded, &ran.chronologies)) {
            all.push(changes::tried(Trial::new(loaded, library, &ran.chronologies), loaded, writes)?);
        }
    }
    let mut page = crate::print::Page::new();
    for one in &all {
        page.append(&one.page());
    }
    page.blank();
    page.append(&ran.outcome.summary());
    let changed: Vec<_> = all.iter().map(changes::Changed::document).collect();
    let document = joined(ran.outcome.document(false), json!({ "changes": changed }));
    let exit = if all.iter().all(changes::Changed::is_all_noticed) { Exit::Fine } else { Exit::Failed };
    Ok(Answer::fine(page, document).ending(exit))
}

/// Whether the tests of a procedure are among these: a chronology about it that lies in its folder. One that lies
/// elsewhere and only touches it would notice little, and is not meant to.
fn is_tested_here(loaded: &Loaded, chronologies: &[Chronology]) -> bool {
    let folder = Path::new(&loaded.path).parent().and_then(Path::file_name);
    chronologies.iter().any(|one| {
        let lies_in = Path::new(one.source.path()).parent().and_then(Path::file_name);
        let is_about = one.cases.iter().any(|case| case.procedure.value == loaded.name);
        is_about && (lies_in == folder || lies_in.is_none())
    })
}
