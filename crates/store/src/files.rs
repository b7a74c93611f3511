//! Files beside the record: scans, orders, letters. Each is sealed under a key of its own and found by its digest.
//!
//! The record holds digest and key in a sealed entry; so who can read the entry can read the file, and with the key of
//! the case the files go too. What is kept is content-addressed: the name of a file is the SHA-256 of its bytes, which
//! anybody can check without a key. `docs/record-format.md` has the bytes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305};
use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::bytes::{Put, Reader, wide};
use crate::hash::Hash;
use crate::master::random;
use crate::segment::make_own_folder;

const MAGIC: [u8; 8] = *b"COMITYFL";
const FORMAT: u32 = 1;
const HEADER: usize = 16;
const TAG: usize = 16;
/// The content is sealed in pieces of this many bytes, so that no file has to fit into memory.
const PIECE: usize = 1 << 20;
/// No larger piece is read, whatever a file says.
const MOST: usize = 16 << 20;
/// So many writes may be under way to a store that is far away.
const UNDER_WAY: usize = 4;

/// The most bytes of one file, unless said otherwise.
pub const USUAL_LIMIT: u64 = 512 << 20;

/// Keeps files.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    limit: u64,
}

/// A file that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// How many bytes its content has.
    pub size: u64,
    /// The SHA-256 of its content.
    pub content: Hash,
    /// The SHA-256 of the bytes that are kept, by which it is found.
    pub kept: Hash,
    /// The key that opens it.
    pub key: FileKey,
}

/// The key of a file. Prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Zeroizing<[u8; 32]>);

/// Why a file was not kept or not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is larger than the limit. Nothing was kept.
    #[error("the file is larger than the limit of {limit} bytes; nothing was kept")]
    TooLarge {
        /// The most bytes that are taken.
        limit: u64,
    },
    /// No file of this digest is kept.
    #[error("the file {kept} is not where files are kept; restore it from a backup")]
    Missing {
        /// The digest of what was kept.
        kept: Hash,
    },
    /// What is kept is not what was kept.
    #[error(
        "the file {kept} is damaged ({what}); restore it from a backup, and do not use what was read of it"
    )]
    Damaged {
        /// The digest of what was kept.
        kept: Hash,
        /// In what way.
        what: &'static str,
    },
    /// The place for files is none that can be used.
    #[error("files cannot be kept in `{place}`: {why}")]
    Place {
        /// The place.
        place: String,
        /// Why.
        why: String,
    },
    /// The store of files failed.
    #[error("the place where files are kept failed")]
    Store(#[source] object_store::Error),
    /// The file could not be read, or written to where it was wanted.
    #[error("the file could not be read or written")]
    Io(#[from] io::Error),
}

impl FileError {
    /// A stable name for the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "files/too-large",
            Self::Missing { .. } => "files/missing",
            Self::Damaged { .. } => "files/damaged",
            Self::Place { .. } => "files/place",
            Self::Store(_) => "files/store",
            Self::Io(_) => "files/io",
        }
    }
}

impl FileKey {
    /// The key as hexadecimal digits, for the entry that holds it.
    #[must_use]
    pub fn reveal(&self) -> String {
        Hash(*self.0).to_string()
    }

    /// Reads what [`FileKey::reveal`] wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        crate::master::digits(text).map(Self)
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("size", &self.size).field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Files {
    /// Files in the folder of a store, where they are kept by default.
    ///
    /// # Errors
    ///
    /// Returns [`FileError::Place`] if the folder cannot be made.
    pub fn beside(store: &Path) -> Result<Self, FileError> {
        Self::in_folder(&store.join("files"))
    }

    /// Files in a folder.
    ///
    /// # Errors
    ///
    /// Returns [`FileError::Place`] if the folder cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self, FileError> {
        let place = |why: String| FileError::Place { place: folder.display().to_string(), why };
        make_own_folder(folder).map_err(|error| place(error.to_string()))?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(|error| place(error.to_string()))?;
        Ok(Self { store: Arc::new(local.with_fsync(true)), limit: USUAL_LIMIT })
    }

    /// Files at an address, such as `s3://bucket/comity`. What the client needs is taken from `settings`, such as
    /// `aws_access_key_id` and `aws_endpoint`.
    ///
    /// # Errors
    ///
    /// Returns [`FileError::Place`] if the address is none, or of a kind that this build does not know.
    pub fn at(
        address: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, FileError> {
        let place = |why: String| FileError::Place { place: address.to_owned(), why };
        let url = Url::parse(address).map_err(|error| place(error.to_string()))?;
        if url.scheme() == "file" {
            let folder: PathBuf = url.to_file_path().map_err(|()| place("it names no folder".to_owned()))?;
            return Self::in_folder(&folder);
        }
        let (store, prefix) =
            object_store::parse_url_opts(&url, settings).map_err(|error| place(error.to_string()))?;
        Ok(Self { store: Arc::new(PrefixStore::new(store, prefix)), limit: USUAL_LIMIT })
    }

    /// Files in a store of objects of the caller's own.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, limit: USUAL_LIMIT }
    }

