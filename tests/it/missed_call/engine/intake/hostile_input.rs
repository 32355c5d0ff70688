//! Text of strangers, however long or odd, keeps no other work from being done.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::copy::{
    MergeValues, MessageCopy, SenderKind, Template, render,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::reply::classify;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, Fault, ManualClock};
use gohighlevel::webhooks::Delivery;
use http::Method;
use serde_json::json;

use crate::logged::logged;
use crate::missed_call::harness::scripted_highlevel::{self, Scripted, start, well};
use crate::missed_call::harness::world::{LOCATION, World, business, caller, soleil};

const KIND: [&str; 14] = [
    "ok ",
    "ok. ok ",
    "please now ",
    "thanks ",
    "stop it not ",
    "remove me ",
    "a",
    "👍",
    "\u{200b}",
    "e\u{301}",
    "&",
    "<",
    "{{",
    "\n",
];

fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

fn of_a_megabyte(unit: &str) -> String {
    unit.repeat(1_000_000 / unit.len())
}

#[test]
fn a_no_at_either_end_of_a_megabyte_of_anything_is_seen() {
    for unit in KIND {
        let long = of_a_megabyte(unit);
        // What touches a word is a part of it.
        let apart = if unit == "a" { " " } else { "\n" };
        for text in [
            format!("Please stop texting me.{apart}{long}"),
            format!("{long}{apart}Please stop texting me."),
        ] {
            assert!(classify(&text).opt_out().is_some(), "{unit:?}");
        }
    }
}

#[tokio::test]
async fn a_call_is_answered_whatever_is_recorded_beside_it() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    // A page of these is larger than any answer that is read.
    for unit in KIND.iter().cycle().take(14) {
        world
            .writes(caller(), &format!("{}x", of_a_megabyte(unit)))
            .await;
    }
    world.clock.advance(Duration::from_secs(20));
    let other: PhoneNumber = "+16185550149".parse().unwrap();
    let lost = world.call(&Call::missed(LOCATION, other, business())).await;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    let (swept, log) = logged(world.engine.sweep(&location())).await;
    assert_eq!(swept.unwrap().found, 1);
    assert!(log.contains("is passed over"), "{log}");
    world.minutes(5).await;
    assert_eq!(world.texts(&lost.contact_id).await.len(), 1);
    // The next sweep goes on from there.
    let swept = world.engine.sweep(&location()).await.unwrap();
    assert_eq!((swept.seen, swept.found), (0, 0));
}

#[tokio::test]
async fn a_long_text_among_others_is_read_by_a_sweep_and_ends_texts() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    let contact = world.missed_call().await.contact_id;
    let text = format!("{}\nSTOP", of_a_megabyte("ok "));
    world.writes(caller(), &text).await;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    assert_eq!(world.engine.sweep(&location()).await.unwrap().found, 2);
    world.minutes(10).await;
    world.assert_not_texted(&contact, "suppressed").await;
}

#[tokio::test]
async fn a_contact_that_highlevel_refuses_to_show_ends_no_sweep() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    let contact = world.missed_call().await.contact_id;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    let path = format!("/contacts/{contact}");
    let refused = Fault::Status(http::StatusCode::BAD_REQUEST);
    world.ghl.fault(Method::GET, &path, refused, 1).unwrap();
    assert_eq!(world.engine.sweep(&location()).await.unwrap().found, 1);
    world.minutes(2).await;
    assert_eq!(world.engine.sweep(&location()).await.unwrap().seen, 0);
}

#[tokio::test]
async fn a_sweep_that_can_read_nothing_says_so_and_does_not_ask_for_ever() {
    let ghl = Scripted::new(|method, path| match path.rsplit('/').next() {
        Some("export") => scripted_highlevel::Answer::Json(200, json!(["no", "such", "page"])),
        _ => well(method, path),
    });
    let clock = ManualClock::new(start());
    let client = ghl.client(Arc::new(clock.clone()));
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(Arc::new(clock))
        .location(client.location(location()), soleil())
        .build();
    assert!(engine.sweep(&location()).await.is_err());
    let asked = ghl.count("GET /conversations/messages/export");
    assert!((2..100).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_status_that_nobody_knows_is_written_down_as_a_word() {
    let clock = ManualClock::new(start());
    let client = Scripted::new(well).client(Arc::new(clock.clone()));
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(Arc::new(clock))
        .location(client.location(location()), soleil())
        .build();
    let body = json!({
        "type": "InboundMessage", "locationId": LOCATION, "contactId": "c1", "messageId": "m1", "messageType": "CALL",
        "direction": "inbound", "callStatus": of_a_megabyte("odd "), "timestamp": start().to_string(),
    });
    let delivery = Delivery::read(body.to_string().into_bytes(), start()).unwrap();
    engine.accept(&delivery).await.unwrap();
    let query = gohighlevel::recipes::missed_call::store::LedgerQuery::of_location(location());
    let ledger = engine.store().ledger(&query).await.unwrap();
    assert!(
        ledger.iter().any(|entry| matches!(
            &entry.kind,
            EntryKind::CallUnclear { status, .. } if status.starts_with("odd odd") && status.len() <= 64
        )),
        "{ledger:?}"
    );
}

#[test]
fn a_value_longer_than_any_text_is_refused_and_a_name_is_left_out() {
    let copy = |body: &str| MessageCopy::new("copy", Template::parse(body).unwrap());
    for unit in KIND {
        let long = of_a_megabyte(unit);
        let mut values = MergeValues {
            first_name: Some(long.as_str().into()),
            ..MergeValues::default()
        };
        let text = render(
            &copy("Hi {{ contact.first_name }}"),
            &values,
            SenderKind::LongCode,
        );
        assert_eq!(*text.unwrap().body, "Hi there Reply STOP to opt out.");
        values.custom_values.insert("note".into(), long);
        for body in [
            "See {{ custom_values.note }}",
            "See {% if custom_values.note %}{{ custom_values.note }}{% endif %} you",
        ] {
            let error = render(&copy(body), &values, SenderKind::LongCode).unwrap_err();
            assert_eq!(error.code(), "too_long", "{unit:?}");
        }
    }
}
