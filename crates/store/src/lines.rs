//! Lines of JSON that are written in one way alone, each with a sum over itself and the lines before it.

use base64ct::{Base64, Encoding};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::hash::Hash;

const BEFORE_SUM: &[u8; 8] = br#","sum":""#;
/// The sum in hexadecimal, a quotation mark, a brace.
const TAIL: usize = 64 + 2;

/// The sum of the line before, from which the next goes on.
#[derive(Debug)]
pub(crate) struct Sums {
    domain: &'static [u8],
    before: Hash,
}

impl Sums {
    /// Sums of lines of one kind, which begin with its `domain`.
    pub(crate) const fn new(domain: &'static [u8]) -> Self {
        Self { domain, before: Hash::NONE }
    }

    /// A line with its sum and its line feed.
    pub(crate) fn close(&mut self, line: &impl Serialize) -> Vec<u8> {
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
    pub(crate) fn open(&mut self, line: &[u8]) -> Result<Vec<u8>, &'static str> {
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
        let hasher = Sha256::new().chain_update(self.domain).chain_update(self.before.0);
        self.before = Hash(hasher.chain_update(body).finalize().into());
        self.before
    }
}

/// Reads a line. There is one way to write it, so that no two readers can understand it differently.
pub(crate) fn read<T: Serialize + DeserializeOwned>(body: &[u8]) -> Option<T> {
    let line: T = serde_json::from_slice(body).ok()?;
    serde_json::to_vec(&line).is_ok_and(|again| again == body).then_some(line)
}

/// A hash in 64 small hexadecimal digits.
pub(crate) fn hash(text: impl AsRef<[u8]>) -> Option<Hash> {
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

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}
