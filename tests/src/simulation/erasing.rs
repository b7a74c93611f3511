//! The content of a case is erased: one account proposes it, another confirms it, and whoever comes too late is told so.

use comity_core::entry::{Body, ErasureProposed};
use comity_core::id::{CaseId, EntryNumber};
use comity_core::name::Private;
use comity_runner::{EngineError, Erased};

use super::answers::do_all;
use super::faulty::{AppendFault, Weather};
use super::invariants::erased::{behind, is_proposal_for, needs, no_title_is_left};
use super::job::{self, Answer};
use super::poll::{Job, Letting};
use super::steps::{is_well, record_job, weather};
use super::trace::Wrong;
use super::world::World;

const AS_ASKED: &str = "what two agree to erase is erased if nothing stands in the way, and nothing else is";
const SAID: &str = "what is said to be erased is, and what is not said to be may be read";

/// Somebody proposes that a case be erased, or confirms that another did.
pub(crate) fn erase(world: &mut World) -> Result<(), Wrong> {
    let gone: Vec<CaseId> = world.gone_cases();
    if let (Some(case), true) = (world.chance.one(&gone).copied(), world.chance.percent(30)) {
        return again(world, case);
    }
    let Some(case) = one_to_erase(world) else { return Ok(()) };
    if last_proposal(world, case).is_none() {
        let Some(job) = propose(world, case) else { return Ok(()) };
        let weather = weather(world);
        do_all(world, vec![job], weather, &Letting::default())?;
    }
    if world.chance.percent(20) {
        return Ok(());
    }
    let weather = erasing_weather(world);
    if !world.is_orderly && world.chance.percent(20) {
        let Some((job, _)) = confirm(world, case) else { return Ok(()) };
        let go = Some((0, world.chance.small(60)));
        do_all(world, vec![job], Weather { slow: 2, ..weather }, &Letting { go, all: None })?;
        return Ok(());
    }
    let is_well = is_well(world, &weather);
    let Some((job, (entry, by))) = confirm(world, case) else { return Ok(()) };
    let predicted = is_to_be_erased(world, case, entry, &by);
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    match (answers.into_iter().next(), predicted) {
        (Some(Some(Answer::Erased(_, answer))), Some(predicted)) if is_well => {
            if answer.as_ref().is_ok_and(|erased| matches!(erased, Erased::Done(_)) == predicted) {
                return Ok(());
            }
            let found = format!("{}: {answer:?}, and it was to be {predicted}", world.reference(case));
            Err(Wrong::new(AS_ASKED, found))
        }
        _ => Ok(()),
    }
}

/// A case that may be erased rather than any.
fn one_to_erase(world: &mut World) -> Option<CaseId> {
    let all: Vec<CaseId> = world.known().into_values().collect();
    let now = world.now();
    let is_quiet = |id: &&CaseId| world.model.case(**id).is_some_and(|case| needs(case, now).is_none());
    let quiet: Vec<CaseId> = all.iter().filter(is_quiet).copied().collect();
    let from = if world.chance.percent(80) && !quiet.is_empty() { quiet } else { all };
    world.chance.one(&from).copied()
}

fn last_proposal(world: &World, case: CaseId) -> Option<EntryNumber> {
    let last = world.model.case(case)?.entries.last()?;
    matches!(last.body, Body::ErasureProposed(_)).then_some(last.number)
}

fn propose(world: &mut World, case: CaseId) -> Option<Job<'static, Answer>> {
    let proposed = ErasureProposed { authority: "Court".to_owned(), reason: "Act 3(1)".to_owned() };
    let place = world.ledger.ask(case, vec![Body::ErasureProposed(proposed)], true);
    record_job(world, place, 0)
}

