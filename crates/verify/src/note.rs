//! Signed checkpoints: the text format of C2SP `signed-note` and `tlog-checkpoint`, with Ed25519.

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::tree::Hash;
use crate::wrong::Wrong;

/// The kind of key: Ed25519.
const ED25519: u8 = 1;

/// A public key with a name: `NAME+HASH+KEY`, as a log hands it out.
#[derive(Clone, Debug)]
pub struct Key {
    name: String,
    id: [u8; 4],
    public: VerifyingKey,
}

/// What was signed: how many entries there were, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which record it speaks of.
    pub origin: String,
    /// How many entries there were.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    ///
    /// Returns [`Wrong::Key`] for text that is none.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        let bad = |what| Wrong::Key { what };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("it is not NAME+HASH+KEY"));
        };
        let bytes = Base64::decode_vec(key).map_err(|_| bad("its last part is not Base64"))?;
        let Some((&ED25519, public)) = bytes.split_first() else {
            return Err(bad("it is no Ed25519 key"));
        };
        let bytes_of_it: [u8; 32] = public.try_into().map_err(|_| bad("it has not 32 bytes"))?;
        let public =
            VerifyingKey::from_bytes(&bytes_of_it).map_err(|_| bad("it is no point of the curve"))?;
        let is = key_id(name, &bytes);
        let says = u32::from_str_radix(id, 16).map_err(|_| bad("its middle part is not hexadecimal"))?;
        if id.len() != 8 || says.to_be_bytes() != is {
            return Err(bad("its name and its hash do not belong together"));
        }
        Ok(Self { name: name.to_owned(), id: is, public })
    }
}

fn key_id(name: &str, key: &[u8]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update(b"\n");
    hasher.update(key);
    let [a, b, c, d, ..]: Hash = hasher.finalize().into();
    [a, b, c, d]
}

impl Checkpoint {
    /// Reads a checkpoint that `key` has signed.
    ///
    /// # Errors
    ///
    /// Returns [`Wrong::Checkpoint`] for text that is none, and [`Wrong::NotSigned`] if the signature is not there or
    /// does not fit.
    pub fn read(note: &str, key: &Key) -> Result<Self, Wrong> {
        let bad = |what| Wrong::Checkpoint { what };
        let not_signed = |what| Wrong::NotSigned { name: key.name.clone(), what };
        let split = note.rfind("\n\n").ok_or_else(|| bad("no empty line stands before the signatures"))?;
        let (text, signatures) = note.split_at(split + 1);
        let signature = signatures
            .lines()
            .filter_map(|line| line.strip_prefix("\u{2014} ")?.split_once(' '))
            .filter(|(name, _)| *name == key.name)
            .filter_map(|(_, signature)| Base64::decode_vec(signature).ok())
            .find_map(|bytes| bytes.strip_prefix(&key.id).map(<[u8]>::to_vec))
            .ok_or_else(|| not_signed("no signature of this key stands there"))?;
        let signature = Signature::from_slice(&signature).map_err(|_| not_signed("it has not 64 bytes"))?;
        key.public
            .verify_strict(text.as_bytes(), &signature)
            .map_err(|_| not_signed("the signature does not fit"))?;
        Self::read_text(text).ok_or_else(|| bad("its first three lines are not origin, size and root"))
    }

    /// Reads a checkpoint without looking at its signatures. It proves nothing.
    ///
    /// # Errors
    ///
    /// Returns [`Wrong::Checkpoint`] for text that is none.
    pub fn unchecked(note: &str) -> Result<Self, Wrong> {
        let bad = |what| Wrong::Checkpoint { what };
        let split = note.rfind("\n\n").ok_or_else(|| bad("no empty line stands before the signatures"))?;
        let (text, _) = note.split_at(split + 1);
        Self::read_text(text).ok_or_else(|| bad("its first three lines are not origin, size and root"))
    }

    fn read_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // A number has one spelling: no sign, no zero in front.
        let size = size.parse().ok().filter(|number: &u64| number.to_string() == size)?;
        let root = Base64::decode_vec(root).ok()?.try_into().ok()?;
        (!origin.is_empty()).then(|| Self { origin: origin.to_owned(), size, root })
    }
}
