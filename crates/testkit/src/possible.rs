//! What may be recorded next in a case, with made-up values: for histories that chance writes.

use comity_core::entry::{Arrival, ArrivedForm, What};
use comity_core::name::{Name, Private};
use comity_core::procedure::{Authority, DocumentForm, FactId, Procedure, Translation};
use comity_core::time::{Day, Period, Unit};
use comity_core::value::{Country, FactType, Value};
use comity_core::{ActView, View};

/// Everything that may be recorded where a case stands: open acts by each who may do them, documents, findings and facts, with
/// values that `value` chooses. It may still upset a record that is there.
#[must_use]
pub fn possible(view: &View, value: u32) -> Vec<What> {
    let procedure = view.procedure();
    let mut possible = Vec::new();
    for act in view.acts().iter().filter(|act| act.is_open()) {
        possible.extend(done(procedure, act, value));
    }
    possible.extend(view.documents().iter().map(|document| {
        What::Document(Arrival {
            document: document.name.clone(),
            form: match document.document.form {
                DocumentForm::Original => ArrivedForm::Original,
                DocumentForm::CertifiedCopy => ArrivedForm::CertifiedCopy,
                DocumentForm::Copy | DocumentForm::NotStated => ArrivedForm::Copy,
            },
            translated_into: match &document.document.translated {
                Translation::Into(language) => Some(language.clone()),
                Translation::NotNeeded | Translation::NotStated => None,
            },
        })
    }));
    for ground in view.grounds() {
        let authorities = procedure.authorities().iter();
        let by = authorities.filter(|(id, _, _)| ground.ground.considered_by.contains(id));
        possible.extend(by.map(|(_, by, _)| What::Finding {
            ground: ground.name.clone(),
            applies: value.is_multiple_of(3),
            by: by.clone(),
        }));
    }
    // A fact that follows another case is learned from it, and there is none here.
    let own = procedure.facts().iter().filter(|(_, _, fact)| fact.mirrors.is_none());
    let known = own.filter_map(|(id, _, _)| valued(procedure, id, value));
    possible.extend(known.map(|(fact, value)| What::Fact { fact, value }));
    possible
}

/// An act by each who may do it, open or not.
#[must_use]
pub fn done(procedure: &Procedure, act: &ActView<'_>, value: u32) -> Vec<What> {
    let mut facts: Vec<FactId> = act.act.records.clone();
    // Sometimes with what may be given as well.
    facts.extend(act.act.may_record.iter().filter(|_| value.is_multiple_of(2)));
    let facts: Vec<(Name, Value)> = facts.iter().filter_map(|fact| valued(procedure, *fact, value)).collect();
    let by = |(by, _): &(&Name, &Authority)| What::Act {
        act: act.name.clone(),
        by: (*by).clone(),
        facts: facts.clone(),
    };
    act.by.iter().map(by).collect()
}

/// A fact with a value of its type, chosen by a number.
fn valued(procedure: &Procedure, fact: FactId, number: u32) -> Option<(Name, Value)> {
    let (_, name, row) = procedure.facts().iter().find(|(id, _, _)| *id == fact)?;
    let value = match &row.of {
        FactType::Text => Value::Text(Private::new(format!("text {number}"))),
        FactType::Date => {
            Value::Date("2027-01-01".parse::<Day>().ok()?.plus_days(i64::from(number % 1_500))?)
        }
        FactType::Country => {
            Value::Country(["XN", "XC"].get(usize::from(number % 2 == 1))?.parse::<Country>().ok()?)
        }
        FactType::YesNo => Value::YesNo(number.is_multiple_of(2)),
        FactType::Number => Value::Number(i64::from(number % 100)),
        FactType::Period => Value::Period(Period::new(number % 90 + 1, Unit::Day).ok()?),
        FactType::OneOf(choices) => {
            let place = usize::try_from(number).ok()?.checked_rem(choices.len())?;
            Value::Choice(choices.get(place)?.clone())
        }
    };
    Some((name.clone(), value))
}
