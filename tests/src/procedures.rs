//! The table of procedures in the README of the treaty library.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use comity_core::procedure::Verified;
use comity_language::library::{Disk, Files, Loaded};
use comity_language::{Library, Source, is_chronology, read_chronology};
use comity_testkit::{Crossed, provisions};

use crate::page::row;

/// Between these lines of the README stands what is generated.
const BEGINS: &str = "<!-- the table of procedures begins -->\n";
const ENDS: &str = "<!-- the table of procedures ends -->\n";

/// The README with its table as it should be.
///
/// # Errors
///
/// Returns what keeps the library or the README from being read.
pub fn readme(text: &str, library: &Library, files: &Disk) -> Result<String, String> {
    let begins = text.split_once(BEGINS).ok_or("the README has no place for the table")?;
    let (_, after) = begins.1.split_once(ENDS).ok_or("the table of the README has no end")?;
    Ok(format!("{}{BEGINS}{}{ENDS}{after}", begins.0, table(library, files)?))
}

fn table(library: &Library, files: &Disk) -> Result<String, String> {
    let tests = tests(files)?;
    let mut lines = vec![
        "| procedure | what it is | States | in force since | provisions, of which seen | limits | safeguards | tests | other languages |"
            .to_owned(),
        "|---|---|---|---|--:|--:|--:|--:|---|".to_owned(),
    ];
    for loaded in &library.procedures {
        let procedure = &loaded.procedure;
        let counts = [procedure.clocks().iter().count(), procedure.safeguards().iter().count()];
        let mut cells = vec![
            format!("[`{}`]({})", loaded.name, loaded.path),
            procedure.title().to_owned(),
            states(loaded),
        ];
        cells.extend([in_force(loaded), verified(loaded)]);
        cells.extend(counts.iter().map(ToString::to_string));
        cells.push(tests.get(&loaded.name).copied().unwrap_or_default().to_string());
        cells.push(labels(loaded));
        lines.push(row(&cells));
    }
    Ok(lines.join("\n") + "\n")
}

fn states(loaded: &Loaded) -> String {
    let sides = loaded.procedure.sides().iter();
    let told = sides.map(|(_, name, side)| {
        let state = side.country().map_or_else(|| "any".to_owned(), |country| country.to_string());
        format!("{name} {state}")
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Since when each instrument binds, where that is verified.
fn in_force(loaded: &Loaded) -> String {
    let sources = loaded.procedure.sources().iter();
    let told = sources.filter_map(|(_, name, source)| Some(format!("{name} {}", source.in_force?)));
    told.collect::<Vec<_>>().join(", ")
}

/// How many provisions its rules rest on, and of how many the text was seen.
fn verified(loaded: &Loaded) -> String {
    let resting = provisions(&loaded.procedure, &Crossed::default());
    let cited: BTreeSet<String> =
        resting.into_iter().filter(|one| !one.rules.is_empty()).map(|one| one.cite).collect();
    let articles = loaded.procedure.sources().iter().flat_map(|(_, source, row)| {
        row.articles.iter().map(move |article| (format!("{source} {}", article.number), article.verified))
    });
    let marks: Vec<Verified> =
        articles.filter(|(cite, _)| cited.contains(cite)).map(|(_, verified)| verified).collect();
    format!("{}, {}", marks.len(), marks.iter().filter(|mark| **mark == Verified::Seen).count())
}

/// How many of its titles have a label in each language.
fn labels(loaded: &Loaded) -> String {
    let told = loaded.labels.iter().map(|labels| {
        let (labelled, all) = labels.covered(&loaded.procedure);
        format!("{} {labelled} of {all}", labels.language)
    });
    told.collect::<Vec<_>>().join(", ")
}

/// How many tables test each procedure.
fn tests(files: &Disk) -> Result<BTreeMap<String, usize>, String> {
    let mut tests = BTreeMap::new();
    for path in files.list().map_err(|error| error.to_string())? {
        if !is_chronology(&path) {
            continue;
        }
        let bytes = files.read(&path).map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (Some(chronology), _) = read_chronology(&Arc::new(Source::new(path.clone(), text))) else {
            return Err(format!("{path} cannot be read"));
        };
        for case in &chronology.cases {
            *tests.entry(case.procedure.value.clone()).or_insert(0) += chronology.sections.len();
        }
    }
    Ok(tests)
}
