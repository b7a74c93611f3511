//! What takes two persons, by the entries alone.

use comity_core::entry::{Body, Entry};

use crate::simulation::model::Case;
use crate::simulation::trace::Wrong;

const BY_ANOTHER: &str = "what is confirmed was proposed before by another account, and is confirmed once";

/// Every confirmation has its proposal.
pub(crate) fn each_confirmation_has_its_proposal(case: &Case) -> Result<(), Wrong> {
    let mut confirmed = Vec::new();
    for entry in &case.entries {
        let Body::Confirmed { entry: target } = &entry.body else { continue };
        let is_its_proposal = |one: &&Entry| {
            one.number == *target
                && one.number < entry.number
                && matches!(one.body, Body::Proposed(_))
                && one.recorded_by != entry.recorded_by
        };
        if confirmed.contains(target) || !case.entries.iter().any(|one| is_its_proposal(&one)) {
            let found = format!("{}: entry {} confirms {target}", case.opening.reference, entry.number);
            return Err(Wrong::new(BY_ANOTHER, found));
        }
        confirmed.push(*target);
    }
    Ok(())
}
