//! Notices what ran out. Read from the index on every sweep; no memory of what was done before decides anything.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use comity_core::entry::{Body, Notice};
use comity_core::id::{CaseId, MatterId};
use comity_core::name::{Name, Private};
use comity_core::procedure::Purpose;
use comity_core::time::Moment;
use comity_core::{Asked, ClockView, CycleStatus, View};
use comity_store::{PageRequest, Query};
use tracing::{error, info, instrument};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::links::Learned;
use crate::record::{Outcome, Request};

/// How many limits one sweep takes up, or few more. The oldest legal limit comes first.
const BATCH: usize = 1_000;
/// How many notices are recorded in one commit, which the journal limits.
const MOST_NOTICES: usize = 100;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// The limits that were seen to have run out, the oldest first.
    pub noticed: Vec<Noticed>,
    /// Cases that were let know of others.
    pub learned: Vec<Learned>,
    /// Cases in which nothing could be noticed. They are tried again by every sweep.
    pub failed: Vec<Failed>,
    /// Whether more are waiting than one sweep takes up.
    pub more: bool,
}

/// A case that a sweep could not take up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The case.
    pub case: CaseId,
    /// The code of the error.
    pub code: &'static str,
    /// What was wrong.
    pub because: String,
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
    /// Returns an [`EngineError`] if the journal fails. What was noticed before it stays noticed; the next sweep goes
    /// on. A single case that cannot be read is no error: it is on the report, and the others are taken up.
    #[instrument(skip_all)]
    pub async fn sweep(&self) -> Result<SweepReport, EngineError> {
        let now = self.now();
        let by = Private::new("comity");
        let mut report = SweepReport::default();
        // A crash may have come between a case and those that follow it, so a fresh engine looks at all of them once.
        let all_are_told = self.shared.some_may_be_behind.swap(false, Ordering::AcqRel);
        // What breaks off from here on, the next sweep makes good.
        let untold = self.untold();
        let matters = self.take_up_due(now, &by, &mut report).await?;
        if all_are_told {
            report.learned = self.tell_all(&by).await?;
        } else {
            for matter in matters {
                report.learned.extend(self.tell_matter(matter, &by).await?);
            }
        }
        untold.settled();
        report.noticed.sort_by_key(|noticed| noticed.ran_out);
        if !report.noticed.is_empty() {
            info!(noticed = report.noticed.len(), more = report.more, "limits ran out");
        }
        Ok(report)
    }

    /// Notices what is due, the oldest first, until a batch of limits is noticed; the matters that have moved.
    async fn take_up_due(
        &self,
        now: Moment,
        by: &Private,
        report: &mut SweepReport,
    ) -> Result<BTreeSet<MatterId>, EngineError> {
        let (mut seen, mut matters, mut after) = (BTreeSet::new(), BTreeSet::new(), None);
        loop {
            let request = PageRequest { after, limit: BATCH };
            let page = self.journal().rows(Query::DueUntil(now), request).await.map_err(EngineError::Read)?;
            // One notice brings the whole case up to date.
            for case in page.rows.into_iter().map(|found| found.case).filter(|case| seen.insert(*case)) {
                match self.notice(case, by).await {
                    Ok((matter, noticed)) => {
                        matters.insert(matter);
                        report.noticed.extend(noticed);
                    }
                    // A limit of another person must not pass unseen because this case cannot be read.
                    Err(error) if error.is_of_one_case() => {
                        error!(%case, code = error.code(), "what ran out in a case could not be noticed");
                        report.failed.push(Failed { case, code: error.code(), because: error.to_string() });
                    }
                    Err(error) => return Err(error),
                }
            }
            // Rows of cases that failed stay, so the next page is asked for by what stands behind them.
            match page.next {
                None => return Ok(matters),
                Some(_) if report.noticed.len() >= BATCH => {
                    report.more = true;
                    return Ok(matters);
                }
                Some(next) => after = Some(next),
            }
        }
    }

    /// Records every notice that is missing from one case, in one commit with its new index rows.
    async fn notice(&self, case: CaseId, by: &Private) -> Result<(MatterId, Vec<Noticed>), EngineError> {
        let file = self.case(case).await?;
        let matter = file.opening.matter;
        let view = file.view(Asked::at(self.now()));
        let mut missing = missing_notices(&file, &view);
        // The rest stays due: the next sweep takes it up.
        missing.truncate(MOST_NOTICES);
        if missing.is_empty() {
            return Ok((matter, Vec::new()));
        }
        let noticed = missing
            .iter()
            .map(|notice| Noticed { case, clock: notice.clock.to_string(), ran_out: notice.ran_out })
            .collect();
        let bodies = missing.into_iter().map(Body::Noticed).collect();
        match self.record_alone(case, &Request::of(bodies, by)).await? {
            Outcome::Recorded(_) => Ok((matter, noticed)),
            // A notice has no effect, so only a clock of the machine that went back can refuse it.
            Outcome::Rejected(rejection) => {
                error!(%case, code = %rejection.code(), "a notice could not be recorded");
                Ok((matter, Vec::new()))
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
                Ok(report) => report.more,
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
pub(crate) fn missing_notices(file: &CaseFile, view: &View) -> Vec<Notice> {
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
            CycleStatus::RanOut { at, .. } | CycleStatus::Cured { ran_out: at, .. } => {
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
