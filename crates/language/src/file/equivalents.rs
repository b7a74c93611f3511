//! A file of equivalent changes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{EditionOne, Text};

/// The small changes to one procedure that no case can show, each with the argument. It lies beside the procedure and is called after
/// it: `extradition.equivalents.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EquivalentsFile {
    /// The edition of the language: 1.
    pub comity_equivalents: EditionOne,
    /// The changes.
    pub equivalents: Vec<EquivalentFile>,
}

/// A small change that no case can show.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EquivalentFile {
    /// The rule, as `comity test --changes` names it, such as `clock surrender`.
    pub rule: Text,
    /// The change, as it is told there, such as ``month's end `down` instead of `up` ``.
    pub change: Text,
    /// Why no case can show it, so that a reader can check the argument.
    pub because: Text,
}
