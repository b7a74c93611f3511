//! Sealing: what tells of a person is kept under a key of its case, and can be erased by destroying the key.
//!
//! Pure. The record's hashes cover the sealed bytes, so an erased entry still proves that it stands. A sealed payload
//! carries a commitment to what was sealed, so that one entry can be disclosed by its own key, and nobody can later
//! produce a second content for it. `docs/record-format.md` has the bytes.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload as Sealing};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use comity_core::id::CaseId;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::bytes::{Put, Reader};

/// The first byte of a sealed payload. No plain payload begins with it.
pub(crate) const SEALED: u8 = 1;
/// How many bytes longer a payload is once it is sealed.
pub(crate) const OVERHEAD: usize = 1 + 8 + SALT + 32 + TAG;

const SALT: usize = 16;
const TAG: usize = 16;

const SALT_LABEL: &[u8] = b"comity.salt.v1\0";
const ENTRY_LABEL: &[u8] = b"comity.entry-key.v1\0";
const COMMITMENT_LABEL: &[u8] = b"comity.commitment.v1\0";
const SEALED_LABEL: &[u8] = b"comity.sealed.v1\0";

/// The key of a case. Forgotten, in memory too, when it is dropped.
#[derive(Clone)]
pub(crate) struct CaseKey(Zeroizing<[u8; 32]>);

/// The key of one sealed payload, by which it can be disclosed without the others of its case.
///
/// Prints nothing of itself; [`EntryKey::reveal`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryKey(Zeroizing<[u8; 32]>);

impl EntryKey {
    /// The bytes, to be handed to somebody who may read the entry.
    #[must_use]
    pub fn reveal(&self) -> [u8; 32] {
        *self.0
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntryKey(…)")
    }
}

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseKey(…)")
    }
}

/// A sealed payload, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealed<'a> {
    /// Where the key of the case is kept.
    pub(crate) slot: u64,
    salt: &'a [u8],
    commitment: [u8; 32],
    ciphertext: &'a [u8],
}

/// A key that does not fit what it should open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfit;

impl<'a> Sealed<'a> {
    /// Takes apart a sealed payload; nothing if `stored` is plain, or too short to be sealed.
    pub(crate) fn read(stored: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(stored);
        (reader.u8()? == SEALED).then_some(())?;
        let slot = reader.u64()?;
        let salt = reader.bytes(SALT)?;
        let commitment = reader.array()?;
        let ciphertext = reader.bytes(reader.left())?;
        (ciphertext.len() >= TAG).then_some(Self { slot, salt, commitment, ciphertext })
    }

    /// Opens it with the key of the case, and says by which key it alone can be opened.
    pub(crate) fn open(&self, key: &CaseKey, case: CaseId) -> Result<(Vec<u8>, EntryKey), Unfit> {
        let entry = key.entry(case, self.salt);
        self.disclose(&entry, case).map(|content| (content, entry))
    }

    /// Opens it with its own key.
    pub(crate) fn disclose(&self, key: &EntryKey, case: CaseId) -> Result<Vec<u8>, Unfit> {
        let sealing = Sealing { msg: self.ciphertext, aad: &bound_to(case) };
        let content = key.cipher().decrypt(&XNonce::default(), sealing).map_err(|_| Unfit)?;
        if key.commit(&content) == self.commitment { Ok(content) } else { Err(Unfit) }
    }
}

/// Seals `content` under the key of its case, which is kept in `slot`.
///
/// The same content of the same case gives the same bytes, so that a second attempt is known for what it is. It tells
/// whoever lacks the key that two entries of a case say the same, and nothing else.
pub(crate) fn seal(key: &CaseKey, slot: u64, case: CaseId, content: &[u8]) -> Vec<u8> {
    let salt = key.salt(case, content);
    let entry = key.entry(case, &salt);
    let sealing = Sealing { msg: content, aad: &bound_to(case) };
    // The key is used for this content alone, so the nonce need not differ.
    let ciphertext = entry.cipher().encrypt(&XNonce::default(), sealing).unwrap_or_default();
    let mut stored = Vec::with_capacity(OVERHEAD + content.len());
    stored.push(SEALED);
    stored.put(&slot.to_be_bytes());
    stored.put(&salt);
    stored.put(&entry.commit(content));
    stored.put(&ciphertext);
    stored
}

