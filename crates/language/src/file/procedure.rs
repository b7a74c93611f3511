//! A procedure file.

use comity_core::procedure::{DocumentForm, Force, FourEyes, Kind};
use schemars::JsonSchema;
use serde::Deserialize;

use super::clock::ClockFile;
use super::law::{InForceFile, RenamedFile};
use super::value::{
    Choice, CiteText, DayText, EditionOne, FromText, GuardText, LanguageText, MoveText, Name, OneOrMore,
    Rows, Short, Text, WholeNumber, ZoneText,
};

/// How requests of one kind move under one or more instruments.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProcedureFile {
    /// The edition of the language: 1.
    pub comity: EditionOne,
    /// `folder/name`, as the file lies in the library, such as `nz-kr/extradition`.
    pub procedure: Name,
    /// The edition of the procedure, from 1.
    pub version: WholeNumber,
    /// What the procedure is called.
    pub title: Text,
    /// What is asked for.
    pub kind: Choice<Kind>,
    /// The procedure of this folder on which the file builds: what the file does not say is as it is there.
    #[serde(default)]
    pub based_on: Option<Name>,
    /// What is left out of the procedure on which the file builds, keyed `section/row`, such as `clocks/formal-request`.
    #[serde(default)]
    pub leaves_out: Rows<LeftOutFile>,
    /// Sides that each file that builds on this one says for itself. Until then nothing runs under it.
    #[serde(default)]
    pub left_open: Option<OneOrMore<Name>>,
    /// The instruments that rules cite, by the names used in `cite`.
    pub sources: Rows<SourceFile>,
    /// The States that take part: requesting, requested, transit, sending, receiving or third.
    pub sides: Rows<SideFile>,
    /// The offices on each side, keyed `side/office`.
    pub authorities: Rows<Short<AuthorityFile>>,
    /// Other cases of the matter that this one may be tied to.
    #[serde(default)]
    pub links: Rows<LinkFile>,
    /// What may be recorded about the case.
    #[serde(default)]
    pub facts: Rows<FactFile>,
    /// The parallel aspects of the case.
    pub tracks: Rows<TrackFile>,
    /// What is worked out from the record and never recorded itself.
    #[serde(default)]
    pub conditions: Rows<ConditionFile>,
    /// Time limits and waiting periods.
    #[serde(default)]
    pub clocks: Rows<ClockFile>,
    /// What authorities do.
    pub acts: Rows<ActFile>,
    /// What is owed after an act or an expiry.
    #[serde(default)]
    pub obligations: Rows<ObligationFile>,
    /// What a request must be accompanied by.
    #[serde(default)]
    pub documents: Rows<DocumentFile>,
    /// Reasons to refuse, considered one by one.
    #[serde(default)]
    pub grounds: Rows<GroundFile>,
    /// What the author guarantees of every path.
    #[serde(default)]
    pub safeguards: Rows<SafeguardFile>,
}

/// Something that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LeftOutFile {
    /// The protocol, reservation or declaration by which it does not apply.
    pub cite: CiteText,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceFile {
    /// Full title of the instrument.
    pub title: Text,
    /// The first day on which it binds, where it is known.
    #[serde(default)]
    pub in_force: Option<DayText>,
    /// The file of its articles, from the folder of this file; `articles.md` if left out.
    #[serde(default)]
    pub articles: Option<Text>,
}

/// A State.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SideFile {
    /// Which State: two capital letters, or the fact that holds it where it differs from case to case.
    pub country: CountryFile,
    /// The zone whose days count there, such as `Asia/Seoul`. Not for a State that a fact holds.
    #[serde(default)]
    pub zone: Option<ZoneText>,
}

/// Which State a side is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum CountryFile {
    /// Always this one, as two capital letters.
    #[serde(rename = "$scalar")]
    The(Text),
    /// Another from case to case.
    #[serde(rename = "$mapping")]
    InFact(CountryInFile),
}

/// A State that differs from case to case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CountryInFile {
    /// The fact of the type `country` that holds it.
    #[serde(rename = "in")]
    pub fact: Name,
}

