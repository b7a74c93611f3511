//! A journal that fails or dies when it is told to, targets that answer what they are told, and an outbox between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use comity_core::entry::{Body, Opening};
use comity_core::id::{CaseId, MatterId, Version};
use comity_core::name::Private;
use comity_core::procedure::Meaning;
use comity_core::time::{Moment, When};
use comity_language::library::{InMemory, load};
use comity_runner::outbox::{
    Attempt, Backoff, Event, Outbox, OutboxParts, Passed, PersonalData, Random, SealedCases, Sender, Sent,
    Target, TargetName, WantedEvents, Why,
};
use comity_runner::{Clock, Engine, EngineParts, LibraryProcedures, ManualClock};
use comity_store::codec::{Began, Record, encode};
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, NewEntry, Page,
    PageRequest, Position, Query, ReadError, Receipt, Recorded, Report, VerifyError,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// A process that lives for so many steps, and is then killed in the middle of whatever it does.
pub(crate) struct Life {
    left: AtomicI64,
    is_dead: AtomicBool,
    died: Notify,
}

impl Life {
    pub(crate) fn of(steps: i64) -> Arc<Self> {
        Arc::new(Self { left: AtomicI64::new(steps), is_dead: AtomicBool::new(false), died: Notify::new() })
    }

    pub(crate) fn long() -> Arc<Self> {
        Self::of(i64::MAX)
    }

    /// One step, between any two of which the process may be killed.
    pub(crate) async fn step(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            self.is_dead.store(true, Ordering::SeqCst);
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_dead.load(Ordering::SeqCst)
    }

    /// What comes of `work`, unless the process is killed before.
    pub(crate) async fn lives<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.died.notified() => None,
        }
    }
}

/// How the journal fails next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Nothing is recorded, and that is said.
    Full,
    /// It is recorded, and not known.
    Recorded,
    /// Nothing is recorded, and it is not known.
    Lost,
    /// Reading fails.
    Read,
    /// The entries from this position on cannot be read.
    Damaged(Position),
}

/// A journal that outlives the processes over it.
pub(crate) struct Frail {
    pub(crate) inner: Arc<MemoryJournal>,
    pub(crate) life: Arc<Life>,
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    /// The entry at this position cannot be read.
    pub(crate) damaged: Mutex<Option<Position>>,
}

impl Frail {
    fn fault(&self) -> Fault {
        self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None)
    }

    async fn reading(&self) -> Result<(), ReadError> {
        self.life.step().await;
        match self.fault() {
            Fault::Read => Err(ReadError::Io(std::io::Error::other("the test says so"))),
            Fault::Damaged(position) => {
                *self.damaged.lock().unwrap() = Some(position);
                Ok(())
            }
            Fault::None | Fault::Full | Fault::Recorded | Fault::Lost => Ok(()),
        }
    }
}

#[async_trait]
impl Journal for Frail {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        self.life.step().await;
        let unknown = || Err(AppendError::Io(std::io::Error::other("the test says so")));
        let answer = match self.fault() {
            Fault::Full => Err(AppendError::Full { free: 0, floor: 1 }),
            Fault::Lost => unknown(),
            Fault::Recorded => {
                self.inner.append(commit).await.unwrap();
                unknown()
            }
            Fault::None | Fault::Read | Fault::Damaged(_) => self.inner.append(commit).await,
        };
        self.life.step().await;
        answer
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.reading().await?;
        self.inner.receipt(case, key).await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.reading().await?;
        self.inner.read(case, after).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.reading().await?;
        self.inner.head(case).await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reading().await?;
        let entries = self.inner.tail(after, limit).await?;
        let damaged = *self.damaged.lock().unwrap();
        if entries.iter().any(|entry| Some(entry.position) == damaged) {
            return Err(ReadError::Damaged { what: "an entry".to_owned() });
        }
        Ok(entries)
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.reading().await?;
        self.inner.rows(query, page).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        self.inner.verify().await
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.inner.close().await
    }
}

/// What a target does with the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Takes,
    /// It is away.
    Away,
    /// It is away, and asks to be left alone for so long.
    Busy(Duration),
    /// It will never take this event.
    Refuses,
    /// It took the event, and its answer was lost.
    TakesUnheard,
    /// The sender itself fails.
    Panics,
}

/// A target, and all that it was given.
pub(crate) struct Receiver {
    pub(crate) answers: Mutex<VecDeque<Answer>>,
    /// What it answers when nothing else is said.
    pub(crate) usual: Mutex<Answer>,
    /// What it answers to these positions, always.
    pub(crate) to: Mutex<BTreeMap<u64, Answer>>,
    /// What it took.
    pub(crate) taken: Mutex<Vec<Event>>,
    /// What it was given, taken or not.
    pub(crate) given: Mutex<Vec<(Event, Attempt)>>,
    busy: AtomicBool,
}

