//! Random procedures and random runs of them, from a number alone, so that a difference can be looked at again.

use std::fmt::Write as _;

use comity_core::name::Name;
use comity_core::procedure::SharedProcedure;
use comity_core::time::Moment;
use comity_testkit::{StepError, Steps};
use serde_json::{Map, Value, json};

use crate::Outcome;
use crate::made::{HEAD, Numbers, read};

const MINUTE: i64 = 60_000_000;

/// The condition that may start and meet clocks.
const STARTS_CLOCKS: u64 = 1;

/// What a procedure is made of, before it is written.
struct Made {
    /// How many stages each track has.
    tracks: Vec<u64>,
    acts: u64,
    clocks: u64,
    conditions: u64,
    facts: u64,
    documents: u64,
    grounds: u64,
}

/// A random procedure, unless the checks of the language refuse it.
///
/// One to three tracks of two to five stages; acts that move one or two of them, from some stages, under guards over stages,
/// acts, clocks, facts, documents, grounds and conditions, and that record facts; conditions that move tracks, and start and
/// meet clocks; limits in hours that begin anew or run on, are met, and move a track when they run out.
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
        conditions: 1 + numbers.below(3),
        facts: numbers.below(3),
        documents: numbers.below(3),
        grounds: numbers.below(3),
    };
    written(numbers, &made)
}

fn written(numbers: &mut Numbers, made: &Made) -> String {
    let mut text = String::from(HEAD);
    // Writing to a string does not fail.
    for fact in 0..made.facts {
        let head = if fact == 0 { "facts:\n" } else { "" };
        let _ = writeln!(text, "{head}  f{fact}: {{title: Fact, type: yes-no, cite: treaty 1}}");
    }
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
    text.push_str("conditions:\n");
    for condition in 0..made.conditions {
        text.push_str(&condition_text(numbers, made, condition));
    }
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
    for document in 0..made.documents {
        let head = if document == 0 { "documents:\n" } else { "" };
        let when = if made.facts > 0 && numbers.once_in(3) { "when: f0 is yes, " } else { "" };
        let _ = writeln!(
            text,
            "{head}  d{document}: {{title: Document, for: request, {when}form: not-stated, \
             translated: not-stated, cite: treaty 1}}"
        );
    }
    for ground in 0..made.grounds {
        let head = if ground == 0 { "grounds:\n" } else { "" };
        let kind = if numbers.once_in(2) { "mandatory" } else { "optional" };
        let _ = writeln!(
            text,
            "{head}  g{ground}: {{title: Ground, kind: {kind}, considered-by: requested/court, cite: treaty 1}}"
        );
    }
    text
}

/// A condition; the first moves nothing.
fn condition_text(numbers: &mut Numbers, made: &Made, condition: u64) -> String {
    let mut when = guard(numbers, made, condition);
    if condition == STARTS_CLOCKS {
        // A case of a table opens on a day, from which no limit in hours is counted.
        when = format!("({when}) and act a{} is recorded", numbers.below(made.acts));
    }
    let moves = if condition > 0 {
        format!("    moves:\n{}", moves_text(numbers, made, ("      ", condition), false))
    } else {
        String::new()
    };
    format!("  c{condition}:\n    title: Condition\n    when: {when}\n{moves}    cite: treaty 1\n")
}

fn clock_text(numbers: &mut Numbers, made: &Made, clock: u64) -> String {
    let start = numbers.below(made.acts);
    let met = (start + 1 + numbers.below(made.acts - 1)) % made.acts;
    // Sometimes a condition starts or meets it too, but never both.
    let (starts, met_by) = match (made.conditions, numbers.below(5)) {
        (2.., 0) => (format!("[a{start}, c{STARTS_CLOCKS}]"), format!("a{met}")),
        (2.., 1) => (format!("a{start}"), format!("[a{met}, c{STARTS_CLOCKS}]")),
        _ => (format!("a{start}"), format!("a{met}")),
    };
    let again = if numbers.once_in(2) { "starts-anew" } else { "runs-on" };
    // Different lengths, so that no two that begin together end together.
    let length = 20 + 37 * clock + numbers.below(30);
    let moves = moves_text(numbers, made, ("        ", made.conditions), false);
    format!(
        "  k{clock}:\n    title: Clock {clock}\n    limits: requested/court\n    starts: {starts}\n    \
         if-started-again: {again}\n    length: {length} hours\n    first-hour: counted\n    hours-on-closed-days: run\n    \
         zone: requested\n    met-by: {met_by}\n    at-the-same-instant: act-first\n    stops-while: none\n    \
         extended-by: none\n    off-when: never\n    on-expiry:\n      effect: by-law\n      moves:\n{moves}      \
         cite: treaty 1\n    cite: treaty 1\n"
    )
}

