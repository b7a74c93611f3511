//! The same commands over the line to a daemon: they say the same, and only what the account may see.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;
#[path = "common/daemon.rs"]
mod daemon;

use std::path::PathBuf;

use common::{Said, comity};
use daemon::{Daemon, init, start};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A daemon, and a folder from which its record is worked on.
struct Office {
    daemon: Daemon,
    store: TempDir,
    desk: TempDir,
}

impl Office {
    fn new() -> Self {
        Self::with_config("")
    }

    fn with_config(config: &str) -> Self {
        let (store, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        init(store.path());
        let file = desk.path().join("comity.toml");
        std::fs::write(&file, config).unwrap();
        let daemon = start(store.path(), &["--config", file.to_str().unwrap()]).unwrap();
        std::fs::write(desk.path().join("token"), daemon.officer() + "\n").unwrap();
        Self { daemon, store, desk }
    }

    fn admin(&self) -> String {
        self.daemon.sign_in("administrator", daemon::PASSWORD)
    }

    /// A further account, with the file of its token.
    fn account(&self, name: &str, role: &str) -> String {
        let new = json!({ "account": name, "roles": [role], "is_service": true });
        let (status, _) = self.daemon.ask("POST", "/v1/accounts", &self.admin(), Some(&new));
        assert_eq!(status, 201);
        let token = json!({ "kind": "service", "label": "desk", "days": 1, "account": name });
        let (_, made) = self.daemon.ask("POST", "/v1/tokens", &self.admin(), Some(&token));
        std::fs::write(self.desk.path().join(name), made["token"].as_str().unwrap()).unwrap();
        name.to_owned()
    }

    fn run(&self, args: &[&str]) -> Said {
        self.run_as("token", args)
    }

    fn run_as(&self, token: &str, args: &[&str]) -> Said {
        let server = format!("http://{}", self.daemon.address);
        let all = [args, &["--server", &server, "--token-file", token]].concat();
        comity(self.desk.path(), &all, &[])
    }

    fn with_a_case(self) -> Self {
        self.run(&["matter", "open", "M-1", "--title", "The matter of Orlen"]).fine();
        let case = ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition"];
        self.run(&[&case[..], &["--title", "ORLEN, Tavi", "--since", "2020-01-01"]].concat()).fine();
        self
    }

    /// What the command line says of the store itself, once the daemon has stopped.
    fn at_the_machine(self, args: &[&str]) -> Value {
        let Self { daemon, store, desk } = self;
        assert!(daemon.stop());
        let path: PathBuf = store.path().to_owned();
        let said = comity(desk.path(), &[args, &["--json", "--store", path.to_str().unwrap()]].concat(), &[]);
        said.fine().json()
    }
}

#[test]
fn commands_over_the_line_say_what_they_say_at_the_machine() {
    let office = Office::new().with_a_case();
    let facts = ["warrant-or-sentence-believed=yes", "request-believed=yes", "person.diplomat=no"];
    for fact in facts {
        office.run(&["act", "EX-1", "--fact-only", fact, "--when", "2020-01-01"]).fine();
    }
    let asked = ["act", "EX-1", "provisional-arrest-asked", "--when", "2020-02-03 10:00"];
    let preview = office.run(&[&asked[..], &["--preview"]].concat()).fine();
    preview.says(&["preview", "provisional"]);
    office.run(&[&asked[..], &["--key", "k1"]].concat()).fine().says(&["recorded"]);
    office.run(&[&asked[..], &["--key", "k1"]].concat()).fine().says(&["recorded before"]);
    office.run(&asked).ends(6).complains(&["provisional-arrest-asked", "docs/rejections/not-open.md"]);
    office.run(&["act", "EX-1", "--note", "seen", "--expect", "2"]).ends(5).complains(&["version"]);
    office.run(&["case", "hold", "EX-1", "--reason", "counsel is ill"]).fine().says(&["on hold"]);
    office.run(&["case", "list"]).fine().says(&["EX-1", "ORLEN, Tavi", "1 case"]);
    office.run(&["case", "list", "--title", "orlen"]).fine().says(&["EX-1"]);
    office.run(&["case", "list", "--state", "NZ"]).fine().says(&["EX-1"]);
    office.run(&["queue"]).fine().says(&["EX-1"]);
    let shown = office.run(&["case", "show", "EX-1", "--json"]).fine().json();
    let here = office.at_the_machine(&["case", "show", "EX-1"]);
    for part in ["version", "tracks", "facts", "entries", "timeline", "office", "owed"] {
        assert_eq!(shown[part], here[part], "{part}");
    }
    // The account is that of the token, whoever is named.
    let by = here["entries"].as_array().unwrap().iter().map(|entry| entry["recorded_by"].as_str().unwrap());
    assert_eq!(by.collect::<std::collections::BTreeSet<_>>(), ["desk"].into());
}

/// A target that takes nothing while there is no file `open` beside the store.
const REGISTRY: &str = "\
[[target]]
name = \"registry\"
kind = \"command\"
command = [\"/bin/sh\", \"-c\", \"cat > /dev/null; test -e $0\", \"GATE\"]
events = [\"matter.opened\"]
most-attempts = 1
";

#[test]
fn an_operator_sees_who_was_told_and_decides_on_what_could_not_be_delivered() {
    let gate = tempfile::tempdir().unwrap();
    let gate = gate.path().join("open");
    let office = Office::with_config(&REGISTRY.replace("GATE", gate.to_str().unwrap()));
    for reference in ["M-1", "M-2", "M-3"] {
        office.run(&["matter", "open", reference, "--title", "The matter of Orlen"]).fine();
    }
    let operator = office.account("operator", "operator");
    let list = || office.run_as(&operator, &["targets", "list", "--json"]).fine().json();
    let until = |dead: u64| {
        for _ in 0..300 {
            if list()["targets"][0]["dead_letters"] == dead {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("{}", list());
    };
    until(3);
    office.run_as(&operator, &["targets", "list"]).fine().says(&[
        "registry",
        "3 dead letters",
        "targets letters",
    ]);
    let letters = office.run_as(&operator, &["targets", "letters", "registry", "--json"]).fine().json();
    let position = |at: usize| letters["letters"][at]["position"].to_string();
    office
        .run_as(&operator, &["targets", "letters", "registry"])
        .fine()
        .says(&[&position(0), "tried 1 times"]);
    // Of the three one is set aside, one is sent again alone, and then all that there are.
    let aside = ["targets", "set-aside", "registry", &position(0)];
    office.run_as(&operator, &aside).fine().says(&["set aside"]);
    office.run_as(&operator, &aside).ends(2).complains(&["no dead letter"]);
    std::fs::write(&gate, "").unwrap();
    office.run_as(&operator, &["targets", "again", "registry", &position(1)]).fine().says(&["1 letter"]);
    until(1);
    office.run_as(&operator, &["targets", "again", "registry", "--all"]).fine().says(&["1 letter"]);
    until(0);
    office.run_as(&operator, &["targets", "letters", "registry"]).fine().says(&["decided on"]);
    // It is an operator's work, and of a target that there is.
    office.run(&["targets", "list"]).ends(6).complains(&["may not look after the daemon"]);
    office.run_as(&operator, &["targets", "letters", "ministry"]).ends(2).complains(&["no target"]);
    office.run_as(&operator, &["targets", "again", "registry"]).ends(2).complains(&["POSITION"]);
    let here = office.at_the_machine(&["targets", "list"]);
    assert_eq!(
        (&here["targets"][0]["target"], &here["targets"][0]["dead_letters"]),
        (&json!("registry"), &json!(0))
    );
}

#[test]
fn what_is_done_at_the_machine_alone_says_so() {
    let office = Office::new().with_a_case();
    for args in [
        &["sweep"][..],
        &["audit", "bundle", "EX-1"],
        &["case", "erase", "EX-1", "--authority", "Court", "--reason", "Act 3(1)"],
        &["case", "file", "EX-1", "token"],
        &["case", "readings", "EX-1"],
    ] {
        office.run(args).ends(2).complains(&["at the machine of the store"]);
    }
    office.run(&["queue", "--now", "2027-03-01T00:00:00Z"]).ends(2);
}

#[test]
fn a_token_that_is_none_and_a_daemon_that_is_not_there_are_told_of() {
    let office = Office::new();
    std::fs::write(office.desk.path().join("forged"), "comity_forged").unwrap();
    office.run_as("forged", &["queue"]).ends(2).complains(&["the daemon refused", "access/not-signed-in"]);
    office.run_as("nowhere", &["queue"]).ends(2).complains(&["nowhere cannot be used"]);
    let far = ["queue", "--server", "http://office.example", "--token-file", "token"];
    comity(office.desk.path(), &far, &[]).ends(2).complains(&["where others can read it", "https://"]);
    comity(office.desk.path(), &["queue", "--server", "http://127.0.0.1:1"], &[]).ends(2);
    // Without encryption the token goes to this machine and by no proxy.
    let here = format!("http://{}", office.daemon.address);
    let proxy = [("HTTP_PROXY", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1")];
    let asked = ["queue", "--server", &here, "--token-file", "token"];
    comity(office.desk.path(), &asked, &proxy).fine();
    let gone = ["queue", "--server", "http://127.0.0.1:1", "--token-file", "token"];
    comity(office.desk.path(), &gone, &[]).ends(2).complains(&["could not be asked"]);
}

#[test]
fn an_account_works_on_what_it_may_see_and_do_and_on_nothing_else() {
    let office = Office::new().with_a_case();
    let reader = office.account("reader", "reader");
    office.run_as(&reader, &["case", "show", "EX-1"]).fine().says(&["ORLEN, Tavi"]);
    let note = ["case", "note", "EX-1", "seen"];
    office.run_as(&reader, &note).ends(6).complains(&["this account may not record this"]);
    let head = office.account("head", "head");
    office.run_as(&head, &["case", "seal", "EX-1", "--to", "head", "--reason", "a witness"]).fine();
    office.run(&["case", "show", "EX-1"]).ends(2).complains(&["there is no case `EX-1`"]);
    office.run(&["case", "list"]).fine().says(&["No case yet."]);
    office.run(&["queue"]).fine();
    office.run_as(&head, &["case", "show", "EX-1"]).fine().says(&["sealed"]);
    let readings = office
        .daemon
        .ask(
            "GET",
            "/v1/cases/EX-1/readings",
            &std::fs::read_to_string(office.desk.path().join(&head)).unwrap(),
            None,
        )
        .1;
    assert!(readings["readings"].as_array().unwrap().iter().any(|one| one["what"] == "record"), "{readings}");
}

#[test]
fn a_procedure_that_means_something_else_there_opens_no_case() {
    let office = Office::new();
    office.run(&["matter", "open", "M-1", "--title", "T"]).fine();
    common::copy_matter(&office.desk.path().join("workflows"));
    common::spoil(
        &office.desk,
        "workflows/nz-kr/extradition.yaml",
        "  provisional-arrest-asked:\n",
        "  provisional-arrest-asked:\n    four-eyes: required\n",
    );
    let case =
        ["case", "open", "EX-1", "--matter", "M-1", "--procedure", "nz-kr/extradition", "--title", "T"];
    office.run(&case).ends(6).complains(&["means something else here"]);
    std::fs::remove_dir_all(office.desk.path().join("workflows")).unwrap();
    office.run(&case).fine();
}
