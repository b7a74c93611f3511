//! Which articles of a library its rules cite.

use std::collections::{BTreeMap, BTreeSet};

use comity_core::procedure::{Basis, Citation, Procedure, TrackMoves};
use comity_language::library::{Files, Library, Loaded};

/// The articles of one file that no rule cites.
pub(super) struct Uncited {
    /// The file.
    pub(super) file: String,
    /// Its articles, in the order of the file.
    pub(super) articles: Vec<UncitedArticle>,
}

/// An article that no rule cites.
pub(super) struct UncitedArticle {
    pub(super) number: String,
    pub(super) heading: String,
    pub(super) line: usize,
}

/// How many articles a procedure cites, of how many that its sources hold.
pub(super) fn cited_in(loaded: &Loaded) -> (usize, usize) {
    let there = loaded.articles.values().map(|articles| articles.articles.len()).sum();
    (cited(&loaded.procedure).len(), there)
}

/// The articles that no procedure of the library cites, by file.
pub(super) fn uncited(library: &Library, files: &dyn Files) -> Vec<Uncited> {
    // Several procedures may cite one file, under several names.
    let mut by_file: BTreeMap<String, (&Loaded, &str, BTreeSet<String>)> = BTreeMap::new();
    for loaded in &library.procedures {
        let cited = cited(&loaded.procedure);
        for (name, source) in &loaded.file.sources.0 {
            let written = source.articles.as_ref().map_or("articles.md", |text| text.value.trim());
            let file = join(&loaded.path, written);
            let (_, _, all) =
                by_file.entry(file).or_insert_with(|| (loaded, name.value.as_str(), BTreeSet::new()));
            all.extend(
                cited.iter().filter(|(source, _)| *source == name.value).map(|(_, article)| article.clone()),
            );
        }
    }
    by_file
        .into_iter()
        .map(|(file, (loaded, source, cited))| {
            let articles = loaded.articles.get(source).map_or(&[][..], |articles| &articles.articles);
            let left = articles.iter().filter(|article| !cited.contains(&article.number));
            let articles = left.map(|article| UncitedArticle {
                number: article.number.clone(),
                heading: article.heading.clone(),
                line: line_of(loaded, &file, &article.number),
            });
            Uncited { articles: articles.collect(), file: files.shown(&file) }
        })
        .filter(|one| !one.articles.is_empty())
        .collect()
}

/// The line of an article's heading.
fn line_of(loaded: &Loaded, file: &str, number: &str) -> usize {
    let text = loaded.texts.iter().find(|text| text.path == file).map_or("", |text| text.source.text());
    let is_heading = |line: &str| {
        line.strip_prefix("###")
            .and_then(|rest| rest.split_whitespace().next())
            .is_some_and(|word| word == number)
    };
    text.lines().position(is_heading).map_or(1, |index| index + 1)
}

/// A path in the library, from the folder of a file. The library was read, so the path stays within it.
fn join(path: &str, relative: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// Every article that a rule of the procedure cites, by source.
fn cited(procedure: &Procedure) -> BTreeSet<(String, String)> {
    let mut bases: Vec<&Basis> = Vec::new();
    bases.extend(procedure.authorities().iter().map(|(_, _, row)| &row.basis));
    bases.extend(procedure.facts().iter().map(|(_, _, row)| &row.basis));
    bases.extend(procedure.obligations().iter().map(|(_, _, row)| &row.basis));
    bases.extend(procedure.documents().iter().map(|(_, _, row)| &row.basis));
    bases.extend(procedure.grounds().iter().map(|(_, _, row)| &row.basis));
    for (_, _, condition) in procedure.conditions().iter() {
        bases.push(&condition.basis);
        bases.extend(of_moves(&condition.moves));
    }
    for (_, _, clock) in procedure.clocks().iter() {
        bases.extend([&clock.basis, &clock.on_expiry.basis]);
        bases.extend(of_moves(&clock.on_expiry.moves));
    }
    for (_, _, act) in procedure.acts().iter() {
        bases.push(&act.basis);
        bases.extend(act.unless.iter().map(|exception| &exception.basis));
        bases.extend(of_moves(&act.moves));
    }
    let citations = bases.into_iter().flat_map(|basis| &basis.0);
    citations
        .filter_map(|citation| match citation {
            Citation::Article { source, article, .. } => Some((source.to_string(), article.clone())),
            Citation::Reading(_) => None,
        })
        .collect()
}

fn of_moves(moves: &[TrackMoves]) -> impl Iterator<Item = &Basis> {
    moves.iter().flat_map(|track| &track.moves).map(|one| &one.basis)
}
