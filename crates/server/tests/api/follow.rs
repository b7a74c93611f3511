//! Whoever follows the record hears everything once, goes on where he was, and hears nothing that is not for him.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use comity_server::access::Role;
use serde_json::json;

use crate::desk::Office;

/// What is heard within a moment, of a stream that does not end by itself.
async fn heard(office: &Office, token: &str, path: &str, last: Option<u64>) -> String {
    let mut request = Request::builder().uri(path).header("authorization", format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    office.hear(request.body(Body::empty()).unwrap(), Duration::from_millis(400)).await
}

fn ids(text: &str) -> Vec<u64> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")).map(|id| id.parse().unwrap()).collect()
}

#[tokio::test]
async fn what_is_recorded_is_told_in_order_and_again_from_where_one_was() {
    let office = Office::new();
    let officer = office.with_case().await;
    let note = json!({ "entries": [{ "kind": "note", "text": "Arando was seen" }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &note).await.is(201);
    let all = heard(&office, &officer, "/v1/events?after=0", None).await;
    let positions = ids(&all);
    assert!(positions.len() >= 4 && positions.windows(2).all(|pair| pair[1] == pair[0] + 1), "{all}");
    assert!(all.contains("event: case-opened") && all.contains("event: note") && all.contains("\"EX-1\""));
    assert!(!all.contains("Arando"), "an event tells of no person");
    let last = *positions.last().unwrap();
    let rest = heard(&office, &officer, "/v1/events?after=0", Some(last - 1)).await;
    assert_eq!(ids(&rest), [last]);
    assert_eq!(ids(&heard(&office, &officer, "/v1/events", None).await), [0; 0]);
}

#[tokio::test]
async fn nobody_hears_of_a_case_that_he_may_not_read() {
    let office = Office::new();
    office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let reader = office.account("reader", &[Role::Reader]).await;
    let only = json!({ "procedures": ["nz-kr/immunity-waiver"] });
    office.ask("PATCH", &admin, "/v1/accounts/reader", &[], Some(&only)).await.is(200);
    let told = heard(&office, &reader, "/v1/events?after=0", None).await;
    assert!(told.contains("matter-opened") && !told.contains("case-opened"), "{told}");
    let operator = office.account("operator", &[Role::Operator]).await;
    office.get(&operator, "/v1/events").await.is(403);
    office.ask("GET", &reader, "/v1/events", &[("last-event-id", "x")], None).await.is(400);
}

#[tokio::test]
async fn whoever_is_shut_out_hears_no_more() {
    use futures_util::StreamExt;
    let office = Office::new();
    let officer = office.with_case().await;
    let admin = office.account("chief", &[Role::Administrator]).await;
    let reader = office.account("reader", &[Role::Reader]).await;
    let request = Request::get("/v1/events").header("authorization", format!("Bearer {reader}"));
    let mut told = office.open(request.body(Body::empty()).unwrap()).await.into_body().into_data_stream();
    let note = json!({ "entries": [{ "kind": "note", "text": "seen" }] });
    office.post(&officer, "/v1/cases/EX-1/entries", &note).await.is(201);
    let piece = tokio::time::timeout(Duration::from_secs(30), told.next()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&piece).contains("event: note"));
    office
        .ask("PATCH", &admin, "/v1/accounts/reader", &[], Some(&json!({ "is_closed": true })))
        .await
        .is(200);
    office.post(&officer, "/v1/cases/EX-1/entries", &note).await.is(201);
    let rest = tokio::time::timeout(Duration::from_secs(30), told.next()).await.unwrap();
    assert!(rest.is_none(), "{rest:?}");
}
