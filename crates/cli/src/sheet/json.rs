//! The parts of a case as values for programs.

use comity_core::procedure::Truth;
use comity_core::{ClockView, Rejection, explain_run};
use serde_json::{Value, json};

use super::{Sheet, derivation, words};

impl Sheet<'_> {
    /// The whole case.
    pub(crate) fn document(&self) -> Value {
        let asked = self.view.asked();
        json!({
            "at": asked.at.to_string(),
            "known_at": asked.known_at.to_string(),
            "version": self.view.version().0,
            "over": self.view.is_over(),
            "tracks": self.tracks_json(),
            "limits": self.view.clocks().iter().map(|clock| self.clock_json(clock)).collect::<Vec<_>>(),
            "owed": self.owed_json(),
            "documents": self.documents_json(),
            "grounds": self.grounds_json(),
            "facts": self.facts_json(),
            "acts": self.acts_json(),
            "timeline": self.timeline_json(),
            "entries": self.entries_json(),
        })
    }

    fn tracks_json(&self) -> Value {
        let tracks = self.view.tracks();
        let track = |track: &comity_core::TrackView<'_>| {
            json!({
                "name": track.name.as_str(),
                "title": track.track.title,
                "stage": track.stage_name.as_str(),
                "stage_title": track.stage.title,
                "outcome": track.stage.outcome,
                "since": track.stands.since.to_string(),
                "because": self.cause(track.stands.cause),
            })
        };
        tracks.iter().map(track).collect()
    }

    /// One clock with every run and its derivation.
    pub(crate) fn clock_json(&self, clock: &ClockView<'_>) -> Value {
        let now = self.view.asked().at;
        let runs = clock.cycles.iter().map(|cycle| {
            let explained = explain_run(self.view, clock, cycle);
            let steps = explained.steps.iter().map(|step| json!({ "about": step.about, "says": step.says }));
            json!({
                "started": cycle.started.to_string(),
                "last_day": explained.last_day.map(|day| day.to_string()),
                "ends": explained.ends.map(|ends| ends.to_string()),
                "left": words::left(&cycle.end, clock.zone, now),
                "says": words::ending(&cycle.end, &cycle.status, clock.zone, now),
                "derivation": derivation::of_run(cycle),
                "steps": steps.collect::<Vec<_>>(),
            })
        });
        json!({
            "name": clock.name.as_str(),
            "title": clock.clock.title,
            "basis": clock.clock.basis.to_string(),
            "zone": clock.zone.name(),
            "standing": clock.standing.word(),
            "runs": runs.collect::<Vec<_>>(),
        })
    }

    fn owed_json(&self) -> Value {
        let owed = self.view.obligations();
        let one = |one: &comity_core::ObligationView<'_>| {
            json!({
                "name": one.name.as_str(),
                "title": one.obligation.title,
                "bearer": one.bearer.0.as_str(),
                "basis": one.obligation.basis.to_string(),
                "since": one.owed.since.to_string(),
                "because": self.cause(one.owed.cause),
                "met": one.owed.met.map(|(_, when)| when.to_string()),
            })
        };
        owed.iter().map(one).collect()
    }

    fn documents_json(&self) -> Value {
        let documents = self.view.documents();
        let one = |one: &comity_core::DocumentView<'_>| {
            json!({
                "name": one.name.as_str(),
                "title": one.document.title,
                "set": one.set.as_str(),
                "needed": truth(one.needed),
                "arrived": one.arrived.iter().map(|arrived| arrived.when.to_string()).collect::<Vec<_>>(),
                "missing": one.missing,
                "basis": one.document.basis.to_string(),
            })
        };
        documents.iter().map(one).collect()
    }

    fn grounds_json(&self) -> Value {
        let grounds = self.view.grounds();
        let one = |one: &comity_core::GroundView<'_>| {
            json!({
                "name": one.name.as_str(),
                "title": one.ground.title,
                "force": one.ground.force.word(),
                "applies": one.found.map(|found| found.applies),
                "considered": one.found.map(|found| found.when.to_string()),
                "basis": one.ground.basis.to_string(),
            })
        };
        grounds.iter().map(one).collect()
    }

    fn facts_json(&self) -> Value {
        let facts = self.view.facts();
        let one = |one: &comity_core::FactView<'_>| {
            json!({
                "name": one.name.as_str(),
                "title": one.fact.title,
                "value": one.known.map(|known| known.value.reveal()),
                "since": one.known.map(|known| known.since.to_string()),
            })
        };
        facts.iter().map(one).collect()
    }

    fn acts_json(&self) -> Value {
        let acts = self.view.acts();
        let because =
            |because: &Rejection| json!({ "code": because.code().word(), "says": because.to_string() });
        let one = |one: &comity_core::ActView<'_>| {
            json!({
                "name": one.name.as_str(),
                "title": one.act.title,
                "by": one.by.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
                "basis": one.basis().to_string(),
                "open": one.is_open(),
                "closed_because": one.closed_because.iter().map(because).collect::<Vec<_>>(),
                "done": one.done.iter().map(|done| done.when.to_string()).collect::<Vec<_>>(),
            })
        };
        acts.iter().map(one).collect()
    }

    fn timeline_json(&self) -> Value {
        let one = |one: &comity_core::Happening| {
            json!({
                "when": one.when.to_string(),
                "recorded": self.recorded(one.cause).map(|at| at.to_string()),
                "what": one.what.label(self.view.procedure()),
                "says": self.what(one),
                "because": self.cause(one.cause),
                "moved": words::moved(one, self.view.procedure()),
            })
        };
        self.view.happenings().iter().map(one).collect()
    }

    fn entries_json(&self) -> Value {
        let one = |one: &comity_core::entry::Entry| {
            json!({
                "number": one.number.get(),
                "recorded_at": one.recorded_at.to_string(),
                "recorded_by": one.recorded_by.reveal(),
                "says": words::body(&one.body, self.view.procedure()).1,
            })
        };
        self.entries.iter().map(one).collect()
    }
}

fn truth(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}
