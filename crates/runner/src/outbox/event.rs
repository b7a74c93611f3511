//! What an entry of the record is to others: a CloudEvents event, the same whenever it is asked for.

use comity_core::entry::{Body, Deed, Office, Proposal, What};
use comity_core::id::{EntryNumber, MatterId};
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_core::value::Value;
use comity_store::Recorded;
use comity_store::codec::{ClockRecord, Record};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::kind::EventKind;

/// Whether events tell more than identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalData {
    /// Identifiers alone: who needs more asks for it, with the rights that it has.
    LeftOut,
    /// Titles, references, dates, facts, reasons and notes too.
    Included,
}

/// An event: that an entry was recorded. CloudEvents 1.0.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// The key by which a receiver knows an event that it has had before. The same at every attempt, and for as long as
    /// the record stands.
    pub id: String,
    /// Of which record it is.
    pub source: String,
    /// What kind of entry it tells of.
    pub kind: EventKind,
    /// What it is about: `case/…`, `matter/…` or `procedure/…`.
    pub subject: String,
    /// When the entry was recorded.
    pub time: Moment,
    data: Data,
}

/// The members of `data`. Those that are always there come first.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Data {
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    matter: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<Uuid>,
    entry: u32,
    #[serde(flatten)]
    about: About,
    #[serde(skip_serializing_if = "Option::is_none")]
    personal: Option<Map<String, Json>>,
}

/// What an entry is about, by identifiers and names of the procedure alone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum About {
    Act {
        act: String,
        authority: String,
    },
    Document {
        document: String,
    },
    Ground {
        ground: String,
        authority: String,
    },
    Fact {
        fact: String,
    },
    Learned {
        fact: String,
        from_case: Uuid,
        from_entry: u32,
    },
    Entry {
        of_entry: u32,
    },
    Linked {
        link: String,
        to_case: Uuid,
    },
    Limit {
        clock: String,
        ran_out: String,
        concerns: Vec<String>,
    },
    Warning {
        clock: String,
        before: String,
        ends: String,
        concerns: Vec<String>,
    },
    Assigned {
        #[serde(skip_serializing_if = "Option::is_none")]
        desk: Option<String>,
    },
    Clock {
        read: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    File {
        #[serde(skip_serializing_if = "Option::is_none")]
        of_entry: Option<u32>,
    },
    Procedure {
        procedure: String,
        meaning: String,
    },
    Nothing {},
}

/// The envelope in the order in which it is written.
#[derive(Serialize)]
struct Envelope<'e> {
    specversion: &'static str,
    id: &'e str,
    source: &'e str,
    r#type: &'static str,
    subject: &'e str,
    time: String,
    datacontenttype: &'static str,
    data: &'e Data,
}

impl Event {
    /// The event as JSON, in the structured mode of CloudEvents.
    #[must_use]
    pub fn json(&self) -> String {
        let envelope = Envelope {
            specversion: "1.0",
            id: &self.id,
            source: &self.source,
            r#type: self.kind.word(),
            subject: &self.subject,
            time: self.time.to_string(),
            datacontenttype: "application/json",
            data: &self.data,
        };
        // Serializing owned strings and numbers into memory cannot fail.
        serde_json::to_string(&envelope).unwrap_or_default()
    }
}

// What is personal must not reach a log.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The key of the entry at a position.
///
/// With the moment of recording in it, for a record that is brought back from a backup gives positions out again.
pub(super) fn key(recorded: &Recorded) -> String {
    format!("{}-{}", recorded.position, recorded.recorded_at.as_unix_microseconds())
}

/// What kind of event the entry is; nothing, if it is none.
pub(super) const fn kind(record: &Record) -> Option<EventKind> {
    Some(match record {
        Record::Matter(_) => EventKind::MatterOpened,
        Record::Procedure(_) => EventKind::ProcedureRegistered,
        Record::Erased(_) => EventKind::ContentErased,
        Record::Clock(ClockRecord::Jumped { .. }) => EventKind::ClockJumped,
        Record::Clock(ClockRecord::Trusted { .. }) => EventKind::ClockTrusted,
        // What is said of deliveries is delivered to nobody, or they would never end; who read a sealed case is for those
        // who look after seals.
        Record::Delivery(_) | Record::Read(_) | Record::Report(_) => return None,
        Record::Case(body) => match body {
            Body::Opened(_) => EventKind::CaseOpened,
            Body::Deed(deed) => match deed.what {
                What::Act { .. } => EventKind::ActRecorded,
                What::Document(_) => EventKind::DocumentArrived,
                What::Finding { .. } => EventKind::GroundConsidered,
                What::Fact { .. } => EventKind::FactRecorded,
                What::Learned { .. } => EventKind::FactLearned,
            },
            Body::Annulled { .. } => EventKind::EntryAnnulled,
            Body::Corrected { .. } => EventKind::EntryCorrected,
            Body::Linked { .. } => EventKind::CaseLinked,
            Body::Noticed(_) => EventKind::LimitRanOut,
            Body::Warned(_) => EventKind::LimitWarned,
            Body::Migrated(_) => EventKind::CaseMigrated,
            Body::Office(office) => match office {
                Office::Held { .. } => EventKind::CaseHeld,
                Office::Resumed => EventKind::CaseResumed,
                Office::Assigned { .. } => EventKind::CaseAssigned,
                Office::ReviewBy { .. } => EventKind::ReviewSet,
                Office::NoReview => EventKind::ReviewCleared,
                Office::Sealed { .. } => EventKind::CaseSealed,
                Office::Unsealed { .. } => EventKind::CaseUnsealed,
            },
            Body::Note(_) => EventKind::NoteTaken,
            Body::Filed(_) => EventKind::FileAdded,
            Body::ErasureProposed(_) => EventKind::ErasureProposed,
            Body::Proposed(_) => EventKind::EntryProposed,
            Body::Confirmed { .. } => EventKind::EntryConfirmed,
        },
    })
}

