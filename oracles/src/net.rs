//! A procedure as a workflow net: a place for each way in which something may stand, a transition for each way in which an act
//! may be done or a limit may run out.
//!
//! Time is left open, as the verifier leaves it: a limit that runs may run out at any time. What holds is worked out here
//! anew, from the procedure alone; nothing of the engine is asked. The first track closes the case. Whatever ends it takes
//! the tokens of the tracks that have ended too; of others they are left over. Then what was remembered is taken away, one
//! thing after the other.

mod happens;
mod standing;

use std::collections::BTreeSet;

use comity_core::procedure::{Guard, Procedure, Promise, TrackId};
use serde_json::{Map, Value, json};

use crate::Outcome;
use happens::{Happens, asked_for, happens};
pub(crate) use standing::name;
use standing::{Standing, Variable, all_standings, has_ended, stage_name, truth, variables_of};

/// More transitions than this are not put to anybody.
const MOST_TRANSITIONS: usize = 400;
/// Nor are more ways to look at one act.
const MOST_WAYS: usize = 4_000;

/// A transition.
struct Transition {
    /// What it belongs to, such as `act a0`. That one of several never fires says nothing of the procedure.
    task: String,
    takes: Vec<String>,
    puts: Vec<String>,
    /// The stages of tracks that end together with the case: nothing is put there, for nothing may be left.
    ends_at: Vec<String>,
}

/// A workflow net.
struct Net<'p> {
    procedure: &'p Procedure,
    first: TrackId,
    transitions: Vec<Transition>,
    /// What it speaks of.
    variables: BTreeSet<Variable>,
}

/// The net of a procedure, with what is asked of it; nothing if it would be too large.
pub(crate) fn net(procedure: &Procedure) -> Outcome<Option<Map<String, Value>>> {
    let first = procedure.tracks().ids().next().ok_or("there is no track")?;
    let mut variables: BTreeSet<Variable> = procedure.tracks().ids().map(Variable::Track).collect();
    variables.extend(procedure.clocks().ids().map(Variable::Clock));
    let promised: Vec<&Guard> = promises(procedure).into_iter().flat_map(|(_, guards)| guards).collect();
    // What something follows from by itself, or a safeguard asks for, is more than an input of acts.
    let mut kept = BTreeSet::new();
    for guard in &promised {
        kept.extend(variables_of(procedure, guard)?);
    }
    let done = asked_for(procedure, &promised)?;
    let mut all = Vec::new();
    for happens in happens(procedure) {
        let of = happens.variables(procedure, &done)?;
        if happens.is_by_itself() {
            kept.extend(&of);
        }
        variables.extend(&of);
        all.push((happens, of));
    }
    variables.extend(&kept);
    let mut net = Net { procedure, first, transitions: Vec::new(), variables };
    for (happens, of) in &all {
        if !net.add(happens, of)? {
            return Ok(None);
        }
    }
    net.add_inputs(&kept)?;
    net.open_and_close()?;
    Ok(Some(net.json()?))
}

/// The safeguards that ask for places, each with its guards.
fn promises(procedure: &Procedure) -> Vec<(String, Vec<&Guard>)> {
    let safeguards = procedure.safeguards().iter();
    safeguards
        .map(|(_, name, safeguard)| {
            let guards = match &safeguard.promise {
                Promise::Never { when, unless } => std::iter::once(when).chain(unless).collect(),
                Promise::Possible(when) => vec![when],
                Promise::HoldsIn { .. }
                | Promise::Before { .. }
                | Promise::AtMostOnce(_)
                | Promise::AlwaysAfter { .. }
                | Promise::NeverTogether(_)
                | Promise::OnlyBy { .. } => Vec::new(),
            };
            (name.to_string(), guards)
        })
        .collect()
}

