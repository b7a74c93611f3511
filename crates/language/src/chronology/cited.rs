//! What the sections of a chronology cite, held against the procedures that they are about.

use comity_core::procedure::draft::CiteDraft;
use comity_core::procedure::{FlawCode, Marked};

use super::model::Chronology;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Slip};
use crate::library::Loaded;

impl Chronology {
    /// What its sections cite and none of `procedures` holds: those of its cases.
    ///
    /// A section that names an article which does not exist tests nothing that it says it tests.
    #[must_use]
    pub fn wrong_citations(&self, procedures: &[&Loaded]) -> Vec<Diagnostic> {
        let cites = self.sections.iter().flat_map(|section| &section.cite);
        let slips = cites.filter_map(|cite| match cite {
            CiteDraft::Article { source, article } => wrong_article(source, article, procedures),
            CiteDraft::Reading { number, .. } => wrong_reading(number, procedures),
        });
        slips.map(|slip| slip.placed(&self.source)).collect()
    }
}

fn wrong_article(source: &Marked<String>, article: &Marked<String>, procedures: &[&Loaded]) -> Option<Slip> {
    let sources: Vec<&str> =
        procedures.iter().flat_map(|loaded| loaded.articles.keys()).map(String::as_str).collect();
    if !sources.contains(&source.value.as_str()) {
        let slip = at(FlawCode::UnknownName, source, format!("there is no source `{}`", source.value));
        let remedy = format!("the procedure has {}", sources.join(", "));
        return Some(slip.meant(Some((source.value.as_str(), sources.as_slice()))).remedy(remedy));
    }
    let files = procedures.iter().filter_map(|loaded| loaded.articles.get(&source.value));
    let known: Vec<&str> =
        files.flat_map(|file| &file.articles).map(|article| article.number.as_str()).collect();
    (!known.contains(&article.value.as_str())).then(|| {
        let message = format!("`{} {}` is not in the articles of that source", source.value, article.value);
        at(FlawCode::UnknownArticle, article, message)
            .meant(Some((article.value.as_str(), known.as_slice())))
            .remedy("cite an article that is there, or add it with its source")
    })
}

fn wrong_reading(number: &Marked<u32>, procedures: &[&Loaded]) -> Option<Slip> {
    let is_there = procedures.iter().any(|loaded| loaded.notes.reading(number.value).is_some());
    (!is_there).then(|| {
        let written = Marked { value: number.value.to_string(), mark: number.mark };
        let message = format!("reading {} is not argued in NOTES.md", number.value);
        at(FlawCode::UnknownArticle, &written, message).remedy("cite a reading that is there, or argue it")
    })
}

fn at(code: FlawCode, written: &Marked<String>, message: String) -> Slip {
    let start = usize::try_from(written.mark.0).unwrap_or(usize::MAX);
    Slip::at(Code::Procedure(code), start..start.saturating_add(written.value.len()), message)
}
