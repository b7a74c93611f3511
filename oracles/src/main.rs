//! Exports for independent judges, each with what the engine says, so that they can be asked the same. `cargo xtask oracles`
//! runs this and then the judges in `judges/`.
//!
//! - `scxml DIR`: every shipped procedure as SCXML, and every chronology as events.
//! - `mermaid DIR`: the picture of every shipped procedure.
//! - `sismic DIR PROCEDURES RUNS`: random procedures as statecharts for sismic, and random runs of each.
//! - `woflan DIR PROCEDURES`: random procedures as workflow nets for WOFLAN, with the verdicts of the verifier.
//! - `text SEED`, `flow SEED`: the file of a random procedure of either kind, to look at a difference.

mod expression;
mod flow;
mod made;
mod net;
mod random;
mod runs;
mod scxml;
mod sismic;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use comity_core::verify::{Property, Verdict, verify};
use comity_draw::{Diagram, Marks, mermaid};
use comity_language::library::{Disk, Files, load};
use serde_json::{Value, json};

/// Larger procedures are not put to WOFLAN, which takes minutes for them.
const MOST_CONFIGURATIONS: usize = 80;

/// What goes wrong here is told as it is.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["scxml", folder] => write_scxml(Path::new(folder)),
        ["sismic", folder, procedures, runs] => write_sismic(Path::new(folder), procedures, runs),
        ["woflan", folder, procedures] => write_woflan(Path::new(folder), procedures),
        ["mermaid", folder] => write_pictures(Path::new(folder)),
        ["text", seed] => seed.parse().map_err(Into::into).map(|seed| print!("{}", random::text(seed))),
        ["flow", seed] => seed.parse().map_err(Into::into).map(|seed| print!("{}", flow::text(seed))),
        _ => Err("usage: comity-oracles scxml DIR | mermaid DIR | sismic DIR PROCEDURES RUNS | \
                  woflan DIR PROCEDURES | text SEED | flow SEED"
            .into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write_scxml(folder: &Path) -> Outcome<()> {
    let files = Disk::new("workflows");
    let library = load(&files);
    let mut charts = serde_json::Map::new();
    for loaded in &library.procedures {
        charts.insert(loaded.name.clone(), json!(scxml::chart(&loaded.procedure)?));
    }
    let mut all: Vec<Value> = Vec::new();
    for path in files.list()?.iter().filter(|path| path.ends_with(".chronology.md")) {
        all.extend(runs::of_chronology(&files, path, &library)?);
    }
    println!("{} procedures, {} runs", charts.len(), all.len());
    write(folder, &json!({ "charts": charts, "runs": all }))
}

fn write_pictures(folder: &Path) -> Outcome<()> {
    let library = load(&Disk::new("workflows"));
    let pictures: Vec<Value> = library
        .procedures
        .iter()
        .map(|loaded| {
            let diagram = Diagram::of(&loaded.procedure);
            json!({
                "name": loaded.name,
                "text": mermaid(&diagram, &Marks::none()),
                "lanes": diagram.lanes.len(),
                "stages": diagram.lanes.iter().map(|lane| lane.stops.len()).sum::<usize>(),
                "moves": diagram.steps().count(),
            })
        })
        .collect();
    write(folder, &json!({ "pictures": pictures }))
}

fn write_sismic(folder: &Path, procedures: &str, runs: &str) -> Outcome<()> {
    let (procedures, runs): (u64, u64) = (procedures.parse()?, runs.parse()?);
    let mut all = Vec::new();
    let mut seed = 0;
    while (all.len() as u64) < procedures {
        seed += 1;
        // What the checks of the language refuse is no procedure.
        if let Some(procedure) = random::procedure(seed) {
            all.push(json!({
                "seed": seed,
                "chart": sismic::chart(&procedure)?,
                "clocks": sismic::lengths(&procedure),
                "runs": (0..runs).map(|run| random::run(&procedure, seed * 1_000_003 + run)).collect::<Outcome<Vec<_>>>()?,
            }));
        }
    }
    println!("{procedures} procedures of {seed} tried, {runs} runs of each");
    write(folder, &json!({ "procedures": all }))
}

fn write_woflan(folder: &Path, procedures: &str) -> Outcome<()> {
    let procedures: u64 = procedures.parse()?;
    let mut all = Vec::new();
    let (mut seed, mut refused, mut too_large) = (0, 0, 0);
    while (all.len() as u64) < procedures {
        seed += 1;
        let Some(procedure) = made::read(flow::text(seed)) else {
            refused += 1;
            continue;
        };
        let found = verify(&procedure, MOST_CONFIGURATIONS);
        let net = if found.is_whole { net::net(&procedure)? } else { None };
        let Some(mut net) = net else {
            too_large += 1;
            continue;
        };
        net.insert("seed".to_owned(), json!(seed));
        net.insert("verdicts".to_owned(), found.properties.iter().map(verdict).collect());
        all.push(net);
    }
    println!(
        "{procedures} procedures of {seed} tried ({refused} refused as they are read, {too_large} too large)"
    );
    write(folder, &json!({ "procedures": all }))
}

/// How a property stands: `{"no-dead-act": ["refuted", "act a3"]}`.
fn verdict(property: &Property) -> (String, Value) {
    let stands = match property.verdict {
        Verdict::Proved => "proved",
        Verdict::Refuted(_) => "refuted",
        Verdict::Undecided(_) => "undecided",
    };
    (property.name.clone(), json!({ "verdict": stands, "about": property.about }))
}

fn write(folder: &Path, document: &Value) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("asked.json"), serde_json::to_string(document)?)?;
    Ok(())
}
