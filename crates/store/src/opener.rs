//! Opens the payloads of a case as they are read, asking for each key once.

use comity_core::id::CaseId;

use crate::journal::{Payload, ReadError};
use crate::keys::{KeyState, KeyStore};
use crate::seal::{self, Sealed};

/// Opens payloads.
pub(crate) struct Opener<'k> {
    keys: &'k dyn KeyStore,
    last: Option<(u64, KeyState)>,
}

impl<'k> Opener<'k> {
    pub(crate) fn new(keys: &'k dyn KeyStore) -> Self {
        Self { keys, last: None }
    }

    /// A payload as it is stored, and what it says.
    pub(crate) fn open(&mut self, case: CaseId, stored: &[u8]) -> Result<Payload, ReadError> {
        if !seal::is_sealed(stored) {
            return Ok(Payload::plain(stored.to_vec()));
        }
        let damaged = || ReadError::Damaged { what: "a sealed entry".to_owned() };
        let sealed = Sealed::read(stored).ok_or_else(damaged)?;
        match self.key(sealed.slot)? {
            KeyState::Destroyed => Ok(Payload::erased(stored.to_vec())),
            KeyState::Here(key) => {
                let (content, disclosure) = sealed.open(key, case).map_err(|_| damaged())?;
                Ok(Payload::sealed(stored.to_vec(), content, disclosure))
            }
        }
    }

    fn key(&mut self, slot: u64) -> Result<&KeyState, ReadError> {
        let known = match self.last.take() {
            Some((last, state)) if last == slot => state,
            _ => self.keys.key(slot).map_err(|error| ReadError::Keys { why: error.to_string() })?,
        };
        Ok(&self.last.insert((slot, known)).1)
    }
}
