//! The office that is played: its record, its programs, its clock, and whoever is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use comity_core::id::CaseId;
use comity_core::name::Name;
use comity_core::time::{Moment, When};
use comity_runner::outbox::{
    Backoff, EventKind, Outbox, OutboxParts, PersonalData, SealedCases, Sender, Target, TargetName,
    WantedEvents,
};
use comity_runner::{Engine, EngineParts, ManualClock};
use comity_store::codec::Began;
use comity_store::{Files, Journal, Position};

use super::chance::{Chance, Shared};
use super::faulty::{Faulty, Weather};
use super::filing::Filing;
use super::invariants::delivered::{Told, Wants};
use super::invariants::{erased, filed, proof, rows, shown, time, two};
use super::job::Answer;
use super::ledger::Ledger;
use super::library::Library;
use super::model::Model;
use super::place::{Place, PlaceFault};
use super::poll::{Job, Letting, together};
use super::receiver::{Mood, Receiver};
use super::run::{Counts, Disk};
use super::trace::{Trace, Wrong};

const ENDS: &str = "everything that is begun ends";
const OPENS: &str = "a store that was left in whatever way opens again";

/// A case that is opened some time.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) matter: String,
    pub(crate) procedure: String,
    pub(crate) reference: String,
    /// Since when, once somebody tried to open it; a second attempt says the same.
    pub(crate) since: Option<(When, Vec<(Name, CaseId)>)>,
    pub(crate) id: Option<CaseId>,
}

/// The programs that run over the record. They are gone when the process is.
pub(crate) struct Programs {
    /// Two engines, as if two programs shared one record.
    pub(crate) engines: Vec<Engine>,
    pub(crate) outbox: Outbox,
}

/// Everything.
pub(crate) struct World {
    pub(crate) chance: Chance,
    order: Chance,
    pub(crate) library: Library,
    pub(crate) clock: Arc<ManualClock>,
    /// By how many microseconds the clock is wrong.
    pub(crate) off: i64,
    disk: Disk,
    pub(crate) journal: Arc<Faulty>,
    pub(crate) programs: Option<Programs>,
    targets: Vec<Target>,
    pub(crate) names: Arc<Vec<TargetName>>,
    pub(crate) receivers: Vec<Arc<Receiver>>,
    pub(crate) told: Vec<Told>,
    pub(crate) model: Model,
    pub(crate) ledger: Ledger,
    /// The requests that are under way.
    pub(crate) asking: Vec<usize>,
    pub(crate) plan: Vec<Planned>,
    /// A case that cannot be read for a while.
    pub(crate) unreadable: Option<CaseId>,
    /// Where files are kept, and how it fails next.
    pub(crate) place: Place,
    pub(crate) files: Files,
    pub(crate) place_fault: Option<(u32, PlaceFault)>,
    pub(crate) filings: Vec<Filing>,
    pub(crate) trace: Trace,
    pub(crate) counts: Counts,
    /// Jobs run one after the other, and nobody lets go of one.
    pub(crate) is_orderly: bool,
}

impl World {
    pub(crate) fn begin(
        seed: u64,
        library: &Library,
        mut disk: Disk,
        is_orderly: bool,
        begins: Moment,
    ) -> Result<Self, Wrong> {
        let mut chance = Chance::of(seed);
        let order = chance.apart();
        let (targets, told) = targets();
        let receivers = targets.iter().map(|_| Arc::new(Receiver::new(chance.apart()))).collect();
        let names = Arc::new(targets.iter().map(|target| target.name.clone()).collect());
        let opened = disk.reopen(false).map_err(|error| Wrong::new(OPENS, error))?;
        let journal = Faulty::over(opened, Position(0), chance.apart());
        let place = Place::new(chance.apart());
        let mut world = Self {
            order,
            library: library.clone(),
            clock: Arc::new(ManualClock::at(begins)),
            off: 0,
            disk,
            journal,
            programs: None,
            targets,
            names,
            receivers,
            told,
            model: Model::default(),
            ledger: Ledger::default(),
            asking: Vec::new(),
            plan: Vec::new(),
            unreadable: None,
            files: Files::over(Arc::new(place.clone())),
            place,
            place_fault: None,
            filings: Vec::new(),
            trace: Trace::default(),
            counts: Counts::default(),
            is_orderly,
            chance,
        };
        let registered = world.alone(world.library.register(&*world.journal, begins))?;
        registered.map_err(|error| Wrong::new(OPENS, error))?;
        world.take_up()?;
        world.start()?;
        Ok(world)
    }

    /// What the clock shows.
    pub(crate) fn now(&self) -> Moment {
        use comity_runner::Clock;
        self.clock.now()
    }

