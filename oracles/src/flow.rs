//! Random procedures that a workflow net can express, most of them near to being sound: a skeleton that leads every track to
//! its end and closes the first when all others have ended, with some faults.

use std::fmt::Write as _;

use crate::made::{HEAD, Numbers};

/// A track: stages up to the last, which ends it, and perhaps a second end.
#[derive(Clone, Copy)]
struct Track {
    last: u64,
    has_second_end: bool,
}

impl Track {
    fn ends(self) -> impl Iterator<Item = u64> {
        self.last..=(self.last + u64::from(self.has_second_end))
    }
}

/// What an act is there for.
#[derive(Clone, Copy)]
enum Kind {
    /// A track goes on by one stage.
    Forward { track: u64, from: u64 },
    /// The first track goes on while another begins.
    Fork { from: u64, other: u64 },
    /// A track goes back.
    Back { track: u64 },
    /// The first track ends early; the others with it, or not.
    Withdrawn { closes_all: bool },
    /// A track moves to one of two stages, as a condition says.
    Either { track: u64 },
    /// Nobody can ever do it.
    Dead,
}

/// What a procedure is made of, before it is written.
struct Made {
    tracks: Vec<Track>,
    acts: Vec<Kind>,
    clocks: u64,
    has_fact: bool,
    has_ground: bool,
    has_document: bool,
    /// One fault in so many places; none at nought.
    faults: u64,
}

/// The file of a random procedure.
pub(crate) fn text(seed: u64) -> String {
    let numbers = &mut Numbers(seed);
    let made = made(numbers);
    let mut text = String::from(HEAD);
    // Writing to a string does not fail.
    if made.has_fact {
        text.push_str("facts:\n  f0: {title: Fact, type: yes-no, cite: treaty 1}\n");
    }
    write_tracks(&mut text, &made);
    for clock in 0..made.clocks {
        if clock == 0 {
            text.push_str("clocks:\n");
        }
        text.push_str(&clock_text(numbers, &made, clock));
    }
    text.push_str("acts:\n");
    for (act, kind) in made.acts.iter().enumerate() {
        text.push_str(&act_text(numbers, &made, act, *kind));
    }
    if made.has_document {
        text.push_str(
            "documents:\n  d0: {title: Document, for: request, form: not-stated, translated: not-stated, \
             cite: treaty 1}\n",
        );
    }
    if made.has_ground {
        text.push_str(
            "grounds:\n  g0: {title: Ground, kind: mandatory, considered-by: requested/court, \
             cite: treaty 1}\n",
        );
    }
    write_safeguards(&mut text, numbers, &made);
    text
}

fn made(numbers: &mut Numbers) -> Made {
    let count = 1 + numbers.below(3);
    let tracks: Vec<Track> = (0..count)
        .map(|track| Track { last: 1 + numbers.below(3), has_second_end: track == 0 && numbers.once_in(2) })
        .collect();
    let mut acts = Vec::new();
    for (track, row) in (0..).zip(&tracks) {
        acts.extend((0..row.last).map(|from| Kind::Forward { track, from }));
    }
    let faults = *[0, 0, 12, 6, 3].get(usize::try_from(numbers.below(5)).unwrap_or_default()).unwrap_or(&0);
    if count > 1 && numbers.once_in(3) {
        acts.push(Kind::Fork { from: numbers.below(2), other: 1 + numbers.below(count - 1) });
    }
    if tracks.first().is_some_and(|track| track.has_second_end) {
        acts.push(Kind::Withdrawn { closes_all: !(faults > 0 && numbers.once_in(2)) });
    }
    if numbers.once_in(3) {
        acts.push(Kind::Back { track: numbers.below(count) });
    }
    if numbers.once_in(3) {
        acts.push(Kind::Either { track: numbers.below(count) });
    }
    if faults > 0 && numbers.once_in(4 * faults) {
        acts.push(Kind::Dead);
    }
    let clocks = match numbers.below(8) {
        0..4 => 0,
        4..7 => 1,
        _ => 2,
    };
    let [has_fact, has_ground, has_document] = [5, 6, 6].map(|in_so_many| numbers.once_in(in_so_many));
    Made { tracks, acts, clocks, has_fact, has_ground, has_document, faults }
}

impl Made {
    fn track(&self, track: u64) -> Track {
        let found = usize::try_from(track).ok().and_then(|track| self.tracks.get(track));
        found.copied().unwrap_or(Track { last: 1, has_second_end: false })
    }

    fn others(&self) -> std::ops::Range<u64> {
        1..self.tracks.len() as u64
    }

