//! Cases are opened and tied to one another.

use comity_core::entry::Body;
use comity_core::id::CaseId;
use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_core::time::When;

use super::job::{self, Answer};
use super::poll::Job;
use super::steps::record_job;
use super::world::{Planned, World};

/// Opens a planned case, or tries again to open one that is open: under its key that opens nothing.
pub(crate) fn open(world: &mut World) -> Option<Job<'static, Answer>> {
    let place = world.plan.iter().position(|planned| world.may_open(planned));
    let any = world.chance.below(u64::try_from(world.plan.len()).unwrap_or(0));
    let place = place.or_else(|| usize::try_from(any).ok())?;
    let planned = world.plan.get(place)?.clone();
    let procedure = world.library.named(&planned.procedure)?;
    let (since, links) = match planned.since {
        Some(before) => before,
        None => (since(world, &procedure), links_of(world, &planned, &procedure)),
    };
    world.plan.get_mut(place)?.since = Some((since, links.clone()));
    let line = format!("{} is opened under {}", planned.reference, planned.procedure);
    world.trace.say(&line);
    let Planned { matter, reference, .. } = planned;
    let procedure = procedure.name().clone();
    let opening = job::Opening { matter, procedure, reference, since, links };
    Some(job::open(world.engine()?, place, opening))
}

/// A case began today, or some time ago and nobody recorded it.
fn since(world: &mut World, procedure: &SharedProcedure) -> When {
    let today = procedure.home().zone.day_at(world.now());
    let ago = if world.chance.percent(40) { world.chance.below(200) } else { 0 };
    When::On(today.plus_days(-i64::try_from(ago).unwrap_or(0)).unwrap_or(today))
}

/// Ties a case to those of its matter that its procedure has links for; some are tied later.
fn links_of(world: &mut World, planned: &Planned, procedure: &SharedProcedure) -> Vec<(Name, CaseId)> {
    let mut links = Vec::new();
    for (_, name, link) in procedure.links().iter() {
        let others = world.plan.iter();
        let others: Vec<CaseId> = others
            .filter(|other| other.matter == planned.matter && other.procedure == link.procedure.as_str())
            .filter_map(|other| other.id)
            .filter(|id| world.model.gone(*id).is_none())
            .collect();
        if let (Some(other), true) = (world.chance.one(&others).copied(), world.chance.percent(75)) {
            links.push((name.clone(), other));
        }
    }
    links
}

/// Ties a case to another by hand.
pub(crate) fn link(world: &mut World) -> Option<Job<'static, Answer>> {
    let is_open = |one: &&Planned| one.id.is_some_and(|id| world.model.case(id).is_some());
    let open: Vec<Planned> = world.plan.iter().filter(is_open).cloned().collect();
    let planned = world.chance.one(&open)?.clone();
    let procedure = world.library.named(&planned.procedure)?;
    let links = links_of(world, &planned, &procedure);
    let (link, case) = world.chance.one(&links)?.clone();
    let place = world.ledger.ask(planned.id?, vec![Body::Linked { link, case }], true);
    record_job(world, place, 0)
}
