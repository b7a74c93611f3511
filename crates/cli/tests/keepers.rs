//! Checkpoints are kept beside the record, given to keepers, and held against the record before the next one is signed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use comity_verify::{Checkpoint, Key, read};
use common::{Office, Said, comity, copy};

const NAME: &str = "calderia.example/comity";
/// A keeper that takes the connection and never says a word.
const SILENT: &str = "";
const TAKEN: &str = "204 No Content";

/// What a keeper was asked: the lines of the head, and the body.
type Asked = (Vec<String>, String);

/// A keeper that answers with what it was given, one after another, and then that it took it.
struct Keeper {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Keeper {
    fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let heard = Arc::clone(&asked);
        // It ends with the test.
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                heard.lock().unwrap().push(hear(&stream));
                match answers.pop_front().as_deref() {
                    Some(SILENT) => silent.push(stream),
                    answer => say(stream, answer.unwrap_or(TAKEN)),
                }
            }
        });
        Self { port, asked }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/checkpoints?token=geheim", self.port)
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn hear(stream: &TcpStream) -> Asked {
    let mut from = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let length =
        head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap()];
    from.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn say(mut stream: TcpStream, answer: &str) {
    let rest = if answer.contains('\n') { "" } else { "\r\n" };
    write!(stream, "HTTP/1.1 {answer}{rest}Content-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
}

/// An office with a case, a key, and the folder `keeper` of somebody else.
fn office() -> (Office, Key) {
    let office = Office::with_a_case();
    let made = office.run(&["audit", "key", "secret", "--name", NAME, "--json"]).fine().json();
    fs::create_dir(office.folder.path().join("keeper")).unwrap();
    (office, Key::read(made["public"].as_str().unwrap()).unwrap())
}

fn sign(office: &Office, more: &[&str]) -> Said {
    office.run(&[&["audit", "checkpoint", "--key", "secret"], more].concat())
}

fn files(office: &Office, folder: &str) -> Vec<PathBuf> {
    let Ok(listing) = fs::read_dir(office.folder.path().join(folder)) else { return Vec::new() };
    let mut files: Vec<_> = listing.map(|item| item.unwrap().path()).collect();
    files.sort();
    files
}

fn entries(office: &Office) -> u64 {
    office.run(&["store", "stats", "--json"]).fine().json()["entries"].as_u64().unwrap()
}

fn grow(office: &Office, answer: &str) {
    office.act(&["--fact-only", &format!("person.diplomat={answer}")]).fine();
}

#[test]
fn a_checkpoint_is_kept_in_the_store_and_posted_as_it_is() {
    let (office, key) = office();
    let keeper = Keeper::answering(&[]);
    let args = ["audit", "checkpoint", "--key", "secret", "--post", &keeper.url(), "--json"];
    // Whoever set a proxy for the world outside did not mean this machine.
    let proxy = ["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:1"));
    let said = comity(office.folder.path(), &args, &proxy).fine().json();
    let note = said["note"].as_str().unwrap();
    assert_eq!(said["posted"][0], format!("http://127.0.0.1:{}/…", keeper.port));
    let [kept] = files(&office, "data/checkpoints").try_into().unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), note);
    let signed = Checkpoint::read(note, &key).unwrap();
    assert_eq!(kept.file_name().unwrap().to_str().unwrap(), format!("{:020}.checkpoint", signed.size));
    read(&office.store(), Some(&signed)).unwrap();

    let asked = keeper.asked();
    let [(head, body)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(head[0], "POST /checkpoints?token=geheim HTTP/1.1");
    assert!(
        head.iter().any(|line| line.to_lowercase() == "content-type: text/plain; charset=utf-8"),
        "{head:?}"
    );
    assert_eq!(body, note);
}

#[test]
fn an_address_may_stand_in_the_environment_and_is_told_without_what_is_secret() {
    let (office, _) = office();
    let keeper = Keeper::answering(&["403 Forbidden"]);
    let url = keeper.url();
    let said = comity(
        office.folder.path(),
        &["audit", "checkpoint", "--key", "secret", "--json"],
        &[("COMITY_POST", &url)],
    );
    let said = said.ends(1).complains(&["it answered 403 Forbidden", "audit/not-given"]);
    assert!(!format!("{}{}", said.out, said.err).contains("geheim"));
    assert_eq!(said.json()["error"]["missed"][0]["keeper"], format!("http://127.0.0.1:{}/…", keeper.port));
    // One that refuses is not asked again.
    assert_eq!(keeper.asked().len(), 1);
}

