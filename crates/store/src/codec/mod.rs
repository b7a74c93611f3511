//! What a payload says: the words of the core as JSON, in numbered formats that are read for ever.
//!
//! The core does not serialize itself, so a change of its types can never change what a record of last year
//! means. A payload is `{"format": 1, "record": {...}}` with the fields in the order of the types in `v1`; these bytes
//! are the canonical ones that are sealed, or that the entry's hash covers. A later format has only the words that are
//! new in it, so that what an earlier release can read is still written as it reads it. `docs/record-format.md` lists them for a stranger.

mod delivery;
mod v1;
mod v2;
mod v3;
mod v4;
mod v5;
mod v6;
mod v7;

use comity_core::entry::{Body, Entry};
use comity_core::name::{Name, Private};
use comity_core::procedure::Meaning;
use comity_core::time::Moment;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::journal::Recorded;

pub use delivery::{Began, Closed, Dead, Delivery, Waiting};

/// What one entry of the store says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// An entry of a case.
    Case(Body),
    /// A matter was opened.
    Matter(MatterOpened),
    /// A procedure was registered: its text as it was when the first case was opened under it, so that the
    /// case can be folded in ten years, whatever has become of the file.
    Procedure(ProcedureRegistered),
    /// The content of a case was erased.
    Erased(Erasure),
    /// Something was seen of the clock of the machine.
    Clock(ClockRecord),
    /// How far the events of the record were delivered to a target.
    Delivery(Delivery),
    /// A sealed case was read.
    Read(CaseRead),
    /// Figures were published.
    Report(ReportPublished),
}

/// Figures as they were published. Whoever asks for the same by what was known then gets the same; this says what was asked, and
/// keeps what was told, also of cases whose content is erased later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPublished {
    /// The reference by which the report is known.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// What was asked: names and values, in the order of the names.
    pub question: Vec<(String, String)>,
    /// By what was known at this moment.
    pub known_at: Moment,
    /// The position of the last entry that was there.
    pub through: u64,
    /// The table, as JSON.
    pub table: String,
}

/// That a sealed case was read. Who read it, and when, is said by the entry; which case, by the stream that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRead {
    /// What of it was shown: `case`, `entries`, `list`, `calendar` and the like.
    pub what: String,
}

/// What was seen of the clock of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockRecord {
    /// It jumped.
    Jumped {
        /// What it showed.
        read: Moment,
        /// What it should have shown.
        expected: Moment,
    },
    /// Somebody said that it is right.
    Trusted {
        /// What it showed.
        read: Moment,
    },
}

/// What stays readable of a case whose content was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Who ordered it.
    pub authority: String,
    /// Why.
    pub reason: String,
    /// The account that proposed it.
    pub proposed_by: String,
    /// When it was proposed.
    pub proposed_at: Moment,
    /// The reference by which the case was known.
    pub reference: String,
}

/// How a matter begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatterOpened {
    /// The reference by which officers know it.
    pub reference: String,
    /// A short title, which may name a person.
    pub title: Private,
}

/// A procedure with the texts that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcedureRegistered {
    /// Its name.
    pub name: Name,
    /// Its edition.
    pub version: u32,
    /// The digest of what it means.
    pub meaning: Meaning,
    /// The files, each with its path in the library and its text; the procedure file first.
    pub files: Vec<(String, String)>,
}

/// A payload that this program cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// It was written by a newer program.
    #[error(
        "the entry is written in format {format}, and this program reads up to {newest}; use a newer program"
    )]
    Newer {
        /// The format of the entry.
        format: u32,
        /// The newest format that is read.
        newest: u32,
    },
    /// It is none of the formats.
    #[error("the entry is not readable: {why}; verify the store")]
    Unreadable {
        /// Why, without any of the content.
        why: String,
    },
    /// Its content was erased.
    #[error("the content of the entry was erased")]
    Erased,
    /// It is something else than was asked for.
    #[error("the entry is {found}, where an entry of a case was expected; verify the store")]
    NotOfACase {
        /// What it is.
        found: &'static str,
    },
}

