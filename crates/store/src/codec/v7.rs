//! Format 7: figures that were published. Released: never change a name, an order or a meaning here; add a format of the next number
//! instead.

use serde::{Deserialize, Serialize};

use super::{Record, ReportPublished};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    format: u32,
    record: RecordV7,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RecordV7 {
    ReportPublished {
        reference: String,
        title: String,
        question: Vec<AskedV7>,
        known_at: String,
        through: u64,
        table: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedV7 {
    name: String,
    value: String,
}

/// What is wrong with a record, without any of its content.
type Wrong = &'static str;

impl Payload {
    /// The record in this format, if it is new in it.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let Record::Report(report) = record else { return None };
        let asked = |(name, value): &(String, String)| AskedV7 { name: name.clone(), value: value.clone() };
        let record = RecordV7::ReportPublished {
            reference: report.reference.clone(),
            title: report.title.clone(),
            question: report.question.iter().map(asked).collect(),
            known_at: report.known_at.to_string(),
            through: report.through,
            table: report.table.clone(),
        };
        Some(Self { format: 7, record })
    }

    pub(super) fn into_record(self) -> Result<Record, Wrong> {
        let RecordV7::ReportPublished { reference, title, question, known_at, through, table } = self.record;
        let question = question.into_iter().map(|AskedV7 { name, value }| (name, value)).collect();
        let known_at = known_at.parse().map_err(|_| "a moment is unreadable")?;
        Ok(Record::Report(ReportPublished { reference, title, question, known_at, through, table }))
    }
}
