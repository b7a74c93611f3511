//! What somebody does, as a future over an engine, and what came of it.

use std::sync::Arc;

use comity_core::id::{CaseId, EntryNumber, MatterId};
use comity_core::name::{Name, Private};
use comity_core::time::When;
use comity_runner::outbox::{Outbox, Passed, TargetName};
use comity_runner::{
    CaseMigration, Engine, EngineError, Erased, FileOutcome, Migrate, NewCase, NewMatter, Outcome, QueueItem,
    Request, SweepReport,
};
use comity_store::Files;

use super::chance::Chance;
use super::filing::erase_with_files;
use super::library::Plan;
use super::poll::Job;

/// After so many sweeps in a row there is nothing to be noticed any more.
const MOST_SWEEPS: usize = 40;

/// What came of something.
pub(crate) enum Answer {
    /// Of the request at this place in the ledger.
    Recorded(usize, Result<Outcome, EngineError>),
    /// Of the opening of a planned case.
    Opened(usize, Result<CaseId, EngineError>),
    /// Of sweeps until there was nothing to do.
    Swept(Result<Swept, EngineError>),
    /// Of a pass over a target.
    Passed(usize, Result<Passed, EngineError>),
    /// Of somebody who went through dead letters.
    Letters(Result<usize, EngineError>),
    /// What the queue said.
    Queue(Result<Vec<QueueItem>, EngineError>),
    /// Of somebody who said that the clock is right.
    Trusted(Result<(), EngineError>),
    /// Of a migration by this plan.
    Migrated(Arc<Plan>, Migrate, Result<Vec<CaseMigration>, EngineError>),
    /// Of a case that was shown to a reader, and whether it was sealed then.
    Shown(String, CaseId, Result<bool, EngineError>),
    /// Of a case that was to be erased.
    Erased(CaseId, Result<Erased, EngineError>),
    /// Of the attempt to put this file beside its case.
    Filed(usize, usize, Result<FileOutcome, EngineError>),
}

/// What sweeps in a row came to.
#[derive(Default)]
pub(crate) struct Swept {
    /// The first of them, which must leave nothing out that was due when it began.
    pub(crate) first: SweepReport,
    /// All of them together.
    pub(crate) all: SweepReport,
    /// Whether one of the programs does not sweep, because by its count the clock is ahead. What it has still to tell is told by no
    /// other: each knows of its own.
    pub(crate) one_waits: bool,
}

/// A case to be opened, in a matter that is opened with the first of its cases.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) matter: String,
    pub(crate) procedure: Name,
    pub(crate) reference: String,
    pub(crate) since: When,
    pub(crate) links: Vec<(Name, CaseId)>,
}

pub(crate) fn record(engine: Engine, place: usize, case: CaseId, request: Request) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Recorded(place, engine.record(case, request).await) })
}

pub(crate) fn erase(
    engine: Engine,
    files: Files,
    case: CaseId,
    entry: EntryNumber,
    by: Private,
) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Erased(case, erase_with_files(&engine, &files, case, entry, &by).await) })
}

pub(crate) fn open(engine: Engine, place: usize, opening: Opening) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Opened(place, open_both(&engine, opening).await) })
}

async fn open_both(engine: &Engine, opening: Opening) -> Result<CaseId, EngineError> {
    let by = Private::new("registrar");
    let Opening { matter, procedure, reference, since, links } = opening;
    let new = NewMatter { reference: matter.clone(), title: Private::new("The matter of Tivo Arando") };
    let matter: MatterId = engine.open_matter_once(&matter, new, &by).await?;
    let title = Private::new(format!("Tivo Arando, {procedure}"));
    let case = NewCase { matter, procedure, reference: reference.clone(), title, since, links };
    engine.open_case_once(&reference, case, &by).await
}

