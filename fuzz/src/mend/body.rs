//! The hashes of the entries in the body of a commit.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// Where cases stand: after how many entries, and the hash of the last.
#[derive(Debug, Default)]
pub(crate) struct Cases(HashMap<[u8; 16], (u32, [u8; 32])>);

/// Makes the hashes in a body fit, as far as it is a commit; with `cases` also the place where it begins. How many
/// entries it has.
pub(crate) fn body(bytes: &mut [u8], cases: Option<&mut Cases>) -> u16 {
    commit(bytes, cases).unwrap_or(0)
}

fn commit(bytes: &mut [u8], cases: Option<&mut Cases>) -> Option<u16> {
    const COMMIT: u8 = 1;
    const ERASURE: u8 = 3;
    matches!(bytes.first(), Some(&(COMMIT | ERASURE))).then_some(())?;
    let case: [u8; 16] = array(bytes, 1)?;
    if let Some(cases) = &cases {
        let (version, hash) = cases.0.get(&case).copied().unwrap_or_default();
        put(bytes, 17, &version.to_be_bytes())?;
        put(bytes, 21, &hash)?;
    }
    let version = u32::from_be_bytes(array(bytes, 17)?);
    let mut previous: [u8; 32] = array(bytes, 21)?;
    let mut at = 54;
    if bytes.get(53) == Some(&1) {
        at += 2 + usize::from(short(bytes, at)?);
    }
    let count = short(bytes, at)?;
    at += 2;
    let mut number = version;
    for _ in 0..count {
        let by = at + 8;
        let payload = by + 2 + usize::from(short(bytes, by)?);
        let end = payload + 4 + usize::try_from(u32::from_be_bytes(array(bytes, payload)?)).ok()?;
        number = number.checked_add(1)?;
        let mut hasher = Sha256::new();
        hasher.update(b"comity.entry.v1\0");
        hasher.update(case);
        hasher.update(number.to_be_bytes());
        hasher.update(bytes.get(at..by)?);
        // In the hash both lengths have four bytes.
        hasher.update([0, 0]);
        hasher.update(bytes.get(by..payload)?);
        hasher.update(bytes.get(payload..end)?);
        hasher.update(previous);
        previous = hasher.finalize().into();
        put(bytes, end, &previous)?;
        at = end + 32;
    }
    if let Some(cases) = cases {
        cases.0.insert(case, (number, previous));
    }
    Some(count)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn put(bytes: &mut [u8], at: usize, with: &[u8]) -> Option<()> {
    bytes.get_mut(at..at + with.len())?.copy_from_slice(with);
    Some(())
}
