//! The record: what the store keeps, and what it reads of it; and what an outside reader says of the same.

use std::io::Cursor as Bytes;
use std::path::Path;

use comity_store::{ExportReader, Report, codec, fuzzing, verify_path};
use comity_verify::{Form, InOrder};

use crate::broken::{Kept, broken, same};
use crate::mend::{self, Link, Mending};
use crate::place::with_files;

/// What an entry says: it is read as it is written, and the other way round.
pub(crate) fn codec(bytes: &[u8]) -> Kept {
    let Ok(record) = codec::decode(bytes) else { return Ok(()) };
    let written = codec::encode(&record);
    let again = codec::decode(&written).map_err(|error| broken(format!("what was written: {error}")))?;
    same("a record reads as it was written", &again, &record)
}

/// The body of a frame, in a frame whose sums fit: what is read of it is written in the same bytes.
pub(crate) fn frame(body: &[u8]) -> Kept {
    let mut body = body.to_vec();
    mend::body(&mut body, None);
    let frame = mend::frame(Link { position: 7, durable: 0, previous: [3; 32] }, &body);
    match fuzzing::frame_again(&frame) {
        None => Ok(()),
        Some(again) => same("a frame is written in one way", &again, &frame),
    }
}

/// What the index holds: what is read of it and written is read once more.
pub(crate) fn index(bytes: &[u8]) -> Kept {
    let Some((kind, bytes)) = bytes.split_first() else { return Ok(()) };
    match fuzzing::index_again(*kind, bytes) {
        None => Ok(()),
        Some(again) => same("a pair of the index", &fuzzing::index_again(*kind, &again), &Some(again)),
    }
}

/// The header of a segment, with sums that fit: what is read of it is written in the same bytes.
pub(crate) fn segment(bytes: &[u8]) -> Kept {
    let mut header = bytes.to_vec();
    mend::header(&mut header);
    match fuzzing::segment_again(&header) {
        None => Ok(()),
        Some(again) => same(
            "a header is written in one way",
            &again.as_slice(),
            &header.get(..again.len()).unwrap_or_default(),
        ),
    }
}

/// The segments of a journal: the store and the outside reader say the same of them.
pub(crate) fn journal(bytes: &[u8]) -> Kept {
    let Some((mending, bytes)) = Mending::asked(bytes) else { return Ok(()) };
    let segments = mend::journal(bytes, mending).into_iter();
    let files: Vec<_> = segments.map(|(name, file)| (format!("journal/{name}"), file)).collect();
    with_files(&files, |folder| match (verify_path(folder), comity_verify::read(folder, None)) {
        (Ok(store), Ok(outside)) => same_journal(&store, &outside),
        (Err(_), Err(_)) => Ok(()),
        (store, outside) => Err(broken(format!("the store says {store:?}, the outside reader {outside:?}"))),
    })?
}

fn same_journal(store: &Report, outside: &InOrder) -> Kept {
    let torn = store.torn.as_ref().map_or(0, |tail| tail.bytes);
    let form = Form::Journal { segments: usize::try_from(store.segments).unwrap_or(0), torn };
    let said = (store.last.0, usize::try_from(store.cases).unwrap_or(0), store.root.0, form);
    let outside = (outside.entries, outside.cases, outside.root, outside.form);
    same("a journal in order", &outside, &said)
}

/// An export: the store and the outside reader say the same of it.
pub(crate) fn export(bytes: &[u8]) -> Kept {
    let Some((mending, bytes)) = Mending::asked(bytes) else { return Ok(()) };
    let bytes = match (mending, std::str::from_utf8(bytes)) {
        (Mending::Sums | Mending::All | Mending::AllButTheLast, Ok(text)) => {
            mend::export(text, b"comity.export.v1\0", mending)
        }
        (Mending::None, _) | (_, Err(_)) => bytes.to_vec(),
    };
    let store = exported(&bytes);
    with_files(&[("export.jsonl".to_owned(), bytes)], |folder: &Path| {
        match (store, comity_verify::read(&folder.join("export.jsonl"), None)) {
            (Ok(store), Ok(outside)) => same("an export in order", &(outside.entries, outside.root), &store),
            (Err(_), Err(_)) => Ok(()),
            (store, outside) => {
                Err(broken(format!("the store says {store:?}, the outside reader {outside:?}")))
            }
        }
    })?
}

/// How many entries an export has, and its root.
fn exported(bytes: &[u8]) -> Result<(u64, [u8; 32]), String> {
    let told = |fault: comity_store::ExportFault| fault.to_string();
    let mut reader = ExportReader::open(Bytes::new(bytes)).map_err(told)?;
    while reader.next_commit().map_err(told)?.is_some() {}
    Ok((reader.manifest().entries, reader.manifest().root.0))
}

/// What a backup says of itself.
pub(crate) fn manifest(bytes: &[u8]) -> Kept {
    let Some(again) = std::str::from_utf8(bytes).ok().and_then(fuzzing::manifest_again) else {
        return Ok(());
    };
    same("a manifest reads as it was written", &fuzzing::manifest_again(&again), &Some(again))
}

/// The file of the keys, behind a header that fits if the first byte asks for it; and the text of a master key.
pub(crate) fn keys(bytes: &[u8]) -> Kept {
    const STORE: [u8; 16] = [5; 16];
    let Some((kind, rest)) = bytes.split_first() else { return Ok(()) };
    let right = "07".repeat(32);
    if kind % 2 == 1 {
        let text = String::from_utf8_lossy(rest);
        let file = fuzzing::key_header(STORE, &right).unwrap_or_default();
        return with_files(&[("keys/case.keys".to_owned(), file)], |folder| {
            let is_right = text.trim().eq_ignore_ascii_case(&right);
            same("one master key opens", &fuzzing::keys(folder, STORE, &text).is_some(), &is_right)
        })?;
    }
    let header = fuzzing::key_header(STORE, &right).filter(|_| kind % 4 == 0).unwrap_or_default();
    let file = [header.as_slice(), rest].concat();
    let slots = file.len() as u64 / 128;
    with_files(&[("keys/case.keys".to_owned(), file)], |folder| {
        let opened = fuzzing::keys(folder, STORE, &right);
        same("no more keys than the file has room for", &opened.is_none_or(|keys| keys < slots), &true)
    })?
}

/// A file beside the record: nothing that was not sealed comes out of it.
pub(crate) fn file(bytes: &[u8]) -> Kept {
    let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
    let opened = fuzzing::file(rest, usize::from(*first).max(1));
    same("a file that nobody sealed", &opened, &None)
}