impl Net<'_> {
    fn push(&mut self, task: &str, takes: Vec<String>, puts: Vec<String>) {
        self.transitions.push(Transition { task: task.to_owned(), takes, puts, ends_at: Vec::new() });
    }

    fn place(&self, variable: Variable, value: &str) -> Outcome<String> {
        variable.place(self.procedure, value)
    }

    fn places(&self, standing: &Standing) -> Outcome<Vec<String>> {
        standing.iter().map(|(variable, value)| self.place(*variable, value)).collect()
    }

    fn is_over(&self, standing: &Standing) -> bool {
        let stage = standing.get(&Variable::Track(self.first));
        stage.is_some_and(|stage| has_ended(self.procedure, self.first, stage))
    }

    /// Whether a track other than the first has ended.
    fn ends_with_the_case(&self, variable: Variable, value: &str) -> bool {
        match variable {
            Variable::Track(track) => track != self.first && has_ended(self.procedure, track, value),
            Variable::Fact(_)
            | Variable::Ground(_)
            | Variable::Document(_)
            | Variable::Done(_)
            | Variable::Clock(_) => false,
        }
    }

    /// Adds the transitions of an act or a clock; whether there is room for them.
    fn add(&mut self, happens: &Happens<'_>, of: &BTreeSet<Variable>) -> Outcome<bool> {
        let mut ways = 1_usize;
        for variable in of {
            ways = ways.saturating_mul(variable.values(self.procedure)?.len());
        }
        if ways > MOST_WAYS {
            return Ok(false);
        }
        for before in all_standings(self.procedure, of)? {
            // What may still happen once the case is over is no matter.
            if self.is_over(&before) {
                continue;
            }
            for after in happens.after(self.procedure, &before)? {
                // A clock that runs out has its effect where it moves something.
                let without = if after.has_effect { "" } else { ", without effect" };
                let (mut left, mut ended) = (after.standing, Standing::new());
                if self.is_over(&left) {
                    ended = left.clone();
                    ended.retain(|variable, value| self.ends_with_the_case(*variable, value));
                    left.retain(|variable, value| !self.ends_with_the_case(*variable, value));
                }
                self.transitions.push(Transition {
                    task: format!("{}{without}", happens.task),
                    takes: self.places(&before)?,
                    puts: self.places(&left)?,
                    ends_at: self.places(&ended)?,
                });
            }
        }
        if self.transitions.iter().all(|one| one.task != happens.task) {
            // Nothing opens it, wherever things stand: it waits for a case that is opened and not opened yet.
            let begins = Variable::Track(self.first).values(self.procedure)?;
            let begins =
                self.place(Variable::Track(self.first), begins.first().ok_or("there is no stage")?)?;
            let both = vec!["i".to_owned(), begins];
            self.push(&happens.task, both.clone(), both);
        }
        Ok(self.transitions.len() <= MOST_TRANSITIONS)
    }

    /// Facts, findings and documents may be recorded at any time; nothing is ever forgotten.
    fn add_inputs(&mut self, kept: &BTreeSet<Variable>) -> Outcome<()> {
        for variable in self.variables.clone().into_iter().filter(|variable| variable.is_input()) {
            let task = if kept.contains(&variable) { "input that matters" } else { "input" };
            let values = variable.values(self.procedure)?;
            for (from, value) in values.iter().enumerate() {
                for to in values.iter().skip(1).filter(|to| *to != value && (from == 0 || values.len() > 2)) {
                    let places = [self.place(variable, value)?, self.place(variable, to)?];
                    let [takes, puts] = places.map(|place| vec![place]);
                    self.push(task, takes, puts);
                }
            }
        }
        Ok(())
    }

    fn open_and_close(&mut self) -> Outcome<()> {
        let variables = self.variables.clone();
        let mut begins = Vec::new();
        for variable in &variables {
            let values = variable.values(self.procedure)?;
            begins.push(self.place(*variable, values.first().ok_or("it stands in no way")?)?);
        }
        self.push("open", vec!["i".to_owned()], begins);
        let remembered: Vec<Variable> =
            variables.into_iter().filter(|variable| !matches!(variable, Variable::Track(_))).collect();
        let closing =
            |step: usize| if step == remembered.len() { "o".to_owned() } else { format!("closing-{step}") };
        for end in self.ends()? {
            self.push("close", vec![end], vec![closing(0)]);
        }
        for (step, variable) in remembered.iter().enumerate() {
            for value in variable.values(self.procedure)? {
                let place = self.place(*variable, &value)?;
                self.push("close", vec![closing(step), place], vec![closing(step + 1)]);
            }
        }
        Ok(())
    }

    /// The places of the outcomes of the first track.
    fn ends(&self) -> Outcome<Vec<String>> {
        let first = Variable::Track(self.first);
        let stages = first.values(self.procedure)?;
        let ends = stages.iter().filter(|stage| has_ended(self.procedure, self.first, stage));
        ends.map(|stage| self.place(first, stage)).collect()
    }

    /// The net, and where it shows what the verifier is asked.
    fn json(&self) -> Outcome<Map<String, Value>> {
        let transitions: Vec<Value> = self
            .transitions
            .iter()
            .enumerate()
            .map(|(number, one)| {
                json!({
                    "name": format!("{} #{number}", one.task),
                    "task": one.task,
                    "takes": one.takes,
                    "puts": one.puts,
                    "ends at": one.ends_at,
                })
            })
            .collect();
        let mut stages = Map::new();
        for (id, name, track) in self.procedure.tracks().iter() {
            for stage in track.stages.ids() {
                let stage = stage_name(self.procedure, id, stage)?;
                stages.insert(format!("{name} is {stage}"), json!(self.place(Variable::Track(id), &stage)?));
            }
        }
        let clocks = self.procedure.clocks().iter();
        let clocks: Map<String, Value> = clocks
            .map(|(_, name, clock)| {
                let told = json!({ "place": name.as_str(), "can be met": !clock.met_by.is_empty() });
                (format!("clock {name}"), told)
            })
            .collect();
        let mut asked = Map::new();
        for (name, guards) in promises(self.procedure) {
            if let [guard] = guards.as_slice() {
                asked.insert(name, json!(self.shown(guard)?));
            }
        }
        let acts: Vec<String> = self.procedure.acts().names().map(|name| format!("act {name}")).collect();
        Ok([
            ("transitions", json!(transitions)),
            ("ends", json!(self.ends()?)),
            ("acts", json!(acts)),
            ("stages", json!(stages)),
            ("clocks", json!(clocks)),
            ("asked", json!(asked)),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect())
    }

    /// Each way in which things may stand so that a guard holds, as places that are then marked.
    fn shown(&self, guard: &Guard) -> Outcome<Vec<Vec<String>>> {
        let mut shown = Vec::new();
        for standing in all_standings(self.procedure, &variables_of(self.procedure, guard)?)? {
            if truth(self.procedure, guard, &standing)? == 2 {
                shown.push(self.places(&standing)?);
            }
        }
        Ok(shown)
    }
}
