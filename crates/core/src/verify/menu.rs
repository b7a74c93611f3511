//! What may be recorded: for each act every value that makes a difference, and what must be known beforehand.

use super::asked::Asked;
use crate::entry::{Arrival, ArrivedForm, What};
use crate::id::{CaseId, EntryNumber};
use crate::name::{Name, Private};
use crate::procedure::{
    Act, ActId, AuthorityId, CountedFrom, DocumentId, ExtendBy, FactId, Force, GroundId, Length, Procedure,
    Translation,
};
use crate::time::{Day, Period};
use crate::value::{Country, FactType, Value};

/// How many ways to record one act are tried.
const MOST: usize = 20_000;

/// The ways in which an act may be recorded.
pub(super) struct Menu {
    pub(super) choices: Vec<Choice>,
    /// Whether there are more ways than are tried.
    pub(super) is_cut: bool,
    /// Whether all ways lead to the same place.
    pub(super) is_single: bool,
}

/// One way.
#[derive(Clone)]
pub(super) struct Choice {
    /// What is recorded beforehand. Nothing follows from it by itself.
    pub(super) before: Vec<Input>,
    pub(super) what: What,
    /// The facts that come with it.
    pub(super) given: Vec<(FactId, Value)>,
    /// Whether nothing must be unknown for it.
    pub(super) is_full: bool,
}

/// Something that no rule asks for but acts, and so need not be remembered: it can be recorded just before.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    Fact(FactId, Value),
    Ground(GroundId, bool),
    Document(DocumentId),
}

impl Input {
    fn is_mirrored(&self, procedure: &Procedure) -> bool {
        match self {
            Self::Fact(fact, _) => procedure.facts.at(*fact).mirrors.is_some(),
            Self::Ground(..) | Self::Document(_) => false,
        }
    }
}

pub(super) fn menu(procedure: &Procedure, id: ActId, asked: &Asked, kept: &Asked) -> Menu {
    let act = procedure.acts.at(id);
    let given = given(procedure, act, asked, kept);
    let inputs = inputs(procedure, &act.records, asked, kept);
    let ways = inputs.iter().map(Vec::len).chain(given.iter().map(|(_, values)| values.len()));
    let is_cut = ways.fold(1_usize, usize::saturating_mul) > MOST;
    let is_single = act.moves.iter().flat_map(|moves| &moves.moves).all(|one| one.when.is_none())
        && given.iter().all(|(fact, _)| !kept.facts.contains_key(fact));
    if is_cut {
        return Menu { choices: Vec::new(), is_cut, is_single };
    }
    let by = act.by.first().map(|by| procedure.authorities.name(*by).clone());
    let mut choices = Vec::new();
    for before in product(&inputs) {
        for facts in product(&given.iter().map(|(_, values)| values.clone()).collect::<Vec<_>>()) {
            let facts = given.iter().map(|(fact, _)| *fact).zip(facts);
            let given: Vec<(FactId, Value)> =
                facts.filter_map(|(fact, value)| Some((fact, value?))).collect();
            let named =
                given.iter().map(|(fact, value)| (procedure.facts.name(*fact).clone(), value.clone()));
            let facts: Vec<(Name, Value)> = named.collect();
            let Some(by) = by.clone() else { continue };
            choices.push(Choice {
                is_full: before.iter().all(|(is_full, _)| *is_full),
                before: before.iter().flat_map(|(_, inputs)| inputs.clone()).collect(),
                what: What::Act { act: procedure.acts.name(id).clone(), by, facts },
                given,
            });
        }
    }
    // What a linked case must bring comes last: a path is told more simply without.
    choices.sort_by_key(|choice| {
        (choice.before.iter().filter(|one| one.is_mirrored(procedure)).count(), choice.before.len())
    });
    Menu { choices, is_cut, is_single }
}

/// Each way to take one from each list.
fn product<T: Clone>(lists: &[Vec<T>]) -> Vec<Vec<T>> {
    lists.iter().fold(vec![Vec::new()], |ways, list| {
        ways.iter()
            .flat_map(|way| {
                list.iter().map(move |one| way.iter().chain(std::iter::once(one)).cloned().collect())
            })
            .collect()
    })
}