/// Another account confirms the last proposal; now and then the same, or one that confirms what proposes nothing.
pub(crate) fn confirm(
    world: &mut World,
    case: CaseId,
) -> Option<(Job<'static, Answer>, (EntryNumber, Private))> {
    let last = world.model.case(case)?.entries.last()?;
    let (number, proposer) = (last.number, last.recorded_by.clone());
    let number = if world.chance.percent(8) { EntryNumber::FIRST } else { number };
    let by = if world.chance.percent(8) { proposer } else { Private::new("head of the office") };
    let program = usize::try_from(world.chance.below(2)).unwrap_or(0);
    let engine = world.programs.as_ref()?.engines.get(program)?.clone();
    let line = format!("{} is to be erased, as entry {number} proposes", world.reference(case));
    world.trace.say(&line);
    Some((job::erase(engine, world.files.clone(), case, number, by.clone()), (number, by)))
}

/// The same at once with other things: of any case that was proposed for it.
pub(crate) fn any(world: &mut World) -> Option<Job<'static, Answer>> {
    let case = one_to_erase(world)?;
    match last_proposal(world, case) {
        Some(_) => confirm(world, case).map(|(job, _)| job),
        None => propose(world, case),
    }
}

/// Somebody does not know that it was done: they are told, and what may have been left half done is done then.
fn again(world: &mut World, case: CaseId) -> Result<(), Wrong> {
    let Some(engine) = world.engine() else { return Ok(()) };
    let line = format!("{} is to be erased once more", world.reference(case));
    world.trace.say(&line);
    let weather = weather(world);
    let is_well = is_well(world, &weather);
    let job =
        job::erase(engine, world.files.clone(), case, EntryNumber::FIRST, Private::new("head of the office"));
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    match answers.into_iter().next() {
        Some(Some(Answer::Erased(_, answer)))
            if is_well && !matches!(answer, Err(EngineError::Erased { .. })) =>
        {
            Err(Wrong::new(SAID, format!("{}: {answer:?}", world.reference(case))))
        }
        Some(Some(Answer::Erased(..))) if is_well => no_title_is_left(&world.model),
        _ => Ok(()),
    }
}

/// Notes an answer, and looks whether what it says is so.
pub(crate) fn answered(
    world: &World,
    case: CaseId,
    answer: &Result<Erased, EngineError>,
) -> Result<String, Wrong> {
    let is_gone = world.model.gone(case).is_some();
    let reference = world.reference(case);
    let (is_true, what) = match answer {
        Ok(Erased::Done(_)) => (is_gone, "it is erased".to_owned()),
        Ok(Erased::Refused(refusal)) => (true, format!("it is not erased, {}", refusal.code())),
        Err(error @ EngineError::Erased { .. }) => (is_gone, format!("it failed: {}", error.code())),
        Err(error) => (true, format!("it failed: {}", error.code())),
    };
    if is_true {
        Ok(format!("{reference}: {what}"))
    } else {
        Err(Wrong::new(SAID, format!("{reference}: {answer:?}")))
    }
}

fn is_to_be_erased(world: &World, id: CaseId, entry: EntryNumber, by: &Private) -> Option<bool> {
    let (case, now) = (world.model.case(id)?, world.now());
    // By a clock that went back less is known than there is.
    if world.off != 0
        || world.model.cases().any(|(_, case)| case.entries.last().is_some_and(|last| last.recorded_at > now))
    {
        return None;
    }
    let last = u64::try_from(world.model.order.len()).unwrap_or(u64::MAX);
    // Who is behind may be told at once; whether they can be told, the law says.
    if behind(&world.model, id, case, now, last).is_some() {
        return None;
    }
    Some(is_proposal_for(case, entry, by) && needs(case, now).is_none())
}

/// Of all that may fail, what lies between an entry and its key most of all.
fn erasing_weather(world: &mut World) -> Weather {
    let weather = weather(world);
    if !world.chance.percent(35) {
        return weather;
    }
    let faults = [
        AppendFault::KeyLeft,
        AppendFault::KeyLeft,
        AppendFault::Recorded,
        AppendFault::Lost,
        AppendFault::Full,
        AppendFault::KeyAway,
    ];
    let fault = world.chance.one(&faults).copied();
    let append = fault.map(|fault| (world.chance.small(3), fault));
    world.trace.say(&format!("weather: append {append:?}"));
    Weather { append, ..weather }
}
