//! Webhooks, read by the official reader of their signatures.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use standardwebhooks::Webhook;
use tempfile::TempDir;

use crate::listener::{Listener, Request};
use crate::record::{CASE, World};

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Whether a receiver that has `secret` takes the request. The moment is not looked at: here it is 2027.
fn takes(secret: &str, request: &Request) -> bool {
    let timestamp = request.header("webhook-timestamp").parse().unwrap();
    let own =
        Webhook::new(secret).unwrap().sign(request.header("webhook-id"), timestamp, request.body.as_bytes());
    request.header("webhook-signature").split(' ').any(|signature| signature == own.as_ref().unwrap())
}

fn secret(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("{text}\n")).unwrap();
    format!("{{ file = '{}' }}", path.display())
}

/// A webhook on this machine, with these secrets.
fn here(port: u16, secrets: &str) -> String {
    format!(
        "kind = \"webhook\"\naddress = \"http://127.0.0.1:{port}/hook?token=geheim\"\nsecrets = [{secrets}]\n\
         this-machine = true\npatience-seconds = 5\n"
    )
}

/// A world with one secret, and the folder in which that stands.
async fn world(listener: &Listener, more: &str) -> (World, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    let world = World::of(&format!("{}{more}", here(listener.port, &one))).await;
    (world, folder)
}

#[tokio::test]
async fn an_event_arrives_signed_by_every_secret_with_its_key() {
    let listener = Listener::answering(&[]);
    let folder = tempfile::tempdir().unwrap();
    let both = format!("{}, {}", secret(folder.path(), "new", NEW), secret(folder.path(), "old", OLD));
    let world = World::of(&here(listener.port, &both)).await;
    assert_eq!(world.pass().await.delivered, 3);
    let asked = listener.asked();
    assert_eq!(asked.len(), 3);
    for request in &asked {
        assert_eq!(request.line, "POST /hook?token=geheim HTTP/1.1");
        assert_eq!(request.header("content-type"), "application/cloudevents+json; charset=utf-8");
        assert_eq!(request.header("webhook-timestamp"), "1803902400");
        assert!(takes(OLD, request) && takes(NEW, request));
        assert!(!takes("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", request));
        let event: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(event["id"], request.header("webhook-id"));
        assert!(!request.body.contains("Arando"));
    }
    let event: Value = serde_json::from_str(&asked[2].body).unwrap();
    assert_eq!(event["type"], "note.taken");
    assert_eq!(event["subject"], format!("case/{CASE}"));
}

#[tokio::test]
async fn a_secret_that_is_changed_is_used_without_a_restart() {
    let listener = Listener::answering(&["503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"]);
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    let world = World::of(&here(listener.port, &one)).await;
    world.pass().await;
    secret(folder.path(), "one", NEW);
    world.clock.set("2027-03-02T12:00:00Z".parse().unwrap());
    assert_eq!(world.pass().await.delivered, 3);
    let asked = listener.asked();
    assert!(takes(OLD, &asked[0]) && !takes(NEW, &asked[0]));
    assert!(takes(NEW, &asked[1]) && !takes(OLD, &asked[1]));
    assert_eq!(asked[0].header("webhook-id"), asked[1].header("webhook-id"));
    assert_eq!(asked[0].body, asked[1].body);
}

