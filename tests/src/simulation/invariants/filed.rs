//! Files beside the record: what the record says is filed can be read back whole, and nothing was filed that it does not know.

use comity_core::entry::{Body, Entry, Filed};
use comity_core::id::CaseId;
use comity_runner::{Engine, Expect};
use comity_store::Files;
use sha2::{Digest as _, Sha256};

use crate::simulation::filing::{Filing, Known, account, name};
use crate::simulation::model::Model;
use crate::simulation::trace::Wrong;

const WHOLE: &str = "what the record says is filed can be read back whole, and is what was filed";
const THERE: &str = "what was said to be filed is in the record, once, as it was said";
const NOT_THERE: &str = "what was said not to be filed is not in the record";
const ONCE: &str = "what is filed on a version is filed at most once, however often it is tried";

/// The record holds of each attempt what whoever made it was told.
pub(crate) fn is_as_told(place: usize, filing: &Filing, model: &Model) -> Result<(), Wrong> {
    let case = model.case(filing.case).or_else(|| model.gone(filing.case)?.case.as_ref());
    let Some(case) = case else { return Ok(()) };
    let by = |attempt: usize| {
        let account = account(place, attempt);
        let is_of = move |entry: &&Entry| {
            matches!(entry.body, Body::Filed(_)) && entry.recorded_by.reveal() == account
        };
        case.entries.iter().filter(is_of).collect::<Vec<_>>()
    };
    let mut all = 0;
    for (attempt, known) in filing.attempts.iter().enumerate() {
        let there = by(attempt);
        all += there.len();
        let wrong = |sentence| {
            Err(Wrong::new(sentence, format!("{}: {known:?}, and {there:?}", account(place, attempt))))
        };
        match (known, there.as_slice()) {
            (Known::Filed(version), [one]) if *version == one.number.into() => {}
            (Known::Filed(_), _) => return wrong(THERE),
            (Known::Not, []) | (Known::Nothing, [] | [_]) => {}
            (Known::Not, _) => return wrong(NOT_THERE),
            (Known::Nothing, _) => return wrong(ONCE),
        }
    }
    if all > 1 && filing.expect != Expect::Any {
        return Err(Wrong::new(ONCE, format!("{} is filed {all} times", name(place))));
    }
    Ok(())
}

/// Every file of a case, from an entry on, is read back.
pub(crate) async fn are_whole(
    engine: &Engine,
    files: &Files,
    id: CaseId,
    after: usize,
    (filings, model): (&[Filing], &Model),
) -> Result<(), Wrong> {
    let Some(case) = model.case(id) else { return Ok(()) };
    let of = |entry: &Entry| {
        if let Body::Filed(filed) = &entry.body { Some((entry.number, filed.clone())) } else { None }
    };
    let beside: Vec<_> = case.entries.iter().skip(after).filter_map(of).collect();
    if beside.is_empty() {
        return Ok(());
    }
    let wrong = |found: String| Err(Wrong::new(WHOLE, format!("{}: {found}", case.opening.reference)));
    let file = match engine.case(id).await {
        Ok(file) => file,
        Err(error) => return wrong(error.to_string()),
    };
    for (number, filed) in beside {
        let mut read = Vec::new();
        match engine.read_file(files, &file, number, &mut read).await {
            Ok(said) if said == filed => {}
            found => return wrong(format!("entry {number}: {found:?}")),
        }
        let mut named = filings.iter().enumerate().filter(|(place, _)| name(*place) == filed.name.reveal());
        let is_what_was_filed = named.any(|(_, filing)| filing.case == id && *filing.content == read);
        if !is_what_was_filed || !says(&filed, &read) {
            return wrong(format!("entry {number}, {} bytes", read.len()));
        }
    }
    Ok(())
}

/// Size and digest that the record says are those of what was read.
fn says(filed: &Filed, read: &[u8]) -> bool {
    let digest: [u8; 32] = Sha256::digest(read).into();
    u64::try_from(read.len()) == Ok(filed.size) && digest == filed.content.0
}
