//! From one thing that happened, as a chronology writes it, to the entries that record it.

use std::ops::Range;

use comity_core::entry::{Arrival, ArrivedForm, Body, Deed, Entry, What, standing};
use comity_core::id::EntryNumber;
use comity_core::name::{Name, Private};
use comity_core::procedure::{AuthorityId, DocumentForm, Procedure, Translation};
use comity_core::table::{Id, Table};
use comity_core::time::When;
use comity_core::value::Value;
use comity_language::chronology::{Finding, Item, ItemKind, Lack};
use comity_language::file::Text;

/// Something in a chronology that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where, as byte offsets of the file.
    pub span: Range<usize>,
    /// What is there.
    pub message: String,
    /// What would be right.
    pub remedy: String,
    /// A name that stands for nothing, and those that might have been meant.
    pub unknown: Option<(String, Vec<String>)>,
}

/// The entries that record `item`, which took effect at `when`.
///
/// `look`, `open` and `refused` record nothing and give no entries; a late record gives the entries of its items.
///
/// # Errors
///
/// Returns [`Trouble`] for a name that stands for nothing, a value of the wrong type, or an authority that must be said.
pub fn bodies(
    procedure: &Procedure,
    entries: &[Entry],
    item: &Item,
    when: When,
) -> Result<Vec<Body>, Trouble> {
    let deed = |what| vec![Body::Deed(Deed { when, what })];
    Ok(match &item.kind {
        ItemKind::Look | ItemKind::Open | ItemKind::Refused { .. } => Vec::new(),
        ItemKind::Note(text) => vec![Body::Note(Private::new(text.value.clone()))],
        ItemKind::LateRecord { when, items } => {
            let mut all = Vec::new();
            for item in items {
                all.extend(bodies(procedure, entries, item, *when)?);
            }
            all
        }
        ItemKind::Act { name, by, facts } => deed(act(procedure, name, by.as_ref(), facts)?),
        ItemKind::Document { name, language, form, lacks } => {
            deed(document(procedure, name, language.as_ref(), *form, lacks)?)
        }
        ItemKind::Ground { name, finding, by } => {
            let considered_by =
                find(procedure.grounds(), "ground", name, |ground| ground.considered_by.clone())?;
            let by = authority(procedure, by.as_ref(), &considered_by, name)?;
            deed(What::Finding { ground: read_name(name)?, applies: *finding == Finding::Applies, by })
        }
        ItemKind::Fact { name, value } => {
            let (fact, value) = fact(procedure, name, value)?;
            deed(What::Fact { fact, value })
        }
        ItemKind::Annul { when, item, reason } => {
            let (entry, _) = earlier(entries, *when, item)?;
            vec![Body::Annulled { entry, reason: Private::new(reason.value.clone()) }]
        }
        ItemKind::Correct { when, item, to, reason } => {
            let (entry, deed) = earlier(entries, *when, item)?;
            let deed = Deed { when: *to, what: deed.what.clone() };
            vec![Body::Corrected { entry, deed, reason: Private::new(reason.value.clone()) }]
        }
    })
}

/// One fact with its value, as the procedure types it.
///
/// # Errors
///
/// Returns [`Trouble`] if there is no such fact, or the value is not of its type.
pub(crate) fn fact(procedure: &Procedure, name: &Text, value: &Text) -> Result<(Name, Value), Trouble> {
    let read = find(procedure.facts(), "fact", name, |fact| fact.of.read(&value.value))?;
    let value = read.map_err(|wrong| Trouble {
        span: value.span.clone(),
        message: format!("`{}` cannot take this value: {wrong}", name.value),
        remedy: "write a value of the type that the procedure declares".to_owned(),
        unknown: None,
    })?;
    Ok((read_name(name)?, value))
}

fn act(
    procedure: &Procedure,
    name: &Text,
    by: Option<&Text>,
    facts: &[(Text, Text)],
) -> Result<What, Trouble> {
    let allowed = find(procedure.acts(), "act", name, |act| act.by.clone())?;
    let by = authority(procedure, by, &allowed, name)?;
    let facts = facts.iter().map(|(name, value)| fact(procedure, name, value)).collect::<Result<_, _>>()?;
    Ok(What::Act { act: read_name(name)?, by, facts })
}

