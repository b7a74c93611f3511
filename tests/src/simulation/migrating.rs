//! Running cases go over to an amended procedure, and back when the amendment is suspended.

use std::sync::Arc;

use comity_core::id::CaseId;
use comity_runner::Migrate;

use super::answers::do_all;
use super::invariants::migrated::{expected, is_as_expected};
use super::job::{self, Answer};
use super::library::Plan;
use super::poll::{Job, Letting};
use super::steps::{is_well, weather};
use super::trace::Wrong;
use super::world::World;

const TOLD: &str = "a migration tells of every case that it was asked about";

/// What was asked for.
pub(crate) struct Asked {
    plan: Arc<Plan>,
    only: Option<CaseId>,
}

/// One case, or all that run under a procedure, go over by a plan; or it is told what would come of it.
pub(crate) fn job(world: &mut World) -> Option<(Job<'static, Answer>, Asked)> {
    let plan = world.chance.one(&world.library.plans)?.clone();
    let known: Vec<CaseId> = world.known().into_values().collect();
    let are_under: Vec<CaseId> = known
        .iter()
        .filter(|id| world.model.case(**id).is_some_and(|case| is_under(case.procedure().meaning(), &plan)))
        .copied()
        .collect();
    let only = if world.chance.percent(60) {
        world.chance.one(&are_under).copied()
    } else if world.chance.percent(10) {
        // One that the plan says nothing of.
        world.chance.one(&known).copied()
    } else {
        None
    };
    let how = if world.chance.percent(25) { Migrate::DryRun } else { Migrate::Apply };
    let engines = &world.programs.as_ref()?.engines;
    let program = usize::try_from(world.chance.below(2)).unwrap_or(0);
    let engine = engines.get(program)?.clone();
    let line = match only {
        Some(case) => format!("{} is to go over to {}", world.reference(case), plan.to.name()),
        None => format!("all are to go over to {}", plan.to.name()),
    };
    world.trace.say(&line);
    let job = job::migrate(engine, plan.clone(), only.into_iter().collect(), how);
    Some((job, Asked { plan, only }))
}

fn is_under(meaning: comity_core::procedure::Meaning, plan: &Plan) -> bool {
    meaning == plan.migration.from || meaning == plan.migration.meaning
}

/// The same by itself, held against what the law and the linked cases say. Sometimes it breaks off, and is begun again.
pub(crate) fn migrate(world: &mut World) -> Result<(), Wrong> {
    let Some((job, asked)) = job(world) else { return Ok(()) };
    let weather = weather(world);
    if !world.is_orderly && world.chance.percent(15) {
        let go = Some((0, world.chance.small(80)));
        return do_all(world, vec![job], weather, &Letting { go, all: None }).map(|_| ());
    }
    let is_well = is_well(world, &weather);
    let now = world.now();
    let before = asked.only.and_then(|id| {
        let seen = world.model.case(id)?.entries.len();
        Some((id, (expected(&asked.plan, id, &world.model, now)?, seen)))
    });
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    let (Some(Some(Answer::Migrated(_, _, Ok(cases)))), true) = (answers.into_iter().next(), is_well) else {
        return Ok(());
    };
    let Some((case, before)) = before else { return Ok(()) };
    match cases.iter().find(|one| one.case == case) {
        Some(one) => is_as_expected(one, before, &world.model, now),
        None => {
            Err(Wrong::new(TOLD, format!("{} is {before:?}, and was not told of", world.reference(case))))
        }
    }
}
