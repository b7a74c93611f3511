//! `comity serve`: the daemon.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use comity_evidence::Note;
use comity_runner::{Clock, Engine, EngineParts, LibraryProcedures, SystemClock};
use comity_server::access::{AccessError, Book, Issuer, Rules};
use comity_server::config::{Config, LogFormat};
use comity_server::traces::{Tally, Traces};
use comity_server::{Parts, Proving, Server, Standing};
use comity_store::{CheckState, Journal, ProofError, Proofs, ProofsAsked, SledJournal, proofs_path};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::answer::{Answer, remark};
use crate::commands::audit::kept;
use crate::context::{LibraryArgs, block_on_alone, files_of, open_options, remark_on_opening};
use crate::failure::Failure;
use crate::log;
use crate::open_files;
use crate::print::{Page, Tone};

/// How the daemon is told what to do. Every key of the file may also be set from the environment, as
/// `COMITY_SERVE__LIMITS__BODY_BYTES`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// The configuration, in TOML; without one, everything is as --print-config shows it
    #[arg(long, env = "COMITY_CONFIG", value_name = "FILE", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Where to listen, whatever the configuration says
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The folder of the store, whatever the configuration says
    #[arg(long, env = "COMITY_STORE", value_name = "DIR", hide_env_values = true)]
    store: Option<PathBuf>,
    /// The folder of procedures, whatever the configuration says
    #[arg(long, env = "COMITY_WORKFLOWS", value_name = "DIR", hide_env_values = true)]
    workflows: Option<PathBuf>,
    /// Print the configuration that would hold, and start nothing
    #[arg(long)]
    print_config: bool,
    /// Print the description of the API for programs, and start nothing
    #[arg(long, conflicts_with = "print_config")]
    print_openapi: bool,
}

pub(crate) fn run(args: &ServeArgs) -> Result<Answer, Failure> {
    if args.print_openapi {
        let description = comity_server::description();
        let mut page = Page::new();
        page.pieces([(Tone::Plain, format!("{description:#}").as_str())]);
        return Ok(Answer::fine(page, json!({ "openapi": description })));
    }
    let config = config(args)?;
    if args.print_config {
        let mut page = Page::new();
        page.pieces([(Tone::Plain, config.print().as_str())]);
        return Ok(Answer::fine(page, json!({ "config": config })));
    }
    let traces = config.traces.as_ref().map(Traces::start).transpose().map_err(|error| {
        Failure::usage(
            error.to_string(),
            "mend [traces] of the configuration or take it out, then start again",
        )
    })?;
    let spans = traces.as_ref().map(Traces::layer);
    log::start_as(&config.log.filter, config.log.format == LogFormat::Json, spans)?;
    // The store is closed by then; a proof or a search that somebody asked for may take longer than the daemon has to end.
    let served = block_on_alone(serve(config, traces.as_ref().map(Traces::tally)));
    // What failed is traced too.
    if let Some(traces) = traces {
        traces.end();
    }
    served
}

fn config(args: &ServeArgs) -> Result<Config, Failure> {
    let read = Config::read(args.config.as_deref(), std::env::vars());
    let next = "comity serve --print-config shows every key";
    let config = read.map_err(|error| Failure::usage(error.to_string(), next))?;
    Ok(Config {
        listen: args.listen.unwrap_or(config.listen),
        store: args.store.clone().unwrap_or(config.store),
        workflows: args.workflows.clone().or(config.workflows),
        ..config
    })
}

async fn serve(mut config: Config, traces: Option<Tally>) -> Result<Answer, Failure> {
    config.limits.connections = open_files::room_for(config.limits.connections);
    let library = LibraryArgs { workflows: config.workflows.clone() }.load()?;
    let journal = Arc::new(SledJournal::open(&config.store, open_options()).await?);
    remark_on_opening(journal.report());
    let served = serve_from(config, traces, &journal, LibraryProcedures::new(library)).await;
    let closed = journal.close().await;
    served?;
    closed?;
    let mut page = Page::new();
    page.line(&[(Tone::Good, "stopped"), (Tone::Plain, "  everything that was acknowledged is on disk")]);
    Ok(Answer::fine(page, json!({ "stopped": true })))
}

