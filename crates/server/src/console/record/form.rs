//! Which fields are asked, by what the procedure says of the act, the document, the ground or the fact.

use comity_core::entry::Entry;
use comity_core::id::EntryNumber;
use comity_core::procedure::{Act, Basis, DocumentForm, FactId, Procedure, Translation};
use comity_core::table::Table;
use comity_core::time::Zone;
use comity_core::value::FactType;
use comity_core::{Rejection, View};
use comity_sheet::words;

use super::super::fields::Fields;
use super::super::words::{Cited, Markup, cited, sentence, whole_sentence};
use super::kind::Kind;
use super::office;
use super::said::FACT;
use crate::api::case::Looked;
use crate::problem::Problem;

/// Up to so many choices are shown side by side; more are a list to pick from.
const BESIDE: usize = 6;

/// One question of a form.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
    pub(super) must: bool,
    pub(super) control: Control,
}

/// How an answer is given.
pub(super) enum Control {
    Line,
    Lines,
    Beside(Vec<Choice>),
    List(Vec<Choice>),
}

pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// What a form is about.
pub(super) struct Asked {
    pub(super) title: String,
    /// What an officer should know before, as HTML.
    pub(super) says: Vec<Markup>,
    pub(super) provisions: Vec<Cited>,
    /// Why it cannot be done now, as HTML; an act that happened earlier may still be recorded.
    pub(super) closed: Vec<Markup>,
    pub(super) four_eyes: bool,
    pub(super) fields: Vec<Field>,
}

/// The form for something, filled with what was typed.
pub(super) fn asked(
    kind: Kind,
    of: &str,
    looked: &Looked,
    typed: &Fields,
    me: &str,
) -> Result<Asked, Problem> {
    let (view, procedure) = (&looked.view, looked.view.procedure());
    match kind {
        Kind::Act => act(of, view, typed),
        Kind::Document => document(of, procedure, typed),
        Kind::Finding => finding(of, procedure, typed),
        Kind::Fact => fact(of, view, typed),
        Kind::Annul => annul(of, looked, typed),
        Kind::Redate => redate(of, looked, typed),
        Kind::Confirm => confirm(of, looked),
        Kind::Link => Ok(link(procedure, typed)),
        Kind::Note => Ok(office::note(typed)),
        Kind::Hold => Ok(office::hold(procedure, typed)),
        Kind::Resume => Ok(office::resume()),
        Kind::Assign => Ok(office::assign(typed, me)),
        Kind::Review => Ok(office::review(procedure, typed)),
        Kind::NoReview => Ok(office::no_review()),
        Kind::Seal => Ok(office::seal(typed)),
        Kind::Unseal => Ok(office::unseal(typed)),
    }
}

/// A row of the procedure by its name.
fn row<'p, I: comity_core::table::Id, T>(
    table: &'p Table<I, T>,
    name: &str,
    what: &str,
) -> Result<&'p T, Problem> {
    table.find(name).and_then(|id| table.get(id)).ok_or_else(|| Problem::not_found(what))
}

fn act(of: &str, view: &View, typed: &Fields) -> Result<Asked, Problem> {
    let procedure = view.procedure();
    let found = view.act(of).ok_or_else(|| Problem::not_found("act"))?;
    let (row, authorities): (&Act, _) = (found.act, procedure.authorities());
    let by: Vec<(String, String)> =
        found.by.iter().map(|(name, authority)| (name.to_string(), authority.title.clone())).collect();
    let zones: Vec<&Zone> = row
        .by
        .iter()
        .filter_map(|by| procedure.sides().get(authorities.get(*by)?.side).map(|side| &side.zone))
        .collect();
    let mut fields = vec![when(typed, &zones, "When did it take effect?")];
    fields.extend(authority(&by, typed));
    fields.extend(row.records.iter().filter_map(|id| of_fact(*id, view, typed, true)));
    fields.extend(row.may_record.iter().filter_map(|id| of_fact(*id, view, typed, false)));
    Ok(Asked {
        title: row.title.clone(),
        says: Vec::new(),
        provisions: provisions(&row.basis, procedure),
        closed: found
            .closed_because
            .iter()
            .map(Rejection::to_string)
            .map(|says| whole_sentence(&says))
            .collect(),
        four_eyes: row.four_eyes,
        fields,
    })
}

fn document(of: &str, procedure: &Procedure, typed: &Fields) -> Result<Asked, Problem> {
    let found = row(procedure.documents(), of, "document")?;
    let chosen = typed.text("form").unwrap_or_default();
    let form = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: chosen == value,
    };
    let forms = vec![
        form("original", "The original"),
        form("certified-copy", "A certified copy"),
        form("copy", "A copy without certification"),
    ];
    let asks = form_in_words(found.form);
    let language = match &found.translated {
        Translation::Into(language) => format!("The procedure asks for a translation into {language}. "),
        Translation::NotNeeded | Translation::NotStated => String::new(),
    };
    Ok(Asked {
        fields: vec![
            when(typed, &[&procedure.home().zone], "When did it arrive?"),
            field("form", "In which form?", asks, typed, true, Control::Beside(forms)),
            field(
                "translated_into",
                "Which language is its translation in?",
                &format!("{language}Two letters, such as en. Leave it empty if no translation came."),
                typed,
                false,
                Control::Line,
            ),
        ],
        ..plain(&format!("{} arrived", found.title), provisions(&found.basis, procedure))
    })
}

