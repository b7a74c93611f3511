//! `cargo xtask fuzz`: libFuzzer over every reader, for a time that was set before.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::needs;
use crate::place::{root, shown};
use crate::run::Line;

/// So long each target is searched, in seconds, if nothing is said.
const SECONDS: u32 = 60;
/// An input that takes longer, in seconds, counts as one that hangs.
const LONGEST: u32 = 10;
/// No input is longer than this: the search slows down with them, and what is wrong shows with short ones too.
const LARGEST: u32 = 8192;
/// More memory than this, in MiB, the whole program may not use. What a reader may hold is less: `comity_fuzz::MOST_MEMORY`.
const MEMORY: u32 = 1024;
/// No target keeps more than about so many bytes of inputs that were found.
const KEPT: u64 = 24 << 10;

/// What puts the counters in, on a stable compiler. Memory is not watched over: there is no unsafe code to watch.
const COUNTERS: &str = "--cfg fuzzing -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table \
    -C llvm-args=-sanitizer-coverage-trace-compares -C codegen-units=1";

/// Searches each target that is asked for, or all of them.
pub(crate) fn search(asked: &[&str]) -> Result<(), Failure> {
    let (seconds, asked) = match asked {
        ["--seconds", seconds, rest @ ..] => {
            let whole = seconds.parse().ok().filter(|seconds: &u32| *seconds > 0);
            (whole.ok_or_else(|| Failure::new(format!("`{seconds}` is no number of seconds")))?, rest)
        }
        rest => (SECONDS, rest),
    };
    let targets = targets(asked)?;
    println!("{} targets, {seconds} seconds each", targets.len());
    let engine = engine()?;
    let mut wrong = Vec::new();
    for target in &targets {
        let scratch = scratch();
        fs::create_dir_all(&scratch).map_err(|source| Failure::io("make", &scratch, &source))?;
        let found = searched(&engine, target, seconds);
        // A program that was brought down leaves its files behind.
        let _ = fs::remove_dir_all(&scratch);
        let found = found?;
        println!("{target}: {}", found.told);
        wrong.extend(found.wrong);
    }
    Failure::if_any(wrong)
}

/// Keeps the smallest of the inputs that reach what was reached, in `fuzz/corpus`. Those with a name stay as they are: a
/// person put them there.
pub(crate) fn keep(asked: &[&str]) -> Result<(), Failure> {
    let targets = targets(asked)?;
    let engine = engine()?;
    for target in &targets {
        let (own, grown, merged) = (corpus(target), place("grown", target)?, place("merged", target)?);
        for old in files(&merged)? {
            remove(&old)?;
        }
        let folders = format!("{} {} {}", shown(&merged), shown(&own), shown(&grown));
        let (log, scratch) = (log(target)?, scratch());
        fs::create_dir_all(&scratch).map_err(|source| Failure::io("make", &scratch, &source))?;
        if !line(&engine, target, &format!("-set_cover_merge=1 {folders}")).log(&log)? {
            return Err(Failure::new(format!(
                "{target}: the inputs could not be merged; see {}",
                shown(&log)
            )));
        }
        for old in files(&own)?.iter().filter(|old| !is_named(old)) {
            remove(old)?;
        }
        let kept = copy_smallest(&merged, &own)?;
        println!("{target}: {kept} inputs kept");
    }
    Ok(())
}

/// The targets that are asked for. Each has a folder of inputs.
fn targets(asked: &[&str]) -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/corpus");
    let mut all = Vec::new();
    for item in fs::read_dir(&folder).map_err(|source| Failure::io("list", &folder, &source))? {
        let item = item.map_err(|source| Failure::io("list", &folder, &source))?;
        all.push(item.file_name().to_string_lossy().into_owned());
    }
    all.sort();
    chosen(&all, asked)
}

fn chosen(all: &[String], asked: &[&str]) -> Result<Vec<String>, Failure> {
    if let Some(unknown) = asked.iter().find(|name| !all.iter().any(|known| known == *name)) {
        return Err(Failure::new(format!("`{unknown}` is no target; there are {}", all.join(", "))));
    }
    let is_chosen = |name: &&String| asked.is_empty() || asked.contains(&name.as_str());
    Ok(all.iter().filter(is_chosen).cloned().collect())
}

/// Builds the program that searches.
fn engine() -> Result<PathBuf, Failure> {
    needs::provide_for_fuzz()?;
    let about = Line::new("rustc --version --verbose").output()?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::new("rustc does not say for which machine it compiles"))?;
    // With a target named, the counters go into what is searched, and not into what runs while it is compiled.
    let build = format!(
        "cargo build --release --manifest-path fuzz/engine/Cargo.toml --target-dir target/fuzz/build --target {host}"
    );
    Line::new(&build).with("RUSTFLAGS", COUNTERS).run()?;
    Ok(root().join("target/fuzz/build").join(host).join("release/comity-fuzz-engine"))
}

/// What came of a search.
struct Found {
    told: String,
    wrong: Option<String>,
}