impl Receiver {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::default(),
            usual: Mutex::new(Answer::Takes),
            to: Mutex::default(),
            taken: Mutex::default(),
            given: Mutex::default(),
            busy: AtomicBool::new(false),
        })
    }

    pub(crate) fn usually(&self, answer: Answer) -> &Self {
        *self.usual.lock().unwrap() = answer;
        self
    }

    pub(crate) fn always(&self, position: u64, answer: Answer) -> &Self {
        self.to.lock().unwrap().insert(position, answer);
        self
    }

    /// The positions of what it took, in the order in which it did.
    pub(crate) fn took(&self) -> Vec<u64> {
        self.taken.lock().unwrap().iter().map(position).collect()
    }

    /// The positions of what it was given.
    pub(crate) fn was_given(&self) -> Vec<u64> {
        self.given.lock().unwrap().iter().map(|(event, _)| position(event)).collect()
    }
}

/// The position of an event, by its key.
pub(crate) fn position(event: &Event) -> u64 {
    event.id.split_once('-').unwrap().0.parse().unwrap()
}

/// What carries to a receiver, for as long as the process lives.
pub(crate) struct Carrier {
    receiver: Arc<Receiver>,
    life: Arc<Life>,
}

/// Held while something is carried, so that two at a time are noticed; also when it is broken off.
struct Alone<'r>(&'r AtomicBool);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl Sender for Carrier {
    async fn send(&self, event: &Event, attempt: Attempt) -> Sent {
        assert!(!self.receiver.busy.swap(true, Ordering::SeqCst), "two at a time");
        let _alone = Alone(&self.receiver.busy);
        self.life.step().await;
        self.receiver.given.lock().unwrap().push((event.clone(), attempt));
        let fixed = self.receiver.to.lock().unwrap().get(&position(event)).copied();
        let next = self.receiver.answers.lock().unwrap().pop_front();
        let answer = fixed.or(next).unwrap_or(*self.receiver.usual.lock().unwrap());
        tokio::task::yield_now().await;
        let why = || Why::new("the test says so");
        let sent = match answer {
            Answer::Takes => Sent::Delivered,
            Answer::Away | Answer::TakesUnheard => Sent::TryAgain { why: why(), wait: None },
            Answer::Busy(wait) => Sent::TryAgain { why: why(), wait: Some(wait) },
            Answer::Refuses => Sent::Never { why: why() },
            Answer::Panics => panic!("the test says so"),
        };
        if matches!(answer, Answer::Takes | Answer::TakesUnheard) {
            self.receiver.taken.lock().unwrap().push(event.clone());
        }
        self.life.step().await;
        sent
    }
}

/// Chance that is the same each time.
pub(crate) struct Seeded(pub(crate) Mutex<u64>);

impl Random for Seeded {
    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

pub(crate) fn target(name: &str) -> Target {
    Target {
        name: name.parse().unwrap(),
        wants: WantedEvents::All,
        personal: PersonalData::LeftOut,
        sealed: SealedCases::LeftOut,
        from: Began::AtTheBeginning,
        backoff: Backoff { most_attempts: 4, ..Backoff::default() },
    }
}

/// A record, its receivers, and the clock on the wall. The process between them may be killed and started again.
pub(crate) struct World {
    pub(crate) journal: Arc<MemoryJournal>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) targets: Vec<(Target, Arc<Receiver>)>,
}

/// One process over the record.
pub(crate) struct Process {
    pub(crate) journal: Arc<Frail>,
    pub(crate) engine: Engine,
    pub(crate) outbox: Outbox,
}

impl World {
    pub(crate) fn new(targets: Vec<Target>) -> Self {
        Self {
            journal: Arc::new(MemoryJournal::new()),
            clock: Arc::new(ManualClock::at("2027-03-01T09:00:00Z".parse().unwrap())),
            targets: targets.into_iter().map(|target| (target, Receiver::new())).collect(),
        }
    }

    /// A world with one target, called `office`.
    pub(crate) fn plain() -> Self {
        Self::new(vec![target("office")])
    }

    pub(crate) fn receiver(&self) -> &Receiver {
        &self.targets[0].1
    }

    pub(crate) fn start(&self, life: &Arc<Life>) -> Process {
        let journal = Arc::new(Frail {
            inner: self.journal.clone(),
            life: life.clone(),
            faults: Mutex::default(),
            damaged: Mutex::default(),
        });
        let engine = Engine::new(EngineParts {
            journal: journal.clone(),
            procedures: Arc::new(LibraryProcedures::new(load(&InMemory::default()))),
            clock: self.clock.clone(),
        });
        let carrier = |(target, receiver): &(Target, Arc<Receiver>)| {
            let carrier = Carrier { receiver: receiver.clone(), life: life.clone() };
            (target.clone(), Arc::new(carrier) as Arc<dyn Sender>)
        };
        let outbox = Outbox::new(OutboxParts {
            engine: engine.clone(),
            source: "https://comity.example".to_owned(),
            targets: self.targets.iter().map(carrier).collect(),
            random: Arc::new(Seeded(Mutex::new(7))),
        });
        Process { journal, engine, outbox: outbox.unwrap() }
    }

    pub(crate) fn later(&self, time: Duration) {
        let microseconds = i64::try_from(time.as_micros()).unwrap();
        self.clock.set(self.clock.now().plus_microseconds(microseconds).unwrap());
    }

