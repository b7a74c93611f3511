//! The loops around sweeps and deliveries, in virtual time, over a journal that is slow and fails: no sweep waits longer than its
//! pause, nothing is left lying, and everything stops in order.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use comity_core::entry::Body;
use comity_core::id::{CaseId, Version};
use comity_core::time::Moment;
use comity_runner::outbox::{
    Attempt, Backoff, Event, Outbox, OutboxParts, PersonalData, SealedCases, Sender, Sent, SystemRandom,
    Target, WantedEvents,
};
use comity_runner::{Clock, Engine, EngineError, EngineParts, SweepReport};
use comity_store::codec::Began;
use comity_store::{
    AppendError, CloseError, Commit, Head, IdempotencyKey, Journal, MemoryJournal, Page, PageRequest,
    Position, Query, ReadError, Receipt, Recorded, Report, VerifyError,
};
use common::{Office, act, moment, when};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

const PAUSE: Duration = Duration::from_hours(1);
/// No sweep of so few cases takes longer over this journal.
const LONGEST: Duration = Duration::from_mins(10);

/// The time that passes while everybody waits.
struct Virtual {
    begun: Moment,
    since: Instant,
}

impl Clock for Virtual {
    fn now(&self) -> Moment {
        let passed = i64::try_from(self.since.elapsed().as_micros()).unwrap();
        self.begun.plus_microseconds(passed).unwrap()
    }
}

/// A journal that takes up to two seconds for everything, and fails three times in a hundred.
struct Slow {
    journal: Arc<MemoryJournal>,
    chance: AtomicU64,
    /// When it was last asked for anything.
    asked: Mutex<Instant>,
}

impl Slow {
    /// Waits; whether it fails then.
    async fn fails(&self) -> bool {
        *self.asked.lock().unwrap() = Instant::now();
        // By `SplitMix64`.
        let mut mixed = self.chance.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        sleep(Duration::from_millis(mixed % 2_000)).await;
        (mixed >> 20) % 100 < 3
    }

    async fn reads(&self) -> Result<(), ReadError> {
        if self.fails().await { Err(ReadError::Io(io::Error::other("the test says so"))) } else { Ok(()) }
    }
}

#[async_trait]
impl Journal for Slow {
    async fn append(&self, commit: Commit) -> Result<Receipt, AppendError> {
        if self.fails().await {
            return Err(AppendError::Full { free: 0, floor: 1 });
        }
        self.journal.append(commit).await
    }

    async fn receipt(&self, case: CaseId, key: &IdempotencyKey) -> Result<Option<Receipt>, ReadError> {
        self.reads().await?;
        self.journal.receipt(case, key).await
    }

    async fn read(&self, case: CaseId, after: Version) -> Result<Vec<Recorded>, ReadError> {
        self.reads().await?;
        self.journal.read(case, after).await
    }

    async fn head(&self, case: CaseId) -> Result<Head, ReadError> {
        self.reads().await?;
        self.journal.head(case).await
    }

    async fn tail(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reads().await?;
        self.journal.tail(after, limit).await
    }

    async fn rows(&self, query: Query, page: PageRequest) -> Result<Page, ReadError> {
        self.reads().await?;
        self.journal.rows(query, page).await
    }

    async fn verify(&self) -> Result<Report, VerifyError> {
        self.journal.verify().await
    }

    async fn close(&self) -> Result<(), CloseError> {
        self.journal.close().await
    }
}

/// An office whose journal is sound, for whoever records, and the same record as the loops see it.
struct World {
    office: Office,
    cases: Vec<CaseId>,
    engine: Engine,
    slow: Arc<Slow>,
}

async fn world(seed: u64) -> World {
    let journal = Arc::new(MemoryJournal::new());
    let office = Office::over(journal.clone());
    let matter = office.matter().await;
    let mut cases = Vec::new();
    for (place, at) in ["2027-03-01 08:00", "2027-03-01 08:30", "2027-03-01 08:45"].into_iter().enumerate() {
        let case = office.case(matter, "sample/extradition", &format!("EX-{place}"), Vec::new()).await;
        office.record(case, act("arrested", "requested/police", when(at))).await;
        cases.push(case);
    }
    let slow = Arc::new(Slow { journal, chance: AtomicU64::new(seed), asked: Mutex::new(Instant::now()) });
    let clock = Arc::new(Virtual { begun: moment("2027-03-01 09:00"), since: Instant::now() });
    let procedures = office.engine.procedures().clone();
    let engine = Engine::new(EngineParts { journal: slow.clone(), procedures, clock });
    World { office, cases, engine, slow }
}

