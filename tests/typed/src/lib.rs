//! Every procedure of the treaty library as a module of Rust types, so that what is generated of each is compiled without a warning and
//! held against the untyped core.

#![deny(warnings, missing_docs, missing_debug_implementations)]

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
