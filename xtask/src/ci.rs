//! `cargo xtask ci`: all of CI, on a laptop.

use crate::failure::Failure;
use crate::run::Line;
use crate::test::{self, FEATURES};
use crate::{api, browser};

/// Runs every check, the quick ones first, and says at the end which failed.
pub(crate) fn run() -> Result<(), Failure> {
    type Check = (&'static str, fn() -> Result<(), Failure>);
    let checks: [Check; 7] = [
        ("format", format),
        ("clippy", clippy),
        ("doc", doc),
        ("features", api::features),
        ("semver", api::semver),
        ("test", test::run),
        ("browser", browser::run),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        println!("== {name}");
        if let Err(failure) = check() {
            if !failure.is_said() {
                eprintln!("{failure}");
            }
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
}

fn format() -> Result<(), Failure> {
    Line::new("cargo fmt --all --check").run()?;
    // No part of the workspace, and only formatted here: building them takes minutes.
    ["benches/journal", "fuzz/engine"].iter().try_for_each(|apart| {
        Line::new(&format!("cargo fmt --manifest-path {apart}/Cargo.toml --check")).run()
    })
}

fn clippy() -> Result<(), Failure> {
    Line::new(&format!("cargo clippy --workspace --all-targets {FEATURES} -- -D warnings")).run()
}

fn doc() -> Result<(), Failure> {
    Line::new(&format!("cargo doc --no-deps --workspace {FEATURES}"))
        .with("RUSTDOCFLAGS", "-D warnings")
        .run()
}
