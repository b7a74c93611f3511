//! The journal itself.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use comity_store::{Journal, OpenOptions, SledJournal};
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::job::{Act, Last};
use crate::turn::{Contender, Desk, Records};

/// A store in a folder of its own.
pub(crate) struct Comity(SledJournal);

impl Comity {
    pub(crate) fn open(folder: &Path) -> Outcome<Self> {
        Ok(Self(SledJournal::open_blocking(folder, OpenOptions::default())?))
    }

    pub(crate) fn journal(&self) -> &SledJournal {
        &self.0
    }
}

impl Records for Comity {
    async fn record(&self, _writer: usize, act: Act, _before: Last) -> Outcome<Last> {
        Ok(self.0.append(act.commit()?).await?.hash.0)
    }
}

/// How many bytes the journal takes for one act of the job.
pub(crate) fn bytes_of_an_act(folder: &Path, runtime: &Arc<Runtime>) -> Outcome<usize> {
    let mut desk = Desk::new("", runtime, 13, Comity::open(folder)?);
    let mut acts = 0;
    // Whole cases, so that short and long steps count as often as they come.
    while acts < 13 * 20 {
        acts += desk.turn(Duration::from_millis(1))?.waits.len();
    }
    drop(desk);
    let report = comity_store::verify_path(folder)?;
    Ok(usize::try_from(report.bytes / report.last.0.max(1))?)
}
