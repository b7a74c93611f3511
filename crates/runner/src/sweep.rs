//! Notices what ran out. Read from the index on every sweep; no memory of what was done before decides anything.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use comity_core::Asked;
use comity_core::entry::{Body, Notice, Warning};
use comity_core::id::CaseId;
use comity_core::name::Private;
use comity_core::time::{Moment, Period};
use comity_store::{PageRequest, Query};
use tracing::{error, info, instrument};

use crate::engine::{CaseFile, Engine};
use crate::error::EngineError;
use crate::jump::Jump;
use crate::links::Learned;
use crate::missing::{missing_notices, missing_warnings};
use crate::record::{Expect, MOST_ATTEMPTS, Outcome, Request};

/// How many limits one sweep takes up, or few more. The oldest legal limit comes first.
const BATCH: usize = 1_000;
/// How many notices are recorded in one commit, which the journal limits.
const MOST_NOTICES: usize = 100;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// The limits that were seen to have run out, the oldest first.
    pub noticed: Vec<Noticed>,
    /// The warnings that were given, the earliest first.
    pub warned: Vec<Warned>,
    /// What is wrong with the clock of the machine, if anything is. If it runs ahead, nothing was noticed.
    pub clock: Option<Jump>,
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

/// A warning that was given before a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warned {
    /// The case.
    pub case: CaseId,
    /// The clock.
    pub clock: String,
    /// How long before the end, as the procedure says.
    pub before: Period,
    /// From when it was to be given.
    pub at: Moment,
    /// The first instant that is too late.
    pub ends: Moment,
}

/// What is recorded of one case.
pub(crate) struct Taken {
    bodies: Vec<Body>,
    noticed: Vec<Noticed>,
    warned: Vec<Warned>,
    refused: Option<Failed>,
}

impl Taken {
    fn nothing() -> Self {
        Self { bodies: Vec::new(), noticed: Vec::new(), warned: Vec::new(), refused: None }
    }
}

impl Engine {
    /// Records a notice for every limit that has run out, and a warning for every limit of which one has come, and
    /// updates the index of those cases.
    ///
    /// Cancel-safe: each case is brought up to date by one commit, and what breaks off the next sweep makes good.
    ///
    /// # Errors
    ///
    /// Returns an [`EngineError`] if the journal fails. What was noticed before it stays noticed; the next sweep goes
    /// on. A single case that cannot be read is no error: it is on the report, and the others are taken up.
    #[instrument(skip_all)]
    pub async fn sweep(&self) -> Result<SweepReport, EngineError> {
        let by = Private::new("comity");
        let clock = self.look_at_clock(&by).await?;
        let mut report = SweepReport { clock, ..SweepReport::default() };
        // What was noticed by a clock that runs ahead would stand for ever, and nothing could be recorded in the case before
        // that moment comes. What is due stays due.
        if clock.is_some_and(|jump| jump.is_ahead()) {
            return Ok(report);
        }
        let now = self.now();
        // A crash may have come between a case and those that follow it, so a fresh engine looks at all of them once.
        let all_are_told = self.shared.some_may_be_behind.swap(false, Ordering::AcqRel);
        // What breaks off from here on, the next sweep makes good.
        let untold = self.untold();
        let mut moved = BTreeSet::new();
        for query in [Query::DueUntil(now), Query::WarnUntil(now)] {
            self.take_up(query, &by, &mut report, &mut moved).await?;
        }
        if all_are_told {
            report.learned = self.tell_all(&by).await?;
            self.erase_titles_left().await?;
        } else {
            report.learned = self.tell_of(moved, &by).await?;
        }
        untold.settled();
        report.noticed.sort_by_key(|noticed| noticed.ran_out);
        report.warned.sort_by_key(|warned| warned.at);
        let (noticed, warned) = (report.noticed.len(), report.warned.len());
        if noticed + warned > 0 {
            info!(noticed, warned, more = report.more, "limits ran out, or will");
        }
        Ok(report)
    }