fn searched(engine: &Path, target: &str, seconds: u32) -> Result<Found, Failure> {
    let (grown, found, log) = (place("grown", target)?, place("found", target)?, log(target)?);
    let before = files(&found)?;
    let options = format!(
        "-max_total_time={seconds} -max_len={LARGEST} -timeout={LONGEST} -rss_limit_mb={MEMORY} -print_final_stats=1 \
         -artifact_prefix={}/ {} {}",
        shown(&found),
        shown(&grown),
        shown(&corpus(target))
    );
    let passed = line(engine, target, &options).log(&log)?;
    let told = told(&read_log(&log)?);
    let wrong = (!passed).then(|| {
        let inputs = files(&found).unwrap_or_default();
        let new = inputs.iter().filter(|path| !before.contains(path));
        let new = new.map(|path| shown(path)).collect::<Vec<_>>().join(", ");
        format!(
            "{target}: {} tells what went wrong{}; put the input into fuzz/corpus/{target} under a name that says so, \
             and mend what it shows",
            shown(&log),
            if new.is_empty() { String::new() } else { format!(", with the input {new}") }
        )
    });
    Ok(Found { told, wrong })
}

fn line(engine: &Path, target: &str, options: &str) -> Line {
    Line::new(&format!("{} {options}", shown(engine)))
        .with("COMITY_FUZZ_TARGET", target)
        .with("TMPDIR", scratch().display().to_string())
}

/// Where targets put files for readers that want a path: in memory, if the system has a folder there, for they are written
/// some thousand times a second.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.join("comity-fuzz") } else { root().join("target/fuzz/scratch") }
}

/// What libFuzzer says at the start and at the end, in a line.
fn told(log: &str) -> String {
    let cover = |line: &str| -> Option<String> {
        line.split_once("cov: ")?.1.split_whitespace().next().map(str::to_owned)
    };
    let first = log.lines().find(|line| line.contains("INITED")).and_then(cover);
    let last = log.lines().rev().find_map(cover);
    let count = |name: &str| -> String {
        let line = log.lines().rev().find_map(|line| line.strip_prefix(name));
        line.map_or_else(|| "?".to_owned(), |number| number.trim().to_owned())
    };
    format!(
        "{} inputs tried, {} new ones kept, {} edges reached at the start and {} at the end, {} MiB at most",
        count("stat::number_of_executed_units:"),
        count("stat::new_units_added:"),
        first.unwrap_or_else(|| "no".to_owned()),
        last.unwrap_or_else(|| "no".to_owned()),
        count("stat::peak_rss_mb:")
    )
}

fn corpus(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(target)
}

/// A folder of a target below `target/fuzz`.
fn place(kind: &str, target: &str) -> Result<PathBuf, Failure> {
    let folder = root().join("target/fuzz").join(kind).join(target);
    fs::create_dir_all(&folder).map_err(|source| Failure::io("make", &folder, &source))?;
    Ok(folder)
}

fn log(target: &str) -> Result<PathBuf, Failure> {
    Ok(place("logs", target)?.join("last.log"))
}

fn read_log(path: &Path) -> Result<String, Failure> {
    // A target may write bytes of its input that are no text.
    let bytes = fs::read(path).map_err(|source| Failure::io("read", path, &source))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listing = fs::read_dir(folder).map_err(|source| Failure::io("list", folder, &source))?;
    let paths = listing.map(|item| item.map(|item| item.path()));
    let mut paths =
        paths.collect::<Result<Vec<_>, _>>().map_err(|source| Failure::io("list", folder, &source))?;
    paths.sort();
    Ok(paths)
}

/// libFuzzer calls an input by the SHA-1 of its bytes.
fn is_named(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.len() != 40 || !name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn copy_smallest(from: &Path, to: &Path) -> Result<usize, Failure> {
    let mut sized = Vec::new();
    for path in files(from)? {
        let length = fs::metadata(&path).map_err(|source| Failure::io("read", &path, &source))?.len();
        sized.push((length, path));
    }
    sized.sort();
    let (mut total, mut kept) = (0, 0);
    for (length, path) in sized {
        total += length;
        let Some(name) = path.file_name().filter(|_| total <= KEPT) else { break };
        fs::copy(&path, to.join(name)).map_err(|source| Failure::io("copy", &path, &source))?;
        kept += 1;
    }
    Ok(kept)
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|source| Failure::io("remove", path, &source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_target_is_named_with_those_there_are() {
        let all = ["codec".to_owned(), "frame".to_owned()];
        assert_eq!(chosen(&all, &[]).unwrap(), all);
        assert_eq!(chosen(&all, &["frame"]).unwrap(), ["frame".to_owned()]);
        let told = chosen(&all, &["frames"]).unwrap_err().to_string();
        assert!(told.contains("`frames` is no target; there are codec, frame"), "{told}");
    }

    #[test]
    fn what_was_reached_is_told_from_the_log() {
        let log = "#2\tINITED cov: 10 ft: 12 corp: 1/1b\n#9\tNEW    cov: 14 ft: 20 corp: 2/2b\n\
                   stat::number_of_executed_units: 900\nstat::new_units_added:          1\nstat::peak_rss_mb:  40\n";
        let expected = "900 inputs tried, 1 new ones kept, 10 edges reached at the start and 14 at the end, 40 MiB at most";
        assert_eq!(told(log), expected);
    }

    #[test]
    fn an_input_that_a_person_put_there_has_a_name() {
        assert!(is_named(Path::new("a/rows-out-of-order")));
        assert!(!is_named(Path::new("a/da39a3ee5e6b4b0d3255bfef95601890afd80709")));
    }
}
