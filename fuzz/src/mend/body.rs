//! The hashes of the entries in the body of a commit.

use std::collections::HashMap;

use super::{Hash, array, hashed, put};

/// Where cases stand: after how many entries, and the hash of the last.
#[derive(Debug, Default)]
pub(crate) struct Cases(pub(super) HashMap<[u8; 16], (u32, Hash)>);

/// An entry, before its hash.
pub(super) struct Entry<'e> {
    pub(super) case: [u8; 16],
    pub(super) number: u32,
    pub(super) at: &'e [u8],
    pub(super) by: &'e [u8],
    pub(super) payload: &'e [u8],
    pub(super) previous: Hash,
}

impl Entry<'_> {
    pub(super) fn hash(&self) -> Hash {
        let counted = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
        hashed(&[
            b"comity.entry.v1\0",
            &self.case,
            &self.number.to_be_bytes(),
            self.at,
            &counted(self.by),
            self.by,
            &counted(self.payload),
            self.payload,
            &self.previous,
        ])
    }
}

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
    let mut number = u32::from_be_bytes(array(bytes, 17)?);
    let mut previous: Hash = array(bytes, 21)?;
    let mut at = 54;
    if bytes.get(53) == Some(&1) {
        at += 2 + usize::from(short(bytes, at)?);
    }
    let count = short(bytes, at)?;
    at += 2;
    for _ in 0..count {
        let by = at + 8;
        let payload = by + 2 + usize::from(short(bytes, by)?);
        let end = payload + 4 + usize::try_from(u32::from_be_bytes(array(bytes, payload)?)).ok()?;
        number = number.checked_add(1)?;
        let entry = Entry {
            case,
            number,
            at: bytes.get(at..by)?,
            by: bytes.get(by + 2..payload)?,
            payload: bytes.get(payload + 4..end)?,
            previous,
        };
        previous = entry.hash();
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
