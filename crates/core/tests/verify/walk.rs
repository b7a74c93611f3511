//! Random lawful histories of any procedure, recorded through `admit` with dates.

use comity_core::entry::{Arrival, ArrivedForm, Body, Deed, Entry, Opening, What};
use comity_core::id::{CaseId, EntryNumber, MatterId};
use comity_core::name::{Name, Private};
use comity_core::procedure::{FactId, SharedProcedure, Translation};
use comity_core::time::{Moment, When, Zone};
use comity_core::value::{FactType, Value};
use comity_core::{Asked, Stamp, View, admit, fold, open};

use super::lots::Lots;

const HOUR: i64 = 3_600_000_000;

/// A case and the moment at which it is looked at.
pub(crate) struct Walk {
    procedure: SharedProcedure,
    pub(crate) entries: Vec<Entry>,
    pub(crate) now: Moment,
    lots: Lots,
}

fn plus_hours(moment: Moment, hours: i64) -> Moment {
    Moment::from_unix_microseconds(moment.as_unix_microseconds() + hours * HOUR).unwrap()
}

impl Walk {
    pub(crate) fn new(procedure: &SharedProcedure, seed: u64) -> Self {
        let seoul = Zone::named("Asia/Seoul").unwrap();
        let since = When::parse("2030-01-10T09:00", &seoul).unwrap();
        let opening = Opening {
            procedure: procedure.name().clone(),
            meaning: procedure.meaning(),
            matter: MatterId(uuid::Uuid::nil()),
            reference: "walk".to_owned(),
            title: Private::new("A walk"),
            since,
        };
        let now = since.earliest(&seoul);
        let stamp = Stamp { at: now, by: Private::new("officer") };
        let entries = vec![open(opening, &stamp)];
        let mut walk = Self { procedure: procedure.clone(), entries, now, lots: Lots::new(seed) };
        let links: Vec<Name> = procedure.links().names().cloned().collect();
        for link in links {
            assert!(walk.record(Body::Linked { link, case: CaseId(uuid::Uuid::nil()) }));
        }
        walk
    }

    pub(crate) fn view(&self) -> View {
        fold(&self.procedure, &self.entries, Asked::at(self.now))
    }

    /// Some earlier moment of the case, or the present.
    pub(crate) fn some_moment(&mut self) -> Moment {
        let first = self.entries[0].recorded_at.as_unix_microseconds();
        let hours = usize::try_from((self.now.as_unix_microseconds() - first) / HOUR).unwrap();
        plus_hours(self.entries[0].recorded_at, i64::try_from(self.lots.below(hours + 1)).unwrap())
    }

    /// Lets time pass or records something, if it may be recorded.
    pub(crate) fn step(&mut self) {
        match self.lots.below(10) {
            0 => self.now = plus_hours(self.now, i64::try_from(self.lots.below(24 * 40)).unwrap()),
            1 => self.go_to_the_next_end(),
            2 => self.annul(),
            _ => self.deed(),
        }
    }

    /// To the instant at which a clock runs out, or just before or after it.
    fn go_to_the_next_end(&mut self) {
        let ends = self.view().due().first().map(|(ends, _)| *ends);
        let Some(ends) = ends.filter(|ends| *ends > self.now) else { return };
        let off = i64::try_from(self.lots.below(3)).unwrap() - 1;
        self.now = Moment::from_unix_microseconds(ends.as_unix_microseconds() + off).unwrap().max(self.now);
    }

    fn annul(&mut self) {
        let last = self.entries.len();
        let entry = EntryNumber::new(u32::try_from(1 + self.lots.below(last)).unwrap()).unwrap();
        self.record(Body::Annulled { entry, reason: Private::new("a slip") });
    }

    fn deed(&mut self) {
        let what = if self.lots.one_in(3) { self.something_known() } else { self.some_act() };
        let Some(what) = what else { return };
        let when = if self.lots.one_in(4) {
            // Recorded late.
            When::At(self.some_moment())
        } else if self.lots.one_in(5) {
            When::On(Zone::named("Asia/Seoul").unwrap().day_at(self.now))
        } else {
            When::At(self.now)
        };
        self.record(Body::Deed(Deed { when, what }));
    }

