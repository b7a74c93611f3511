//! A calendar file.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{DayText, EditionOne, Name, OneOrMore, Rows, Text};

/// The closed days of courts or offices in one place, with their source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CalendarFile {
    /// The edition of the language: 1.
    pub comity_calendar: EditionOne,
    /// The name by which clocks use it; the file is called the same.
    pub name: Name,
    /// What it is called.
    pub title: Text,
    /// The place whose offices are closed.
    pub place: Text,
    /// Where the closed days are published.
    pub source: Text,
    /// The day on which somebody last compared the file with its source.
    pub checked: DayText,
    /// The days for which it was checked.
    pub covers: CoversFile,
    /// Days of the week on which the place is closed.
    #[serde(default)]
    pub weekly: Option<OneOrMore<Text>>,
    /// Single closed days, each with its occasion.
    #[serde(default)]
    pub closed: Rows<Text>,
}

/// The first and the last day that were checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CoversFile {
    /// The first day.
    pub from: DayText,
    /// The last day.
    pub until: DayText,
}
