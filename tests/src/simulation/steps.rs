//! What happens next: one step after the other, as chance has it.

use std::time::Duration;

use comity_core::admit_together;
use comity_core::entry::Body;
use comity_core::id::{CaseId, Version};
use comity_core::name::Private;
use comity_core::time::When;
use comity_core::{Rejection, Stamp};
use comity_runner::{EngineError, Expect, Group, Outcome};

use super::answers::do_all;
use super::cases;
use super::erasing;
use super::faulty::{AppendFault, Weather};
use super::filing;
use super::invariants::{erased, linked, queue, time};
use super::job::{self, Answer, Decision, Swept};
use super::migrating;
use super::picks::pick;
use super::poll::{Job, Letting};
use super::receiver::Mood;
use super::trace::Wrong;
use super::world::{Planned, World};

const AS_DECIDED: &str = "what the law allows is recorded, and what it refuses is refused in the same words";
const SWEEPS: &str = "no single case keeps a sweep from the others";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Time,
    Record,
    Sweep,
    Pass,
    Together,
    Open,
    Again,
    ReuseKey,
    Restart,
    Die,
    Leap,
    Link,
    Letters,
    Migrate,
    Show,
    Erase,
    File,
    Queue,
    Mood,
    Unreadable,
    Drain,
}

const STEPS: [(u64, Step); 21] = [
    (24, Step::Time),
    (30, Step::Record),
    (9, Step::Sweep),
    (6, Step::Pass),
    (8, Step::Together),
    (6, Step::Open),
    (3, Step::Again),
    (1, Step::ReuseKey),
    (1, Step::Restart),
    (2, Step::Die),
    (1, Step::Leap),
    (1, Step::Link),
    (1, Step::Letters),
    (3, Step::Migrate),
    (2, Step::Show),
    (1, Step::Erase),
    (4, Step::File),
    (4, Step::Queue),
    (2, Step::Mood),
    (1, Step::Unreadable),
    (1, Step::Drain),
];

/// The procedures of one matter, in an order in which each may be linked to those before.
const MATTERS: [&[&str]; 6] = [
    &["made-up/waiver", "made-up/priority", "made-up/arrest", "made-up/arrest", "made-up/assistance"],
    &["made-up/waiver", "made-up/arrest", "made-up/assistance"],
    &["made-up/dead-end"],
    &["vienna-diplomatic/waiver", "nz-arrest-warrant/warrant"],
    &["vienna-diplomatic/waiver", "nz-kr/extradition", "nz-kr-mla/mla-to-korea"],
    &["kr-nhrck/recommendation", "nz-kr-mla/mla-to-new-zealand"],
];

/// Draws the matters of this office.
pub(crate) fn plan(world: &mut World) {
    for matter in 0..world.chance.between(1, 2) {
        let Some(procedures) = world.chance.one(&MATTERS) else { return };
        for (place, procedure) in procedures.iter().enumerate() {
            world.plan.push(Planned {
                matter: format!("M-{matter}"),
                procedure: (*procedure).to_owned(),
                reference: format!("C-{matter}-{place}"),
                since: None,
                id: None,
            });
        }
    }
}

/// The next step.
pub(crate) fn step(world: &mut World) -> Result<(), Wrong> {
    let now = world.now();
    world.trace.step(now);
    // A store that stopped takes nothing more: somebody starts the program again before long.
    let step = if world.journal.has_stopped() && world.chance.percent(50) {
        Step::Restart
    } else if world.plan.iter().any(|planned| world.may_open(planned)) && world.chance.percent(30) {
        Step::Open
    } else {
        world.chance.weighed(&STEPS).unwrap_or(Step::Time)
    };
    match step {
        Step::Time => later(world),
        Step::Restart => restart(world, false),
        Step::Die => die(world),
        Step::Leap => leap(world),
        Step::Mood => {
            mood(world);
            Ok(())
        }
        Step::Unreadable => {
            unreadable(world);
            Ok(())
        }
        Step::Drain => drain(world),
        Step::Sweep => sweep(world),
        Step::Queue => look_at_queue(world),
        Step::Together => several(world),
        Step::Record => record(world),
        Step::Migrate => migrating::migrate(world),
        Step::Erase => erasing::erase(world),
        Step::File => filing::file(world),
        Step::Pass | Step::Open | Step::Again | Step::ReuseKey | Step::Link | Step::Letters | Step::Show => {
            let Some(job) = job_of(world, step) else { return Ok(()) };
            let weather = weather(world);
            do_all(world, vec![job], weather, &Letting::default()).map(|_| ())
        }
    }
}

