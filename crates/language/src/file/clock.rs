//! The clocks of a procedure file.

use comity_core::procedure::{Excuse, ExpiryEffect, ExtensionTiming, Recurs, SameInstant, StartedAgain};
use comity_core::time::{
    BrokenMonths, ClosedLastDay, ExtendedFrom, FirstDay, FirstHour, HoursOnClosedDays, MonthEnd, StoppedDays,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::law::InForceFile;
use super::procedure::{ExceptionFile, MoveFile};
use super::value::{
    AlwaysNone, Choice, CiteText, Closing, DayText, GuardText, LengthText, Name, OneOrMore, Rows, RuleName,
    Stopping, Text, WholeNumber,
};

/// A time limit, or a waiting period before which an act is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClockFile {
    /// What must happen in time, or what is waited for.
    pub title: Text,
    /// The side or the authority that it limits.
    #[serde(default)]
    pub limits: Option<Name>,
    /// The acts that are closed until it has run; instead of `limits`.
    #[serde(default)]
    pub bars: Option<OneOrMore<Name>>,
    /// The acts or conditions that start it, any of them; or `{latest-of: […]}`.
    pub starts: StartsFile,
    /// From where it is counted, if not from what starts it: the day in a date fact, or the last day of a clock.
    #[serde(default)]
    pub counted_from: Option<CountedFromFile>,
    /// What a second start does.
    #[schemars(extend("x-legal-choice" = "what a second start does"))]
    pub if_started_again: Choice<StartedAgain>,
    /// How long it runs: a number of hours, days, clear days, working days, weeks, months or years, or the acts that
    /// name its last day or its length.
    pub length: LengthFile,
    /// Other lengths by later law, each from a day on.
    #[serde(default)]
    pub changed: Option<OneOrMore<ChangeFile>>,
    /// Whose day says which length applies: `the-day` of the start, `the-opening` of the case, or an act. With
    /// `changed`.
    #[serde(default)]
    pub law_of: Option<Name>,
    /// From when until when it is law.
    #[serde(default)]
    pub in_force: Option<InForceFile>,
    /// The rule of counting, by the name of a file in `counting/`; instead of the choices that follow.
    #[serde(default)]
    pub counted_by: Option<RuleName>,
    /// Whether the day of the start counts. Not for hours, nor for a named day.
    #[schemars(extend(
        "x-legal-choice" = "whether the first day counts",
        "x-needed-for" = ["day", "clear day", "working day", "week", "month", "year"]
    ))]
    #[serde(default)]
    pub first_day: Option<Choice<FirstDay>>,
    /// What becomes of a day that the last month does not have. Only for months and years.
    #[schemars(extend("x-legal-choice" = "what becomes of a month-end that does not exist"))]
    #[serde(default)]
    pub month_end: Option<Choice<MonthEnd>>,
    /// What a month is where the clock stops. Only for months and years of a clock that may stop.
    #[schemars(extend("x-legal-choice" = "what a month is where the limit stops"))]
    #[serde(default)]
    pub broken_months: Option<Choice<BrokenMonths>>,
    /// What becomes of a last day on which offices are closed. Not for hours, working days and named days.
    #[schemars(extend(
        "x-legal-choice" = "what becomes of a last day on which offices are closed",
        "x-needed-for" = ["day", "clear day", "week", "month", "year"]
    ))]
    #[serde(default)]
    pub last_day_closed: Option<Choice<ClosedLastDay>>,
    /// How many open days it holds at least, if it is two days or longer.
    #[serde(default)]
    pub open_days_within: Option<WholeNumber>,
    /// When hours begin to run. Only for hours.
    #[schemars(extend("x-legal-choice" = "when the hours begin to run", "x-needed-for" = ["hour"]))]
    #[serde(default)]
    pub first_hour: Option<Choice<FirstHour>>,
    /// Whether hours run on closed days. Only for hours.
    #[schemars(extend("x-legal-choice" = "whether hours run on closed days", "x-needed-for" = ["hour"]))]
    #[serde(default)]
    pub hours_on_closed_days: Option<Choice<HoursOnClosedDays>>,
    /// The calendar of closed days, where a choice looks at one.
    #[serde(default)]
    pub calendar: Option<Name>,
    /// The side whose days count.
    #[schemars(extend("x-legal-choice" = "whose days count", "x-choose" = "zone: SIDE"))]
    pub zone: Name,
    /// The acts or conditions that meet it, or `nothing`.
    #[schemars(extend("x-legal-choice" = "what meets it", "x-choose" = "met-by: ACT` or `met-by: nothing"))]
    pub met_by: OneOrMore<Name>,
    /// The acts or conditions that put right that it ran out.
    #[serde(default)]
    pub cured_by: Option<OneOrMore<Name>>,
    /// Clocks that end when this one starts.
    #[serde(default)]
    pub replaces: Option<OneOrMore<Name>>,
    /// Whether it begins again by itself; never, if left out.
    #[serde(default)]
    pub recurs: Option<Choice<Recurs>>,
    /// Who wins when an act and the expiry fall on the same instant.
    #[schemars(extend("x-legal-choice" = "who wins when an act and the expiry fall on the same instant"))]
    pub at_the_same_instant: Choice<SameInstant>,
    /// What stops it while it holds, or `none`.
    #[serde(default)]
    pub stops_while: Option<Stopping>,
    /// What it adds up: it runs while this holds and stands still otherwise. Instead of `stops-while`.
    #[serde(default)]
    pub runs_only_while: Option<GuardText>,
    /// Which days a stop takes out. Not for hours, which stop and run on at the instant.
    #[serde(default)]
    pub stopped_days: Option<Choice<StoppedDays>>,
    /// The provision of the stop, where it is another one than that of the clock.
    #[serde(default)]
    pub stop_cite: Option<CiteText>,
    /// The acts that make it longer, or `none`.
    #[schemars(extend(
        "x-legal-choice" = "whether anything makes it longer",
        "x-choose" = "extended-by: none` or `extended-by: {act: ACT, by: 30 days, from: last-day, granted: before-the-end}"
    ))]
    pub extended_by: ExtendedByFile,
    /// When it no longer matters, so that it is neither met nor runs out; or `never`.
    #[schemars(extend(
        "x-legal-choice" = "when it no longer matters",
        "x-choose" = "off-when: CONDITION` or `off-when: never"
    ))]
    pub off_when: Closing,
    /// What its running out does.
    #[schemars(extend(
        "x-legal-choice" = "what its running out does",
        "x-choose" = "on-expiry: {effect: nothing-stated}` or another effect"
    ))]
    pub on_expiry: ExpiryFile,
    /// Other lengths of the same period with consequences of their own. Each is a clock called `CLOCK.NAME`.
    #[serde(default)]
    pub thresholds: Rows<ThresholdFile>,
    /// How long before the end somebody is warned.
    #[serde(default)]
    pub warn: Option<OneOrMore<LengthText>>,
    /// The provision.
    pub cite: CiteText,
}

