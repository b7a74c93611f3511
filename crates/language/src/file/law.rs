//! Dates of effect in a procedure file.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{CiteText, DayText, Name, Text};

/// From when until when a rule is law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InForceFile {
    /// Its first day; from the beginning, if left out.
    #[serde(default)]
    pub from: Option<DayText>,
    /// Its last day; without end, if left out.
    #[serde(default)]
    pub until: Option<DayText>,
    /// Whose day says which law applies: `the-day` of the act or the start itself, `the-opening` of the case, or an
    /// act.
    #[schemars(extend(
        "x-legal-choice" = "whose day says which law applies",
        "x-choose" = "law-of: the-day`, `law-of: the-opening` or `law-of: ACT"
    ))]
    pub law_of: Name,
    /// The provision.
    pub cite: CiteText,
}

/// What an office is called from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RenamedFile {
    /// The first day of the name.
    pub from: DayText,
    /// The name.
    pub title: Text,
}
