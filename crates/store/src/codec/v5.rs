//! Format 5: what two persons record, seals on cases, and who read a sealed case. Released: never change a name, an order or a
//! meaning here; add a format 6.

use comity_core::entry::{Body, Office, Proposal};
use comity_core::id::EntryNumber;
use comity_core::name::{Name, Private};
use serde::{Deserialize, Serialize};

use super::v1::DeedV1;
use super::{CaseRead, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV5,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV5 {
    DeedProposed { deed: DeedV1 },
    AnnulmentProposed { entry: u32, reason: String },
    CorrectionProposed { entry: u32, deed: DeedV1, reason: String },
    Confirmed { entry: u32 },
    Sealed { accounts: Vec<String>, desks: Vec<String>, reason: String },
    Unsealed { reason: String },
    CaseRead { what: String },
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let text = |text: &Private| text.reveal().to_owned();
        let record = match record {
            Record::Case(Body::Proposed(Proposal::Deed(deed))) => {
                RecordV5::DeedProposed { deed: deed.into() }
            }
            Record::Case(Body::Proposed(Proposal::Annulled { entry, reason })) => {
                RecordV5::AnnulmentProposed { entry: entry.get(), reason: text(reason) }
            }
            Record::Case(Body::Proposed(Proposal::Corrected { entry, deed, reason })) => {
                RecordV5::CorrectionProposed { entry: entry.get(), deed: deed.into(), reason: text(reason) }
            }
            Record::Case(Body::Confirmed { entry }) => RecordV5::Confirmed { entry: entry.get() },
            Record::Case(Body::Office(Office::Sealed { accounts, desks, reason })) => RecordV5::Sealed {
                accounts: accounts.iter().map(text).collect(),
                desks: desks.iter().map(ToString::to_string).collect(),
                reason: text(reason),
            },
            Record::Case(Body::Office(Office::Unsealed { reason })) => {
                RecordV5::Unsealed { reason: text(reason) }
            }
            Record::Read(CaseRead { what }) => RecordV5::CaseRead { what: what.clone() },
            Record::Case(_)
            | Record::Matter(_)
            | Record::Procedure(_)
            | Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Report(_) => return None,
        };
        Some(Self { format: 5, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        Ok(Record::Case(match self.record {
            RecordV5::DeedProposed { deed } => Body::Proposed(Proposal::Deed(deed.into_deed()?)),
            RecordV5::AnnulmentProposed { entry, reason } => {
                Body::Proposed(Proposal::Annulled { entry: number(entry)?, reason: Private::new(reason) })
            }
            RecordV5::CorrectionProposed { entry, deed, reason } => Body::Proposed(Proposal::Corrected {
                entry: number(entry)?,
                deed: deed.into_deed()?,
                reason: Private::new(reason),
            }),
            RecordV5::Confirmed { entry } => Body::Confirmed { entry: number(entry)? },
            RecordV5::Sealed { accounts, desks, reason } => Body::Office(Office::Sealed {
                accounts: accounts.into_iter().map(Private::new).collect(),
                desks: desks.iter().map(|desk| name(desk)).collect::<Result<_, _>>()?,
                reason: Private::new(reason),
            }),
            RecordV5::Unsealed { reason } => Body::Office(Office::Unsealed { reason: Private::new(reason) }),
            RecordV5::CaseRead { what } => return Ok(Record::Read(CaseRead { what })),
        }))
    }
}

fn number(number: u32) -> Result<EntryNumber, Wrong> {
    EntryNumber::new(number).ok_or("an entry has the number 0")
}

fn name(text: &str) -> Result<Name, Wrong> {
    text.parse().map_err(|_| "a name is unreadable")
}
