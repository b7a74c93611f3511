//! A bundle of evidence, as an office makes it and as somebody checks it who trusts nobody.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use comity_verify::{Bundle, Checkpoint, Held, Key, Own, Signature, Wrong, is_bundle, read_bundle};
use common::{NEXT_DAY, Office, workflows};

/// Things that were recorded and must not be seen once they are withheld.
const PLACE: &str = "Ulsan harbour";
const TITLE: &str = "ORLEN, Tavi";

/// An office with a key, a first checkpoint in `keeper`, a case with an arrest, and another case.
fn office() -> (Office, Key) {
    let office = Office::with_a_case();
    let key =
        office.run(&["audit", "key", "secret", "--name", "calderia.example/comity", "--json"]).fine().json();
    fs::create_dir(office.folder.path().join("keeper")).unwrap();
    office.run(&["audit", "checkpoint", "--key", "secret", "--keep", "keeper"]).fine();
    for fact in ["person.diplomat=no", "warrant-or-sentence-believed=yes", "request-believed=yes"] {
        office.act(&["--fact-only", fact, "--when", "2027-03-01"]).fine();
    }
    office.act(&["provisional-arrest-asked", "--when", "2027-03-01 14:00"]).fine();
    office.act(&["provisional-arrest-ordered", "--when", "2027-03-01 15:00"]).fine();
    office.act(&["provisional-warrant-issued", "--when", "2027-03-01 16:00"]).fine();
    let place = format!("arrest.place={PLACE}");
    office.act(&["arrested-provisionally", "--when", "2027-03-02 07:30", "--fact", &place]).fine();
    (office, Key::read(key["public"].as_str().unwrap()).unwrap())
}

fn bundle(office: &Office, more: &[&str]) -> PathBuf {
    let args = [&["audit", "bundle", "EX-1", "--now", NEXT_DAY, "--out", "out.zip"], more].concat();
    let path = office.folder.path().join("out.zip");
    let _ = fs::remove_file(&path);
    office.run(&args).fine();
    path
}

fn checked(path: &Path, key: &Key) -> Bundle {
    read_bundle(path, Held { key: Some(key), checkpoint: None }).unwrap()
}

/// The files of a bundle, taken out of the zip file by another program than the one that packed it where there is one.
fn unpacked(path: &Path) -> BTreeMap<String, String> {
    let bytes = fs::read(path).unwrap();
    let archive = rawzip::ZipArchive::from_slice(bytes.as_slice()).unwrap();
    let mut files = BTreeMap::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let name = String::from_utf8(entry.file_path().as_bytes().to_vec()).unwrap();
        let data = archive.get_entry(entry.wayfinder()).unwrap().data().to_vec();
        files.insert(name, String::from_utf8(data).unwrap());
    }
    files
}

fn laid_out(files: &BTreeMap<String, String>, folder: &Path) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_bundle_proves_a_case_to_somebody_who_has_nothing_but_the_key() {
    let (office, key) = office();
    let path = bundle(&office, &["--key", "secret"]);
    assert!(is_bundle(&path));
    let found = checked(&path, &key);
    let case = office.case();
    assert_eq!(found.entries, case["entries"].as_array().unwrap().len());
    assert_eq!((found.withheld.len(), found.closed.len(), found.uncovered.len()), (0, 0, 0));
    assert_eq!(found.signature, Signature::Good { name: "calderia.example/comity".into() });
    assert_eq!(found.procedures[0].name, "nz-kr/extradition");
    assert_eq!(found.size, comity_store::verify_path(&office.store()).unwrap().last.0);

    // Without the key nobody is said to have signed; with the key of somebody else it is refused.
    let unsigned = read_bundle(&path, Held::default()).unwrap();
    assert_eq!(unsigned.signature, Signature::NotChecked { name: "calderia.example/comity".into() });
    let other = comity_store::Signer::new("calderia.example/comity").unwrap().public_text();
    let other = Key::read(&other).unwrap();
    let refused = read_bundle(&path, Held { key: Some(&other), checkpoint: None });
    assert!(matches!(refused, Err(Wrong::NotSigned { .. })), "{refused:?}");

    // Unpacked it says the same, and what a system adds to the folder is named.
    let folder = tempfile::tempdir().unwrap();
    laid_out(&unpacked(&path), folder.path());
    assert_eq!(checked(folder.path(), &key), found);
    fs::write(folder.path().join(".DS_Store"), "x").unwrap();
    assert_eq!(checked(folder.path(), &key).unlisted, [".DS_Store"]);
}