    fn parts(&self) -> EngineParts {
        EngineParts {
            journal: self.journal.clone(),
            procedures: self.library.procedures.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Starts the programs over the record.
    fn start(&mut self) -> Result<(), Wrong> {
        let engines = vec![Engine::new(self.parts()), Engine::new(self.parts())];
        let engine = engines.first().cloned().unwrap_or_else(|| Engine::new(self.parts()));
        let carried = self.targets.iter().zip(&self.receivers).map(|(target, receiver)| {
            let sender: Arc<dyn Sender> = receiver.clone();
            (target.clone(), sender)
        });
        let parts = OutboxParts {
            engine,
            source: "https://office.invalid".to_owned(),
            targets: carried.collect(),
            random: Arc::new(Shared::of(self.chance.apart())),
        };
        let outbox = Outbox::new(parts).map_err(|error| Wrong::new(OPENS, error.to_string()))?;
        self.programs = Some(Programs { engines, outbox });
        Ok(())
    }

    /// Ends the programs, by a crash or in order, and starts them anew over what is on disk.
    pub(crate) fn restart(&mut self, is_crash: bool) -> Result<(), Wrong> {
        self.programs = None;
        let reopened = self.disk.reopen(is_crash);
        let opened = reopened.map_err(|error| Wrong::new(OPENS, error))?;
        let last = u64::try_from(self.model.order.len()).unwrap_or(0);
        self.journal = Faulty::over(opened, Position(last), self.chance.apart());
        self.start()?;
        if is_crash {
            self.counts.crashes += 1;
        }
        self.whole_record()
    }

    pub(crate) fn engine(&self) -> Option<Engine> {
        self.programs.as_ref()?.engines.first().cloned()
    }

    /// Runs something by itself, on a journal in good order.
    pub(crate) fn alone<A>(&self, job: impl Future<Output = A>) -> Result<A, Wrong> {
        if let Some(runtime) = self.disk.runtime() {
            return Ok(runtime.block_on(job));
        }
        let jobs: Vec<Job<'_, A>> = vec![Box::pin(job)];
        let done = together(self.disk.tasks(), jobs, &Letting::default(), &mut Chance::of(0));
        let done = done.ok().and_then(|mut done| done.pop().flatten());
        done.ok_or_else(|| Wrong::new(ENDS, "a look at a journal in good order hangs"))
    }

    /// Does several things that run into one another, in this weather, and lets go of some.
    pub(crate) fn do_together(
        &mut self,
        jobs: Vec<Job<'static, Answer>>,
        weather: Weather,
        letting: &Letting,
    ) -> Result<Vec<Option<Answer>>, Wrong> {
        self.journal.set(Weather { unreadable: self.unreadable, ..weather });
        self.place.set(self.place_fault.take(), weather.slow);
        let answers = match self.disk.runtime() {
            Some(runtime) => Ok(jobs.into_iter().map(|job| Some(runtime.block_on(job))).collect()),
            None if self.is_orderly => {
                let one = |job| together(self.disk.tasks(), vec![job], letting, &mut self.order);
                jobs.into_iter()
                    .map(one)
                    .collect::<Result<Vec<_>, _>>()
                    .map(|all| all.into_iter().flatten().collect())
            }
            None => together(self.disk.tasks(), jobs, letting, &mut self.order),
        };
        self.journal.set(Weather::default());
        self.place.set(None, 0);
        answers.map_err(|_| Wrong::new(ENDS, "something was begun and hangs"))
    }

    /// Takes up what was written and what was sent, and looks whether all that holds which must hold at any time. Returns the
    /// requests that were written.
    pub(crate) fn take_up(&mut self) -> Result<BTreeSet<usize>, Wrong> {
        let (mut cases, mut asked) = (BTreeSet::new(), BTreeSet::new());
        let before: Vec<_> = self.model.cases().map(|(id, case)| (id, case.entries.len())).collect();
        self.model.began = u64::try_from(self.model.order.len()).unwrap_or(u64::MAX);
        for written in self.journal.written() {
            let bodies = self.model.add(&written, &self.library)?;
            let id = written.commit.case;
            if let Some(case) = self.model.case(id) {
                asked.extend(self.ledger.written(&written, &bodies));
                let told = self.model.streams.get(&id).map(|stream| &stream.rows);
                told.map_or(Ok(()), |told| rows::are_as_folded(id, case, told))?;
                time::nothing_is_told_twice(case)?;
                two::each_confirmation_has_its_proposal(case)?;
                cases.insert(id);
            }
            if let (Some(gone), true) = (self.model.gone(id), written.commit.erases) {
                erased::might_be(id, gone, &self.model)?;
                cases.insert(id);
            }
        }
        for (told, receiver) in self.told.iter_mut().zip(&self.receivers) {
            told.take(receiver.given(), &self.model)?;
        }
        self.look(&cases)?;
        if let Some(engine) = self.engine() {
            for case in &cases {
                let after = before.iter().find(|(id, _)| id == case).map_or(0, |(_, after)| *after);
                self.read_files(&engine, *case, after)?;
            }
        }
        Ok(asked)
    }

    /// Reads the files of a case back, those that were filed after so many entries.
    fn read_files(&self, engine: &Engine, case: CaseId, after: usize) -> Result<(), Wrong> {
        let known = (self.filings.as_slice(), &self.model);
        self.alone(filed::are_whole(engine, &self.files, case, after, known))?
    }

    /// Whether the record says of every file what whoever filed it was told.
    pub(crate) fn check_filings(&self) -> Result<(), Wrong> {
        let mut all = self.filings.iter().enumerate();
        all.try_for_each(|(place, filing)| filed::is_as_told(place, filing, &self.model))
    }

    /// Looks at these cases and at the index.
    fn look(&self, cases: &BTreeSet<CaseId>) -> Result<(), Wrong> {
        let journal: &dyn Journal = &*self.journal;
        self.alone(rows::are_found(journal, &self.model))??;
        let Some(engine) = self.engine() else { return Ok(()) };
        for case in cases {
            self.alone(shown::is_as_written(&engine, *case, &self.model, self.now()))??;
            self.alone(erased::is_gone(&engine, *case, &self.model, self.journal.has_stopped()))??;
        }
        for (case, gone) in self.model.all_gone() {
            self.alone(erased::is_not_found(journal, case, gone))??;
        }
        Ok(())
    }

    /// Looks at everything: the whole record, its chain and root, every case and every request.
    pub(crate) fn whole_record(&self) -> Result<(), Wrong> {
        let journal: &dyn Journal = &*self.journal;
        let all = self.alone(journal.tail(Position(0), usize::MAX))?;
        let all = all.map_err(|error| Wrong::new(OPENS, error.to_string()))?;
        let report = self.alone(journal.verify())?;
        let report = report.map_err(|error| Wrong::new(OPENS, error.to_string()))?;
        shown::is_the_record(&all, &self.model)?;
        proof::chains_hold(&all)?;
        proof::root_holds(&all, &report)?;
        self.ledger.check_all()?;
        self.alone(rows::are_found_by_name(journal, &self.model))??;
        if let Some(engine) = self.engine() {
            self.model.cases().try_for_each(|(id, _)| self.read_files(&engine, id, 0))?;
        }
        self.check_filings()?;
        let gone = self.model.all_gone().map(|(id, _)| id);
        self.look(&self.model.cases().map(|(id, _)| id).chain(gone).collect())
    }

    /// Lets time pass. What the clock is wrong by, it stays wrong by.
    pub(crate) fn pass(&self, length: Duration) {
        let micros = i64::try_from(length.as_micros()).unwrap_or(0);
        if let Some(later) = self.now().plus_microseconds(micros) {
            self.clock.set(later);
        }
    }

    /// Every case can be read.
    pub(crate) fn readable(&mut self) {
        if let Some(case) = self.unreadable.take() {
            self.told.iter_mut().for_each(|told| told.lost_turn(case, &self.model));
            self.trace.say("every case can be read");
        }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.receivers.iter().for_each(|receiver| receiver.set(mood));
    }

    /// How many events were taken.
    pub(crate) fn taken(&self) -> usize {
        self.told.iter().map(Told::taken).sum()
    }

    /// The reference of a case.
    pub(crate) fn reference(&self, id: CaseId) -> String {
        if let Some(gone) = self.model.gone(id) {
            return gone.erasure.reference.clone();
        }
        self.model.case(id).map_or_else(|| id.to_string(), |case| case.opening.reference.clone())
    }

    /// The cases that the office knows of and that were not erased, by their reference.
    pub(crate) fn known(&self) -> BTreeMap<String, CaseId> {
        let all = self.plan.iter().filter_map(|planned| Some((planned.reference.clone(), planned.id?)));
        all.filter(|(_, id)| self.model.gone(*id).is_none()).collect()
    }

    /// The cases that the office knows of and that were erased.
    pub(crate) fn gone_cases(&self) -> Vec<CaseId> {
        let all = self.plan.iter().filter_map(|planned| planned.id);
        all.filter(|id| self.model.gone(*id).is_some()).collect()
    }

    /// Whether a case can still be opened: its matter was not erased.
    pub(crate) fn may_open(&self, planned: &Planned) -> bool {
        planned.id.is_none()
            && !self.model.all_gone().any(|(_, gone)| gone.erasure.reference == planned.matter)
    }
}

/// Two targets: one is told of everything from the beginning on, the other of what presses, from where it begins.
fn targets() -> (Vec<Target>, Vec<Told>) {
    let backoff = Backoff { most_attempts: 5, ..Backoff::default() };
    let pressing = [EventKind::ActRecorded, EventKind::LimitRanOut, EventKind::LimitWarned];
    let all = [
        (
            "registry",
            Wants::All,
            WantedEvents::All,
            PersonalData::LeftOut,
            Began::AtTheBeginning,
            SealedCases::Included,
        ),
        (
            "ministry",
            Wants::Pressing,
            WantedEvents::Only(pressing.into_iter().collect()),
            PersonalData::Included,
            Began::Here,
            SealedCases::LeftOut,
        ),
    ];
    let (mut targets, mut told) = (Vec::new(), Vec::new());
    for (name, is_told, wants, personal, from, sealed) in all {
        let Ok(name) = name.parse::<TargetName>() else { continue };
        told.push(Told::new(name.as_str(), is_told, from == Began::AtTheBeginning, sealed));
        targets.push(Target { name, wants, personal, sealed, from, backoff });
    }
    (targets, told)
}
