//! The API as a program meets it: what is asked, what comes back, and that nobody gets what is not for him.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod access;
mod beside;
mod cases;
mod desk;
mod drafts;
mod figures;
mod follow;
mod four_eyes;
mod issuer;
mod journal;
mod misuse;
mod moving;
mod sealed;
