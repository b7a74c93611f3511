//! Exports for independent judges, each with what the engine says, so that they can be asked the same. `cargo xtask oracles`
//! runs this and then the judges in `judges/`.
//!
//! - `scxml DIR`: every shipped procedure as SCXML, and every chronology as events.
//! - `mermaid DIR`: the picture of every shipped procedure.
//! - `sismic DIR PROCEDURES RUNS`: random procedures as statecharts for sismic, and random runs of each.
//! - `text SEED`: the file of a random procedure, to look at a difference.

mod expression;
mod random;
mod runs;
mod scxml;
mod sismic;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use comity_draw::{Diagram, Marks, mermaid};
use comity_language::library::{Disk, Files, load};
use serde_json::{Value, json};

/// What goes wrong here is told as it is.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["scxml", folder] => write_scxml(Path::new(folder)),
        ["sismic", folder, procedures, runs] => write_sismic(Path::new(folder), procedures, runs),
        ["mermaid", folder] => write_pictures(Path::new(folder)),
        ["text", seed] => seed.parse().map_err(Into::into).map(|seed| print!("{}", random::text(seed))),
        _ => {
            Err("usage: comity-oracles scxml DIR | mermaid DIR | sismic DIR PROCEDURES RUNS | text SEED"
                .into())
        }
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

fn write(folder: &Path, document: &Value) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("asked.json"), serde_json::to_string(document)?)?;
    Ok(())
}