fn act_text(numbers: &mut Numbers, made: &Made, act: u64) -> String {
    let moves = moves_text(numbers, made, ("      ", made.conditions), true);
    let when = if numbers.once_in(3) {
        format!("    when: {}\n", guard(numbers, made, made.conditions))
    } else {
        String::new()
    };
    let mut records = String::new();
    if made.facts > 0 && numbers.once_in(3) {
        let key = one_of(numbers, &["records", "may-record"]);
        let _ = writeln!(records, "    {key}: f{}", numbers.below(made.facts));
    }
    format!(
        "  a{act}:\n    title: Act {act}\n    by: requested/court\n{when}    moves:\n{moves}{records}    \
         cite: treaty 1\n"
    )
}

/// Moves of one track or two.
fn moves_text(
    numbers: &mut Numbers,
    made: &Made,
    (indent, conditions): (&str, u64),
    may_insist: bool,
) -> String {
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
            let guard = guard(numbers, made, conditions);
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

/// A guard that may speak of the first `conditions`.
fn guard(numbers: &mut Numbers, made: &Made, conditions: u64) -> String {
    let one = statement(numbers, made, conditions);
    match numbers.below(4) {
        0 => format!("{one} and {}", statement(numbers, made, conditions)),
        1 => format!("{one} or {}", statement(numbers, made, conditions)),
        _ => one,
    }
}

fn statement(numbers: &mut Numbers, made: &Made, conditions: u64) -> String {
    let track = numbers.below(made.tracks.len() as u64);
    let stages = made.tracks.get(usize::try_from(track).unwrap_or_default()).copied().unwrap_or(2);
    match numbers.below(8) {
        0 => format!("act a{} is recorded", numbers.below(made.acts)),
        1 if made.clocks > 0 => format!("clock k{} has run out", numbers.below(made.clocks)),
        2 if conditions > 0 => format!("condition c{} holds", numbers.below(conditions)),
        3 => format!("t{track} is not s{}", numbers.below(stages)),
        4 if made.facts > 0 => {
            let fact = numbers.below(made.facts);
            let stands = ["is yes", "is no", "is not yes", "is known", "is unknown"];
            format!("f{fact} {}", one_of(numbers, &stands))
        }
        5 if made.documents > 0 => {
            let document = format!("document d{} is complete", numbers.below(made.documents));
            one_of(numbers, &[&document, "documents for request are complete"]).to_owned()
        }
        6 if made.grounds > 0 => {
            let ground = numbers.below(made.grounds);
            let stands = ["applies", "does not apply", "is considered", "is not considered"];
            let one = format!("ground g{ground} {}", one_of(numbers, &stands));
            let all =
                ["any mandatory ground applies", "every ground is considered", "no optional ground applies"];
            if numbers.once_in(2) { one } else { one_of(numbers, &all).to_owned() }
        }
        _ => format!("t{track} is s{}", numbers.below(stages)),
    }
}

fn one_of<'t>(numbers: &mut Numbers, of: &[&'t str]) -> &'t str {
    let chosen = usize::try_from(numbers.below(of.len() as u64)).unwrap_or_default();
    of.get(chosen).copied().unwrap_or_default()
}

