//! From provisions to rules and tests: which have no rule, and which rules no test.

use std::collections::BTreeSet;

use comity_core::procedure::{Basis, Citation, SharedProcedure};

use super::Crossed;
use super::points::{Kind, Point};

/// A provision that a procedure could cite, or a reading that it does cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provision {
    /// As a rule cites it: `treaty 9(4)` or `reading 2`.
    pub cite: String,
    /// What it is about; empty for a reading.
    pub heading: String,
    /// The rules that rest on it, such as `act arrested`.
    pub rules: Vec<String>,
    /// Those of them that no chronology crosses.
    pub not_crossed: Vec<String>,
    /// Whether a section says that it tests this provision.
    pub is_cited_by_a_test: bool,
}

impl Provision {
    /// Whether rules rest on it and no chronology crosses one of them.
    #[must_use]
    pub fn has_rules_and_no_test(&self) -> bool {
        !self.rules.is_empty() && self.rules.len() == self.not_crossed.len()
    }
}

/// Every provision of the instruments that `procedure` names, in their order, and then its readings.
#[must_use]
pub fn provisions(procedure: &SharedProcedure, crossed: &Crossed) -> Vec<Provision> {
    let rules = rules(procedure, crossed);
    let articles = procedure.sources().iter().flat_map(|(_, source, row)| {
        row.articles
            .iter()
            .map(move |article| (format!("{source} {}", article.number), article.heading.clone()))
    });
    let mut readings: BTreeSet<u32> = BTreeSet::new();
    for (_, _, cited) in &rules {
        readings.extend(cited.iter().filter_map(|cite| cite.strip_prefix("reading ")?.parse::<u32>().ok()));
    }
    let readings = readings.into_iter().map(|number| (format!("reading {number}"), String::new()));
    let provision = |(cite, heading): (String, String)| {
        let resting = rules.iter().filter(|(_, _, cited)| cited.contains(&cite));
        let not_crossed = resting.clone().filter(|(_, is_crossed, _)| !is_crossed);
        Provision {
            rules: resting.map(|(rule, _, _)| rule.clone()).collect(),
            not_crossed: not_crossed.map(|(rule, _, _)| rule.clone()).collect(),
            is_cited_by_a_test: crossed.cited.contains(&cite),
            cite,
            heading,
        }
    };
    articles.chain(readings).map(provision).collect()
}

/// Each rule, whether anything of it was crossed, and what it cites.
type Rule = (String, bool, BTreeSet<String>);

fn rules(procedure: &SharedProcedure, crossed: &Crossed) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let cites = |basis: &[Citation]| basis.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let mut rule = |name: String, is_crossed: bool, cited: BTreeSet<String>| match rules
        .iter_mut()
        .find(|(known, _, _)| *known == name)
    {
        Some((_, was, all)) => {
            *was |= is_crossed;
            all.extend(cited);
        }
        None => rules.push((name, is_crossed, cited)),
    };
    for Point { kind, rule: name, basis, is_crossed, .. } in crossed.points(procedure) {
        if let Some(name) = name {
            // That a condition did not hold tells nothing of the rule that waits for it.
            rule(name, is_crossed && kind != Kind::Failed, cites(&basis));
        }
    }
    // What only says who somebody is, or what may be known, is crossed by nothing and rests on its provision.
    let mut beside = |name: String, basis: &Basis| {
        if !basis.0.is_empty() {
            rule(name, true, cites(&basis.0));
        }
    };
    for (_, name, authority) in procedure.authorities().iter() {
        beside(format!("authority {name}"), &authority.basis);
    }
    for (_, name, fact) in procedure.facts().iter() {
        beside(format!("fact {name}"), &fact.basis);
    }
    rules
}
