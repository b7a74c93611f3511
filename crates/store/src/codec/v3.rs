//! Format 3: how far the events of the record were delivered. Released: never change a name, an order or a meaning here; add a
//! format of the next number instead.

use comity_core::id::{CaseId, EntryNumber};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Began, Closed, Dead, Delivery, Record, Waiting};
use crate::journal::Position;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV3,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV3 {
    TargetBegun {
        target: String,
        from: FromV3,
    },
    Delivered {
        target: String,
        through: u64,
        waiting: Vec<WaitingV3>,
    },
    DeadLetter {
        target: String,
        position: u64,
        case: Option<Uuid>,
        entry: Option<u32>,
        attempts: u32,
        why: String,
    },
    SendAgain {
        target: String,
        position: u64,
    },
    LetterClosed {
        target: String,
        position: u64,
        how: ClosedV3,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FromV3 {
    Here,
    Beginning,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClosedV3 {
    Delivered,
    SetAside,
    Gone,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitingV3 {
    position: u64,
    case: Option<Uuid>,
    attempts: u32,
    not_before: Option<String>,
    again: bool,
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let Record::Delivery(delivery) = record else { return None };
        let record = match delivery.clone() {
            Delivery::Begun { target, from } => RecordV3::TargetBegun {
                target,
                from: match from {
                    Began::Here => FromV3::Here,
                    Began::AtTheBeginning => FromV3::Beginning,
                },
            },
            Delivery::Through { target, through, waiting } => RecordV3::Delivered {
                target,
                through: through.0,
                waiting: waiting.into_iter().map(WaitingV3::from).collect(),
            },
            Delivery::Died { target, dead } => RecordV3::DeadLetter {
                target,
                position: dead.position.0,
                case: dead.case.map(|case| case.0),
                entry: dead.entry.map(EntryNumber::get),
                attempts: dead.attempts,
                why: dead.why,
            },
            Delivery::Again { target, position } => RecordV3::SendAgain { target, position: position.0 },
            Delivery::Closed { target, position, how } => RecordV3::LetterClosed {
                target,
                position: position.0,
                how: match how {
                    Closed::Delivered => ClosedV3::Delivered,
                    Closed::SetAside => ClosedV3::SetAside,
                    Closed::Gone => ClosedV3::Gone,
                },
            },
        };
        Some(Self { format: 3, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        let delivery = match self.record {
            RecordV3::TargetBegun { target, from } => Delivery::Begun {
                target,
                from: match from {
                    FromV3::Here => Began::Here,
                    FromV3::Beginning => Began::AtTheBeginning,
                },
            },
            RecordV3::Delivered { target, through, waiting } => Delivery::Through {
                target,
                through: Position(through),
                waiting: waiting.into_iter().map(WaitingV3::into_waiting).collect::<Result<_, _>>()?,
            },
            RecordV3::DeadLetter { target, position, case, entry, attempts, why } => Delivery::Died {
                target,
                dead: Dead {
                    position: Position(position),
                    case: case.map(CaseId),
                    entry: entry
                        .map(|entry| EntryNumber::new(entry).ok_or("an entry has the number 0"))
                        .transpose()?,
                    attempts,
                    why,
                },
            },
            RecordV3::SendAgain { target, position } => {
                Delivery::Again { target, position: Position(position) }
            }
            RecordV3::LetterClosed { target, position, how } => Delivery::Closed {
                target,
                position: Position(position),
                how: match how {
                    ClosedV3::Delivered => Closed::Delivered,
                    ClosedV3::SetAside => Closed::SetAside,
                    ClosedV3::Gone => Closed::Gone,
                },
            },
        };
        Ok(Record::Delivery(delivery))
    }
}

impl From<Waiting> for WaitingV3 {
    fn from(waiting: Waiting) -> Self {
        Self {
            position: waiting.position.0,
            case: waiting.case.map(|case| case.0),
            attempts: waiting.attempts,
            not_before: waiting.not_before.map(|moment| moment.to_string()),
            again: waiting.is_again,
        }
    }
}

impl WaitingV3 {
    fn into_waiting(self) -> Result<Waiting, Wrong> {
        Ok(Waiting {
            position: Position(self.position),
            case: self.case.map(CaseId),
            attempts: self.attempts,
            not_before: self
                .not_before
                .map(|text| text.parse().map_err(|_| "a moment is unreadable"))
                .transpose()?,
            is_again: self.again,
        })
    }
}