/// A random run: acts at random times, and other things that become known, and after each where the engine says the tracks
/// stand. No two fall on one minute of the hour, so that none falls on the end of a limit in whole hours.
pub(crate) fn run(procedure: &SharedProcedure, seed: u64) -> Outcome<Value> {
    let numbers = &mut Numbers(seed);
    let mut case = Steps::open(procedure, "2027-03-01")?;
    let begins = case.now();
    let mut steps = Vec::new();
    let mut hours = 0;
    for minute in 1..=(4 + numbers.below(9)) {
        hours += i64::try_from(numbers.below(30))?;
        let seconds = hours * 3_600 + i64::try_from(minute)? * 60;
        case.go_to(after(begins, hours * 60 + i64::try_from(minute)?)?)?;
        let happens = happens(procedure, numbers)?;
        let is_recorded = match case.record(&happens.words) {
            Ok(_) => true,
            Err(StepError::Refused(_)) => false,
            Err(error) => return Err(format!("{}: {error}", happens.words).into()),
        };
        steps.push(json!({
            "at": seconds,
            "event": happens.event,
            "with": happens.with,
            "recorded": is_recorded,
            "stands": stands(&case),
        }));
        hours += 1;
    }
    // Long after, when every limit has run out.
    case.go_to(after(begins, (hours + 1_000) * 60)?)?;
    steps.push(json!({ "at": (hours + 1_000) * 3_600, "event": null, "stands": stands(&case) }));
    Ok(json!(steps))
}

/// Something that is recorded: for the engine in words, for the judge as an event with what belongs to it.
struct Happens {
    words: String,
    event: String,
    with: Map<String, Value>,
}

/// An act most of the time; or a fact, a document or a finding.
fn happens(procedure: &SharedProcedure, numbers: &mut Numbers) -> Outcome<Happens> {
    let other = |words: String, event: &str, with: [(&str, &str); 2]| Happens {
        words,
        event: event.to_owned(),
        with: with.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect(),
    };
    let value = one_of(numbers, &["yes", "no"]);
    match numbers.below(12) {
        0 if !procedure.facts().is_empty() => {
            let fact = any_of(numbers, procedure.facts().names())?;
            Ok(other(format!("fact {fact} = {value}"), "learned", [("fact", &fact), ("value", value)]))
        }
        1 if !procedure.documents().is_empty() => {
            let document = any_of(numbers, procedure.documents().names())?;
            let with = [("document", document.as_str()), ("form", "original")];
            Ok(other(format!("document {document}"), "arrived", with))
        }
        2 if !procedure.grounds().is_empty() => {
            let ground = any_of(numbers, procedure.grounds().names())?;
            let stands = one_of(numbers, &["applies", "does not apply"]);
            let with = [("ground", ground.as_str()), ("stands", stands)];
            Ok(other(format!("ground {ground} {stands}"), "found", with))
        }
        _ => act(procedure, numbers),
    }
}

/// An act with the facts that it records; those that it may record it leaves out sometimes.
fn act(procedure: &SharedProcedure, numbers: &mut Numbers) -> Outcome<Happens> {
    let event = any_of(numbers, procedure.acts().names())?;
    let row = procedure.acts().find(&event).and_then(|id| procedure.acts().get(id));
    let row = row.ok_or("there is no such act")?;
    let mut with = Map::new();
    for (id, name, _) in procedure.facts().iter() {
        if row.records.contains(&id) || row.may_record.contains(&id) && numbers.once_in(2) {
            with.insert(name.to_string(), json!(one_of(numbers, &["yes", "no"])));
        }
    }
    let given: Vec<String> =
        with.iter().map(|(fact, value)| format!("{fact}: {}", value.as_str().unwrap_or_default())).collect();
    let words = if given.is_empty() { event.clone() } else { format!("{event} ({})", given.join(", ")) };
    Ok(Happens { words, event, with })
}

fn any_of<'n>(numbers: &mut Numbers, names: impl Iterator<Item = &'n Name>) -> Outcome<String> {
    let names: Vec<String> = names.map(ToString::to_string).collect();
    let chosen = usize::try_from(numbers.below(names.len() as u64))?;
    Ok(names.get(chosen).ok_or("there is nothing to choose from")?.clone())
}

fn after(begins: Moment, minutes: i64) -> Outcome<Moment> {
    Ok(begins.plus_microseconds(minutes * MINUTE).ok_or("beyond the calendar")?)
}

fn stands(case: &Steps) -> Vec<String> {
    case.view().tracks().iter().map(|track| format!("{}.{}", track.name, track.stage_name)).collect()
}