/// The end: all is well again, everything is noticed, told and delivered.
pub(crate) fn end(world: &mut World) -> Result<(), Wrong> {
    let now = world.now();
    world.trace.step(now);
    world.readable();
    set_right(world);
    restart(world, true)?;
    drain(world)?;
    sweep_well(world)?;
    look_at_queue(world)?;
    drain(world)?;
    world.whole_record()
}

/// Minutes, days, months or years pass.
fn later(world: &mut World) -> Result<(), Wrong> {
    let chance = &mut world.chance;
    let seconds = match chance.below(20) {
        0..=4 => chance.between(1, 90 * MINUTE),
        5..=10 => chance.between(HOUR, 4 * DAY),
        11..=15 => chance.between(DAY, 40 * DAY),
        16..=18 => chance.between(20 * DAY, 300 * DAY),
        _ => chance.between(300 * DAY, 1_100 * DAY),
    };
    world.pass(Duration::from_secs(seconds));
    world.trace.say(&format!("{} hours pass", seconds / HOUR));
    if world.chance.percent(30) { look_at_queue(world) } else { Ok(()) }
}

fn restart(world: &mut World, is_crash: bool) -> Result<(), Wrong> {
    world.trace.say(if is_crash {
        "the process died, and is started again"
    } else {
        "the program is started again"
    });
    world.restart(is_crash)
}

/// The process dies in the midst of what it does.
fn die(world: &mut World) -> Result<(), Wrong> {
    if world.is_orderly {
        return restart(world, true);
    }
    let jobs = some_jobs(world);
    let letting = Letting { all: Some(world.chance.small(120)), go: None };
    let weather = Weather { slow: 2, ..weather(world) };
    do_all(world, jobs, weather, &letting)?;
    restart(world, true)
}

/// The clock is set wrong; if it is wrong already, it is set right or somebody says that it is right.
fn leap(world: &mut World) -> Result<(), Wrong> {
    if world.off != 0 {
        if world.chance.percent(75) {
            set_right(world);
            return Ok(());
        }
        let Some(engine) = world.engine() else { return Ok(()) };
        world.off = 0;
        return do_all(world, vec![job::trust(engine)], Weather::default(), &Letting::default()).map(|_| ());
    }
    let hours = i64::try_from(world.chance.between(1, 30 * 24)).unwrap_or(1);
    let off = if world.chance.percent(60) { hours } else { -hours } * 3_600_000_000;
    if let Some(there) = world.now().plus_microseconds(off) {
        world.clock.jump(there);
        world.off = off;
        world.counts.leaps += 1;
        world.trace.say(&format!("the clock leaps by {} hours", off / 3_600_000_000));
    }
    Ok(())
}

fn set_right(world: &mut World) {
    if let Some(there) = world.now().plus_microseconds(-world.off) {
        world.clock.jump(there);
        world.trace.say("the clock is set right");
    }
    world.off = 0;
}

fn mood(world: &mut World) {
    let mood = world.chance.one(&[Mood::Well, Mood::Moody, Mood::Moody, Mood::Away]).copied();
    let mood = mood.unwrap_or(Mood::Well);
    world.set_mood(mood);
    world.trace.say(&format!("the targets are {mood:?}"));
}

/// The keys of a case are away for a while, or are back.
fn unreadable(world: &mut World) {
    if world.unreadable.is_some() {
        return world.readable();
    }
    let cases: Vec<CaseId> = world.known().into_values().collect();
    world.unreadable = world.chance.one(&cases).copied();
    if let Some(case) = world.unreadable {
        let line = format!("{} cannot be read", world.reference(case));
        world.trace.say(&line);
    }
}

/// How the journal behaves in this step: well, most of the time.
pub(crate) fn weather(world: &mut World) -> Weather {
    let chance = &mut world.chance;
    let faults = [AppendFault::Full, AppendFault::Blocked, AppendFault::Lost, AppendFault::Recorded];
    let append = (chance.percent(6)).then(|| Some((chance.small(4), *chance.one(&faults)?))).flatten();
    let read = chance.percent(5).then(|| chance.small(12));
    let page = chance.percent(50).then(|| usize::try_from(chance.between(1, 3)).unwrap_or(1));
    let slow = chance.small(3);
    if append.is_some() || read.is_some() {
        world.trace.say(&format!("weather: append {append:?}, read {read:?}"));
    }
    Weather { append, read, page, slow, unreadable: None }
}

