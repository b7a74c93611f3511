//! What the suites below tests/tests share, and the simulation of an office over decades.

pub mod simulation;
