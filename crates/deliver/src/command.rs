//! A command that is run for each event: to print a letter, to put it into another system.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use comity_runner::outbox::{Attempt, Event, Sender, Sent, Why};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt;
use tokio::process::Child;
use tokio::time::timeout;

/// The exit code by which a command says that this event is wrong, as `EX_DATAERR` of sysexits has it.
const WRONG: i32 = 65;

/// Runs a program for each event, which is on its standard input.
///
/// The program ends with 0 if it took the event, with 65 if it never will, and with anything else if it may later.
///
/// Dropping the future of [`Sender::send`] ends the program with all that it started, and leaves open whether it took the event.
#[derive(Clone, Debug)]
pub struct Command {
    program: PathBuf,
    arguments: Vec<String>,
    patience: Duration,
}

/// A command that was started, with all that it started itself. Whoever drops it ends them all.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            // They may have ended by themselves.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Command {
    /// Runs `program` with these arguments, for no longer than `patience`. No shell comes in between.
    #[must_use]
    pub const fn new(program: PathBuf, arguments: Vec<String>, patience: Duration) -> Self {
        Self { program, arguments, patience }
    }

    fn start(&self, event: &Event, attempt: Attempt) -> io::Result<Running> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            // What this program was given in its environment is secret.
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "LANG" || name == "TZ"))
            .env("COMITY_EVENT_ID", &event.id)
            .env("COMITY_EVENT_TYPE", event.kind.word())
            .env("COMITY_ATTEMPT", attempt.number.to_string())
            .stdin(Stdio::piped())
            // What it prints may tell of a person, and belongs into no log of ours.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Running { child, group })
    }
}

#[async_trait]
impl Sender for Command {
    async fn send(&self, event: &Event, attempt: Attempt) -> Sent {
        let again = |why: &str| Sent::TryAgain { why: Why::new(why), wait: None };
        let mut running = match self.start(event, attempt) {
            Ok(running) => running,
            Err(error) => return again(&format!("the command could not be started ({error})")),
        };
        let body = event.json();
        let work = async {
            if let Some(mut input) = running.child.stdin.take() {
                // A command that needs not all of it may close it; what it ends with is what counts.
                let _ = input.write_all(body.as_bytes()).await;
                let _ = input.shutdown().await;
            }
            running.child.wait().await
        };
        let ended = timeout(self.patience, work).await;
        if let Ok(Ok(_)) = ended {
            // What it left running it means to, and its number may be somebody else's by now.
            running.group = None;
        }
        match ended {
            Err(_) => again("the command did not end in time, and was ended"),
            Ok(Err(error)) => again(&format!("the command could not be waited for ({error})")),
            Ok(Ok(status)) => match status.code() {
                Some(0) => Sent::Delivered,
                Some(WRONG) => Sent::Never { why: Why::new("the command ended with 65") },
                Some(code) => again(&format!("the command ended with {code}")),
                None => again("the command was ended by a signal"),
            },
        }
    }
}
