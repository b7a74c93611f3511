//! Files are put beside cases, by attempts that fail, are let go of, and are made again.

use std::io::Cursor;
use std::sync::Arc;

use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_runner::{EngineError, Expect, FileOutcome, NewFile};

use super::answers::do_all;
use super::faulty::Weather;
use super::job::Answer;
use super::place::PlaceFault;
use super::poll::{Job, Letting};
use super::steps::{is_well, weather};
use super::trace::Wrong;
use super::world::World;

const MOVED: &str = "a file that is filed on a version that is not the last is refused, and otherwise filed";

/// Sealed in one piece, and in two.
const SMALL: u64 = 2_000;
const LARGE: u64 = (1 << 20) + 20;

/// A file, and every attempt to put it beside its case.
pub(crate) struct Filing {
    pub(crate) case: CaseId,
    pub(crate) content: Arc<Vec<u8>>,
    pub(crate) expect: Expect,
    pub(crate) attempts: Vec<Known>,
}

/// What is known of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing: it failed half-way, or nobody waited.
    Nothing,
    /// It is filed, as this version.
    Filed(Version),
    /// It is not filed.
    Not,
}

/// By whom an attempt is made: the record says what came of each.
pub(crate) fn account(filing: usize, attempt: usize) -> String {
    format!("clerk-{filing}-{attempt}")
}

/// What a file is called.
pub(crate) fn name(filing: usize) -> String {
    format!("file-{filing}")
}

/// Somebody files something, or tries again.
pub(crate) fn file(world: &mut World) -> Result<(), Wrong> {
    let weather = weather(world);
    place_fault(world);
    let is_well = is_well(world, &weather) && world.place_fault.is_none();
    let Some((job, place)) = attempt(world) else { return Ok(()) };
    if !world.is_orderly && world.chance.percent(20) {
        let go = Some((0, world.chance.small(60)));
        return do_all(world, vec![job], Weather { slow: 2, ..weather }, &Letting { go, all: None })
            .map(|_| ());
    }
    let is_last = world.filings.get(place).is_some_and(|filing| is_last(world, filing));
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    match answers.into_iter().next() {
        Some(Some(Answer::Filed(_, _, answer))) if is_well => {
            let is_so = match &answer {
                // It is refused where the clock went back behind the case.
                Ok(FileOutcome::Filed { .. } | FileOutcome::Rejected(_)) => is_last,
                Err(EngineError::Conflict { .. }) => !is_last,
                Err(_) => false,
            };
            if is_so { Ok(()) } else { Err(Wrong::new(MOVED, format!("{answer:?}, last {is_last}"))) }
        }
        _ => Ok(()),
    }
}

fn is_last(world: &World, filing: &Filing) -> bool {
    let entries = world.model.case(filing.case).map_or(0, |case| case.entries.len());
    match filing.expect {
        Expect::Any => true,
        Expect::Version(version) => usize::try_from(version.0) == Ok(entries),
    }
}

/// How the place for files behaves in this step: well, most of the time.
pub(crate) fn place_fault(world: &mut World) {
    let faults = [PlaceFault::NotDone, PlaceFault::DoneUnsaid];
    let fault = world.chance.one(&faults).copied();
    let fault = fault.filter(|_| world.chance.percent(20)).map(|fault| (world.chance.small(6), fault));
    if fault.is_some() {
        world.trace.say(&format!("weather: the place for files {fault:?}"));
    }
    world.place_fault = fault;
}

