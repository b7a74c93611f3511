//! Tokens of an identity provider: made here, with keys made here, and no provider is asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64ct::{Base64UrlUnpadded, Encoding};
use comity_server::access::{Issuer, Role};
use comity_server::config::{AccessConfig, Config};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desk::Office;

const ISSUER: &str = "https://login.ministry.example";
/// 2027-03-02T15:00:00Z, the time of every office here.
const NOW: i64 = 1_803_999_600;

fn text(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// A key of the provider.
enum Pair {
    Rsa(RsaKeyPair),
    Curve(EcdsaKeyPair),
    Edwards(Ed25519KeyPair),
}

impl Pair {
    fn curve() -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self::Curve(
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap(),
        )
    }

    fn edwards() -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Edwards(Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap())
    }

    /// ring makes no such keys.
    fn rsa(bits: u32) -> Vec<u8> {
        let size = format!("rsa_keygen_bits:{bits}");
        let made = Command::new("openssl")
            .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", &size, "-outform", "DER"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        made.stdout
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Curve(_) => "ES256",
            Self::Edwards(_) => "EdDSA",
        }
    }

    fn public(&self, id: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                let parts = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "kid": id, "use": "sig", "n": text(parts.n), "e": text(parts.e) })
            }
            Self::Curve(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "alg": "ES256", "x": text(x), "y": text(y) })
            }
            Self::Edwards(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": text(pair.public_key()) })
            }
        }
    }

    fn sign(&self, message: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::Curve(pair) => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Edwards(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        }
    }

    fn token(&self, id: &str, claims: &Value) -> String {
        self.token_with(&json!({ "alg": self.algorithm(), "kid": id, "typ": "JWT" }), claims)
    }

    fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", text(header.to_string()), text(claims.to_string()));
        let signature = self.sign(&message);
        format!("{message}.{}", text(signature))
    }
}

/// What a good token says, changed in one thing.
fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = json!({ "iss": ISSUER, "aud": ["other", "comity"], "sub": "desk", "iat": NOW - 60,
        "nbf": NOW - 60, "exp": NOW + 600, "roles": ["administrator"] });
    change(&mut claims);
    claims
}

fn good() -> Value {
    claims(|_| {})
}

/// A provider, whose keys lie in a file.
struct Provider {
    folder: TempDir,
}

