//! The file of the case keys: one slot each, wrapped by the master key.
//!
//! A slot lies within one sector, so that a crash cannot leave half of it. Keys are made some hundred at a time and
//! are on disk before the first of them is used, so that opening a case costs no sync of its own. Destroying a key
//! overwrites its slot; what a disk may keep of old sectors can be read only with the master key, which is why the
//! master key is to be changed after an erasure (`docs/guide/operating.md`).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload as Sealing};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::bytes::{Put, Reader};
use crate::keys::{Blinder, KeyState, KeyStore};
use crate::master::{self, BESIDE, Master, MasterError, MasterKey, random};
use crate::seal::{CaseKey, keyed};
use crate::segment::{OWN_FILE, make_own_folder, sync_folder};

const MAGIC: [u8; 8] = *b"COMITYKY";
const FORMAT: u32 = 1;
/// One sector may hold four of them and none lies in two.
const SLOT: usize = 128;
/// So many keys are made at a time.
const BLOCK: u64 = 256;

const NEVER: u8 = 0;
const KEY: u8 = 1;
const DESTROYED: u8 = 2;

const NAME: &str = "case.keys";
const NEXT: &str = "next";

/// Why the keys of a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The master key cannot be had.
    #[error(transparent)]
    Master(#[from] MasterError),
    /// The file of the keys is not there, though the record has sealed entries.
    #[error(
        "the keys of the store are not in {folder:?}, and without them nothing sealed can be read; restore the folder from a backup"
    )]
    Missing {
        /// The folder of the keys.
        folder: PathBuf,
    },
    /// The master key is another one.
    #[error("the keys in {file:?} were locked with another master key; give the right one")]
    OtherMaster {
        /// The file.
        file: PathBuf,
    },
    /// The new master key is the one that the keys are locked with already.
    #[error("the keys are locked with this master key already; make another with `comity keys new`")]
    SameMaster,
    /// The file belongs to another store, or is none.
    #[error("{file:?} does not hold the keys of this store; restore it from a backup")]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{file:?} could not be used")]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl KeysError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Master(_) => "keys/master",
            Self::Missing { .. } => "keys/missing",
            Self::OtherMaster { .. } => "keys/other-master",
            Self::SameMaster => "keys/same-master",
            Self::Foreign { .. } => "keys/foreign",
            Self::Io { .. } => "keys/io",
        }
    }
}

/// The keys of a store, on disk.
#[derive(Debug)]
pub(crate) struct KeyFile {
    file: File,
    path: PathBuf,
    store: Uuid,
    master: Master,
    /// How many slots have, or had, a key.
    made: Mutex<u64>,
}

/// The folder of the keys in the store at `folder`.
pub(crate) fn keys_folder(folder: &Path) -> PathBuf {
    folder.join("keys")
}

/// The file of the keys in the store at `folder`.
pub(crate) fn key_file(folder: &Path) -> PathBuf {
    keys_folder(folder).join(NAME)
}

impl KeyFile {
    /// Makes the file for a new store.
    pub(crate) fn create(folder: &Path, store: Uuid, source: &MasterKey) -> Result<Self, KeysError> {
        let keys = keys_folder(folder);
        let failed = |source| KeysError::Io { file: keys.clone(), source };
        make_own_folder(&keys).map_err(failed)?;
        source.prepare(&keys)?;
        let master = source.read(&keys)?;
        let path = keys.join(NAME);
        let unfinished = keys.join(NAME).with_extension(NEXT);
        let make = || {
            let file = fresh(&unfinished)?;
            file.write_all_at(&header(store, &master), 0)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            sync_folder(&keys)?;
            sync_folder(folder)?;
            Ok(file)
        };
        let file = make().map_err(failed)?;
        Ok(Self { file, path, store, master, made: Mutex::new(0) })
    }