#[test]
fn a_bundle_says_in_words_what_it_is_and_how_to_check_it() {
    let (office, _) = office();
    let path = bundle(&office, &["--key", "secret"]);
    let files = unpacked(&path);
    let has = |name: &str, texts: &[&str]| {
        let file = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
        let flat = file.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(flat.contains(text), "`{text}` is not in {name}:\n{file}");
        }
    };
    has("case.html", &["EX-1 – ORLEN, Tavi", PLACE, "Where it stands", "What happened", "What this page is"]);
    has("clocks.html", &["How each limit was counted", "2027-03-02"]);
    has("README.txt", &["case.html", "log.jsonl", "procedure/", "checkpoint"]);
    has("CHECK.txt", &["comity-verify BUNDLE.zip --key NAME+HASH+KEY", "DOES NOT PROVE", "is true", "clock"]);
    has("FORMAT.md", &["# The record format"]);
    let text = fs::read_to_string(workflows().join("nz-kr/extradition.yaml")).unwrap();
    assert_eq!(files["procedure/nz-kr/extradition.yaml"], text);
    // Each limit that ran is told as `why` tells it.
    let why = office.run(&["why", "EX-1", "formal-request", "--json", "--now", NEXT_DAY]).fine().json();
    let title = why["clock"]["title"].as_str().unwrap();
    has("clocks.html", &[title]);
    // A page must not fetch anything from anywhere.
    for page in ["case.html", "clocks.html"] {
        assert!(!files[page].contains("http"), "{page}");
    }
}

#[test]
fn the_same_case_makes_the_same_bytes() {
    let (office, _) = office();
    let first = fs::read(bundle(&office, &["--key", "secret"])).unwrap();
    assert_eq!(fs::read(bundle(&office, &["--key", "secret"])).unwrap(), first);
}

#[test]
fn what_is_withheld_is_nowhere_in_the_bundle_and_stays_proved() {
    let (office, key) = office();
    let case = office.case();
    let entries = case["entries"].as_array().unwrap();
    let arrest = entries.len();
    let path = bundle(&office, &["--key", "secret", "--withhold", &arrest.to_string()]);
    let found = checked(&path, &key);
    assert_eq!(found.withheld, [u32::try_from(arrest).unwrap()]);
    assert_eq!(found.entries, entries.len());
    let bytes = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
    assert!(!bytes.contains(PLACE) && !bytes.contains("held-provisionally\""), "the arrest is told of");
    let files = unpacked(&path);
    assert!(!files.contains_key("clocks.html"));
    let page = &files["case.html"];
    assert!(page.contains("One entry is withheld") && page.contains(TITLE));
    assert!(!page.contains("Where it stands"), "the state follows from what is withheld");
    // Whole or in Base64, its payload is not there.
    assert!(!files["log.jsonl"].contains("YXJyZXN0ZWQtcHJvdmlzaW9uYWxseQ"), "the act is told of");
    assert!(files["README.txt"].contains("Entries are withheld"));

    // The opening names the procedure, the reference and the person.
    let path = bundle(&office, &["--key", "secret", "--withhold", "1"]);
    let found = checked(&path, &key);
    assert_eq!((found.withheld, found.procedures), (vec![1], vec![]));
    let files = unpacked(&path);
    for (name, text) in files.iter().filter(|(name, _)| *name != "FORMAT.md") {
        for told in [TITLE, "EX-1", "nz-kr/extradition"] {
            assert!(!text.contains(told), "{name} tells `{told}`");
        }
    }
    assert!(!files.keys().any(|name| name.starts_with("procedure/")));
}

