//! Signed checkpoints of the record, in the formats of C2SP: `signed-note` and `tlog-checkpoint`, with Ed25519.
//!
//! A record cannot show by itself that its end was cut off, or that all of it was written anew. A checkpoint that somebody
//! else keeps can: it says how many entries there were, and the root of the tree over them.

use std::fmt;

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256};

use crate::hash::Hash;
use crate::verify::Report;

/// The kind of key: Ed25519.
const ED25519: u8 = 1;

/// The name and the secret with which checkpoints are signed.
pub struct Signer {
    name: String,
    secret: SigningKey,
}

/// What a checkpoint says. Who signed it is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the key, and so of the record.
    pub name: String,
    /// How many entries the record had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads what a signed note says; nothing if it is none. Signatures are not looked at.
    #[must_use]
    pub fn read(note: &str) -> Option<Self> {
        let (text, _) = note.split_once("\n\n")?;
        let mut lines = text.lines();
        let (name, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = Base64::decode_vec(root).ok()?.try_into().ok().map(Hash)?;
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size)?;
        (!name.is_empty()).then(|| Self { name: name.to_owned(), size: number, root })
    }
}

/// Why something is no key for checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadKey {
    /// The name cannot stand in a checkpoint.
    #[error("`{name}` is no name for a key: one word without `+`, such as ministry.example/comity")]
    Name {
        /// What was given.
        name: String,
    },
    /// The text is not what [`Signer::secret_text`] gives.
    #[error("this is not PRIVATE+KEY+NAME+HASH+SECRET, which `comity audit key` writes")]
    Unreadable,
    /// The name, the hash and the secret do not belong together.
    #[error(
        "the name, the hash and the secret of the key do not belong together; take the file from a backup"
    )]
    Mixed,
    /// The machine has no random numbers.
    #[error("the machine gives no random numbers: {what}")]
    NoRandom {
        /// What the system said.
        what: String,
    },
}