    /// Opens the file of the store.
    pub(crate) fn open(folder: &Path, store: Uuid, source: &MasterKey) -> Result<Self, KeysError> {
        let keys = keys_folder(folder);
        let path = keys.join(NAME);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeysError::Missing { folder: keys });
            }
            Err(source) => return Err(KeysError::Io { file: path, source }),
        };
        finish_rotation(&keys, &file, store, source);
        let master = source.read(&keys)?;
        let failed = |source| KeysError::Io { file: path.clone(), source };
        let mut found = [0; SLOT];
        let length = file.metadata().map_err(failed)?.len();
        if length < SLOT as u64 {
            return Err(KeysError::Foreign { file: path });
        }
        file.read_exact_at(&mut found, 0).map_err(failed)?;
        if found != header(store, &master) {
            // All but the last bytes say which store; those say which master key.
            let same = found.get(..CHECKED_AT) == header(store, &master).get(..CHECKED_AT);
            return Err(if same {
                KeysError::OtherMaster { file: path }
            } else {
                KeysError::Foreign { file: path }
            });
        }
        let keys = Self { file, path, store, master, made: Mutex::new(0) };
        let made = keys.count(length).map_err(|source| KeysError::Io { file: keys.path.clone(), source })?;
        *keys.made.lock().unwrap_or_else(PoisonError::into_inner) = made;
        Ok(keys)
    }

    /// How many slots were ever made. All blocks but the last were synced before the next was begun; of the last, a
    /// crash may have left any part, and none of it was used then.
    fn count(&self, length: u64) -> io::Result<u64> {
        let slots = (length / SLOT as u64).saturating_sub(1);
        let mut made = slots.saturating_sub(1) / BLOCK * BLOCK;
        while made < slots && self.raw(made)?.first() != Some(&NEVER) {
            made += 1;
        }
        Ok(made)
    }

    /// How many keys can be had.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn readable(&self) -> u64 {
        let made = *self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let is_here = |slot: &u64| matches!(self.state(*slot), Ok(Some(KeyState::Here(_))));
        crate::bytes::wide((0..made).filter(is_here).count())
    }

    fn raw(&self, slot: u64) -> io::Result<[u8; SLOT]> {
        let mut bytes = [0; SLOT];
        match self.file.read_exact_at(&mut bytes, place(slot)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok([NEVER; SLOT]),
            other => other.map(|()| bytes),
        }
    }

    /// Makes keys up to and including `slot`, and some more.
    fn make(&self, slot: u64) -> io::Result<()> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if slot < *made {
            return Ok(());
        }
        let first = *made;
        // One behind the last is asked for at most; anything else would be a number from a spoiled record.
        if slot > first {
            return Err(io::Error::other(format!("the key {slot} was never made")));
        }
        let mut bytes = Zeroizing::new(Vec::new());
        let behind = (first / BLOCK + 1).saturating_mul(BLOCK);
        for slot in first..behind {
            let key = CaseKey::new(*random().map_err(io::Error::other)?);
            bytes.put(&wrapped(&self.master, self.store, slot, &key)?);
        }
        self.file.write_all_at(&bytes, place(first))?;
        self.file.sync_all()?;
        *made = behind;
        Ok(())
    }

    fn state(&self, slot: u64) -> io::Result<Option<KeyState>> {
        let raw = self.raw(slot)?;
        Ok(match raw.first() {
            Some(&KEY) => {
                let key = unwrapped(&self.master, self.store, slot, &raw);
                Some(KeyState::Here(
                    key.ok_or_else(|| io::Error::other(format!("the key {slot} is damaged")))?,
                ))
            }
            Some(&DESTROYED) => Some(KeyState::Destroyed),
            Some(&NEVER) | None => None,
            Some(_) => return Err(io::Error::other(format!("the key {slot} is damaged"))),
        })
    }

    /// Locks all keys with another master key.
    ///
    /// At every moment the file can be opened with one of the two, and with the new one once this returns.
    pub(crate) fn rotate(&self, source: &MasterKey) -> Result<u64, KeysError> {
        let keys = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        let failed = |source| KeysError::Io { file: self.path.clone(), source };
        let next = if *source == MasterKey::Beside {
            // The old key opens the keys until they are renamed, so the new one waits under another name.
            master::write(&keys.join(BESIDE).with_extension(NEXT), &MasterKey::generate()?)?;
            MasterKey::File(keys.join(BESIDE).with_extension(NEXT)).read(&keys)?
        } else {
            source.read(&keys)?
        };
        // Whoever is told that the old one may be destroyed must not lose the new one with it.
        if next.0 == self.master.0 {
            return Err(KeysError::SameMaster);
        }
        let made = *self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let unfinished = self.path.with_extension(NEXT);
        let write = || {
            let file = fresh(&unfinished)?;
            file.write_all_at(&header(self.store, &next), 0)?;
            for slot in 0..made {
                let raw = match self.state(slot)? {
                    Some(KeyState::Here(key)) => wrapped(&next, self.store, slot, &key)?,
                    Some(KeyState::Destroyed) | None => destroyed(),
                };
                file.write_all_at(&raw, place(slot))?;
            }
            file.sync_all()?;
            fs::rename(&unfinished, &self.path)?;
            sync_folder(&keys)
        };
        write().map_err(failed)?;
        if *source == MasterKey::Beside {
            fs::rename(keys.join(BESIDE).with_extension(NEXT), keys.join(BESIDE)).map_err(failed)?;
            sync_folder(&keys).map_err(failed)?;
        }
        Ok(made)
    }
}