    /// The same place, for files of at most `limit` bytes.
    #[must_use]
    pub fn limited_to(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// Keeps what `source` gives. It is durable when this returns, as far as the place is.
    ///
    /// Dropping the future before it is done may leave bytes behind, sealed under a key that nobody has.
    ///
    /// # Errors
    ///
    /// Returns [`FileError`] if it is too large, or it cannot be read or kept. Nothing is kept then.
    pub async fn keep(&self, source: impl AsyncRead + Unpin + Send) -> Result<Kept, FileError> {
        let key = FileKey(random().map_err(io::Error::other)?);
        let incoming = Place::from(format!("incoming/{}", Uuid::new_v4()));
        let upload = self.store.put_multipart(&incoming).await.map_err(FileError::Store)?;
        let mut out = WriteMultipart::new(upload);
        let sealed = match self.seal(source, &key, &mut out).await {
            Ok(sealed) => sealed,
            Err(error) => {
                // What was begun is dropped; if that fails, it lies under a name that nobody asks for.
                let _ = out.abort().await;
                return Err(error);
            }
        };
        out.finish().await.map_err(FileError::Store)?;
        let (size, content, kept) = sealed;
        self.store.rename(&incoming, &place_of(kept)).await.map_err(FileError::Store)?;
        Ok(Kept { size, content, kept, key })
    }

    /// Seals piece by piece: the size and digest of the content, and the digest of what is kept.
    async fn seal(
        &self,
        mut source: impl AsyncRead + Unpin + Send,
        key: &FileKey,
        out: &mut WriteMultipart,
    ) -> Result<(u64, Hash, Hash), FileError> {
        let (mut content, mut kept) = (Sha256::new(), Sha256::new());
        let mut size = 0_u64;
        let mut cipher = EncryptorBE32::from_aead(key.cipher(), &[0; 19].into());
        let mut bytes = header();
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        loop {
            let length = fill(&mut source, &mut piece).await?;
            let read = piece.get(..length).unwrap_or_default();
            size = size.saturating_add(wide(length));
            if size > self.limit {
                return Err(FileError::TooLarge { limit: self.limit });
            }
            content.update(read);
            let is_last = length < PIECE;
            if is_last {
                bytes.put(&cipher.encrypt_last(read).map_err(|_| io::Error::other("sealing failed"))?);
                kept.update(&bytes);
                out.write(&bytes);
                return Ok((size, Hash(content.finalize().into()), Hash(kept.finalize().into())));
            }
            bytes.put(&cipher.encrypt_next(read).map_err(|_| io::Error::other("sealing failed"))?);
            kept.update(&bytes);
            out.wait_for_capacity(UNDER_WAY).await.map_err(FileError::Store)?;
            out.write(&bytes);
            bytes.clear();
        }
    }

    /// Reads a file into `sink`, checking every piece before it is written, and the whole at the end.
    ///
    /// It changes nothing; dropping the future leaves a part of the file in `sink`.
    ///
    /// # Errors
    ///
    /// Returns [`FileError`] if it is missing or damaged. What was written to `sink` until then is not the whole file.
    pub async fn read(&self, file: &Kept, mut sink: impl AsyncWrite + Unpin + Send) -> Result<(), FileError> {
        let mut opener = FileOpener::new(file);
        let mut bytes = self.bytes(file.kept).await?;
        while let Some(more) = bytes.try_next().await.map_err(FileError::Store)? {
            opener.push(&more);
            while let Some(piece) = opener.next_piece()? {
                sink.write_all(&piece).await?;
            }
        }
        sink.write_all(&opener.last_piece()?).await?;
        sink.flush().await?;
        Ok(())
    }

    /// Whether what is kept under a digest has that digest. Needs no key.
    ///
    /// It changes nothing and may be dropped at any time.
    ///
    /// # Errors
    ///
    /// Returns [`FileError`] if it is missing or damaged.
    pub async fn check(&self, kept: Hash) -> Result<(), FileError> {
        let mut hasher = Sha256::new();
        let mut bytes = self.bytes(kept).await?;
        while let Some(more) = bytes.try_next().await.map_err(FileError::Store)? {
            hasher.update(&more);
        }
        let is: [u8; 32] = hasher.finalize().into();
        if is == kept.0 { Ok(()) } else { Err(FileError::Damaged { kept, what: OTHER_BYTES }) }
    }

    /// Removes a file, as after the erasure of its case. One that is not there is no error.
    ///
    /// Dropping the future before it is done leaves open whether the file is there; ask again.
    ///
    /// # Errors
    ///
    /// Returns [`FileError::Store`] if the place fails.
    pub async fn remove(&self, kept: Hash) -> Result<(), FileError> {
        match self.store.delete(&place_of(kept)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(FileError::Store(error)),
        }
    }

    async fn bytes(
        &self,
        kept: Hash,
    ) -> Result<futures_util::stream::BoxStream<'static, object_store::Result<Vec<u8>>>, FileError> {
        match self.store.get(&place_of(kept)).await {
            Ok(found) => Ok(Box::pin(found.into_stream().map_ok(|bytes| bytes.to_vec()))),
            Err(object_store::Error::NotFound { .. }) => Err(FileError::Missing { kept }),
            Err(error) => Err(FileError::Store(error)),
        }
    }
}

