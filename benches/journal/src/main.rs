//! `cargo xtask bench journal`: the journal beside what else could keep the record, and how it does when it is large.
//!
//! What is compared is measured in turns within one run and told as a ratio. No number here is a promise.

mod comity;
mod compare;
mod group;
mod job;
mod numbers;
mod postgres;
mod raw;
mod sizes;
mod sled_alone;
mod sqlite;
mod syncs;
mod turn;

use std::error::Error;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// A result of a bench, which stops at the first thing that goes wrong.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "\
cargo xtask bench journal [PART ...] [--rounds N] [--cases N,N,...] [--in FOLDER]

PART is compare, syncs or sizes; all three if none is named.
--rounds  how many rounds each contender takes part in (25)
--cases   the sizes of the stores to be filled (10000,100000); 1000000 takes half an hour and 40 GB
--in      a folder on the disk that is to be measured; it is left empty again (target)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        // What the bench asks of itself, as processes of their own.
        ["one", folder, writers, acts] => syncs::one(Path::new(folder), writers, acts),
        ["fill", folder, cases] => sizes::fill(Path::new(folder), cases),
        ["look", folder] => sizes::look(Path::new(folder)),
        ["reopen", folder] => sizes::reopen(Path::new(folder)),
        ["verify", folder] => sizes::verify(Path::new(folder)),
        words => Asked::read(words).and_then(|asked| asked.run()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is to be measured.
struct Asked {
    compare: bool,
    syncs: bool,
    sizes: bool,
    rounds: usize,
    cases: Vec<u64>,
    folder: PathBuf,
}

impl Asked {
    fn read(words: &[&str]) -> Outcome<Self> {
        let mut asked = Self {
            compare: false,
            syncs: false,
            sizes: false,
            rounds: 25,
            cases: vec![10_000, 100_000],
            folder: std::env::current_exe()?
                .ancestors()
                .nth(2)
                .map_or_else(std::env::temp_dir, Path::to_owned),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(USAGE);
            match *word {
                "compare" => asked.compare = true,
                "syncs" => asked.syncs = true,
                "sizes" => asked.sizes = true,
                "--rounds" => asked.rounds = value()?.parse()?,
                "--cases" => asked.cases = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--in" => asked.folder = PathBuf::from(value()?),
                _ => return Err(USAGE.into()),
            }
        }
        if !(asked.compare || asked.syncs || asked.sizes) {
            (asked.compare, asked.syncs, asked.sizes) = (true, true, true);
        }
        Ok(asked)
    }

    fn run(&self) -> Outcome<()> {
        // The server of PostgreSQL has an account of its own and must get in.
        let permissions = std::fs::Permissions::from_mode(0o711);
        let folder = tempfile::Builder::new()
            .prefix("bench-journal-")
            .permissions(permissions)
            .tempdir_in(&self.folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        if self.compare {
            compare::run(folder.path(), self.rounds, &Arc::new(runtime))?;
        }
        if self.syncs {
            syncs::run(folder.path())?;
        }
        if self.sizes {
            sizes::run(folder.path(), &self.cases)?;
        }
        Ok(())
    }
}