/// That a deed was annulled follows from the entry that annuls it.
#[test]
fn an_annulment_that_is_withheld_is_not_told_by_what_it_annuls() {
    let (office, key) = office();
    let arrest = office.case()["entries"].as_array().unwrap().len();
    office.act(&["--annul", &arrest.to_string(), "--reason", "another person"]).fine();
    let page = |more: &[&str]| unpacked(&bundle(&office, more))["case.html"].clone();
    assert!(page(&["--key", "secret"]).contains("(annulled)"));
    assert!(page(&["--withhold", "2"]).contains("(annulled)"));
    let hidden = (arrest + 1).to_string();
    let told = page(&["--withhold", &hidden]);
    assert!(told.contains(PLACE) && !told.contains("annulled"), "{told}");
    checked(&bundle(&office, &["--key", "secret", "--withhold", &hidden]), &key);
}

#[test]
fn a_bundle_may_show_nothing_but_that_entries_stand() {
    let (office, key) = office();
    let path = bundle(&office, &["--key", "secret", "--redact"]);
    let found = checked(&path, &key);
    assert_eq!(found.withheld.len(), found.entries);
    for (name, text) in unpacked(&path).iter().filter(|(name, _)| *name != "FORMAT.md") {
        for told in [TITLE, PLACE, "EX-1", "nz-kr", "officer", "accused"] {
            assert!(!text.contains(told), "{name} tells `{told}`");
        }
    }
    // Without a name given, the file is named for what may be told.
    let case = office.case()["case"].as_str().unwrap().to_owned();
    office.run(&["audit", "bundle", "EX-1", "--redact"]).fine();
    assert!(office.folder.path().join(format!("{case}.zip")).is_file());
    office
        .run(&["audit", "bundle", "EX-1"])
        .fine()
        .says(&["made EX-1.zip", "nobody answers for that record"]);
}

#[test]
fn an_earlier_checkpoint_shows_what_stood_then() {
    let (office, key) = office();
    let kept = fs::read_dir(office.folder.path().join("keeper")).unwrap().next().unwrap().unwrap().path();
    let kept = kept.to_str().unwrap();
    let path = bundle(&office, &["--key", "secret", "--checkpoint", kept]);
    let found = checked(&path, &key);
    let [earlier] = found.earlier.as_slice() else { panic!("{:?}", found.earlier) };
    assert_eq!(earlier.of_the_case, 1);
    assert_eq!(earlier.signature, Signature::Good { name: "calderia.example/comity".into() });

    // Whoever kept the same one knows it again; a bundle that was made without it does not reach it.
    let own = Checkpoint::read(&fs::read_to_string(kept).unwrap(), &key).unwrap();
    let held = Held { key: Some(&key), checkpoint: Some(&own) };
    assert_eq!(read_bundle(&path, held).unwrap().own, Some(Own::Earlier { of_the_case: 1 }));
    let without = bundle(&office, &["--key", "secret"]);
    assert_eq!(read_bundle(&without, held).unwrap().own, Some(Own::NotReached { size: own.size }));

    // Alone it proves the entry that stood then, and no later one.
    let path = bundle(&office, &["--checkpoint", kept]);
    let found = checked(&path, &key);
    assert_eq!((found.size, found.uncovered.len()), (own.size, found.entries - 1));
    assert_eq!(read_bundle(&path, held).unwrap().own, Some(Own::Same));
}

#[test]
fn a_checkpoint_of_another_record_makes_no_bundle() {
    let (office, _) = office();
    let (other, _) = crate::office();
    other.run(&["audit", "checkpoint", "--key", "secret", "--keep", "keeper"]).fine();
    let mut kept: Vec<_> =
        fs::read_dir(other.folder.path().join("keeper")).unwrap().map(|item| item.unwrap().path()).collect();
    kept.sort();
    let args = |path: &Path| {
        let path = path.to_str().unwrap();
        office.run(&["audit", "bundle", "EX-1", "--checkpoint", path, "--out", "out.zip"])
    };
    for path in &kept {
        args(path)
            .ends(4)
            .complains(&["not those over which calderia.example/comity", "audit/another-record"]);
    }
    // One that is of more entries than there are.
    other.act(&["--note", "one more"]).fine();
    let note = other.run(&["audit", "checkpoint", "--key", "secret"]).fine().out;
    let longer = office.folder.path().join("longer.checkpoint");
    fs::write(&longer, note).unwrap();
    args(&longer).ends(4).complains(&["proof/too-few"]);
    assert!(!office.folder.path().join("out.zip").exists());
}

