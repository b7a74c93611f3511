//! What may happen next in a case, as items of a chronology.

use comity_core::View;
use comity_core::procedure::{DocumentForm, Procedure, Translation};
use comity_core::value::FactType;
use comity_language::chronology::{Finding, ItemKind, Lack};
use comity_language::file::Text;

use super::story::text;

/// How many values of one fact, and how many ways to give several, are tried.
const MOST_VALUES: usize = 4;
const MOST_WAYS: usize = 6;

/// Everything that may be recorded at a view, dated `day` where a day must be given.
pub(super) fn steps(view: &View, day: &str) -> Vec<ItemKind> {
    let procedure = view.procedure();
    let mut steps = Vec::new();
    for act in view.acts().into_iter().filter(comity_core::ActView::is_open) {
        let by: Vec<&str> = act.by.iter().map(|(name, _)| name.as_str()).collect();
        steps.extend(acts(procedure, act.name.as_str(), &by, day));
    }
    for document in view.documents().iter().filter(|document| document.missing.is_some()) {
        let arrives = |lacks| ItemKind::Document {
            name: text(document.name.as_str()),
            language: None,
            form: None,
            lacks,
        };
        steps.push(arrives(Vec::new()));
        if matches!(document.document.translated, Translation::Into(_)) {
            steps.push(arrives(vec![Lack::Translation]));
        }
        if matches!(document.document.form, DocumentForm::CertifiedCopy | DocumentForm::Original) {
            steps.push(arrives(vec![Lack::Certification]));
        }
    }
    for ground in view.grounds().iter().filter(|ground| ground.found.is_none()) {
        let by = ground.ground.considered_by.first().and_then(|id| authority(procedure, *id));
        for finding in [Finding::Applies, Finding::DoesNotApply] {
            steps.push(ItemKind::Ground {
                name: text(ground.name.as_str()),
                finding,
                by: by.as_deref().map(text),
            });
        }
    }
    for fact in view.facts().iter().filter(|fact| fact.known.is_none() && fact.fact.mirrors.is_none()) {
        if matches!(fact.fact.of, FactType::OneOf(_) | FactType::YesNo) {
            let told = |value: String| ItemKind::Fact { name: text(fact.name.as_str()), value: text(value) };
            steps.extend(values(&fact.fact.of, day).into_iter().map(told));
        }
    }
    steps
}

/// An act by each of these authorities, with each way to give its facts.
pub(super) fn acts(procedure: &Procedure, name: &str, by: &[&str], day: &str) -> Vec<ItemKind> {
    let acts = procedure.acts();
    let Some(act) = acts.find(name).and_then(|id| acts.get(id)) else { return Vec::new() };
    let mut ways: Vec<Vec<(Text, Text)>> = vec![Vec::new()];
    for fact in &act.records {
        let Some((_, fact, row)) = procedure.facts().iter().find(|(id, _, _)| id == fact) else { continue };
        let each = values(&row.of, day);
        ways = ways
            .iter()
            .flat_map(|way| {
                each.iter().map(|value| [&way[..], &[(text(fact.as_str()), text(value.as_str()))]].concat())
            })
            .take(MOST_WAYS)
            .collect();
    }
    let mut more = Vec::new();
    for fact in &act.may_record {
        let Some((_, fact, row)) = procedure.facts().iter().find(|(id, _, _)| id == fact) else { continue };
        let with = values(&row.of, day).into_iter().filter_map(|value| {
            Some([ways.first()?.as_slice(), &[(text(fact.as_str()), text(value))]].concat())
        });
        more.extend(with);
    }
    ways.extend(more.into_iter().take(MOST_WAYS));
    let act = |by: &&str, facts: &Vec<(Text, Text)>| ItemKind::Act {
        name: text(name),
        by: Some(text(*by)),
        facts: facts.clone(),
    };
    by.iter().flat_map(|by| ways.iter().map(move |facts| act(by, facts))).collect()
}

/// The name of an authority.
pub(super) fn authority(procedure: &Procedure, id: comity_core::procedure::AuthorityId) -> Option<String> {
    procedure.authorities().iter().find(|(other, _, _)| *other == id).map(|(_, name, _)| name.to_string())
}

/// A few values of a type, one where any would do.
fn values(of: &FactType, day: &str) -> Vec<String> {
    match of {
        FactType::Text => vec!["Port Alba".to_owned()],
        FactType::Date => vec![day.to_owned()],
        FactType::Country => vec!["XN".to_owned()],
        FactType::YesNo => vec!["yes".to_owned(), "no".to_owned()],
        FactType::Number => vec!["1".to_owned()],
        FactType::Period => vec!["10 days".to_owned()],
        FactType::OneOf(choices) => choices.iter().take(MOST_VALUES).map(ToString::to_string).collect(),
    }
}