impl KeyStore for KeyFile {
    fn key(&self, slot: u64) -> io::Result<KeyState> {
        self.make(slot)?;
        self.state(slot)?.ok_or_else(|| io::Error::other(format!("the key {slot} is missing")))
    }

    fn destroy(&self, slot: u64) -> io::Result<()> {
        self.make(slot)?;
        if let Some(KeyState::Destroyed) = self.state(slot).ok().flatten() {
            return Ok(());
        }
        self.file.write_all_at(&destroyed(), place(slot))?;
        self.file.sync_all()
    }

    fn blinder(&self) -> Blinder {
        Blinder::new(keyed(&self.master.0, &[b"comity.index.v1\0", self.store.as_bytes()]))
    }
}

/// Takes the last step of a change of the master key that a crash interrupted.
fn finish_rotation(keys: &Path, file: &File, store: Uuid, source: &MasterKey) {
    let next = keys.join(BESIDE).with_extension(NEXT);
    if *source != MasterKey::Beside || !next.exists() {
        return;
    }
    let mut found = [0; SLOT];
    let is_next = MasterKey::File(next.clone())
        .read(keys)
        .is_ok_and(|master| file.read_exact_at(&mut found, 0).is_ok() && found == header(store, &master));
    let done = if is_next { fs::rename(&next, keys.join(BESIDE)) } else { fs::remove_file(&next) };
    if let Err(error) = done.and_then(|()| sync_folder(keys)) {
        tracing::warn!(%error, "a change of the master key could not be finished");
    }
}

/// Whether the keys in the file at `path` are locked with the master key of this text.
pub(crate) fn is_locked_with(path: &Path, text: &[u8]) -> io::Result<bool> {
    let mut found = [0; SLOT];
    match File::open(path)?.read_exact_at(&mut found, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        read => read?,
    }
    let store = found.get(STORE_AT..CHECKED_AT).and_then(|bytes| Uuid::from_slice(bytes).ok());
    let key = std::str::from_utf8(text).ok().and_then(|text| master::digits(text.trim()));
    Ok(store.zip(key).is_some_and(|(store, key)| found == header(store, &Master(key))))
}

fn fresh(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(OWN_FILE).open(path)
}

fn place(slot: u64) -> u64 {
    slot.saturating_add(1).saturating_mul(SLOT as u64)
}

/// Where the header says of which store the keys are.
const STORE_AT: usize = 16;
/// Where the header says which master key locks the file.
const CHECKED_AT: usize = 32;

/// The first slot of the file of a store that this key locks.
#[cfg(feature = "fuzzing")]
pub(crate) fn header_of(store: Uuid, source: &MasterKey) -> Result<Vec<u8>, KeysError> {
    Ok(header(store, &source.read(Path::new(""))?).to_vec())
}

