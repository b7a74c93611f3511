//! The chronologies of a folder as the tests of a test program.
//!
//! In `Cargo.toml`, a test with `harness = false`; in it, one line:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     comity_testkit::harness::Suite::of("procedures").run()
//! }
//! ```
//!
//! `cargo test` then runs one test for each procedure and one for each table of each chronology, with the filters, threads and
//! output that it has for all tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use comity_language::library::{Disk, Files, load, read_source};
use comity_language::{Chronology, Diagnostic, Library, Loaded, Severity, read_chronology};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::report::{Failure, Report};
use crate::run::run;

/// What a check says of a procedure: nothing if it holds.
type Check = Arc<dyn Fn(&Loaded) -> Result<(), String> + Send + Sync>;

/// The tests of a folder of procedures.
pub struct Suite {
    folder: PathBuf,
    checks: Vec<(String, Check)>,
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite").finish_non_exhaustive()
    }
}

impl Suite {
    /// The tests of the library at `folder`: a folder of folders with procedures and chronologies. A path that is not absolute
    /// begins at the package under test, where `cargo test` starts its programs.
    #[must_use]
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), checks: Vec::new() }
    }

    /// Adds a test of every procedure: a safeguard that one's own office asks for, or a verdict of the verifier.
    #[must_use]
    pub fn and_every_procedure(
        mut self,
        holds: impl Into<String>,
        check: impl Fn(&Loaded) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.checks.push((holds.into(), Arc::new(check)));
        self
    }

    /// Runs the tests that the command line asks for.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        libtest_mimic::run(&Arguments::from_args(), self.trials()).exit_code()
    }

    /// The tests, for whoever runs them otherwise.
    #[must_use]
    pub fn trials(&self) -> Vec<Trial> {
        let files = Disk::new(&self.folder);
        let library = Arc::new(load(&files));
        let mut trials = vec![self.loads(&library)];
        for loaded in &library.procedures {
            for (holds, check) in &self.checks {
                let (loaded, check) = (loaded.clone(), Arc::clone(check));
                let name = format!("{}: {holds}", loaded.name);
                trials.push(Trial::test(name, move || check(&loaded).map_err(Failed::from)));
            }
        }
        let chronologies = chronologies(&files);
        if chronologies.is_empty() {
            let why = format!("no file called NAME.chronology.md lies below `{}`", self.folder.display());
            trials.push(Trial::test("there are chronologies", move || Err(why.into())));
        }
        trials.extend(chronologies.iter().flat_map(|path| of_file(&files, path, &library)));
        trials
    }

    /// The test that every procedure may run, and that there is one.
    fn loads(&self, library: &Library) -> Trial {
        let errors: Vec<String> = library
            .diagnostics
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .map(Diagnostic::to_string)
            .collect();
        let nothing = library.procedures.is_empty() && errors.is_empty();
        let folder = shown(&self.folder);
        Trial::test("every procedure loads", move || match (nothing, errors.as_slice()) {
            (true, _) => Err(format!("there is no procedure below `{folder}`").into()),
            (false, []) => Ok(()),
            (false, errors) => Err(errors.join("\n").into()),
        })
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn chronologies(files: &Disk) -> Vec<String> {
    let all = files.list().unwrap_or_default();
    all.into_iter().filter(|path| path.ends_with(".chronology.md")).collect()
}

/// A test for each table of a chronology, or one that says why it cannot be read.
fn of_file(files: &Disk, path: &str, library: &Arc<Library>) -> Vec<Trial> {
    let (chronology, wrong) = match read_source(files, path) {
        Ok(source) => read_chronology(&Arc::new(source)),
        Err(diagnostic) => (None, vec![*diagnostic]),
    };
    let Some(chronology) = chronology else {
        let wrong: Vec<String> = wrong.iter().map(Diagnostic::to_string).collect();
        return vec![Trial::test(format!("{path}: it can be read"), move || Err(wrong.join("\n").into()))];
    };
    let tables = chronology.sections.iter().map(|section| {
        let alone = Chronology { sections: vec![section.clone()], ..chronology.clone() };
        let library = Arc::clone(library);
        Trial::test(format!("{path}: {}", section.title.value), move || outcome(&run(&alone, &library)))
    });
    tables.collect()
}

fn outcome(report: &Report) -> Result<(), Failed> {
    if report.passed() {
        return Ok(());
    }
    let mut told: Vec<String> = report.diagnostics.iter().map(Diagnostic::to_string).collect();
    let failures = report.sections.iter().flat_map(|section| &section.failures);
    told.extend(failures.map(|failure| in_words(&report.path, failure)));
    Err(told.join("\n").into())
}

/// What did not hold, as `comity test` says it.
fn in_words(path: &str, failure: &Failure) -> String {
    let Failure { line, column, when, about, wrote, found, because, see } = failure;
    let mut lines = vec![
        format!("{path}:{line}:{column}, column `{about}`, {when}"),
        format!("    you wrote           {wrote}"),
        format!("    the procedure says  {found}"),
    ];
    lines.extend(because.iter().map(|because| format!("    because             {because}")));
    lines.extend(see.iter().map(|(file, line)| format!("    see                 {file}:{line}")));
    lines.join("\n")
}
