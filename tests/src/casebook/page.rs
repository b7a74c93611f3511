//! The casebook as a page for readers.

use comity_language::Library;

use super::{Limit, PublicCase, basis};
use crate::page::row;

const HEAD: &str = "# The casebook

Generated from `tests/casebook` and the chronologies of the treaty library; `COMITY_BLESS=1 cargo test -p comity-tests
--test casebook` writes it anew.

Public cases, replayed day by day through the procedures of the library. Each limit that a court, a ministry or the press
stated stands beside the one that Comity computes. Where the two differ, a rule says why. The dates of each case, and what
of it could not be played, stand in its chronology.
";

/// The page of the whole casebook.
///
/// # Errors
///
/// Returns which limit names a clock that is not there.
pub fn page(cases: &[(String, PublicCase)], library: &Library) -> Result<String, String> {
    let limits: Vec<&Limit> = cases.iter().flat_map(|(_, case)| &case.limits).collect();
    let count = |agrees: Option<bool>| limits.iter().filter(|limit| limit.agrees() == agrees).count();
    let (all, same, other, silent) = (limits.len(), count(Some(true)), count(Some(false)), count(None));
    let cases_told = cases.len();
    let mut lines = vec![
        HEAD.to_owned(),
        format!(
            "{cases_told} cases, {all} limits: {same} as stated, {other} otherwise and explained, {silent} of which no last \
             day was stated."
        ),
    ];
    for (name, case) in cases {
        lines.extend(of_case(case, library).map_err(|wrong| format!("{name}: {wrong}"))?);
    }
    Ok(lines.join("\n") + "\n")
}

fn of_case(case: &PublicCase, library: &Library) -> Result<Vec<String>, String> {
    let judgment = case.judgment.as_ref().map(|judgment| format!(" Judgment: {judgment}."));
    let mut lines = vec![
        format!("\n## {}\n", case.title),
        format!("{}{}", case.about.trim(), judgment.unwrap_or_default()),
        format!("Outcome: {}", case.outcome.trim()),
        format!("[The case, day by day](../workflows/{}).", case.chronology),
    ];
    if !case.limits.is_empty() {
        lines.push("\n| limit | rests on | stated | computed | |\n|---|---|---|---|---|".to_owned());
        for limit in &case.limits {
            lines.push(row(&told(limit, basis(case, limit, library)?)));
        }
    }
    if !case.not_played.is_empty() {
        lines.push("\nNot computed:\n".to_owned());
        lines.extend(case.not_played.iter().map(|one| format!("- {}", one.trim())));
    }
    Ok(lines)
}

fn told(limit: &Limit, basis: String) -> [String; 5] {
    let stated = match (&limit.stated, &limit.stated_by) {
        (Some(stated), Some(by)) => format!("{stated} ({by})"),
        (Some(stated), None) => stated.clone(),
        (None, _) => "no last day".to_owned(),
    };
    let because = limit.because.clone().unwrap_or_default();
    let verdict = match limit.agrees() {
        Some(true) => "agrees".to_owned(),
        Some(false) => format!("differs: {because}"),
        None => because,
    };
    [limit.what.clone(), basis, stated, limit.computed.clone(), verdict]
}
