//! What chronologies cross of a procedure, and what they do not.
//!
//! [`Coverage`] gathers while tables are played; [`Crossed::points`] holds what was gathered against the procedure,
//! point by point: each stage, act and move, each end of a clock, both answers to each condition, each document,
//! ground and obligation. [`provisions`] turns the same points round: for each provision the rules that rest on it.

mod gather;
mod points;
mod provisions;
mod questions;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use comity_core::name::Name;
use comity_core::procedure::{SharedProcedure, StageId};

pub use points::{Kind, Point};
pub use provisions::{Provision, provisions};
pub use questions::By;
pub use ways::Way;

/// What was crossed, by name of the procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By procedure.
    pub procedures: BTreeMap<String, Crossed>,
}

/// What was crossed of one procedure. Each field holds names as the procedure writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crossed {
    /// Stages in which a track stood, as `track.stage`.
    pub stages: BTreeSet<String>,
    /// Acts that were done.
    pub acts: BTreeSet<String>,
    /// Clocks that were started.
    pub started: BTreeSet<String>,
    /// Clocks that were met.
    pub met: BTreeSet<String>,
    /// Clocks that ran out.
    pub ran_out: BTreeSet<String>,
    /// Clocks that stood still.
    pub stopped: BTreeSet<String>,
    /// Clocks that were made longer.
    pub made_longer: BTreeSet<String>,
    /// Clocks whose running out was put right.
    pub cured: BTreeSet<String>,
    /// Clocks that were switched off.
    pub switched_off: BTreeSet<String>,
    /// Clocks whose place another took while they ran.
    pub replaced: BTreeSet<String>,
    /// Documents that arrived as they are required.
    pub documents: BTreeSet<String>,
    /// Documents that arrived and still lacked something.
    pub lacking: BTreeSet<String>,
    /// Grounds that were considered.
    pub grounds: BTreeSet<String>,
    /// Grounds that were found to apply.
    pub applies: BTreeSet<String>,
    /// Grounds that were found not to apply.
    pub does_not_apply: BTreeSet<String>,
    /// Obligations that arose.
    pub owed: BTreeSet<String>,
    /// Obligations that were met.
    pub fulfilled: BTreeSet<String>,
    /// Provisions that a section cites, as `treaty 9(4)` or `reading 2`.
    pub cited: BTreeSet<String>,
    /// Moves that were taken, by their place among the moves of the procedure, and from where. They have no names of their
    /// own, and to spell them at each look would take longer than the fold.
    moves: BTreeSet<(usize, StageId)>,
    /// Questions that were answered yes while somebody asked them, by their place.
    held: BTreeSet<usize>,
    /// Questions that were answered no.
    failed: BTreeSet<usize>,
}

impl Coverage {
    /// Adds what another run crossed.
    pub fn add(&mut self, other: &Self) {
        for (name, more) in &other.procedures {
            self.procedures.entry(name.clone()).or_default().add(more);
        }
    }
}

impl Crossed {
    fn fields(&mut self) -> [&mut BTreeSet<String>; 18] {
        [
            &mut self.stages,
            &mut self.acts,
            &mut self.started,
            &mut self.met,
            &mut self.ran_out,
            &mut self.stopped,
            &mut self.made_longer,
            &mut self.cured,
            &mut self.switched_off,
            &mut self.replaced,
            &mut self.documents,
            &mut self.lacking,
            &mut self.grounds,
            &mut self.applies,
            &mut self.does_not_apply,
            &mut self.owed,
            &mut self.fulfilled,
            &mut self.cited,
        ]
    }

    /// Adds what another run crossed.
    pub fn add(&mut self, more: &Self) {
        let mut more = more.clone();
        for (field, more) in self.fields().into_iter().zip(more.fields()) {
            field.append(more);
        }
        self.moves.append(&mut more.moves);
        self.held.append(&mut more.held);
        self.failed.append(&mut more.failed);
    }

    /// What no table touched at all: names by kind, in the order of the procedure; kinds without any are left out.
    /// [`Crossed::points`] asks more, and of more kinds.
    #[must_use]
    pub fn missing(&self, procedure: &SharedProcedure) -> Vec<(&'static str, Vec<String>)> {
        let stages = procedure.tracks().iter().flat_map(|(_, track, row)| {
            row.stages.names().map(move |stage| format!("{track}.{stage}")).collect::<Vec<_>>()
        });
        let all = |names: &mut dyn Iterator<Item = &Name>| names.map(ToString::to_string).collect::<Vec<_>>();
        let clocks = || all(&mut procedure.clocks().names());
        let arrived: BTreeSet<String> = self.documents.union(&self.lacking).cloned().collect();
        let kinds = [
            ("stages", stages.collect(), &self.stages),
            ("acts", all(&mut procedure.acts().names()), &self.acts),
            ("clocks not started", clocks(), &self.started),
            ("clocks that never ran out", clocks(), &self.ran_out),
            ("documents", all(&mut procedure.documents().names()), &arrived),
            ("grounds", all(&mut procedure.grounds().names()), &self.grounds),
        ];
        let missing = kinds.into_iter().map(|(kind, names, crossed)| {
            (kind, names.into_iter().filter(|name| !crossed.contains(name)).collect::<Vec<_>>())
        });
        missing.filter(|(_, names)| !names.is_empty()).collect()
    }
}
