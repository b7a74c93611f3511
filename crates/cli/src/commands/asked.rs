//! Which moment is asked about, and what was known: the two axes of every look at a case.

use clap::Args;
use comity_core::Asked;
use comity_core::time::Moment;
use comity_runner::CaseFile;
use comity_runner::said::read_moment;

use super::act::not_clear;
use crate::failure::Failure;

/// The two axes.
#[derive(Args)]
pub(crate) struct AskedArgs {
    /// The moment asked about; a day, month or year is looked at as it ends [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// What was known: entries recorded later are left out [default: everything]
    #[arg(long, value_name = "WHEN")]
    known_at: Option<String>,
}

impl AskedArgs {
    /// What is asked of a case, dates being those of the deciding side.
    pub(crate) fn of(&self, file: &CaseFile, now: Moment) -> Result<Asked, Failure> {
        let zone = &file.procedure.home().zone;
        let read = |text: &Option<String>| -> Result<Option<Moment>, Failure> {
            let read = text.as_ref().map(|text| read_moment(text, zone)).transpose();
            read.map_err(|unclear| not_clear(unclear, &file.procedure))
        };
        let (at, known_at) = (read(&self.at)?, read(&self.known_at)?);
        Ok(Asked {
            at: at.or(known_at).unwrap_or(now),
            known_at: known_at.unwrap_or_else(|| now.max(at.unwrap_or(now))),
        })
    }
}
