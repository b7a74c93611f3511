//! A daemon of our own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::Failed;
use crate::client::Asker;

const PASSWORD: &str = "four words are enough";
/// How long it may take to start or to end.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Daemon {
    child: Child,
    pub(crate) address: String,
    /// Of an officer who may also read the measures.
    pub(crate) token: String,
    first_password: Option<String>,
}

impl Daemon {
    /// Makes a store and starts a daemon on it, with an account to work with and a matter to work on.
    pub(crate) async fn begin(comity: &Path, store: &Path) -> Result<Self, Failed> {
        let made = Command::new(comity).arg("init").arg(store).stdout(Stdio::null()).status().await?;
        if !made.success() {
            return Err("the store could not be made".into());
        }
        let mut daemon = Self::start(comity, store, String::new()).await?;
        daemon.token = daemon.account().await?;
        let mut client = daemon.client().await?;
        client.post("/v1/matters", None, &json!({ "reference": "M" }).to_string()).await?;
        Ok(daemon)
    }

    /// Starts a daemon on a store that there is, and waits until it listens.
    pub(crate) async fn start(comity: &Path, store: &Path, token: String) -> Result<Self, Failed> {
        let library: PathBuf = [env!("CARGO_MANIFEST_DIR"), "src/bin/serve-load/library"].iter().collect();
        let mut command = Command::new(comity);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--store"])
            .arg(store)
            .arg("--workflows")
            .arg(library);
        // One address asks for everybody here. A second between two sweeps, so that lateness is work and not waiting.
        command.env("COMITY_SERVE__LIMITS__REQUESTS_A_MINUTE", u32::MAX.to_string());
        command.env("COMITY_SERVE__LIMITS__SIGN_INS_A_MINUTE", "1000");
        command.env("COMITY_SERVE__LIMITS__CONNECTIONS", "12000");
        command.env("COMITY_SERVE__SWEEP__EVERY_SECONDS", "1").env("COMITY_SERVE__LOG__FILTER", "error");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let errors = child.stderr.take().ok_or("the daemon says nothing")?;
        let mut lines = BufReader::new(errors).lines();
        let (mut said, mut first_password) = (String::new(), None);
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await??;
            let line = line.ok_or_else(|| format!("the daemon did not start: {said}"))?;
            // A line may be wrapped, so it is the whole that is looked at.
            said = format!("{said}{} ", line.trim());
            if let Some((_, rest)) = said.split_once("must be changed: ") {
                first_password = rest.split_once(' ').map(|(password, _)| password.to_owned());
            }
            if let Some((_, rest)) = said.split_once("listening at http://") {
                break rest.split(';').next().unwrap_or_default().to_owned();
            }
        };
        // What else it says must be read, or it would wait.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                eprintln!("daemon: {line}");
            }
        });
        Ok(Self { child, address, token, first_password })
    }

    pub(crate) async fn client(&self) -> Result<Asker, Failed> {
        Asker::to(&self.address, &self.token).await
    }

    async fn account(&self) -> Result<String, Failed> {
        let first = self.first_password.clone().ok_or("the daemon told no first password")?;
        let mut client = Asker::to(&self.address, "").await?;
        sign_in(&mut client, &first).await?;
        let new = json!({ "old": first, "new": PASSWORD }).to_string();
        client.post("/v1/session/password", None, &new).await?;
        sign_in(&mut client, PASSWORD).await?;
        let account = json!({ "account": "desk", "roles": ["officer", "operator"], "is_service": true });
        client.post("/v1/accounts", None, &account.to_string()).await?;
        let token = json!({ "kind": "service", "label": "load", "days": 1, "account": "desk" });
        text(&client.post("/v1/tokens", None, &token.to_string()).await?, "token")
    }

    /// What the daemon holds in memory, in MiB.
    pub(crate) fn memory(&self) -> Result<u64, Failed> {
        let id = self.child.id().ok_or("the daemon has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? / 1_024)
    }

    /// How many limits it has noticed since it started.
    pub(crate) async fn noticed(&self, client: &mut Asker) -> Result<usize, Failed> {
        let measures = client.get("/v1/metrics").await?;
        let line = measures.lines().find_map(|line| line.strip_prefix("comity_limits_ran_out_total "));
        Ok(line.ok_or("the daemon does not count limits")?.trim().parse()?)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<(), Failed> {
        let id = self.child.id().ok_or("the daemon has ended")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        let status = timeout(PATIENCE, self.child.wait()).await??;
        if status.success() { Ok(()) } else { Err(format!("the daemon ended with {status}").into()) }
    }
}

/// Starts it, and says how long that took.
pub(crate) async fn timed(comity: &Path, store: &Path, token: String) -> Result<(Daemon, Duration), Failed> {
    let began = Instant::now();
    let daemon = Daemon::start(comity, store, token).await?;
    Ok((daemon, began.elapsed()))
}

async fn sign_in(client: &mut Asker, password: &str) -> Result<(), Failed> {
    let body = json!({ "account": "administrator", "password": password }).to_string();
    let token = text(&client.post("/v1/session", None, &body).await?, "token")?;
    client.signed_in(&token);
    Ok(())
}

fn text(body: &str, key: &str) -> Result<String, Failed> {
    let body: Value = serde_json::from_str(body)?;
    let text = body.get(key).and_then(Value::as_str).ok_or_else(|| format!("no `{key}` in the answer"))?;
    Ok(text.to_owned())
}