/// Whether nothing fails in this weather, or may.
pub(crate) fn is_well(world: &World, weather: &Weather) -> bool {
    weather.append.is_none()
        && weather.read.is_none()
        && world.unreadable.is_none()
        && !world.journal.has_stopped()
}

/// Somebody records something, and is answered as the law has it.
fn record(world: &mut World) -> Result<(), Wrong> {
    let Some(place) = new_request(world) else { return Ok(()) };
    let Some(job) = record_job(world, place, 0) else { return Ok(()) };
    let weather = weather(world);
    if !world.is_orderly && world.chance.percent(12) {
        return let_go(world, job, weather);
    }
    let is_well = is_well(world, &weather);
    let predicted = predicted(world, place);
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    let (Some(Some(Answer::Recorded(_, answer))), true) = (answers.into_iter().next(), is_well) else {
        return Ok(());
    };
    let found = match (predicted, answer) {
        (Some(Ok(())), Ok(Outcome::Recorded(_)))
        | (None, _)
        | (Some(Err(Decided::Moved)), Err(EngineError::Conflict { .. })) => return Ok(()),
        (Some(Err(Decided::Refused(one))), Ok(Outcome::Rejected(other))) if one == other => return Ok(()),
        (Some(predicted), answer) => format!("it answered {answer:?}, and not {predicted:?}"),
    };
    Err(Wrong::new(AS_DECIDED, found))
}

/// Whoever records something goes away before the answer comes. What others have to know of it they know after a sweep.
fn let_go(world: &mut World, job: Job<'static, Answer>, weather: Weather) -> Result<(), Wrong> {
    let go = Some((0, world.chance.small(60)));
    do_all(world, vec![job], Weather { slow: 2, ..weather }, &Letting { go, all: None })?;
    if world.chance.percent(60) { sweep(world) } else { Ok(()) }
}

/// What is decided about a request, beside that it is recorded.
#[derive(Debug)]
enum Decided {
    Refused(Rejection),
    Moved,
}

/// What must be answered to a new request.
fn predicted(world: &World, place: usize) -> Option<Result<(), Decided>> {
    let asked = world.ledger.of(place)?;
    let case = world.model.case(asked.case)?;
    if let Expect::Version(expected) = asked.expect
        && usize::try_from(expected.0) != Ok(case.entries.len())
    {
        return Some(Err(Decided::Moved));
    }
    let stamp = Stamp { at: world.now(), by: Private::new(asked.by.clone()) };
    let admitted = admit_together(&case.lineage, &case.entries, asked.bodies.clone(), &stamp);
    Some(admitted.map(|_| ()).map_err(Decided::Refused))
}

/// Makes up a request. Some say which version they have seen, and some of those have seen an old one.
fn new_request(world: &mut World) -> Option<usize> {
    let cases: Vec<CaseId> = world.known().into_values().collect();
    let id = *world.chance.one(&cases)?;
    let now = world.now();
    let case = world.model.case(id)?;
    let bodies = pick(case, now, &mut world.chance);
    let version = u32::try_from(case.entries.len()).unwrap_or(0);
    let is_keyed = world.chance.percent(50);
    let place = world.ledger.ask(id, bodies, is_keyed);
    let expect = match world.chance.below(10) {
        0 => Expect::Version(Version(version.saturating_sub(1))),
        1 | 2 => Expect::Version(Version(version)),
        _ => Expect::Any,
    };
    let asked = world.ledger.of_mut(place)?;
    asked.expect = expect;
    asked.undated = is_keyed.then_some(When::At(now));
    Some(place)
}

