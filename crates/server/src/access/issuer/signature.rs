//! How signatures are verified: by ring, which TLS brings already. Nothing is signed here, and nothing with a shared secret is
//! verified: there is no code for either.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as Wrong, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::signature::{
    self as by, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    // For making keys and their prints, which nobody does here.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Says once for this process who verifies. Whoever embeds may have chosen already.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the library asks for it")]
fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the library asks for it")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(Verifying { algorithm: *algorithm, key: key.clone() }))
}

struct Verifying {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl JwtVerifier for Verifying {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for Verifying {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), Wrong> {
        let verified = match (self.key.kind(), rsa(self.algorithm), curve(self.algorithm)) {
            (DecodingKeyKind::RsaModulusExponent { n, e }, Some(algorithm), _) => {
                RsaPublicKeyComponents { n, e }.verify(algorithm, message, signature)
            }
            (DecodingKeyKind::SecretOrDer(point), _, Some(algorithm)) => {
                UnparsedPublicKey::new(algorithm, point).verify(message, signature)
            }
            (DecodingKeyKind::RsaModulusExponent { .. } | DecodingKeyKind::SecretOrDer(_), _, _) => {
                return Err(Wrong::new());
            }
        };
        verified.map_err(|_| Wrong::new())
    }
}

fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    [
        (Algorithm::RS256, &by::RSA_PKCS1_2048_8192_SHA256),
        (Algorithm::RS384, &by::RSA_PKCS1_2048_8192_SHA384),
        (Algorithm::RS512, &by::RSA_PKCS1_2048_8192_SHA512),
        (Algorithm::PS256, &by::RSA_PSS_2048_8192_SHA256),
        (Algorithm::PS384, &by::RSA_PSS_2048_8192_SHA384),
        (Algorithm::PS512, &by::RSA_PSS_2048_8192_SHA512),
    ]
    .into_iter()
    .find_map(|(name, parameters)| (name == algorithm).then_some(parameters))
}

fn curve(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    let all: [(Algorithm, &'static dyn VerificationAlgorithm); 3] = [
        (Algorithm::ES256, &by::ECDSA_P256_SHA256_FIXED),
        (Algorithm::ES384, &by::ECDSA_P384_SHA384_FIXED),
        (Algorithm::EdDSA, &by::ED25519),
    ];
    all.into_iter().find_map(|(name, parameters)| (name == algorithm).then_some(parameters))
}