/// Sweeps by each of these engines until nothing is noticed, warned of or learned any more: what one commit takes is limited, and
/// what one case learns may start a limit in it that has run out already.
pub(crate) fn sweep(engines: Vec<Engine>) -> Job<'static, Answer> {
    Box::pin(async move {
        let mut swept = Swept::default();
        for (place, engine) in engines.into_iter().enumerate() {
            if let Err(error) = sweep_until_done(&engine, place == 0, &mut swept).await {
                return Answer::Swept(Err(error));
            }
        }
        Answer::Swept(Ok(swept))
    })
}

async fn sweep_until_done(engine: &Engine, is_first: bool, swept: &mut Swept) -> Result<(), EngineError> {
    for round in 0..MOST_SWEEPS {
        let report = engine.sweep().await?;
        if is_first && round == 0 {
            swept.first = report.clone();
        }
        let learned = report.learned.iter().filter(|one| one.refused.is_none()).count();
        let is_done = report.noticed.len() + report.warned.len() + learned == 0;
        let all = &mut swept.all;
        all.noticed.extend(report.noticed);
        all.warned.extend(report.warned);
        all.learned.extend(report.learned);
        all.failed = report.failed;
        all.clock = report.clock;
        swept.one_waits |= report.clock.is_some_and(|jump| jump.is_ahead());
        if is_done {
            return Ok(());
        }
    }
    Ok(())
}

pub(crate) fn pass(outbox: Outbox, place: usize, name: TargetName) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Passed(place, outbox.pass(&name).await) })
}

/// What somebody does about dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Now this, now that.
    Any,
    /// All are to be sent again.
    Again,
}

pub(crate) fn letters(
    engine: Engine,
    names: Arc<Vec<TargetName>>,
    decision: Decision,
    chance: Chance,
) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Letters(decide(&engine, &names, decision, chance).await) })
}

async fn decide(
    engine: &Engine,
    names: &[TargetName],
    decision: Decision,
    mut chance: Chance,
) -> Result<usize, EngineError> {
    let by = Private::new("operator");
    let mut decided = 0;
    for name in names {
        let letters = match engine.dead_letters(name).await {
            Ok(letters) => letters,
            Err(EngineError::NoSuchTarget { .. }) => continue,
            Err(error) => return Err(error),
        };
        for letter in letters {
            let position = letter.dead.position;
            match (decision, chance.below(4)) {
                (Decision::Again, _) | (Decision::Any, 0 | 1) => {
                    engine.send_again(name, position, &by).await?;
                }
                (Decision::Any, 2) => engine.set_aside(name, position, &by).await?,
                (Decision::Any, _) => continue,
            }
            decided += 1;
        }
    }
    Ok(decided)
}

pub(crate) fn queue(engine: Engine) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Queue(engine.queue().await) })
}

pub(crate) fn trust(engine: Engine) -> Job<'static, Answer> {
    Box::pin(async move { Answer::Trusted(engine.trust_clock(&Private::new("operator")).await) })
}

/// Takes these cases over by a plan, or all that run under what it leads from.
pub(crate) fn migrate(
    engine: Engine,
    plan: Arc<Plan>,
    only: Vec<CaseId>,
    how: Migrate,
) -> Job<'static, Answer> {
    Box::pin(async move {
        let by = Private::new("operator");
        let done = engine.migrate(&plan.migration, &plan.leaves, &only, (how, &by), |_| {}).await;
        Answer::Migrated(plan, how, done)
    })
}

/// Shows a case to a reader whom its seal may or may not name; that it is shown is recorded first.
pub(crate) fn show(engine: Engine, case: CaseId, reader: String) -> Job<'static, Answer> {
    Box::pin(async move {
        let shown = show_as_noted(&engine, case, &reader).await;
        Answer::Shown(reader, case, shown)
    })
}

async fn show_as_noted(engine: &Engine, case: CaseId, reader: &str) -> Result<bool, EngineError> {
    let file = engine.case(case).await?;
    engine.note_reading(&file, "the case", &Private::new(reader)).await?;
    Ok(file.is_sealed())
}
