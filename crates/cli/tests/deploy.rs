//! The files that an operator installs: what they name of the program is there.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// How long the daemon lets requests under way go on (`GRACE` of the server), in seconds.
const GRACE: u64 = 20;

fn deploy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(deploy(name)).unwrap()
}

/// What `serve` would be told, with these arguments and no other environment.
fn config(arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.env_clear().envs(environment.iter().copied());
    let output = command.args(arguments).args(["--print-config", "--json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["config"].clone()
}

/// The values of a key of the unit, with `\` at the end of a line taken as in systemd.
fn unit(key: &str) -> Vec<String> {
    let all = text("comity.service").replace("\\\n", " ");
    let values = all.lines().filter_map(|line| line.split_once('=')).filter(|(name, _)| *name == key);
    values.map(|(_, value)| value.to_owned()).collect()
}

fn only(key: &str) -> String {
    let values = unit(key);
    assert_eq!(values.len(), 1, "{key}");
    values[0].clone()
}

#[test]
fn the_unit_starts_the_daemon_with_the_configuration_beside_it() {
    let line = only("ExecStart");
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("/usr/bin/comity"));
    let sample = deploy("comity.toml");
    let words: Vec<&str> = words
        .map(|word| if word == "/etc/comity/comity.toml" { sample.to_str().unwrap() } else { word })
        .collect();
    let config = config(&words, &[]);
    // Elsewhere than in the folder that the unit opens for it, the daemon could write nothing.
    let state = format!("/var/lib/{}", only("StateDirectory"));
    assert!(config["store"].as_str().unwrap().starts_with(&format!("{state}/")), "{config}");
    assert_eq!(only("RequiresMountsFor"), state);
    let account = text("comity.sysusers.conf");
    assert!(account.lines().any(|line| line.starts_with(&format!("u {} ", only("User")))));
}

#[test]
fn the_unit_gives_the_daemon_its_key_and_time_to_end() {
    let (name, _) =
        only("LoadCredential").split_once(':').map(|(n, p)| (n.to_owned(), p.to_owned())).unwrap();
    assert_eq!(only("Environment"), format!("COMITY_MASTER_KEY_FILE=%d/{name}"));
    let seconds: u64 = only("TimeoutStopSec").trim_end_matches('s').parse().unwrap();
    assert!(seconds > GRACE);
}

#[test]
fn what_is_left_out_of_the_sample_is_a_configuration_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("comity.toml");
    let (before, issuer) = {
        let all = text("comity.toml");
        let (before, issuer) = all.split_once("# [access.issuer]").unwrap();
        (before.to_owned(), format!("[access.issuer]{}", issuer.replace("\n# ", "\n")))
    };
    std::fs::write(&path, before + &issuer).unwrap();
    let config = config(&["serve", "--config", path.to_str().unwrap()], &[]);
    assert_eq!(config["access"]["issuer"]["audience"], "comity");
    assert_eq!(config["access"]["issuer"]["algorithms"], serde_json::json!(["RS256", "ES256", "EdDSA"]));
}

#[test]
fn the_container_starts_the_daemon_on_its_volume_and_not_as_root() {
    let all = text("Containerfile").replace("\\\n", " ");
    let of = |key: &str| {
        let line = all.lines().find_map(|line| line.strip_prefix(&format!("{key} "))).unwrap();
        line.trim().to_owned()
    };
    let variables: Vec<(String, String)> = of("ENV")
        .split_whitespace()
        .map(|word| word.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap())
        .collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let words: Vec<String> = serde_json::from_str(&of("CMD")).unwrap();
    let config = config(&words.iter().map(String::as_str).collect::<Vec<_>>(), &variables);
    assert!(config["store"].as_str().unwrap().starts_with(&format!("{}/", of("VOLUME"))), "{config}");
    assert_eq!(config["log"]["format"], "json");
    assert_ne!(of("USER").split(':').next().unwrap(), "0");
    // A volume takes its owner from the folder in the image; of one that is not there root is the owner.
    let user = of("USER");
    let (owner, group) = user.split_once(':').unwrap();
    let made = format!("install --directory --owner={owner} --group={group} --mode=0700 {}", of("VOLUME"));
    assert!(all.contains(&made), "{made}");
    // It is built by the version that the workspace asks for.
    let version = std::fs::read_to_string(deploy("../Cargo.toml")).unwrap();
    let version = version
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"')
        .to_owned();
    assert!(of("FROM").starts_with(&format!("rust:{version}-")), "{}", of("FROM"));
}
