//! The state machine of Comity.
//!
//! *The legal state of a case is a pure function of the entries recorded and the moment asked about.*
//! This crate is that function and the words it is written in. It knows no file, clock, network, random
//! number or floating point, so the same entries give the same view in a test, in a daemon and in ten years.

pub mod id;
pub mod name;
pub mod procedure;
pub mod table;
pub mod time;
pub mod value;
mod words;
