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
    /// The days for which it was checked: one span, or several that follow one another without a gap.
    pub covers: OneOrMore<CoversFile>,
    /// Days of the week on which the place is closed.
    #[serde(default)]
    pub weekly: Option<OneOrMore<Text>>,
    /// Days that are closed in every year, each with its occasion: `12-25`, `easter-2`, `easter+1`,
    /// `first monday of june`, `last monday of august`.
    #[serde(default)]
    pub yearly: Rows<Text>,
    /// Single closed days, each with its occasion.
    #[serde(default)]
    pub closed: Rows<Text>,
    /// Single days that are open although a rule above closes them, each with the reason.
    #[serde(default)]
    pub open: Rows<Text>,
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