/// An office.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthorityFile {
    /// Its name.
    pub title: Text,
    /// What it is called from other days on.
    #[serde(default)]
    pub renamed: Option<OneOrMore<RenamedFile>>,
    /// From when until when it may act, by the day of its act.
    #[serde(default)]
    pub in_force: Option<InForceFile>,
    /// Where its power comes from.
    #[serde(default)]
    pub cite: Option<CiteText>,
}

/// A tie to another case of the matter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LinkFile {
    /// What the other case is to this one.
    pub title: Text,
    /// The procedure of the other case.
    pub procedure: Name,
}

/// Something that may be known of the case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactFile {
    /// What it is called.
    pub title: Text,
    /// What may be recorded.
    #[serde(rename = "type")]
    pub of: FactTypeFile,
    /// Where the value follows a track of a linked case.
    #[serde(default)]
    pub mirrors: Option<MirrorFile>,
    /// The provision that makes the fact matter.
    #[serde(default)]
    pub cite: Option<CiteText>,
}

/// The type of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactTypeFile {
    /// Free text.
    Text,
    /// A day.
    Date,
    /// A country code.
    Country,
    /// `yes` or `no`.
    YesNo,
    /// A whole number.
    Number,
    /// A length of time, such as a maximum sentence.
    Period,
    /// One of the values listed.
    OneOf(Vec<Text>),
}

/// A fact that follows a track of a linked case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MirrorFile {
    /// A link of this procedure.
    pub link: Name,
    /// A track of the linked procedure, whose stages are the values.
    pub track: Name,
}

/// One aspect of the case: a small machine of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrackFile {
    /// What it is called.
    pub title: Text,
    /// The stage in which it opens.
    pub starts: Name,
    /// Its stages.
    pub stages: Rows<Short<StageFile>>,
}

/// Where a track may stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StageFile {
    /// What it is called.
    pub title: Text,
    /// The outcome, in a word or more, if the track ends here.
    #[serde(default, rename = "final")]
    pub outcome: Option<Text>,
    /// Facts that must be known when the track stands here.
    #[serde(default)]
    pub holds: Option<OneOrMore<Name>>,
}

/// Something worked out from what is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConditionFile {
    /// What it is called, as a short sentence.
    pub title: Text,
    /// When it holds.
    pub when: GuardText,
    /// What moves by itself when it comes to hold, by track.
    #[serde(default)]
    pub moves: Rows<OneOrMore<MoveFile>>,
    /// The provision.
    pub cite: CiteText,
}

/// A move of a track.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum MoveFile {
    /// `A -> B`, `A or B -> C`, `any open -> C`, with `, else stays` at the end where the track may stay.
    #[serde(rename = "$scalar")]
    Text(MoveText),
    /// A move with a condition or a provision of its own.
    #[serde(rename = "$mapping")]
    Stepped(SteppedMoveFile),
}

/// A move with a condition or a provision of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SteppedMoveFile {
    /// Where it can start: `A`, `A or B`, or `any open`.
    pub from: FromText,
    /// Where it leads.
    pub to: Name,
    /// When it is taken.
    #[serde(default)]
    pub when: Option<GuardText>,
    /// The provision, where it is another one than that of the act.
    #[serde(default)]
    pub cite: Option<CiteText>,
}

/// Something an authority does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ActFile {
    /// What was done, as a short sentence.
    pub title: Text,
    /// Who may do it.
    pub by: OneOrMore<Name>,
    /// What must hold; what is unknown closes the act.
    #[serde(default)]
    pub when: Option<GuardText>,
    /// What must not hold, each with its own provision; what is unknown closes the act too.
    #[serde(default)]
    pub unless: Option<OneOrMore<ExceptionFile>>,
    /// What moves, by track.
    #[serde(default)]
    pub moves: Rows<OneOrMore<MoveFile>>,
    /// Facts that must be given with it.
    #[serde(default)]
    pub records: Option<OneOrMore<Name>>,
    /// Facts that may be given with it.
    #[serde(default)]
    pub may_record: Option<OneOrMore<Name>>,
    /// Obligations that arise.
    #[serde(default)]
    pub owes: Option<OneOrMore<Name>>,
    /// `required`, if it takes two persons: one proposes it, and only once another has confirmed it does it count.
    #[serde(default)]
    pub four_eyes: Option<Choice<FourEyes>>,
    /// From when until when it is law.
    #[serde(default)]
    pub in_force: Option<InForceFile>,
    /// The provision.
    pub cite: CiteText,
}