/// What starts a clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum StartsFile {
    /// An act or a condition.
    #[serde(rename = "$scalar")]
    One(Name),
    /// Any of several.
    #[serde(rename = "$sequence")]
    AnyOf(Vec<Name>),
    /// The latest of several, once all have taken place.
    #[serde(rename = "$mapping")]
    LatestOf(LatestOfFile),
}

/// The latest of several acts or conditions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LatestOfFile {
    /// The acts and conditions.
    pub latest_of: OneOrMore<Name>,
}

/// From where a clock is counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CountedFromFile {
    /// From the day that this date fact holds.
    #[serde(default)]
    pub date_in: Option<Name>,
    /// From the last day of this clock, whether or not it was met.
    #[serde(default)]
    pub last_day_of: Option<Name>,
}

/// How long a clock runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum LengthFile {
    /// A number of hours, days, clear days, working days, weeks, months or years.
    #[serde(rename = "$scalar")]
    Counted(LengthText),
    /// A period without a number, whose last day or length an act names.
    #[serde(rename = "$mapping")]
    Named(NamedLengthFile),
}

/// A period without a number: acts name its last day or its length.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NamedLengthFile {
    /// The acts that name it. Each may name it anew.
    pub named_by: OneOrMore<Name>,
    /// The fact that holds what was named: a date for the last day, a period for the length.
    #[serde(rename = "in")]
    pub fact: Name,
}

