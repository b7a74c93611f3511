//! Medians, percentiles, and what the system says of a process.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use crate::Outcome;

/// The middle of `values`; nothing for none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Waits in order, to be asked how long all but a few were at most.
#[derive(Debug, Default)]
pub(crate) struct Waits(Vec<Duration>);

impl Waits {
    pub(crate) fn of(mut waits: Vec<Duration>) -> Self {
        waits.sort_unstable();
        Self(waits)
    }

    /// So many in a thousand were no longer than this.
    pub(crate) fn within(&self, in_a_thousand: usize) -> Duration {
        let at = self.0.len().saturating_mul(in_a_thousand) / 1000;
        self.0.get(at.min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// A wait, as short as it can be told.
pub(crate) fn shown(wait: Duration) -> String {
    let milliseconds = wait.as_secs_f64() * 1000.0;
    match milliseconds {
        ..0.9995 => format!("{:.0} µs", milliseconds * 1000.0),
        ..9.995 => format!("{milliseconds:.2} ms"),
        ..999.5 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}

/// The bytes that a folder and all in it take from the disk.
pub(crate) fn bytes_on_disk(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for item in fs::read_dir(folder)? {
        let item = item?;
        let about = item.metadata()?;
        bytes += if about.is_dir() { bytes_on_disk(&item.path())? } else { about.blocks() * 512 };
    }
    Ok(bytes)
}

/// A line of what the system says of this process, in MiB: `VmRSS` what it holds, `VmHWM` the most it held.
pub(crate) fn memory(name: &str) -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes =
        line.and_then(|line| line.split_whitespace().next()).ok_or("the system tells no memory")?;
    Ok(kibibytes.parse::<u64>()? / 1024)
}