impl Signer {
    /// A new key called `name`, from the random numbers of the machine.
    ///
    /// # Errors
    ///
    /// Returns [`BadKey`] if the name is none, or the machine gives no random numbers.
    pub fn new(name: &str) -> Result<Self, BadKey> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| BadKey::NoRandom { what: error.to_string() })?;
        Self::with(name, secret)
    }

    fn with(name: &str, secret: [u8; 32]) -> Result<Self, BadKey> {
        let fits =
            !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control());
        if !fits {
            return Err(BadKey::Name { name: name.to_owned() });
        }
        Ok(Self { name: name.to_owned(), secret: SigningKey::from_bytes(&secret) })
    }

    /// Reads what [`Signer::secret_text`] gave.
    ///
    /// # Errors
    ///
    /// Returns [`BadKey`] if it is something else.
    pub fn read(text: &str) -> Result<Self, BadKey> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(BadKey::Unreadable)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadKey::Unreadable);
        };
        let bytes = Base64::decode_vec(secret).map_err(|_| BadKey::Unreadable)?;
        let secret = bytes.strip_prefix(&[ED25519]).and_then(|secret| secret.try_into().ok());
        let signer = Self::with(name, secret.ok_or(BadKey::Unreadable)?)?;
        if hex(signer.id()) == id { Ok(signer) } else { Err(BadKey::Mixed) }
    }

    /// The name that stands in checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The secret key as text, to be kept where only the program can read it.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let secret = [&[ED25519], self.secret.as_bytes().as_slice()].concat();
        format!("PRIVATE+KEY+{}+{}+{}", self.name, hex(self.id()), Base64::encode_string(&secret))
    }

    /// The public key as text, to be handed out.
    #[must_use]
    pub fn public_text(&self) -> String {
        format!("{}+{}+{}", self.name, hex(self.id()), Base64::encode_string(&self.public()))
    }

    /// What [`Signer::checkpoint`] says of a record.
    #[must_use]
    pub fn says(&self, report: &Report) -> Checkpoint {
        Checkpoint { name: self.name.clone(), size: report.last.0, root: report.root }
    }

    /// A checkpoint of a record that was just verified.
    #[must_use]
    pub fn checkpoint(&self, report: &Report) -> String {
        let root = Base64::encode_string(&report.root.0);
        let text = format!("{}\n{}\n{root}\n", self.name, report.last.0);
        let signature = self.secret.sign(text.as_bytes());
        let signed = [self.id().as_slice(), &signature.to_bytes()].concat();
        format!("{text}\n\u{2014} {} {}\n", self.name, Base64::encode_string(&signed))
    }

    fn public(&self) -> Vec<u8> {
        [&[ED25519], self.secret.verifying_key().as_bytes().as_slice()].concat()
    }

    fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(&self.name);
        hasher.update(b"\n");
        hasher.update(self.public());
        let [a, b, c, d, ..]: [u8; 32] = hasher.finalize().into();
        [a, b, c, d]
    }
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let signer = Signer::new("calderia.example/comity").unwrap();
        let again = Signer::read(&format!("{}\n", signer.secret_text())).unwrap();
        assert_eq!((again.public_text(), again.secret_text()), (signer.public_text(), signer.secret_text()));
        assert_ne!(Signer::new("calderia.example/comity").unwrap().public_text(), signer.public_text());
        assert!(!format!("{signer:?}").contains(&signer.secret_text()[30..]));
    }

    /// One entry, the one of the test value, signed by a key whose secret is thirty-two sevens.
    #[test]
    fn the_example_of_the_format_is_what_is_signed() {
        let mut tree = crate::tree::Tree::default();
        let place = crate::hash::Place {
            case: comity_core::id::CaseId(uuid::Uuid::from_u128(1)),
            number: comity_core::id::EntryNumber::new(1).unwrap(),
            previous: crate::hash::Hash::NONE,
        };
        let moment = comity_core::time::Moment::from_unix_microseconds(7).unwrap();
        tree.push(crate::hash::entry(place, moment, "police", b"arrested"));
        let report = Report {
            last: crate::journal::Position(1),
            cases: 1,
            segments: 1,
            bytes: 0,
            head: crate::hash::Hash::NONE,
            root: tree.root(),
            torn: None,
            index_pairs: None,
        };
        let signer = Signer::with("ministry.example/comity", [7; 32]).unwrap();
        let page = include_str!("../../../docs/record-format.md");
        let checkpoint = signer.checkpoint(&report);
        let as_shown = checkpoint
            .lines()
            .map(|line| if line.is_empty() { line.to_owned() } else { format!("    {line}") });
        let as_shown = as_shown.collect::<Vec<_>>().join("\n");
        assert!(page.contains(&as_shown), "the page shows another than\n{as_shown}");
        assert!(
            page.contains(&signer.public_text()),
            "the page shows another key than {}",
            signer.public_text()
        );
        let read = Checkpoint::read(&checkpoint).unwrap();
        assert_eq!((read.name.as_str(), read.size, read.root), ("ministry.example/comity", 1, report.root));
        for other in
            ["", "a\n1\n", "a\n01\nAA==\n\n", "\n1\n9bHFjLtgiGaleNR3kr9Jq8SwQKAUkOCZ1wh25eUoNNk=\n\n"]
        {
            assert_eq!(Checkpoint::read(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let secret = Signer::new("calderia").unwrap().secret_text();
        let cases = [
            ("", BadKey::Unreadable),
            ("PRIVATE+KEY+calderia", BadKey::Unreadable),
            ("PRIVATE+KEY+calderia+00000000+!", BadKey::Unreadable),
            ("PRIVATE+KEY+calderia+00000000+AQ==", BadKey::Unreadable),
        ];
        for (text, because) in cases {
            assert_eq!(Signer::read(text).unwrap_err(), because, "{text}");
        }
        assert_eq!(Signer::read(&secret.replace("calderia", "norvane")).unwrap_err(), BadKey::Mixed);
        for name in ["", "two words", "a+b", "a\nb"] {
            assert_eq!(Signer::new(name).unwrap_err(), BadKey::Name { name: name.to_owned() });
        }
    }
}