/// Another length by later law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangeFile {
    /// The first day of the later law.
    pub from: DayText,
    /// The length by the later law.
    pub length: LengthText,
    /// The provision that changed it.
    pub cite: CiteText,
}

/// What makes a clock longer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum ExtendedByFile {
    /// Nothing.
    #[serde(rename = "$scalar")]
    Nothing(AlwaysNone),
    /// An act.
    #[serde(rename = "$mapping")]
    One(Box<ExtensionFile>),
    /// Several acts.
    #[serde(rename = "$sequence")]
    Several(Vec<ExtensionFile>),
}

/// An act that makes a clock longer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExtensionFile {
    /// The act.
    pub act: Name,
    /// By how much: a length, or the fact that the act records, a period or a new last day.
    pub by: ExtendByFile,
    /// From where a length is counted. Not for a new last day.
    #[serde(default)]
    pub from: Option<Choice<ExtendedFrom>>,
    /// When it may be granted.
    #[schemars(extend("x-legal-choice" = "when it may be granted"))]
    pub granted: Choice<ExtensionTiming>,
    /// How often; without limit, if left out.
    #[serde(default)]
    pub at_most: Option<WholeNumber>,
    /// How long the clock may become in all, from its start; without limit, if left out.
    #[serde(default)]
    pub longest: Option<LengthText>,
    /// The provision, where it is another one than that of the clock.
    #[serde(default)]
    pub cite: Option<CiteText>,
}

/// By how much a clock becomes longer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum ExtendByFile {
    /// A length.
    #[serde(rename = "$scalar")]
    Length(LengthText),
    /// What the act records.
    #[serde(rename = "$mapping")]
    Recorded(RecordedFile),
}

/// What an act records in a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RecordedFile {
    /// The fact.
    #[serde(rename = "in")]
    pub fact: Name,
}

/// What the running out of a clock does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExpiryFile {
    /// The kind of consequence.
    pub effect: Choice<ExpiryEffect>,
    /// The obligation that arises; for `duty` and `must-explain`, and possible for `by-law`.
    #[serde(default)]
    pub duty: Option<Name>,
    /// What moves, by track; not for `alert`, `nothing-changes` and `nothing-stated`.
    #[serde(default)]
    pub moves: Rows<OneOrMore<MoveFile>>,
    /// The acts that may be done from then on, and not before; for `permission` and the two kinds of application.
    #[serde(default)]
    pub opens: Option<OneOrMore<Name>>,
    /// The acts that may no longer be done; for `lapse` and `bar`.
    #[serde(default)]
    pub closes: Option<OneOrMore<Name>>,
    /// Whether the delay may be excused; for the two kinds of application.
    #[serde(default)]
    pub excuse: Option<Choice<Excuse>>,
    /// What keeps the consequence back while it holds, each with its own provision.
    #[serde(default)]
    pub unless: Option<OneOrMore<ExceptionFile>>,
    /// The provision, where it is another one than that of the clock.
    #[serde(default)]
    pub cite: Option<CiteText>,
}

/// Another length of the same period, with a consequence of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ThresholdFile {
    /// What it is for.
    pub title: Text,
    /// How long it runs.
    pub length: LengthText,
    /// What its running out does.
    pub on_expiry: ExpiryFile,
    /// How long before the end somebody is warned.
    #[serde(default)]
    pub warn: Option<OneOrMore<LengthText>>,
    /// The provision, where it is another one than that of the clock.
    #[serde(default)]
    pub cite: Option<CiteText>,
}
