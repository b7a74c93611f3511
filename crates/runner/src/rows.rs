//! What the index holds of a case: a pure function of where it stands.

use std::collections::BTreeSet;

use comity_core::time::Moment;
use comity_core::{Asked, View};
use comity_store::Row;

use crate::engine::CaseFile;
use crate::sweep::missing_notices;

/// The kind of a case.
pub(crate) const CASE: &str = "case";
/// The kind of a matter.
pub(crate) const MATTER: &str = "matter";
/// The kind of a procedure's text.
pub(crate) const PROCEDURE: &str = "procedure";

/// All index rows of a case as it stands at `now`.
pub(crate) fn rows(file: &CaseFile, now: Moment) -> Vec<Row> {
    let (view, opening) = (&file.view(Asked::at(now)), &file.opening);
    let mut rows = vec![
        Row::Kind { kind: CASE.to_owned() },
        Row::Matter { matter: opening.matter },
        Row::Reference { reference: opening.reference.clone() },
        Row::Procedure { procedure: opening.procedure.to_string(), digest: opening.meaning.to_string() },
    ];
    rows.extend(
        view.tracks()
            .iter()
            .map(|track| Row::Stage { track: track.name.to_string(), stage: track.stage_name.to_string() }),
    );
    rows.extend(view.due().iter().map(|(at, clock)| Row::Due { at: *at, clock: clock.name.to_string() }));
    // What ran out stays due until somebody was told: a record that comes before the sweep must not hide it.
    rows.extend(
        missing_notices(file, view)
            .into_iter()
            .map(|notice| Row::Due { at: notice.ran_out, clock: notice.clock.to_string() }),
    );
    rows.extend(authorities(view).into_iter().map(|authority| Row::Authority { authority }));
    rows
}

/// The authorities that may act or owe something.
fn authorities(view: &View) -> BTreeSet<String> {
    let acts = view.acts();
    let may = acts
        .iter()
        .filter(|act| act.is_open())
        .flat_map(|act| act.by.iter().map(|(name, _)| name.to_string()));
    let owed = view.obligations();
    let must = owed.iter().filter(|one| one.owed.met.is_none()).map(|one| one.bearer.0.to_string());
    may.chain(must).collect()
}
