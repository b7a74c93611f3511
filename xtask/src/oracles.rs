//! `cargo xtask oracles`: asks independent interpreters what the engine was asked. For development only: they are installed
//! from the Python and the Node registry below `target/oracles`, and nothing that is shipped needs them.

use std::env;
use std::fs;

use crate::failure::Failure;
use crate::place::root;
use crate::run::Line;

/// Where everything of this task lies.
const FOLDER: &str = "target/oracles";
/// What is installed for Python, with the versions that were looked at. pm4py is under the AGPL: it is run here as a program
/// of its own, and nothing of it is linked or shipped. It takes half a gibibyte with what it needs.
const PYTHON: &str = "sismic==1.6.14 pm4py==2.7.23.11";
/// What is installed for Node.
const NPM: &str = "@scion-scxml/scxml@4.3.27 mermaid@11.17.2 jsdom@29.1.1";
/// How many random procedures there are, and how many runs of each, unless `COMITY_ORACLE_PROCEDURES` says otherwise.
const PROCEDURES: u32 = 500;
const RUNS: u32 = 20;
/// How many random procedures WOFLAN is asked about, unless the same says otherwise. One in some hundreds it does not finish.
const NETS: u32 = 2_010;

pub(crate) fn run() -> Result<(), Failure> {
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|source| Failure::io("make", &folder, &source))?;
    install()?;
    let mut disagree = Vec::new();
    for judge in judges()? {
        if judge.asked.run().and_then(|()| judge.answers.run()).is_err() {
            disagree.push(format!("{} does not agree; what differs stands above", judge.name));
        }
    }
    Failure::if_any(disagree)
}

/// Somebody who is asked the same as the engine.
struct Judge {
    name: &'static str,
    /// Writes what is asked, with what the engine says.
    asked: Line,
    /// Asks, compares, and prints what differs.
    answers: Line,
}

fn judges() -> Result<[Judge; 4], Failure> {
    let ask = |what: String| Line::new(&format!("cargo run --quiet --package comity-oracles -- {what}"));
    let (procedures, nets) = match env::var("COMITY_ORACLE_PROCEDURES") {
        Err(_) => (PROCEDURES, NETS),
        Ok(number) => {
            let number =
                number.parse().map_err(|_| Failure::new("COMITY_ORACLE_PROCEDURES takes a number"))?;
            (number, number)
        }
    };
    let python = |script: &str, judge: &str| {
        Line::new(&format!("{FOLDER}/python/bin/python {FOLDER}/{script} {FOLDER}/{judge}/asked.json"))
    };
    let node = |judge: &str| {
        let script = if judge == "scxml" { "play.js" } else { "mermaid.mjs" };
        Line::new(&format!("node {FOLDER}/{script} {FOLDER}/{judge}/asked.json"))
    };
    Ok([
        Judge {
            name: "SCION, over every chronology",
            asked: ask(format!("scxml {FOLDER}/scxml")),
            answers: node("scxml"),
        },
        Judge {
            name: "Mermaid, over every picture",
            asked: ask(format!("mermaid {FOLDER}/mermaid")),
            answers: node("mermaid"),
        },
        Judge {
            name: "sismic, over random procedures",
            asked: ask(format!("sismic {FOLDER}/sismic {procedures} {RUNS}")),
            answers: python("play.py", "sismic"),
        },
        Judge {
            name: "WOFLAN, over random procedures",
            asked: ask(format!("woflan {FOLDER}/woflan {nets}")),
            answers: python("woflan.py", "woflan"),
        },
    ])
}

/// Installs the interpreters, and puts the judges beside them: Node looks for a package where the script lies.
fn install() -> Result<(), Failure> {
    let folder = root().join(FOLDER);
    if !folder.join("python/bin/python").exists() {
        Line::new(&format!("python3 -m venv {FOLDER}/python")).run()?;
    }
    Line::new(&format!("{FOLDER}/python/bin/pip install --quiet {PYTHON}")).run()?;
    let missing = |package: &str| !folder.join("node_modules").join(package).exists();
    if ["@scion-scxml/scxml", "mermaid", "jsdom"].into_iter().any(missing) {
        Line::new(&format!("npm install --no-save --no-fund --no-audit --prefix {FOLDER} {NPM}")).run()?;
    }
    for judge in ["play.js", "play.py", "woflan.py", "mermaid.mjs"] {
        let from = root().join("oracles/judges").join(judge);
        fs::copy(&from, folder.join(judge)).map_err(|source| Failure::io("copy", &from, &source))?;
    }
    Ok(())
}
