//! What an operator may write, and what is told of what he may not.

use std::time::Duration;

use comity_deliver::Kind;
use comity_runner::outbox::{EventKind, PersonalData, WantedEvents};
use comity_store::codec::Began;

use crate::record::{read, write};

const WEBHOOK: &str = "[[target]]\nname = \"office\"\nkind = \"webhook\"\naddress = \"https://office.example/hook/geheim\"\n\
    secrets = [{ env = \"COMITY_HOOK\" }]\n";
const COMMAND: &str =
    "[[target]]\nname = \"letters\"\nkind = \"command\"\ncommand = [\"/usr/bin/lp\", \"-d\", \"hall\"]\n";
const MAIL: &str = "[[target]]\nname = \"mail\"\nkind = \"mail\"\nserver = \"mail.example\"\nsender = \"comity@office.example\"\n\
    to = [\"registry@office.example\"]\n";

#[test]
fn a_short_description_tells_identifiers_of_all_that_comes() {
    let config = read(WEBHOOK).unwrap().remove(0);
    assert_eq!(config.target.wants, WantedEvents::All);
    assert_eq!(config.target.personal, PersonalData::LeftOut);
    assert_eq!(config.target.from, Began::Here);
    assert_eq!(config.patience, Duration::from_secs(15));
    let Kind::Webhook(webhook) = &config.kind else { panic!("{config:?}") };
    assert_eq!((webhook.allowed.private_networks, webhook.allowed.this_machine), (false, false));
    assert!(!format!("{config:?}").contains("geheim"));
}

#[test]
fn everything_can_be_said() {
    let more = "events = [\"act.recorded\", \"limit.ran-out\"]\npersonal-data = true\nbegins = \"at-the-beginning\"\n\
        patience-seconds = 3\nmost-attempts = 7\nprivate-networks = true\n";
    let config = read(&format!("{WEBHOOK}{more}")).unwrap().remove(0);
    assert_eq!(
        config.target.wants,
        WantedEvents::Only([EventKind::ActRecorded, EventKind::LimitRanOut].into())
    );
    assert_eq!(config.target.personal, PersonalData::Included);
    assert_eq!(config.target.from, Began::AtTheBeginning);
    assert_eq!((config.patience, config.target.backoff.most_attempts), (Duration::from_secs(3), 7));
    let Kind::Command(command) = &read(COMMAND).unwrap()[0].kind else { panic!() };
    assert_eq!(command.arguments, ["-d", "hall"]);
    let account = "account = \"comity\"\npassword = { file = \"/etc/comity/mail\" }\n";
    let Kind::Mail(mail) = &read(&format!("{MAIL}{account}")).unwrap()[0].kind else { panic!() };
    assert_eq!(mail.port, 587);
}

#[test]
fn what_the_guide_shows_can_be_read() {
    let page = include_str!("../../../../docs/guide/effects.md");
    let shown: Vec<&str> =
        page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!shown.is_empty());
    for text in shown {
        read(text).unwrap();
    }
}

#[test]
fn a_description_that_is_written_out_reads_as_before() {
    let account =
        "account = \"comity\"\npassword = { file = \"/etc/comity/mail\" }\nevents = [\"note.taken\"]\n";
    let office =
        "personal-data = true\nbegins = \"at-the-beginning\"\nprivate-networks = true\nmost-attempts = 3\n";
    for text in [format!("{WEBHOOK}{office}"), COMMAND.to_owned(), format!("{MAIL}{account}")] {
        let config = read(&text).unwrap().remove(0);
        let written = write(std::slice::from_ref(&config));
        assert_eq!(read(&written).unwrap(), [config], "{written}");
    }
}