    /// Records a note in a case, which is opened before if it was not; the position of the note.
    pub(crate) async fn note(&self, case: u128) -> u64 {
        self.note_by(&*self.journal, case).await
    }

    /// The same by way of somebody's journal.
    pub(crate) async fn note_by(&self, journal: &dyn Journal, case: u128) -> u64 {
        let id = CaseId(Uuid::from_u128(case));
        let mut seen = journal.head(id).await.unwrap().version;
        if seen == Version(0) {
            let opening = Opening {
                procedure: "sample/extradition".parse().unwrap(),
                meaning: Meaning([1; 32]),
                matter: MatterId(Uuid::from_u128(1_000 + case)),
                reference: format!("EX-{case}"),
                title: Private::new("Tivo Arando"),
                since: When::At(Moment::MIN),
            };
            seen = self.append(journal, id, seen, Body::Opened(opening)).await.version;
        }
        self.append(journal, id, seen, Body::Note(Private::new("Tivo Arando called"))).await.position.0
    }

    async fn append(&self, journal: &dyn Journal, case: CaseId, seen: Version, body: Body) -> Receipt {
        let entry = NewEntry {
            recorded_at: self.clock.now(),
            recorded_by: "a.costa".to_owned(),
            payload: encode(&Record::Case(body)),
            personal: true,
        };
        let commit = Commit { case, seen, entries: vec![entry], rows: vec![], key: None, erases: false };
        journal.append(commit).await.unwrap()
    }

    /// The moment so long from now.
    pub(crate) fn clock_in(&self, time: Duration) -> Option<Moment> {
        self.clock.now().plus_microseconds(i64::try_from(time.as_micros()).unwrap())
    }

    /// Every entry with its position, its case and what it says.
    async fn entries(&self) -> Vec<(u64, CaseId, String)> {
        let entries = self.journal.tail(Position(0), usize::MAX).await.unwrap();
        let text = |entry: &Recorded| String::from_utf8_lossy(entry.payload.content().unwrap()).into_owned();
        entries.iter().map(|entry| (entry.position.0, entry.case, text(entry))).collect()
    }

    /// The positions of all events.
    pub(crate) async fn expected(&self) -> Vec<u64> {
        let entries = self.entries().await;
        entries
            .iter()
            .filter(|(_, _, text)| !is_about_delivery(text))
            .map(|(position, _, _)| *position)
            .collect()
    }

    /// What must hold of what a target was given, whatever happened: nothing is missing that is not on the list, keys and content
    /// stand still, nothing is sent that is no event, and a case is told of in its order but for what was given up.
    pub(crate) async fn is_kept(&self, engine: &Engine) {
        let expected: BTreeSet<u64> = self.expected().await.into_iter().collect();
        let entries = self.entries().await;
        let case_of: BTreeMap<u64, CaseId> =
            entries.iter().map(|(position, case, _)| (*position, *case)).collect();
        for (target, receiver) in &self.targets {
            let listed = engine.dead_letters(&target.name).await.unwrap();
            let listed: BTreeSet<u64> = listed.iter().map(|letter| letter.dead.position.0).collect();
            let took = receiver.took();
            let have: BTreeSet<u64> = took.iter().copied().chain(listed.iter().copied()).collect();
            assert_eq!(have, expected, "{}", target.name);
            let mut said: BTreeMap<u64, String> = BTreeMap::new();
            for (event, attempt) in receiver.given.lock().unwrap().iter() {
                assert!(attempt.number >= 1 && attempt.number <= target.backoff.most_attempts);
                assert_eq!(*said.entry(position(event)).or_insert_with(|| event.json()), event.json());
            }
            let died = died(&entries, &target.name.to_string());
            let (mut seen, mut last) = (BTreeSet::new(), BTreeMap::new());
            for position in took.iter().filter(|position| !died.contains(position)) {
                if seen.insert(*position) {
                    let before = last.insert(case_of[position], *position).unwrap_or(0);
                    assert!(before < *position, "{position} came after {before}: {took:?}");
                }
            }
        }
    }

    /// The entries that were written about the targets.
    pub(crate) async fn words_about_deliveries(&self) -> usize {
        self.entries().await.iter().filter(|(_, _, text)| is_about_delivery(text)).count()
    }
}

fn is_about_delivery(text: &str) -> bool {
    text.starts_with("{\"format\":3")
}

/// The positions of what was ever given up for a target.
fn died(entries: &[(u64, CaseId, String)], target: &str) -> BTreeSet<u64> {
    let begins =
        format!("{{\"format\":3,\"record\":{{\"kind\":\"dead-letter\",\"target\":\"{target}\",\"position\":");
    let said = entries.iter().filter_map(|(_, _, text)| text.strip_prefix(&begins));
    said.map(|rest| rest.split(',').next().unwrap().parse().unwrap()).collect()
}

impl Process {
    pub(crate) async fn pass(&self, name: &str) -> Passed {
        self.outbox.pass(&name.parse::<TargetName>().unwrap()).await.unwrap()
    }
}
