//! The same job on PostgreSQL: a server of our own, asked over the loopback, one call and one commit to an act.

use std::env;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, NoTls, Statement};

use crate::Outcome;
use crate::job::{Act, Last};
use crate::turn::Records;

/// With more, two processors do nothing but change places.
const CONNECTIONS: usize = 64;

const TABLES: &str = r#"
    create table events(position bigserial primary key, "case" bytea not null, number int not null, at bigint not null,
        recorded_by text not null, payload bytea not null, hash bytea not null);
    create unique index events_by_case on events("case", number);
    create table heads("case" bytea primary key, version int not null, hash bytea not null);
    create table rows(key text not null, "case" bytea not null, primary key(key, "case"));
    create function act(of bytea, seen int, before bytea, new bytea, moment bigint, what bytea, gone text[], come text[])
    returns void language plpgsql as $$
    begin
        if seen = 0 then
            insert into heads values (of, 1, new);
        else
            update heads set version = seen + 1, hash = new where "case" = of and version = seen and hash = before;
            if not found then
                raise exception 'the case has moved';
            end if;
        end if;
        insert into events("case", number, at, recorded_by, payload, hash) values (of, seen + 1, moment, 'desk-4', what, new);
        if cardinality(gone) > 0 then
            delete from rows where key = any(gone) and "case" = of;
        end if;
        insert into rows select key, of from unnest(come) as key;
    end $$;
"#;

/// A server in a folder of its own; stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts a server below `folder`; nothing if none is installed.
    pub(crate) fn start(folder: &Path) -> Outcome<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let account = account()?;
        let data = folder.join("postgresql");
        std::fs::create_dir(&data)?;
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(&data, Some(user), Some(group))?;
        }
        let mut make = command(&programs.join("initdb"), account);
        make.args(["--auth=trust", "--username=bench", "--no-locale", "--encoding=UTF8", "--pgdata"])
            .arg(&data);
        if !make.stdout(Stdio::null()).status()?.success() {
            return Err("`initdb` failed".into());
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut serve = command(&programs.join("postgres"), account);
        serve.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "synchronous_commit=on", "fsync=on"]
        {
            serve.args(["-c", setting]);
        }
        let child = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Some(Self { child, port }))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(process, Signal::INT);
        }
        let _ = self.child.wait();
    }
}

/// Where the programs of the newest server are.
fn programs() -> Option<PathBuf> {
    let mut debian: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|listing| listing.flatten().map(|item| item.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let on_path =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let has_both = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file());
    debian.into_iter().rev().chain(on_path).find(has_both)
}

/// The account of the server, where ours is one as which it refuses to run.
fn account() -> Outcome<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let line = accounts.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line.ok_or("there is no account `postgres`")?.split(':').skip(2);
    let mut number =
        || -> Outcome<u32> { Ok(fields.next().ok_or("an odd line in the list of accounts")?.parse()?) };
    Ok(Some((number()?, number()?)))
}

fn command(program: &Path, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// Clients of the server, on a database of their own.
pub(crate) struct Postgres {
    clients: Vec<(Client, Statement)>,
}

impl Postgres {
    /// Connects as many writers as make sense; each asks on its own connection as far as they go.
    pub(crate) async fn connect(server: &Server, database: &str, writers: usize) -> Outcome<Self> {
        let admin = client(server.port, "postgres").await?;
        admin.batch_execute(&format!("create database {database}")).await?;
        client(server.port, database).await?.batch_execute(TABLES).await?;
        let mut clients = Vec::new();
        for _ in 0..writers.min(CONNECTIONS) {
            let client = client(server.port, database).await?;
            let statement = client.prepare("select act($1, $2, $3, $4, $5, $6, $7, $8)").await?;
            clients.push((client, statement));
        }
        Ok(Self { clients })
    }
}

/// A connection, once the server answers.
async fn client(port: u16, database: &str) -> Outcome<Client> {
    let address = format!("host=127.0.0.1 port={port} user=bench dbname={database}");
    let mut tries = 0;
    loop {
        match tokio_postgres::connect(&address, NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                return Ok(client);
            }
            Err(error) if tries == 100 => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        tries += 1;
    }
}

impl Records for Postgres {
    async fn record(&self, writer: usize, act: Act, before: Last) -> Outcome<Last> {
        let of = writer % self.clients.len().max(1);
        let (client, statement) = self.clients.get(of).ok_or("there is no connection")?;
        let (hash, change) = (act.hash(&before), act.change()?);
        let (case, step) = (act.case.as_bytes().as_slice(), i32::try_from(act.step)?);
        client
            .query(
                statement,
                &[
                    &case,
                    &step,
                    &before.as_slice(),
                    &hash.as_slice(),
                    &act.at,
                    &act.payload,
                    &change.gone,
                    &change.come,
                ],
            )
            .await?;
        Ok(hash)
    }
}
