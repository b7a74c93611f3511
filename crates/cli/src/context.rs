//! What commands work on: the library, the clock, and a store with an engine over it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use comity_core::name::Private;
use comity_core::time::Moment;
use comity_language::library::{Disk, Files, load, load_alone};
use comity_language::{Diagnostic, Library, Severity};
use comity_runner::{
    CaseFile, Clock, Engine, EngineError, EngineParts, ManualClock, ReadWhenAsked, SystemClock,
};
use comity_store::{IndexState, Journal, MasterKey, OpenOptions, OpenReport, SledJournal};
use url::Url;

use crate::answer::remark;
use crate::embedded;
use crate::failure::Failure;
use crate::print::short;

/// Which library.
#[derive(Args, Clone)]
pub(crate) struct LibraryArgs {
    /// The folder of procedures; without one, `workflows` here, or the library built into this program
    #[arg(long, env = "COMITY_WORKFLOWS", value_name = "DIR", hide_env_values = true)]
    pub(crate) workflows: Option<PathBuf>,
}

/// Which moment is now.
#[derive(Args, Clone)]
pub(crate) struct ClockArgs {
    /// The present moment, such as 2027-04-16T23:00:00Z; without it, the clock of this machine
    #[arg(long, value_name = "RFC3339")]
    pub(crate) now: Option<Moment>,
}

/// Which store, and what works on it.
#[derive(Args, Clone)]
pub(crate) struct StoreArgs {
    /// The folder of the store
    #[arg(long, env = "COMITY_STORE", default_value = "data", value_name = "DIR", hide_env_values = true)]
    pub(crate) store: PathBuf,
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    #[command(flatten)]
    pub(crate) clock: ClockArgs,
    /// Who records: an account, never a person's name
    #[arg(
        long,
        env = "COMITY_ACCOUNT",
        default_value = "officer",
        value_name = "NAME",
        hide_env_values = true
    )]
    pub(crate) account: String,
    /// Work on the record of the daemon at this address instead of a folder, as the account of the token
    #[arg(
        long,
        env = "COMITY_SERVER",
        value_name = "URL",
        requires = "token_file",
        conflicts_with = "now",
        hide_env_values = true
    )]
    pub(crate) server: Option<Url>,
    /// The file that holds the token for it
    #[arg(long, env = "COMITY_TOKEN_FILE", value_name = "FILE", hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
}

impl StoreArgs {
    /// The folder of the store, for what is done at its machine alone.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if a daemon is named instead.
    pub(crate) fn folder(&self) -> Result<&Path, Failure> {
        match &self.server {
            None => Ok(&self.store),
            Some(_) => Err(Failure::usage(
                "this is done at the machine of the store, not over the line to a daemon",
                "leave --server out there, and name the folder with --store",
            )),
        }
    }
}

impl LibraryArgs {
    /// Where the procedures lie: the folder named, `workflows` here if there is one, or this program.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if a folder is named that does not exist.
    pub(crate) fn files(&self) -> Result<Box<dyn Files + Send + Sync>, Failure> {
        match &self.workflows {
            Some(folder) if folder.is_dir() => Ok(Box::new(Disk::new(folder))),
            Some(folder) => Err(Failure::usage(
                format!("there is no folder of procedures `{}`", folder.display()),
                "leave --workflows out for the library built into this program",
            )),
            None if Path::new("workflows").is_dir() => Ok(Box::new(Disk::new("workflows"))),
            None => Ok(Box::new(embedded::library())),
        }
    }

    /// All procedures that load. What does not load is only remarked on: cases under the others go on.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if a folder is named that does not exist.
    pub(crate) fn load(&self) -> Result<Library, Failure> {
        let library = load(self.files()?.as_ref());
        remark_on_flaws(library.diagnostics.len());
        Ok(library)
    }
}

/// Cases go on under what the journal kept, so what does not load is told and stops nobody.
fn remark_on_flaws(flaws: usize) {
    if flaws > 0 {
        remark(&format!("{} in procedure files; see `comity check`", counted(flaws, "flaw")));
    }
}

