//! Plays the work of an office by chance, one life for each seed, until one of the seeds breaks something.
//!
//! `simulate [--seeds N] [--from S] [--seed ONE] [--minutes M] [--embedded]`: so many seeds from one on; one alone, with all that
//! happened; no longer than so many minutes; on the embedded store, whose threads allow no jobs at once. It says how far it is, and
//! ends with an error at the first seed that breaks something.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use comity_tests::simulation::{Broken, Counts, Library, Life, Store, play};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    seeds: u64,
    from: u64,
    one: Option<u64>,
    minutes: u64,
    store: Store,
}

const USAGE: &str = "usage: simulate [--seeds N] [--from S] [--seed ONE] [--minutes M] [--embedded]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = match asked(&words) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!("{wrong}; {USAGE}");
            return ExitCode::from(2);
        }
    };
    let library = match Library::read() {
        Ok(library) => library,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::FAILURE;
        }
    };
    let held = match asked.one {
        Some(seed) => one(seed, &library, asked.store),
        None => many(asked, &library),
    };
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn asked(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { seeds: 10_000, from: 0, one: None, minutes: 30, store: Store::Memory };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--embedded" {
            asked.store = Store::Embedded;
            continue;
        }
        let number = words.next().and_then(|number| number.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("`{word}` takes a number"))?;
        match word.as_str() {
            "--seeds" => asked.seeds = number,
            "--from" => asked.from = number,
            "--seed" => asked.one = Some(number),
            "--minutes" => asked.minutes = number,
            _ => return Err(format!("`{word}` is not known")),
        }
    }
    Ok(asked)
}

fn life(store: Store) -> Life {
    Life { store, is_orderly: false }
}

/// Plays one seed, and tells all that happened.
fn one(seed: u64, library: &Library, store: Store) -> bool {
    match play(seed, library, life(store)) {
        Ok(played) => {
            played.trace.iter().for_each(|line| println!("  {line}"));
            println!("seed {seed}: everything held; {}", in_words(played.counts));
            println!("digest {}", played.digest);
            true
        }
        Err(broken) => {
            broken.trace.iter().for_each(|line| println!("  {line}"));
            println!("{}", Broken { trace: Vec::new(), ..*broken });
            false
        }
    }
}

/// What several threads come to.
struct Sum {
    counts: Counts,
    seeds: u64,
    told: Instant,
    broken: Option<Box<Broken>>,
}

/// Plays seed after seed, as many at once as there are processors.
fn many(asked: Asked, library: &Library) -> bool {
    let begun = Instant::now();
    let next = AtomicU64::new(asked.from);
    let stops = AtomicBool::new(false);
    let sum = Mutex::new(Sum { counts: Counts::default(), seeds: 0, told: begun, broken: None });
    let until = Duration::from_secs(asked.minutes.saturating_mul(60));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stops.load(Ordering::Relaxed) && begun.elapsed() < until {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= asked.from.saturating_add(asked.seeds) {
                        break;
                    }
                    let played = play(seed, library, life(asked.store));
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    match played {
                        Ok(played) => {
                            sum.counts = sum.counts.and(played.counts);
                            sum.seeds += 1;
                            tell(&mut sum, begun);
                        }
                        Err(broken) => {
                            stops.store(true, Ordering::Relaxed);
                            sum.broken.get_or_insert(broken);
                        }
                    }
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    let rate = sum.seeds as f64 / seconds;
    println!("{} seeds in {seconds:.0} s, {rate:.1} a second: {}", sum.seeds, in_words(sum.counts));
    match sum.broken {
        Some(broken) => {
            println!("{broken}");
            println!("all of it: cargo xtask simulate --seed {}", broken.seed);
            false
        }
        None if sum.seeds < asked.seeds => {
            println!("{} seeds were asked for, and the time was up", asked.seeds);
            false
        }
        None => {
            println!("everything held");
            true
        }
    }
}

fn tell(sum: &mut Sum, begun: Instant) {
    if sum.told.elapsed() > Duration::from_secs(10) {
        sum.told = Instant::now();
        println!("{} seeds in {} s", sum.seeds, begun.elapsed().as_secs());
    }
}

fn in_words(counts: Counts) -> String {
    let Counts { steps, cases, entries, years, recorded, refused, failed, .. } = counts;
    let Counts { noticed, warned, learned, delivered, stranded, crashes, leaps, .. } = counts;
    let Counts { migrated, confirmed, sealed, readers, erased, filed, .. } = counts;
    format!(
        "{steps} steps, {cases} cases, {entries} entries, {years} years; {recorded} requests recorded, {refused} refused, {failed} \
         failed; {noticed} notices, {warned} warnings, {learned} lessons, {delivered} events delivered, {stranded} times stranded; \
         {migrated} times migrated, {confirmed} confirmations, {sealed} seals, {readers} readers, {erased} erased, {filed} files; \
         {crashes} crashes, {leaps} leaps of the clock"
    )
}
