//! A new edition of a procedure over live cases: a dry run with a table, then each case by itself.
//!
//! `README.md` beside it says how to run it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use comity_core::entry::{Deed, What};
use comity_core::id::CaseId;
use comity_core::migration::Migration;
use comity_core::name::{BadName, Name, Private};
use comity_core::procedure::SharedProcedure;
use comity_core::time::{BadMoment, BadWhen, BadZone, When, Zone};
use comity_core::value::Value;
use comity_core::{Asked, Rejection};
use comity_language::library::{Disk, load};
use comity_language::{Source, read_plan};
use comity_runner::{
    CaseMigration, Engine, EngineError, EngineParts, LibraryProcedures, ManualClock, Migrate,
    MigrationOutcome, NewCase, NewMatter, Outcome, Request,
};
use comity_store::{Journal, MemoryJournal};

const EDITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/editions");
const PROCEDURE: &str = "norvane-calderia/extradition";

/// What may go wrong.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("refused: {0}")]
    Rejected(Rejection),
    #[error("{0}")]
    Plan(String),
    #[error(transparent)]
    Name(#[from] BadName),
    #[error(transparent)]
    When(#[from] BadWhen),
    #[error(transparent)]
    Moment(#[from] BadMoment),
    #[error(transparent)]
    Zone(#[from] BadZone),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// An office with the library of one edition, over a record that outlives it.
struct Office {
    engine: Engine,
    zone: Zone,
    officer: Private,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("migrate: {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Trouble> {
    let journal = Arc::new(MemoryJournal::new());
    let clock = Arc::new(ManualClock::at("2027-03-10T09:00:00Z".parse()?));
    let mut out = std::io::stdout();

    let first = Office::new("1", &journal, &clock)?;
    let held = first.open("EX-1").await?;
    first.arrest(held, "2027-03-02").await?;
    let free = first.open("EX-2").await?;
    writeln!(out, "edition 1: EX-1 is held, and {}", first.limit(held).await?)?;

    // The program is started anew with the second edition in its library.
    let second = Office::new("2", &journal, &clock)?;
    let (leaves, plan) = second.plan().await?;
    for (heading, how) in
        [("dry run", Migrate::DryRun), ("applied", Migrate::Apply), ("again", Migrate::Apply)]
    {
        writeln!(out, "{heading}:")?;
        for one in second.engine.migrate(&plan, &leaves, &[], (how, &second.officer), |_| {}).await? {
            write!(out, "{}", told(&one))?;
        }
    }
    // What took effect before a case went over is counted as it was then; the arrest comes after.
    clock.set("2027-03-12T09:00:00Z".parse()?);
    second.arrest(free, "2027-03-11").await?;
    writeln!(out, "edition 2: EX-1 is held as before, and {}", second.limit(held).await?)?;
    writeln!(out, "edition 2: EX-2 is held by now, and {}", second.limit(free).await?)?;
    Ok(())
}

impl Office {
    fn new(edition: &str, journal: &Arc<MemoryJournal>, clock: &Arc<ManualClock>) -> Result<Self, Trouble> {
        let library = load(&Disk::new(Path::new(EDITIONS).join(edition)));
        let engine = Engine::new(EngineParts {
            journal: Arc::<MemoryJournal>::clone(journal) as Arc<dyn Journal>,
            procedures: Arc::new(LibraryProcedures::new(library)),
            clock: Arc::<ManualClock>::clone(clock),
        });
        Ok(Self { engine, zone: Zone::named("Europe/Lisbon")?, officer: Private::new("desk") })
    }

    async fn open(&self, reference: &str) -> Result<CaseId, Trouble> {
        let matter = NewMatter { reference: format!("M-{reference}"), title: Private::new("…") };
        let case = NewCase {
            matter: self.engine.open_matter(matter, &self.officer).await?,
            procedure: PROCEDURE.parse()?,
            reference: reference.to_owned(),
            title: Private::new("…"),
            since: When::parse("2027-03-01", &self.zone)?,
            links: vec![],
        };
        Ok(self.engine.open_case(case, &self.officer).await?)
    }

    async fn arrest(&self, case: CaseId, when: &str) -> Result<(), Trouble> {
        let place: (Name, Value) = ("arrest.place".parse()?, Value::Text(Private::new("Lisbon")));
        let what =
            What::Act { act: "arrested".parse()?, by: "requested/police".parse()?, facts: vec![place] };
        let deed = Deed { when: When::parse(when, &self.zone)?, what };
        match self.engine.record(case, Request::deed(deed, &self.officer)).await? {
            Outcome::Recorded(_) => Ok(()),
            Outcome::Rejected(rejection) => Err(Trouble::Rejected(rejection)),
        }
    }

    /// Until when the request must be here.
    async fn limit(&self, case: CaseId) -> Result<String, Trouble> {
        let view = self.engine.view(case, Asked::at(self.engine.now())).await?;
        let due = view.due();
        let Some((ends, clock)) = due.first() else { return Ok("no limit runs".to_owned()) };
        Ok(format!("the request must be here by the end of {}", clock.zone.day_until(*ends).in_words()))
    }

    /// The plan between the two editions, and the edition that cases leave: the record keeps its text.
    async fn plan(&self) -> Result<(SharedProcedure, Migration), Trouble> {
        let path = Path::new(EDITIONS).join("plan.yaml");
        let source = Source::new(path.to_string_lossy(), std::fs::read_to_string(&path)?);
        let (plan, flaws) = read_plan(&source);
        let plan =
            plan.ok_or_else(|| Trouble::Plan(flaws.first().map(ToString::to_string).unwrap_or_default()))?;
        let edition = |wanted: u32| async move {
            let found = self.engine.edition(PROCEDURE, wanted).await?;
            found.ok_or_else(|| Trouble::Plan(format!("there is no edition {wanted} of {PROCEDURE}")))
        };
        let (leaves, to) = (edition(plan.from().version).await?, edition(plan.to().version).await?);
        let migration = plan.between(&leaves, &to, &|_| false);
        let migration = migration.map_err(|flaws| {
            Trouble::Plan(flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        Ok((leaves, migration))
    }
}

/// What comes of a case, and of each of its limits.
fn told(one: &CaseMigration) -> String {
    let outcome = match &one.outcome {
        MigrationOutcome::WouldGo => "would go over".to_owned(),
        MigrationOutcome::Went(entry) => format!("went over by entry {entry}"),
        MigrationOutcome::WentBefore(entry) => format!("went over before, by entry {entry}"),
        MigrationOutcome::Refused(because) => format!("stays: {}", because.join("; ")),
        MigrationOutcome::Failed { because, .. } => format!("failed: {because}"),
    };
    let mut text = format!("  {}  {outcome}\n", one.reference);
    for clock in one.crossing.iter().flat_map(|crossing| &crossing.clocks) {
        let (before, after) = (&clock.ended_in_words, &clock.ends_in_words);
        // Writing into a text does not fail.
        let _ = writeln!(text, "        {before} -> {after}");
    }
    text
}
