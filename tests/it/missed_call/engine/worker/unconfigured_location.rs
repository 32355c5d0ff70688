//! Effects of a location that is no longer configured, or whose app was removed.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{
    LedgerQuery, MemoryStore, PersonKey, Store, Subject,
};
use gohighlevel::recipes::missed_call::{Engine, Erasure};
use gohighlevel::testing::ManualClock;
use serde_json::json;

use crate::missed_call::harness::builders::the_text;
use crate::missed_call::harness::scripted_highlevel::{
    Answer, LOCATION, Scripted, delivery, engine, missed_call, outcome, recipe, start, well,
};

/// HighLevel never says what became of a text.
fn without_answers() -> (Scripted, ManualClock, Arc<dyn Store>, Engine) {
    let ghl = Scripted::new(|method, path| match (method, path) {
        ("POST", "/conversations/messages") => Answer::Json(500, json!({})),
        _ => well(method, path),
    });
    let clock = ManualClock::new(start());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let known = Arc::clone(&store);
    let engine = engine(&ghl, Arc::clone(&shared), shared, known, recipe("PT0S"));
    (ghl, clock, store, engine)
}

#[tokio::test]
async fn effects_of_a_location_that_is_configured_no_more_come_to_an_end() {
    let (ghl, clock, store, before) = without_answers();
    // Of one the text may be with HighLevel, of the other nothing is begun.
    before.accept(&missed_call(1, start())).await.unwrap();
    before.step().await.unwrap();
    before.accept(&missed_call(2, start())).await.unwrap();
    let asked = ghl.asked.lock().unwrap().len();
    let after = Engine::builder(Arc::clone(&store));
    let after = after.clock(Arc::new(clock.clone())).build();
    let mut last = None;
    for _ in 0..26 * 60 {
        last = after.next_due().await.unwrap();
        clock.advance(Duration::from_secs(60));
        after.step().await.unwrap();
    }
    assert_eq!(ghl.asked.lock().unwrap().len(), asked);
    let entries = store.ledger(&LedgerQuery::default()).await.unwrap();
    let ends = entries.into_iter().filter_map(|entry| match entry.kind {
        EntryKind::NotDone { step, reason } => Some(format!("{step} {reason}")),
        _ => None,
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort();
    assert_eq!(
        ends,
        [
            "tag failed:not_configured",
            "task failed:not_configured",
            "text failed:outcome_unknown",
            "text stale",
        ]
    );
    assert_eq!(last, None);
    let person = |number| PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(format!("contact{number}")).unwrap(),
        number: None,
    };
    for number in [1, 2] {
        let erased = after.erase(&person(number)).await.unwrap();
        assert_eq!(erased, Erasure::Done(1));
    }
}

#[tokio::test]
async fn a_text_that_may_have_been_sent_counts_after_the_app_is_removed() {
    let (_, clock, store, engine) = without_answers();
    engine.accept(&missed_call(1, start())).await.unwrap();
    engine.step().await.unwrap();
    let removal = json!({"type": "UNINSTALL", "locationId": LOCATION, "webhookId": "w2"});
    let removal = delivery(removal, start());
    engine.accept(&removal).await.unwrap();
    clock.advance(Duration::from_secs(60));
    while engine.step().await.unwrap() > 0 {}
    let reason = outcome(&engine, the_text()).await;
    assert_eq!(reason.as_deref(), Some("failed:outcome_unknown"));
    let contact = Subject::contact(&ContactId::new("contact1").unwrap());
    let location = LocationId::new(LOCATION).unwrap();
    let known = store.texting_record(&location, &[contact], start()).await;
    assert_eq!(known.unwrap().sent.len(), 1);
}
