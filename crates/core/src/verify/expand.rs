//! The steps from one configuration, each taken or, where it was taken before, recalled.

use super::configuration::ClockPlaces;
use super::graph::{Graph, Kind, Stands};
use super::model::{Model, ends_ahead};
use super::recall::{Answer, Question, Recall};
use super::step::{Step, Thing};
use super::taken::{Desk, From, Taker};
use crate::procedure::{ActId, ClockId};

/// Goes on from configurations; several may do so at once.
pub(super) struct Worker {
    pub(super) taker: Taker,
    recall: Recall,
    desk: Desk,
    /// Which stages of the first track are outcomes.
    ends: Vec<bool>,
    /// For each clock that is remembered, whether it has an end as soon as it begins.
    sure: Vec<bool>,
}

/// What was found from some configurations.
#[derive(Default)]
pub(super) struct Found {
    /// The steps, from one configuration after the other.
    pub(super) steps: Vec<(Step, Kind)>,
    /// The keys to which they lead, one after the other.
    pub(super) keys: Vec<u64>,
    /// For each of them, the configuration, if it was known when the step was taken.
    pub(super) known: Vec<Option<u32>>,
    /// For each configuration that was gone on from, where its steps end, and how it stands.
    pub(super) from: Vec<(usize, Stands)>,
    /// What was crossed: by a step, or by being at a configuration that was gone on from.
    pub(super) crossed: Vec<(At, usize)>,
}

/// Where something was crossed.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// By the step with this number.
    Step(usize),
    /// In the configuration with this number, of those gone on from.
    Place(usize),
}

impl Worker {
    pub(super) fn new(model: Model, questions: Vec<(Question, Vec<(usize, u64)>)>) -> Self {
        let procedure = &model.procedure;
        let first = procedure.tracks.iter().next();
        let ends =
            first.map(|(_, _, track)| track.stages.iter().map(|(_, _, row)| row.outcome.is_some()).collect());
        let sure = model.clocks.iter().map(|clock| ends_ahead(procedure, *clock)).collect();
        Self {
            ends: ends.unwrap_or_default(),
            sure,
            recall: Recall::new(questions),
            desk: Desk::new(&model),
            taker: Taker::new(model),
        }
    }

    /// Goes on from the configuration with `key`. Things of `is_known` were crossed often enough already.
    pub(super) fn expand(&mut self, key: &[u64], is_known: &[bool], found: &mut Found) {
        let from = From::new(&self.taker.model, key);
        let mut stands = self.stands(key);
        let mut somebody_acts = false;
        self.desk.leave();
        for number in 0..self.recall.len() {
            let Some(question) = self.recall.question(number) else { break };
            if !self.taker.model.is_to_be_asked(question, key, is_known) {
                continue;
            }
            let (taker, desk) = (&self.taker, &mut self.desk);
            let answer =
                self.recall.answer(number, key, |question, taken| taker.take(from, question, desk, taken));
            let Some(answer) = answer else { continue };
            let leads_elsewhere = found.take(key, answer, is_known);
            somebody_acts |= match question {
                Question::Act(_) => !answer.taken.steps.is_empty(),
                Question::Deed(_) => leads_elsewhere,
                Question::Shown(_) | Question::Seen(_) | Question::Settles | Question::RunsOut(..) => false,
            };
        }
        stands.claim(Stands::NOBODY_ACTS, !somebody_acts);
        found.from.push((found.steps.len(), stands));
    }

    fn stands(&self, key: &[u64]) -> Stands {
        let layout = &self.taker.model.layout;
        let first = layout.tracks.first().and_then(|place| self.ends.get(place.take(key)));
        let mut clocks = layout.clocks.iter().zip(&self.sure);
        let mut stands = Stands::default();
        stands.claim(Stands::HAS_OUTCOME, first.copied().unwrap_or(false));
        stands.claim(Stands::HAS_SURE_END, clocks.any(|(clock, is_sure)| *is_sure && clock.runs(key)));
        stands
    }
}

impl Model {
    /// Whether a question is worth a look: whether an act is not closed already by where the tracks stand, a clock runs, and
    /// what is watched for was not seen often enough already.
    fn is_to_be_asked(&self, question: Question, key: &[u64], is_known: &[bool]) -> bool {
        match question {
            Question::Act(act) => !self.is_closed_by_stage(act, key),
            Question::RunsOut(index, clock) => self.may_run_out(key, index, clock),
            Question::Seen(seen) => {
                let thing = Thing::Watched(self.watch.number(seen));
                !is_known.get(self.things.number(thing)).copied().unwrap_or(false)
            }
            Question::Shown(_) | Question::Deed(_) | Question::Settles => true,
        }
    }

    /// Whether no value of any fact can open an act where the tracks stand.
    fn is_closed_by_stage(&self, act: ActId, key: &[u64]) -> bool {
        self.procedure.acts.at(act).moves.iter().any(|moves| {
            let here = self.stage_in(key, moves.track);
            !moves.or_stays && !moves.moves.iter().any(|one| one.from.iter().any(|from| here == Some(*from)))
        })
    }

    /// Whether a clock runs and no other that runs surely ends before it.
    fn may_run_out(&self, key: &[u64], index: usize, clock: ClockId) -> bool {
        let runs = |places: &ClockPlaces| places.runs(key);
        self.layout.clocks.get(index).is_some_and(runs)
            && !self.is_forestalled(clock, |other| {
                let mut clocks = self.clocks.iter().zip(&self.layout.clocks);
                clocks.any(|(id, places)| *id == other && runs(places))
            })
    }
}

impl Found {
    /// Writes down the steps of an answer; whether one of them leads elsewhere.
    fn take(&mut self, key: &[u64], answer: Answer<'_>, is_known: &[bool]) -> bool {
        let is_new = |thing: &usize| !is_known.get(*thing).copied().unwrap_or(false);
        let mut things = answer.taken.things.iter().copied();
        let mut leads_elsewhere = false;
        let mut begins = 0;
        for (index, (step, kind, ends)) in answer.taken.steps.iter().enumerate() {
            let crossed = things.by_ref().take(ends - begins).filter(is_new);
            self.crossed.extend(crossed.map(|thing| (At::Step(self.steps.len()), thing)));
            begins = *ends;
            let length = self.keys.len();
            answer.lead(key, index, &mut self.keys);
            leads_elsewhere |= self.keys.get(length..) != Some(key);
            self.steps.push((*step, *kind));
        }
        let place = At::Place(self.from.len());
        self.crossed.extend(things.filter(is_new).map(|thing| (place, thing)));
        leads_elsewhere
    }

    /// Looks up where the steps lead: all at once, for each look waits for memory, and so they wait together.
    pub(super) fn look_up(&mut self, graph: &Graph) {
        self.known.extend(self.keys.chunks_exact(graph.keys.width().max(1)).map(|key| graph.keys.find(key)));
    }
}