async fn serve_from(
    config: Config,
    traces: Option<Tally>,
    journal: &Arc<SledJournal>,
    procedures: LibraryProcedures,
) -> Result<(), Failure> {
    let rules = Rules::read(config.access.policies.as_deref());
    let rules =
        rules.map_err(|error| Failure::usage(error.to_string(), "mend the file, then start again"))?;
    let issuer = issuer(&config)?;
    let book = Book::open(&config.store.join("access")).map_err(of_access)?;
    if let Some(first) = book.begin().await.map_err(of_access)? {
        remark(&format!(
            "account `administrator` was made. Its first password is told here only, and must be changed: {}",
            *first
        ));
    }
    let engine = Engine::new(EngineParts {
        journal: journal.clone(),
        procedures: Arc::new(procedures),
        clock: Arc::new(SystemClock),
    });
    let files = Some(files_of(Some(&config.store))?);
    let proving: Option<Arc<dyn Proving>> = Some(Arc::new(Folder(config.store.clone())));
    let is_secure = config.tls.is_some();
    let standing = Arc::new(Store(journal.clone()));
    let server = Server::new(Parts {
        engine,
        book,
        rules: Arc::new(rules),
        issuer,
        standing,
        proving,
        files,
        traces,
        config,
    });
    let ready = move |address: SocketAddr| {
        let scheme = if is_secure { "https" } else { "http" };
        remark(&format!(
            "listening at {scheme}://{address}; open it in a browser. The API is described at /v1/reference"
        ));
    };
    let outcome = server.serve(asked_to_stop(), ready).await;
    outcome.map_err(|error| Failure::usage(error.to_string(), "comity serve --print-config shows every key"))
}

/// The identity provider, with its keys. It is asked off the runtime, for it may take its time.
fn issuer(config: &Config) -> Result<Option<Arc<Issuer>>, Failure> {
    let Some(configured) = &config.access.issuer else { return Ok(None) };
    let opened = tokio::task::block_in_place(|| Issuer::open(configured, SystemClock.now()));
    let opened = opened.map_err(|error| {
        Failure::usage(error.to_string(), "mend [access.issuer] of the configuration, then start again")
    })?;
    Ok(Some(Arc::new(opened)))
}

/// Done once somebody asks the program to end.
async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        // Without signals it runs until it is killed, which loses nothing.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

fn of_access(error: AccessError) -> Failure {
    if let AccessError::Io { path, source } = error {
        return Failure::File { path, source };
    }
    Failure::usage(error.to_string(), "the accounts lie in the folder `access` of the store")
}

/// How the store stands.
struct Store(Arc<SledJournal>);

impl Standing for Store {
    fn wanting(&self) -> Option<String> {
        match self.0.checked() {
            CheckState::Whole | CheckState::Running => self.0.stopped().map(|why| {
                format!(
                    "the store takes no more entries: {why}; look at the disk, then start the daemon again"
                )
            }),
            CheckState::Wrong { what, .. } => {
                Some(format!("the store is damaged: {what}; see comity doctor"))
            }
        }
    }
}

/// The folder of the store, whose files prove what is in it.
struct Folder(PathBuf);

impl Proving for Folder {
    fn prove(&self, asked: &ProofsAsked) -> Result<Proofs, ProofError> {
        proofs_path(&self.0, asked)
    }

    fn newest(&self) -> Result<Option<Note>, String> {
        let newest = kept::newest(&kept::folder_of(&self.0), None).map_err(|failure| failure.to_string())?;
        Ok(newest.map(|kept::Kept { says, text, .. }| Note { says, text }))
    }
}
