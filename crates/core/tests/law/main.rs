//! The law of the core, from outside: each test is one sentence of it.

mod case;
mod draft;
mod sample;

mod checklists;
mod circles;
mod clocks;
mod flaws;
mod properties;
mod record;
mod time;
mod undoing;
mod words;
