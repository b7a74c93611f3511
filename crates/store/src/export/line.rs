//! The lines of an export, and the sums that chain them.

use base64ct::{Base64, Encoding};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::hash::Hash;

/// The format written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;
/// What an export says it is.
pub(super) const EXPORT: &str = "export";
/// No line is longer. The limits on a commit keep it well below.
pub(super) const LONGEST: u64 = 8 << 20;

const SUM: &[u8; 17] = b"comity.export.v1\0";
const BEFORE_SUM: &[u8; 8] = br#","sum":""#;
/// The sum in hexadecimal, a quotation mark, a brace.
const TAIL: usize = 64 + 2;

/// Released: never change a name, an order or a meaning in these; add a format 2 instead.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    pub(super) comity: String,
    pub(super) format: u32,
    pub(super) store: Uuid,
    pub(super) entries: u64,
    pub(super) cases: u64,
    pub(super) root: String,
    pub(super) frame: String,
}

/// Only as much as tells the format.
#[derive(Debug, Deserialize)]
pub(super) struct Probe {
    pub(super) comity: String,
    pub(super) format: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitLine {
    pub(super) commit: u64,
    pub(super) body: u8,
    pub(super) case: Uuid,
    pub(super) seen: u32,
    pub(super) key: Option<String>,
    pub(super) entries: Vec<EntryPart>,
    pub(super) rows: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryPart {
    pub(super) at: i64,
    pub(super) by: String,
    pub(super) payload: String,
    pub(super) hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Last {
    pub(super) end: u64,
    pub(super) commits: u64,
    pub(super) cases: u64,
    pub(super) root: String,
}

/// The sum of the line before, from which the next goes on.
#[derive(Debug, Default)]
pub(super) struct Sums([u8; 32]);

impl Sums {
    /// A line with its sum and its line feed.
    pub(super) fn close(&mut self, line: &impl Serialize) -> Vec<u8> {
        // Serializing owned strings and numbers into memory cannot fail.
        let mut bytes = serde_json::to_vec(line).unwrap_or_default();
        bytes.pop();
        let sum = self.next(&bytes);
        bytes.extend_from_slice(BEFORE_SUM);
        bytes.extend_from_slice(sum.to_string().as_bytes());
        bytes.extend_from_slice(b"\"}\n");
        bytes
    }

    /// A line without its sum, which must fit, and without its line feed.
    pub(super) fn open(&mut self, line: &[u8]) -> Result<Vec<u8>, &'static str> {
        const NO_SUM: &str = "a line that does not end with its sum";
        let split = line.len().checked_sub(TAIL).ok_or(NO_SUM)?;
        let (body, says) = line.split_at_checked(split).ok_or(NO_SUM)?;
        let body = body.strip_suffix(BEFORE_SUM).ok_or(NO_SUM)?;
        let says = says.strip_suffix(b"\"}").and_then(hash).ok_or(NO_SUM)?;
        if self.next(body) != says {
            return Err("a line that is not what was written, or not in its place");
        }
        Ok([body, b"}"].concat())
    }

    fn next(&mut self, body: &[u8]) -> Hash {
        self.0 = Sha256::new().chain_update(SUM).chain_update(self.0).chain_update(body).finalize().into();
        Hash(self.0)
    }
}

/// Reads a line. There is one way to write it, so that no two readers can understand it differently.
pub(super) fn read<T: Serialize + DeserializeOwned>(body: &[u8]) -> Option<T> {
    let line: T = serde_json::from_slice(body).ok()?;
    serde_json::to_vec(&line).is_ok_and(|again| again == body).then_some(line)
}

/// A hash in 64 small hexadecimal digits.
pub(super) fn hash(text: impl AsRef<[u8]>) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = text.as_ref().chunks(2).map(pair).collect();
    bytes?.try_into().ok().map(Hash)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}