impl Provider {
    fn of(keys: &[Value]) -> Self {
        let provider = Self { folder: tempfile::tempdir().unwrap() };
        provider.publish(keys);
        provider
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    fn publish(&self, keys: &[Value]) {
        std::fs::write(self.file(), json!({ "keys": keys }).to_string()).unwrap();
    }
}

fn config(keys: &str, more: &str) -> Config {
    let text = format!("issuer = {ISSUER:?}\naudience = \"comity\"\nkeys = {keys:?}\n{more}");
    let issuer = Some(toml::from_str(&text).unwrap());
    Config { access: AccessConfig { issuer, ..AccessConfig::default() }, ..Config::default() }
}

async fn office(keys: &Path, more: &str) -> Office {
    let office = Office::with(config(keys.to_str().unwrap(), more));
    assert_eq!(office.now(), NOW);
    office.book.add("desk", [Role::Officer].into(), false).await.unwrap();
    office
}

/// Refused, in words that repeat nothing of the token.
async fn is_refused(office: &Office, token: &str, says: &str) {
    let answer = office.get(token, "/v1/session").await.is(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(says), "{detail}");
    for part in token.split('.').filter(|part| !part.is_empty()) {
        assert!(!answer.text.contains(part));
    }
    assert!(!answer.text.contains(ISSUER) && !answer.text.contains("desk"), "{}", answer.text);
}

#[tokio::test]
async fn a_token_opens_the_account_that_it_names_and_gives_it_nothing() {
    let pairs = [Pair::Rsa(RsaKeyPair::from_der(&Pair::rsa(2_048)).unwrap()), Pair::curve(), Pair::edwards()];
    let ids = ["one", "two", "three"];
    let keys: Vec<Value> = pairs.iter().zip(ids).map(|(pair, id)| pair.public(id)).collect();
    let provider = Provider::of(&keys);
    let office = office(&provider.file(), "").await;
    for (pair, id) in pairs.iter().zip(ids) {
        let who = office.get(&pair.token(id, &good()), "/v1/session").await.is(200).json();
        assert_eq!((&who["account"], &who["token_kind"]), (&json!("desk"), &json!("issued")));
        // The token says that it is an administrator.
        assert_eq!(who["roles"], json!(["officer"]));
        office.get(&pair.token(id, &good()), "/v1/accounts").await.is(403);
    }
    let token = pairs[1].token("two", &good());
    let matter = json!({ "reference": "M-1", "title": "The matter of Tivo Arando" });
    office.post(&token, "/v1/matters", &matter).await.is(201);
    // It makes no token that would outlive it, and is no session of ours.
    let new = json!({ "kind": "service", "label": "kept", "days": 3 });
    office.post(&token, "/v1/tokens", &new).await.is(403);
    office.ask("DELETE", &token, "/v1/session", &[], None).await.is(403);
    // The signature of one key is not that of another.
    is_refused(&office, &pairs[0].token_with(&json!({ "alg": "RS256", "kid": "two" }), &good()), "not known")
        .await;
    is_refused(&office, &Pair::curve().token("two", &good()), "signature").await;
}

#[tokio::test]
async fn what_a_token_says_must_hold() {
    let pair = Pair::curve();
    let provider = Provider::of(&[pair.public("one")]);
    let office = office(&provider.file(), "leeway-seconds = 30\nlongest-minutes = 60").await;
    let with = |name: &str, value: Value| pair.token("one", &claims(|claims| claims[name] = value));
    let without =
        |name: &str| pair.token("one", &claims(|claims| drop(claims.as_object_mut().unwrap().remove(name))));
    for fine in [
        with("aud", json!("comity")),
        with("exp", json!(NOW - 29)),
        with("nbf", json!(NOW + 30)),
        with("iat", json!(NOW - 3_629)),
        with("iat", json!(1_803_999_599.5)),
        without("nbf"),
        // A time without end is cut by the longest that is taken.
        with("exp", json!(1e300)),
    ] {
        office.get(&fine, "/v1/session").await.is(200);
    }
    for (token, says) in [
        (with("iss", json!("https://login.ministry.example/")), "another issuer"),
        (with("iss", json!([ISSUER])), "another issuer"),
        (with("aud", json!("other")), "another audience"),
        (with("aud", json!([])), "another audience"),
        (with("exp", json!(NOW - 30)), "has ended"),
        (with("iat", json!(NOW - 3_630)), "has ended"),
        (with("nbf", json!(NOW + 31)), "has not come"),
        (with("iat", json!(NOW + 31)), "has not come"),
        (with("exp", json!("soon")), "what it must"),
        (without("iss"), "what it must"),
        (without("aud"), "what it must"),
        (without("exp"), "what it must"),
        (without("iat"), "what it must"),
        (without("sub"), "what it must"),
        (with("sub", json!("../desk")), "what it must"),
        (with("sub", json!(["desk"])), "what it must"),
        (with("cnf", json!({ "jkt": "x" })), "what it must"),
        (with("sub", json!("nobody")), "no open account"),
    ] {
        is_refused(&office, &token, says).await;
    }
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let pair = Pair::curve();
    let provider = Provider::of(&[pair.public("one")]);
    let office = office(&provider.file(), "").await;
    let token = pair.token("one", &good());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let other = text(claims(|claims| claims["sub"] = json!("administrator")).to_string());
    is_refused(&office, &format!("{header}.{other}.{signature}"), "signature").await;
    is_refused(&office, &format!("{message}."), "signature").await;
    is_refused(&office, &format!("{message}.{}", text([0; 64])), "signature").await;
    for none in ["none", "None", "NONE", ""] {
        let header = text(json!({ "alg": none, "kid": "one" }).to_string());
        is_refused(&office, &format!("{header}.{payload}."), "none that").await;
        is_refused(&office, &format!("{header}.{payload}.{signature}"), "none that").await;
    }
    // Signed with what everybody knows, in each form that it has.
    let public = pair.public("one");
    let secrets = [public.to_string().into_bytes(), public["x"].as_str().unwrap().as_bytes().to_vec()];
    for secret in secrets {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
        let header = text(json!({ "alg": "HS256", "kid": "one" }).to_string());
        let message = format!("{header}.{payload}");
        let signature = text(ring::hmac::sign(&key, message.as_bytes()));
        is_refused(&office, &format!("{message}.{signature}"), "not known").await;
    }
    // A key that the token brings itself, and one that says what must be understood.
    let own = Pair::curve();
    let brought = json!({ "alg": "ES256", "jwk": own.public("one"), "kid": "one" });
    is_refused(&office, &own.token_with(&brought, &good()), "signature").await;
    let critical = json!({ "alg": "ES256", "kid": "one", "crit": ["b64"], "b64": true });
    is_refused(&office, &pair.token_with(&critical, &good()), "none that").await;
    // Signed by the provider, to say that somebody signed out.
    let other = json!({ "alg": "ES256", "kid": "one", "typ": "logout+jwt" });
    is_refused(&office, &pair.token_with(&other, &good()), "none that").await;
    for odd in [".", "..", "a.b.c", "a.b.c.d", "eyJ9..", "é.é.é"] {
        let answer = office.get(odd, "/v1/session").await;
        assert_eq!(answer.status, 401, "{odd}");
    }
    // Where no provider is named, such a token is as any that is not known.
    Office::new().get(&token, "/v1/session").await.is(401);
}

#[tokio::test]
async fn a_secret_or_a_weak_key_in_the_set_opens_nothing() {
    let (pair, weak) = (Pair::curve(), Pair::rsa(1_024));
    assert!(RsaKeyPair::from_der(&weak).is_err(), "ring signs with no such key, so openssl does");
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("weak.der");
    std::fs::write(&key, &weak).unwrap();
    let modulus = Command::new("openssl")
        .args(["rsa", "-inform", "DER", "-noout", "-modulus", "-in"])
        .arg(&key)
        .output();
    let modulus = String::from_utf8(modulus.unwrap().stdout).unwrap();
    let digits = modulus.trim().strip_prefix("Modulus=").unwrap().to_owned();
    let modulus: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    let secret = b"a secret that both of them know..";
    let provider = Provider::of(&[
        json!({ "kty": "oct", "kid": "secret", "alg": "HS256", "k": text(secret) }),
        json!({ "kty": "RSA", "kid": "weak", "n": text(modulus), "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "odd", "x": "AA", "y": "AA" }),
        json!("no key"),
        pair.public("one"),
    ]);
    let office = office(&provider.file(), "").await;
    office.get(&pair.token("one", &good()), "/v1/session").await.is(200);
    let message = format!(
        "{}.{}",
        text(json!({ "alg": "HS256", "kid": "secret" }).to_string()),
        text(good().to_string())
    );
    let mac = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret), message.as_bytes());
    is_refused(&office, &format!("{message}.{}", text(mac)), "not known").await;
    let message = format!(
        "{}.{}",
        text(json!({ "alg": "RS256", "kid": "weak" }).to_string()),
        text(good().to_string())
    );
    let file = folder.path().join("message");
    std::fs::write(&file, &message).unwrap();
    let signed = Command::new("openssl")
        .args(["dgst", "-sha256", "-keyform", "DER", "-sign"])
        .arg(&key)
        .arg(&file)
        .output();
    let signed = signed.unwrap();
    assert!(signed.status.success());
    is_refused(&office, &format!("{message}.{}", text(signed.stdout)), "signature").await;
}

#[tokio::test]
async fn an_account_that_is_closed_is_out_at_once() {
    let pair = Pair::edwards();
    let provider = Provider::of(&[pair.public("one")]);
    let office = office(&provider.file(), "account-claim = \"client\"").await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let token = pair.token("one", &claims(|claims| claims["client"] = json!("desk")));
    office.get(&token, "/v1/queue").await.is(200);
    is_refused(&office, &pair.token("one", &good()), "what it must").await;
    let follow = || axum::http::Request::get("/v1/events").header("authorization", format!("Bearer {token}"));
    let followed = office.open(follow().body(axum::body::Body::empty()).unwrap()).await;
    let close = json!({ "is_closed": true });
    office.ask("PATCH", &admin, "/v1/accounts/desk", &[], Some(&close)).await.is(200);
    is_refused(&office, &token, "no open account").await;
    // Whoever follows is let go at the next entry.
    let officer = office.account("b.lind", &[Role::Officer]).await;
    office.post(&officer, "/v1/matters", &json!({ "reference": "M-1" })).await.is(201);
    let rest = axum::body::to_bytes(followed.into_body(), 1 << 20).await.unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("matter-opened"));
}

