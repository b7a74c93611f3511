//! The search: breadth first, so that the path to each configuration is a shortest one.

use std::ops::Range;
use std::thread;

use super::expand::{At, Found, Worker};
use super::graph::{Edge, Graph, Kind, Witness};
use super::keys::Keys;
use super::model::Model;
use super::recall::questions;
use super::step::Step;

/// How many configurations are gone on from before what was found is put together.
const AT_A_TIME: usize = 8_192;

/// How few are not worth a second thread.
const FEW: usize = 128;

/// How many threads help at most.
const MOST_THREADS: usize = 16;

/// How many steps that cross one thing are remembered.
const MOST_CROSSINGS: usize = 200;

/// Searches all paths, up to `bound` configurations. The same is found whatever the number of threads, and whether each
/// step is taken by itself, as with `is_plain`, or recalled where it was taken before.
pub(super) fn search(model: &Model, bound: usize, is_plain: bool) -> Graph {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let questions = questions(model, is_plain);
    let mut workers: Vec<Worker> =
        (0..threads).map(|_| Worker::new(model.apart(), questions.clone())).collect();
    let mut graph = Graph {
        nodes: Vec::new(),
        keys: Keys::new(model.width()),
        edges: Vec::new(),
        is_whole: true,
        crossed: vec![Vec::new(); model.things.count],
    };
    let Some(first) = workers.first() else { return graph };
    let (key, crossed) = first.taker.opening();
    let Some(opening) = graph.enter(&key, 0, Step::Opened, bound) else { return graph };
    for thing in crossed {
        let witness = Witness { before: opening, step: Step::Opened, after: opening };
        graph.crosses(model.things.number(thing), witness);
    }
    let mut done = 0;
    while done < graph.nodes.len() && graph.is_whole {
        let until = graph.nodes.len().min(done + AT_A_TIME);
        for found in expanded(&graph, done..until, &mut workers) {
            done = graph.take(&found, done, bound);
        }
    }
    graph
}

/// Goes on from some configurations, several at once.
fn expanded(graph: &Graph, places: Range<usize>, workers: &mut [Worker]) -> Vec<Found> {
    let is_known: Vec<bool> = graph.crossed.iter().map(|found| found.len() >= MOST_CROSSINGS).collect();
    let expand = |worker: &mut Worker, places: Range<usize>| {
        let mut found = Found::default();
        for place in places {
            if let Some(key) = u32::try_from(place).ok().and_then(|place| graph.keys.at(place)) {
                worker.expand(key, &is_known, &mut found);
            }
        }
        found.look_up(graph);
        found
    };
    let size = if places.len() < FEW { places.len() } else { places.len().div_ceil(workers.len()) };
    let mut shares = places.clone().step_by(size.max(1)).map(|from| from..(from + size).min(places.end));
    let (Some((first, others)), Some(own)) = (workers.split_first_mut(), shares.next()) else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let helpers: Vec<_> = others
            .iter_mut()
            .zip(shares)
            .map(|(worker, share)| {
                let (expand, part) = (&expand, share.clone());
                // Where no thread can be had, its share is done here.
                (share, thread::Builder::new().spawn_scoped(scope, move || expand(worker, part)))
            })
            .collect();
        let mut found = vec![expand(first, own)];
        for (share, helper) in helpers {
            let helped = helper.ok().and_then(|helper| helper.join().ok());
            found.push(helped.unwrap_or_else(|| expand(first, share)));
        }
        found
    })
}

impl Graph {
    fn crosses(&mut self, thing: usize, witness: Witness) {
        if let Some(known) = self.crossed.get_mut(thing).filter(|known| known.len() < MOST_CROSSINGS) {
            known.push(witness);
        }
    }

    /// Takes in what was found from the configurations from `first` on; gives the one after them.
    fn take(&mut self, found: &Found, first: usize, bound: usize) -> usize {
        let mut led_to: Vec<Option<u32>> = Vec::with_capacity(found.steps.len());
        let mut keys = found.keys.chunks_exact(self.keys.width().max(1));
        let mut steps = found.steps.iter().zip(&found.known);
        for (place, (ends, stands)) in (first..).zip(&found.from) {
            let Ok(from) = u32::try_from(place) else { break };
            while led_to.len() < *ends {
                let (Some(((step, kind), known)), Some(key)) = (steps.next(), keys.next()) else { break };
                let to = known.or_else(|| self.enter(key, from, *step, bound));
                led_to.push(to);
                // A deed that changes nothing leads nowhere; a clock that begins again and again does.
                let leads_on = to != Some(from) || !matches!(kind, Kind::Deed | Kind::PerhapsDeed);
                self.edges.extend(to.filter(|_| leads_on).map(|to| Edge::new(to, *kind)));
            }
            let edges_end = u32::try_from(self.edges.len()).unwrap_or(u32::MAX);
            // More steps than can be numbered are more than were searched.
            self.is_whole &= edges_end != u32::MAX;
            if let Some(node) = self.nodes.get_mut(place) {
                (node.edges_end, node.stands) = (edges_end, *stands);
            }
        }
        for (at, thing) in &found.crossed {
            let witness = match at {
                At::Step(number) => {
                    // Where the steps of a configuration end lies after all of its own.
                    let place = first + found.from.partition_point(|(ends, _)| ends <= number);
                    let (step, after) = (found.steps.get(*number), led_to.get(*number).copied().flatten());
                    u32::try_from(place)
                        .ok()
                        .zip(step)
                        .zip(after)
                        .map(|((before, (step, _)), after)| Witness { before, step: *step, after })
                }
                At::Place(place) => u32::try_from(first + place).ok().and_then(|place| self.witness(place)),
            };
            if let Some(witness) = witness {
                self.crosses(*thing, witness);
            }
        }
        first + found.from.len()
    }
}
