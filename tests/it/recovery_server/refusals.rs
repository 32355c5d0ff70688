//! What the endpoint answers to webhooks that are not HighLevel's, too large, old or repeated, and while the store
//! cannot write.

use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::testing::{Call, FakeGhl, GatePoint};
use gohighlevel::webhooks::MAX_BODY_BYTES;
use http::{HeaderMap, Method};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::server::{Place, Server};
use super::{
    assert_done_once, assert_served_once, call_ended_at, call_ended_at_of, count, ledger,
    missed_call, text_after, until,
};
use crate::fake_ghl::{APP, MARIA, MARIA_PHONE, SOLEIL, SOLEIL_PHONE};
use crate::webhooks::signing::{Ed25519Signer, headers};

/// HighLevel's webhook of a missed call, as of the sample location and so long ago.
fn webhook(id: &str, age: SignedDuration) -> Vec<u8> {
    let text = include_str!("../../../fixtures/webhooks/inbound_call_missed.json");
    let mut body: Value = serde_json::from_str(text).unwrap();
    let made_at = (SystemClock.now() - age).to_string();
    for (key, value) in [
        ("locationId", SOLEIL),
        ("appId", APP),
        ("webhookId", id),
        ("messageId", id),
        ("contactId", MARIA),
        ("from", MARIA_PHONE),
        ("to", SOLEIL_PHONE),
        ("timestamp", &made_at),
        ("dateAdded", &made_at),
    ] {
        body[key] = json!(value);
    }
    body.to_string().into_bytes()
}

async fn post(server: &Server, headers: HeaderMap, body: Vec<u8>) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/webhooks/ghl", server.url));
    let answer = request.headers(headers).body(body).send().await.unwrap();
    answer.status().as_u16()
}

pub(super) async fn health(server: &Server) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}/healthz", server.url));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn nothing_follows_from_what_highlevel_did_not_send_just_now() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let signer = Ed25519Signer::generate();
    // As an environment file writes it, in one line.
    let key = signer.pem().replace('\n', "\\n");
    let place = Place::new(&fake).with_public_key(&key);
    let server = Server::start(&place, &fake).await;
    let before = fake.requests().len();

    let now = SignedDuration::ZERO;
    let fresh = webhook("w-1", now);
    let signed = |body: &[u8]| signer.headers(body);
    let forged = Ed25519Signer::generate().headers(&fresh);
    let mut altered = fresh.clone();
    *altered.last_mut().unwrap() = b' ';
    let stale = webhook("w-2", SignedDuration::from_hours(30 * 24 + 1));
    let early = webhook("w-3", -SignedDuration::from_mins(6));
    let theirs = String::from_utf8(fresh.clone()).unwrap();
    let theirs = theirs.replace(APP, "theirApp").into_bytes();
    let mut too_large = webhook("w-4", now);
    too_large.resize(MAX_BODY_BYTES + 1, b' ');
    let not_json = b"[]".to_vec();
    for (case, status, headers, body) in [
        ("forged", 401, forged, fresh.clone()),
        ("altered", 401, signed(&fresh), altered),
        ("unsigned", 401, HeaderMap::new(), fresh.clone()),
        (
            "no signature",
            401,
            headers(&[("x-ghl-signature", "?")]),
            fresh.clone(),
        ),
        ("stale", 401, signed(&stale), stale.clone()),
        ("from the future", 429, signed(&early), early.clone()),
        ("of another app", 401, signed(&theirs), theirs.clone()),
        ("not an object", 400, signed(&not_json), not_json.clone()),
        ("too large", 413, signed(&too_large), too_large.clone()),
    ] {
        assert_eq!(post(&server, headers, body).await, status, "{case}");
    }
    assert!(place.has_settled());
    assert_eq!(fake.requests().len(), before);

    let mut largest = webhook("w-5", now);
    largest.resize(MAX_BODY_BYTES, b' ');
    assert_eq!(post(&server, signed(&largest), largest.clone()).await, 200);
    until("three ends", || place.has_settled()).await;
    let before = fake.requests();
    assert_eq!(post(&server, signed(&largest), largest).await, 200);
    let mut replayed = webhook("w-6", now);
    let text = String::from_utf8(replayed).unwrap();
    replayed = text
        .replace("\"messageId\":\"w-6\"", "\"messageId\":\"w-5\"")
        .into_bytes();
    assert_eq!(post(&server, signed(&replayed), replayed).await, 200);
    assert_eq!(health(&server).await, (200, "ok".to_owned()));
    server.settle_and_stop(&place, &fake).await;
    assert_eq!(fake.requests(), before);

    let ledger = ledger(&place).await;
    assert_done_once(&ledger, "the largest");
    assert_eq!(ledger.len(), 7);
    assert!(!place.log().contains("panicked"), "{}", place.log());
}