fn header(store: Uuid, master: &Master) -> [u8; SLOT] {
    let mut bytes = MAGIC.to_vec();
    bytes.put(&FORMAT.to_be_bytes());
    bytes.put(&[0; 4]);
    bytes.put(store.as_bytes());
    bytes.put(&keyed(&master.0, &[b"comity.master.v1\0", store.as_bytes()]));
    bytes.resize(SLOT, 0);
    let mut header = [0; SLOT];
    header.copy_from_slice(bytes.get(..SLOT).unwrap_or(&[0; SLOT]));
    header
}

fn wrapped(master: &Master, store: Uuid, slot: u64, key: &CaseKey) -> io::Result<[u8; SLOT]> {
    let nonce = random::<24>().map_err(io::Error::other)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*master.0));
    let sealing = Sealing { msg: key.bytes().as_slice(), aad: &bound_to(store, slot) };
    let locked =
        cipher.encrypt(&XNonce::from(*nonce), sealing).map_err(|_| io::Error::other("sealing failed"))?;
    let mut bytes = vec![KEY];
    bytes.put(&*nonce);
    bytes.put(&locked);
    bytes.resize(SLOT, 0);
    bytes.try_into().map_err(|_| io::Error::other("a slot is too long"))
}

fn unwrapped(master: &Master, store: Uuid, slot: u64, raw: &[u8; SLOT]) -> Option<CaseKey> {
    let mut reader = Reader::new(raw.get(1..)?);
    let nonce: [u8; 24] = reader.array()?;
    let locked = reader.bytes(48)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*master.0));
    let sealing = Sealing { msg: locked, aad: &bound_to(store, slot) };
    let key = Zeroizing::new(cipher.decrypt(&XNonce::from(nonce), sealing).ok()?);
    key.first_chunk::<32>().map(|key| CaseKey::new(*key))
}

fn destroyed() -> [u8; SLOT] {
    let mut bytes = [0; SLOT];
    if let Some(first) = bytes.first_mut() {
        *first = DESTROYED;
    }
    bytes
}

