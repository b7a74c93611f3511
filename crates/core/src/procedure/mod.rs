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
mod safeguard;
mod titles;
mod wiring;

pub use choice::{
    ClockStanding, DocumentForm, Excuse, ExpiryEffect, ExtensionTiming, Force, FourEyes, GroundStanding,
    Kind, Quantity, Recurs, SameInstant, StartedAgain, Translation, Verified,
};
pub use draft::{Draft, Mark, Marked};
pub use flaw::{Candidates, Flaw, FlawCode};
pub use guard::{Atom, Guard, Truth};
pub use model::{
    Act, ActId, Article, Authority, AuthorityId, Basis, Citation, Clock, ClockId, Condition, ConditionId,
    CountedBy, CountedFrom, Document, DocumentId, Event, Exception, Expiry, ExtendBy, ExtendedBy, Fact,
    FactId, Ground, GroundId, LawDay, Length, LengthChange, Link, LinkId, Meaning, Mirror, Move, Obligation,
    ObligationId, Procedure, Purpose, SafeguardId, SetId, SharedProcedure, Side, SideId, SideState, Source,
    SourceId, Stage, StageId, Starts, Stops, Track, TrackId, TrackMoves, Validity,
};
pub use safeguard::{Promise, Safeguard};