const NEWEST: u32 = 7;

/// The canonical bytes of `record`, in the oldest format that has a word for it.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    // What is new in a format only that format has a word for, so the newest is asked first.
    bytes(v7::Payload::of(record))
        .or_else(|| bytes(v6::Payload::of(record)))
        .or_else(|| bytes(v5::Payload::of(record)))
        .or_else(|| bytes(v4::Payload::of(record)))
        .or_else(|| bytes(v3::Payload::of(record)))
        .or_else(|| bytes(v2::Payload::of(record)))
        .or_else(|| bytes(v1::Payload::of(record)))
        .unwrap_or_default()
}

fn bytes(payload: Option<impl Serialize>) -> Option<Vec<u8>> {
    // Serializing owned strings and numbers into memory cannot fail.
    payload.and_then(|payload| serde_json::to_vec(&payload).ok())
}

/// Reads the bytes of a payload.
///
/// # Errors
///
/// Returns [`DecodeError`] for bytes that no released program wrote.
pub fn decode(payload: &[u8]) -> Result<Record, DecodeError> {
    let probe: v1::Probe = parsed(payload)?;
    let record = match probe.format {
        1 => parsed::<v1::Payload>(payload)?.into_record(),
        2 => parsed::<v2::Payload>(payload)?.into_record(),
        3 => parsed::<v3::Payload>(payload)?.into_record(),
        4 => parsed::<v4::Payload>(payload)?.into_record(),
        5 => parsed::<v5::Payload>(payload)?.into_record(),
        6 => parsed::<v6::Payload>(payload)?.into_record(),
        7 => parsed::<v7::Payload>(payload)?.into_record(),
        format => return Err(DecodeError::Newer { format, newest: NEWEST }),
    };
    record.map_err(|why| DecodeError::Unreadable { why: why.to_owned() })
}

fn parsed<P: DeserializeOwned>(payload: &[u8]) -> Result<P, DecodeError> {
    // Positions only: an error text of the parser could quote the content.
    serde_json::from_slice(payload).map_err(|error| DecodeError::Unreadable {
        why: format!("line {} column {}", error.line(), error.column()),
    })
}

/// Reads what an entry of the store says.
///
/// # Errors
///
/// Returns [`DecodeError::Erased`] if its content was erased, and others as [`decode`] does.
pub fn decode_recorded(recorded: &Recorded) -> Result<Record, DecodeError> {
    decode(recorded.payload.content().ok_or(DecodeError::Erased)?)
}

/// Reads an entry of a case.
///
/// # Errors
///
/// Returns [`DecodeError`] if it is not readable or not of a case.
pub fn decode_entry(recorded: &Recorded) -> Result<Entry, DecodeError> {
    let body = match decode_recorded(recorded)? {
        Record::Case(body) => body,
        Record::Matter(_) => return Err(DecodeError::NotOfACase { found: "the opening of a matter" }),
        Record::Procedure(_) => return Err(DecodeError::NotOfACase { found: "the text of a procedure" }),
        Record::Erased(_) => return Err(DecodeError::NotOfACase { found: "an erasure" }),
        Record::Clock(_) => return Err(DecodeError::NotOfACase { found: "what was seen of a clock" }),
        Record::Delivery(_) => return Err(DecodeError::NotOfACase { found: "a word of what was delivered" }),
        Record::Read(_) => return Err(DecodeError::NotOfACase { found: "a word of who read a case" }),
        Record::Report(_) => return Err(DecodeError::NotOfACase { found: "a report" }),
    };
    Ok(Entry {
        number: recorded.number,
        recorded_at: recorded.recorded_at,
        recorded_by: Private::new(recorded.recorded_by.clone()),
        body,
    })
}

#[cfg(test)]
mod tests;