/// An exception that closes an act.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExceptionFile {
    /// When it applies.
    pub when: GuardText,
    /// The provision.
    pub cite: CiteText,
}

/// Something owed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObligationFile {
    /// What is owed, starting with a verb.
    pub title: Text,
    /// Who owes it.
    pub bearer: Name,
    /// What must hold for it to arise, once its act or expiry has moved the tracks; nothing, if left out.
    #[serde(default)]
    pub when: Option<GuardText>,
    /// The acts that meet it.
    pub met_by: OneOrMore<Name>,
    /// The provision.
    pub cite: CiteText,
}

/// Something a request must be accompanied by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DocumentFile {
    /// What it is called.
    pub title: Text,
    /// The set it belongs to, such as `request`.
    #[serde(rename = "for")]
    pub set: Name,
    /// When it is needed; always, if left out.
    #[serde(default)]
    pub when: Option<GuardText>,
    /// In which form.
    #[schemars(extend("x-legal-choice" = "in which form it must come"))]
    pub form: Choice<DocumentForm>,
    /// The language into which it must be translated, `not-needed` or `not-stated`.
    #[schemars(extend(
        "x-legal-choice" = "whether it must be translated",
        "x-choose" = "translated: ko` with the tag of the language, `translated: not-needed` or `translated: not-stated"
    ))]
    pub translated: LanguageText,
    /// From when until when it is required.
    #[serde(default)]
    pub in_force: Option<InForceFile>,
    /// The provision.
    pub cite: CiteText,
}

/// A reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GroundFile {
    /// What it is called.
    pub title: Text,
    /// Whether it binds.
    #[schemars(extend("x-legal-choice" = "whether it binds"))]
    pub kind: Choice<Force>,
    /// Who considers it.
    pub considered_by: OneOrMore<Name>,
    /// From when until when it is a ground.
    #[serde(default)]
    pub in_force: Option<InForceFile>,
    /// The provision.
    pub cite: CiteText,
}

/// A guarantee of the author: one of the eight patterns, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SafeguardFile {
    /// What is guaranteed, as a short sentence.
    pub title: Text,
    /// What never holds, on any path.
    #[serde(default)]
    pub never: Option<GuardText>,
    /// The exception, with `never`.
    #[serde(default)]
    pub unless: Option<GuardText>,
    /// The act before which something must have happened.
    #[serde(default)]
    pub before: Option<Name>,
    /// The act after which something must follow.
    #[serde(default)]
    pub always_after: Option<Name>,
    /// The act or condition that comes first, with `before`, or follows, with `always-after`.
    #[serde(default)]
    pub requires: Option<Name>,
    /// The clock that runs until it follows, with `always-after`.
    #[serde(default)]
    pub within: Option<Name>,
    /// What some path must lead to.
    #[serde(default)]
    pub possible: Option<GuardText>,
    /// Where something always holds.
    #[serde(default)]
    pub holds_in: Option<GuardText>,
    /// What holds there, with `holds-in`.
    #[serde(default)]
    pub holds: Option<GuardText>,
    /// The act that is done once at most.
    #[serde(default)]
    pub at_most_once: Option<Name>,
    /// Of these no two hold at once.
    #[serde(default)]
    pub never_together: Option<OneOrMore<GuardText>>,
    /// The authorities by which alone an act is done.
    #[serde(default)]
    pub only_by: Option<OneOrMore<Name>>,
    /// The act, with `only-by`.
    #[serde(default)]
    pub act: Option<Name>,
    /// The provision.
    pub cite: CiteText,
}