/// The event of an entry: a function of the entry, and of the matter that the opening of its case names.
pub(super) fn event(
    recorded: &Recorded,
    record: &Record,
    matter: Option<MatterId>,
    personal: PersonalData,
    source: &str,
) -> Option<Event> {
    let kind = kind(record)?;
    let stream = recorded.case.0;
    let (subject, matter, case) = match record {
        Record::Matter(_) => (format!("matter/{stream}"), Some(stream), None),
        Record::Procedure(registered) => (format!("procedure/{}", registered.name), None, None),
        Record::Clock(_) => ("clock".to_owned(), None, None),
        Record::Case(_) | Record::Erased(_) | Record::Delivery(_) | Record::Read(_) | Record::Report(_) => {
            (format!("case/{stream}"), matter.map(|matter| matter.0), Some(stream))
        }
    };
    let in_full = match personal {
        PersonalData::LeftOut => None,
        PersonalData::Included => Some(in_full(recorded, record)),
    };
    let data = Data {
        position: recorded.position.0,
        matter,
        case,
        entry: recorded.number.get(),
        about: about(record),
        personal: in_full,
    };
    Some(Event {
        id: key(recorded),
        source: source.to_owned(),
        kind,
        subject,
        time: recorded.recorded_at,
        data,
    })
}

fn about(record: &Record) -> About {
    match record {
        Record::Procedure(registered) => About::Procedure {
            procedure: registered.name.to_string(),
            meaning: registered.meaning.to_string(),
        },
        Record::Clock(ClockRecord::Jumped { read, expected }) => {
            About::Clock { read: read.to_string(), expected: Some(expected.to_string()) }
        }
        Record::Clock(ClockRecord::Trusted { read }) => {
            About::Clock { read: read.to_string(), expected: None }
        }
        Record::Matter(_) | Record::Erased(_) | Record::Delivery(_) | Record::Read(_) | Record::Report(_) => {
            About::Nothing {}
        }
        Record::Case(body) => match body {
            Body::Opened(opening) => About::Procedure {
                procedure: opening.procedure.to_string(),
                meaning: opening.meaning.to_string(),
            },
            Body::Deed(deed) | Body::Proposed(Proposal::Deed(deed)) => about_deed(&deed.what),
            Body::Annulled { entry, .. }
            | Body::Corrected { entry, .. }
            | Body::Proposed(Proposal::Annulled { entry, .. } | Proposal::Corrected { entry, .. })
            | Body::Confirmed { entry } => About::Entry { of_entry: entry.get() },
            Body::Linked { link, case } => About::Linked { link: link.to_string(), to_case: case.0 },
            Body::Noticed(notice) => About::Limit {
                clock: notice.clock.to_string(),
                ran_out: notice.ran_out.to_string(),
                concerns: notice.told.iter().map(ToString::to_string).collect(),
            },
            Body::Filed(filed) => About::File { of_entry: filed.entry.map(EntryNumber::get) },
            Body::Warned(warning) => About::Warning {
                clock: warning.clock.to_string(),
                before: warning.before.to_string(),
                ends: warning.ends.to_string(),
                concerns: warning.told.iter().map(ToString::to_string).collect(),
            },
            Body::Migrated(migration) => About::Procedure {
                procedure: migration.procedure.to_string(),
                meaning: migration.meaning.to_string(),
            },
            Body::Office(Office::Assigned { desk, .. }) => {
                About::Assigned { desk: desk.as_ref().map(ToString::to_string) }
            }
            Body::Office(
                Office::Held { .. }
                | Office::Resumed
                | Office::ReviewBy { .. }
                | Office::NoReview
                | Office::Sealed { .. }
                | Office::Unsealed { .. },
            )
            | Body::Note(_)
            | Body::ErasureProposed(_) => About::Nothing {},
        },
    }
}

