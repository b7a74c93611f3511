//! What a forger of bundles of evidence can do: change files, and make manifest, sums and hashes anew, as `docs/record-format.md` has
//! them.

#![allow(dead_code, reason = "each suite uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use base64ct::{Base64, Encoding};
use comity_verify::hex;
use sha2::{Digest, Sha256};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn manifest(files: &Files) -> Vec<u8> {
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        [hex(&digest), format!("  {name}\n")].concat()
    };
    files.iter().map(line).collect::<Vec<String>>().concat().into_bytes()
}

/// A zip file of the files and, if it is not among them, their manifest.
pub(crate) fn zipped(files: &Files) -> Vec<u8> {
    let mut files = files.clone();
    let manifest = manifest(&files);
    files.entry("MANIFEST".into()).or_insert(manifest);
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in &files {
        let file = archive.new_file(name.as_str()).compression_method(rawzip::CompressionMethod::STORE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap()
}

/// The files of a bundle without its manifest.
pub(crate) fn unzipped(path: &Path) -> Files {
    let bytes = fs::read(path).unwrap();
    let archive = rawzip::ZipArchive::from_slice(bytes.as_slice()).unwrap();
    let mut files = Files::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        let name = String::from_utf8(entry.file_path().as_bytes().to_vec()).unwrap();
        files.insert(name, archive.get_entry(entry.wayfinder()).unwrap().data().to_vec());
    }
    files.remove("MANIFEST").unwrap();
    files
}

/// The lines of the log.
pub(crate) fn lines(files: &Files) -> Vec<String> {
    String::from_utf8(files["log.jsonl"].clone()).unwrap().lines().map(str::to_owned).collect()
}

/// The log of these lines, with sums that fit.
pub(crate) fn summed_anew(lines: &[String]) -> Vec<u8> {
    let (mut before, mut out) = ([0_u8; 32], Vec::new());
    for line in lines {
        let body = &line[..line.rfind(",\"sum\":\"").unwrap()];
        let mut hasher = Sha256::new();
        hasher.update(b"comity.bundle.v1\0");
        hasher.update(before);
        hasher.update(body);
        before = hasher.finalize().into();
        out.push(format!("{body},\"sum\":\"{}\"}}\n", hex(&before)));
    }
    out.concat().into_bytes()
}

/// A member of a line as it stands there, with its quotation marks if it has some. A list is given up to its first comma.
pub(crate) fn member(line: &str, name: &str) -> String {
    let at = line.find(&format!("\"{name}\":")).unwrap() + name.len() + 3;
    let end = at + line[at..].find([',', '}']).unwrap();
    line[at..end].to_owned()
}

/// A line of a plain entry with another payload and a hash that fits it.
pub(crate) fn with_payload(line: &str, payload: &[u8]) -> String {
    let text = |name| member(line, name).trim_matches('"').to_owned();
    let bytes = |digits: &str| -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    };
    let by = text("by");
    let mut hasher = Sha256::new();
    hasher.update(b"comity.entry.v1\0");
    hasher.update(bytes(&text("case").replace('-', "")));
    hasher.update(text("entry").parse::<u32>().unwrap().to_be_bytes());
    hasher.update(text("at").parse::<i64>().unwrap().to_be_bytes());
    for part in [by.as_bytes(), payload] {
        hasher.update(u32::try_from(part.len()).unwrap().to_be_bytes());
        hasher.update(part);
    }
    hasher.update(bytes(&text("previous")));
    let hash: [u8; 32] = hasher.finalize().into();
    let line = line.replace(&text("hash"), &hex(&hash));
    line.replace(&text("payload"), &Base64::encode_string(payload))
}

/// The payload of a plain entry.
pub(crate) fn payload(line: &str) -> String {
    String::from_utf8(Base64::decode_vec(member(line, "payload").trim_matches('"')).unwrap()).unwrap()
}
