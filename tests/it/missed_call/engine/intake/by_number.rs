//! What a host reports of a person whose contact it does not know.

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::episode::{Reason, Trigger};
use gohighlevel::recipes::missed_call::store::{PersonKey, Subject};
use gohighlevel::recipes::missed_call::{Acceptance, Erasure};
use gohighlevel::testing::Call;

use crate::missed_call::harness::world::{LOCATION, World, business, caller};

fn person(number: PhoneNumber) -> PersonKey {
    PersonKey::of_number(LocationId::new(LOCATION).unwrap(), number)
}

#[tokio::test]
async fn a_person_is_found_by_the_number_alone() {
    let world = World::new().await;
    world.missed_call().await;
    let theirs = person(caller());
    let booked = world.engine.record_booking(&theirs, "booking 1").await;
    assert_eq!(booked.unwrap(), Acceptance::Accepted);
    let history = world.history().await;
    assert!(history.contains(&"happened".to_owned()), "{history:?}");
    world.minutes(10).await;
    let erased = world.engine.erase(&theirs).await.unwrap();
    assert_eq!(erased, Erasure::Done(1));
}

#[tokio::test]
async fn an_opt_out_by_number_is_of_that_number_alone() {
    let world = World::new().await;
    let call = Call::from_somebody(LOCATION, business());
    let theirs = person(call.from.clone());
    let opted_out = world.engine.record(&theirs, Trigger::OptedOut, "letter 1");
    opted_out.await.unwrap();
    let call = world.call(&call).await;
    let other = world.call(&Call::from_somebody(LOCATION, business())).await;
    world.minutes(1).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    assert_eq!(world.texts(&other.contact_id).await.len(), 1);
    let of_another = Subject::contact(&person(caller()).contact);
    let subjects = [of_another];
    let kept = world.store.suppressions(&theirs.location, &subjects).await;
    assert_eq!(kept.unwrap(), []);
    let known = Subject::number(theirs.number.as_ref().unwrap());
    let kept = world.store.suppressions(&theirs.location, &[known]).await;
    assert_eq!(kept.unwrap()[0].reason, Reason::OptedOut);
}