#[tokio::test]
async fn a_new_key_is_looked_for_and_an_old_one_goes() {
    let (old, new) = (Pair::curve(), Pair::edwards());
    let provider = Provider::of(&[old.public("old")]);
    let office = office(&provider.file(), "refresh-minutes = 10").await;
    let (by_old, by_new) = (old.token("old", &good()), new.token("new", &good()));
    provider.publish(&[old.public("old"), new.public("new")]);
    // Just looked: made-up keys cannot make the daemon ask again and again.
    is_refused(&office, &by_new, "not known").await;
    office.later(60);
    office.get(&by_new, "/v1/session").await.is(200);
    provider.publish(&[new.public("new")]);
    office.later(60);
    office.get(&by_old, "/v1/session").await.is(200);
    office.later(9 * 60);
    let late = |pair: &Pair, id| pair.token(id, &claims(|claims| claims["exp"] = json!(NOW + 7_200)));
    is_refused(&office, &late(&old, "old"), "not known").await;
    office.get(&late(&new, "new"), "/v1/session").await.is(200);
    // What cannot be read leaves what is known.
    for broken in ["", "{\"keys\": []}", "{\"keys\": 7}"] {
        std::fs::write(provider.file(), broken).unwrap();
        office.later(11 * 60);
        office.get(&late(&new, "new"), "/v1/session").await.is(200);
    }
    std::fs::remove_file(provider.file()).unwrap();
    office.later(11 * 60);
    office.get(&late(&new, "new"), "/v1/session").await.is(200);
}

