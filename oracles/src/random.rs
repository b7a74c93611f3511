//! Random procedures and random runs of them, from a number alone, so that a difference can be looked at again.

use std::fmt::Write as _;

use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_testkit::{StepError, Steps};
use serde_json::{Value, json};

use crate::Outcome;
use crate::made::{HEAD, Numbers, read};

const MINUTE: i64 = 60_000_000;

/// What a procedure is made of, before it is written.
struct Made {
    /// How many stages each track has.
    tracks: Vec<u64>,
    acts: u64,
    clocks: u64,
}

/// A random procedure, unless the checks of the language refuse it.
///
/// One to three tracks of two to five stages; acts that move one or two of them, from some stages, under guards over stages,
/// acts, clocks and a condition; limits in hours that begin anew or run on, are met, and move a track when they run out.
pub(crate) fn procedure(seed: u64) -> Option<SharedProcedure> {
    read(text(seed))
}

/// The file of a random procedure.
pub(crate) fn text(seed: u64) -> String {
    let numbers = &mut Numbers(seed);
    let made = Made {
        tracks: (0..=numbers.below(3)).map(|_| 2 + numbers.below(4)).collect(),
        acts: 6 + numbers.below(8),
        clocks: numbers.below(3),
    };
    written(numbers, &made)
}

fn written(numbers: &mut Numbers, made: &Made) -> String {
    let mut text = String::from(HEAD);
    // Writing to a string does not fail.
    text.push_str("tracks:\n");
    for (track, stages) in made.tracks.iter().enumerate() {
        let _ = writeln!(text, "  t{track}:\n    title: Track {track}\n    starts: s0\n    stages:");
        for stage in 0..*stages {
            if stage > 0 && stage == stages - 1 {
                let _ = writeln!(text, "      s{stage}: {{title: Stage {stage}, final: over}}");
            } else {
                let _ = writeln!(text, "      s{stage}: Stage {stage}");
            }
        }
    }
    let rests_on = guard(numbers, made, false);
    let _ =
        write!(text, "conditions:\n  c0:\n    title: Condition\n    when: {rests_on}\n    cite: treaty 1\n");
    if made.clocks > 0 {
        text.push_str("clocks:\n");
    }
    for clock in 0..made.clocks {
        text.push_str(&clock_text(numbers, made, clock));
    }
    text.push_str("acts:\n");
    for act in 0..made.acts {
        text.push_str(&act_text(numbers, made, act));
    }
    text
}

fn clock_text(numbers: &mut Numbers, made: &Made, clock: u64) -> String {
    let start = numbers.below(made.acts);
    let met = (start + 1 + numbers.below(made.acts - 1)) % made.acts;
    let again = if numbers.once_in(2) { "starts-anew" } else { "runs-on" };
    // Different lengths, so that no two that begin together end together.
    let length = 20 + 37 * clock + numbers.below(30);
    let moves = moves_text(numbers, made, "        ", false);
    format!(
        "  k{clock}:\n    title: Clock {clock}\n    limits: requested/court\n    starts: a{start}\n    \
         if-started-again: {again}\n    length: {length} hours\n    first-hour: counted\n    hours-on-closed-days: run\n    \
         zone: requested\n    met-by: a{met}\n    at-the-same-instant: act-first\n    stops-while: none\n    \
         extended-by: none\n    off-when: never\n    on-expiry:\n      effect: by-law\n      moves:\n{moves}      \
         cite: treaty 1\n    cite: treaty 1\n"
    )
}

fn act_text(numbers: &mut Numbers, made: &Made, act: u64) -> String {
    let moves = moves_text(numbers, made, "      ", true);
    let when = if numbers.once_in(3) {
        format!("    when: {}\n", guard(numbers, made, true))
    } else {
        String::new()
    };
    format!(
        "  a{act}:\n    title: Act {act}\n    by: requested/court\n{when}    moves:\n{moves}    cite: treaty 1\n"
    )
}

