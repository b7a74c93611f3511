//! The same job on SQLite, with a write-ahead log that is synced at each commit.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::Outcome;
use crate::group::Engine;
use crate::job::{Act, Last};
use crate::turn::Records;

const TABLES: &str = "
    create table events(position integer primary key, \"case\" blob not null, number integer not null, at integer not null,
        recorded_by text not null, payload blob not null, hash blob not null);
    create unique index events_by_case on events(\"case\", number);
    create table heads(\"case\" blob primary key, version integer not null, hash blob not null) without rowid;
    create table rows(key text not null, \"case\" blob not null, primary key(key, \"case\")) without rowid;
";

/// A database with one connection that writes.
pub(crate) struct Sqlite(Connection);

impl Sqlite {
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "cache_size", -32 * 1024)?;
        connection.set_prepared_statement_cache_capacity(16);
        connection.execute_batch(TABLES)?;
        Ok(Self(connection))
    }
}

impl Engine for Sqlite {
    fn write(&mut self, acts: &[(Act, Last)]) -> Outcome<Vec<Last>> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let add = |(act, before): &(Act, Last)| add(&transaction, act, before);
        let hashes = acts.iter().map(add).collect::<Outcome<Vec<_>>>()?;
        transaction.commit()?;
        Ok(hashes)
    }
}

fn add(on: &Connection, act: &Act, before: &Last) -> Outcome<Last> {
    let case = act.case.as_bytes();
    let found: Option<(u32, Last)> = on
        .prepare_cached("select version, hash from heads where \"case\" = ?")?
        .query_row(params![case], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if found.unwrap_or_default() != (act.step, *before) {
        return Err("the case has moved".into());
    }
    let hash = act.hash(before);
    on.prepare_cached("insert or replace into heads(\"case\", version, hash) values (?, ?, ?)")?
        .execute(params![case, act.step + 1, hash])?;
    on.prepare_cached(
        "insert into events(\"case\", number, at, recorded_by, payload, hash) values (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![case, act.step + 1, act.at, "desk-4", act.payload, hash])?;
    let change = act.change()?;
    let mut remove = on.prepare_cached("delete from rows where key = ? and \"case\" = ?")?;
    for key in &change.gone {
        remove.execute(params![key, case])?;
    }
    let mut insert = on.prepare_cached("insert into rows(key, \"case\") values (?, ?)")?;
    for key in &change.come {
        insert.execute(params![key, case])?;
    }
    Ok(hash)
}

/// Called where the writer stands, without a thread between. For a single writer.
pub(crate) struct Direct(Mutex<Sqlite>);

impl Direct {
    pub(crate) fn new(sqlite: Sqlite) -> Self {
        Self(Mutex::new(sqlite))
    }
}

impl Records for Direct {
    async fn record(&self, _writer: usize, act: Act, before: Last) -> Outcome<Last> {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner).write(&[(act, before)])?;
        written.first().copied().ok_or_else(|| "nothing was written".into())
    }
}
