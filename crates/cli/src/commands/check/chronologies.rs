//! What the chronologies of a library cite, held against the procedures that they are about.

use std::sync::Arc;

use comity_language::library::{Files, Library, load_one};
use comity_language::{Chronology, Diagnostic, Source, read_chronology};

/// Every citation that leads nowhere. A chronology that cannot be read is told by `comity test`, and one about a
/// procedure that does not load waits for that.
pub(super) fn wrong_citations(files: &dyn Files, library: &Library, paths: &[String]) -> Vec<Diagnostic> {
    let mut more = Library::default();
    let mut wrong = Vec::new();
    for chronology in paths.iter().filter_map(|path| read(files, path)) {
        let names = chronology.cases.iter().map(|case| case.procedure.value.as_str());
        for name in names.clone().filter(|name| library.procedure(name).is_none()) {
            if more.procedure(name).is_none() && !name.contains("..") {
                more.procedures.extend(load_one(files, &format!("{name}.yaml")).procedures);
            }
        }
        let loaded = names.map(|name| library.procedure(name).or_else(|| more.procedure(name)));
        if let Some(loaded) = loaded.collect::<Option<Vec<_>>>() {
            wrong.extend(chronology.wrong_citations(&loaded));
        }
    }
    wrong
}

fn read(files: &dyn Files, path: &str) -> Option<Chronology> {
    let text = String::from_utf8(files.read(path).ok()?).ok()?;
    read_chronology(&Arc::new(Source::new(files.shown(path), text))).0
}
