//! Stages: where a track stands, with what is held there.

use comity_core::View;
use comity_core::name::{KnownName, Name};

use crate::NotThis;
use crate::case::Standing;
use crate::row::{Procedure, Typed};
use crate::value::FactValue;

/// Where a track stands, as a type that carries the facts that are held there.
pub trait Stage: Typed + Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// A handle on a case whose track stands at any stage.
    type Anywhere: Standing;

    /// The track.
    const TRACK: KnownName;
    /// The stage.
    const STAGE: KnownName;
    /// What it is called.
    const TITLE: &'static str;
    /// The outcome, if the track ends here.
    const OUTCOME: Option<&'static str>;

    /// The facts that are held here.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis::NotHeld`] or [`NotThis::BadValue`] if one is not known or of another type, which the check of procedures
    /// rules out for a view under this edition.
    fn held(view: &View) -> Result<Self, NotThis>;

    /// The stage, if the track stands there in `view`.
    ///
    /// # Errors
    ///
    /// Returns [`NotThis`] if another procedure or edition applies.
    fn of(view: &View) -> Result<Option<Self>, NotThis> {
        Self::Procedure::applies_to(view)?;
        let stands = view.track(Self::TRACK.as_str());
        let is_here = stands.is_some_and(|track| track.stage_name.as_str() == Self::STAGE.as_str());
        if is_here { Self::held(view).map(Some) } else { Ok(None) }
    }
}

/// Where a track stands in a view.
///
/// # Errors
///
/// Returns [`NotThis::NoSuchRow`] if there is no such track, which is so under another procedure alone.
pub fn stands<T: Typed>(view: &View, track: KnownName) -> Result<Name, NotThis> {
    let found = view.track(track.as_str()).map(|track| track.stage_name.clone());
    found.ok_or_else(|| NotThis::no_row::<T>(track.as_str()))
}

/// A fact that is held wherever the track stands at the stage.
///
/// # Errors
///
/// As [`Stage::held`].
pub fn held<S: Stage, T: FactValue>(view: &View, fact: KnownName) -> Result<T, NotThis> {
    known(view, fact)?.ok_or_else(|| NotThis::NotHeld {
        fact: fact.into(),
        track: S::TRACK.into(),
        stage: S::STAGE.into(),
    })
}

/// A fact, if it is known.
///
/// # Errors
///
/// Returns [`NotThis::BadValue`] if it has a value of another type.
pub fn known<T: FactValue>(view: &View, fact: KnownName) -> Result<Option<T>, NotThis> {
    let Some(known) = view.fact(fact.as_str()).and_then(|row| row.known) else { return Ok(None) };
    T::from_value(&known.value).map(Some).ok_or_else(|| NotThis::BadValue { fact: fact.into() })
}
