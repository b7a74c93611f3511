//! What chronologies cross of a procedure: stages, acts, clocks, documents, grounds.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::procedure::Procedure;
use comity_core::{CycleStatus, View};

/// What was crossed, by name of the procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// By procedure.
    pub procedures: BTreeMap<String, Crossed>,
}

/// What was crossed of one procedure.
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
    /// Documents that arrived.
    pub documents: BTreeSet<String>,
    /// Grounds that were considered.
    pub grounds: BTreeSet<String>,
}

impl Coverage {
    /// Adds what a view shows.
    pub fn see(&mut self, view: &View) {
        let crossed = self.procedures.entry(view.procedure().name().to_string()).or_default();
        crossed
            .stages
            .extend(view.tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)));
        crossed.stages.extend(moved_through(view));
        crossed
            .acts
            .extend(view.acts().iter().filter(|act| !act.done.is_empty()).map(|act| act.name.to_string()));
        for clock in view.clocks() {
            for cycle in clock.cycles {
                crossed.started.insert(clock.name.to_string());
                match cycle.status {
                    CycleStatus::Met { .. } => crossed.met.insert(clock.name.to_string()),
                    CycleStatus::RanOut { .. } | CycleStatus::Cured { .. } => {
                        crossed.ran_out.insert(clock.name.to_string())
                    }
                    CycleStatus::Running | CycleStatus::SwitchedOff { .. } | CycleStatus::Replaced { .. } => {
                        false
                    }
                };
            }
        }
        let documents = view.documents();
        let arrived = documents.iter().filter(|document| !document.arrived.is_empty());
        crossed.documents.extend(arrived.map(|document| document.name.to_string()));
        let grounds = view.grounds();
        let considered = grounds.iter().filter(|ground| ground.found.is_some());
        crossed.grounds.extend(considered.map(|ground| ground.name.to_string()));
    }

    /// Adds what another run crossed.
    pub fn add(&mut self, other: &Self) {
        for (name, more) in &other.procedures {
            let crossed = self.procedures.entry(name.clone()).or_default();
            crossed.stages.extend(more.stages.iter().cloned());
            crossed.acts.extend(more.acts.iter().cloned());
            crossed.started.extend(more.started.iter().cloned());
            crossed.met.extend(more.met.iter().cloned());
            crossed.ran_out.extend(more.ran_out.iter().cloned());
            crossed.documents.extend(more.documents.iter().cloned());
            crossed.grounds.extend(more.grounds.iter().cloned());
        }
    }
}

fn moved_through(view: &View) -> Vec<String> {
    let tracks = view.procedure().tracks();
    let moved = view.happenings().iter().flat_map(|happening| &happening.moved);
    moved
        .filter_map(|moved| {
            let (_, name, track) = tracks.iter().find(|(id, _, _)| *id == moved.track)?;
            let (_, stage, _) = track.stages.iter().find(|(id, _, _)| *id == moved.to)?;
            Some(format!("{name}.{stage}"))
        })
        .collect()
}

/// What a procedure has that nothing crossed, as lists of names by kind.
impl Crossed {
    /// The names of each kind that were not crossed, in the order of the procedure; kinds without any are left out.
    #[must_use]
    pub fn missing(&self, procedure: &Procedure) -> Vec<(&'static str, Vec<String>)> {
        let stages = procedure.tracks().iter().flat_map(|(_, track, row)| {
            row.stages.names().map(move |stage| format!("{track}.{stage}")).collect::<Vec<_>>()
        });
        let names = |names: Vec<String>, crossed: &BTreeSet<String>| -> Vec<String> {
            names.into_iter().filter(|name| !crossed.contains(name)).collect()
        };
        let clocks = || procedure.clocks().names().map(ToString::to_string).collect::<Vec<_>>();
        let acts = procedure.acts().names().map(ToString::to_string).collect();
        let documents = procedure.documents().names().map(ToString::to_string).collect();
        let grounds = procedure.grounds().names().map(ToString::to_string).collect();
        let kinds = [
            ("stages", names(stages.collect(), &self.stages)),
            ("acts", names(acts, &self.acts)),
            ("clocks not started", names(clocks(), &self.started)),
            ("clocks that never ran out", names(clocks(), &self.ran_out)),
            ("documents", names(documents, &self.documents)),
            ("grounds", names(grounds, &self.grounds)),
        ];
        kinds.into_iter().filter(|(_, names)| !names.is_empty()).collect()
    }
}
