//! What came of what was done: who knows what now, and what must hold after it.

use comity_core::id::CaseId;
use comity_runner::{EngineError, Migrate, Outcome};
use comity_store::Receipt;

use super::erasing;
use super::faulty::Weather;
use super::filing;
use super::invariants::{migrated, shown};
use super::job::{Answer, Swept};
use super::ledger::is_of_the_erased;
use super::poll::{Job, Letting};
use super::trace::Wrong;
use super::world::World;

const OPENED_ONCE: &str =
    "a case that was said to be open is there, and opened once, however often it is asked for";

const ERASED: &str = "what is said to be erased is";

/// Does things, notes what was answered, and looks at what must hold.
pub(crate) fn do_all(
    world: &mut World,
    jobs: Vec<Job<'static, Answer>>,
    weather: Weather,
    letting: &Letting,
) -> Result<Vec<Option<Answer>>, Wrong> {
    let answers = world.do_together(jobs, weather, letting)?;
    let mut asked = world.take_up()?;
    for answer in &answers {
        match answer {
            Some(answer) => note(world, answer)?,
            None => world.counts.failed += 1,
        }
    }
    // Whoever was let go of does not know what came of what they asked; the same may have been asked twice at once.
    let asking = std::mem::take(&mut world.asking);
    for place in &asking {
        let attempts = asking.iter().filter(|other| *other == place).count();
        let is_answer =
            |answer: &&Option<Answer>| matches!(answer, Some(Answer::Recorded(of, _)) if of == place);
        if answers.iter().filter(is_answer).count() < attempts {
            world.ledger.left(*place);
        }
        asked.insert(*place);
    }
    world.ledger.check(&asked)?;
    world.check_filings()?;
    Ok(answers)
}

/// Notes an answer: what the caller knows now.
fn note(world: &mut World, answer: &Answer) -> Result<(), Wrong> {
    let line = match answer {
        Answer::Recorded(place, answer) => {
            match answer {
                Ok(Outcome::Recorded(_)) => world.counts.recorded += 1,
                Ok(Outcome::Rejected(_)) => world.counts.refused += 1,
                Err(_) => {}
            }
            is_true_of_the_erased(world, *place, answer)?;
            world.ledger.answered(*place, answer)?;
            format!("request {place}: {}", outcome(answer))
        }
        Answer::Opened(place, answer) => opened(world, *place, answer)?,
        Answer::Swept(Ok(Swept { all: report, .. })) => {
            world.counts.noticed += report.noticed.len();
            world.counts.warned += report.warned.len();
            world.counts.learned += report.learned.len();
            let (noticed, warned) = (report.noticed.len(), report.warned.len());
            let (learned, failed) = (report.learned.len(), report.failed.len());
            format!("a sweep noticed {noticed}, warned of {warned}, told {learned}, and left {failed}")
        }
        Answer::Passed(place, Ok(passed)) => {
            let (delivered, failed, died) = (passed.delivered, passed.failed, passed.died);
            format!("target {place} took {delivered}, {failed} tries failed, {died} were given up")
        }
        Answer::Letters(Ok(decided)) => format!("{decided} dead letters were decided on"),
        Answer::Queue(Ok(items)) => format!("the queue has {} items", items.len()),
        Answer::Trusted(Ok(())) => "somebody says that the clock is right".to_owned(),
        Answer::Migrated(plan, how, Ok(cases)) => {
            migrated::is_as_told(plan, cases, &world.model)?;
            let went = cases.iter().filter(|one| one.goes()).count();
            if *how == Migrate::Apply {
                world.counts.migrated += went;
            }
            format!("{went} of {} cases go over to {} ({how:?})", cases.len(), plan.to.name())
        }
        Answer::Shown(reader, case, Ok(is_sealed)) => {
            shown::is_noted(reader, *case, *is_sealed, &world.model)?;
            format!("{} is shown to {reader}", world.reference(*case))
        }
        Answer::Erased(case, answer) => erasing::answered(world, *case, answer)?,
        Answer::Filed(place, attempt, answer) => filing::answered(world, *place, *attempt, answer),
        Answer::Swept(Err(error))
        | Answer::Passed(_, Err(error))
        | Answer::Letters(Err(error))
        | Answer::Queue(Err(error))
        | Answer::Migrated(_, _, Err(error))
        | Answer::Shown(_, _, Err(error))
        | Answer::Trusted(Err(error)) => {
            world.counts.failed += 1;
            format!("it failed: {}", error.code())
        }
    };
    world.trace.say(&line);
    Ok(())
}

fn opened(world: &mut World, place: usize, answer: &Result<CaseId, EngineError>) -> Result<String, Wrong> {
    let id = match answer {
        Ok(id) => *id,
        Err(error) => {
            // A link to what was erased meanwhile is left out the next time.
            if let (EngineError::Erased { .. }, Some(planned)) = (error, world.plan.get_mut(place)) {
                planned.since = None;
            }
            return Ok(format!("it is not opened: {}", error.code()));
        }
    };
    let there = world.model.case(id).or_else(|| world.model.gone(id)?.case.as_ref());
    let there = there.map(|case| case.opening.reference.clone());
    let Some(planned) = world.plan.get_mut(place) else { return Ok(String::new()) };
    let before = planned.id.replace(id);
    if there.as_ref() != Some(&planned.reference) || before.is_some_and(|before| before != id) {
        let found = format!("{}: {before:?} at first, and then {id}, which is {there:?}", planned.reference);
        return Err(Wrong::new(OPENED_ONCE, found));
    }
    Ok(format!("{} is open", planned.reference))
}

/// Whoever is told that a case was erased is told the truth.
fn is_true_of_the_erased(
    world: &World,
    place: usize,
    answer: &Result<Outcome, EngineError>,
) -> Result<(), Wrong> {
    let says_so = answer.as_ref().is_err_and(is_of_the_erased);
    let case = world.ledger.of(place).map(|asked| asked.case);
    if says_so && case.is_none_or(|case| world.model.gone(case).is_none()) {
        return Err(Wrong::new(ERASED, format!("request {place}")));
    }
    Ok(())
}

fn outcome(answer: &Result<Outcome, EngineError>) -> String {
    match answer {
        Ok(Outcome::Recorded(Receipt { version, .. })) => format!("recorded as version {version}"),
        Ok(Outcome::Rejected(rejection)) => format!("refused, {}", rejection.code().word()),
        Err(error) => format!("it failed: {}", error.code()),
    }
}
