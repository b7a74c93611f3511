//! Everything of a procedure that a chronology can cross.

use comity_core::procedure::{Basis, Citation, Clock, DocumentForm, SharedProcedure, Translation};

use super::Crossed;
use super::questions::{moves, questions};

/// What kind of thing is crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A track stood there.
    Stage,
    /// An act was done.
    Act,
    /// A move was taken.
    Move,
    /// A clock was started.
    ClockStarted,
    /// A clock was met.
    ClockMet,
    /// A clock ran out.
    ClockRanOut,
    /// A clock stood still.
    ClockStopped,
    /// A clock was made longer.
    ClockMadeLonger,
    /// That a clock ran out was put right.
    ClockCured,
    /// A clock was switched off.
    ClockSwitchedOff,
    /// Another clock took the place of one that ran.
    ClockReplaced,
    /// A condition was answered yes where it decided.
    Held,
    /// A condition was answered no where it decided.
    Failed,
    /// A document arrived as it is required.
    Document,
    /// A document arrived and lacked its form or its translation.
    DocumentLacking,
    /// A ground was found to apply.
    GroundApplies,
    /// A ground was found not to apply.
    GroundDoesNotApply,
    /// Something came to be owed.
    Owed,
    /// What was owed was done.
    Fulfilled,
}

impl Kind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 19] = [
        Self::Stage,
        Self::Act,
        Self::Move,
        Self::ClockStarted,
        Self::ClockMet,
        Self::ClockRanOut,
        Self::ClockStopped,
        Self::ClockMadeLonger,
        Self::ClockCured,
        Self::ClockSwitchedOff,
        Self::ClockReplaced,
        Self::Held,
        Self::Failed,
        Self::Document,
        Self::DocumentLacking,
        Self::GroundApplies,
        Self::GroundDoesNotApply,
        Self::Owed,
        Self::Fulfilled,
    ];

    /// What is counted, such as `stages`.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Stage => "stages",
            Self::Act => "acts",
            Self::Move => "moves",
            Self::ClockStarted => "clocks started",
            Self::ClockMet => "clocks met",
            Self::ClockRanOut => "clocks that ran out",
            Self::ClockStopped => "clocks stopped",
            Self::ClockMadeLonger => "clocks made longer",
            Self::ClockCured => "clocks cured",
            Self::ClockSwitchedOff => "clocks switched off",
            Self::ClockReplaced => "clocks replaced by another",
            Self::Held => "conditions that held",
            Self::Failed => "conditions that did not hold",
            Self::Document => "documents complete",
            Self::DocumentLacking => "documents that lacked something",
            Self::GroundApplies => "grounds that apply",
            Self::GroundDoesNotApply => "grounds that do not apply",
            Self::Owed => "obligations owed",
            Self::Fulfilled => "obligations met",
        }
    }
}

/// One thing that a chronology can cross.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What kind of thing.
    pub kind: Kind,
    /// Its name, as the procedure writes it.
    pub name: String,
    /// The rule that it belongs to, such as `clock formal-request`; none for a stage.
    pub rule: Option<String>,
    /// The provisions of that rule.
    pub basis: Vec<Citation>,
    /// Whether something crossed it.
    pub is_crossed: bool,
}

impl Crossed {
    /// Everything that can be crossed of `procedure`, in its order, each with whether it was.
    #[must_use]
    pub fn points(&self, procedure: &SharedProcedure) -> Vec<Point> {
        let mut points = Points { crossed: self, procedure, found: Vec::new() };
        points.stages();
        points.acts();
        points.clocks();
        points.questions();
        points.checklists();
        points.found
    }

    fn of(&self, kind: Kind, name: &str) -> bool {
        match kind {
            Kind::Stage => self.stages.contains(name),
            Kind::Act => self.acts.contains(name),
            Kind::ClockStarted => self.started.contains(name),
            Kind::ClockMet => self.met.contains(name),
            Kind::ClockRanOut => self.ran_out.contains(name),
            Kind::ClockStopped => self.stopped.contains(name),
            Kind::ClockMadeLonger => self.made_longer.contains(name),
            Kind::ClockCured => self.cured.contains(name),
            Kind::ClockSwitchedOff => self.switched_off.contains(name),
            Kind::ClockReplaced => self.replaced.contains(name),
            Kind::Document => self.documents.contains(name),
            Kind::DocumentLacking => self.lacking.contains(name),
            Kind::GroundApplies => self.applies.contains(name),
            Kind::GroundDoesNotApply => self.does_not_apply.contains(name),
            Kind::Owed => self.owed.contains(name),
            Kind::Fulfilled => self.fulfilled.contains(name),
            // These are known by their place.
            Kind::Move | Kind::Held | Kind::Failed => false,
        }
    }
}