/// Which form the procedure asks for.
const fn form_in_words(form: DocumentForm) -> &'static str {
    match form {
        DocumentForm::Original => "The provision asks for the original.",
        DocumentForm::CertifiedCopy => "The provision asks for the original or a certified copy.",
        DocumentForm::Copy => "The provision takes any copy.",
        DocumentForm::NotStated => "The provision does not say in which form it must come.",
    }
}

fn finding(of: &str, procedure: &Procedure, typed: &Fields) -> Result<Asked, Problem> {
    let found = row(procedure.grounds(), of, "ground")?;
    let authorities = procedure.authorities();
    let by: Vec<(String, String)> = authorities
        .iter()
        .filter(|(id, _, _)| found.considered_by.contains(id))
        .map(|(_, name, authority)| (name.to_string(), authority.title.clone()))
        .collect();
    let zones: Vec<&Zone> = found
        .considered_by
        .iter()
        .filter_map(|by| procedure.sides().get(authorities.get(*by)?.side).map(|side| &side.zone))
        .collect();
    let chosen = typed.or_empty("applies");
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: chosen == value,
    };
    let choices = vec![choice("yes", "It applies"), choice("no", "It does not apply")];
    let mut fields = vec![
        field("applies", "What was found?", "", typed, true, Control::Beside(choices)),
        when(typed, &zones, "When was it considered?"),
    ];
    fields.extend(authority(&by, typed));
    let says = vec![whole_sentence(&format!("This ground is {}", found.force.word()))];
    Ok(Asked { says, fields, ..plain(&found.title, provisions(&found.basis, procedure)) })
}

fn fact(of: &str, view: &View, typed: &Fields) -> Result<Asked, Problem> {
    let procedure = view.procedure();
    let facts = procedure.facts();
    let id = facts.find(of).ok_or_else(|| Problem::not_found("fact"))?;
    let found = row(facts, of, "fact")?;
    let value = of_fact(id, view, typed, true).map(|field| Field {
        value: typed.or_empty("value"),
        control: choose(field.control, &typed.or_empty("value")),
        name: "value".to_owned(),
        label: "What is known?".to_owned(),
        ..field
    });
    let mut fields: Vec<Field> = value.into_iter().collect();
    fields.push(when(typed, &[&procedure.home().zone], "Since when is it so?"));
    Ok(Asked { fields, ..plain(&found.title, provisions(&found.basis, procedure)) })
}

/// An earlier entry, and what it says.
fn earlier<'l>(of: &str, looked: &'l Looked) -> Result<(&'l Entry, String), Problem> {
    let number: Option<EntryNumber> = of.parse().ok().and_then(EntryNumber::new);
    let found = looked.file.entries.iter().find(|entry| Some(entry.number) == number);
    let entry = found.ok_or_else(|| Problem::not_found("entry"))?;
    Ok((entry, words::body(&entry.body, looked.file.procedure_of(entry.number))))
}

fn reason(typed: &Fields) -> Field {
    let hint = "Whoever reads the record later must understand it.";
    field("reason", "Why?", hint, typed, true, Control::Lines)
}

fn annul(of: &str, looked: &Looked, typed: &Fields) -> Result<Asked, Problem> {
    let (_, says) = earlier(of, looked)?;
    let effect = "It stays in the record, and counts no more. What followed from it is worked out anew.";
    Ok(Asked {
        says: vec![whole_sentence(&says), sentence(effect)],
        fields: vec![reason(typed)],
        ..plain(&format!("Entry {of} was a mistake"), Vec::new())
    })
}

fn redate(of: &str, looked: &Looked, typed: &Fields) -> Result<Asked, Problem> {
    let (_, says) = earlier(of, looked)?;
    let zone = &looked.view.procedure().home().zone;
    let when = Field { must: true, ..when(typed, &[zone], "When did it take effect?") };
    Ok(Asked {
        says: vec![whole_sentence(&says)],
        fields: vec![when, reason(typed)],
        ..plain(&format!("Entry {of} happened on another date"), Vec::new())
    })
}

fn confirm(of: &str, looked: &Looked) -> Result<Asked, Problem> {
    let (entry, _) = earlier(of, looked)?;
    let proposal = comity_core::entry::proposed(&looked.file.entries, entry.number);
    let proposal = proposal.ok_or_else(|| Problem::not_found("proposal"))?;
    let says = words::proposal(proposal, looked.file.procedure_of(entry.number));
    let title = format!("Confirm what was proposed in entry {of}");
    Ok(Asked { says: vec![whole_sentence(&says)], ..plain(&title, Vec::new()) })
}

