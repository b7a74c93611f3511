//! Format 1. Released: never change a name, an order or a meaning here; add a format 2 instead.

use comity_core::entry::{Arrival, ArrivedForm, Body, Deed, Notice, Opening, What};
use comity_core::id::{CaseId, EntryNumber, MatterId};
use comity_core::name::{Name, Private};
use comity_core::procedure::Meaning;
use comity_core::time::{When, Zone};
use comity_core::value::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MatterOpened, ProcedureRegistered, Record};

/// Only as much as tells the format.
#[derive(Deserialize)]
pub(super) struct Probe {
    pub(super) format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV1,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV1 {
    MatterOpened {
        reference: String,
        title: String,
    },
    ProcedureRegistered {
        name: String,
        version: u32,
        meaning: String,
        files: Vec<FileV1>,
    },
    CaseOpened {
        procedure: String,
        meaning: String,
        matter: Uuid,
        reference: String,
        title: String,
        since: String,
    },
    Deed {
        deed: DeedV1,
    },
    Annulled {
        entry: u32,
        reason: String,
    },
    Corrected {
        entry: u32,
        deed: DeedV1,
        reason: String,
    },
    Linked {
        link: String,
        case: Uuid,
    },
    Noticed {
        clock: String,
        ran_out: String,
        told: Vec<String>,
    },
    Note {
        text: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileV1 {
    path: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeedV1 {
    when: String,
    what: WhatV1,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum WhatV1 {
    Act { act: String, by: String, facts: Vec<FactV1> },
    Document { document: String, form: String, translated_into: Option<String> },
    Finding { ground: String, applies: bool, by: String },
    Fact { fact: String, value: ValueV1 },
    Learned { fact: String, value: String, from: Uuid, entry: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactV1 {
    fact: String,
    value: ValueV1,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "kebab-case")]
enum ValueV1 {
    Text(String),
    Date(String),
    Country(String),
    YesNo(bool),
    Number(i64),
    Period(String),
    Choice(String),
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it has a word for it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let record = match record {
            Record::Matter(MatterOpened { reference, title }) => {
                RecordV1::MatterOpened { reference: reference.clone(), title: title.reveal().to_owned() }
            }
            Record::Procedure(ProcedureRegistered { name, version, meaning, files }) => {
                let file =
                    |(path, text): &(String, String)| FileV1 { path: path.clone(), text: text.clone() };
                RecordV1::ProcedureRegistered {
                    name: name.to_string(),
                    version: *version,
                    meaning: meaning.to_string(),
                    files: files.iter().map(file).collect(),
                }
            }
            Record::Case(body) => RecordV1::of(body)?,
            Record::Erased(_)
            | Record::Clock(_)
            | Record::Delivery(_)
            | Record::Read(_)
            | Record::Report(_) => return None,
        };
        Some(Self { format: 1, record })
    }
}

impl RecordV1 {
    fn of(body: &Body) -> Option<Self> {
        Some(match body {
            Body::Opened(opening) => Self::CaseOpened {
                procedure: opening.procedure.to_string(),
                meaning: opening.meaning.to_string(),
                matter: opening.matter.0,
                reference: opening.reference.clone(),
                title: opening.title.reveal().to_owned(),
                since: opening.since.to_string(),
            },
            Body::Deed(deed) => Self::Deed { deed: deed.into() },
            Body::Annulled { entry, reason } => {
                Self::Annulled { entry: entry.get(), reason: reason.reveal().to_owned() }
            }
            Body::Corrected { entry, deed, reason } => {
                Self::Corrected { entry: entry.get(), deed: deed.into(), reason: reason.reveal().to_owned() }
            }
            Body::Linked { link, case } => Self::Linked { link: link.to_string(), case: case.0 },
            Body::Noticed(Notice { clock, ran_out, told }) => Self::Noticed {
                clock: clock.to_string(),
                ran_out: ran_out.to_string(),
                told: told.iter().map(ToString::to_string).collect(),
            },
            Body::Note(text) => Self::Note { text: text.reveal().to_owned() },
            Body::Filed(_)
            | Body::ErasureProposed(_)
            | Body::Office(_)
            | Body::Warned(_)
            | Body::Proposed(_)
            | Body::Confirmed { .. }
            | Body::Migrated(_) => return None,
        })
    }
}

impl From<&Deed> for DeedV1 {
    fn from(deed: &Deed) -> Self {
        let what = match &deed.what {
            What::Act { act, by, facts } => {
                let fact =
                    |(fact, value): &(Name, Value)| FactV1 { fact: fact.to_string(), value: value.into() };
                WhatV1::Act {
                    act: act.to_string(),
                    by: by.to_string(),
                    facts: facts.iter().map(fact).collect(),
                }
            }
            What::Document(Arrival { document, form, translated_into }) => WhatV1::Document {
                document: document.to_string(),
                form: form.to_string(),
                translated_into: translated_into.clone(),
            },
            What::Finding { ground, applies, by } => {
                WhatV1::Finding { ground: ground.to_string(), applies: *applies, by: by.to_string() }
            }
            What::Fact { fact, value } => WhatV1::Fact { fact: fact.to_string(), value: value.into() },
            What::Learned { fact, value, from, entry } => WhatV1::Learned {
                fact: fact.to_string(),
                value: value.to_string(),
                from: from.0,
                entry: entry.get(),
            },
        };
        Self { when: deed.when.to_string(), what }
    }
}

impl From<&Value> for ValueV1 {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.reveal().to_owned()),
            Value::Date(day) => Self::Date(day.to_string()),
            Value::Country(country) => Self::Country(country.to_string()),
            Value::YesNo(yes) => Self::YesNo(*yes),
            Value::Number(number) => Self::Number(*number),
            Value::Period(period) => Self::Period(period.to_string()),
            Value::Choice(choice) => Self::Choice(choice.to_string()),
        }
    }
}

impl Payload {
    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        Ok(match self.record {
            RecordV1::MatterOpened { reference, title } => {
                Record::Matter(MatterOpened { reference, title: Private::new(title) })
            }
            RecordV1::ProcedureRegistered { name: text, version, meaning: digest, files } => {
                Record::Procedure(ProcedureRegistered {
                    name: name(&text)?,
                    version,
                    meaning: meaning(&digest)?,
                    files: files.into_iter().map(|file| (file.path, file.text)).collect(),
                })
            }
            RecordV1::CaseOpened { procedure, meaning: digest, matter, reference, title, since } => {
                Record::Case(Body::Opened(Opening {
                    procedure: name(&procedure)?,
                    meaning: meaning(&digest)?,
                    matter: MatterId(matter),
                    reference,
                    title: Private::new(title),
                    since: when(&since)?,
                }))
            }
            RecordV1::Deed { deed } => Record::Case(Body::Deed(deed.into_deed()?)),
            RecordV1::Annulled { entry, reason } => {
                Record::Case(Body::Annulled { entry: number(entry)?, reason: Private::new(reason) })
            }
            RecordV1::Corrected { entry, deed, reason } => Record::Case(Body::Corrected {
                entry: number(entry)?,
                deed: deed.into_deed()?,
                reason: Private::new(reason),
            }),
            RecordV1::Linked { link, case } => {
                Record::Case(Body::Linked { link: name(&link)?, case: CaseId(case) })
            }
            RecordV1::Noticed { clock, ran_out, told } => Record::Case(Body::Noticed(Notice {
                clock: name(&clock)?,
                ran_out: ran_out.parse().map_err(|_| "a moment is unreadable")?,
                told: told.iter().map(|who| name(who)).collect::<Result<_, _>>()?,
            })),
            RecordV1::Note { text } => Record::Case(Body::Note(Private::new(text))),
        })
    }
}

impl DeedV1 {
    pub(super) fn into_deed(self) -> Result<Deed, Wrong> {
        let what = match self.what {
            WhatV1::Act { act, by, facts } => What::Act {
                act: name(&act)?,
                by: name(&by)?,
                facts: facts
                    .into_iter()
                    .map(|fact| Ok((name(&fact.fact)?, fact.value.into_value()?)))
                    .collect::<Result<_, Wrong>>()?,
            },
            WhatV1::Document { document, form, translated_into } => What::Document(Arrival {
                document: name(&document)?,
                form: ArrivedForm::from_word(&form).ok_or("the form of a document is unknown")?,
                translated_into,
            }),
            WhatV1::Finding { ground, applies, by } => {
                What::Finding { ground: name(&ground)?, applies, by: name(&by)? }
            }
            WhatV1::Fact { fact, value } => What::Fact { fact: name(&fact)?, value: value.into_value()? },
            WhatV1::Learned { fact, value, from, entry } => What::Learned {
                fact: name(&fact)?,
                value: name(&value)?,
                from: CaseId(from),
                entry: number(entry)?,
            },
        };
        Ok(Deed { when: when(&self.when)?, what })
    }
}

impl ValueV1 {
    fn into_value(self) -> Result<Value, Wrong> {
        Ok(match self {
            Self::Text(text) => Value::Text(Private::new(text)),
            Self::Date(day) => Value::Date(day.parse().map_err(|_| "a day is unreadable")?),
            Self::Country(country) => Value::Country(country.parse().map_err(|_| "a country is unreadable")?),
            Self::YesNo(yes) => Value::YesNo(yes),
            Self::Number(number) => Value::Number(number),
            Self::Period(period) => Value::Period(period.parse().map_err(|_| "a length is unreadable")?),
            Self::Choice(choice) => Value::Choice(name(&choice)?),
        })
    }
}

fn name(text: &str) -> Result<Name, Wrong> {
    text.parse().map_err(|_| "a name is unreadable")
}

fn number(number: u32) -> Result<EntryNumber, Wrong> {
    EntryNumber::new(number).ok_or("an entry has the number 0")
}

/// A moment is always written in UTC, so the zone plays no part.
fn when(text: &str) -> Result<When, Wrong> {
    When::parse(text, &Zone::utc()).map_err(|_| "a date is unreadable")
}

fn meaning(text: &str) -> Result<Meaning, Wrong> {
    digest(text).map(Meaning)
}

pub(super) fn digest(text: &str) -> Result<[u8; 32], Wrong> {
    let wrong = "a digest is not 64 hexadecimal digits";
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong);
    }
    for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
        *byte = text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(wrong)?;
    }
    Ok(digest)
}
