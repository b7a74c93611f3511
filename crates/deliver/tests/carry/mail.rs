//! Mail, to a server that speaks as much SMTP as is needed.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::record::{CASE, World};

/// A server of mail on this machine, and the mails that it was given.
struct Server {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the end of each mail with the next of these, and then takes it. `offers` are the extensions that it names.
    fn answering(answers: &[&str], offers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&mails);
        let mut answers: Vec<String> = answers.iter().rev().map(|answer| (*answer).to_owned()).collect();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // Whoever speaks may break off.
                let _ = talk(&stream.unwrap(), &mut answers, &taken, offers);
            }
        });
        Self { port, mails }
    }

    async fn world(&self, more: &str) -> World {
        let port = self.port;
        World::of(&format!(
            "kind = \"mail\"\nserver = \"localhost\"\nport = {port}\nsender = \"Comity <comity@office.example>\"\n\
             to = [\"registry@office.example\", \"Desk <desk@office.example>\"]\npatience-seconds = 10\n{more}"
        ))
        .await
    }
}

fn talk(
    mut stream: &TcpStream,
    answers: &mut Vec<String>,
    mails: &Mutex<Vec<String>>,
    offers: &[&str],
) -> std::io::Result<()> {
    let mut from = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 here\r\n")?;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_uppercase();
        match word.as_str() {
            "EHLO" => {
                for offer in offers {
                    write!(stream, "250-{offer}\r\n")?;
                }
                stream.write_all(b"250 8BITMIME\r\n")?;
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                while from.read_line(&mut mail)? > 0 && !mail.ends_with("\r\n.\r\n") {}
                let answer = answers.pop().unwrap_or_else(|| "250 taken".to_owned());
                mails.lock().unwrap().push(mail);
                write!(stream, "{answer}\r\n")?;
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => stream.write_all(b"250 well\r\n")?,
        }
    }
}

const OPEN: &str = "security = \"none\"\n";

#[tokio::test]
async fn a_mail_says_what_was_recorded_and_where_and_nothing_of_a_person() {
    let server = Server::answering(&[], &[]);
    let world = server.world(OPEN).await;
    assert_eq!(world.pass().await.delivered, 3);
    let mails = server.mails.lock().unwrap().clone();
    let mail = mails[2].replace("\r\n ", " ");
    let line = |name: &str| {
        let found = mail.lines().find(|line| line.starts_with(name));
        found.unwrap_or_else(|| panic!("{name}: {mail}")).to_owned()
    };
    assert_eq!(line("Subject: "), format!("Subject: Comity: note.taken (case/{CASE})"));
    assert!(line("Message-ID: ").starts_with("Message-ID: <comity.3-"), "{mail}");
    assert_eq!(line("Auto-Submitted: "), "Auto-Submitted: auto-generated");
    assert!(line("To: ").contains("registry@office.example") && line("To: ").contains("desk@office.example"));
    assert!(mail.contains("A note was taken."));
    assert!(!mail.contains("Arando") && !mail.contains("EX-1"));
}

#[tokio::test]
async fn the_same_mail_comes_again_with_the_same_id() {
    let server = Server::answering(&["451 later"], &[]);
    let world = server.world(OPEN).await;
    let passed = world.pass().await;
    assert_eq!((passed.failed, passed.died), (1, 0));
    assert_eq!(world.why(), "the server answered 451");
    world.clock.set("2027-03-02T12:00:00Z".parse().unwrap());
    assert_eq!(world.pass().await.delivered, 3);
    let mails = server.mails.lock().unwrap().clone();
    let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    assert_eq!(mails.len(), 4);
    assert_eq!(id(&mails[0]), id(&mails[1]));
    assert_ne!(id(&mails[1]), id(&mails[2]));
}

#[tokio::test]
async fn a_mail_that_is_refused_for_what_it_is_is_a_dead_letter() {
    let server = Server::answering(&["554 Tivo Arando is spam"], &[]);
    let world = server.world(OPEN).await;
    let passed = world.pass().await;
    assert_eq!((passed.died, passed.delivered), (1, 2));
    let letters = world.engine.dead_letters(&"office".parse().unwrap()).await.unwrap();
    assert_eq!(letters[0].dead.why, "the server answered 554");
}

#[tokio::test]
async fn a_server_that_offers_no_encryption_is_given_nothing() {
    let server = Server::answering(&[], &[]);
    let world = server.world("").await;
    assert_eq!(world.pass().await.failed, 1);
    assert_eq!(server.mails.lock().unwrap().len(), 0);
}