/// The job of a request that was made before or is new, by one of the two programs.
pub(crate) fn record_job(world: &mut World, place: usize, program: usize) -> Option<Job<'static, Answer>> {
    let engine = world.programs.as_ref()?.engines.get(program)?.clone();
    let asked = world.ledger.of(place)?;
    let (case, mut request) = (asked.case, asked.request());
    // Whoever tries again means now, where nobody named a date.
    if let Some(then) = request.undated {
        let now = When::At(world.now());
        for body in &mut request.bodies {
            if let Some(deed) = body.deed_mut()
                && deed.when == then
            {
                deed.when = now;
            }
        }
        request.undated = Some(now);
    }
    let what: Vec<String> = request.bodies.iter().map(words).collect();
    let line = format!("request {place} in {}: {}", world.reference(case), what.join(" and "));
    world.trace.say(&line);
    world.asking.push(place);
    Some(job::record(engine, place, case, request))
}

fn words(body: &Body) -> String {
    match body {
        Body::Deed(deed) => format!("{} of {}", deed.what.label(), deed.when),
        Body::Corrected { entry, deed, .. } => {
            format!("entry {entry} is {} of {}", deed.what.label(), deed.when)
        }
        Body::Annulled { entry, .. } => format!("entry {entry} is annulled"),
        Body::Office(office) => format!("{office:?}"),
        Body::Note(_) => "a note".to_owned(),
        Body::Linked { link, .. } => format!("link {link}"),
        Body::Proposed(proposal) => format!("proposed: {}", words(&proposal.clone().into_body())),
        Body::Confirmed { entry } => format!("entry {entry} is confirmed"),
        Body::Opened(_)
        | Body::Noticed(_)
        | Body::Filed(_)
        | Body::ErasureProposed(_)
        | Body::Warned(_)
        | Body::Migrated(_) => "something else".to_owned(),
    }
}

/// One of the things that need nothing but a job.
fn job_of(world: &mut World, step: Step) -> Option<Job<'static, Answer>> {
    match step {
        Step::Pass => {
            let place = usize::try_from(world.chance.below(2)).unwrap_or(0);
            let name = world.names.get(place)?.clone();
            Some(job::pass(world.programs.as_ref()?.outbox.clone(), place, name))
        }
        Step::Open => cases::open(world),
        Step::Again => {
            let doubtful = world.ledger.doubtful();
            let all = if doubtful.is_empty() { world.ledger.keyed() } else { doubtful };
            let place = *world.chance.one(&all)?;
            let program = usize::try_from(world.chance.below(2)).unwrap_or(0);
            record_job(world, place, program)
        }
        Step::ReuseKey => {
            let first = *world.chance.one(&world.ledger.acknowledged())?;
            let (case, key) = world.ledger.of(first).map(|asked| (asked.case, asked.key.clone()))?;
            let note = vec![Body::Note(Private::new("something else"))];
            let place = world.ledger.ask(case, note, true);
            world.ledger.of_mut(place)?.key = key;
            record_job(world, place, 0)
        }
        Step::Link => cases::link(world),
        Step::Migrate => migrating::job(world).map(|(job, _)| job),
        Step::Erase => erasing::any(world),
        Step::File => filing::job(world),
        Step::Show => show(world),
        Step::Letters => letters(world, Decision::Any),
        Step::Record => {
            let place = new_request(world)?;
            let program = usize::try_from(world.chance.below(2)).unwrap_or(0);
            record_job(world, place, program)
        }
        Step::Sweep => {
            let engines = &world.programs.as_ref()?.engines;
            let place = usize::try_from(world.chance.below(2)).unwrap_or(0);
            Some(job::sweep(vec![engines.get(place)?.clone()]))
        }
        Step::Queue => Some(job::queue(world.engine()?)),
        Step::Time
        | Step::Together
        | Step::Restart
        | Step::Die
        | Step::Leap
        | Step::Mood
        | Step::Unreadable
        | Step::Drain => None,
    }
}

/// A case is shown to a reader, each time another.
fn show(world: &mut World) -> Option<Job<'static, Answer>> {
    let cases: Vec<CaseId> = world.known().into_values().collect();
    let case = *world.chance.one(&cases)?;
    world.counts.readers += 1;
    let reader = format!("reader-{}", world.counts.readers);
    Some(job::show(world.engine()?, case, reader))
}

fn letters(world: &mut World, decision: Decision) -> Option<Job<'static, Answer>> {
    let chance = world.chance.apart();
    Some(job::letters(world.engine()?, world.names.clone(), decision, chance))
}

/// Both programs sweep, and then nothing is missed.
fn sweep(world: &mut World) -> Result<(), Wrong> {
    let weather = weather(world);
    sweep_in(world, weather)
}

