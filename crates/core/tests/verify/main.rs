//! The verifier, from outside: what it proves of small procedures, and the path on which a seeded fault shows.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the words of a test stop it when they are wrong"
)]

#[path = "../law/draft.rs"]
mod draft;
mod lots;
mod random;
#[expect(dead_code, reason = "the words of the other suite are borrowed, and not all of them are needed")]
#[path = "../law/sample.rs"]
mod sample;
mod small;
mod walk;

mod agreement;
mod built_in;
mod faults;
mod guarantees;
mod recalled;
mod soundness;
