//! How long small changes take to be tried: fifty on twenty chronologies, of the shipped procedure that is the largest and
//! of a small one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench may stop like a test")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use comity_language::library::{Disk, Files, Library, load};
use comity_language::{Chronology, Source, is_chronology, read_chronology};
use comity_testkit::changes::{Trial, small_changes};

const CHANGES: usize = 50;
const CHRONOLOGIES: usize = 20;
const RUNS: usize = 5;

fn main() {
    for (root, name) in
        [("../cli/tests/data/library", "calderia-norvane/incoming"), ("../../workflows", "nz-kr/extradition")]
    {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        let (library, chronologies) = twenty(&root, name);
        let loaded = library.procedure(name).unwrap();
        let trial = Trial::new(loaded, &library, &chronologies).unwrap();
        let all = small_changes(&loaded.draft);
        // From every part of the file, and not only the first.
        let changes: Vec<_> =
            (0..CHANGES).filter_map(|at| all.get(at * all.len() / CHANGES).cloned()).collect();
        assert_eq!((changes.len(), chronologies.len()), (CHANGES, CHRONOLOGIES));
        let mut runs: Vec<Duration> = (0..RUNS)
            .map(|_| {
                let began = Instant::now();
                // The first look at the chronologies and the proof of the procedure as it is are part of a run.
                let trial = Trial::new(loaded, &library, &chronologies).unwrap();
                assert_eq!(trial.run_on(&changes).len(), CHANGES);
                began.elapsed()
            })
            .collect();
        runs.sort();
        let median = runs.get(RUNS / 2).unwrap();
        println!(
            "{name}: {CHANGES} changes tried on {CHRONOLOGIES} chronologies of {} tables in {median:.2?}, {:.1} ms for a change",
            trial.sections(),
            median.as_secs_f64() * 1000.0 / f64::from(u32::try_from(CHANGES).unwrap()),
        );
    }
}

/// A library, and twenty chronologies about a procedure of it: its own, as often as is needed.
fn twenty(root: &Path, name: &str) -> (Library, Vec<Chronology>) {
    let files = Disk::new(root);
    let library = load(&files);
    let paths = files.list().unwrap().into_iter().filter(|path| is_chronology(path));
    let own: Vec<Chronology> = paths
        .filter_map(|path| {
            let text = String::from_utf8(files.read(&path).unwrap()).unwrap();
            let (read, told) = read_chronology(&Arc::new(Source::new(path, text)));
            let read = read.unwrap_or_else(|| panic!("{told:?}"));
            read.cases.iter().any(|case| case.procedure.value == name).then_some(read)
        })
        .collect();
    (library, own.iter().cycle().take(CHRONOLOGIES).cloned().collect())
}
