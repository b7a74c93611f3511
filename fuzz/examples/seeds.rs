//! Inputs to begin with, made from the files and stores of this repository: `cargo run --package comity-fuzz --example seeds`
//! writes them below `target/fuzz/grown`, where the search starts from, and what must be in order below `fuzz/proved`. The
//! latter holds keys at random, so it is made once and kept.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "run by hand")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use comity_core::id::{CaseId, EntryNumber, Version};
use comity_core::time::Moment;
use comity_fuzz::{SECRET, zipped};
use comity_store::{
    CaseLog, Commit, IdempotencyKey, Journal, NewEntry, OpenOptions, ProofsAsked, Report, Row, Signer,
    SledJournal, export_path, proofs_path,
};
use uuid::Uuid;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = Out(root.join("target/fuzz/grown"));
    texts(&root, &out);
    words(&out);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(record(&root, &out));
}

/// Where inputs go.
struct Out(PathBuf);

impl Out {
    fn seed(&self, target: &str, name: &str, bytes: impl AsRef<[u8]>) {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
    }
}

fn texts(root: &Path, out: &Out) {
    let mut folders = vec![
        root.join("workflows"),
        root.join("crates/language/tests/data/library"),
        root.join("crates/cli/tests/data/library"),
        root.join("examples/treaty-tests/procedures"),
    ];
    let mut number = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let (name, text) =
                (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap());
            number += 1;
            let is = |ending: &str| name.ends_with(ending);
            let targets: &[&str] = match &*name {
                "articles.md" => &["articles"],
                "NOTES.md" => &["notes"],
                _ if is(".chronology.md") => &["chronology"],
                _ if is(".chronology.csv") => &["spreadsheet"],
                _ if text.starts_with(b"comity-calendar") => &["calendar", "canonical"],
                _ if text.starts_with(b"comity-counting") => &["counting", "canonical"],
                // The search is slow where inputs are long, and long procedures have little that short ones have not.
                _ if is(".yaml") && text.len() < 7_000 => &["procedure", "canonical"],
                _ => &[],
            };
            for target in targets {
                out.seed(target, &number.to_string(), &text);
            }
        }
    }
}

fn words(out: &Out) {
    let words: [(u8, &str); 22] = [
        (0, "2027-04-16"),
        (1, "2027-03-02T14:30:00.5Z"),
        (2, "45 days"),
        (2, "1 working day"),
        (2, "3 clear days"),
        (3, "NZ"),
        (4, "requested/foreign-ministry.place"),
        (5, "00ff10"),
        (6, "Pacific/Apia"),
        (6, "asia/seoul"),
        (7, "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef0123"),
        (8, "2011-12-30"),
        (9, "XN"),
        (10, "yes"),
        (11, "-9223372036854775808"),
        (12, "10 years"),
        (13, "2011-12-30 23:59"),
        (14, "2018-10-31, 00:30"),
        (14, "2018-11"),
        (15, "2017"),
        (16, "2027-10-31T01:30:00"),
        (16, "2027-10-31T00:30:00Z"),
    ];
    for (at, (kind, text)) in words.iter().enumerate() {
        out.seed("word", &at.to_string(), [&[*kind], text.as_bytes()].concat());
    }
    let sentences: [(u8, &str); 16] = [
        (0, "person.status is known and (not act released is recorded or custody is not held)"),
        (0, "every mandatory ground is considered"),
        (0, "clock formal-request is running and condition request-complete holds"),
        (0, "ground political-offence does not apply"),
        (0, "document warrant is received or documents for request are complete"),
        (1, "held -> release-due, else stays"),
        (1, "any open -> over"),
        (2, "free or at-liberty -> held"),
        (3, "treaty 9(4); reading 1"),
        (3, "treaty 9(1), 9(4) and 11"),
        (4, "45 days"),
        (4, "2 working days"),
        (4, "72 hours"),
        (5, "immunity is none or immunity is waived"),
        (5, "immunity is unknown"),
        (5, "surrender.day is at least 3 days after arrest"),
    ];
    for (at, (place, text)) in sentences.iter().enumerate() {
        out.seed("sentence", &at.to_string(), [&[*place], text.as_bytes()].concat());
    }
    let cells = [
        "arrested (arrest.place: Ulsan); document warrant",
        "heard; ground political-offence does not apply",
        "late record, 2027-03-02 10:00: released by requested/police",
        "refused: granted (not open)",
        "annul 3 (typing mistake)",
        "correct 2: arrested on 2027-03-01",
        "look",
    ];
    for (at, text) in cells.iter().enumerate() {
        out.seed("cell", &at.to_string(), text);
    }
    out.seed(
        "spreadsheet",
        "table",
        "# A case\nprocedure,norvane-calderia/extradition\n## In time\ndate,what happened,custody\n2027-03-02,arrested,held\n",
    );
}

