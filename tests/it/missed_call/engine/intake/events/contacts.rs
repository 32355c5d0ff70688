//! Contacts that are deleted, or merged into others.

use std::time::Duration;

use gohighlevel::api::contacts::NewContact;
use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::Subject;
use gohighlevel::testing::FakeGhl;

use super::world;
use crate::missed_call::harness::world::{World, caller};

async fn delete(world: &World, contact: &str) {
    let contact = ContactId::new(contact).unwrap();
    world.location().contacts().delete(&contact).await.unwrap();
}

fn writes(ghl: &FakeGhl) -> usize {
    let requests = ghl.requests();
    let writes = requests.iter().filter(|seen| seen.method != "GET");
    writes.count()
}

#[tokio::test]
async fn nothing_more_is_written_for_a_contact_that_was_deleted() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    delete(&world, &call.contact_id).await;
    world.ghl.deliveries_settled().await;
    let before = writes(&world.ghl);
    world.minutes(48 * 60).await;
    assert_eq!(writes(&world.ghl), before);
    assert_eq!(
        world.history().await,
        [
            "call_missed",
            "done task",
            "ended",
            "not_done next_day contact_gone",
            "not_done text contact_gone",
            "closed",
        ]
    );
}

#[tokio::test]
async fn the_opt_out_of_a_contact_that_was_deleted_stays() {
    let world = world().await;
    let call = world.missed_call().await;
    world.writes(caller(), "STOP").await;
    delete(&world, &call.contact_id).await;
    world.ghl.deliveries_settled().await;
    let location = world.location().id().clone();
    let subject = [Subject::number(&caller())];
    let kept = world.store.suppressions(&location, &subject).await.unwrap();
    assert!(!kept.is_empty());
    // The next call comes from a new contact with the same number.
    let again = world.missed_call().await;
    assert_ne!(again.contact_id, call.contact_id);
    world.minutes(48 * 60).await;
    world
        .assert_not_texted(&again.contact_id, "suppressed")
        .await;
}

#[tokio::test]
async fn the_episode_goes_on_with_the_contact_that_another_was_merged_into() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    // HighLevel says nothing, or it is lost.
    world
        .ghl
        .set_webhook_url("http://127.0.0.1:9/lost")
        .unwrap();
    delete(&world, &call.contact_id).await;
    let survivor = NewContact {
        phone: Some(caller()),
        first_name: Some("Rosan".to_owned().into()),
        ..NewContact::default()
    };
    let survivor = world.location().contacts().create(&survivor).await.unwrap();
    world.pass(Duration::from_secs(48 * 3_600)).await;
    let texts = world.texts(survivor.id.as_str()).await;
    assert_eq!(texts.len(), 2, "{:?}", world.history().await);
    let followed: Vec<_> = world
        .ledger()
        .await
        .into_iter()
        .filter_map(|entry| match entry.kind {
            EntryKind::ContactFollowed { from, to } => Some((from.to_string(), to)),
            _ => None,
        })
        .collect();
    assert_eq!(followed, [(call.contact_id, survivor.id)]);
}

#[tokio::test]
async fn without_another_contact_the_text_ends() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world
        .ghl
        .set_webhook_url("http://127.0.0.1:9/lost")
        .unwrap();
    delete(&world, &call.contact_id).await;
    world.pass(Duration::from_secs(60 * 60)).await;
    let history = world.history().await;
    assert!(
        history.contains(&"not_done text contact_gone".to_owned()),
        "{history:?}"
    );
}
