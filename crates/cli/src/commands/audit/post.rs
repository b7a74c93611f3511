//! Keepers elsewhere, to whom a checkpoint is sent by POST: who may be one. How it is sent is in `send`.

#[cfg(feature = "post")]
mod send;

use std::time::Duration;

use url::{Host, Url};

use crate::failure::Failure;

/// A keeper elsewhere.
#[derive(Debug)]
pub(super) struct Keeper {
    url: Url,
}

impl Keeper {
    /// Reads the address of a keeper. `plain` says whether one may be asked over a network without encryption.
    pub(super) fn read(text: &str, plain: bool) -> Result<Self, Failure> {
        let wrong = |what: &str, next: &str| Err(Failure::usage(what, next));
        if cfg!(not(feature = "post")) {
            return wrong(
                "this program was built without the feature `post`, and sends nothing",
                "use --keep with a folder, or send what is kept with another program",
            );
        }
        let example = "comity audit checkpoint --key FILE --post https://keeper.example/checkpoints";
        // The address may be a secret, so it is not repeated.
        let Ok(url) = Url::parse(text) else {
            return wrong("what --post was given is no address", example);
        };
        if url.host().is_none() || !matches!(url.scheme(), "https" | "http") {
            return wrong("--post takes an address that begins with https://", example);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong(
                "--post takes no address with a name or a password in it: they would not be sent",
                "let what the keeper knows you by stand in the path, or after a `?`",
            );
        }
        let keeper = Self { url };
        if keeper.url.scheme() == "http" && !keeper.is_here() && !plain {
            return wrong(
                &format!(
                    "whoever is between here and {} can keep a checkpoint from it unseen",
                    keeper.shown()
                ),
                "give an address that begins with https://, or say --plain-http",
            );
        }
        Ok(keeper)
    }

    /// Whether it runs on this machine.
    fn is_here(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The address for people: what may be secret in it is left out.
    pub(super) fn shown(&self) -> String {
        let more = if self.url.path() == "/" && self.url.query().is_none() { "" } else { "/…" };
        format!("{}{more}", self.url.origin().ascii_serialization())
    }

    /// Sends a checkpoint, which the keeper must say that it took. Gives in words why it did not.
    ///
    /// A keeper that is away or overloaded is asked three times in all, each time no longer than `patience`; one that refuses is
    /// not asked again.
    #[cfg(feature = "post")]
    pub(super) fn send(&self, note: &str, patience: Duration) -> Result<(), String> {
        send::send(self, note, patience)
    }

    /// There is no keeper in this build: [`Keeper::read`] refuses every address.
    #[cfg(not(feature = "post"))]
    pub(super) fn send(&self, _: &str, _: Duration) -> Result<(), String> {
        Err(format!("{} cannot be reached from this program", self.url))
    }
}

#[cfg(all(test, feature = "post"))]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_what_is_secret_in_it() {
        let check =
            |url: &str, wanted: &str| assert_eq!(Keeper::read(url, false).unwrap().shown(), wanted, "{url}");
        check("https://keeper.example/", "https://keeper.example");
        check("https://keeper.example/hooks/secret", "https://keeper.example/…");
        check("https://keeper.example:8443?token=secret#y", "https://keeper.example:8443/…");
        check("http://127.0.0.1:1", "http://127.0.0.1:1");
    }

    #[test]
    fn what_is_no_address_of_a_keeper_is_refused_and_not_repeated() {
        for bad in [
            "",
            "keeper.example/secret",
            "ftp://keeper.example/secret",
            "https:///",
            "https://u:secret@keeper.example/",
            "https://secret@keeper.example/",
            "file:///secret",
        ] {
            let said = Keeper::read(bad, true).unwrap_err().to_string();
            assert!(said.contains("--post") && !said.contains("secret"), "{bad}: {said}");
        }
    }

    #[test]
    fn without_encryption_only_this_machine_is_asked_unless_it_is_said() {
        for here in ["http://127.0.0.1", "http://127.8.9.1:8080/a", "http://[::1]:80", "http://localhost/"] {
            assert!(Keeper::read(here, false).unwrap().is_here(), "{here}");
        }
        for elsewhere in [
            "http://keeper.example",
            "http://10.0.0.1/",
            "http://[2001:db8::1]/",
            "http://localhost.example/",
            "http://128.0.0.1",
        ] {
            let said = Keeper::read(elsewhere, false).unwrap_err().to_string();
            assert!(said.contains("unseen"), "{elsewhere}: {said}");
            assert!(!Keeper::read(elsewhere, true).unwrap().is_here(), "{elsewhere}");
        }
        assert!(!Keeper::read("https://10.0.0.1/", false).unwrap().is_here());
    }
}
