//! The text of a file as a tree of mappings, lists and texts, each with its place.
//!
//! Only a small part of YAML is let in: one document of mappings, lists and texts. What has another meaning
//! for other readers of the same file (anchors, tags, merge keys, keys that stand twice) is a flaw.

mod build;
mod node;

pub(crate) use build::{LARGEST, Tree, read, too_large};
pub(crate) use node::{Layout, Node, Pair, Scalar, Style, Value};