impl LibraryArgs {
    /// What keeps the procedure called `name` from loading; nothing if there is no such file.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if a folder is named that does not exist.
    pub(crate) fn flaws_of(&self, name: &str) -> Result<Vec<Diagnostic>, Failure> {
        let files = self.files()?;
        let path = format!("{name}.yaml");
        if !files.list().is_ok_and(|there| there.contains(&path)) {
            return Ok(Vec::new());
        }
        let alone = load_alone(files.as_ref(), &path).diagnostics;
        if alone.iter().any(|one| one.severity == Severity::Error) {
            return Ok(alone);
        }
        // What is wrong shows only beside the procedures that it is linked to.
        Ok(load(files.as_ref()).diagnostics)
    }
}

impl ClockArgs {
    /// The clock of the machine, or one that stands.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self.now {
            Some(now) => Arc::new(ManualClock::at(now)),
            None => Arc::new(SystemClock),
        }
    }
}

/// A store that is open, with an engine over it.
pub(crate) struct Desk {
    /// The engine.
    pub(crate) engine: Engine,
    /// Who records.
    pub(crate) account: Private,
    /// The options that name this store in a further command.
    pub(crate) options: String,
    /// The folder of the store, if it is here.
    folder: Option<PathBuf>,
    /// The daemon whose record it is, if it is not here.
    #[cfg(feature = "remote")]
    pub(crate) daemon: Option<crate::remote::Remote>,
}

impl Desk {
    /// Where files are kept: at the address that the environment names, or in the store.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if it cannot be used.
    pub(crate) fn files(&self) -> Result<comity_store::Files, Failure> {
        files_of(self.folder.as_deref())
    }

    /// The case known under `reference`.
    ///
    /// # Errors
    ///
    /// Returns [`Failure`] if there is none.
    pub(crate) async fn case(&self, reference: &str) -> Result<CaseFile, Failure> {
        let list = format!("comity case list{}", self.options);
        let shown = short(reference);
        if self.engine.find_matter(reference).await.is_ok_and(|found| found.is_some()) {
            return Err(Failure::usage(format!("`{shown}` is a matter, and a case is wanted"), list));
        }
        match self.engine.find_case(reference).await? {
            Some(case) => Ok(self.engine.case(case).await?),
            None => Err(Failure::usage(format!("there is no case `{shown}` in this store"), list)),
        }
    }
}

/// How every command opens a store that must be there. The master key comes from the environment, which names a file or
/// a command, or holds the key itself; where it names none, the key lies in the store.
pub(crate) fn open_options() -> OpenOptions {
    OpenOptions { create: false, master: master_key(), ..OpenOptions::default() }
}

/// The master key that the environment names.
pub(crate) fn master_key() -> MasterKey {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(file) = named("COMITY_MASTER_KEY_FILE") {
        return MasterKey::File(PathBuf::from(file));
    }
    if let Some(command) = named("COMITY_MASTER_KEY_COMMAND") {
        return MasterKey::Command(command.split_whitespace().map(str::to_owned).collect());
    }
    named("COMITY_MASTER_KEY").map_or(MasterKey::Beside, |text| MasterKey::Text(text.into()))
}

/// Works on the store, and closes it whatever came of the work.
///
/// # Errors
///
/// Returns [`Failure`] if the store cannot be opened or closed, or the work fails.
pub(crate) fn at_desk<T>(
    args: &StoreArgs,
    work: impl AsyncFnOnce(&Desk) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let procedures = Arc::new(ReadWhenAsked::new(args.library.files()?));
    let done = match &args.server {
        Some(server) => at_server(args, server, Arc::clone(&procedures), work),
        None => at_store(args, Arc::clone(&procedures), work),
    };
    remark_on_flaws(procedures.flaws());
    done
}

/// Works on the store in its folder.
fn at_store<T>(
    args: &StoreArgs,
    procedures: Arc<ReadWhenAsked>,
    work: impl AsyncFnOnce(&Desk) -> Result<T, Failure>,
) -> Result<T, Failure> {
    block_on(async {
        let journal = Arc::new(SledJournal::open(&args.store, open_options()).await?);
        remark_on_opening(journal.report());
        let parts = EngineParts { journal: journal.clone(), procedures, clock: args.clock.clock() };
        let desk = Desk {
            engine: Engine::new(parts),
            account: Private::new(args.account.clone()),
            options: options_of(args),
            folder: Some(args.store.clone()),
            #[cfg(feature = "remote")]
            daemon: None,
        };
        let done = work(&desk).await;
        let closed = journal.close().await;
        let done = done?;
        closed?;
        Ok(done)
    })
}

