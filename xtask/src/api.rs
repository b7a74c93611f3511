//! What whoever embeds Comity relies on: every choice of features compiles, and a release breaks nothing in silence.

use crate::failure::Failure;
use crate::run::Line;

/// The crates that others embed. `comity-store` has a feature that compiles a client for HTTP and TLS in C; it is compiled by
/// `cargo xtask s3`.
const EMBEDDED: &[&str] = &[
    "comity-core",
    "comity-language",
    "comity-store",
    "comity-runner",
    "comity-typed",
    "comity-typed-build",
    "comity-testkit",
    "comity-deliver",
];

/// Compiles each of them with every set of its features.
pub(crate) fn features() -> Result<(), Failure> {
    provide("hack")?;
    Line::new(&format!(
        "cargo hack check --feature-powerset --no-dev-deps --exclude-features s3 {}",
        packages()
    ))
    .run()
}

/// Holds the interface of each against the last release, if there is one.
pub(crate) fn semver() -> Result<(), Failure> {
    let tags = Line::new("git tag --list v* --sort=-version:refname").output()?;
    let Some(release) = tags.lines().next() else {
        println!("nothing was released yet, so that there is nothing to break");
        return Ok(());
    };
    provide("semver-checks")?;
    Line::new(&format!("cargo semver-checks --baseline-rev {release} {}", packages())).run()
}

fn packages() -> String {
    EMBEDDED.iter().map(|name| format!("--package {name}")).collect::<Vec<_>>().join(" ")
}

/// Sees to it that a command of cargo is there.
fn provide(command: &str) -> Result<(), Failure> {
    if Line::new(&format!("cargo {command} --version")).output().is_ok() {
        return Ok(());
    }
    Line::new(&format!("cargo install --locked cargo-{command}")).run()
}
