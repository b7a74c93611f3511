//! Group commit for those that have none: one thread takes whatever waits and writes it with one sync.

use tokio::sync::{mpsc, oneshot};

use crate::Outcome;
use crate::job::{Act, Last};
use crate::turn::Records;

/// Writes some acts with one sync.
pub(crate) trait Engine: Send + 'static {
    /// Writes them durably, in order, and answers the hash of each.
    fn write(&mut self, acts: &[(Act, Last)]) -> Outcome<Vec<Last>>;
}

/// A thread that writes for many.
pub(crate) struct Grouped {
    jobs: mpsc::Sender<Waiting>,
}

struct Waiting {
    act: Act,
    before: Last,
    answer: oneshot::Sender<Outcome<Last>>,
}

impl Grouped {
    /// Gives `engine` a thread, which takes at most `most` acts at a time.
    pub(crate) fn new(mut engine: impl Engine, most: usize) -> Self {
        let (jobs, mut waiting) = mpsc::channel(1024);
        std::thread::spawn(move || {
            let mut last = 1;
            while let Some(group) = gather(&mut waiting, last, most) {
                last = group.len();
                serve(&mut engine, group);
            }
        });
        Self { jobs }
    }
}

/// The rule by which the journal gathers its groups, so that the groups are as large.
fn gather(waiting: &mut mpsc::Receiver<Waiting>, last: usize, most: usize) -> Option<Vec<Waiting>> {
    let mut group = vec![waiting.blocking_recv()?];
    let mut quiet = 0;
    while waiting.len() + 1 < last && quiet < 3 {
        let before = waiting.len();
        std::thread::yield_now();
        quiet = if waiting.len() == before { quiet + 1 } else { 0 };
    }
    while group.len() < most
        && let Ok(next) = waiting.try_recv()
    {
        group.push(next);
    }
    Some(group)
}

fn serve(engine: &mut impl Engine, group: Vec<Waiting>) {
    let (acts, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|one| ((one.act, one.before), one.answer)).unzip();
    match engine.write(&acts) {
        Ok(hashes) => {
            for (answer, hash) in answers.into_iter().zip(hashes) {
                let _ = answer.send(Ok(hash));
            }
        }
        Err(error) => {
            for answer in answers {
                let _ = answer.send(Err(error.to_string().into()));
            }
        }
    }
}

impl Records for Grouped {
    async fn record(&self, _writer: usize, act: Act, before: Last) -> Outcome<Last> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Waiting { act, before, answer }).await.map_err(|_| "the writing thread ended")?;
        answered.await?
    }
}
