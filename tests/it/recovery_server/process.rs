//! One call after the other: what follows from each over HTTP, and from repeats of it.

use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::testing::FakeGhl;
use serde_json::{Value, json};

use super::server::{Place, Server};
use super::{assert_done_once, assert_served_once, call_ended_at, count, kept, ledger, until};
use crate::fake_ghl::{Api, SOLEIL, SOLEIL_PHONE, STRANGER};

async fn call(api: &Api, from: &str, status: &str) -> Value {
    let order = json!({
        "locationId": SOLEIL, "from": from, "to": SOLEIL_PHONE,
        "status": status, "duration": 0, "direction": "inbound",
    });
    api.post("/_fake/calls", order).await.expect(200)
}

fn text(happening: &Value, key: &str) -> String {
    happening[key].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_missed_call_is_served_once_whatever_comes_again() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let (place, api) = (Place::new(&fake), Api::new(&fake));
    let server = Server::start(&place, &fake).await;

    let missed = call(&api, STRANGER, "no-answer").await;
    let contact = text(&missed, "contactId");
    fake.deliveries_settled().await;
    until("three ends", || place.has_settled()).await;
    assert_served_once(&fake, &contact, call_ended_at(&fake), "first").await;
    let before = kept(&fake, &contact).await;

    for _ in 0..5 {
        let path = format!("/_fake/webhooks/{}/resend", text(&missed, "webhookId"));
        api.post(&path, json!({})).await.expect(200);
    }
    for status in ["no-answer", "busy"] {
        let again = call(&api, STRANGER, status).await;
        assert_eq!(text(&again, "contactId"), contact);
    }
    fake.deliveries_settled().await;
    let statuses: Vec<_> = fake
        .deliveries()
        .iter()
        .filter(|delivery| delivery.event == "InboundMessage")
        .flat_map(|delivery| delivery.attempts.clone())
        .map(|attempt| attempt.status)
        .collect();
    assert_eq!(statuses, [Some(200); 8]);

    server.settle_and_stop(&place, &fake).await;
    assert_eq!(kept(&fake, &contact).await, before);
    let ledger = ledger(&place).await;
    assert_done_once(&ledger, "repeats");
    assert_eq!(count(&ledger, "attempted"), 3);
    assert_eq!(count(&ledger, "call_joined"), 2);
    assert_eq!(ledger.len(), 1 + 3 + 3 + 2);
}

#[tokio::test]
async fn an_answered_call_leads_to_nothing() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let (place, api) = (Place::new(&fake), Api::new(&fake));
    let server = Server::start(&place, &fake).await;
    let before = fake.requests().len();
    let answered = call(&api, STRANGER, "completed").await;
    let contact = text(&answered, "contactId");
    server.settle_and_stop(&place, &fake).await;
    assert_eq!(fake.requests().len(), before);
    let kept = kept(&fake, &contact).await;
    assert_eq!(
        (kept.texts, kept.tags, kept.tasks),
        (vec![], json!([]), vec![])
    );
    // Nobody known has answered it, and not for long: that is written down, and no more.
    let ledger = ledger(&place).await;
    let [entry] = ledger.as_slice() else {
        panic!("{ledger:?}");
    };
    let EntryKind::CallUnclear { status, .. } = &entry.kind else {
        panic!("{entry:?}");
    };
    assert_eq!(status, "suspected_voicemail");
}
