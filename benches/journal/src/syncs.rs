//! One `fdatasync` to a group, as the system counts them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::Outcome;
use crate::comity::Comity;
use crate::job::{Act, STEPS};
use crate::turn::Records;

/// Prints how often the system was asked to write through, for some acts and for twice as many.
pub(crate) fn run(folder: &Path) -> Outcome<()> {
    println!("calls that write through, as `strace` counts them; a store is made, filled and closed\n");
    println!(
        "{:>7}  {:>7}  {:>10}  {:>7}  {:>16}  {:>6}",
        "writers", "acts", "fdatasync", "fsync", "sync_file_range", "msync"
    );
    for (writers, acts) in [(1, 1000), (1, 2000), (64, 6400), (64, 12800)] {
        let counts = count(folder, writers, acts)?;
        let [fdatasync, fsync, range, msync] =
            ["fdatasync", "fsync", "sync_file_range", "msync"].map(|call| counted(&counts, call));
        println!("{writers:>7}  {acts:>7}  {fdatasync:>10}  {fsync:>7}  {range:>16}  {msync:>6}");
    }
    println!();
    Ok(())
}

fn count(folder: &Path, writers: usize, acts: usize) -> Outcome<String> {
    let counts = folder.join("counts");
    let store = folder.join(format!("syncs-{writers}-{acts}"));
    let status = Command::new("strace")
        .args(["-f", "-c", "-e", "trace=fdatasync,fsync,sync_file_range,msync", "-o"])
        .arg(&counts)
        .arg(std::env::current_exe()?)
        .arg("one")
        .arg(&store)
        .args([writers.to_string(), acts.to_string()])
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("`strace` could not be started: {error}"))?;
    std::fs::remove_dir_all(&store)?;
    if status.success() {
        Ok(std::fs::read_to_string(&counts)?)
    } else {
        Err("the process under `strace` failed".into())
    }
}

/// The count of `call` in the table that `strace -c` writes: the fourth column, the name last.
fn counted(table: &str, call: &str) -> u64 {
    let line = table.lines().find(|line| line.split_whitespace().last() == Some(call));
    line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok()).unwrap_or(0)
}

/// So many acts by so many writers, in a process of its own.
pub(crate) fn one(folder: &Path, writers: &str, acts: &str) -> Outcome<()> {
    let (writers, acts): (u32, u32) = (writers.parse()?, acts.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let comity = Arc::new(Comity::open(folder)?);
    runtime.block_on(async {
        let work = |comity: Arc<Comity>| async move {
            let mut case = uuid::Uuid::now_v7();
            for number in 0..acts / writers {
                if number % STEPS == 0 {
                    case = uuid::Uuid::now_v7();
                }
                comity.record(0, Act::new(case, number % STEPS), [0; 32]).await?;
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        let tasks: Vec<_> = (0..writers).map(|_| tokio::spawn(work(Arc::clone(&comity)))).collect();
        for task in tasks {
            task.await??;
        }
        Ok(())
    })
}
