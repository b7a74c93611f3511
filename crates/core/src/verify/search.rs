//! The search: breadth first, so that the path to each configuration is a shortest one.

use std::collections::HashMap;
use std::thread;

use super::expand::{At, Found, Worker};
use super::graph::{Edge, Graph, Kind, Witness};
use super::model::Model;
use super::step::Step;

/// How many configurations are gone on from before what was found is put together.
const AT_A_TIME: usize = 8_192;

/// How few are not worth a second thread.
const FEW: usize = 128;

/// How many threads help at most.
const MOST_THREADS: usize = 16;

/// How many steps that cross one thing are remembered.
const MOST_CROSSINGS: usize = 200;

/// Searches all paths, up to `bound` configurations. The same is found whatever the number of threads.
pub(super) fn search(model: &Model, bound: usize) -> Graph {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let workers: Vec<Worker> = (0..threads).map(|_| Worker::new(model.apart())).collect();
    let mut graph = Graph {
        nodes: Vec::new(),
        edges: Vec::new(),
        known: HashMap::new(),
        is_whole: true,
        crossed: vec![Vec::new(); model.things.count],
    };
    let Some(first) = workers.first() else { return graph };
    let (key, crossed) = first.opening();
    let Some(opening) = graph.enter(&key, 0, Step::Opened, bound) else { return graph };
    for thing in crossed {
        let witness = Witness { before: opening, step: Step::Opened, after: opening };
        graph.crosses(model.things.number(thing), witness);
    }
    let mut done = 0;
    while done < graph.nodes.len() && graph.is_whole {
        let until = graph.nodes.len().min(done + AT_A_TIME);
        for found in expanded(&graph, done..until, &workers) {
            done = graph.take(model, &found, done, bound);
        }
    }
    graph
}

/// Goes on from some configurations, several at once.
fn expanded(graph: &Graph, places: std::ops::Range<usize>, workers: &[Worker]) -> Vec<Found> {
    let is_known: Vec<bool> = graph.crossed.iter().map(|found| found.len() >= MOST_CROSSINGS).collect();
    let nodes = graph.nodes.get(places).unwrap_or_default();
    let expand = |worker: &Worker, nodes: &[super::graph::Node]| {
        let mut found = Found::default();
        for node in nodes {
            worker.expand(&node.key, &is_known, &mut found);
        }
        found
    };
    let (Some((first, others)), true) = (workers.split_first(), nodes.len() >= FEW) else {
        return workers.first().map(|worker| expand(worker, nodes)).into_iter().collect();
    };
    let mut shares = nodes.chunks(nodes.len().div_ceil(workers.len()));
    let own = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let helpers: Vec<_> = others
            .iter()
            .zip(shares)
            .map(|(worker, share)| {
                let expand = &expand;
                // Where no thread can be had, its share is done here.
                (worker, share, thread::Builder::new().spawn_scoped(scope, move || expand(worker, share)))
            })
            .collect();
        let mut found = vec![expand(first, own)];
        for (worker, share, helper) in helpers {
            let helped = helper.ok().and_then(|helper| helper.join().ok());
            found.push(helped.unwrap_or_else(|| expand(worker, share)));
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
    fn take(&mut self, model: &Model, found: &Found, first: usize, bound: usize) -> usize {
        let mut led_to: Vec<Option<Witness>> = Vec::with_capacity(found.steps.len());
        let width = found.keys.len().checked_div(found.steps.len()).unwrap_or(1).max(1);
        let mut keys = found.keys.chunks_exact(width);
        let mut steps = found.steps.iter();
        for (place, (ends, stands)) in (first..).zip(&found.from) {
            let Ok(from) = u32::try_from(place) else { break };
            while led_to.len() < *ends {
                let (Some((step, kind)), Some(key)) = (steps.next(), keys.next()) else { break };
                let to = self.enter(key, from, *step, bound);
                led_to.push(to.map(|after| Witness { before: from, step: *step, after }));
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
                At::Step(step) => led_to.get(*step).copied().flatten(),
                At::Place(place) => u32::try_from(first + place).ok().and_then(|place| self.witness(place)),
            };
            if let Some(witness) = witness {
                self.crosses(model.things.number(*thing), witness);
            }
        }
        first + found.from.len()
    }
}