fn about_deed(what: &What) -> About {
    match what {
        What::Act { act, by, .. } => About::Act { act: act.to_string(), authority: by.to_string() },
        What::Document(arrival) => About::Document { document: arrival.document.to_string() },
        What::Finding { ground, by, .. } => {
            About::Ground { ground: ground.to_string(), authority: by.to_string() }
        }
        What::Fact { fact, .. } => About::Fact { fact: fact.to_string() },
        What::Learned { fact, from, entry, .. } => {
            About::Learned { fact: fact.to_string(), from_case: from.0, from_entry: entry.get() }
        }
    }
}

/// What an entry says beyond identifiers.
fn in_full(recorded: &Recorded, record: &Record) -> Map<String, Json> {
    let mut full = Map::new();
    let mut put = |name: &str, value: Json| {
        full.insert(name.to_owned(), value);
    };
    put("recorded_by", recorded.recorded_by.clone().into());
    match record {
        Record::Matter(matter) => {
            put("reference", matter.reference.clone().into());
            put("title", matter.title.reveal().into());
        }
        Record::Erased(erasure) => {
            put("reference", erasure.reference.clone().into());
            put("ordered_by", erasure.authority.clone().into());
            put("reason", erasure.reason.clone().into());
        }
        Record::Procedure(_)
        | Record::Clock(_)
        | Record::Delivery(_)
        | Record::Read(_)
        | Record::Report(_) => {}
        Record::Case(body) => match body {
            Body::Opened(opening) => {
                put("reference", opening.reference.clone().into());
                put("title", opening.title.reveal().into());
                put("since", opening.since.to_string().into());
            }
            Body::Deed(deed) | Body::Proposed(Proposal::Deed(deed)) => put("deed", deed_in_full(deed)),
            Body::Annulled { reason, .. } | Body::Proposed(Proposal::Annulled { reason, .. }) => {
                put("reason", reason.reveal().into());
            }
            Body::Corrected { deed, reason, .. }
            | Body::Proposed(Proposal::Corrected { deed, reason, .. }) => {
                put("reason", reason.reveal().into());
                put("deed", deed_in_full(deed));
            }
            Body::Note(text) => put("text", text.reveal().into()),
            Body::Filed(filed) => {
                // Never the key: whoever has it can read the file.
                put("name", filed.name.reveal().into());
                put("media", filed.media.clone().into());
                put("size", filed.size.into());
                put("sha256", filed.content.to_string().into());
            }
            Body::ErasureProposed(proposed) => {
                put("ordered_by", proposed.authority.clone().into());
                put("reason", proposed.reason.clone().into());
            }
            Body::Office(office) => match office {
                Office::Held { reason, until } => {
                    put("reason", reason.reveal().into());
                    put("until", until.map(|day| day.to_string()).into());
                }
                Office::Assigned { to, .. } => put("to", to.as_ref().map(Private::reveal).into()),
                Office::ReviewBy { by, why } => {
                    put("by", by.to_string().into());
                    put("why", why.reveal().into());
                }
                Office::Sealed { reason, .. } | Office::Unsealed { reason } => {
                    put("reason", reason.reveal().into());
                }
                Office::Resumed | Office::NoReview => {}
            },
            Body::Migrated(migration) => {
                put("ordered_by", migration.authority.clone().into());
                put("reason", migration.reason.clone().into());
            }
            Body::Linked { .. } | Body::Noticed(_) | Body::Warned(_) | Body::Confirmed { .. } => {}
        },
    }
    full
}

fn deed_in_full(deed: &Deed) -> Json {
    let mut full = Map::new();
    full.insert("effective".to_owned(), deed.when.to_string().into());
    let facts: Vec<(String, Json)> = match &deed.what {
        What::Act { facts, .. } => {
            facts.iter().map(|(fact, value)| (fact.to_string(), json(value))).collect()
        }
        What::Fact { fact, value } => vec![(fact.to_string(), json(value))],
        What::Learned { fact, value, .. } => vec![(fact.to_string(), value.to_string().into())],
        What::Finding { applies, .. } => {
            full.insert("applies".to_owned(), (*applies).into());
            Vec::new()
        }
        What::Document(arrival) => {
            full.insert("form".to_owned(), arrival.form.word().into());
            full.insert("translated_into".to_owned(), arrival.translated_into.clone().into());
            Vec::new()
        }
    };
    if !facts.is_empty() {
        full.insert("facts".to_owned(), Json::Object(facts.into_iter().collect()));
    }
    Json::Object(full)
}

fn json(value: &Value) -> Json {
    match value {
        Value::YesNo(yes) => (*yes).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(_) | Value::Date(_) | Value::Country(_) | Value::Period(_) | Value::Choice(_) => {
            value.reveal().into()
        }
    }
}
