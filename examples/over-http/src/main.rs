//! A program of an office that works with the daemon over HTTP. It opens the real matter of 2017 to 2020 and records what
//! happened, follows the record, reads the calendar, and believes a webhook only if its signature is right.
//!
//! `README.md` beside it says how to run it.

mod api;
mod events;
mod matter;
mod webhook;

use std::collections::BTreeSet;
use std::time::Duration;

use api::{Api, ApiError};
use matter::Matter;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("set {0}: {1}")]
    Setting(&'static str, &'static str),
    #[error("{0}")]
    Api(#[from] ApiError),
    #[error("the matter cannot be read: {0}")]
    Matter(#[from] serde_json::Error),
    #[error("nobody can be heard at {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error("the secret of the webhook is none: {0}")]
    Secret(#[from] standardwebhooks::WebhookError),
    #[error("{what} did not come within {patience:?}: of {missing:?}")]
    Missing { what: &'static str, patience: Duration, missing: BTreeSet<u64> },
    #[error("{case} stands at {track} `{stands}`, and `{wanted}` was wanted")]
    Stands { case: String, track: String, stands: String, wanted: String },
    #[error("a part of the program ended early")]
    Ended,
}

/// Where the daemon is, and what opens it.
struct Settings {
    server: String,
    token: String,
    calendar_token: String,
    secret: String,
    listen: String,
    /// How long the daemon may take to tell of what was recorded.
    patience: Duration,
}

impl Settings {
    fn of_environment() -> Result<Self, Trouble> {
        let get = |name, what| std::env::var(name).map_err(|_| Trouble::Setting(name, what));
        Ok(Self {
            server: get("COMITY_SERVER", "the address of the daemon, such as http://127.0.0.1:8470")?,
            token: get("COMITY_TOKEN", "a service token of POST /v1/tokens")?,
            calendar_token: get("COMITY_CALENDAR_TOKEN", "a calendar token of POST /v1/tokens")?,
            secret: get("COMITY_WEBHOOK_SECRET", "the secret of the target, beginning with whsec_")?,
            listen: std::env::var("BACK_OFFICE_LISTEN").unwrap_or_else(|_| "127.0.0.1:8471".to_owned()),
            patience: match std::env::var("BACK_OFFICE_PATIENCE").map(|seconds| seconds.parse()) {
                Ok(Ok(seconds)) => Duration::from_secs(seconds),
                Ok(Err(_)) => return Err(Trouble::Setting("BACK_OFFICE_PATIENCE", "a number of seconds")),
                Err(_) => Duration::from_mins(1),
            },
        })
    }
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("over-http: {trouble}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Trouble> {
    let settings = Settings::of_environment()?;
    let mut webhooks = webhook::listen(&settings.listen, &settings.secret).await?;
    let api = Api::new(&settings.server, &settings.token);

    // Followed from the beginning, so that nothing is missed between what is recorded and what is heard.
    let mut events = events::follow(api.clone(), 0);

    let matter = Matter::read()?;
    let recorded = {
        let (api, matter) = (api.clone(), matter.clone());
        tokio::task::spawn_blocking(move || matter.carry(&api)).await.map_err(|_| Trouble::Ended)??
    };
    println!("recorded: {} entries of {} cases", recorded.len(), matter.cases().count());

    heard("an event", &mut events, recorded.clone(), settings.patience).await?;
    println!("followed: every one of them was heard");
    heard("a webhook with a right signature", &mut webhooks, recorded, settings.patience).await?;
    println!("told: every one of them came by webhook, and its signature is right");

    let calendar = {
        let (api, token) = (api.clone(), settings.calendar_token.clone());
        tokio::task::spawn_blocking(move || api.calendar(&token)).await.map_err(|_| Trouble::Ended)??
    };
    println!("calendar: {} limits run", calendar.matches("BEGIN:VEVENT").count());

    tokio::task::spawn_blocking(move || matter.stands(&api)).await.map_err(|_| Trouble::Ended)??;
    println!("every case stands where it was reported to stand");
    Ok(())
}

/// Waits until each of `wanted` was heard, in whatever order, and some perhaps twice.
async fn heard(
    what: &'static str,
    from: &mut tokio::sync::mpsc::UnboundedReceiver<u64>,
    mut wanted: BTreeSet<u64>,
    patience: Duration,
) -> Result<(), Trouble> {
    let all = async {
        while !wanted.is_empty() {
            match from.recv().await {
                Some(position) => wanted.remove(&position),
                None => return Err(Trouble::Ended),
            };
        }
        Ok(())
    };
    let done = tokio::time::timeout(patience, all).await;
    done.unwrap_or(Err(Trouble::Missing { what, patience, missing: wanted }))
}
