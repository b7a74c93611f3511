//! The keys of the cases: what a store asks of whoever keeps them, and a keeper in memory.

use std::io;
use std::sync::{Mutex, PoisonError};

use crate::master::random;
use crate::seal::{CaseKey, keyed};

/// Keeps one key for each case, by a number that the record names: its slot.
///
/// A slot is given to one case, for good. Slots are taken in order, so a keeper can have the next ones ready.
pub(crate) trait KeyStore: Send + Sync + std::fmt::Debug {
    /// The key in `slot`. Before a slot is first asked for, all below it were.
    ///
    /// A new slot gets its key now, and it is safe before this returns: nothing may be sealed under a key that a
    /// crash can take away.
    fn key(&self, slot: u64) -> io::Result<KeyState>;

    /// Destroys the key in `slot`, for ever. It is gone from the disk when this returns. Once more is no error.
    fn destroy(&self, slot: u64) -> io::Result<()>;

    /// Hides what the index is searched by.
    fn blinder(&self) -> Blinder;
}

/// What is in a slot.
#[derive(Clone, Debug)]
pub(crate) enum KeyState {
    /// A key.
    Here(CaseKey),
    /// A key was, and is destroyed.
    Destroyed,
}

/// Turns a word into a number that tells nobody the word who lacks the key.
///
/// The index is searched by names and words, and stands on disk in the clear; so it holds these numbers instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Blinder([u8; 32]);

impl Blinder {
    pub(crate) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub(crate) fn blind(&self, bytes: &[u8]) -> [u8; 16] {
        let whole = keyed(&self.0, &[b"comity.word.v1\0", bytes]);
        whole.first_chunk::<16>().copied().unwrap_or_default()
    }

    /// By which an index is known that was made with another key.
    pub(crate) fn mark(&self) -> [u8; 8] {
        let whole = keyed(&self.0, &[b"comity.blinder.v1\0"]);
        whole.first_chunk::<8>().copied().unwrap_or_default()
    }
}

impl std::fmt::Debug for Blinder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blinder(…)")
    }
}

/// Keys that are gone with the process.
#[derive(Debug, Default)]
pub(crate) struct MemoryKeys {
    slots: Mutex<Vec<Option<CaseKey>>>,
}

impl KeyStore for MemoryKeys {
    fn key(&self, slot: u64) -> io::Result<KeyState> {
        let at = usize::try_from(slot).map_err(io::Error::other)?;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        while slots.len() <= at {
            slots.push(Some(CaseKey::new(*random().map_err(io::Error::other)?)));
        }
        Ok(slots.get(at).cloned().flatten().map_or(KeyState::Destroyed, KeyState::Here))
    }

    fn destroy(&self, slot: u64) -> io::Result<()> {
        let at = usize::try_from(slot).map_err(io::Error::other)?;
        if let Some(slot) = self.slots.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
            *slot = None;
        }
        Ok(())
    }

    fn blinder(&self) -> Blinder {
        Blinder::new([0; 32])
    }
}
