//! What an outside reader says of evidence: it may refuse it, and never call it in order after a change.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::LazyLock;

use comity_verify::{Checkpoint, Held, InOrder, Key, Wrong, read, read_bundle};
use rawzip::{CompressionMethod, ZipArchiveWriter};

use crate::broken::{Broken, Kept, broken, same};
use crate::mend::{self, Mending, hashed};
use crate::place::with_files;

/// The key of the example of the record format, with which everything here is signed.
pub const SECRET: &str =
    "PRIVATE+KEY+ministry.example/comity+333b90dd+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
/// The same, as it is handed out.
const PUBLIC: &str = "ministry.example/comity+333b90dd+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";

/// The one segment of the journal of the evidence that is in order.
const SEGMENT: &str = "00000000000000000001.seg";

/// Evidence that is in order, and the checkpoint of its record.
struct Evidence {
    bundle: Vec<u8>,
    export: Vec<u8>,
    journal: Vec<u8>,
    checkpoint: String,
}

/// Read once, from the folder `proved`.
static EVIDENCE: LazyLock<io::Result<Evidence>> = LazyLock::new(|| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/proved"));
    Ok(Evidence {
        bundle: fs::read(folder.join("bundle.zip"))?,
        export: fs::read(folder.join("export.jsonl"))?,
        journal: fs::read(folder.join(SEGMENT))?,
        checkpoint: fs::read_to_string(folder.join("checkpoint"))?,
    })
});

fn key() -> Result<Key, Broken> {
    Key::read(PUBLIC).map_err(|wrong| broken(wrong.to_string()))
}

/// A bundle: a zip file as it stands; or, with sums that fit, the files of one, each behind a line `=== ` with its name.
pub(crate) fn bundle(bytes: &[u8]) -> Kept {
    let Some((mending, rest)) = Mending::asked(bytes) else { return Ok(()) };
    let zip = match mending {
        Mending::None => rest.to_vec(),
        Mending::Sums | Mending::All | Mending::AllButTheLast => zipped(&files(rest)),
    };
    let key = key()?;
    let key = (mending != Mending::Sums).then_some(&key);
    let held = Held { key, checkpoint: None };
    // Whatever it says: it must come to an end, within bounds.
    with_files(&[("bundle.zip".to_owned(), zip)], |folder| {
        let _ = read_bundle(&folder.join("bundle.zip"), held).map_err(|wrong| wrong.to_string());
    })
}

fn files(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for piece in mend::pieces(bytes, b"=== ") {
        let Some(piece) = piece.strip_prefix(b"=== ") else { continue };
        let Some(at) = piece.iter().position(|byte| *byte == b'\n') else { continue };
        let (name, content) = (piece.get(..at), piece.get(at + 1..).unwrap_or_default());
        let Some(name) = name.and_then(|name| str::from_utf8(name).ok()) else { continue };
        let content = match str::from_utf8(content) {
            Ok(text) if name == "log.jsonl" => mend::export(text, b"comity.bundle.v1\0", Mending::Sums),
            Ok(_) | Err(_) => content.to_vec(),
        };
        files.insert(name.to_owned(), content);
    }
    files
}

/// A zip file of the files and, if it is not among them, their manifest. Nothing is in it if there is a name that no zip
/// file can hold.
#[must_use]
pub fn zipped(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut files = files.clone();
    let line = |(name, content): (&String, &Vec<u8>)| {
        format!("{}  {name}\n", comity_verify::hex(&hashed(&[content])))
    };
    let manifest: String = files.iter().map(line).collect();
    files.entry("MANIFEST".to_owned()).or_insert(manifest.into_bytes());
    packed(&files).unwrap_or_default()
}

fn packed(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, content) in files {
        let file = archive.new_file(name.as_str()).compression_method(CompressionMethod::STORE);
        let (mut entry, config) = file.start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content)?;
        let (_, descriptor) = writer.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()
}

/// Evidence in order, changed as the input says. The first byte says which, the others how.
pub(crate) fn changed(bytes: &[u8]) -> Kept {
    let Some((which, edits)) = bytes.split_first() else { return Ok(()) };
    let evidence = EVIDENCE.as_ref().map_err(|error| broken(format!("fuzz/proved: {error}")))?;
    let key = key()?;
    let checkpoint =
        Checkpoint::read(&evidence.checkpoint, &key).map_err(|wrong| broken(wrong.to_string()))?;
    let held = Held { key: Some(&key), checkpoint: Some(&checkpoint) };
    let record = |path: &Path| read(path, Some(&checkpoint)).map(|found| proved(&found));
    match which % 3 {
        0 => unmoved("bundle.zip", &evidence.bundle, edits, |path| read_bundle(path, held)),
        1 => unmoved("export.jsonl", &evidence.export, edits, record),
        _ => unmoved(SEGMENT, &evidence.journal, edits, |path| record(path.parent().unwrap_or(path))),
    }
}

/// What is proved of a record. How much a crash left behind its end proves nothing.
fn proved(found: &InOrder) -> ([u8; 16], u64, usize, [u8; 32]) {
    (found.store, found.entries, found.cases, found.root)
}

/// That a change is either refused, or changes nothing of what is proved.
fn unmoved<T: PartialEq + Debug>(
    name: &str,
    original: &[u8],
    edits: &[u8],
    read: impl Fn(&Path) -> Result<T, Wrong>,
) -> Kept {
    let says = |bytes: Vec<u8>| with_files(&[(name.to_owned(), bytes)], |folder| read(&folder.join(name)));
    let before = says(original.to_vec())?.map_err(|wrong| broken(format!("what was in order: {wrong}")))?;
    match says(edited(original, edits))? {
        Ok(after) => same("a change proves nothing new", &after, &before),
        Err(_) => Ok(()),
    }
}

/// Four bytes for each change: what, where (two), and with what.
fn edited(original: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for edit in edits.chunks_exact(4) {
        let [what, high, low, with] = edit else { continue };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % bytes.len().max(1);
        let end = (at + usize::from(*with)).min(bytes.len());
        match what % 5 {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= with),
            1 => bytes.insert(at, *with),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            _ => {
                let again: Vec<u8> = bytes.get(at..end).unwrap_or_default().to_vec();
                bytes.splice(at..at, again);
            }
        }
    }
    bytes
}
