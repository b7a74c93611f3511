//! Sealing, search and erasure, as an officer and an operator meet them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::fs;

use common::*;
