//! Rules of counting that an instrument states, under a name: data that a procedure may point to.

use super::Choices;

/// The rules of counting of one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name in files and commands, such as `kr-cpa-66`.
    pub name: String,
    /// The instrument.
    pub title: String,
    /// The rules, each with a name of its own. The first is meant where none is named.
    pub rules: Vec<NamedRule>,
}

/// One rule of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRule {
    /// Its name in the set, such as `detention`.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// The choices it makes.
    pub choices: Choices,
    /// The provision.
    pub provision: String,
    /// How far its text was verified, in the word that articles files use.
    pub mark: &'static str,
}

impl RuleSet {
    /// The rule called `name`, or the first where the name is that of the set alone.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&NamedRule> {
        match name.strip_prefix(self.name.as_str())?.strip_prefix('/') {
            Some(rule) => self.rules.iter().find(|one| one.name == rule),
            None if name == self.name => self.rules.first(),
            None => None,
        }
    }

    /// The full names of its rules: `kr-cpa-66/general`, `kr-cpa-66/detention`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.rules.iter().map(|rule| format!("{}/{}", self.name, rule.name)).collect()
    }
}