#[test]
fn what_cannot_be_bundled_is_said() {
    let (office, _) = office();
    office.run(&["audit", "bundle", "EX-9"]).ends(2).complains(&["there is no case `EX-9`"]);
    office.run(&["audit", "bundle", "EX-1", "--withhold", "99"]).ends(2).complains(&["no entry 99", "1 to"]);
    office.run(&["audit", "bundle", "EX-1", "--withhold", "2", "--redact"]).ends(2);
    office
        .run(&["audit", "bundle", "EX-1", "--checkpoint", "secret"])
        .ends(2)
        .complains(&["is no checkpoint"]);
    let kept = fs::read_dir(office.folder.path().join("keeper")).unwrap().next().unwrap().unwrap().path();
    let kept = kept.to_str().unwrap();
    office
        .run(&["audit", "bundle", "EX-1", "--checkpoint", kept, "--checkpoint", kept])
        .ends(2)
        .complains(&["two checkpoints are of"]);
    fs::write(office.folder.path().join("out.zip"), "mine").unwrap();
    office
        .run(&["audit", "bundle", "EX-1", "--out", "out.zip"])
        .ends(2)
        .complains(&["out.zip cannot be used"]);
    assert_eq!(fs::read_to_string(office.folder.path().join("out.zip")).unwrap(), "mine");
}

#[test]
fn a_case_whose_content_was_erased_still_proves_that_it_stood() {
    let office = Office::with_a_case();
    let key =
        office.run(&["audit", "key", "secret", "--name", "calderia.example/comity", "--json"]).fine().json();
    let key = Key::read(key["public"].as_str().unwrap()).unwrap();
    office.act(&["--note", "seen in Lemaris"]).fine();
    // While it can be read, each sealed entry is disclosed by its own key.
    let before = bundle(&office, &["--key", "secret"]);
    assert_eq!(checked(&before, &key).closed, [0; 0]);
    let log = &unpacked(&before)["log.jsonl"];
    assert_eq!(log.matches("\"key\":\"").count(), 2, "{log}");
    let kept = fs::read(&before).unwrap();

    let erase = |account: &str, more: &[&str]| {
        let args = [&["case", "erase", "EX-1", "--now", NEXT_DAY], more].concat();
        common::comity(office.folder.path(), &args, &[("COMITY_ACCOUNT", account)]).fine();
    };
    erase("a.costa", &["--authority", "District Court of Lemaris", "--reason", "Act 12(1)"]);
    erase("m.reis", &["--confirm", "3"]);
    let path = bundle(&office, &["--key", "secret"]);
    let found = checked(&path, &key);
    assert_eq!((found.entries, found.procedures), (4, vec![]));
    assert_eq!(found.closed, [1, 2, 3]);
    let files = unpacked(&path);
    assert!(!files.contains_key("clocks.html"));
    let page = files["case.html"].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("by order of District Court of Lemaris: Act 12(1)"), "{page}");
    for (name, text) in files.iter().filter(|(name, _)| *name != "FORMAT.md") {
        for told in [TITLE, "seen in Lemaris", "nz-kr"] {
            assert!(!text.contains(told), "{name} tells `{told}`");
        }
    }
    // What was handed out before the erasure still checks: nobody can call it back.
    fs::write(office.folder.path().join("kept.zip"), kept).unwrap();
    checked(&office.folder.path().join("kept.zip"), &key);
    let path = bundle(&office, &["--redact"]);
    assert_eq!(checked(&path, &key).withheld, [1, 2, 3, 4]);
    assert!(!unpacked(&path).iter().any(|(name, text)| name != "FORMAT.md" && text.contains("EX-1")));
}
