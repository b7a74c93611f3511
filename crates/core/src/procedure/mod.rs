//! Procedures: how requests of one kind move under one or more instruments.
//!
//! A [`Draft`] is what an author wrote, a [`Procedure`] what has been checked. Between them stands
//! [`Procedure::from_draft`], which reports every [`Flaw`] at once.

mod check;
mod choice;
pub mod draft;
mod flaw;
mod guard;
mod meaning;
mod model;

pub use choice::{
    ClockStanding, DocumentForm, ExpiryEffect, Force, GroundStanding, Kind, Quantity, SameInstant,
    StartedAgain, Translation, Verified,
};
pub use draft::{Draft, Mark, Marked};
pub use flaw::{Candidates, Flaw, FlawCode};
pub use guard::{Atom, Guard, Truth};
pub use model::{
    Act, ActId, Article, Authority, AuthorityId, Basis, Citation, Clock, ClockId, Condition, ConditionId,
    Document, DocumentId, Event, Exception, Expiry, Fact, FactId, Ground, GroundId, Length, Link, LinkId,
    Meaning, Mirror, Move, Obligation, ObligationId, Procedure, Purpose, SetId, SharedProcedure, Side,
    SideId, Source, SourceId, Stage, StageId, Track, TrackId, TrackMoves,
};