const OTHER_BYTES: &str = "its bytes are not those that were kept";

impl FileKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }
}

/// Opens the pieces of a file as its bytes come.
struct FileOpener<'k> {
    file: &'k Kept,
    waiting: Vec<u8>,
    /// The bytes of a sealed piece, once the header is read.
    piece: Option<usize>,
    cipher: DecryptorBE32<XChaCha20Poly1305>,
    content: Sha256,
    kept: Sha256,
    size: u64,
}

impl<'k> FileOpener<'k> {
    fn new(file: &'k Kept) -> Self {
        Self {
            file,
            waiting: Vec::new(),
            piece: None,
            cipher: DecryptorBE32::from_aead(file.key.cipher(), &[0; 19].into()),
            content: Sha256::new(),
            kept: Sha256::new(),
            size: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.kept.update(bytes);
        self.waiting.extend_from_slice(bytes);
    }

    /// The next whole piece that is not the last; nothing if more bytes are needed to know.
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        let piece = match self.piece {
            Some(piece) => piece,
            None if self.waiting.len() < HEADER => return Ok(None),
            None => self.header()?,
        };
        if self.waiting.len() < piece {
            return Ok(None);
        }
        let sealed: Vec<u8> = self.waiting.drain(..piece).collect();
        let opened = self.cipher.decrypt_next(sealed.as_slice()).map_err(|_| self.damaged(OTHER_BYTES))?;
        self.count(&opened);
        Ok(Some(opened))
    }

    /// The last piece, once all bytes came; then the whole is what was kept.
    fn last_piece(mut self) -> Result<Vec<u8>, FileError> {
        if self.piece.is_none() {
            return Err(self.damaged("it ends before it begins"));
        }
        let cipher = self.cipher;
        let damaged = |what| FileError::Damaged { kept: self.file.kept, what };
        let opened = cipher.decrypt_last(self.waiting.as_slice()).map_err(|_| damaged(OTHER_BYTES))?;
        self.content.update(&opened);
        let size = self.size.saturating_add(wide(opened.len()));
        let (content, kept): ([u8; 32], [u8; 32]) =
            (self.content.finalize().into(), self.kept.finalize().into());
        if kept != self.file.kept.0 {
            return Err(damaged(OTHER_BYTES));
        }
        if content != self.file.content.0 || size != self.file.size {
            return Err(damaged("its content is not what the record says"));
        }
        Ok(opened)
    }

    fn header(&mut self) -> Result<usize, FileError> {
        let head: Vec<u8> = self.waiting.drain(..HEADER).collect();
        let mut reader = Reader::new(&head);
        let (magic, format, piece) = (reader.array(), reader.u32(), reader.u32());
        let piece = piece.and_then(|piece| usize::try_from(piece).ok()).filter(|piece| *piece <= MOST);
        match (magic, format, piece) {
            (Some(MAGIC), Some(FORMAT), Some(piece)) => Ok(*self.piece.insert(piece + TAG)),
            (Some(MAGIC), Some(_), _) => Err(self.damaged("it has a format that this program does not know")),
            _ => Err(self.damaged("it does not begin as a file does")),
        }
    }

    fn count(&mut self, opened: &[u8]) {
        self.content.update(opened);
        self.size = self.size.saturating_add(wide(opened.len()));
    }

    fn damaged(&self, what: &'static str) -> FileError {
        FileError::Damaged { kept: self.file.kept, what }
    }
}

/// What is in a file that comes so many bytes at a time, and was sealed with a key of thirty-two sevens.
#[cfg(feature = "fuzzing")]
pub(crate) fn opened(bytes: &[u8], at_a_time: usize) -> Result<Vec<u8>, FileError> {
    let kept = Hash(Sha256::digest(bytes).into());
    let file = Kept { size: 0, content: kept, kept, key: FileKey(Zeroizing::new([7; 32])) };
    let (mut opener, mut content) = (FileOpener::new(&file), Vec::new());
    for more in bytes.chunks(at_a_time) {
        opener.push(more);
        while let Some(piece) = opener.next_piece()? {
            content.extend(piece);
        }
    }
    content.extend(opener.last_piece()?);
    Ok(content)
}

fn header() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.put(&FORMAT.to_be_bytes());
    bytes.put(&crate::bytes::count(PIECE).to_be_bytes());
    bytes
}

/// The first two digits are a folder, so that no folder holds all files.
fn place_of(kept: Hash) -> Place {
    let name = kept.to_string();
    let folder = name.get(..2).unwrap_or_default();
    Place::from(format!("{folder}/{name}"))
}

/// Reads as many bytes as there are, up to a whole piece.
async fn fill(source: &mut (impl AsyncRead + Unpin), piece: &mut [u8]) -> io::Result<usize> {
    let mut at = 0;
    while at < piece.len() {
        match source.read(piece.get_mut(at..).unwrap_or_default()).await? {
            0 => break,
            read => at += read,
        }
    }
    Ok(at)
}