/// An attempt at a new file, or another at one of which nobody knows what became.
pub(crate) fn attempt(world: &mut World) -> Option<(Job<'static, Answer>, usize)> {
    let is_open = |filing: &Filing| {
        !filing.attempts.iter().any(|known| matches!(known, Known::Filed(_)))
            && world.model.case(filing.case).is_some()
    };
    let open: Vec<usize> =
        world.filings.iter().enumerate().filter(|(_, one)| is_open(one)).map(|(place, _)| place).collect();
    let again = world.chance.one(&open).copied().filter(|_| world.chance.percent(60));
    let place = match again {
        Some(place) => place,
        None => new(world)?,
    };
    let filing = world.filings.get_mut(place)?;
    let by = Private::new(account(place, filing.attempts.len()));
    filing.attempts.push(Known::Nothing);
    let attempt = filing.attempts.len() - 1;
    let (case, content, expect) = (filing.case, filing.content.clone(), filing.expect);
    let program = usize::try_from(world.chance.below(2)).unwrap_or(0);
    let engine = world.programs.as_ref()?.engines.get(program)?.clone();
    let media = "application/pdf".to_owned();
    let new = NewFile { entry: None, name: Private::new(name(place)), media, expect };
    let line = format!("file {place} of {} bytes is filed in {}", content.len(), world.reference(case));
    world.trace.say(&line);
    let files = world.files.clone();
    let job: Job<'static, Answer> = Box::pin(async move {
        let source = Cursor::new(content.to_vec());
        Answer::Filed(place, attempt, engine.file(&files, case, new, source, &by).await)
    });
    Some((job, place))
}

fn new(world: &mut World) -> Option<usize> {
    let cases: Vec<CaseId> = world.known().into_values().collect();
    let case = *world.chance.one(&cases)?;
    let length = if world.chance.percent(2) { LARGE } else { world.chance.below(SMALL) };
    let byte = u8::try_from(world.chance.below(256)).unwrap_or(0);
    let content: Vec<u8> = (0..length).map(|place| byte.wrapping_add(place.to_le_bytes()[0])).collect();
    let version = u32::try_from(world.model.case(case)?.entries.len()).unwrap_or(0);
    let expect = match world.chance.below(4) {
        0 => Expect::Any,
        1 => Expect::Version(Version(version.saturating_sub(1))),
        _ => Expect::Version(Version(version)),
    };
    world.filings.push(Filing { case, content: Arc::new(content), expect, attempts: Vec::new() });
    Some(world.filings.len() - 1)
}

/// Notes what was answered.
pub(crate) fn answered(
    world: &mut World,
    place: usize,
    attempt: usize,
    answer: &Result<FileOutcome, EngineError>,
) -> String {
    let known = world.filings.get_mut(place).and_then(|filing| filing.attempts.get_mut(attempt));
    let (is, line) = match answer {
        Ok(FileOutcome::Filed { receipt, .. }) => {
            (Known::Filed(receipt.version), format!("filed as version {}", receipt.version))
        }
        Ok(FileOutcome::Rejected(rejection)) => (Known::Not, format!("refused, {}", rejection.code().word())),
        Err(error) if super::ledger::leaves_open(error) => {
            (Known::Nothing, format!("it failed: {}", error.code()))
        }
        Err(error) => (Known::Not, format!("it failed: {}", error.code())),
    };
    if let Some(known) = known {
        *known = is;
    }
    format!("file {place}: {line}")
}

pub(crate) fn job(world: &mut World) -> Option<Job<'static, Answer>> {
    place_fault(world);
    attempt(world).map(|(job, _)| job)
}

/// Erases a case, and removes what was filed in it, as the command does.
pub(crate) async fn erase_with_files(
    engine: &comity_runner::Engine,
    files: &comity_store::Files,
    case: CaseId,
    entry: comity_core::id::EntryNumber,
    by: &Private,
) -> Result<comity_runner::Erased, EngineError> {
    let kept: Vec<comity_store::Hash> = match engine.case(case).await {
        Ok(file) => {
            comity_runner::filed(&file).iter().map(|(_, filed)| comity_store::Hash(filed.kept.0)).collect()
        }
        Err(_) => Vec::new(),
    };
    let erased = engine.erase(case, entry, by).await?;
    if matches!(erased, comity_runner::Erased::Done(_)) {
        for kept in kept {
            // Its key is gone already; a file that is left tells nobody anything.
            let _ = files.remove(kept).await;
        }
    }
    Ok(erased)
}
