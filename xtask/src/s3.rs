//! `cargo xtask s3`: files beside cases at a place that speaks S3.

use crate::failure::Failure;
use crate::run::Line;

/// The version that was seen to run. It is fetched from the index of Python into `target/`.
const MOTO: &str = "moto[server]==5.1.4";
/// Longer than this it never takes, once everything is built.
const SECONDS: u32 = 600;

/// Where it is built: with other features than everything else, which would be built anew each time.
const BUILT: (&str, &str) = ("CARGO_TARGET_DIR", "target/s3-build");

pub(crate) fn run() -> Result<(), Failure> {
    let (name, folder) = BUILT;
    Line::new("cargo build --package comity --features s3").with(name, folder).run()?;
    Line::new("cargo test --package comity-store --features s3 --test s3 --no-run")
        .with(name, folder)
        .run()?;
    Line::new("python3 -m venv target/s3").run()?;
    Line::new(&format!("target/s3/bin/pip install --quiet {MOTO}")).run()?;
    Line::new(&format!(
        "timeout --kill-after=10 {SECONDS} target/s3/bin/python xtask/s3.py target/s3/bin/moto_server {folder}/debug/comity \
         cargo test --package comity-store --features s3 --test s3"
    ))
    .with(name, folder)
    .run()
}
