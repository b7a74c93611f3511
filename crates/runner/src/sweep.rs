//! Notices what ran out. Read from the index on every sweep; no memory of what was done before decides anything.

use std::sync::atomic::Ordering;
use std::time::Duration;

use comity_core::entry::{Body, Notice};
use comity_core::id::CaseId;
use comity_core::name::{Name, Private};
use comity_core::procedure::Purpose;
use comity_core::time::Moment;
use comity_core::{Asked, ClockView, CycleStatus, View};
use comity_store::{PageRequest, Query, Row};
use tracing::{error, info, instrument};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::links::Learned;
use crate::record::{Outcome, Request};

/// How many due rows one sweep takes up. The oldest legal limit comes first.
const BATCH: usize = 1_000;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// The limits that were seen to have run out, the oldest first.
    pub noticed: Vec<Noticed>,
    /// Cases that were let know of others.
    pub learned: Vec<Learned>,
    /// Whether more are waiting than one sweep takes up.
    pub more: bool,
}

/// A limit that was seen to have run out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// The case.
    pub case: CaseId,
    /// The clock.
    pub clock: String,
    /// The legal instant at which it ran out.
    pub ran_out: Moment,
}

impl Engine {
    /// Records a notice for every limit that has run out, and updates the index of those cases.
    ///
    /// # Errors
    ///
    /// Returns the first [`EngineError`]. What was noticed before it stays noticed; the next sweep goes on.
    #[instrument(skip_all)]
    pub async fn sweep(&self) -> Result<SweepReport, EngineError> {
        let now = self.now();
        let by = Private::new("comity");
        let page = self
            .journal()
            .rows(Query::DueUntil(now), PageRequest::first(BATCH))
            .await
            .map_err(EngineError::Read)?;
        let mut report = SweepReport { more: page.next.is_some(), ..SweepReport::default() };
        for found in page.rows {
            if let Row::Due { .. } = found.row {
                // An earlier row of this page may have brought the whole case up to date: then nothing is left to say.
                let noticed = self.notice(found.case, &by).await?;
                report.noticed.extend(noticed);
                report.learned.extend(self.tell_linked(found.case, &by).await?);
            }
        }
        // A crash may have come between a case and those that follow it, so a fresh engine looks at all of them once.
        if self.shared.some_may_be_behind.swap(false, Ordering::AcqRel) {
            match self.tell_all(&by).await {
                Ok(learned) => report.learned.extend(learned),
                Err(error) => {
                    self.shared.some_may_be_behind.store(true, Ordering::Release);
                    return Err(error);
                }
            }
        }
        report.noticed.sort_by_key(|noticed| noticed.ran_out);
        if !report.noticed.is_empty() {
            info!(noticed = report.noticed.len(), more = report.more, "limits ran out");
        }
        Ok(report)
    }

    /// Records every notice that is missing from one case, in one commit with its new index rows.
    async fn notice(&self, case: CaseId, by: &Private) -> Result<Vec<Noticed>, EngineError> {
        let file = self.case(case).await?;
        let view = file.view(Asked::at(self.now()));
        let missing = missing_notices(&file, &view);
        if missing.is_empty() {
            return Ok(Vec::new());
        }
        let noticed = missing
            .iter()
            .map(|notice| Noticed { case, clock: notice.clock.to_string(), ran_out: notice.ran_out })
            .collect();
        let bodies = missing.into_iter().map(Body::Noticed).collect();
        match self.record_alone(case, &Request::of(bodies, by)).await? {
            Outcome::Recorded(_) => Ok(noticed),
            // A notice has no effect, so only a clock of the machine that went back can refuse it.
            Outcome::Rejected(rejection) => {
                error!(%case, code = %rejection.code(), "a notice could not be recorded");
                Ok(Vec::new())
            }
        }
    }

    /// Sweeps until `shutdown` is done: at once, and then whenever `pause` has passed.
    ///
    /// A sweep that fails is logged and tried again after the pause. Cancel-safe: a sweep under way is finished by
    /// the next one.
    pub async fn run(&self, pause: Duration, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        loop {
            let more = match self.sweep().await {
                Ok(report) => report.more && !report.noticed.is_empty(),
                Err(error) => {
                    error!(code = error.code(), "the sweep failed; it is tried again");
                    false
                }
            };
            let wait = if more { Duration::ZERO } else { pause };
            tokio::select! {
                () = &mut shutdown => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

/// The runs that have run out and of which no notice stands.
fn missing_notices(file: &CaseFile, view: &View) -> Vec<Notice> {
    let mut missing: Vec<Notice> = view.clocks().iter().flat_map(|clock| ran_out(view, clock)).collect();
    missing.retain(|notice| {
        !file.entries.iter().any(|entry| {
            matches!(&entry.body, Body::Noticed(seen) if seen.clock == notice.clock && seen.ran_out == notice.ran_out)
        })
    });
    missing.sort_by_key(|notice| notice.ran_out);
    missing
}

fn ran_out(view: &View, clock: &ClockView<'_>) -> Vec<Notice> {
    let told = concerned(view, clock);
    clock
        .cycles
        .iter()
        .filter_map(|cycle| match cycle.status {
            CycleStatus::RanOut { at } => {
                Some(Notice { clock: clock.name.clone(), ran_out: at, told: told.clone() })
            }
            CycleStatus::Running
            | CycleStatus::Met { .. }
            | CycleStatus::SwitchedOff { .. }
            | CycleStatus::Replaced { .. } => None,
        })
        .collect()
}

/// Whom an expiry concerns: the authority that it limited, and the bearer of the duty that arises.
fn concerned(view: &View, clock: &ClockView<'_>) -> Vec<Name> {
    let procedure = view.procedure();
    let mut told = Vec::new();
    let names = procedure.authorities();
    let name_of = |id| names.iter().find(|(other, _, _)| *other == id).map(|(_, name, _)| name.clone());
    if let Purpose::LimitsAuthority(authority) = clock.clock.purpose {
        told.extend(name_of(authority));
    }
    if let Some(obligation) = clock.clock.on_expiry.duty.and_then(|duty| procedure.obligations().get(duty)) {
        told.extend(name_of(obligation.bearer));
    }
    told.dedup();
    told
}
