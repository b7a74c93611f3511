//! Acts and findings: what authorities do, as types.

use comity_core::entry::{Deed, What};
use comity_core::name::{KnownName, Name};
use comity_core::time::When;
use comity_core::value::Value;

use crate::row::Typed;
use crate::value::{FactValue, given};
use crate::{NotThis, Row};

/// An act of a procedure, with all that is recorded with it.
pub trait Act: Typed + Sized {
    /// Its row in the file.
    const ROW: Row;
    /// Who may do it.
    const BY: &'static [KnownName];
    /// Whether it takes two persons: one proposes it, and another confirms it.
    const TAKES_TWO: bool;

    /// Who does it.
    fn by(&self) -> KnownName;

    /// The facts that are given with it, those that must be before those that may be, each in the order of the file.
    fn facts(self) -> Vec<(Name, Value)>;

    /// The act from what the core keeps of it.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis`] if another authority did it, or a fact is missing, too many or of another type. What was recorded under
    /// this edition of the procedure is none of these.
    fn read(by: &Name, facts: &[(Name, Value)]) -> Result<Self, NotThis>;

    /// The act as the core takes it.
    fn into_what(self) -> What {
        let by = self.by().into();
        What::Act { act: Self::ROW.name.into(), by, facts: self.facts() }
    }

    /// The act with the moment at which it took effect.
    fn at(self, when: When) -> Deed {
        Deed { when, what: self.into_what() }
    }
}

/// That a ground was considered, and what was found.
pub trait Finding: Typed + Sized {
    /// Its row in the file.
    const ROW: Row;
    /// Who considers it.
    const BY: &'static [KnownName];

    /// Whether it applies.
    fn applies(&self) -> bool;

    /// Who considered it.
    fn by(&self) -> KnownName;

    /// The finding from what the core keeps of it.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::OtherAuthority`] if another authority considered it.
    fn read(applies: bool, by: &Name) -> Result<Self, NotThis>;

    /// The finding as the core takes it.
    fn into_what(self) -> What {
        What::Finding { ground: Self::ROW.name.into(), applies: self.applies(), by: self.by().into() }
    }

    /// The finding with the moment at which it took effect.
    fn at(self, when: When) -> Deed {
        Deed { when, what: self.into_what() }
    }
}

/// The facts that were given with an act, taken out one by one.
#[derive(Debug)]
pub struct FactsGiven<'f> {
    act: KnownName,
    left: Vec<&'f (Name, Value)>,
}

impl<'f> FactsGiven<'f> {
    /// All facts of an act.
    #[must_use]
    pub fn of(act: KnownName, facts: &'f [(Name, Value)]) -> Self {
        Self { act, left: facts.iter().collect() }
    }

    /// A fact that may have been given.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::BadValue`] if it has a value of another type.
    pub fn may<T: FactValue>(&mut self, fact: KnownName) -> Result<Option<T>, NotThis> {
        let Some(at) = self.left.iter().position(|(name, _)| name.as_str() == fact.as_str()) else {
            return Ok(None);
        };
        let (_, value) = self.left.remove(at);
        T::from_value(value).map(Some).ok_or_else(|| NotThis::BadValue { fact: fact.into() })
    }

    /// A fact that must have been given.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::FactMissing`] if it was not, and [`NotThis::BadValue`] if it has a value of another type.
    pub fn must<T: FactValue>(&mut self, fact: KnownName) -> Result<T, NotThis> {
        self.may(fact)?.ok_or_else(|| NotThis::FactMissing { act: self.act.into(), fact: fact.into() })
    }

    /// Nothing else was given.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::FactTooMany`] if something was.
    pub fn none_left(self) -> Result<(), NotThis> {
        match self.left.first() {
            None => Ok(()),
            Some((fact, _)) => Err(NotThis::FactTooMany { act: self.act.into(), fact: fact.clone() }),
        }
    }
}

/// Puts the facts of an act together.
#[derive(Debug, Default)]
pub struct FactsToGive(Vec<(Name, Value)>);

impl FactsToGive {
    /// With a fact that must be given.
    #[must_use]
    pub fn must<T: FactValue>(mut self, fact: KnownName, value: T) -> Self {
        self.0.push(given(fact, value));
        self
    }

    /// With a fact that may be given.
    #[must_use]
    pub fn may<T: FactValue>(mut self, fact: KnownName, value: Option<T>) -> Self {
        self.0.extend(value.map(|value| given(fact, value)));
        self
    }

    /// The facts.
    #[must_use]
    pub fn done(self) -> Vec<(Name, Value)> {
        self.0
    }
}

/// Which of those who may do something did it: the place of `by` among them.
///
/// # Errors
///
/// Returns [`NotThis::OtherAuthority`] if it is none of them.
pub fn who<T: Copy>(what: KnownName, by: &Name, among: &[(KnownName, T)]) -> Result<T, NotThis> {
    let found = among.iter().find(|(name, _)| name.as_str() == by.as_str());
    found.map(|(_, who)| *who).ok_or_else(|| NotThis::other_authority(what, by))
}