#[test]
fn a_keeper_that_does_not_take_it_loses_nothing_and_gets_it_later() {
    let (office, _) = office();
    let keeper = Keeper::answering(&["500 Internal Server Error"; 3]);
    let post = ["--post", &keeper.url(), "--keep", "keeper"];
    let said = sign(&office, &post).ends(1).complains(&[
        "is signed and kept in data/checkpoints/",
        "it answered 500 Internal Server Error; it was asked 3 times",
        "audit/not-given",
        "run it again",
    ]);
    assert!(said.out.is_empty(), "{}", said.out);
    let [kept] = files(&office, "data/checkpoints").try_into().unwrap();
    let [theirs] = files(&office, "keeper").try_into().unwrap();
    let note = fs::read_to_string(kept).unwrap();
    assert_eq!(fs::read_to_string(theirs).unwrap(), note);

    assert_eq!(sign(&office, &post).fine().out, note);
    let asked = keeper.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|(_, body)| *body == note), "{asked:?}");
}

#[test]
fn a_keeper_that_was_overloaded_is_asked_again() {
    let (office, _) = office();
    let keeper = Keeper::answering(&["503 Service Unavailable", "429 Too Many Requests"]);
    sign(&office, &["--post", &keeper.url()]).fine();
    assert_eq!(keeper.asked().len(), 3);
}

#[test]
fn a_keeper_that_says_nothing_is_not_waited_for_without_end() {
    let (office, _) = office();
    let keeper = Keeper::answering(&[SILENT; 3]);
    let late = sign(&office, &["--post", &keeper.url(), "--patience", "1"]);
    late.ends(1).complains(&["it did not answer in time; it was asked 3 times"]);
    assert_eq!(files(&office, "data/checkpoints").len(), 1);
    sign(&office, &["--post", &keeper.url(), "--patience", "0"]).ends(2).complains(&["--patience"]);
}

#[test]
fn nobody_is_asked_but_who_was_named() {
    let (office, _) = office();
    let other = Keeper::answering(&[]);
    let moved = format!("307 Temporary Redirect\r\nLocation: {}\r\n", other.url());
    let keeper = Keeper::answering(&[&moved]);
    let said = sign(&office, &["--post", &keeper.url()]);
    said.ends(1).complains(&["it answered 307 Temporary Redirect, and nobody else is asked"]);
    assert_eq!((keeper.asked().len(), other.asked().len()), (1, 0));
}

#[test]
fn keepers_that_are_not_there_do_not_keep_the_others_from_having_it() {
    let (office, _) = office();
    let keeper = Keeper::answering(&[]);
    // A port that was free a moment ago.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = format!("http://127.0.0.1:{gone}");
    let all = ["--keep", "mount", "--keep", "keeper", "--post", &away, "--post", &keeper.url()];
    let said = sign(&office, &all).ends(1);
    let said =
        said.complains(&["mount: ", "No such file", &format!("{away}: "), "refused", "audit/not-given"]);
    assert!(said.out.is_empty(), "{}", said.out);
    assert_eq!((files(&office, "data/checkpoints").len(), files(&office, "keeper").len()), (1, 1));
    assert_eq!(keeper.asked().len(), 1);
    assert!(files(&office, "mount").is_empty());
}

#[test]
fn what_is_no_address_of_a_keeper_is_refused_before_anything_is_signed() {
    let (office, _) = office();
    for (bad, why) in [
        ("keeper.example", "--post was given is no address"),
        ("ftp://keeper.example", "begins with https://"),
        ("https://desk:geheim@keeper.example", "a name or a password"),
        ("http://keeper.example", "or say --plain-http"),
    ] {
        let said = sign(&office, &["--post", bad]).ends(2).complains(&[why]);
        assert!(!said.err.contains("geheim"), "{}", said.err);
    }
    assert!(files(&office, "data/checkpoints").is_empty());
}