#[tokio::test]
async fn a_store_that_cannot_write_asks_for_the_webhook_again() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let before = fake.requests().len();

    // Somebody else writes to the file for longer than SQLite is ready to wait.
    let other = rusqlite::Connection::open(place.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    let statuses = || -> Vec<_> {
        let attempts = fake.deliveries()[0].attempts.clone();
        attempts.iter().map(|attempt| attempt.status).collect()
    };
    until("an answer", || !statuses().is_empty()).await;
    assert_eq!(statuses(), [Some(429)]);
    let (status, told) = health(&server).await;
    assert_eq!(status, 503);
    // It does not wait as long as a webhook.
    assert!(told.starts_with("the store does not answer"), "{told}");
    assert_eq!(fake.requests().len(), before);

    other.execute_batch("ROLLBACK").unwrap();
    server.settle_and_stop(&place, &fake).await;
    assert_eq!(statuses().last(), Some(&Some(200)));
    assert_served_once(&fake, &contact, call_ended_at(&fake), "after the lock").await;
    let ledger = ledger(&place).await;
    assert_done_once(&ledger, "after the lock");
    assert_eq!(count(&ledger, "call_joined"), 0);
}

#[tokio::test]
async fn a_disk_that_fills_up_loses_nothing() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake).with_largest_file(Some(512));
    let server = Server::start(&place, &fake).await;
    let mut calls = Vec::new();
    let status = |id: &str| {
        let deliveries = fake.deliveries();
        let delivery = deliveries.iter().find(|delivery| delivery.webhook_id == id);
        Some(delivery?.attempts.last()?.status)
    };
    loop {
        let from = format!("+1312555{:04}", 2000 + calls.len());
        let (from, to) = (from.parse().unwrap(), SOLEIL_PHONE.parse().unwrap());
        let called = fake.call(&Call::missed(SOLEIL, from, to)).unwrap();
        let id = called.webhook_id.clone();
        until("an answer", || status(&id).is_some()).await;
        calls.push(called);
        match status(&id) {
            Some(Some(200)) => assert!(calls.len() < 20, "the disk does not fill up"),
            other => {
                assert_eq!(other, Some(Some(429)));
                break;
            }
        }
    }
    let (code, told) = health(&server).await;
    assert_eq!(code, 503);
    assert!(told.contains("recovery.db: "), "{told}");
    // What is under way cannot be written down any more.
    server.kill().await;

    let place = place.with_largest_file(None);
    let server = Server::start(&place, &fake).await;
    server.settle_and_stop(&place, &fake).await;
    for call in calls {
        let case = &call.webhook_id;
        assert_eq!(status(case), Some(Some(200)));
        let ended_at = call_ended_at_of(&fake, case);
        assert_served_once(&fake, &call.contact_id, ended_at, case).await;
    }
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_does_not_cost_the_text() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let link = "/locations/*/customValues";
    let mut gate = fake
        .gate(Method::GET, link, GatePoint::BeforeAnswer)
        .unwrap();
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    let held = gate.arrived().await.unwrap();
    for step in ["tag", "task"] {
        until(step, || place.has_ended(step)).await;
    }
    let other = rusqlite::Connection::open(place.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    drop(gate);
    held.release();
    until("a failure", || {
        place.log().contains("/text/0 is tried again in a second")
    })
    .await;
    other.execute_batch("ROLLBACK").unwrap();
    server.settle_and_stop(&place, &fake).await;
    let ended_at = call_ended_at(&fake);
    assert_served_once(&fake, &contact, ended_at, "after the lock").await;
    let after = text_after(&fake, &contact, ended_at).await;
    assert!(after < Duration::from_secs(60), "{after:?}");
}
