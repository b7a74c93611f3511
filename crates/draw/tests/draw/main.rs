//! Pictures of every procedure that is shipped, and of some that were made to be hard to draw.

mod common;
mod formats;
mod geometry;
mod marked;