fn link(procedure: &Procedure, typed: &Fields) -> Asked {
    let chosen = typed.or_empty("link");
    let links = procedure.links().iter().map(|(_, name, link)| Choice {
        value: name.to_string(),
        label: format!("{} ({})", link.title, link.procedure),
        is_chosen: chosen == name.as_str(),
    });
    let links = pick(links.collect());
    let fields = vec![
        field("link", "What is the other case to this one?", "", typed, true, links),
        field("case", "Reference of the other case", "", typed, true, Control::Line),
    ];
    Asked { fields, ..plain("Tie this case to another", Vec::new()) }
}

/// The provisions that something rests on, by their source.
fn provisions(basis: &Basis, procedure: &Procedure) -> Vec<Cited> {
    cited(&words::provisions(basis, procedure))
}

pub(super) fn plain(title: &str, provisions: Vec<Cited>) -> Asked {
    Asked {
        title: title.to_owned(),
        says: Vec::new(),
        provisions,
        closed: Vec::new(),
        four_eyes: false,
        fields: Vec::new(),
    }
}

pub(super) fn field(
    name: &str,
    label: &str,
    hint: &str,
    typed: &Fields,
    must: bool,
    control: Control,
) -> Field {
    Field {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        value: typed.or_empty(name),
        must,
        control,
    }
}

/// When something took effect, in the days of whoever acted.
fn when(typed: &Fields, zones: &[&Zone], label: &str) -> Field {
    let mut places: Vec<String> = zones.iter().map(|zone| zone.place()).collect();
    places.dedup();
    let places = places.join(" or ");
    let hint = format!(
        "As far as it is known, in the time of {places}: 2027-04-16 23:30, 2027-04-16, 2027-04 or 2027. Empty means now."
    );
    field("when", label, &hint, typed, false, Control::Line)
}

/// Who acted, where several may.
fn authority(by: &[(String, String)], typed: &Fields) -> Option<Field> {
    if by.len() < 2 {
        return None;
    }
    let chosen = typed.or_empty("by");
    let choices = by.iter().map(|(value, label)| Choice {
        value: value.clone(),
        label: label.clone(),
        is_chosen: chosen == *value,
    });
    Some(field("by", "Who did it?", "", typed, true, pick(choices.collect())))
}

fn pick(choices: Vec<Choice>) -> Control {
    if choices.len() > BESIDE { Control::List(choices) } else { Control::Beside(choices) }
}

/// The question for a fact, by its type.
fn of_fact(id: FactId, view: &View, typed: &Fields, must: bool) -> Option<Field> {
    let facts = view.facts();
    let (_, name, row) = view.procedure().facts().iter().find(|(known, _, _)| *known == id)?;
    let field_name = format!("{FACT}{name}");
    let value = typed.or_empty(&field_name);
    let (hint, control) = match &row.of {
        FactType::Text => (String::new(), Control::Line),
        FactType::Date => ("A day, such as 2027-04-16.".to_owned(), Control::Line),
        FactType::Country => ("The two letters of the State, such as NZ.".to_owned(), Control::Line),
        FactType::YesNo => (String::new(), Control::Beside(yes_no())),
        FactType::Number => ("A whole number.".to_owned(), Control::Line),
        FactType::Period => ("A length of time, such as 45 days or 2 months.".to_owned(), Control::Line),
        FactType::OneOf(all) => {
            let choices = all.iter().map(|one| Choice {
                value: one.to_string(),
                label: one.as_str().replace('-', " "),
                is_chosen: false,
            });
            (String::new(), pick(choices.collect()))
        }
    };
    let known = facts.iter().find(|fact| fact.name == name).and_then(|fact| fact.known);
    let known = known.map(|known| format!("Recorded so far: {}.", known.value.reveal()));
    let optional = if must { "" } else { "May be left empty." };
    let hints = [known.unwrap_or_default(), hint, optional.to_owned()];
    let hint: Vec<String> = hints.into_iter().filter(|hint| !hint.is_empty()).collect();
    Some(Field {
        name: field_name,
        label: row.title.clone(),
        hint: hint.join(" "),
        control: choose(control, &value),
        value,
        must,
    })
}

fn yes_no() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: false,
    };
    vec![choice("yes", "Yes"), choice("no", "No")]
}

/// The same control with what was chosen before.
fn choose(control: Control, value: &str) -> Control {
    let chosen = |choices: Vec<Choice>| {
        let one = |choice: Choice| Choice { is_chosen: choice.value == value, ..choice };
        choices.into_iter().map(one).collect()
    };
    match control {
        Control::Beside(choices) => Control::Beside(chosen(choices)),
        Control::List(choices) => Control::List(chosen(choices)),
        Control::Line => Control::Line,
        Control::Lines => Control::Lines,
    }
}
