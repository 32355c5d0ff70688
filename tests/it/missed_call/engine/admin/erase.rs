//! Erasure of a person: nothing of theirs remains except that they must not be texted.

use std::path::Path;
use std::sync::Arc;

use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::compliance::{Consent, ConsentKind};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{MemoryStore, PersonKey, SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Erasure, Recipe};
use gohighlevel::testing::{Call, GatePoint};
use http::Method;

use crate::missed_call::harness::world::{LOCATION, World, business, caller, soleil};

fn person(contact: &str) -> PersonKey {
    PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(contact).unwrap(),
        number: Some(caller()),
    }
}

/// Two episodes of a person who has consented and replied, the second one live.
async fn two_episodes(store: Arc<dyn Store>, recipe: Recipe) -> (World, PersonKey) {
    let world = World::with(recipe, store).await;
    let call = world.missed_call().await;
    let person = person(&call.contact_id);
    let consent = Consent {
        given_at: world.clock.now(),
        reference: "form 7".into(),
    };
    let recorded = world
        .engine
        .record_consent(&person, ConsentKind::Written, &consent);
    recorded.await.unwrap();
    world.minutes(6 * 60).await;
    world.missed_call().await;
    world.minutes(5).await;
    (world, person)
}

/// All bytes of the database and its log, as text.
fn bytes(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap();
    let read = |file: std::io::Result<std::fs::DirEntry>| std::fs::read(file.unwrap().path());
    let bytes = files.flat_map(|file| read(file).unwrap());
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

#[tokio::test]
async fn nothing_of_the_person_stays_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("store.db")).unwrap());
    let (world, person) = two_episodes(store, soleil()).await;
    // Somebody else, of whom everything stays.
    let other = world
        .call(&Call::missed(
            LOCATION,
            "+16185550149".parse().unwrap(),
            business(),
        ))
        .await;
    world.minutes(5).await;
    let before = world.ledger().await;
    let erased = world.engine.erase(&person).await.unwrap();
    assert_eq!(erased, Erasure::Done(2));
    let again = world.engine.erase(&person).await.unwrap();
    assert_eq!(again, Erasure::Done(0));

    let ledger = world.ledger().await;
    let told = serde_json::to_string(&ledger).unwrap();
    for words in ["3125550142", "form 7", person.contact.as_str()] {
        assert!(!told.contains(words), "{words} in {told}");
    }
    assert!(told.contains("6185550149") && told.contains(&other.contact_id));
    // The history is there, in its order, and tells that it was cut short.
    let kinds = |entries: &[gohighlevel::recipes::missed_call::ledger::Entry]| {
        let names = entries.iter().map(|entry| entry.kind.name());
        names.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&ledger)[..before.len()], kinds(&before));
    assert_eq!(kinds(&ledger)[before.len()..], ["ended", "closed"]);
}

#[tokio::test]
async fn the_database_forgets_what_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let store = Arc::new(SqliteStore::open(&file).unwrap());
    let (world, person) = two_episodes(store, soleil()).await;
    let held = bytes(folder.path());
    // The number, the text, the consent, the contact.
    let theirs = [
        "3125550142",
        ", Soleil here.",
        "form 7",
        person.contact.as_str(),
    ];
    for words in theirs {
        assert!(held.contains(words), "{words}");
    }
    world.engine.erase(&person).await.unwrap();
    let held = bytes(folder.path());
    for words in theirs {
        assert!(!held.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_consent_without_any_call_is_forgotten_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("store.db")).unwrap());
    let world = World::with(soleil(), store).await;
    let person = person("contact0");
    let consent = Consent {
        given_at: world.clock.now(),
        reference: "form 7 of Ana".into(),
    };
    let written = ConsentKind::Written;
    let recorded = world.engine.record_consent(&person, written, &consent);
    recorded.await.unwrap();
    assert!(bytes(folder.path()).contains("form 7 of Ana"));
    assert_eq!(world.engine.erase(&person).await.unwrap(), Erasure::Done(0));
    assert!(!bytes(folder.path()).contains("form 7 of Ana"));
    assert_eq!(world.history().await, ["consented"]);
}

