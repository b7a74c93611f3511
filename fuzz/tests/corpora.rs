//! Every input that is kept, played through its target: what was found once is never lost again.

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comity_fuzz::{TARGETS, Target};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let trials = TARGETS.iter().map(|target| {
        let name = format!("every_kept_input_of_{}_keeps_its_promises", target.name.replace('-', "_"));
        Trial::test(name, move || replay(target))
    });
    let folders = Trial::test("every_folder_of_inputs_has_a_target", every_folder_has_a_target);
    libtest_mimic::run(&Arguments::from_args(), trials.chain([folders]).collect()).exit_code()
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn replay(target: &Target) -> Result<(), Failed> {
    let folder = corpus().join(target.name);
    let mut played = 0;
    for item in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = item?.path();
        let input = fs::read(&path)?;
        let told = panic::catch_unwind(|| (target.holds)(&input).map_err(|broken| broken.to_string()));
        // Which input it was, no panic says.
        let told = told.unwrap_or_else(|_| Err("a panic".to_owned()));
        told.map_err(|what| format!("{}: {what}", path.display()))?;
        played += 1;
    }
    if played == 0 { Err(format!("{} is empty", folder.display()).into()) } else { Ok(()) }
}

fn every_folder_has_a_target() -> Result<(), Failed> {
    for item in fs::read_dir(corpus())? {
        let name = item?.file_name();
        if !TARGETS.iter().any(|target| *target.name == *name) {
            return Err(format!("fuzz/corpus/{} is of no target", name.display()).into());
        }
    }
    Ok(())
}
