//! Procedures: how requests of one kind move under one or more instruments.

mod choice;
pub mod draft;
mod flaw;
mod model;

pub use choice::{
    ClockStanding, DocumentForm, ExpiryEffect, Force, GroundStanding, Kind, Quantity, SameInstant,
    StartedAgain, Translation, Verified,
};
pub use draft::{Draft, Mark, Marked};
pub use flaw::{Candidates, Flaw, FlawCode};
pub use model::Procedure;