    /// Takes up the cases that a query finds, the oldest moment first, until a batch is recorded; adds the cases that
    /// may have moved.
    async fn take_up(
        &self,
        query: Query,
        by: &Private,
        report: &mut SweepReport,
        moved: &mut BTreeSet<CaseId>,
    ) -> Result<(), EngineError> {
        let (mut seen, mut after) = (BTreeSet::new(), None);
        loop {
            let request = PageRequest { after, limit: BATCH };
            let page = self.journal().rows(query.clone(), request).await.map_err(EngineError::Read)?;
            // One look brings the whole case up to date.
            for case in page.rows.into_iter().map(|found| found.case).filter(|case| seen.insert(*case)) {
                match self.notice(case, by).await {
                    Ok(taken) => {
                        moved.insert(case);
                        report.noticed.extend(taken.noticed);
                        report.warned.extend(taken.warned);
                        report.failed.extend(taken.refused.filter(|one| !report.failed.contains(one)));
                    }
                    // A limit of another person must not pass unseen because this case cannot be read.
                    Err(error) if error.is_of_one_case() => {
                        error!(%case, code = error.code(), "what is due in a case could not be noticed");
                        let failed = Failed { case, code: error.code(), because: error.to_string() };
                        report.failed.extend((!report.failed.contains(&failed)).then_some(failed));
                    }
                    Err(error) => return Err(error),
                }
            }
            // Rows of cases that failed stay, so the next page is asked for by what stands behind them.
            match page.next {
                None => return Ok(()),
                Some(_) if report.noticed.len() + report.warned.len() >= BATCH => {
                    report.more = true;
                    return Ok(());
                }
                Some(next) => after = Some(next),
            }
        }
    }

    /// Records every notice and warning that is missing from one case, in one commit with its new index rows.
    pub(crate) async fn notice(&self, case: CaseId, by: &Private) -> Result<Taken, EngineError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let file = self.case(case).await?;
            let now = self.now();
            let mut taken = taken(&file, now);
            let bodies = std::mem::take(&mut taken.bodies);
            if bodies.is_empty() {
                return Ok(taken);
            }
            // It follows from this version: on another the limit may have been met, or somebody else have noticed.
            let request = Request { expect: Expect::Version(file.version()), ..Request::of(bodies, by) };
            match self.record_alone(case, &request).await {
                Ok(Outcome::Recorded(_)) => return Ok(taken),
                // It has no effect, so only a clock of the machine that went back can have it refused.
                Ok(Outcome::Rejected(rejection)) => {
                    let code = rejection.code().word();
                    error!(%case, code, "what is due in a case could not be noticed");
                    let refused = Some(Failed { case, code, because: rejection.to_string() });
                    return Ok(Taken { refused, ..Taken::nothing() });
                }
                // Whoever kept coming first leaves it due: the next sweep takes it up.
                Err(EngineError::Conflict { .. }) if attempts >= MOST_ATTEMPTS => {
                    return Ok(Taken::nothing());
                }
                Err(EngineError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sweeps until `shutdown` is done: at once, and then whenever `pause` has passed.
    ///
    /// A sweep that fails is logged and tried again after the pause. Cancel-safe: a sweep under way is finished by
    /// the next one.
    pub async fn run(&self, pause: Duration, shutdown: impl Future<Output = ()> + Send) {
        self.run_telling(pause, shutdown, |_| {}).await;
    }

    /// The same, and tells of each sweep what came of it.
    ///
    /// Cancel-safe, as [`Engine::run`] is. A sweep that is under way when `shutdown` is done goes on to its end.
    pub async fn run_telling(
        &self,
        pause: Duration,
        shutdown: impl Future<Output = ()> + Send,
        tell: impl Fn(Result<&SweepReport, &EngineError>) + Send,
    ) {
        tokio::pin!(shutdown);
        loop {
            let swept = self.sweep().await;
            tell(swept.as_ref());
            let more = match swept {
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

/// What is missing from a case at `now`. What is more than one commit takes stays due: the next sweep takes it up.
fn taken(file: &CaseFile, now: Moment) -> Taken {
    let (case, view) = (file.case, file.view(Asked::at(now)));
    let mut notices = missing_notices(file, &view);
    notices.truncate(MOST_NOTICES);
    let mut warnings = missing_warnings(file, &view);
    warnings.retain(|warning| warning.at <= now);
    warnings.truncate(MOST_NOTICES - notices.len());
    let ran_out = |one: &Notice| Noticed { case, clock: one.clock.to_string(), ran_out: one.ran_out };
    let warned = |one: &Warning| {
        let Warning { clock, before, at, ends, .. } = one;
        Warned { case, clock: clock.to_string(), before: *before, at: *at, ends: *ends }
    };
    Taken {
        noticed: notices.iter().map(ran_out).collect(),
        warned: warnings.iter().map(warned).collect(),
        bodies: notices
            .into_iter()
            .map(Body::Noticed)
            .chain(warnings.into_iter().map(Body::Warned))
            .collect(),
        ..Taken::nothing()
    }
}
