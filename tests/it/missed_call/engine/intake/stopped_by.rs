//! Calls that reach the caller, and events of the host: a text that is no longer needed is not sent.

use gohighlevel::recipes::missed_call::Acceptance;
use gohighlevel::recipes::missed_call::episode::Trigger;
use gohighlevel::recipes::missed_call::store::PersonKey;
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{NUMBER, at, contact, location, number};
use crate::missed_call::harness::intake_engine::{desk, missed_call};

/// A call from the business to the caller that reached somebody.
fn call_back() -> Value {
    let mut call = missed_call();
    call["type"] = json!("OutboundMessage");
    call["direction"] = json!("outbound");
    call["messageId"] = json!("call-9");
    call["status"] = json!("completed");
    call["callStatus"] = json!("completed");
    call["from"] = json!("+15550002222");
    call["to"] = json!(NUMBER);
    call
}

#[tokio::test]
async fn a_call_that_is_returned_or_answered_in_time_stops_the_text() {
    for (body, change, reason) in [
        (call_back(), json!({}), "overtaken:returned"),
        (
            missed_call(),
            json!({"messageId": "call-9", "status": "completed", "callStatus": "completed", "callDuration": 60}),
            "overtaken:answered",
        ),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        assert_eq!(desk.event(body, change).await, Acceptance::Accepted);
        let story = desk.story().await;
        let stopped = format!("text not_done {reason}");
        assert_eq!(story, ["call_missed", "happened", &stopped]);
        // Tag and task stay.
        assert_eq!(desk.planned().await, 3);
    }
}

#[tokio::test]
async fn a_call_back_that_reaches_a_voicemail_or_nobody_stops_nothing() {
    for change in [
        json!({"callStatus": "voicemail"}),
        json!({"status": "no-answer", "callStatus": "no-answer"}),
        json!({"status": "pending", "callStatus": "-"}),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        assert_eq!(desk.event(call_back(), change).await, Acceptance::Ignored);
        assert_eq!(desk.story().await, ["call_missed"]);
    }
}

#[tokio::test]
async fn calls_of_people_without_an_episode_are_nobodys_business() {
    let mut desk = desk();
    let taken = desk.event(call_back(), json!({})).await;
    assert_eq!(taken, Acceptance::Ignored);
    assert!(desk.ledger().await.is_empty());
}

#[tokio::test]
async fn a_host_tells_of_a_booking_once() {
    let mut desk = desk();
    desk.call(json!({})).await;
    let person = PersonKey {
        location: location(),
        contact: contact("somebody-else"),
        number: Some(number(NUMBER)),
    };
    let engine = desk.engine.clone();
    let book = async |reference: &str| {
        let booked = engine.record(&person, Trigger::Booked, reference).await;
        booked.unwrap()
    };
    assert_eq!(book("booking-1").await, Acceptance::Accepted);
    assert_eq!(book("booking-1").await, Acceptance::Duplicate);
    assert_eq!(book("booking-2").await, Acceptance::Accepted);
    assert_eq!(
        desk.story().await,
        [
            "call_missed",
            "happened",
            "text not_done overtaken:booked",
            "happened"
        ]
    );
    let told = serde_json::to_value(&desk.ledger().await[1]).unwrap();
    assert_eq!(told["what"], "booked");
    assert_eq!(told["reference"], "booking-1");
    assert_eq!(told["at"], at(60).to_string());
}

#[tokio::test]
async fn an_event_without_an_episode_or_in_another_location_is_ignored() {
    let desk = desk();
    let nobody = PersonKey {
        location: location(),
        contact: contact("rosan"),
        number: None,
    };
    let elsewhere = PersonKey {
        location: "elsewhere".parse().unwrap(),
        ..nobody.clone()
    };
    for person in [&nobody, &elsewhere] {
        let told = desk.engine.record(person, Trigger::Clicked, "link-1");
        assert_eq!(told.await.unwrap(), Acceptance::Ignored);
    }
    assert!(desk.ledger().await.is_empty());
}

#[tokio::test]
async fn a_call_for_help_has_its_own_reason_and_stops_the_text() {
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.text("Can somebody call me back please?", json!({}))
        .await;
    assert_eq!(
        desk.story().await,
        ["call_missed", "replied", "text not_done replied"]
    );
    let told = serde_json::to_value(&desk.ledger().await[1]).unwrap();
    assert_eq!(told["reply"], "help");
}