#[test]
fn an_older_copy_of_the_record_is_not_signed_while_a_newer_checkpoint_is_kept() {
    let (office, _) = office();
    let keeper = Keeper::answering(&[]);
    sign(&office, &["--keep", "keeper"]).fine();
    copy(&office.store(), &office.folder.path().join("old"));
    grow(&office, "no");
    sign(&office, &["--keep", "keeper"]).fine();
    let entries = entries(&office);
    let newest = format!("{entries:020}.checkpoint");
    let older =
        format!("the record has {} entries, and {NAME} signed a checkpoint over {entries}", entries - 1);

    // The whole folder is the older one; the keeper knows.
    fs::rename(office.store(), office.folder.path().join("new")).unwrap();
    fs::rename(office.folder.path().join("old"), office.store()).unwrap();
    let said = sign(&office, &["--keep", "keeper", "--post", &keeper.url()]).ends(4);
    said.complains(&[
        &older,
        "an older copy was put back, or its end was cut off",
        &format!("see keeper/{newest}"),
        "audit/another-record",
        "find out which",
    ]);
    assert_eq!((files(&office, "data/checkpoints").len(), files(&office, "keeper").len()), (1, 2));
    assert!(keeper.asked().is_empty());

    // Without the keeper, what lies in the store knows, if it was left there.
    fs::copy(
        office.folder.path().join("new/checkpoints").join(&newest),
        office.store().join("checkpoints").join(&newest),
    )
    .unwrap();
    sign(&office, &[]).ends(4).complains(&[&older, &format!("see data/checkpoints/{newest}")]);
    // Called otherwise it says the same.
    let folder = office.store().join("checkpoints");
    fs::rename(folder.join(&newest), folder.join("from-the-court.checkpoint")).unwrap();
    sign(&office, &[]).ends(4).complains(&[&older, "see data/checkpoints/from-the-court.checkpoint"]);

    // The older copy goes on by itself: as many entries, and others.
    grow(&office, "yes");
    let forked = sign(&office, &["--keep", "keeper"]).ends(4);
    forked.complains(&["are not those over which", "written anew", "from-the-court.checkpoint"]);
    fs::remove_file(folder.join("from-the-court.checkpoint")).unwrap();
    let forked = sign(&office, &["--keep", "keeper"]).ends(4);
    forked.complains(&["are not those over which", &format!("see keeper/{newest}")]);
    grow(&office, "no");
    sign(&office, &["--keep", "keeper"]).ends(4).complains(&["are not those over which"]);
    assert_eq!(files(&office, "keeper").len(), 2);
}

#[test]
fn a_tail_that_was_cut_off_shows_and_is_not_signed() {
    let (office, _) = office();
    let segment = office.store().join("journal/00000000000000000001.seg");
    let before = fs::read(&segment).unwrap();
    grow(&office, "no");
    sign(&office, &[]).fine();
    let signed = entries(&office);
    let whole = fs::read(&segment).unwrap();
    // The end is cut off, together with the index that knows of it.
    fs::write(&segment, before).unwrap();
    fs::remove_dir_all(office.store().join("sled")).unwrap();
    office.run(&["store", "verify"]).fine();
    sign(&office, &[]).ends(4).complains(&["its end was cut off", "audit/another-record"]);
    let doctor = office.run(&["doctor", "--now", common::NEXT_DAY]).ends(4);
    doctor.says(&[&format!("the record has {} entries, and {signed} were signed", signed - 1)]);
    // A bundle is not signed either.
    let bundle =
        office.run(&["audit", "bundle", "EX-1", "--key", "secret", "--now", common::NEXT_DAY]).ends(4);
    bundle.complains(&["its end was cut off"]);
    assert!(!office.folder.path().join("EX-1.zip").exists());

    fs::write(&segment, whole).unwrap();
    fs::remove_dir_all(office.store().join("sled")).unwrap();
    sign(&office, &[]).fine();
}