/// The facts that come with an act, each with its values; nothing where it is left out.
fn given(procedure: &Procedure, act: &Act, asked: &Asked, kept: &Asked) -> Vec<(FactId, Vec<Option<Value>>)> {
    let values = |fact: &FactId| {
        let compared = [asked, kept].into_iter().filter_map(|asked| asked.facts.get(fact));
        let compared: Vec<Value> = compared.flatten().cloned().collect();
        let is_asked = asked.facts.contains_key(fact) || kept.facts.contains_key(fact);
        let values = values_of(&procedure.facts.at(*fact).of, &compared);
        let most = if is_asked { values.len() } else { 1 };
        values.into_iter().take(most).map(Some).collect::<Vec<_>>()
    };
    let must = act.records.iter().map(|fact| (*fact, values(fact)));
    let may = act.may_record.iter().filter(|fact| !act.records.contains(fact)).filter_map(|fact| {
        if kept.facts.contains_key(fact) {
            return Some((*fact, std::iter::once(None).chain(values(fact)).collect()));
        }
        // An act that makes a clock longer is nothing without the length.
        is_counted_with(procedure, *fact).then(|| (*fact, values(fact).into_iter().take(1).collect()))
    });
    must.chain(may).collect()
}

/// Whether some clock is counted with a fact.
fn is_counted_with(procedure: &Procedure, fact: FactId) -> bool {
    procedure.clocks.iter().any(|(_, _, clock)| {
        let named = match &clock.length {
            Length::Counted { .. } => None,
            Length::NamedDay { fact, .. } | Length::NamedLength { fact, .. } => Some(*fact),
        };
        let extends = clock.extended_by.iter().any(|by| match by.by {
            ExtendBy::Length(..) => false,
            ExtendBy::PeriodIn(other, _) | ExtendBy::DayIn(other) => other == fact,
        });
        named == Some(fact) || clock.counted_from == CountedFrom::DateIn(fact) || extends
    })
}

type Ways = Vec<(bool, Vec<Input>)>;

/// Each way in which that may stand which is asked for and not kept; nothing, if there are more than are tried.
pub(super) fn beforehand(procedure: &Procedure, asked: &Asked, kept: &Asked) -> Option<Vec<Vec<Input>>> {
    let inputs = inputs(procedure, &[], asked, kept);
    let many = inputs.iter().map(Vec::len).fold(1_usize, usize::saturating_mul);
    let way = |way: Vec<(bool, Vec<Input>)>| way.into_iter().flat_map(|(_, inputs)| inputs).collect();
    (many <= MOST).then(|| product(&inputs).into_iter().map(way).collect())
}

/// What is asked for and not kept, but for what comes with an act, each with the ways in which it may stand.
fn inputs(procedure: &Procedure, records: &[FactId], asked: &Asked, kept: &Asked) -> Vec<Ways> {
    let mut found: Vec<Ways> = Vec::new();
    for (fact, compared) in &asked.facts {
        if !kept.facts.contains_key(fact) && !records.contains(fact) {
            let values = values_of(&procedure.facts.at(*fact).of, compared);
            let set = values.into_iter().map(|value| (true, vec![Input::Fact(*fact, value)]));
            found.push(std::iter::once((false, Vec::new())).chain(set).collect());
        }
    }
    for document in asked.documents.iter().filter(|id| !kept.documents.contains(id)) {
        found.push(vec![(false, Vec::new()), (true, vec![Input::Document(*document)])]);
    }
    let is_free = |ground: &GroundId| asked.asks_for_ground(*ground) && !kept.asks_for_ground(*ground);
    for ground in asked.grounds.iter().filter(|ground| is_free(ground)) {
        let found_so = |applies| (true, vec![Input::Ground(*ground, applies)]);
        // Where only that it applies is asked, not to be considered is as good as not to apply.
        if asked.closely.contains(ground) || asked.among.contains(ground) {
            found.push(vec![(false, Vec::new()), found_so(false), found_so(true)]);
        } else {
            found.push(vec![(true, Vec::new()), found_so(true)]);
        }
    }
    for force in [Force::Mandatory, Force::Optional] {
        let members = asked.among.iter().copied().filter(is_free);
        let members: Vec<GroundId> = members
            .filter(|id| !asked.grounds.contains(id) && procedure.grounds.at(*id).force == force)
            .collect();
        if !members.is_empty() {
            found.push(of_many(&members));
        }
    }
    found
}

