//! A file of rules of counting.

use comity_core::procedure::Verified;
use comity_core::time::{BrokenMonths, ClosedLastDay, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd};
use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{Choice, DayText, EditionOne, Name, Rows, Text, WholeNumber};

/// How an instrument counts time, under a name that clocks and commands may point to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CountingFile {
    /// The edition of the language: 1.
    pub comity_counting: EditionOne,
    /// The name of the set; the file is called the same.
    pub name: Name,
    /// The instrument.
    pub title: Text,
    /// Where its text was read.
    pub source: Text,
    /// The day on which somebody last compared the file with its source.
    pub checked: DayText,
    /// Its rules. The first is meant where the set alone is named.
    pub rules: Rows<CountingRuleFile>,
}

/// One rule of counting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CountingRuleFile {
    /// What it is for.
    pub title: Text,
    /// The provision.
    pub provision: Text,
    /// How far its text was verified.
    pub mark: Choice<Verified>,
    /// Whether the day of the start counts.
    #[serde(default)]
    pub first_day: Option<Choice<FirstDay>>,
    /// What becomes of a day that the last month does not have.
    #[serde(default)]
    pub month_end: Option<Choice<MonthEnd>>,
    /// What a month is where the limit stops.
    #[serde(default)]
    pub broken_months: Option<Choice<BrokenMonths>>,
    /// What becomes of a last day on which offices are closed.
    #[serde(default)]
    pub last_day_closed: Option<Choice<ClosedLastDay>>,
    /// How many open days a limit of two days or more holds at least.
    #[serde(default)]
    pub open_days_within: Option<WholeNumber>,
    /// When hours begin to run.
    #[serde(default)]
    pub first_hour: Option<Choice<FirstHour>>,
    /// Whether hours run on closed days.
    #[serde(default)]
    pub hours_on_closed_days: Option<Choice<HoursOnClosedDays>>,
    /// What the file leaves open, and why.
    #[serde(default)]
    pub remark: Option<Text>,
}
