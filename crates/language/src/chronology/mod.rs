//! Chronologies: tables of what happened when, and of what must then be true.
//!
//! The reading is of the text alone. Whether a column is a track, a clock, a condition or a fact, and whether
//! an act exists, is known only against the procedures, so names stay names here, each with its place.

mod cited;
mod csv;
mod head;
mod item;
mod items;
mod model;
mod read;
mod table;
mod when;

pub use items::read_items;
pub use model::{
    Because, CaseDecl, Cell, Chronology, Column, ColumnName, Expectation, FactDecl, Finding, Item, ItemKind,
    Lack, LinkDecl, Row, Section,
};
pub use read::{is_chronology, read_chronology};
