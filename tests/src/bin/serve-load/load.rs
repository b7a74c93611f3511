//! Many connections that ask at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Failed;
use crate::client::Asker;
use crate::daemon::Daemon;

/// How many acts a case gets before the next one is opened, as in the bench of the journal.
const ACTS: usize = 12;

/// What a spell of load came to.
pub(crate) struct Spell {
    took: Duration,
    /// How long each request took.
    each: Vec<Duration>,
}

impl Spell {
    #[allow(clippy::cast_precision_loss, reason = "a measure, for people")]
    pub(crate) fn rate(&self) -> f64 {
        self.each.len() as f64 / self.took.as_secs_f64()
    }

    /// What so many of a hundred requests took at most, in milliseconds.
    pub(crate) fn share(&mut self, of_hundred: usize) -> f64 {
        self.each.sort_unstable();
        let at = (self.each.len() * of_hundred / 100).min(self.each.len().saturating_sub(1));
        self.each.get(at).map_or(0.0, |each| each.as_secs_f64() * 1_000.0)
    }
}

/// Acts by so many connections, each a request of its own under a key of its own, durable before the next.
pub(crate) async fn acts(daemon: &Daemon, connections: usize, spell: Duration) -> Result<Spell, Failed> {
    at_once(daemon, connections, spell, move |mut client, worker, until| async move {
        let (mut each, mut case) = (Vec::new(), 0_usize);
        while Instant::now() < until {
            let reference = format!("{connections}-{worker}-{case}");
            open(&mut client, &reference).await?;
            for number in 0..ACTS {
                let act = if number == 0 { "received" } else { "heard" };
                let body = json!({ "entries": [{ "kind": "act", "act": act }] }).to_string();
                let (path, key) = (format!("/v1/cases/{reference}/entries"), format!("{reference}-{number}"));
                let began = Instant::now();
                client.post(&path, Some(&key), &body).await?;
                each.push(began.elapsed());
            }
            case += 1;
        }
        Ok(each)
    })
    .await
}

/// Reads of the first case of as many connections.
pub(crate) async fn reads(daemon: &Daemon, connections: usize, spell: Duration) -> Result<Spell, Failed> {
    at_once(daemon, connections, spell, |mut client, worker, until| async move {
        let (mut each, path) = (Vec::new(), format!("/v1/cases/64-{worker}-0"));
        while Instant::now() < until {
            let began = Instant::now();
            client.get(&path).await?;
            each.push(began.elapsed());
        }
        Ok(each)
    })
    .await
}

/// Opens a case in the matter that there is.
pub(crate) async fn open(client: &mut Asker, reference: &str) -> Result<(), Failed> {
    let case =
        json!({ "reference": reference, "matter": "M", "procedure": "load/limit", "since": "2020-01-01" });
    client.post("/v1/cases", Some(reference), &case.to_string()).await.map(drop)
}

async fn at_once<W, F>(daemon: &Daemon, connections: usize, spell: Duration, work: W) -> Result<Spell, Failed>
where
    W: Fn(Asker, usize, Instant) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<Duration>, Failed>> + Send,
{
    let mut askers = Vec::new();
    for _ in 0..connections {
        askers.push(daemon.client().await?);
    }
    let (work, began) = (Arc::new(work), Instant::now());
    let until = began + spell;
    let tasks: Vec<_> = (0..connections)
        .zip(askers)
        .map(|(worker, client)| {
            let work = Arc::clone(&work);
            tokio::spawn(async move { work(client, worker, until).await })
        })
        .collect();
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await??);
    }
    Ok(Spell { took: began.elapsed(), each })
}
