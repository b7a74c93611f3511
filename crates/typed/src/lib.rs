//! A procedure file becomes Rust types, and what the procedure does not know does not compile.
//!
//! [`procedure!`] reads a file of the treaty library while a program is compiled and makes a module of it. The file stays the one
//! source: a name that is not in it, a fact that an act does not take, an authority that may not do it and an act at a stage from
//! which it does not lead are errors of the compiler, and a mistake in the file is told at its own line.
//!
//! What the module holds:
//!
//! - `acts`: a struct for each act, with the facts that must and those that may be given with it, and with who does it where
//!   several authorities may; `Act`, any of them;
//! - `tracks`: for each track an enum with a variant for each stage, which carries the facts that are held there, and a module with
//!   a type for each stage;
//! - `facts`, `Fact`, `Facts`: what may be known, and what is;
//! - `documents`, `grounds`: what arrives and what is found; `Document`, `Ground`, `Clock`, `Condition`, `Obligation`, `Authority`:
//!   the names of the file, as types;
//! - `View`: where a case stands, in these types;
//! - `Case<S>`: a handle on a running case of which a track stands at the stage `S`. It has a method for each act that can move the
//!   track from there, and none for any other act.
//!
//! What the law asks of the circumstances of a case – a document that is missing, a ground that applies, a limit that ran out – is no
//! matter of types: the engine decides it each time, and [`Taken::Rejected`] gives the sentence of the file with the handle. What
//! somebody else recorded meanwhile is a [`StepError::Conflict`].
//!
//! ```
//! use comity_typed::{Named, Procedure};
//!
//! comity_typed::procedure!(mod extradition = "workflows/norvane-calderia/extradition.yaml");
//!
//! use extradition::{Clock, acts, facts};
//!
//! assert_eq!(extradition::This::TITLE, "Extradition from Calderia to Norvane");
//! assert_eq!((Clock::FormalRequest.title(), Clock::FormalRequest.basis()), ("The request arrives", "treaty 4"));
//! let arrest = acts::Arrested {
//!     arrest_place: comity_typed::core::name::Private::new("Seoul"),
//!     arrest_type: Some(facts::ArrestType::Planned),
//!     person_nationality: None,
//! };
//! let what: comity_typed::core::entry::What = extradition::What::from(arrest).into();
//! assert_eq!(what.label(), "arrested");
//! ```
//!
//! # What it costs
//!
//! Everything here happens while the program is compiled, but for the conversions, which look up names. The crate needs `comity-core`
//! alone at run time; the feature `engine` adds the engine, so that [`Cases`] is there for it.

/// The page is compiled with the tests, so that it cannot fall behind.
#[cfg(all(doctest, feature = "engine"))]
#[doc = include_str!("../../../docs/guide/typed.md")]
struct Guide;

mod act;
mod case;
#[cfg(feature = "engine")]
mod engine;
mod not_this;
mod prepared;
mod row;
mod stage;
mod taken;
mod value;

pub use act::{Act, FactsGiven, Finding};
pub use case::{Answer, Cases, Handle, Occasion, Standing, Step, StepError};
pub use comity_core as core;
pub use comity_typed_macros::procedure;
pub use not_this::NotThis;
pub use prepared::{Prepared, PreparedConfirmation, PreparedProposal, Wraps};
pub use row::{Named, Procedure, Row, Typed};
pub use stage::Stage;
pub use taken::{Proposed, Taken};
pub use value::{Choice, FactValue};

/// What generated modules are built from, under one name that no name of a file can be, so that an act called `result` or `option` is
/// in nobody's way. Not for anybody else.
#[doc(hidden)]
pub mod made {
    pub use ::core::convert::{From, Into, TryFrom};
    pub use ::core::fmt;
    pub use ::core::option::Option;
    pub use ::core::primitive::{bool, i64};
    pub use ::core::result::Result;
    pub use ::std::string::String;
    pub use ::std::vec::Vec;

    pub use comity_core::entry::{Arrival as UntypedArrival, ArrivedForm, Deed, What as UntypedWhat};
    pub use comity_core::id::{CaseId, EntryNumber, Version};
    pub use comity_core::name::{KnownName, Name, Private};
    pub use comity_core::procedure::{Meaning, Truth};
    pub use comity_core::time::{Day, Moment, Period, When};
    pub use comity_core::value::{Country, Value};
    pub use comity_core::{ActView, ClockView, Rejection, View};

    pub use crate::act::{Act, FactsGiven, FactsToGive, Finding, who};
    pub use crate::case::{Cases, Handle, Standing, StepError};
    pub use crate::prepared::{Prepared, PreparedConfirmation, PreparedProposal, Wraps};
    pub use crate::stage::{Stage, held, known, stands};
    pub use crate::{Choice, FactValue, Named, NotThis, Procedure, Row, Typed};
}

/// Takes in a module that a build script made by `comity_typed_build::generate`, by the name that it gave it:
/// `include_procedure!("norvane_calderia_extradition")`.
///
/// A build script is slower to set up than [`procedure!`] and shows the module as a file that can be read and searched.
#[macro_export]
macro_rules! include_procedure {
    ($module:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $module, ".rs"));
    };
}
