//! From the fields of a form to an entry as the API reads it. What it means is read there, by the words of the procedure.

use super::super::fields::Fields;
use super::kind::Kind;
use crate::api::said::{Form, SaidEntry};
use crate::problem::Problem;

/// What stands before the name of a fact in a form.
pub(super) const FACT: &str = "fact.";

/// The entry that a form says; nothing for a link, which is no entry of the API.
pub(super) fn said(kind: Kind, of: &str, fields: &Fields) -> Result<Option<SaidEntry>, Problem> {
    let (of, when, reason) = (of.to_owned(), fields.text("when"), fields.or_empty("reason"));
    Ok(Some(match kind {
        Kind::Act => SaidEntry::Act {
            act: of,
            by: fields.text("by"),
            when,
            facts: fields.under(FACT).into_iter().collect(),
        },
        Kind::Document => SaidEntry::Document {
            document: of,
            form: form(&fields.or_empty("form"))?,
            translated_into: fields.text("translated_into"),
            when,
        },
        Kind::Finding => SaidEntry::Finding {
            ground: of,
            applies: yes_or_no(&fields.or_empty("applies"))?,
            by: fields.text("by"),
            when,
        },
        Kind::Fact => SaidEntry::Fact { fact: of, value: fields.or_empty("value"), when },
        Kind::Note => SaidEntry::Note { text: fields.or_empty("text") },
        Kind::Annul => SaidEntry::Annul { entry: number(&of)?, reason },
        Kind::Redate => SaidEntry::Redate { entry: number(&of)?, when: when.unwrap_or_default(), reason },
        Kind::Hold => SaidEntry::Hold { reason, until: fields.text("until") },
        Kind::Resume => SaidEntry::Resume,
        Kind::Assign => SaidEntry::Assign { to: fields.text("to"), desk: fields.text("desk") },
        Kind::Review => SaidEntry::Review { by: fields.or_empty("until"), why: fields.or_empty("reason") },
        Kind::NoReview => SaidEntry::NoReview,
        Kind::Seal => SaidEntry::Seal {
            accounts: names(&fields.or_empty("accounts")),
            desks: names(&fields.or_empty("desks")),
            reason,
        },
        Kind::Unseal => SaidEntry::Unseal { reason },
        Kind::Confirm => SaidEntry::Confirm { entry: number(&of)? },
        Kind::Link => return Ok(None),
    }))
}

fn number(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::not_found("entry"))
}

fn form(text: &str) -> Result<Form, Problem> {
    match text {
        "original" => Ok(Form::Original),
        "certified-copy" => Ok(Form::CertifiedCopy),
        "copy" => Ok(Form::Copy),
        _ => Err(Problem::unclear(
            "say in which form the document came: the original, a certified copy or a copy",
        )),
    }
}

fn yes_or_no(text: &str) -> Result<bool, Problem> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Problem::unclear("say what was found: that the ground applies, or that it does not")),
    }
}

/// Names between commas and blanks.
fn names(text: &str) -> Vec<String> {
    let names = text.split([',', ' ', '\n', '\r', '\t']).map(str::trim);
    names.filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

    use super::*;

    #[test]
    fn an_act_takes_the_facts_that_were_filled_in() {
        let fields =
            Fields::read(b"when=2027-03-02+23%3A30&by=kr%2Fpolice&fact.arrest.place=Ulsan&fact.other=");
        let said = said(Kind::Act, "arrested", &fields).unwrap().unwrap();
        let SaidEntry::Act { act, by, when, facts } = said else { panic!("an act") };
        assert_eq!(
            (act.as_str(), by.as_deref(), when.as_deref()),
            ("arrested", Some("kr/police"), Some("2027-03-02 23:30"))
        );
        assert_eq!(facts.into_iter().collect::<Vec<_>>(), [("arrest.place".to_owned(), "Ulsan".to_owned())]);
    }

    #[test]
    fn what_must_be_chosen_is_asked_for() {
        let nothing = Fields::default();
        assert!(said(Kind::Finding, "political", &nothing).is_err());
        assert!(said(Kind::Document, "warrant", &nothing).is_err());
        assert!(said(Kind::Annul, "no number", &nothing).is_err());
        assert_eq!(names("a.costa, m.reis\r\nhead"), ["a.costa", "m.reis", "head"]);
    }
}