/// Works on the record of a daemon.
#[cfg(feature = "remote")]
fn at_server<T>(
    args: &StoreArgs,
    server: &Url,
    procedures: Arc<ReadWhenAsked>,
    work: impl AsyncFnOnce(&Desk) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(token_file) = &args.token_file else {
        return Err(Failure::usage("no token is named", "name the file that holds it with --token-file"));
    };
    block_on(async {
        let (journal, clock, account) = crate::remote::reach(server, token_file).await?;
        let desk = Desk {
            engine: Engine::new(EngineParts {
                journal: Arc::new(journal.clone()),
                procedures,
                clock: Arc::new(clock),
            }),
            account: Private::new(account),
            options: options_of(args),
            folder: None,
            daemon: Some(journal),
        };
        work(&desk).await
    })
}

#[cfg(not(feature = "remote"))]
fn at_server<T>(
    _: &StoreArgs,
    _: &Url,
    _: Arc<ReadWhenAsked>,
    _: impl AsyncFnOnce(&Desk) -> Result<T, Failure>,
) -> Result<T, Failure> {
    Err(Failure::usage("this program was built without `--server`", "build it with the feature `remote`"))
}

/// Runs a future to its end.
///
/// # Errors
///
/// Returns [`Failure`] if the work fails, or no thread can be had.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime()?.block_on(work)
}

/// The same for work that leaves nothing behind that must come to its end: what is still worked out beside it is given up.
///
/// # Errors
///
/// As [`block_on`].
#[cfg(feature = "serve")]
pub(crate) fn block_on_alone<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = runtime()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|source| Failure::File { path: PathBuf::from("a thread"), source })
}

/// The options by which a further command finds the same store.
pub(crate) fn options_of(args: &StoreArgs) -> String {
    let store = quoted(&args.store.display().to_string());
    let store = match (&args.server, &args.token_file) {
        (Some(server), Some(token)) => {
            let token = quoted(&token.display().to_string());
            format!(" --server {} --token-file {token}", quoted(server.as_str()))
        }
        _ if store == "data" => String::new(),
        _ => format!(" --store {store}"),
    };
    let folder = args.library.workflows.as_ref().map(|folder| quoted(&folder.display().to_string()));
    store + &folder.map(|folder| format!(" --workflows {folder}")).unwrap_or_default()
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// `1 flaw`, `2 flaws`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Says in passing what was repaired while a store was opened.
pub(crate) fn remark_on_opening(report: &OpenReport) {
    if let Some(torn) = &report.torn {
        remark(&format!("a write that a crash had cut off was removed: {torn}; it was never acknowledged"));
    }
    match &report.index {
        IndexState::Current => {}
        IndexState::CaughtUp { entries } => {
            remark(&format!("the index lacked the last {} and has them now", counted_entries(*entries)));
        }
        IndexState::Rebuilt { reason, .. } => {
            remark(&format!("the index was built anew from the journal: {reason}"));
        }
    }
}

fn counted_entries(entries: u64) -> String {
    if entries == 1 { "entry".to_owned() } else { format!("{entries} entries") }
}

/// Where files lie: at the address that the environment names, or else beside the store in `folder`.
///
/// # Errors
///
/// Returns [`Failure`] if there is neither, or the place cannot be used.
pub(crate) fn files_of(folder: Option<&Path>) -> Result<comity_store::Files, Failure> {
    let files = match std::env::var("COMITY_FILES") {
        Ok(address) if !address.is_empty() => {
            let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            comity_store::Files::at(&address, settings.map(|(name, value)| (name.to_lowercase(), value)))
        }
        _ => match folder {
            Some(folder) => comity_store::Files::beside(folder),
            None => {
                return Err(Failure::usage(
                    "files lie at the machine of the store, and are put there and got from there",
                    "leave --server out there, and name the folder with --store",
                ));
            }
        },
    };
    files.map_err(|error| Failure::Engine(EngineError::File(error)))
}
