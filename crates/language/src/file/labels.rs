//! A file of labels.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{DayText, EditionOne, LanguageText, Rows, Text};

/// What the procedures of a folder, and the parts of them, are called in another language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LabelsFile {
    /// The edition of the language: 1.
    pub comity_labels: EditionOne,
    /// The language, by its tag, such as `ko`. The file is called `labels.ko.yaml`.
    pub language: LanguageText,
    /// Where the terms were read.
    pub source: Text,
    /// The day on which somebody last compared them with it.
    pub checked: DayText,
    /// The labels: `title` or `section/row`, such as `acts/arrested` or `tracks/custody/held`, for every procedure of the folder
    /// that has it; with the name of a procedure before it, such as `extradition/title`, for that one.
    pub labels: Rows<Text>,
}