const CASE: CaseId = CaseId(Uuid::from_u128(7));
const FIRST: [u8; 4] = [0, 1, 2, 3];

/// A store with two cases, one of them erased at the end, and everything that can be made from it.
struct Made {
    folder: tempfile::TempDir,
    signer: Signer,
    early: Report,
    late: Report,
}

async fn record(root: &Path, out: &Out) {
    // Small segments, so that there are several.
    let made = Made::new(1500).await;
    segments(&made.store(), out);
    for first in FIRST {
        out.seed("export", &first.to_string(), [&[first], made.exported().as_slice()].concat());
    }
    let files = made.bundle().await;
    let part = |(name, file): (&String, &Vec<u8>)| [format!("=== {name}\n").as_bytes(), file].concat();
    let text: Vec<u8> = files.iter().flat_map(part).collect();
    for first in FIRST.iter().skip(1) {
        out.seed("bundle", &format!("files-{first}"), [&[*first], text.as_slice()].concat());
    }
    out.seed("bundle", "zip", [&[0], zipped(&files).as_slice()].concat());
    out.seed("checkpoint", "note", made.signer.checkpoint(&made.late));
    out.seed("checkpoint", "secret", made.signer.secret_text());
    out.seed("checkpoint", "public", made.signer.public_text());
    small(&made.store(), out);
    let proved = root.join("fuzz/proved");
    if !proved.exists() {
        Made::new(1 << 20).await.prove(&proved).await;
    }
}

/// What is small enough to be written here.
fn small(store: &Path, out: &Out) {
    let edits = [[0, 0, 0, 0, 1], [0, 1, 0, 9, 9], [1, 2, 0, 4, 7], [1, 4, 0, 4, 99], [2, 3, 1, 0, 0]];
    for (at, edit) in edits.iter().enumerate() {
        out.seed("changed", &at.to_string(), edit);
    }
    for kind in 0..9_u8 {
        out.seed("index", &kind.to_string(), [kind, 0, 0, 0, 2, 1, 0, 1, 7, b'x', 0, 1]);
    }
    let keys = fs::read(store.join("keys/case.keys")).unwrap();
    out.seed("keys", "file", [&[0_u8], &keys[128..640]].concat());
    out.seed("keys", "text", [&[1_u8], "07".repeat(32).as_bytes()].concat());
    out.seed("file", "start", b"\x10COMITYFL\0\0\0\x01\0\0\0\x10sealed piece of sixteen and its tag");
    let manifest = serde_json::json!({
        "comity": 1,
        "store": Uuid::from_u128(5).to_string(),
        "entries": 3,
        "bytes": 900,
        "head": "ab".repeat(32),
        "taken_at": "2027-03-02T14:30:00Z",
    });
    out.seed("manifest", "one", manifest.to_string());
}