#[tokio::test(start_paused = true)]
async fn no_sweep_waits_longer_than_its_pause_and_what_runs_out_is_noticed_by_the_next() {
    for seed in 0..8 {
        let World { office, cases, engine, slow } = world(seed).await;
        let told: Arc<Mutex<Vec<(Instant, bool)>>> = Arc::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn({
            let (told, engine) = (told.clone(), engine.clone());
            async move {
                let tell = |swept: Result<&SweepReport, &EngineError>| {
                    told.lock().unwrap().push((Instant::now(), swept.is_ok()));
                };
                engine.run_telling(PAUSE, async { stopped.await.unwrap() }, tell).await;
            }
        });
        // A limit of ten days, and some days more; it ends in the midst of an hour.
        sleep(Duration::from_secs(15 * 24 * 3_600 + 97 * seed)).await;
        let asked = Instant::now();
        stop.send(()).unwrap();
        running.await.unwrap();
        assert!(asked.elapsed() <= LONGEST, "seed {seed}: it took {:?} to stop", asked.elapsed());
        let told = told.lock().unwrap().clone();
        let gap = told.windows(2).map(|two| two[1].0 - two[0].0).max().unwrap();
        assert!(gap <= PAUSE + LONGEST, "seed {seed}: {gap:?} between two sweeps");
        let mut failed = told.split(|(_, is_ok)| *is_ok).map(<[_]>::len);
        let in_a_row = u32::try_from(failed.by_ref().max().unwrap()).unwrap();
        assert!(told.iter().any(|(_, is_ok)| !is_ok), "seed {seed}: nothing ever failed");
        for case in cases {
            let file = office.engine.case(case).await.unwrap();
            let noticed: Vec<_> = file
                .entries
                .iter()
                .filter_map(|entry| match &entry.body {
                    Body::Noticed(notice) => Some((notice.ran_out, entry.recorded_at)),
                    _ => None,
                })
                .collect();
            let [(ran_out, at)] = noticed.as_slice() else { panic!("seed {seed}: {noticed:?}") };
            let late = Duration::from_micros(u64::try_from(ran_out.microseconds_until(*at)).unwrap());
            assert!(late <= (PAUSE + LONGEST) * (in_a_row + 1), "seed {seed}: noticed {late:?} late");
        }
        // Nobody asks the record for anything after the end.
        let last = *slow.asked.lock().unwrap();
        sleep(PAUSE * 3).await;
        assert_eq!(*slow.asked.lock().unwrap(), last, "seed {seed}: something went on");
    }
}

/// Takes everything, and remembers when.
#[derive(Default)]
struct Receiver(Mutex<Vec<(String, Instant)>>);

#[async_trait]
impl Sender for Receiver {
    async fn send(&self, event: &Event, _: Attempt) -> Sent {
        sleep(Duration::from_millis(300)).await;
        self.0.lock().unwrap().push((event.id.clone(), Instant::now()));
        Sent::Delivered
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_is_told_before_long_and_the_outbox_stops_in_order() {
    for seed in 0..8 {
        let World { office, cases, engine, slow } = world(seed).await;
        let receiver = Arc::new(Receiver::default());
        let to = Target {
            name: "office".parse().unwrap(),
            wants: WantedEvents::All,
            personal: PersonalData::LeftOut,
            sealed: SealedCases::Included,
            from: Began::AtTheBeginning,
            backoff: Backoff::default(),
        };
        let parts = OutboxParts {
            engine,
            source: "https://comity.example".to_owned(),
            targets: vec![(to, receiver.clone() as Arc<dyn Sender>)],
            random: Arc::new(SystemRandom),
        };
        let outbox = Outbox::new(parts).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move { outbox.run(async { stopped.await.unwrap() }).await });
        sleep(LONGEST).await;
        let mut recorded = Vec::new();
        for place in 0..6_u32 {
            office.clock.set(moment(&format!("2027-03-01 09:0{}", place + 1)));
            let note = comity_core::entry::Body::Note(comity_core::name::Private::new("seen"));
            let request = comity_runner::Request::of(vec![note], &office.by);
            let case = cases[usize::try_from(place).unwrap() % cases.len()];
            let outcome = office.engine.record(case, request).await.unwrap();
            let comity_runner::Outcome::Recorded(receipt) = outcome else { panic!("{outcome:?}") };
            recorded.push((receipt.position, Instant::now()));
            sleep(Duration::from_secs(40 + 7 * seed)).await;
        }
        sleep(LONGEST).await;
        let asked = Instant::now();
        stop.send(()).unwrap();
        running.await.unwrap();
        assert!(asked.elapsed() <= LONGEST, "seed {seed}: it took {:?} to stop", asked.elapsed());
        for (position, then) in recorded {
            let sent = receiver.0.lock().unwrap().clone();
            let told = sent.iter().find(|(id, _)| id.starts_with(&format!("{}-", position.0)));
            let at = told.unwrap_or_else(|| panic!("seed {seed}: nobody was told of {}", position.0)).1;
            assert!(at - then <= LONGEST, "seed {seed}: told {:?} after it was recorded", at - then);
        }
        let last = *slow.asked.lock().unwrap();
        sleep(PAUSE).await;
        assert_eq!(*slow.asked.lock().unwrap(), last, "seed {seed}: something went on");
    }
}
