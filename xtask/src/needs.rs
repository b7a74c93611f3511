//! What the tests and the bench of the journal need beside Rust, and how it comes onto a Debian machine.

use std::env;
use std::path::Path;

use crate::failure::Failure;
use crate::place::root;
use crate::run::Line;

/// Something that the tests need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    /// The program that shows that it is there.
    program: &'static str,
    /// The package that brings it.
    package: &'static str,
    from: From,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Debian,
    /// Installed below `node_modules` of the workspace.
    Npm,
}

/// Everything that the tests need beside Rust: the linker that Rust itself needs, Graphviz, which reads what is drawn
/// for it, the tool that gives a test of full disks a small disk of its own, and what the script of an example asks the
/// daemon with.
const NEEDS: &[Need] = &[
    Need { program: "cc", package: "gcc", from: From::Debian },
    Need { program: "dot", package: "graphviz", from: From::Debian },
    Need { program: "unshare", package: "util-linux", from: From::Debian },
    Need { program: "curl", package: "curl", from: From::Debian },
    Need { program: "jq", package: "jq", from: From::Debian },
    Need { program: "openssl", package: "openssl", from: From::Debian },
    Need { program: "nc", package: "netcat-openbsd", from: From::Debian },
];

/// What the console is looked at with: a browser, and what drives it.
const FOR_THE_BROWSER: &[Need] = &[
    Need { program: "chromium", package: "chromium", from: From::Debian },
    Need { program: "node", package: "nodejs", from: From::Debian },
    Need { program: "npm", package: "npm", from: From::Debian },
];

/// What the bench of the journal needs: a compiler for SQLite, and what counts the calls of the system. PostgreSQL is not
/// among them: its package starts a server of its own, which nobody asked for.
const FOR_THE_JOURNAL: &[Need] = &[
    Need { program: "cc", package: "gcc", from: From::Debian },
    Need { program: "strace", package: "strace", from: From::Debian },
];

/// What the search for inputs needs: libFuzzer is C++.
const FOR_FUZZ: &[Need] = &[
    Need { program: "cc", package: "gcc", from: From::Debian },
    Need { program: "c++", package: "g++", from: From::Debian },
];

/// What the trial of the unit needs: a Debian of its own, and what boots it.
const FOR_THE_UNIT: &[Need] = &[
    Need { program: "debootstrap", package: "debootstrap", from: From::Debian },
    Need { program: "systemd-nspawn", package: "systemd-container", from: From::Debian },
];

/// Installs what the tests need and is missing, or says how.
pub(crate) fn provide() -> Result<(), Failure> {
    provide_all(NEEDS)
}

/// Installs what the bench of the journal needs and is missing, or says how.
pub(crate) fn provide_for_the_journal() -> Result<(), Failure> {
    provide_all(FOR_THE_JOURNAL)
}

/// Installs what the console is looked at with and is missing, or says how.
pub(crate) fn provide_for_the_browser() -> Result<(), Failure> {
    provide_all(FOR_THE_BROWSER)
}

/// Installs what the search for inputs needs and is missing, or says how.
pub(crate) fn provide_for_fuzz() -> Result<(), Failure> {
    provide_all(FOR_FUZZ)
}

/// Installs what the trial of the unit needs and is missing, or says how.
pub(crate) fn provide_for_the_unit() -> Result<(), Failure> {
    provide_all(FOR_THE_UNIT)
}

fn provide_all(needs: &[Need]) -> Result<(), Failure> {
    for from in [From::Debian, From::Npm] {
        let missing = missing(needs, from);
        if missing.is_empty() {
            continue;
        }
        for command in commands(from, &missing, may_install()) {
            command.run().map_err(|_| not_there(&missing, &command))?;
        }
    }
    let still: Vec<Need> = needs.iter().copied().filter(|need| !is_there(*need)).collect();
    if still.is_empty() { Ok(()) } else { Err(not_there(&still, &Line::new("cargo xtask test"))) }
}

fn missing(needs: &[Need], from: From) -> Vec<Need> {
    needs.iter().copied().filter(|need| need.from == from && !is_there(*need)).collect()
}

fn is_there(need: Need) -> bool {
    let local = root().join("node_modules/.bin").join(need.program);
    need.from == From::Npm && local.exists() || on_path(need.program)
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// How packages may be installed on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    Root,
    Sudo,
}

fn may_install() -> Rights {
    // The owner of this process, which the standard library does not tell otherwise.
    let is_root = Line::new("id -u").output().is_ok_and(|id| id.trim() == "0");
    if is_root { Rights::Root } else { Rights::Sudo }
}

/// The commands that bring `missing`. With `sudo -n` nobody is asked for a password: it works or it fails.
fn commands(from: From, missing: &[Need], rights: Rights) -> Vec<Line> {
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let packages = packages.join(" ");
    let before = match rights {
        Rights::Root => "",
        Rights::Sudo => "sudo -n ",
    };
    match from {
        From::Debian => vec![
            Line::new(&format!("{before}apt-get update --quiet")),
            Line::new(&format!("{before}apt-get install --yes --quiet --no-install-recommends {packages}"))
                .with("DEBIAN_FRONTEND", "noninteractive"),
        ],
        From::Npm => vec![Line::new(&format!("npm install --no-save --no-fund --no-audit {packages}"))],
    }
}

fn not_there(missing: &[Need], command: &Line) -> Failure {
    let programs: Vec<&str> = missing.iter().map(|need| need.program).collect();
    let by_hand = command.shown().replace("sudo -n", "sudo");
    let known = Path::new("/usr/bin/apt-get").exists();
    let other = if known { "" } else { " (this is no Debian machine: install the same by its own means)" };
    Failure::new(format!(
        "this needs {}, which could not be installed; run `{by_hand}`{other}, then try again",
        programs.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: Need = Need { program: "chromium", package: "chromium", from: From::Debian };
    const READER: Need = Need { program: "no-such-program", package: "reader", from: From::Npm };

    #[test]
    fn debian_packages_are_installed_without_a_question() {
        let lines = commands(From::Debian, &[BROWSER], Rights::Sudo);
        let shown = lines.last().map(Line::shown).unwrap();
        assert!(shown.contains("sudo -n apt-get install --yes"), "{shown}");
        assert!(shown.ends_with(" chromium"), "{shown}");
    }

    #[test]
    fn root_needs_no_sudo() {
        assert!(
            commands(From::Debian, &[BROWSER], Rights::Root)
                .iter()
                .all(|line| !line.shown().contains("sudo"))
        );
    }

    #[test]
    fn what_cannot_be_installed_is_told_with_the_command() {
        let command = Line::new("sudo -n apt-get install reader");
        let told = not_there(&[READER], &command).to_string();
        assert!(told.contains("no-such-program") && told.contains("`sudo apt-get install reader`"), "{told}");
    }

    #[test]
    fn a_program_that_is_nowhere_is_missing() {
        assert!(!is_there(READER));
    }
}
