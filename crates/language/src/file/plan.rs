//! A plan file: how running cases go over to another edition of their procedure.

use comity_core::migration::Ends;
use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{Choice, CiteText, EditionOne, Name, Rows, Text, WholeNumber, Words};

/// How running cases go over from one edition of a procedure to another. What is not named keeps its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanFile {
    /// The edition of the language: 1.
    pub comity_plan: EditionOne,
    /// The edition of the procedure that cases leave.
    pub from: PlanEditionFile,
    /// The edition that they go over to.
    pub to: PlanEditionFile,
    /// Who decided that running cases go over: an office, never a person's name.
    pub authority: Text,
    /// Why.
    pub reason: Text,
    /// The provision that says so, in the edition that cases go over to.
    pub cite: CiteText,
    /// Authorities that have another name there. None may be dropped, for it may have acted.
    #[serde(default)]
    pub authorities: Rows<NamePlanFile>,
    /// Facts that have another name there, or are dropped.
    #[serde(default)]
    pub facts: Rows<NamePlanFile>,
    /// Tracks of which a stage or the name is another there, or that are dropped.
    #[serde(default)]
    pub tracks: Rows<TrackPlanFile>,
    /// Conditions that have another name there, or are dropped.
    #[serde(default)]
    pub conditions: Rows<NamePlanFile>,
    /// Clocks that are counted by another rule there, have another name or are dropped.
    #[serde(default)]
    pub clocks: Rows<ClockPlanFile>,
    /// Acts that have another name there, or are dropped.
    #[serde(default)]
    pub acts: Rows<NamePlanFile>,
    /// Obligations that have another name there, or are dropped.
    #[serde(default)]
    pub obligations: Rows<NamePlanFile>,
    /// Documents that have another name there, or are dropped.
    #[serde(default)]
    pub documents: Rows<NamePlanFile>,
    /// Grounds that have another name there, or are dropped.
    #[serde(default)]
    pub grounds: Rows<NamePlanFile>,
}

/// One edition of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanEditionFile {
    /// Its name, `folder/name`.
    pub procedure: Name,
    /// Its number.
    pub version: WholeNumber,
    /// The digest of what it means, if it is to be this very text and no other of the same number.
    #[serde(default)]
    pub meaning: Option<Text>,
}

/// What becomes of a name: another name, or nothing and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum NamePlanFile {
    /// What it is called there.
    #[serde(rename = "$scalar")]
    Becomes(Name),
    /// It is dropped.
    #[serde(rename = "$mapping")]
    Dropped(DroppedFile),
}

/// Why something is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DroppedFile {
    /// Why it is dropped.
    pub dropped: Text,
}

/// What becomes of a track.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrackPlanFile {
    /// What it is called there, if not the same.
    #[serde(default)]
    pub becomes: Option<Name>,
    /// Why it is dropped, if it is.
    #[serde(default)]
    pub dropped: Option<Text>,
    /// Which of its stages becomes which there; a stage that is not named keeps its name.
    #[serde(default)]
    pub stages: Rows<Name>,
}

/// What becomes of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClockPlanFile {
    /// What it is called there, if not the same.
    #[serde(default)]
    pub becomes: Option<Name>,
    /// Why it is dropped, if it is.
    #[serde(default)]
    pub dropped: Option<Text>,
    /// Which end a limit has that runs: the one that was counted, one counted anew from the same start, or the later of both.
    #[serde(default)]
    pub end: Option<Choice<Ends>>,
    /// That the law wants a limit to have run out which has by the new count. Without it such a case is refused.
    #[serde(default)]
    pub if_it_has_run_out: Option<Choice<Accepted>>,
    /// The provision, in the edition that cases go over to.
    pub cite: CiteText,
}

/// That something is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is.
    Accepted,
}

impl Words for Accepted {
    fn words() -> Vec<&'static str> {
        vec!["accepted"]
    }

    fn read(word: &str) -> Option<Self> {
        (word == "accepted").then_some(Self::Accepted)
    }
}
