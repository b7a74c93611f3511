//! An office of the made-up State of Norvane with a procedure of its own in `procedures`, and the tests that it has of it.
//!
//! `tests/procedures.rs` runs the chronologies that a lawyer wrote, `tests/steps.rs` takes a case through the procedure with a
//! clock that stands until it is moved, and `tests/histories.rs` asks what holds of every lawful history.