/// A document comes as it is required, unless the chronology says otherwise.
fn document(
    procedure: &Procedure,
    name: &Text,
    language: Option<&Text>,
    form: Option<DocumentForm>,
    lacks: &[Lack],
) -> Result<What, Trouble> {
    let (required_form, required_language) =
        find(procedure.documents(), "document", name, |row| (row.form, row.translated.clone()))?;
    let form = match form.unwrap_or(required_form) {
        _ if lacks.contains(&Lack::Certification) => ArrivedForm::Copy,
        DocumentForm::Original => ArrivedForm::Original,
        DocumentForm::CertifiedCopy => ArrivedForm::CertifiedCopy,
        DocumentForm::Copy | DocumentForm::NotStated => ArrivedForm::Copy,
    };
    let translated_into = match (language, required_language) {
        _ if lacks.contains(&Lack::Translation) => None,
        (Some(language), _) => Some(language.value.clone()),
        (None, Translation::Into(language)) => Some(language),
        (None, Translation::NotNeeded | Translation::NotStated) => None,
    };
    Ok(What::Document(Arrival { document: read_name(name)?, form, translated_into }))
}

/// The authority named, or the only one that may.
fn authority(
    procedure: &Procedure,
    by: Option<&Text>,
    allowed: &[AuthorityId],
    of: &Text,
) -> Result<Name, Trouble> {
    if let Some(by) = by {
        return find(procedure.authorities(), "authority", by, |_| ()).and_then(|()| read_name(by));
    }
    let names: Vec<&Name> = procedure
        .authorities()
        .iter()
        .filter(|(id, _, _)| allowed.contains(id))
        .map(|(_, name, _)| name)
        .collect();
    match names.as_slice() {
        [only] => Ok((*only).clone()),
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("`by {name}`")).collect();
            Err(Trouble {
                span: of.span.clone(),
                message: format!("`{}` can be done by several authorities", of.value),
                remedy: format!("say who did it: {}", names.join(" or ")),
                unknown: None,
            })
        }
    }
}

/// The standing deed of an earlier entry, by its date and what it is called.
fn earlier<'e>(entries: &'e [Entry], when: When, item: &Text) -> Result<(EntryNumber, &'e Deed), Trouble> {
    standing(entries)
        .into_iter()
        .rev()
        .find(|(_, deed)| deed.when == when && deed.what.label() == item.value)
        .map(|(entry, deed)| (entry.number, deed))
        .ok_or_else(|| Trouble {
            span: item.span.clone(),
            message: format!("nothing called `{}` stands recorded as of {when}", item.value),
            remedy: "name an earlier item with the date that it bears".to_owned(),
            unknown: None,
        })
}

fn find<I: Id, T, R>(
    table: &Table<I, T>,
    what: &str,
    name: &Text,
    read: impl FnOnce(&T) -> R,
) -> Result<R, Trouble> {
    table.find(&name.value).and_then(|id| table.get(id)).map(read).ok_or_else(|| {
        let known: Vec<String> = table.names().map(ToString::to_string).collect();
        Trouble {
            span: name.span.clone(),
            message: format!("the procedure has no {what} `{}`", name.value),
            remedy: format!("it has {}", known.join(", ")),
            unknown: Some((name.value.clone(), known)),
        }
    })
}

fn read_name(name: &Text) -> Result<Name, Trouble> {
    name.value.parse().map_err(|bad: comity_core::name::BadName| Trouble {
        span: name.span.clone(),
        message: bad.to_string(),
        remedy: "write the name as the procedure does".to_owned(),
        unknown: None,
    })
}

/// A few words for an item, as a story tells it.
#[must_use]
pub fn label(item: &Item) -> String {
    match &item.kind {
        ItemKind::Look => "time passes".to_owned(),
        ItemKind::Open => "the case is opened".to_owned(),
        ItemKind::Act { name, .. } => name.value.clone(),
        ItemKind::Document { name, lacks, .. } => {
            let lacks: String = lacks
                .iter()
                .map(|lack| match lack {
                    Lack::Translation => " without translation",
                    Lack::Certification => " uncertified",
                })
                .collect();
            format!("document {}{lacks}", name.value)
        }
        ItemKind::Ground { name, finding: Finding::Applies, .. } => format!("ground {} applies", name.value),
        ItemKind::Ground { name, finding: Finding::DoesNotApply, .. } => {
            format!("ground {} does not apply", name.value)
        }
        ItemKind::Fact { name, value } => format!("{} = {}", name.value, value.value),
        ItemKind::LateRecord { when, items } => {
            let items: Vec<String> = items.iter().map(label).collect();
            format!("{} (of {when}, recorded late)", items.join("; "))
        }
        ItemKind::Refused { item, .. } => format!("{} is refused", label(item)),
        ItemKind::Annul { when, item, .. } => format!("{} of {when} is annulled", item.value),
        ItemKind::Correct { when, item, to, .. } => format!("{} of {when} is corrected to {to}", item.value),
        ItemKind::Note(text) => text.value.clone(),
    }
}
