//! What the disk can do at best: a file with room ahead, the same bytes for each group, one `fdatasync`.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::FallocateFlags;

use crate::Outcome;
use crate::turn::{Contender, Turn};

/// The room that is taken at a time.
const STEP: u64 = 8 << 20;
/// The zeros that are written at a time, where they are.
const AHEAD: usize = 256 << 10;

/// How the room ahead is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Taken from the disk, and marked as unwritten.
    Taken,
    /// Taken, and zeros written some way ahead, so that a sync has nothing to mark.
    Zeroed,
}

/// One thread that writes a group, and another.
pub(crate) struct Raw {
    name: String,
    file: File,
    room: Room,
    group: Vec<u8>,
    writers: usize,
    at: u64,
    taken: u64,
    zeroed: u64,
}

impl Raw {
    /// A log to which `writers` write `bytes` each in a group.
    pub(crate) fn new(path: &Path, room: Room, writers: usize, bytes: usize) -> Outcome<Self> {
        let file = File::options().create(true).truncate(true).write(true).open(path)?;
        let what = match room {
            Room::Taken => "room taken",
            Room::Zeroed => "room zeroed",
        };
        // The zeros that follow a group are written together with it.
        let mut group = vec![b'x'; bytes * writers];
        group.resize(bytes * writers + AHEAD, 0);
        let name = format!("raw log, {what}");
        Ok(Self { name, file, room, group, writers, at: 0, taken: 0, zeroed: 0 })
    }

    fn write(&mut self) -> Outcome<()> {
        let group = self.group.len() - AHEAD;
        let end = self.at + u64::try_from(group)?;
        let ahead = u64::try_from(AHEAD)?;
        while end + ahead > self.taken {
            rustix::fs::fallocate(&self.file, FallocateFlags::empty(), self.taken, STEP)?;
            self.taken += STEP;
        }
        let mut length = group;
        if self.room == Room::Zeroed && end > self.zeroed {
            self.zeroed = (end / ahead + 1) * ahead;
            length += usize::try_from(self.zeroed - end)?;
        }
        self.file.write_all_at(self.group.get(..length).unwrap_or_default(), self.at)?;
        self.file.sync_data()?;
        self.at = end;
        Ok(())
    }
}

impl Contender for Raw {
    fn name(&self) -> &str {
        &self.name
    }

    fn turn(&mut self, span: Duration) -> Outcome<Turn> {
        let mut turn = Turn::default();
        let start = Instant::now();
        while start.elapsed() < span {
            let asked = Instant::now();
            self.write()?;
            turn.waits.extend(std::iter::repeat_n(asked.elapsed(), self.writers));
        }
        turn.elapsed = start.elapsed();
        Ok(turn)
    }
}