struct Points<'a> {
    crossed: &'a Crossed,
    procedure: &'a SharedProcedure,
    found: Vec<Point>,
}

impl Points<'_> {
    fn add(&mut self, kind: Kind, name: String, rule: Option<String>, basis: &Basis) {
        let is_crossed = self.crossed.of(kind, &name);
        self.push(Point { kind, name, rule, basis: basis.0.clone(), is_crossed });
    }

    fn push(&mut self, point: Point) {
        self.found.push(point);
    }

    fn stages(&mut self) {
        for (_, track, row) in self.procedure.tracks().iter() {
            for stage in row.stages.names() {
                self.add(Kind::Stage, format!("{track}.{stage}"), None, &Basis::default());
            }
        }
    }

    fn acts(&mut self) {
        for (_, name, act) in self.procedure.acts().iter() {
            self.add(Kind::Act, name.to_string(), Some(format!("act {name}")), &act.basis);
        }
        for (place, one) in moves(self.procedure).iter().enumerate() {
            self.push(Point {
                kind: Kind::Move,
                name: one.name(self.procedure),
                rule: Some(one.rule.words()),
                basis: one.basis.0.clone(),
                is_crossed: one.one.from.iter().any(|from| self.crossed.moves.contains(&(place, *from))),
            });
        }
    }

    fn clocks(&mut self) {
        for (id, name, clock) in self.procedure.clocks().iter() {
            let takes_its_place = |(other, _, row): (_, _, &Clock)| other != id && row.replaces.contains(&id);
            let can = [
                (Kind::ClockStarted, true),
                (Kind::ClockMet, !clock.met_by.is_empty()),
                (Kind::ClockRanOut, true),
                (Kind::ClockStopped, clock.stops.is_some()),
                (Kind::ClockMadeLonger, !clock.extended_by.is_empty()),
                (Kind::ClockCured, !clock.cured_by.is_empty()),
                (Kind::ClockSwitchedOff, clock.off_when.is_some()),
                (Kind::ClockReplaced, self.procedure.clocks().iter().any(takes_its_place)),
            ];
            for (kind, _) in can.into_iter().filter(|(_, can)| *can) {
                let basis = match &clock.stops {
                    Some(stops) if kind == Kind::ClockStopped => stops.basis.or(&clock.basis),
                    Some(_) | None if kind == Kind::ClockRanOut => clock.on_expiry.basis.or(&clock.basis),
                    Some(_) | None => &clock.basis,
                };
                self.add(kind, name.to_string(), Some(format!("clock {name}")), basis);
            }
        }
    }

    fn questions(&mut self) {
        for (place, question) in questions(self.procedure).iter().enumerate() {
            let both = [(Kind::Held, &self.crossed.held), (Kind::Failed, &self.crossed.failed)];
            for (kind, places) in both {
                self.push(Point {
                    kind,
                    name: question.name(self.procedure),
                    rule: Some(question.rule.words()),
                    basis: question.basis.0.clone(),
                    is_crossed: places.contains(&place),
                });
            }
        }
    }

    fn checklists(&mut self) {
        for (_, name, document) in self.procedure.documents().iter() {
            let rule = Some(format!("document {name}"));
            self.add(Kind::Document, name.to_string(), rule.clone(), &document.basis);
            let asks_a_form = matches!(document.form, DocumentForm::Original | DocumentForm::CertifiedCopy);
            if asks_a_form || matches!(document.translated, Translation::Into(_)) {
                self.add(Kind::DocumentLacking, name.to_string(), rule, &document.basis);
            }
        }
        for (_, name, ground) in self.procedure.grounds().iter() {
            for kind in [Kind::GroundApplies, Kind::GroundDoesNotApply] {
                self.add(kind, name.to_string(), Some(format!("ground {name}")), &ground.basis);
            }
        }
        for (_, name, obligation) in self.procedure.obligations().iter() {
            let rule = Some(format!("obligation {name}"));
            self.add(Kind::Owed, name.to_string(), rule.clone(), &obligation.basis);
            if !obligation.met_by.is_empty() {
                self.add(Kind::Fulfilled, name.to_string(), rule, &obligation.basis);
            }
        }
    }
}