    /// That the first track has not ended.
    fn is_open(&self) -> String {
        let ends: Vec<String> = self.track(0).ends().map(|end| format!("t0 is not s{end}")).collect();
        ends.join(" and ")
    }

    fn is_fault(&self, numbers: &mut Numbers) -> bool {
        self.faults > 0 && numbers.once_in(self.faults)
    }
}

fn write_tracks(text: &mut String, made: &Made) {
    text.push_str("tracks:\n");
    for (number, track) in made.tracks.iter().enumerate() {
        let _ = writeln!(text, "  t{number}:\n    title: Track {number}\n    starts: s0\n    stages:");
        for stage in 0..track.last {
            let _ = writeln!(text, "      s{stage}: Stage {stage}");
        }
        for end in track.ends() {
            let _ = writeln!(text, "      s{end}: {{title: Stage {end}, final: over}}");
        }
    }
}

fn clock_text(numbers: &mut Numbers, made: &Made, clock: u64) -> String {
    let acts = made.acts.len() as u64;
    let start = numbers.below(acts);
    // What is met by an act that comes before it is met seldom.
    let later = if start + 1 < acts && !numbers.once_in(4) { acts - start } else { acts };
    let met = (start + 1 + numbers.below(later.saturating_sub(1))) % acts;
    let met_by = if acts > 1 { format!("a{met}") } else { "nothing".to_owned() };
    let again = if numbers.once_in(2) { "starts-anew" } else { "runs-on" };
    let length = 20 + 37 * clock + numbers.below(30);
    let track = numbers.below(made.tracks.len() as u64);
    let row = made.track(track);
    // That the law itself ends the case is rare.
    let to = if track == 0 && !numbers.once_in(6) { row.last.saturating_sub(1) } else { row.last };
    let from = (0..row.last).filter(|from| *from != to && (numbers.once_in(2) || *from == 0));
    let from: Vec<String> = from.map(|from| format!("s{from}")).collect();
    let (from, to) = if from.is_empty() { ("s0".to_owned(), row.last) } else { (from.join(" or "), to) };
    let moves = if numbers.once_in(3) {
        let guard = guard(numbers, made);
        format!("\n          - {{from: {from}, to: s{to}, when: {guard}}}\n          - else stays\n")
    } else {
        format!(" {from} -> s{to}, else stays\n")
    };
    let off_when: Vec<String> = made.track(0).ends().map(|end| format!("t0 is s{end}")).collect();
    format!(
        "  k{clock}:\n    title: Clock {clock}\n    limits: requested/court\n    starts: a{start}\n    \
         if-started-again: {again}\n    length: {length} hours\n    first-hour: counted\n    \
         hours-on-closed-days: run\n    zone: requested\n    met-by: {met_by}\n    at-the-same-instant: act-first\n    \
         stops-while: none\n    extended-by: none\n    off-when: {}\n    on-expiry:\n      effect: by-law\n      \
         moves:\n        t{track}:{moves}      cite: treaty 1\n    cite: treaty 1\n",
        off_when.join(" or ")
    )
}

fn act_text(numbers: &mut Numbers, made: &Made, act: usize, kind: Kind) -> String {
    let mut when = vec![made.is_open()];
    let moves = moves_text(numbers, made, kind, &mut when);
    if made.is_fault(numbers) {
        when.push(format!("({})", guard(numbers, made)));
    }
    when.extend(input(numbers, made));
    let records = if made.has_fact && numbers.once_in(4) {
        if numbers.once_in(2) { "    records: f0\n" } else { "    may-record: f0\n" }
    } else {
        ""
    };
    format!(
        "  a{act}:\n    title: Act {act}\n    by: requested/court\n    when: {}\n    moves:\n{moves}{records}    \
         cite: treaty 1\n",
        when.join(" and ")
    )
}