/// Of grounds that are only asked for as some of many, it matters alone whether there is one not considered, one that
/// applies and one that does not.
fn of_many(members: &[GroundId]) -> Ways {
    let standings = [None, Some(false), Some(true)];
    (1_u8..8)
        .filter_map(|mask| {
            let chosen: Vec<Option<bool>> = (0..3)
                .zip(standings)
                .filter(|(bit, _)| mask & (1_u8 << bit) != 0)
                .map(|(_, standing)| standing)
                .collect();
            if chosen.len() > members.len() {
                return None;
            }
            let others = chosen.first().copied().flatten();
            let each = chosen.iter().copied().chain(std::iter::repeat(others));
            let set = members.iter().zip(each).filter_map(|(id, way)| Some(Input::Ground(*id, way?)));
            Some((!chosen.contains(&None), set.collect()))
        })
        .collect()
}

/// The values with which a fact is compared, and one other where there is one.
pub(super) fn values_of(of: &FactType, compared: &[Value]) -> Vec<Value> {
    let all: Vec<Value> = match of {
        FactType::YesNo => vec![Value::YesNo(true), Value::YesNo(false)],
        FactType::OneOf(choices) => choices.iter().cloned().map(Value::Choice).collect(),
        FactType::Text => ["some text", "some other text"].map(|text| Value::Text(Private::new(text))).into(),
        FactType::Number => {
            // One more number than are compared, so that one of them is another.
            (0_i64..).take(compared.len().saturating_add(1)).map(Value::Number).collect()
        }
        FactType::Country => std::iter::once('X')
            .chain('A'..='Z')
            .flat_map(|first| ('A'..='Z').map(move |second| format!("{first}{second}")))
            .filter_map(|code| code.parse::<Country>().ok())
            .map(Value::Country)
            .collect(),
        FactType::Date => (0..)
            .take(compared.len().saturating_add(1))
            .filter_map(|days| Day::new(2030, 6, 1).ok()?.plus_days(days))
            .map(Value::Date)
            .collect(),
        FactType::Period => (1..=compared.len().saturating_add(28))
            .filter_map(|days| format!("{days} days").parse::<Period>().ok())
            .rev()
            .map(Value::Period)
            .collect(),
    };
    let mut values: Vec<Value> = Vec::new();
    for value in compared {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    values.extend(all.into_iter().find(|value| !compared.contains(value)));
    values
}

/// The deed by which something becomes known.
pub(super) fn deed_of(procedure: &Procedure, input: &Input) -> What {
    match input {
        Input::Fact(fact, value) => becomes_known(procedure, *fact, value.clone()),
        Input::Ground(ground, applies) => found(procedure, *ground, *applies),
        Input::Document(document) => arrives(procedure, *document),
    }
}

pub(super) fn becomes_known(procedure: &Procedure, fact: FactId, value: Value) -> What {
    let name = procedure.facts.name(fact).clone();
    match (procedure.facts.at(fact).mirrors.is_some(), value) {
        (true, Value::Choice(value)) => {
            What::Learned { fact: name, value, from: CaseId(uuid::Uuid::nil()), entry: EntryNumber::FIRST }
        }
        (_, value) => What::Fact { fact: name, value },
    }
}

pub(super) fn found(procedure: &Procedure, ground: GroundId, applies: bool) -> What {
    let by: Option<&AuthorityId> = procedure.grounds.at(ground).considered_by.first();
    let name = procedure.grounds.name(ground).clone();
    let by = by.map_or_else(|| name.clone(), |by| procedure.authorities.name(*by).clone());
    What::Finding { ground: name, applies, by }
}

pub(super) fn arrives(procedure: &Procedure, document: DocumentId) -> What {
    let translated_into = match &procedure.documents.at(document).translated {
        Translation::Into(language) => Some(language.clone()),
        Translation::NotNeeded | Translation::NotStated => None,
    };
    let document = procedure.documents.name(document).clone();
    What::Document(Arrival { document, form: ArrivedForm::Original, translated_into })
}
