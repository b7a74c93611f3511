//! What one look at a case, or one thing about to be recorded in it, crosses.

use comity_core::entry::{Body, What};
use comity_core::name::Name;
use comity_core::procedure::{ActId, ClockId, StageId, TrackId, TrackMoves, Truth};
use comity_core::value::Value;
use comity_core::{Cause, CycleStatus, Doing, Happening, Moved, View};

use super::questions::{Asked, By, moves, questions};
use super::{Coverage, Crossed};

impl Coverage {
    /// Adds what a view shows.
    pub fn see(&mut self, view: &View) {
        let crossed = self.procedures.entry(view.procedure().name().to_string()).or_default();
        crossed.rows(view);
        crossed.clocks(view);
        crossed.taken(view);
        crossed.answers(view);
    }

    /// Adds the answers that an act is given which is about to be recorded, with the facts that come with it.
    pub fn attempt(&mut self, before: &View, bodies: &[Body]) {
        let crossed = self.procedures.entry(before.procedure().name().to_string()).or_default();
        for body in bodies {
            let Some(deed) = body.deed() else { continue };
            if let What::Act { act, facts, .. } = &deed.what {
                crossed.asked(before, act, facts);
            }
        }
    }

    /// Adds that a section cites a provision, for each procedure that it is about.
    pub fn cite(&mut self, procedure: &str, provision: String) {
        self.procedures.entry(procedure.to_owned()).or_default().cited.insert(provision);
    }
}

impl Crossed {
    fn rows(&mut self, view: &View) {
        let stages = view.tracks().into_iter().map(|track| format!("{}.{}", track.name, track.stage_name));
        self.stages.extend(stages);
        self.stages.extend(moved_through(view));
        let done = view.done().filter(|(_, _, done)| !done.is_empty());
        self.acts.extend(done.map(|(_, name, _)| name.to_string()));
        for document in view.documents().iter().filter(|document| !document.arrived.is_empty()) {
            let kind = if document.missing.is_some() { &mut self.lacking } else { &mut self.documents };
            kind.insert(document.name.to_string());
        }
        for ground in view.grounds() {
            let Some(found) = ground.found else { continue };
            self.grounds.insert(ground.name.to_string());
            let kind = if found.applies { &mut self.applies } else { &mut self.does_not_apply };
            kind.insert(ground.name.to_string());
        }
        for obligation in view.obligations() {
            self.owed.insert(obligation.name.to_string());
            if obligation.owed.met.is_some() {
                self.fulfilled.insert(obligation.name.to_string());
            }
        }
    }

    fn clocks(&mut self, view: &View) {
        for clock in view.clocks() {
            let name = clock.name.to_string();
            for cycle in clock.cycles {
                self.started.insert(name.clone());
                if !cycle.stops.is_empty() {
                    self.stopped.insert(name.clone());
                }
                if !cycle.extensions.is_empty() {
                    self.made_longer.insert(name.clone());
                }
                match cycle.status {
                    CycleStatus::Met { .. } => self.met.insert(name.clone()),
                    CycleStatus::RanOut { .. } => self.ran_out.insert(name.clone()),
                    CycleStatus::Cured { .. } => {
                        self.ran_out.insert(name.clone());
                        self.cured.insert(name.clone())
                    }
                    CycleStatus::SwitchedOff { .. } => self.switched_off.insert(name.clone()),
                    CycleStatus::Replaced { by: Some(_), .. } => self.replaced.insert(name.clone()),
                    CycleStatus::Running | CycleStatus::Replaced { by: None, .. } => false,
                };
            }
        }
    }

    /// The moves that were taken: those of each act that was done, of each clock that ran out, of each condition.
    fn taken(&mut self, view: &View) {
        if view.happenings().iter().all(|happening| happening.moved.is_empty()) {
            return;
        }
        let acts: Vec<(ActId, &[Doing])> = view.done().map(|(id, _, done)| (id, done)).collect();
        for (place, one) in moves(view.procedure()).iter().enumerate() {
            let by_it = |happening: &&Happening| match one.by {
                By::Condition(_) => true,
                By::Expiry(clock) => happening.cause == Cause::Expiry(clock),
                By::Act(act) => {
                    let done = acts.iter().filter(|(id, _)| *id == act).flat_map(|(_, done)| *done);
                    done.into_iter().any(|doing| doing.entry == happening.cause)
                }
            };
            let is_it = |moved: &&Moved| {
                moved.track == one.track && moved.to == one.one.to && one.one.from.contains(&moved.from)
            };
            let happened = view.happenings().iter().filter(by_it).flat_map(|happening| &happening.moved);
            self.moves.extend(happened.filter(is_it).map(|moved| (place, moved.from)));
        }
    }

    /// What each question is answered while it is asked.
    fn answers(&mut self, view: &View) {
        let stands = Stands::of(view);
        for (place, question) in questions(view.procedure()).iter().enumerate() {
            let is_asked = match question.asked {
                Asked::Always => true,
                Asked::Of(_, act) => stands.may_try(&act.moves),
                Asked::At(_, track, from) => stands.at(track, from),
                Asked::RanOut(clock) => has_run_out(view, clock),
            };
            if is_asked {
                self.answered(place, view.truth(question.guard, &[]));
            }
        }
    }

    /// What the questions of one act are answered with the facts that come with it.
    fn asked(&mut self, before: &View, act: &Name, facts: &[(Name, Value)]) {
        let Some(act) = before.procedure().acts().find(act.as_str()) else { return };
        let stands = Stands::of(before);
        for (place, question) in questions(before.procedure()).iter().enumerate() {
            let is_its = match question.asked {
                Asked::Of(id, row) => id == act && stands.may_try(&row.moves),
                Asked::At(id, track, from) => id == Some(act) && stands.at(track, from),
                Asked::Always | Asked::RanOut(_) => false,
            };
            if is_its {
                self.answered(place, before.truth(question.guard, facts));
            }
        }
    }

    fn answered(&mut self, question: usize, truth: Truth) {
        match truth {
            Truth::True => self.held.insert(question),
            Truth::False => self.failed.insert(question),
            Truth::Unknown => false,
        };
    }
}

fn has_run_out(view: &View, clock: ClockId) -> bool {
    let Some((_, name, _)) = view.procedure().clocks().iter().find(|(id, _, _)| *id == clock) else {
        return false;
    };
    let clocks = view.clocks();
    let last = clocks.iter().find(|one| one.name == name).and_then(|one| one.cycles.last());
    last.is_some_and(|cycle| matches!(cycle.status, CycleStatus::RanOut { .. }))
}

/// Where the tracks stand.
struct Stands(Vec<(TrackId, StageId)>);

impl Stands {
    fn of(view: &View) -> Self {
        let stages = view.tracks().into_iter().map(|track| track.stands.stage);
        Self(view.procedure().tracks().ids().zip(stages).collect())
    }

    fn at(&self, track: TrackId, from: &[StageId]) -> bool {
        self.0.iter().any(|(id, stage)| *id == track && from.contains(stage))
    }

    /// Whether every track stands where one of the moves begins, or may stay.
    fn may_try(&self, moves: &[TrackMoves]) -> bool {
        let can = |one: &TrackMoves| {
            one.or_stays || one.moves.iter().any(|a_move| self.at(one.track, &a_move.from))
        };
        moves.iter().all(can)
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
