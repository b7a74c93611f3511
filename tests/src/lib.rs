//! What the suites below tests/tests share, the casebook of public cases, and the simulation of an office over decades.

pub mod casebook;
pub mod coverage;
mod page;
pub mod procedures;
pub mod shipped;
pub mod simulation;