fn bound_to(store: Uuid, slot: u64) -> Vec<u8> {
    [b"comity.case-key.v1\0".as_slice(), store.as_bytes(), &slot.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Uuid {
        Uuid::from_u128(5)
    }

    fn here(keys: &KeyFile, slot: u64) -> Option<[u8; 32]> {
        match keys.key(slot).unwrap() {
            KeyState::Here(key) => Some(*key.bytes()),
            KeyState::Destroyed => None,
        }
    }

    #[test]
    fn keys_are_kept_each_its_own_and_a_destroyed_one_is_gone_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let (first, second) = (here(&keys, 0), here(&keys, 1));
        assert_ne!(first, second);
        keys.destroy(0).unwrap();
        keys.destroy(0).unwrap();
        assert_eq!(here(&keys, 0), None);
        drop(keys);
        let keys = KeyFile::open(folder.path(), store(), &MasterKey::Beside).unwrap();
        assert_eq!((here(&keys, 0), here(&keys, 1)), (None, second));
    }

    #[test]
    fn a_destroyed_key_is_nowhere_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        here(&keys, 0);
        let locked = keys.raw(0).unwrap()[25..73].to_vec();
        let holds = || std::fs::read(key_file(folder.path())).unwrap().windows(48).any(|at| at == locked);
        assert!(holds());
        keys.destroy(0).unwrap();
        assert!(!holds());
    }

    #[test]
    fn keys_are_made_ahead_and_go_on_where_they_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let all: Vec<_> = (0..BLOCK + 3).map(|slot| here(&keys, slot)).collect();
        drop(keys);
        // As a crash would: the second block is on disk in part.
        let file = OpenOptions::new().write(true).open(key_file(folder.path())).unwrap();
        file.write_all_at(&[0; 20 * SLOT], place(BLOCK + 3)).unwrap();
        let keys = KeyFile::open(folder.path(), store(), &MasterKey::Beside).unwrap();
        assert_eq!((0..BLOCK + 3).map(|slot| here(&keys, slot)).collect::<Vec<_>>(), all);
        assert_eq!(*keys.made.lock().unwrap(), BLOCK + 3);
        assert!((BLOCK + 3..3 * BLOCK).all(|slot| here(&keys, slot).is_some()));
        assert!(keys.key(5 * BLOCK).is_err());
    }

    #[test]
    fn another_master_key_or_store_is_told_and_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let missing = KeyFile::open(folder.path(), store(), &MasterKey::Beside).unwrap_err();
        assert_eq!(missing.code(), "keys/missing");
        KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let other = MasterKey::Text(MasterKey::generate().unwrap());
        let code = |store, key: &MasterKey| KeyFile::open(folder.path(), store, key).unwrap_err().code();
        assert_eq!(code(store(), &other), "keys/other-master");
        assert_eq!(code(Uuid::from_u128(6), &MasterKey::Beside), "keys/foreign");
        fs::remove_file(keys_folder(folder.path()).join(BESIDE)).unwrap();
        assert_eq!(code(store(), &MasterKey::Beside), "keys/master");
        fs::write(key_file(folder.path()), b"short").unwrap();
        assert_eq!(code(store(), &other), "keys/foreign");
    }

    #[test]
    fn every_changed_byte_of_a_slot_that_matters_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let right = here(&keys, 0);
        let raw = keys.raw(0).unwrap();
        for at in 0..73 {
            let mut changed = raw;
            changed[at] ^= 4;
            keys.file.write_all_at(&changed, place(0)).unwrap();
            assert!(keys.key(0).is_err(), "byte {at}");
        }
        // Nor does a key serve in the place of another.
        keys.file.write_all_at(&raw, place(1)).unwrap();
        assert!(keys.key(1).is_err());
        keys.file.write_all_at(&raw, place(0)).unwrap();
        assert_eq!(here(&keys, 0), right);
    }

    #[test]
    fn the_master_key_can_be_changed_and_the_old_one_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let (first, second) = (here(&keys, 0), here(&keys, 1));
        keys.destroy(0).unwrap();
        let old = std::fs::read_to_string(keys_folder(folder.path()).join(BESIDE)).unwrap();
        assert!(first.is_some());
        keys.rotate(&MasterKey::Beside).unwrap();
        let open = |key: &MasterKey| KeyFile::open(folder.path(), store(), key);
        let keys = open(&MasterKey::Beside).unwrap();
        assert_eq!((here(&keys, 0), here(&keys, 1)), (None, second));
        let old = MasterKey::Text(Zeroizing::new(old));
        assert_eq!(open(&old).unwrap_err().code(), "keys/other-master");
        let elsewhere = MasterKey::Text(MasterKey::generate().unwrap());
        keys.rotate(&elsewhere).unwrap();
        let keys = open(&elsewhere).unwrap();
        assert_eq!(here(&keys, 1), second);
        // The same again is no other.
        assert_eq!(keys.rotate(&elsewhere).unwrap_err().code(), "keys/same-master");
        assert_eq!(here(&open(&elsewhere).unwrap(), 1), second);
    }

    #[test]
    fn a_change_of_the_master_key_survives_a_crash_at_each_step() {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFile::create(folder.path(), store(), &MasterKey::Beside).unwrap();
        let right = here(&keys, 0);
        let at = keys_folder(folder.path());
        let next = at.join(BESIDE).with_extension(NEXT);
        // Before the keys were renamed: the new key is thrown away.
        master::write(&next, &MasterKey::generate().unwrap()).unwrap();
        let keys = KeyFile::open(folder.path(), store(), &MasterKey::Beside).unwrap();
        assert_eq!((here(&keys, 0), next.exists()), (right, false));
        // After: the new key takes its place.
        let old = std::fs::read(at.join(BESIDE)).unwrap();
        keys.rotate(&MasterKey::Beside).unwrap();
        fs::rename(at.join(BESIDE), &next).unwrap();
        fs::write(at.join(BESIDE), old).unwrap();
        let keys = KeyFile::open(folder.path(), store(), &MasterKey::Beside).unwrap();
        assert_eq!((here(&keys, 0), next.exists()), (right, false));
    }
}
