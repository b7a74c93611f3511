//! What cases that are linked to one another must still know.

use comity_runner::Behind;
use comity_sheet::change::BehindDocument;

use crate::context::{Desk, quoted};
use crate::print::{Page, Tone};

/// The cases that have not followed, or would not: what each still says, and what to do.
pub(crate) fn linked_cases(page: &mut Page, behind: &[Behind], desk: &Desk) {
    for one in behind {
        page.labelled((Tone::Bad, "linked"), 2, &one.to_string());
        let next = match &one.refused {
            Some(rejection) => {
                page.labelled((Tone::Strong, "because"), 4, &rejection.to_string());
                let case = quoted(&one.reference);
                format!(
                    "comity act {case} --annul ENTRY --reason WHY{}, for what stands in the way",
                    desk.options
                )
            }
            None => {
                format!("it follows by itself with the next record, or with comity sweep{}", desk.options)
            }
        };
        page.labelled((Tone::Strong, "next"), 4, &next);
    }
}

/// The same for programs.
pub(crate) fn behind_documents(behind: &[Behind]) -> Vec<BehindDocument> {
    behind.iter().map(BehindDocument::from).collect()
}