#[test]
fn what_is_wrong_is_told_with_where_and_what_would_be_right() {
    let check = |text: String, wanted: &[&str]| {
        let said = read(&text).unwrap_err();
        for word in wanted {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(!said.contains("hook/geheim") || said.contains(" | "), "{said}");
    };
    let without = |text: &str, key: &str| {
        text.split_inclusive('\n').filter(|line| !line.starts_with(key)).collect::<String>()
    };
    check(format!("{WEBHOOK}colour = \"red\"\n"), &["unknown field `colour`"]);
    check(WEBHOOK.replace("webhook", "pigeon"), &["`pigeon`", "`command`"]);
    check(WEBHOOK.replace("\"office\"", "\"The Office\""), &["`The Office`", "small letters"]);
    check(format!("{WEBHOOK}events = [\"act.done\"]\n"), &["`office`", "`act.done`", "act.recorded"]);
    check(format!("{WEBHOOK}events = []\n"), &["`events`", "leave it out"]);
    check(without(WEBHOOK, "address"), &["`address`", "where it is"]);
    check(without(WEBHOOK, "secrets"), &["`secrets`", "file ="]);
    check(WEBHOOK.replace("{ env = \"COMITY_HOOK\" }", ""), &["`secrets`"]);
    check(WEBHOOK.replace("{ env = \"COMITY_HOOK\" }", "\"whsec_x\""), &["secrets"]);
    check(format!("{WEBHOOK}patience-seconds = 0\n"), &["`patience-seconds`", "1 to 600"]);
    check(format!("{WEBHOOK}most-attempts = 0\n"), &["`most-attempts`", "1 to 100"]);
    check(format!("{WEBHOOK}command = [\"/bin/true\"]\n"), &["a webhook has no `command`"]);
    check(format!("{COMMAND}this-machine = true\n"), &["a command has no `this-machine`"]);
    check(without(COMMAND, "command ="), &["`command`", "whole path"]);
    check(COMMAND.replace("/usr/bin/lp", "lp"), &["`command`", "whole path"]);
    check(without(MAIL, "server"), &["`server`"]);
    check(without(MAIL, "to"), &["`to`"]);
    check(format!("{MAIL}account = \"comity\"\n"), &["`password`"]);
    check(format!("{MAIL}security = \"none\"\n"), &["`none`", "`starttls`"]);
    check(format!("{MAIL}address = \"https://office.example\"\n"), &["a mail has no `address`"]);
}

#[test]
fn an_address_that_cannot_be_one_is_refused_when_it_is_read() {
    let refused = |address: &str, more: &str| {
        let text = WEBHOOK.replace("https://office.example/hook/geheim", address);
        read(&format!("{text}{more}")).err()
    };
    for (address, word) in [
        ("office.example", "is no address"),
        ("ftp://office.example", "https://"),
        ("https://a:b@office.example", "take it out"),
        ("http://office.example", "this-machine"),
        ("https://127.0.0.1", "this-machine"),
        ("https://2130706433", "this-machine"),
        ("https://[::1]/", "this-machine"),
        ("https://10.1.2.3", "private-networks"),
        ("https://[fd00::1]/", "private-networks"),
        ("https://169.254.169.254/latest", "no address that a target"),
        ("https://0.0.0.0", "no address that a target"),
    ] {
        let said = refused(address, "").unwrap();
        assert!(said.contains(word), "{address}: {said}");
    }
    assert_eq!(refused("https://10.1.2.3", "private-networks = true\n"), None);
    assert_eq!(refused("http://127.0.0.1:8080", "this-machine = true\n"), None);
    assert!(refused("https://169.254.169.254", "private-networks = true\nthis-machine = true\n").is_some());
}

#[test]
fn a_secret_that_is_not_there_is_told_before_anything_is_sent() {
    let text = WEBHOOK.replace("COMITY_HOOK", "COMITY_NO_SUCH_HOOK");
    let said = read(&text).unwrap().remove(0).build().map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("`office`") && said.contains("COMITY_NO_SUCH_HOOK"), "{said}");
}

#[cfg(not(feature = "mail"))]
#[test]
fn what_this_program_cannot_send_is_told() {
    let said = read(MAIL).unwrap().remove(0).build().map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("feature `mail`"), "{said}");
}