/// What an act moves, and what it asks for besides.
fn moves_text(numbers: &mut Numbers, made: &Made, kind: Kind, when: &mut Vec<String>) -> String {
    match kind {
        Kind::Forward { track, from } => {
            if track == 0 && from + 1 == made.track(0).last {
                for other in made.others() {
                    // Who closes the case before all tracks have ended leaves something behind.
                    if !made.is_fault(numbers) {
                        when.push(format!("t{other} is s{}", made.track(other).last));
                    }
                }
            }
            format!("      t{track}: s{from} -> s{}\n", from + 1)
        }
        Kind::Fork { from, other } => {
            let last = made.track(0).last;
            let from = from.min(last.saturating_sub(2));
            // With one stage only the first track would end.
            let first = if last > 1 {
                format!("      t0: s{from} -> s{}\n", from + 1)
            } else {
                "      t0: s0 -> s0\n".to_owned()
            };
            format!("{first}      t{other}: s0 -> s1\n")
        }
        Kind::Back { track } => {
            let last = made.track(track).last;
            let from = numbers.below(last);
            let to = if from == 0 { last.saturating_sub(1) } else { from - 1 };
            format!("      t{track}: s{from} -> s{to}\n")
        }
        Kind::Withdrawn { closes_all } => {
            let mut moves = format!("      t0: any open -> s{}\n", made.track(0).last + 1);
            for other in made.others().filter(|_| closes_all) {
                let _ =
                    writeln!(moves, "      t{other}: any open -> s{}, else stays", made.track(other).last);
            }
            moves
        }
        Kind::Either { track } => {
            let last = made.track(track).last;
            let (from, other) = (numbers.below(last), numbers.below(last));
            let to = if track == 0 { last.saturating_sub(1) } else { last };
            let guard = guard(numbers, made);
            let stays = if numbers.once_in(2) { "        - else stays\n" } else { "" };
            format!(
                "      t{track}:\n        - {{from: s{from}, to: s{to}, when: {guard}}}\n        \
                 - {{from: s{from}, to: s{other}, when: not ({guard})}}\n{stays}"
            )
        }
        Kind::Dead => {
            when.push(format!("t0 is s0 and act a0 is recorded and t0 is s{}", made.track(0).last));
            "      t0: s0 -> s0, else stays\n".to_owned()
        }
    }
}

/// Something that may become known at any time.
fn input(numbers: &mut Numbers, made: &Made) -> Option<String> {
    if !numbers.once_in(3) {
        return None;
    }
    let mut ways = Vec::new();
    if made.has_fact {
        ways.extend(["f0 is yes", "f0 is not yes", "(f0 is no or f0 is unknown)", "f0 is known"]);
    }
    if made.has_ground {
        ways.extend(["ground g0 applies", "ground g0 does not apply", "ground g0 is considered"]);
        ways.extend(["no ground applies", "every mandatory ground is considered"]);
    }
    if made.has_document {
        ways.extend(["document d0 is complete", "documents for request are complete"]);
    }
    let chosen = usize::try_from(numbers.below(ways.len() as u64)).ok()?;
    ways.get(chosen).map(ToString::to_string)
}

fn guard(numbers: &mut Numbers, made: &Made) -> String {
    let one = statement(numbers, made);
    match numbers.below(5) {
        0 => format!("{one} and {}", statement(numbers, made)),
        1 => format!("{one} or {}", statement(numbers, made)),
        2 => input(numbers, made).unwrap_or(one),
        _ => one,
    }
}

fn statement(numbers: &mut Numbers, made: &Made) -> String {
    let track = numbers.below(made.tracks.len() as u64);
    let row = made.track(track);
    let stage = numbers.below(row.last + u64::from(track > 0));
    match numbers.below(6) {
        0 => format!("act a{} is recorded", numbers.below(made.acts.len() as u64)),
        1 if made.clocks > 0 => {
            let stands = ["has run out", "is running", "is met", "has not started"];
            let stands = stands.get(usize::try_from(numbers.below(4)).unwrap_or_default());
            format!("clock k{} {}", numbers.below(made.clocks), stands.unwrap_or(&"is met"))
        }
        2 => format!("t{track} is not s{stage}"),
        _ => format!("t{track} is s{stage}"),
    }
}

/// That the outcome closes all tracks, and two things at random.
fn write_safeguards(text: &mut String, numbers: &mut Numbers, made: &Made) {
    let ends: Vec<String> = made.track(0).ends().map(|end| format!("t0 is s{end}")).collect();
    let others: Vec<String> =
        made.others().map(|other| format!("t{other} is s{}", made.track(other).last)).collect();
    if others.is_empty() && !numbers.once_in(2) {
        return;
    }
    text.push_str("safeguards:\n");
    if !others.is_empty() {
        let _ = writeln!(
            text,
            "  closes-all: {{title: All close, holds-in: {}, holds: {}, cite: treaty 1}}",
            ends.join(" or "),
            others.join(" and ")
        );
    }
    for (name, pattern) in [("random-never", "never"), ("random-possible", "possible")] {
        if numbers.once_in(2) || others.is_empty() {
            let statement = statement(numbers, made);
            let other = statement_or_input(numbers, made);
            let _ = writeln!(
                text,
                "  {name}: {{title: Random, {pattern}: {statement} and {other} and {}, cite: treaty 1}}",
                made.is_open()
            );
        }
    }
}

fn statement_or_input(numbers: &mut Numbers, made: &Made) -> String {
    input(numbers, made).unwrap_or_else(|| statement(numbers, made))
}
