//! The signature of a webhook, as Standard Webhooks 1.0 has it.

use std::fmt;

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A secret that a receiver shares with us: `whsec_` and 24 to 64 bytes in Base64.
pub struct SigningKey(Zeroizing<Vec<u8>>);

/// A text that is no such secret. It says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be `whsec_` and 24 to 64 random bytes in Base64")]
pub struct BadSigningKey;

impl SigningKey {
    /// Reads a secret.
    ///
    /// # Errors
    ///
    /// Returns [`BadSigningKey`] if it is none.
    pub fn read(text: &str) -> Result<Self, BadSigningKey> {
        let encoded = text.strip_prefix("whsec_").ok_or(BadSigningKey)?;
        let bytes = Zeroizing::new(Base64::decode_vec(encoded).map_err(|_| BadSigningKey)?);
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSigningKey) }
    }

    fn sign(&self, id: &str, timestamp: i64, body: &str) -> Option<String> {
        // A key of any length is taken.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The value of `webhook-signature`: a signature by each secret, so that a receiver may still have the old one or already the new one.
#[must_use]
pub fn signatures(keys: &[SigningKey], id: &str, timestamp: i64, body: &str) -> String {
    let signed: Vec<String> = keys.iter().filter_map(|key| key.sign(id, timestamp, body)).collect();
    signed.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_example_of_the_standard_is_signed_as_it_says() {
        let key = SigningKey::read(SECRET).unwrap();
        let signed =
            signatures(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_no_secret_is_refused_and_not_printed() {
        for bad in [
            "",
            "whsec_",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_c2hvcnQ=",
            "whsec_?",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        ] {
            assert_eq!(SigningKey::read(bad).unwrap_err(), BadSigningKey, "{bad}");
        }
        assert_eq!(format!("{:?}", SigningKey::read(SECRET).unwrap()), "(secret)");
    }
}
