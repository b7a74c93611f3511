//! Files of rules of counting: how an instrument counts time.

use comity_core::time::{Choices, NamedRule, RuleSet};

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip};
use crate::file::{CountingFile, CountingRuleFile, Text};
use crate::source::Source;
use crate::{beside, shape};

/// Reads a file of rules of counting. There is a set if nothing is wrong with the file.
#[must_use]
pub fn read_counting(source: &Source) -> (Option<RuleSet>, Vec<Diagnostic>) {
    beside::read::<CountingFile, _>(source, shape::counting(), |file, slips| build(&file, slips))
}

fn build(file: &CountingFile, slips: &mut Vec<Slip>) -> RuleSet {
    if file.rules.0.is_empty() {
        let slip = Slip::at(Code::MissingKey, file.name.0.span.clone(), "the file holds no rule");
        slips.push(slip.remedy("write a rule under `rules:`"));
    }
    let rules = file.rules.0.iter().map(|(key, row)| rule(key, row)).collect();
    RuleSet { name: plain(&file.name.0), title: plain(&file.title), rules }
}

fn rule(key: &Text, row: &CountingRuleFile) -> NamedRule {
    let open_days_within =
        row.open_days_within.as_ref().and_then(|number| number.0.value.trim().parse().ok());
    NamedRule {
        name: plain(key),
        title: plain(&row.title),
        choices: Choices {
            first_day: row.first_day.as_ref().map(|one| one.value),
            month_end: row.month_end.as_ref().map(|one| one.value),
            broken_months: row.broken_months.as_ref().map(|one| one.value),
            last_day_closed: row.last_day_closed.as_ref().map(|one| one.value),
            open_days_within,
            first_hour: row.first_hour.as_ref().map(|one| one.value),
            hours_on_closed_days: row.hours_on_closed_days.as_ref().map(|one| one.value),
            calendar: None,
        },
        provision: plain(&row.provision),
        mark: row.mark.value.word(),
    }
}

fn plain(text: &Text) -> String {
    text.value.trim().to_owned()
}
