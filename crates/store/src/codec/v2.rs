//! Format 2: what format 1 has no word for. Released: never change a name, an order or a meaning here; add a format 3.

use comity_core::entry::{Body, Digest, ErasureProposed, Filed};
use comity_core::id::EntryNumber;
use comity_core::name::Private;
use serde::{Deserialize, Serialize};

use super::{Erasure, Record};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV2,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV2 {
    Filed {
        entry: Option<u32>,
        name: String,
        media: String,
        size: u64,
        content: String,
        kept: String,
        key: String,
    },
    ErasureProposed {
        authority: String,
        reason: String,
    },
    Erased {
        authority: String,
        reason: String,
        proposed_by: String,
        proposed_at: String,
        reference: String,
    },
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let record = match record {
            Record::Case(Body::Filed(filed)) => RecordV2::Filed {
                entry: filed.entry.map(EntryNumber::get),
                name: filed.name.reveal().to_owned(),
                media: filed.media.clone(),
                size: filed.size,
                content: filed.content.to_string(),
                kept: filed.kept.to_string(),
                key: filed.key.reveal().to_owned(),
            },
            Record::Case(Body::ErasureProposed(ErasureProposed { authority, reason })) => {
                RecordV2::ErasureProposed { authority: authority.clone(), reason: reason.clone() }
            }
            Record::Erased(erasure) => RecordV2::Erased {
                authority: erasure.authority.clone(),
                reason: erasure.reason.clone(),
                proposed_by: erasure.proposed_by.clone(),
                proposed_at: erasure.proposed_at.to_string(),
                reference: erasure.reference.clone(),
            },
            Record::Case(_)
            | Record::Matter(_)
            | Record::Procedure(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => return None,
        };
        Some(Self { format: 2, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        Ok(match self.record {
            RecordV2::Filed { entry, name, media, size, content, kept, key } => {
                Record::Case(Body::Filed(Filed {
                    entry: entry
                        .map(|entry| EntryNumber::new(entry).ok_or("an entry has the number 0"))
                        .transpose()?,
                    name: Private::new(name),
                    media,
                    size,
                    content: digest(&content)?,
                    kept: digest(&kept)?,
                    key: Private::new(key),
                }))
            }
            RecordV2::ErasureProposed { authority, reason } => {
                Record::Case(Body::ErasureProposed(ErasureProposed { authority, reason }))
            }
            RecordV2::Erased { authority, reason, proposed_by, proposed_at, reference } => {
                Record::Erased(Erasure {
                    authority,
                    reason,
                    proposed_by,
                    proposed_at: proposed_at.parse().map_err(|_| "a moment is unreadable")?,
                    reference,
                })
            }
        })
    }
}

fn digest(text: &str) -> Result<Digest, Wrong> {
    super::v1::digest(text).map(Digest)
}