#[tokio::test]
async fn a_contact_that_was_merged_into_the_persons_is_forgotten_too() {
    let toml = soleil()
        .source()
        .replace("after = \"PT0S\"", "after = \"PT5M\"");
    let recipe = Recipe::from_toml("later.toml", &toml).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path().join("store.db")).unwrap());
    let world = World::with(recipe, store).await;
    let call = world.missed_call().await;
    let gone = ContactId::new(call.contact_id.as_str()).unwrap();
    // Nobody tells of the merge: the text finds out.
    world.ghl.hold_webhooks(true);
    let location = world.location();
    location.contacts().delete(&gone).await.unwrap();
    let new = world.writes(caller(), "hello").await.contact_id;
    world.ghl.hold_webhooks(false);
    world.minutes(10).await;
    assert_eq!(
        world.texts(&new).await.len(),
        1,
        "{:?}",
        world.history().await
    );
    assert!(bytes(folder.path()).contains(gone.as_str()));
    assert_eq!(
        world.engine.erase(&person(&new)).await.unwrap(),
        Erasure::Done(1)
    );
    let held = bytes(folder.path());
    for theirs in [gone.as_str(), &new] {
        assert!(!held.contains(theirs), "{theirs}");
    }
}

#[tokio::test]
async fn an_opt_out_outlives_its_person() {
    let (world, person) = two_episodes(Arc::new(MemoryStore::new()), soleil()).await;
    world.writes(caller(), "STOP").await;
    world.minutes(5).await;
    let texts = world.texts(person.contact.as_str()).await.len();
    assert_eq!(world.engine.erase(&person).await.unwrap(), Erasure::Done(2));
    world.minutes(24 * 60).await;
    world.missed_call().await;
    world.minutes(30).await;
    assert_eq!(world.texts(person.contact.as_str()).await.len(), texts);
    let history = world.history().await;
    assert!(
        history.contains(&"not_done text suppressed".to_owned()),
        "{history:?}"
    );
}

#[tokio::test]
async fn what_waits_is_not_done_any_more() {
    let toml = soleil()
        .source()
        .replace("after = \"PT0S\"", "after = \"PT5M\"");
    let recipe = Recipe::from_toml("later.toml", &toml).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    let erased = world.engine.erase(&person(&call.contact_id)).await.unwrap();
    assert_eq!(erased, Erasure::Done(1));
    world.minutes(60).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    assert!(world.tasks(&call.contact_id).await.is_empty());
    // A later call of theirs is one of a stranger.
    world.missed_call().await;
    world.minutes(60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn what_is_under_way_comes_to_its_end_first() {
    let world = World::new().await;
    let call = world.missed_call().await;
    let mut gate = world
        .ghl
        .gate(
            Method::POST,
            "/conversations/messages",
            GatePoint::BeforeAnswer,
        )
        .unwrap();
    let meanwhile = async {
        let held = gate.arrived().await.unwrap();
        let erased = world.engine.erase(&person(&call.contact_id)).await.unwrap();
        assert_eq!(erased, Erasure::UnderWay);
        held.release();
    };
    tokio::join!(world.minutes(5), meanwhile);
    let texted =
        |kind: &EntryKind| matches!(kind, EntryKind::Done { step, .. } if step.as_str() == "text");
    let ledger = world.ledger().await;
    assert!(
        ledger.iter().any(|entry| texted(&entry.kind)),
        "{:?}",
        world.history().await
    );
    let erased = world.engine.erase(&person(&call.contact_id)).await.unwrap();
    assert_eq!(erased, Erasure::Done(1));
    let told = serde_json::to_string(&world.ledger().await).unwrap();
    assert!(!told.contains("3125550142"));
}