#[tokio::test]
async fn nobody_else_is_asked() {
    let other = Listener::answering(&[]);
    let moved = format!(
        "307 Temporary Redirect\r\nLocation: http://127.0.0.1:{}/\r\nContent-Length: 0\r\n\r\n",
        other.port
    );
    let listener = Listener::answering(&[&moved]);
    let (world, _secret) = world(&listener, "").await;
    assert_eq!(world.pass().await.failed, 1);
    assert!(world.why().contains("307") && world.why().contains("nobody else is asked"), "{}", world.why());
    assert_eq!(other.asked().len(), 0);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_is_given_it() {
    let listener =
        Listener::answering(&["429 Too Many Requests\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"]);
    let (world, _secret) = world(&listener, "").await;
    let passed = world.pass().await;
    assert_eq!(passed.next, Some("2027-03-01T12:10:00Z".parse().unwrap()));
    assert_eq!(world.why(), "it answered 429 Too Many Requests");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let endless = format!("200 OK\r\nContent-Length: 100000000\r\n\r\n{}", "x".repeat(100_000));
    let listener = Listener::answering(&[&endless]);
    let (world, _secret) = world(&listener, "").await;
    assert_eq!(world.pass().await.delivered, 3);
}

#[tokio::test]
async fn a_head_without_end_is_no_answer() {
    let endless = format!("200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let listener = Listener::answering(&[&endless]);
    let (world, _secret) = world(&listener, "").await;
    assert_eq!(world.pass().await.failed, 1);
}

#[tokio::test]
async fn what_cannot_be_reached_is_tried_again_and_its_address_is_not_told() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    let world = World::of(&here(port, &one)).await;
    let passed = world.pass().await;
    assert_eq!((passed.failed, passed.died), (1, 0));
    assert!(!world.why().contains("geheim"), "{}", world.why());
}

#[tokio::test]
async fn a_secret_that_is_gone_is_told_and_nothing_is_sent_unsigned() {
    let listener = Listener::answering(&[]);
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    let world = World::of(&here(listener.port, &one)).await;
    std::fs::write(folder.path().join("one"), "geheim").unwrap();
    assert_eq!(world.pass().await.failed, 1);
    assert!(world.why().contains("whsec_") && !world.why().contains("geheim"), "{}", world.why());
    assert_eq!(listener.asked().len(), 0);
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_connected_to() {
    let listener = Listener::answering(&[]);
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    // A name, so that nothing is known before it is looked up; it may be any name of a name server of others.
    let text = format!(
        "kind = \"webhook\"\naddress = \"https://localhost:{}/hook?token=geheim\"\nsecrets = [{one}]\n",
        listener.port
    );
    let world = World::of(&text).await;
    assert_eq!(world.pass().await.failed, 1);
    assert!(world.why().contains("is this machine"), "{}", world.why());
    let text = format!("{text}this-machine = true\npatience-seconds = 5\n");
    let world = World::of(&text).await;
    assert_eq!(world.pass().await.failed, 1);
    assert!(
        !world.why().contains("is this machine"),
        "it was connected to, and spoke no TLS: {}",
        world.why()
    );
}

#[tokio::test]
async fn what_a_receiver_refuses_is_on_the_list_with_the_number_alone() {
    let refused = "422 Unprocessable Entity\r\nContent-Length: 18\r\n\r\nTivo Arando called";
    let listener = Listener::answering(&[refused]);
    let (world, _secret) = world(&listener, "").await;
    let passed = world.pass().await;
    assert_eq!((passed.died, passed.delivered), (1, 2));
    let letters = world.engine.dead_letters(&"office".parse().unwrap()).await.unwrap();
    assert_eq!(letters[0].dead.why, "it answered 422 Unprocessable Entity");
}

#[tokio::test]
async fn personal_data_goes_where_it_is_said_that_it_may() {
    let listener = Listener::answering(&[]);
    let (world, _secret) = world(&listener, "personal-data = true\nevents = [\"note.taken\"]\n").await;
    world.pass().await;
    let asked = listener.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].body.contains("Tivo Arando called"));
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_not_waited_for_without_end() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let one = secret(folder.path(), "one", OLD);
    let text = here(port, &one).replace("patience-seconds = 5", "patience-seconds = 1");
    let world = World::of(&text).await;
    let passed = tokio::time::timeout(Duration::from_mins(1), world.pass()).await.unwrap();
    assert_eq!(passed.failed, 1);
    assert_eq!(world.why(), "it did not answer in time");
}