impl Made {
    async fn new(segment_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            OpenOptions { segment_step: 4096, segment_bytes, disk_floor: 0, ..OpenOptions::default() };
        let journal = SledJournal::open(folder.path().join("store"), options).await.unwrap();
        let other = CaseId(Uuid::from_u128(8));
        add(&journal, CASE, 0, false).await;
        add(&journal, CASE, 1, true).await;
        let early = journal.verify().await.unwrap();
        add(&journal, other, 2, true).await;
        add(&journal, CASE, 3, true).await;
        journal.append(Commit { erases: true, ..commit(other, Version(1), 4, false) }).await.unwrap();
        let late = journal.verify().await.unwrap();
        journal.close().await.unwrap();
        Self { folder, signer: Signer::read(SECRET).unwrap(), early, late }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn exported(&self) -> Vec<u8> {
        let mut export = Vec::new();
        export_path(&self.store(), &mut export).unwrap();
        export
    }

    async fn bundle(&self) -> BTreeMap<String, Vec<u8>> {
        let journal = SledJournal::open(self.store(), OpenOptions::default()).await.unwrap();
        let entries = journal.read(CASE, Version(0)).await.unwrap();
        journal.close().await.unwrap();
        let asked = ProofsAsked {
            size: self.late.last.0,
            entries: entries.iter().map(|entry| entry.position).collect(),
            earlier: [self.early.last.0].into(),
        };
        let proofs = proofs_path(&self.store(), &asked).unwrap();
        let withheld: BTreeSet<EntryNumber> = EntryNumber::new(2).into_iter().collect();
        let log = CaseLog {
            entries: &entries,
            withheld: &withheld,
            beside: &[],
            shows_a_migration: false,
            proofs: &proofs,
        };
        BTreeMap::from([
            ("log.jsonl".to_owned(), log.lines()),
            ("checkpoint".to_owned(), self.signer.checkpoint(&self.late).into_bytes()),
            (
                format!("checkpoints/{:020}.checkpoint", self.early.last.0),
                self.signer.checkpoint(&self.early).into_bytes(),
            ),
            ("page.txt".to_owned(), b"For people.\n".to_vec()),
        ])
    }

    async fn prove(&self, proved: &Path) {
        fs::create_dir_all(proved).unwrap();
        // Opening it once more for the entries adds a mark, which a checkpoint does not count.
        fs::write(proved.join("bundle.zip"), zipped(&self.bundle().await)).unwrap();
        fs::write(proved.join("export.jsonl"), self.exported()).unwrap();
        fs::write(proved.join("checkpoint"), self.signer.checkpoint(&self.late)).unwrap();
        let segment = "00000000000000000001.seg";
        fs::copy(self.store().join("journal").join(segment), proved.join(segment)).unwrap();
    }
}

async fn add(journal: &SledJournal, case: CaseId, number: u32, personal: bool) {
    let seen = journal.head(case).await.unwrap().version;
    journal.append(commit(case, seen, number, personal)).await.unwrap();
}

fn commit(case: CaseId, seen: Version, number: u32, personal: bool) -> Commit {
    let entry = NewEntry {
        recorded_at: Moment::from_unix_microseconds(i64::from(number)).unwrap(),
        recorded_by: "desk".into(),
        payload: format!("{{\"format\":1,\"record\":{{\"kind\":\"note\",\"text\":\"{number}\"}}}}")
            .into_bytes(),
        personal,
    };
    let mut rows = vec![
        Row::Due { at: Moment::from_unix_microseconds(9).unwrap(), clock: "answer".into() },
        Row::Stage { track: "request".into(), stage: "lodged".into() },
    ];
    if personal {
        rows.push(Row::Person { name: "K".into() });
    }
    let key = (number % 2 == 1).then(|| IdempotencyKey(format!("key-{number}")));
    Commit { case, seen, entries: vec![entry; if number == 0 { 2 } else { 1 }], rows, key, erases: false }
}

fn segments(store: &Path, out: &Out) {
    let mut paths: Vec<_> =
        fs::read_dir(store.join("journal")).unwrap().map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    paths.sort();
    let mut all = Vec::new();
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        all.extend_from_slice(&bytes[..used]);
        out.seed("segment", &path.file_stem().unwrap().to_string_lossy(), &bytes[..96]);
        let starts: Vec<usize> = (96..used).filter(|at| bytes[*at..].starts_with(b"CMJF")).collect();
        for (at, start) in starts.iter().enumerate() {
            let length = u32::from_be_bytes(bytes[start + 8..start + 12].try_into().unwrap());
            let body = &bytes[start + 60..start + 60 + usize::try_from(length).unwrap()];
            out.seed("frame", &format!("{}-{at}", path.file_stem().unwrap().to_string_lossy()), body);
        }
    }
    for first in FIRST {
        out.seed("journal", &first.to_string(), [&[first], all.as_slice()].concat());
    }
}