fn sweep_well(world: &mut World) -> Result<(), Wrong> {
    sweep_in(world, Weather::default())
}

fn sweep_in(world: &mut World, weather: Weather) -> Result<(), Wrong> {
    let Some(programs) = &world.programs else { return Ok(()) };
    let job = job::sweep(programs.engines.clone());
    let due = time::due(&world.model, world.now());
    let is_up = weather.append.is_none() && weather.read.is_none() && !world.journal.has_stopped();
    let answers = do_all(world, vec![job], weather, &Letting::default())?;
    match answers.into_iter().next() {
        Some(Some(Answer::Swept(Ok(swept)))) => {
            time::all_was_noticed(&world.model, &due, &swept.first)?;
            nothing_is_missing(world, &swept)
        }
        Some(Some(Answer::Swept(Err(error)))) if is_up => {
            Err(Wrong::new(SWEEPS, format!("it failed: {error}, {}", error.code())))
        }
        _ => Ok(()),
    }
}

fn nothing_is_missing(world: &World, swept: &Swept) -> Result<(), Wrong> {
    let (now, unreadable) = (world.now(), world.unreadable);
    time::nothing_is_missed(&world.model, &swept.all, now, unreadable)?;
    if swept.one_waits {
        return Ok(());
    }
    erased::no_title_is_left(&world.model)?;
    linked::cases_know(&world.model, now, unreadable)
}

fn look_at_queue(world: &mut World) -> Result<(), Wrong> {
    let Some(engine) = world.engine() else { return Ok(()) };
    let answers = do_all(world, vec![job::queue(engine)], Weather::default(), &Letting::default())?;
    match answers.into_iter().next() {
        Some(Some(Answer::Queue(Ok(items)))) => {
            world.counts.stranded += items.iter().filter(|item| item.group == Group::Stranded).count();
            queue::is_whole(&items, &world.model, world.now(), world.unreadable)
        }
        _ => Err(Wrong::new("a queue over a journal in good order is shown", "it was not")),
    }
}

/// Two or three things at once, of which one may be let go of.
fn several(world: &mut World) -> Result<(), Wrong> {
    let jobs = some_jobs(world);
    let which = usize::try_from(world.chance.below(3)).unwrap_or(0);
    let go = (!world.is_orderly && world.chance.percent(40)).then(|| (which, world.chance.small(80)));
    let weather = Weather { slow: 2, ..weather(world) };
    do_all(world, jobs, weather, &Letting { go, all: None })?;
    // Whoever was let go of may have recorded something that others have to know.
    if go.is_some() && world.chance.percent(50) { sweep(world) } else { Ok(()) }
}

fn some_jobs(world: &mut World) -> Vec<Job<'static, Answer>> {
    let kinds = [
        (10, Step::Record),
        (3, Step::Sweep),
        (3, Step::Pass),
        (2, Step::Open),
        (2, Step::Again),
        (1, Step::Link),
        (1, Step::Queue),
        (1, Step::Migrate),
        (1, Step::Show),
        (1, Step::Erase),
        (1, Step::File),
    ];
    let number = world.chance.between(2, 3);
    let steps: Vec<Step> = (0..number).filter_map(|_| world.chance.weighed(&kinds)).collect();
    steps.into_iter().filter_map(|step| job_of(world, step)).collect()
}

/// The targets are well, the time for every further try comes, letters are sent again: then all is told.
fn drain(world: &mut World) -> Result<(), Wrong> {
    if world.journal.has_stopped() {
        restart(world, false)?;
    }
    world.trace.say("the targets are well, and are told of everything");
    world.readable();
    world.set_mood(Mood::Well);
    for round in 0..6 {
        let Some(programs) = &world.programs else { return Ok(()) };
        let outbox = programs.outbox.clone();
        let names = world.names.iter().cloned().enumerate();
        let mut jobs: Vec<_> = names.map(|(place, name)| job::pass(outbox.clone(), place, name)).collect();
        if round == 1 {
            jobs.extend(letters(world, Decision::Again));
        }
        for job in jobs {
            do_all(world, vec![job], Weather::default(), &Letting::default())?;
        }
        world.pass(Duration::from_hours(13));
    }
    world.told.iter().try_for_each(|told| told.is_drained(&world.model))
}