    fn some_act(&mut self) -> Option<What> {
        let view = self.view();
        let acts = view.acts();
        let open: Vec<_> = acts.iter().filter(|act| act.is_open()).collect();
        // Now and then one that is closed, which must be refused.
        let act = if open.is_empty() || self.lots.one_in(8) {
            acts.get(self.lots.below(acts.len()))?
        } else {
            open[self.lots.below(open.len())]
        };
        let (name, act) = (act.name.clone(), act.act);
        let by = act.by[self.lots.below(act.by.len())];
        let by = self.procedure.authorities().iter().find(|(id, _, _)| *id == by)?.1.clone();
        let mut facts: Vec<FactId> = act.records.clone();
        let may = act.may_record.iter().filter(|fact| !act.records.contains(fact));
        let may: Vec<FactId> = may.copied().collect();
        facts.extend(may.into_iter().filter(|_| self.lots.one_in(2)));
        let facts = facts.into_iter().map(|fact| self.fact(fact)).collect();
        Some(What::Act { act: name, by, facts })
    }

    fn fact(&mut self, fact: FactId) -> (Name, Value) {
        let procedure = self.procedure.clone();
        let (_, name, row) = procedure.facts().iter().find(|(id, _, _)| *id == fact).unwrap();
        (name.clone(), self.value(&row.of))
    }

    fn value(&mut self, of: &FactType) -> Value {
        let text = match of {
            FactType::Text => "words".to_owned(),
            FactType::Country => self.lots.of(&["XN", "XC", "XD"]).to_owned(),
            FactType::YesNo => self.lots.of(&["yes", "no"]).to_owned(),
            FactType::Number => self.lots.below(4).to_string(),
            FactType::Period => format!("{} days", 1 + self.lots.below(60)),
            FactType::OneOf(choices) => self.lots.of(choices).to_string(),
            FactType::Date => {
                let day = Zone::named("Asia/Seoul").unwrap().day_at(self.now);
                day.plus_days(i64::try_from(self.lots.below(80)).unwrap() - 20).unwrap().to_string()
            }
        };
        of.read(&text).unwrap()
    }

    fn something_known(&mut self) -> Option<What> {
        let procedure = self.procedure.clone();
        let facts = procedure.facts().len();
        let documents = procedure.documents().len();
        let at = self.lots.below(facts + documents + procedure.grounds().len());
        if at < facts {
            let (id, name, row) = procedure.facts().iter().nth(at)?;
            let (_, value) = self.fact(id);
            let (fact, from, entry) = (name.clone(), CaseId(uuid::Uuid::nil()), EntryNumber::FIRST);
            return Some(match (&row.mirrors, value) {
                (Some(_), Value::Choice(value)) => What::Learned { fact, value, from, entry },
                (_, value) => What::Fact { fact, value },
            });
        }
        if at < facts + documents {
            let (_, name, row) = procedure.documents().iter().nth(at - facts)?;
            let form = self.lots.of(&[ArrivedForm::Original, ArrivedForm::Copy]);
            let translated_into = match &row.translated {
                Translation::Into(language) if !self.lots.one_in(3) => Some(language.clone()),
                Translation::Into(_) | Translation::NotNeeded | Translation::NotStated => None,
            };
            return Some(What::Document(Arrival { document: name.clone(), form, translated_into }));
        }
        let (_, name, row) = procedure.grounds().iter().nth(at - facts - documents)?;
        let by = *row.considered_by.first()?;
        let by = procedure.authorities().iter().find(|(id, _, _)| *id == by)?.1.clone();
        Some(What::Finding { ground: name.clone(), applies: self.lots.one_in(2), by })
    }

    fn record(&mut self, body: Body) -> bool {
        let stamp = Stamp { at: self.now, by: Private::new("officer") };
        let admitted = admit(&self.procedure, &self.entries, body, &stamp);
        admitted.is_ok_and(|entry| {
            self.entries.push(entry);
            true
        })
    }
}
