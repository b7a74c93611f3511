//! A command that is run for each event.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::record::World;

/// A target that runs a script, in which `$1` is a folder of its own.
struct Script {
    folder: tempfile::TempDir,
}

impl Script {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn world(&self, script: &str, more: &str) -> World {
        let command = ["/bin/sh", "-c", script, "sh", self.folder.path().to_str().unwrap()];
        World::of(&format!("kind = \"command\"\ncommand = {command:?}\n{more}")).await
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}

#[tokio::test]
async fn the_event_is_on_the_input_and_its_key_in_the_environment() {
    let script = Script::new();
    let world = script.world("cat >> \"$1/in\"; echo >> \"$1/in\"; env > \"$1/env\"", "").await;
    assert_eq!(world.pass().await.delivered, 3);
    let events: Vec<Value> =
        script.read("in").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 3);
    let env = script.read("env");
    assert!(env.contains(&format!("COMITY_EVENT_ID={}", events[2]["id"].as_str().unwrap())), "{env}");
    assert!(env.contains("COMITY_EVENT_TYPE=note.taken"), "{env}");
    // What this program was given stays with it: among it are keys of the store.
    assert!(!env.contains("CARGO"), "{env}");
}

#[tokio::test]
async fn a_command_that_reads_nothing_may_take_the_event() {
    let script = Script::new();
    let world = script.world("exec <&-; exit 0", "").await;
    assert_eq!(world.pass().await.delivered, 3);
}

#[tokio::test]
async fn how_a_command_ends_says_what_becomes_of_the_event() {
    let script = Script::new();
    let world = script.world("exit 65", "").await;
    assert!(world.pass().await.died > 0);
    let world = script.world("echo Arando >&2; exit 3", "").await;
    let passed = world.pass().await;
    assert_eq!((passed.failed, passed.died), (1, 0));
    assert_eq!(world.why(), "the command ended with 3");
    let world = script.world("kill -9 $$", "").await;
    world.pass().await;
    assert_eq!(world.why(), "the command was ended by a signal");
    let world = World::of("kind = \"command\"\ncommand = [\"/no/such/program\"]\n").await;
    world.pass().await;
    assert!(world.why().starts_with("the command could not be started"), "{}", world.why());
}

#[tokio::test]
async fn a_command_that_does_not_end_is_ended_with_all_that_it_started() {
    let script = Script::new();
    let started = "sleep 600 & echo $! > \"$1/child\"; echo $$ > \"$1/own\"; wait";
    let world = script.world(started, "patience-seconds = 1\n").await;
    let passed = tokio::time::timeout(Duration::from_mins(1), world.pass()).await.unwrap();
    assert_eq!(passed.failed, 1);
    assert_eq!(world.why(), "the command did not end in time, and was ended");
    for name in ["child", "own"] {
        let process = script.read(name).trim().to_owned();
        assert!(!process.is_empty(), "{name} was not started");
        // The system may need a moment to clear it away.
        let ended = async {
            while is_running(&process) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_mins(1), ended).await.is_ok(), "{name} still runs");
    }
}

/// Whether a process runs: one that was ended and not yet cleared away does not.
fn is_running(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status.rsplit_once(") ").map(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some(Some('Z' | 'X')))
}
