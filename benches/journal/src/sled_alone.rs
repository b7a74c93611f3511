//! sled without a journal, made durable: a batch, a flush, and an `fdatasync` of its file.

use std::fs::File;
use std::path::Path;

use crate::Outcome;
use crate::group::Engine;
use crate::job::{Act, Last};

/// A database that holds the same.
pub(crate) struct SledAlone {
    db: sled::Db,
    file: File,
}

impl SledAlone {
    pub(crate) fn open(folder: &Path) -> Outcome<Self> {
        // The settings of the store, which are there so that sled neither stands still nor writes files it never syncs.
        let config = sled::Config::new().path(folder).segment_size(4 << 20).cache_capacity(32 << 20);
        let db = config.flush_every_ms(Some(500)).open()?;
        let file = File::open(folder.join("db"))?;
        Ok(Self { db, file })
    }

    fn add(&self, batch: &mut sled::Batch, act: &Act, before: &Last) -> Outcome<Last> {
        let head = [b"h", act.case.as_bytes().as_slice()].concat();
        let expected = [act.step.to_be_bytes().as_slice(), before].concat();
        let found = self.db.get(&head)?;
        if act.step > 0 && found.as_deref() != Some(expected.as_slice()) {
            return Err("the case has moved".into());
        }
        let hash = act.hash(before);
        batch.insert(head, [(act.step + 1).to_be_bytes().as_slice(), &hash].concat());
        let event = [b"e", act.case.as_bytes().as_slice(), &act.step.to_be_bytes()].concat();
        batch.insert(event, [act.at.to_be_bytes().as_slice(), &hash, b"desk-4", &act.payload].concat());
        let change = act.change()?;
        let row = |key: &String| [b"i", key.as_bytes(), &[0], act.case.as_bytes()].concat();
        change.gone.iter().for_each(|key| batch.remove(row(key)));
        change.come.iter().for_each(|key| batch.insert(row(key), b""));
        Ok(hash)
    }
}

impl Engine for SledAlone {
    fn write(&mut self, acts: &[(Act, Last)]) -> Outcome<Vec<Last>> {
        let mut batch = sled::Batch::default();
        let add = |(act, before): &(Act, Last)| self.add(&mut batch, act, before);
        let hashes = acts.iter().map(add).collect::<Outcome<Vec<_>>>()?;
        self.db.apply_batch(batch)?;
        self.db.flush()?;
        self.file.sync_data()?;
        Ok(hashes)
    }
}
