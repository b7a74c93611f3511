//! A webhook goes over TLS to whom the machine trusts, and to nobody else.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[path = "common/daemon.rs"]
mod daemon;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use daemon::{PATIENCE, init, start_with};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use tempfile::TempDir;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// What came of a connection: the body of what was sent, or that the other side did not trust this one.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Body(String),
    NotTrusted,
}

/// Somebody who listens at this machine under a certificate of its own.
struct Registry {
    address: String,
    heard: Receiver<Heard>,
    certificate: PathBuf,
    folder: TempDir,
}

impl Registry {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = folder.path().join("registry.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, heard) = channel();
        std::thread::spawn(move || listen(&listener, &config, &tell));
        Self { address, heard, certificate, folder }
    }

    /// A daemon that tells it of every matter, on a machine that trusts the certificates in a file.
    fn told_by(&self, trusted: &Path) -> (daemon::Daemon, TempDir) {
        let store = tempfile::tempdir().unwrap();
        init(store.path());
        let (config, secret) = (self.folder.path().join("comity.toml"), self.folder.path().join("secret"));
        std::fs::write(&secret, SECRET).unwrap();
        let target = format!(
            "[[target]]\nname = \"registry\"\nkind = \"webhook\"\naddress = \"https://{}/comity\"\nthis-machine = true\n\
             secrets = [{{ file = \"{}\" }}]\nevents = [\"matter.opened\"]\n",
            self.address,
            secret.display()
        );
        std::fs::write(&config, target).unwrap();
        let environment = [("SSL_CERT_FILE", trusted.to_str().unwrap())];
        let more = ["--config", config.to_str().unwrap()];
        (start_with(store.path(), &more, &environment).unwrap(), store)
    }
}

fn listen(listener: &TcpListener, config: &Arc<ServerConfig>, tell: &Sender<Heard>) {
    for stream in listener.incoming().map_while(Result::ok) {
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        let heard = answer(StreamOwned::new(connection, stream)).map_or(Heard::NotTrusted, Heard::Body);
        if tell.send(heard).is_err() {
            return;
        }
    }
}

/// Reads one request, and answers that it was taken.
fn answer(stream: StreamOwned<ServerConnection, std::net::TcpStream>) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
    reader.get_mut().flush().ok()?;
    String::from_utf8(body).ok()
}

#[test]
fn it_is_told_by_a_machine_that_trusts_its_certificate() {
    let registry = Registry::start();
    let (daemon, _store) = registry.told_by(&registry.certificate);
    let officer = daemon.officer();
    let matter = json!({ "reference": "M-1", "title": "The matter of Orlen" });
    assert_eq!(daemon.ask("POST", "/v1/matters", &officer, Some(&matter)).0, 201);
    let Heard::Body(body) = registry.heard.recv_timeout(PATIENCE).unwrap() else {
        panic!("it was not trusted")
    };
    assert!(body.contains("matter.opened") && !body.contains("Orlen"), "{body}");
    assert!(daemon.stop());
}

#[test]
fn it_is_told_nothing_by_a_machine_that_trusts_another() {
    let (registry, other) = (Registry::start(), Registry::start());
    let (daemon, _store) = registry.told_by(&other.certificate);
    let officer = daemon.officer();
    let matter = json!({ "reference": "M-1", "title": "The matter of Orlen" });
    assert_eq!(daemon.ask("POST", "/v1/matters", &officer, Some(&matter)).0, 201);
    assert_eq!(registry.heard.recv_timeout(PATIENCE).unwrap(), Heard::NotTrusted);
    assert!(daemon.stop());
}