/// Whether a payload is sealed.
pub(crate) fn is_sealed(stored: &[u8]) -> bool {
    stored.first() == Some(&SEALED)
}

impl CaseKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn salt(&self, case: CaseId, content: &[u8]) -> [u8; SALT] {
        let whole = keyed(&self.0, &[SALT_LABEL, case.0.as_bytes(), content]);
        whole.first_chunk::<SALT>().copied().unwrap_or_default()
    }

    fn entry(&self, case: CaseId, salt: &[u8]) -> EntryKey {
        EntryKey(Zeroizing::new(keyed(&self.0, &[ENTRY_LABEL, case.0.as_bytes(), salt])))
    }
}

impl EntryKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }

    fn commit(&self, content: &[u8]) -> [u8; 32] {
        let hasher = Sha256::new().chain_update(COMMITMENT_LABEL).chain_update(self.0.as_slice());
        hasher.chain_update(content).finalize().into()
    }
}

/// HMAC-SHA256 of the parts, one behind the other.
pub(crate) fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of thirty-two bytes is shorter than a block, and so never refused.
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn bound_to(case: CaseId) -> Vec<u8> {
    [SEALED_LABEL, case.0.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn case(number: u128) -> CaseId {
        CaseId(Uuid::from_u128(number))
    }

    fn key(byte: u8) -> CaseKey {
        CaseKey::new([byte; 32])
    }

    fn open(stored: &[u8], key: &CaseKey, case: CaseId) -> Option<Vec<u8>> {
        Sealed::read(stored)?.open(key, case).ok().map(|(content, _)| content)
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_with_its_key_and_with_no_other(content in proptest::collection::vec(any::<u8>(), 0..200)) {
            let stored = seal(&key(7), 3, case(1), &content);
            prop_assert_eq!(stored.len(), content.len() + OVERHEAD);
            prop_assert_eq!(open(&stored, &key(7), case(1)), Some(content.clone()));
            prop_assert_eq!(open(&stored, &key(8), case(1)), None);
            prop_assert_eq!(open(&stored, &key(7), case(2)), None);
            prop_assert_eq!(seal(&key(7), 3, case(1), &content), stored);
        }

        #[test]
        fn any_bytes_are_taken_apart_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = open(&bytes, &key(7), case(1));
        }
    }

    #[test]
    fn every_changed_byte_but_the_slot_closes_it() {
        let stored = seal(&key(7), 3, case(1), b"arrested");
        for at in 0..stored.len() {
            let mut changed = stored.clone();
            changed[at] ^= 1;
            let is_slot = (1..9).contains(&at);
            assert_eq!(open(&changed, &key(7), case(1)).is_some(), is_slot, "byte {at}");
        }
    }

    #[test]
    fn one_entry_is_disclosed_by_its_own_key() {
        let (one, other) = (seal(&key(7), 3, case(1), b"one"), seal(&key(7), 3, case(1), b"other"));
        let (one, other) = (Sealed::read(&one).unwrap(), Sealed::read(&other).unwrap());
        let (_, disclosed) = one.open(&key(7), case(1)).unwrap();
        assert_eq!(one.disclose(&disclosed, case(1)), Ok(b"one".to_vec()));
        assert_eq!(other.disclose(&disclosed, case(1)), Err(Unfit));
    }

    #[test]
    fn the_bytes_of_a_sealed_payload_never_change_between_versions() {
        let stored = seal(&key(7), 3, case(1), b"arrested");
        let halves = stored.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex: String = halves.filter_map(|half| char::from_digit(u32::from(half), 16)).collect();
        assert_eq!(
            hex,
            "010000000000000003d1f21d217bd9ec7bf15ca243f0deb6f217b529e49022302219c3456e2160a4fb3f65fd95aaada7bf\
             6047811c7bd9f71a80c2e314eed3d3164c24af8c7ed6e778d335f9ac400cb2fe"
        );
    }

    #[test]
    fn keys_print_nothing() {
        let stored = seal(&key(7), 3, case(1), b"x");
        let (_, entry) = Sealed::read(&stored).unwrap().open(&key(7), case(1)).unwrap();
        assert_eq!(format!("{:?} {entry:?}", key(7)), "CaseKey(…) EntryKey(…)");
    }
}