/// A provider that answers over HTTP, while it is there.
fn answering(keys: Value, is_there: Arc<AtomicBool>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            count.fetch_add(1, Ordering::SeqCst);
            let (status, body) = if is_there.load(Ordering::SeqCst) {
                ("200 OK", keys.to_string())
            } else {
                ("503 Service Unavailable", String::new())
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_provider_that_is_away_at_the_start_is_asked_again_but_not_too_often() {
    let pair = Pair::curve();
    let is_there = Arc::new(AtomicBool::new(false));
    let (address, asked) = answering(json!({ "keys": [pair.public("one")] }), Arc::clone(&is_there));
    let office = office(Path::new(&address), "").await;
    let token = pair.token("one", &good());
    for _ in 0..5 {
        is_refused(&office, &token, "not known").await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    office.later(60);
    let other = pair.token("two", &good());
    let (first, second) = tokio::join!(office.get(&token, "/v1/session"), office.get(&other, "/v1/session"));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (401, 401));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    is_there.store(true, Ordering::SeqCst);
    office.later(60);
    office.get(&token, "/v1/session").await.is(200);
    office.get(&token, "/v1/session").await.is(200);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[test]
fn keys_that_cannot_be_used_are_refused_at_the_start() {
    let says = |keys: &str, more: &str| {
        let issuer = config(keys, more).access.issuer.unwrap();
        Issuer::open(&issuer, "2027-03-02T15:00:00Z".parse().unwrap()).unwrap_err().to_string()
    };
    let provider = Provider::of(&[json!({ "kty": "oct", "kid": "s", "alg": "HS256", "k": "c2VjcmV0" })]);
    let file = provider.file();
    let file = file.to_str().unwrap();
    assert!(says(file, "").contains("no public key"));
    std::fs::write(file, "[]").unwrap();
    assert!(says(file, "").contains("list `keys`"));
    assert!(says("none.json", "").contains("none.json"));
    for address in
        ["http://login.ministry.example/keys", "ftp://localhost/keys", "https://", "http://10.0.0.1/keys"]
    {
        assert!(says(address, "").contains("https://"), "{address}");
    }
    for algorithm in ["none", "HS256"] {
        let text = format!("issuer = \"a\"\naudience = \"b\"\nkeys = \"c\"\nalgorithms = [{algorithm:?}]");
        let error = toml::from_str::<comity_server::config::IssuerConfig>(&text).unwrap_err().to_string();
        assert!(error.contains("RS256"), "{error}");
    }
}
