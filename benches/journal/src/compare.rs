//! The job by all contenders, in turns, so that a busy machine is as unfair to one as to the other.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::Outcome;
use crate::comity::{self, Comity};
use crate::group::Grouped;
use crate::numbers::{Waits, median, shown};
use crate::postgres::{Postgres, Server};
use crate::raw::{Raw, Room};
use crate::sled_alone::SledAlone;
use crate::sqlite::{Direct, Sqlite};
use crate::turn::{Contender, Desk, Turn};

const SPAN: Duration = Duration::from_millis(250);
/// The most acts in one group, as in the store.
const GROUP: usize = 256;

/// What a contender is, for the verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comity,
    Raw,
    Sled,
    Sqlite,
    Postgres,
}

/// The turns of one contender.
struct Standing {
    kind: Kind,
    contender: Box<dyn Contender>,
    turns: Vec<Turn>,
}

/// How much the journal is to be of the best of a kind, by the number of writers.
const AIMS: [(usize, Kind, f64); 6] = [
    (1, Kind::Raw, 0.8),
    (1, Kind::Sqlite, 1.0),
    (64, Kind::Raw, 0.5),
    (64, Kind::Sled, 1.0),
    (64, Kind::Sqlite, 1.0),
    (64, Kind::Postgres, 4.0),
];

/// Prints one table for each number of writers.
pub(crate) fn run(folder: &Path, rounds: usize, runtime: &Arc<Runtime>) -> Outcome<()> {
    let bytes = comity::bytes_of_an_act(&folder.join("bytes"), runtime)?;
    let server = match Server::start(folder) {
        Ok(Some(server)) => Some(server),
        Ok(None) => {
            println!(
                "PostgreSQL is not installed here, so it is left out (Debian: `apt-get install postgresql`)\n"
            );
            None
        }
        Err(error) => {
            println!("PostgreSQL could not be started ({error}), so it is left out\n");
            None
        }
    };
    println!(
        "twelve acts to a case and its opening, {bytes} bytes of journal to each; {rounds} rounds of {SPAN:?} in turns\n"
    );
    for writers in [1, 8, 64, 512] {
        let place = folder.join(format!("writers-{writers}"));
        std::fs::create_dir(&place)?;
        let mut standings = contenders(&place, writers, bytes, server.as_ref(), runtime)?;
        play(&place, rounds, &mut standings)?;
        table(writers, &standings);
        drop(standings);
        std::fs::remove_dir_all(&place)?;
    }
    Ok(())
}

fn contenders(
    folder: &Path,
    writers: usize,
    bytes: usize,
    server: Option<&Server>,
    runtime: &Arc<Runtime>,
) -> Outcome<Vec<Standing>> {
    let mut all: Vec<(Kind, Box<dyn Contender>)> = Vec::new();
    let comity = Comity::open(&folder.join("comity"))?;
    all.push((Kind::Comity, Box::new(Desk::new("comity", runtime, writers, comity))));
    for room in [Room::Taken, Room::Zeroed] {
        let raw = Raw::new(&folder.join(format!("raw-{room:?}")), room, writers, bytes)?;
        all.push((Kind::Raw, Box::new(raw)));
    }
    let sled = Grouped::new(SledAlone::open(&folder.join("sled"))?, GROUP);
    all.push((Kind::Sled, Box::new(Desk::new("sled, flush and fdatasync", runtime, writers, sled))));
    let sqlite = |name: &str| Sqlite::open(&folder.join(name));
    let alone = "SQLite, a commit for each act";
    if writers == 1 {
        let direct = Direct::new(sqlite("sqlite-direct")?);
        all.push((Kind::Sqlite, Box::new(Desk::new(alone, runtime, writers, direct))));
    } else {
        let single = Grouped::new(sqlite("sqlite-single")?, 1);
        all.push((Kind::Sqlite, Box::new(Desk::new(alone, runtime, writers, single))));
        let grouped = Grouped::new(sqlite("sqlite-grouped")?, GROUP);
        all.push((Kind::Sqlite, Box::new(Desk::new("SQLite, group commit", runtime, writers, grouped))));
    }
    if let Some(server) = server {
        let database = format!("writers{writers}");
        let postgres = runtime.block_on(Postgres::connect(server, &database, writers))?;
        all.push((Kind::Postgres, Box::new(Desk::new("PostgreSQL", runtime, writers, postgres))));
    }
    Ok(all.into_iter().map(|(kind, contender)| Standing { kind, contender, turns: Vec::new() }).collect())
}

fn play(folder: &Path, rounds: usize, standings: &mut [Standing]) -> Outcome<()> {
    let place = std::fs::File::open(folder)?;
    for round in 0..=rounds {
        // Nobody goes first in every round.
        standings.rotate_left(1);
        for standing in &mut *standings {
            // Nobody pays for what another left to be written.
            rustix::fs::syncfs(&place)?;
            let turn = standing.contender.turn(SPAN)?;
            // The first round fills caches.
            if round > 0 {
                standing.turns.push(turn);
            }
        }
    }
    Ok(())
}

fn table(writers: usize, standings: &[Standing]) {
    println!(
        "{:>7}  {:<30} {:>8}  {:>8}  {:>8}  {:>8}  {:>10}",
        "writers", "what", "acts/s", "p50", "p99", "p99.9", "comity is"
    );
    let Some(comity) = standings.iter().find(|standing| standing.kind == Kind::Comity) else { return };
    let mut rows: Vec<(f64, &Standing)> =
        standings.iter().map(|standing| (standing.rate(), standing)).collect();
    rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    for (rate, standing) in rows {
        let waits = Waits::of(standing.turns.iter().flat_map(|turn| turn.waits.iter().copied()).collect());
        let [p50, p99, p999] = [500, 990, 999].map(|share| shown(waits.within(share)));
        let ratio = comity.ratio(standing);
        println!(
            "{writers:>7}  {:<30} {rate:>8.0}  {p50:>8}  {p99:>8}  {p999:>8}  {ratio:>9.2}x",
            standing.contender.name()
        );
    }
    for (_, kind, aim) in AIMS.iter().filter(|(at, _, _)| *at == writers) {
        let best = standings
            .iter()
            .filter(|standing| standing.kind == *kind)
            .max_by(|a, b| a.rate().total_cmp(&b.rate()));
        if let Some(best) = best {
            let ratio = comity.ratio(best);
            let verdict = if ratio >= *aim { "met" } else { "missed" };
            println!("         aim: {aim} of {}: {verdict}, {ratio:.2}", best.contender.name());
        }
    }
    println!();
}

impl Standing {
    /// Acts per second, in the middle of all turns.
    fn rate(&self) -> f64 {
        median(self.turns.iter().map(Turn::rate).collect()).unwrap_or_default()
    }

    /// How many acts it does for one of `other`, in the middle of all rounds.
    fn ratio(&self, other: &Self) -> f64 {
        let rounds = self.turns.iter().zip(&other.turns);
        median(rounds.map(|(own, other)| own.rate() / other.rate()).collect()).unwrap_or_default()
    }
}