/// Moves of one track or two.
fn moves_text(numbers: &mut Numbers, made: &Made, indent: &str, may_insist: bool) -> String {
    let mut text = String::new();
    let tracks = made.tracks.len() as u64;
    let first = numbers.below(tracks);
    let second = numbers.below(tracks);
    for track in if first == second { vec![first] } else { vec![first, second] } {
        let stages = made.tracks.get(usize::try_from(track).unwrap_or_default()).copied().unwrap_or(2);
        let to = 1 + numbers.below(stages - 1);
        let from: Vec<String> = (0..stages - 1)
            .filter(|from| *from != to && !numbers.once_in(3))
            .map(|from| format!("s{from}"))
            .collect();
        let from = if from.is_empty() { "s0".to_owned() } else { from.join(" or ") };
        let stays = !may_insist || numbers.once_in(2);
        if numbers.once_in(3) {
            // Two moves that exclude each other.
            let other = 1 + numbers.below(stages - 1);
            let guard = guard(numbers, made, true);
            let _ = writeln!(text, "{indent}t{track}:");
            let _ = writeln!(text, "{indent}  - {{from: {from}, to: s{to}, when: {guard}}}");
            let _ = writeln!(text, "{indent}  - {{from: {from}, to: s{other}, when: not ({guard})}}");
            if stays {
                let _ = writeln!(text, "{indent}  - else stays");
            }
        } else {
            let stays = if stays { ", else stays" } else { "" };
            let _ = writeln!(text, "{indent}t{track}: {from} -> s{to}{stays}");
        }
    }
    text
}

fn guard(numbers: &mut Numbers, made: &Made, with_condition: bool) -> String {
    let one = statement(numbers, made, with_condition);
    match numbers.below(4) {
        0 => format!("{one} and {}", statement(numbers, made, with_condition)),
        1 => format!("{one} or {}", statement(numbers, made, with_condition)),
        _ => one,
    }
}

fn statement(numbers: &mut Numbers, made: &Made, with_condition: bool) -> String {
    let track = numbers.below(made.tracks.len() as u64);
    let stages = made.tracks.get(usize::try_from(track).unwrap_or_default()).copied().unwrap_or(2);
    match numbers.below(5) {
        0 => format!("act a{} is recorded", numbers.below(made.acts)),
        1 if made.clocks > 0 => format!("clock k{} has run out", numbers.below(made.clocks)),
        2 if with_condition => "condition c0 holds".to_owned(),
        3 => format!("t{track} is not s{}", numbers.below(stages)),
        _ => format!("t{track} is s{}", numbers.below(stages)),
    }
}

/// A random run: acts at random times, and after each where the engine says the tracks stand. No two fall on one minute of the
/// hour, so that no act falls on the end of a limit in whole hours.
pub(crate) fn run(procedure: &SharedProcedure, seed: u64) -> Outcome<Value> {
    let numbers = &mut Numbers(seed);
    let mut case = Steps::open(procedure, "2027-03-01")?;
    let begins = case.now();
    let acts: Vec<String> = procedure.acts().names().map(ToString::to_string).collect();
    let mut steps = Vec::new();
    let mut hours = 0;
    for minute in 1..=(4 + numbers.below(9)) {
        hours += i64::try_from(numbers.below(30))?;
        let seconds = hours * 3_600 + i64::try_from(minute)? * 60;
        case.go_to(after(begins, hours * 60 + i64::try_from(minute)?)?)?;
        let place = usize::try_from(numbers.below(acts.len() as u64))?;
        let act = acts.get(place).ok_or("there is no act")?;
        let is_recorded = match case.record(act) {
            Ok(_) => true,
            Err(StepError::Refused(_)) => false,
            Err(error) => return Err(error.into()),
        };
        steps.push(json!({ "at": seconds, "act": act, "recorded": is_recorded, "stands": stands(&case) }));
        hours += 1;
    }
    // Long after, when every limit has run out.
    case.go_to(after(begins, (hours + 1_000) * 60)?)?;
    steps.push(json!({ "at": (hours + 1_000) * 3_600, "act": null, "stands": stands(&case) }));
    Ok(json!(steps))
}

fn after(begins: Moment, minutes: i64) -> Outcome<Moment> {
    Ok(begins.plus_microseconds(minutes * MINUTE).ok_or("beyond the calendar")?)
}

fn stands(case: &Steps) -> Vec<String> {
    case.view().tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)).collect()
}
