//! Receives webhooks, and believes none whose signature is not right.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::Trouble;

struct Receiver {
    webhook: Webhook,
    say: UnboundedSender<u64>,
    /// What has been worked off. The daemon delivers at least once; that it is done once is for us. A program that lives
    /// longer than its work keeps this on disk.
    done: Mutex<BTreeSet<String>>,
}

/// Listens for webhooks, and gives the positions of the entries that they tell of.
pub(crate) async fn listen(address: &str, secret: &str) -> Result<UnboundedReceiver<u64>, Trouble> {
    let (say, heard) = unbounded_channel();
    let webhook = Webhook::new(secret)?;
    let receiver = Arc::new(Receiver { webhook, say, done: Mutex::default() });
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| Trouble::Listen { address: address.to_owned(), source })?;
    let router = Router::new().route("/comity", post(receive)).with_state(receiver);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(heard)
}

/// A success says that it has come; anything else has it sent again.
async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // The time stands in what is signed, and what is old is refused: nobody sends it anew.
    if receiver.webhook.verify(&body, &headers).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let (Some(id), Some(position)) =
        (event.get("id").and_then(Value::as_str), event.pointer("/data/position").and_then(Value::as_u64))
    else {
        return StatusCode::BAD_REQUEST;
    };
    let is_new = receiver.done.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    if is_new {
        // Nobody is left to hear it when the program ends; then it is sent again.
        return receiver
            .say
            .send(position)
            .map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::NO_CONTENT);
    }
    StatusCode::NO_CONTENT
}
