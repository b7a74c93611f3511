//! Procedures as pictures.
//!
//! A [`Diagram`] is what there is to draw of a procedure: a lane for each track, its stages, and the moves between them,
//! each with what causes it and the provision. It knows no coordinates. [`svg`] draws it for a page and for paper,
//! [`mermaid`] and [`dot`] write it for other programs. [`Plan`] is the picture before it is written: boxes, labels and lines
//! with their places, for whoever wants to draw them in another way or to check them.
//!
//! [`Marks`] say what stands out: where a case stands, or what chronologies cross. They are an argument, so that the command
//! line, a console and a report of tests draw the same picture.

mod colour;
mod diagram;
mod dot;
mod layout;
mod marks;
mod mermaid;
mod pack;
mod plan;
mod route;
mod shape;
mod style;
mod svg;
mod text;

pub use colour::dark_rules;
pub use diagram::{Cause, Diagram, Lane, Move, Step, Stop};
pub use dot::dot;
pub use layout::{DrawError, plan};
pub use marks::{Mark, Marks};
pub use mermaid::mermaid;
pub use plan::{Area, Arrow, MoveLabel, PlacedLane, Plan, Point, StageBox, TextLine, Weight};
pub use svg::svg;
