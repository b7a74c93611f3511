//! The public keys of an identity provider (JWKS, RFC 7517). Each is good for one algorithm and no other.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, Header};
use serde::Deserialize;

use crate::config::Algorithm;

/// So many keys are kept of a set. Providers have a handful.
const MOST: usize = 64;

/// A set of keys.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

/// A key, and what it signs by.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) public: DecodingKey,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// Reads a set. A key that is not for signatures, or by no algorithm that is allowed, is left out: providers keep others
    /// beside.
    pub(super) fn read(text: &str, allowed: &[Algorithm]) -> Result<Self, &'static str> {
        let set: Set = serde_json::from_str(text).map_err(|_| "it is not JSON with a list `keys`")?;
        let keys = set.keys.into_iter().take(MOST).filter_map(|key| Key::read(key, allowed));
        let keys: Vec<Key> = keys.collect();
        if keys.is_empty() {
            return Err("it has no public key by one of access.issuer.algorithms");
        }
        Ok(Self(keys))
    }

    /// The key that a token was signed with, as it says itself. A token that names none is of the only key, if there is one.
    pub(super) fn find(&self, header: &Header) -> Option<&Key> {
        let signs = |key: &&Key| key.algorithm.of_token() == header.alg;
        match (&header.kid, self.0.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_ref() == Some(id) && signs(key)),
            (None, [only]) => Some(only).filter(signs),
            (None, _) => None,
        }
    }
}

impl Key {
    fn read(value: serde_json::Value, allowed: &[Algorithm]) -> Option<Self> {
        let key: Jwk = serde_json::from_value(value).ok()?;
        let is_for_signatures =
            key.common.public_key_use.as_ref().is_none_or(|one| *one == PublicKeyUse::Signature)
                && key.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
        if !is_for_signatures {
            return None;
        }
        let said = key.common.key_algorithm.map(|algorithm| algorithm.to_string());
        let is_said = |algorithm: &Algorithm| said.as_deref().is_none_or(|said| said == algorithm.word());
        let fitting = allowed.iter().copied();
        let algorithm = fitting.filter(is_said).find(|one| one.fits(&key.algorithm))?;
        let decoding = DecodingKey::from_jwk(&key).ok()?;
        Some(Self { id: key.common.key_id, algorithm, public: decoding })
    }
}

impl Algorithm {
    /// Its name in tokens and keys.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    pub(super) const fn of_token(self) -> jsonwebtoken::Algorithm {
        use jsonwebtoken::Algorithm as Theirs;
        match self {
            Self::RS256 => Theirs::RS256,
            Self::RS384 => Theirs::RS384,
            Self::RS512 => Theirs::RS512,
            Self::PS256 => Theirs::PS256,
            Self::PS384 => Theirs::PS384,
            Self::PS512 => Theirs::PS512,
            Self::ES256 => Theirs::ES256,
            Self::ES384 => Theirs::ES384,
            Self::EdDsa => Theirs::EdDSA,
        }
    }

    /// Whether a key of this form can sign so. A secret never can.
    fn fits(self, key: &AlgorithmParameters) -> bool {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => {
                matches!(key, AlgorithmParameters::RSA(_))
            }
            Self::ES256 => {
                matches!(key, AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256)
            }
            Self::ES384 => {
                matches!(key, AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384)
            }
            Self::EdDsa => {
                matches!(key, AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519)
            }
        }
    }
}
