//! How long a search takes, how it grows with tracks and with clocks, and what a million configurations take.
//!
//! Two made-up procedures. In one nothing knows of anything else, so that steps are recalled from one configuration to the
//! next; in the other one rule asks for everything, so that none is. A procedure of a treaty lies between them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench may stop like a test, and its numbers are small"
)]

use std::time::{Duration, Instant};

use comity_core::procedure::{ClockStanding, Procedure, SharedProcedure};
use comity_core::verify::verify;

#[expect(dead_code, reason = "the drafts of the tests are borrowed, and most of their words are not needed")]
#[path = "../tests/law/draft.rs"]
mod draft;

/// More than any search here finds.
const BOUND: usize = 4_000_000;

/// How often each search of a curve is made; the fastest counts, for the machine may be at work for others.
const RUNS: usize = 5;

fn main() {
    curve("tracks that know nothing of each other", &[3, 4, 5, 6, 7, 8], apart);
    curve("clocks that one rule asks for", &[3, 4, 5, 6, 7], tied);
    stress("nothing asks for anything else: ten tracks, ten clocks", &apart(10));
    stress("one rule asks for everything: ten clocks", &tied(10));
}

/// What one configuration takes as a procedure grows, against the smallest.
fn curve(what: &str, sizes: &[usize], of: impl Fn(usize) -> SharedProcedure) {
    println!("{what}:");
    let mut first = None;
    for size in sizes {
        let (configurations, took) = fastest(&of(*size));
        let each = took.as_secs_f64() / configurations as f64;
        let ratio = each / *first.get_or_insert(each);
        println!(
            "  {size}: {configurations} configurations in {took:.1?}, {:.0} a second; each {ratio:.2} times as long as the first",
            1.0 / each
        );
    }
}

fn fastest(procedure: &SharedProcedure) -> (usize, Duration) {
    let mut runs: Vec<(usize, Duration)> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            let found = verify(procedure, BOUND);
            assert!(found.is_whole);
            (found.configurations, began.elapsed())
        })
        .collect();
    runs.sort_by_key(|(_, took)| *took);
    runs[0]
}

/// A million configurations, once.
fn stress(what: &str, procedure: &SharedProcedure) {
    let (began, worked) = (Instant::now(), processor_time());
    let found = verify(procedure, BOUND);
    let took = began.elapsed();
    assert!(found.is_whole && found.configurations > 1_000_000);
    let worked = processor_time().zip(worked).map(|(after, before)| after.saturating_sub(before));
    println!(
        "stress, {what}: {} configurations in {took:.2?}, {:.0} a second; {} of processor time; at most {} of memory so far",
        found.configurations,
        found.configurations as f64 / took.as_secs_f64(),
        worked.map_or_else(|| "an unknown amount".to_owned(), |worked| format!("{worked:.2?}")),
        most_memory().map_or_else(|| "an unknown amount".to_owned(), |kib| format!("{} MiB", kib / 1024)),
    );
}

/// What the process has worked, on all cores. A busy machine lengthens it far less than the time that passes.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}

/// The most memory that the process ever held, in KiB.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// So many tracks that know nothing of each other, each with a limit of its own: four to the power of their number.
fn apart(tracks: usize) -> SharedProcedure {
    let mut procedure = draft::two_states("xn-xc/apart");
    for index in 0..tracks {
        let name = |what: &str| format!("{what}-{index}");
        procedure
            .tracks
            .push(draft::track(&name("track"), &["asked", "heard", "given: given", "lapsed: lapsed"]));
        let mut limit = draft::clock(&name("limit"), "30 days", &[&name("hear")]);
        limit.value.met_by = draft::texts(&[&name("give")]);
        limit.value.on_expiry =
            draft::by_law(vec![draft::moves(&name("track"), "heard -> lapsed, else stays")]);
        procedure.clocks.push(limit);
        let mut hear = draft::act(&name("hear"), "requested/court");
        hear.value.moves = vec![draft::moves(&name("track"), "asked -> heard")];
        let mut give = draft::act(&name("give"), "requested/court");
        give.value.moves = vec![draft::moves(&name("track"), "heard -> given")];
        procedure.acts.extend([hear, give]);
    }
    std::sync::Arc::new(Procedure::from_draft(&procedure).unwrap())
}

/// So many clocks, each started and met by acts of its own, and one condition that asks for all of them: as they have four
/// standings each, about four to the power of their number.
fn tied(clocks: usize) -> SharedProcedure {
    let mut procedure = draft::two_states("xn-xc/tied");
    procedure.tracks.push(draft::track("request", &["open", "over: over"]));
    let mut all_over = Vec::new();
    for index in 0..clocks {
        let name = |what: &str| format!("{what}-{index}");
        let mut limit = draft::clock(&name("limit"), "30 days", &[&name("ask")]);
        limit.value.met_by = draft::texts(&[&name("answer")]);
        limit.value.if_started_again = comity_core::procedure::StartedAgain::RunsOn;
        procedure.clocks.push(limit);
        let mut ask = draft::act(&name("ask"), "requested/court");
        ask.value.when = Some(draft::clock_is(&name("limit"), ClockStanding::NotStarted));
        let mut answer = draft::act(&name("answer"), "requested/court");
        answer.value.when = Some(draft::clock_is(&name("limit"), ClockStanding::Running));
        procedure.acts.extend([ask, answer]);
        all_over.push(draft::clock_is(&name("limit"), ClockStanding::Met));
    }
    let mut over = draft::condition("all-answered", draft::all(&all_over));
    over.value.moves = vec![draft::moves("request", "open -> over, else stays")];
    procedure.conditions.push(over);
    std::sync::Arc::new(Procedure::from_draft(&procedure).unwrap())
}
