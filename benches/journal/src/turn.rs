//! A turn: so many writers do their job for a moment, and each wait is kept.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::Outcome;
use crate::job::{Act, Last, STEPS};

/// Whoever takes turns in a bench.
pub(crate) trait Contender {
    /// What it is.
    fn name(&self) -> &str;

    /// Does the job for about `span`.
    fn turn(&mut self, span: Duration) -> Outcome<Turn>;
}

/// What came of a turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turn {
    /// How long each act waited until it was acknowledged.
    pub(crate) waits: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

impl Turn {
    /// Acts per second.
    pub(crate) fn rate(&self) -> f64 {
        let acts = u32::try_from(self.waits.len()).unwrap_or(u32::MAX);
        f64::from(acts) / self.elapsed.as_secs_f64()
    }
}

/// Records an act durably, knowing the hash of the entry before; answers its own.
pub(crate) trait Records: Send + Sync + 'static {
    /// Returns once the act is on disk.
    fn record(&self, writer: usize, act: Act, before: Last) -> impl Future<Output = Outcome<Last>> + Send;
}

/// Writers that work on their cases, turn after turn.
pub(crate) struct Desk<R> {
    name: String,
    runtime: Arc<Runtime>,
    records: Arc<R>,
    writers: Vec<Writer>,
}

#[derive(Clone, Debug)]
struct Writer {
    number: usize,
    case: Uuid,
    step: u32,
    /// After so many steps it takes a new case.
    until: u32,
    last: Last,
}

impl<R: Records> Desk<R> {
    pub(crate) fn new(name: &str, runtime: &Arc<Runtime>, writers: usize, records: R) -> Self {
        // They are not all at the same step: the first case of each is left after another number of steps.
        let writer =
            |(number, until)| Writer { number, case: Uuid::now_v7(), step: 0, until, last: Last::default() };
        Self {
            name: name.to_owned(),
            runtime: Arc::clone(runtime),
            records: Arc::new(records),
            writers: (0..writers).zip((1..=STEPS).cycle()).map(writer).collect(),
        }
    }
}

impl<R: Records> Contender for Desk<R> {
    fn name(&self) -> &str {
        &self.name
    }

    fn turn(&mut self, span: Duration) -> Outcome<Turn> {
        let writers = std::mem::take(&mut self.writers);
        let start = Instant::now();
        let (turn, writers) = self.runtime.block_on(async {
            let work = |writer: Writer| tokio::spawn(work(writer, Arc::clone(&self.records), start + span));
            let tasks: Vec<_> = writers.into_iter().map(work).collect();
            let (mut turn, mut writers) = (Turn::default(), Vec::new());
            for task in tasks {
                let (writer, waits) = task.await??;
                turn.waits.extend(waits);
                writers.push(writer);
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((turn, writers))
        })?;
        self.writers = writers;
        Ok(Turn { elapsed: start.elapsed(), ..turn })
    }
}

async fn work<R: Records>(
    mut writer: Writer,
    records: Arc<R>,
    until: Instant,
) -> Outcome<(Writer, Vec<Duration>)> {
    let mut waits = Vec::new();
    while Instant::now() < until {
        let act = Act::new(writer.case, writer.step);
        let asked = Instant::now();
        writer.last = records.record(writer.number, act, writer.last).await?;
        waits.push(asked.elapsed());
        writer.step += 1;
        if writer.step == writer.until {
            writer = Writer { case: Uuid::now_v7(), step: 0, until: STEPS, last: Last::default(), ..writer };
        }
    }
    Ok((writer, waits))
}
