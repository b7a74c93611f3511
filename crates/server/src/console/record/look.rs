//! What would change, in words: the engine's list, with the titles of the procedure.

use comity_core::procedure::Procedure;
use comity_core::time::When;
use comity_core::{Change, View};

use super::super::sign::{KEPT, OWED, PLAIN, RUNNING, Sign};
use super::super::words::{
    Markup, act_title, clock_title, counted, obligation_title, sentence, stage_titles,
};

/// One thing that would be otherwise.
pub(super) struct Changed {
    pub(super) sign: Sign,
    /// What it is about.
    pub(super) about: &'static str,
    pub(super) says: Markup,
}

/// What would be otherwise.
pub(super) fn changed(changes: &[Change], procedure: &Procedure) -> Vec<Changed> {
    changes.iter().map(|change| one(change, procedure)).collect()
}

fn one(change: &Change, procedure: &Procedure) -> Changed {
    let (sign, about, says) = match change {
        Change::Track { track, from, to } => {
            let (title, from) = stage_titles(procedure, track, from);
            let (_, to) = stage_titles(procedure, track, to);
            let to = sentence(&to).within(" to <strong>", "</strong>");
            (RUNNING, "Stands at", sentence(&format!("{title}: from {from}")).then(&to))
        }
        Change::Clock { clock, from, to } => {
            let to = sentence(to).within(": <strong>", "</strong>; before, ");
            (RUNNING, "Clock", sentence(&clock_title(procedure, clock)).then(&to).then(&sentence(from)))
        }
        Change::Opens { act } => (KEPT, "May be done", sentence(&act_title(procedure, act))),
        Change::Closes { act, because } => {
            (PLAIN, "No longer", sentence(&format!("{}: {because}", act_title(procedure, act))))
        }
        Change::Owed { obligation } => (OWED, "Owed", sentence(&obligation_title(procedure, obligation))),
        Change::NoLongerOwed { obligation } => {
            (KEPT, "No longer owed", sentence(&obligation_title(procedure, obligation)))
        }
    };
    Changed { sign, about, says }
}

/// What an officer is told of something that happened before what is recorded already.
pub(super) fn late(view: &View, when: When) -> Option<String> {
    let zone = &view.procedure().home().zone;
    let this = when.earliest(zone);
    let chapters = view.chapters();
    let later = chapters
        .iter()
        .flat_map(|chapter| chapter.happenings)
        .filter(|happening| happening.when.earliest(zone) > this)
        .count();
    (later > 0).then(|| {
        let things = counted(later, "thing that is recorded already", "things that are recorded already");
        format!(
            "This happened before {things}. What follows from them is worked out anew, as it is shown below."
        )
    })
}