#[test]
fn a_file_that_is_no_checkpoint_is_named_and_nothing_is_signed() {
    let (office, _) = office();
    sign(&office, &["--keep", "keeper"]).fine();
    grow(&office, "no");
    let [ours] = files(&office, "data/checkpoints").try_into().unwrap();
    let note = fs::read_to_string(&ours).unwrap();
    let next = ["move it elsewhere", "comity audit checkpoint", "whoever else keeps"];
    let spoiled: [(&str, Vec<u8>); 5] = [
        ("data/checkpoints", b"nonsense\n".to_vec()),
        ("data/checkpoints", Vec::new()),
        ("data/checkpoints", note.as_bytes()[..40].to_vec()),
        ("data/checkpoints", vec![0xff; 9]),
        ("keeper", vec![b'a'; 70_000]),
    ];
    for (folder, bytes) in spoiled {
        let [path] = files(&office, folder).try_into().unwrap();
        fs::write(&path, bytes).unwrap();
        let said = sign(&office, &["--keep", "keeper"]).ends(2).complains(&next);
        let name = path.file_name().unwrap().to_str().unwrap();
        said.complains(&[&format!("`{folder}/{name}` is no checkpoint")]);
        assert_eq!((files(&office, "data/checkpoints").len(), files(&office, "keeper").len()), (1, 1));
        fs::write(&path, &note).unwrap();
    }
    // It says another number than it is called by; and a folder is no file.
    let other = office.store().join("checkpoints/00000000000000000099.checkpoint");
    fs::copy(&ours, &other).unwrap();
    sign(&office, &[])
        .ends(2)
        .complains(&[&format!("is no checkpoint of 99 entries: it says {}", entries(&office) - 1)]);
    fs::remove_file(&other).unwrap();
    fs::create_dir(&other).unwrap();
    sign(&office, &[]).ends(2).complains(&["is no checkpoint"]);
    fs::remove_dir(&other).unwrap();

    // What a kill left behind is no checkpoint by its name already, and hinders nothing.
    fs::write(office.store().join("checkpoints/.unfinished-x"), "half").unwrap();
    sign(&office, &["--keep", "keeper"]).fine();
}

#[test]
fn what_is_kept_is_never_written_over() {
    let (office, _) = office();
    sign(&office, &["--keep", "keeper"]).fine();
    let [ours] = files(&office, "data/checkpoints").try_into().unwrap();
    let [theirs] = files(&office, "keeper").try_into().unwrap();
    let note = fs::read_to_string(&ours).unwrap();

    // A keeper has signed it too.
    let cosigned = format!("{note}\u{2014} court.example AAAA\n");
    fs::write(&theirs, &cosigned).unwrap();
    sign(&office, &["--keep", "keeper"]).fine();
    assert_eq!(fs::read_to_string(&theirs).unwrap(), cosigned);

    // The keeper has one of another record under this number.
    let root = note.lines().nth(2).unwrap();
    let other = note.replace(NAME, "norvane.example/comity").replace(root, &root.replace(&root[..3], "AAA"));
    fs::write(&theirs, &other).unwrap();
    let said = sign(&office, &["--keep", "keeper"]).ends(1);
    said.complains(&["holds a checkpoint of another record, norvane.example/comity"]);
    assert_eq!(fs::read_to_string(&theirs).unwrap(), other);

    // Another key of the same name: what the first signed stays.
    office.run(&["audit", "key", "second", "--name", NAME]).fine();
    let second = office.run(&["audit", "checkpoint", "--key", "second"]).ends(2);
    second.complains(&["without a signature of this key", "when the record has grown"]);
    grow(&office, "no");
    office.run(&["audit", "checkpoint", "--key", "second"]).fine();
    assert_eq!(fs::read_to_string(&ours).unwrap(), note);
}

#[test]
fn what_is_signed_for_a_bundle_is_kept_too() {
    let (office, key) = office();
    office.run(&["audit", "bundle", "EX-1", "--key", "secret", "--now", common::NEXT_DAY]).fine();
    let [kept] = files(&office, "data/checkpoints").try_into().unwrap();
    let note = fs::read_to_string(kept).unwrap();
    read(&office.store(), Some(&Checkpoint::read(&note, &key).unwrap())).unwrap();
    // And is the same that is signed by itself.
    assert_eq!(sign(&office, &[]).fine().out, note);
}
