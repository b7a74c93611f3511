//! Format 4: the work of an office on a case, warnings before a limit, and clocks that jump. Released: never change a name, an order or a
//! meaning here; add a format 5.

use comity_core::entry::{Body, Office, Warning};
use comity_core::name::{Name, Private};
use comity_core::time::Moment;
use serde::{Deserialize, Serialize};

use super::{ClockRecord, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV4,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV4 {
    Held { reason: String, until: Option<String> },
    Resumed {},
    Assigned { to: Option<String>, desk: Option<String> },
    ReviewBy { by: String, why: String },
    NoReview {},
    Warned { clock: String, before: String, at: String, ends: String, told: Vec<String> },
    ClockJumped { read: String, expected: String },
    ClockTrusted { read: String },
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let record = match record {
            Record::Case(Body::Office(office)) => RecordV4::of(office)?,
            Record::Case(Body::Warned(Warning { clock, before, at, ends, told })) => RecordV4::Warned {
                clock: clock.to_string(),
                before: before.to_string(),
                at: at.to_string(),
                ends: ends.to_string(),
                told: told.iter().map(ToString::to_string).collect(),
            },
            Record::Clock(ClockRecord::Jumped { read, expected }) => {
                RecordV4::ClockJumped { read: read.to_string(), expected: expected.to_string() }
            }
            Record::Clock(ClockRecord::Trusted { read }) => RecordV4::ClockTrusted { read: read.to_string() },
            Record::Case(_)
            | Record::Matter(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => return None,
        };
        Some(Self { format: 4, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        let office = match self.record {
            RecordV4::Held { reason, until } => Office::Held {
                reason: Private::new(reason),
                until: until.map(|day| day.parse().map_err(|_| "a day is unreadable")).transpose()?,
            },
            RecordV4::Resumed {} => Office::Resumed,
            RecordV4::Assigned { to, desk } => {
                Office::Assigned { to: to.map(Private::new), desk: desk.map(|desk| name(&desk)).transpose()? }
            }
            RecordV4::ReviewBy { by, why } => Office::ReviewBy {
                by: by.parse().map_err(|_| "a day is unreadable")?,
                why: Private::new(why),
            },
            RecordV4::NoReview {} => Office::NoReview,
            RecordV4::Warned { clock, before, at, ends, told } => {
                return Ok(Record::Case(Body::Warned(Warning {
                    clock: name(&clock)?,
                    before: before.parse().map_err(|_| "a length is unreadable")?,
                    at: moment(&at)?,
                    ends: moment(&ends)?,
                    told: told.iter().map(|who| name(who)).collect::<Result<_, _>>()?,
                })));
            }
            RecordV4::ClockJumped { read, expected } => {
                let (read, expected) = (moment(&read)?, moment(&expected)?);
                return Ok(Record::Clock(ClockRecord::Jumped { read, expected }));
            }
            RecordV4::ClockTrusted { read } => {
                return Ok(Record::Clock(ClockRecord::Trusted { read: moment(&read)? }));
            }
        };
        Ok(Record::Case(Body::Office(office)))
    }
}

impl RecordV4 {
    fn of(office: &Office) -> Option<Self> {
        Some(match office {
            Office::Held { reason, until } => {
                Self::Held { reason: reason.reveal().to_owned(), until: until.map(|day| day.to_string()) }
            }
            Office::Resumed => Self::Resumed {},
            Office::Assigned { to, desk } => Self::Assigned {
                to: to.as_ref().map(|to| to.reveal().to_owned()),
                desk: desk.as_ref().map(ToString::to_string),
            },
            Office::ReviewBy { by, why } => {
                Self::ReviewBy { by: by.to_string(), why: why.reveal().to_owned() }
            }
            Office::NoReview => Self::NoReview {},
            Office::Sealed { .. } | Office::Unsealed { .. } => return None,
        })
    }
}

fn moment(text: &str) -> Result<Moment, Wrong> {
    text.parse().map_err(|_| "a moment is unreadable")
}

fn name(text: &str) -> Result<Name, Wrong> {
    text.parse().map_err(|_| "a name is unreadable")
}
