//! The exact look-up of contacts, which stands in HighLevel's live documentation alone.

use futures_util::TryStreamExt;
use gohighlevel::api::contacts::ContactLookup;

use super::support::{
    CONTACT, LOCATION, Server, V3, asks_in_both, assert_prints_no_personal_data, assert_repeated,
    fixture, phone,
};

#[tokio::test]
async fn by_phone() {
    let lookup = ContactLookup::phone(phone());
    let target = format!("/contacts/lookup?locationId={LOCATION}&phone=%2B18887324197&limit=20");
    let answer = fixture!("contacts/lookup");
    let page = asks_in_both(V3, answer, ("GET", &target, None), async |server| {
        server.location.contacts().lookup(&lookup).await
    })
    .await;
    assert_eq!(page.contacts.len(), 2);
    assert_eq!(page.contacts[0].id.as_str(), CONTACT);
    assert_eq!(page.contacts[0].phone, Some(phone()));
    assert!(page.next().is_some());
    assert_prints_no_personal_data(&(page, lookup));
}

#[tokio::test]
async fn by_email_from_a_cursor() {
    let server = Server::answering(200, fixture!("contacts/lookup")).await;
    let first = ContactLookup::phone(phone());
    let page = server.location.contacts().lookup(&first).await.unwrap();
    let lookup = ContactLookup {
        after: page.next().cloned(),
        limit: 5,
        ..ContactLookup::email("rosan@example.com")
    };
    let target = format!(
        "/contacts/lookup?locationId={LOCATION}&email=rosan%40example.com&limit=5\
         &nextCursor=eyJkYXRlQWRkZWQiOjE3MDAwMDAwMDAwMDAsImlkIjoiYy1sYXN0In0%3D"
    );
    let answer = fixture!("contacts/lookup_none");
    let page = asks_in_both(V3, answer, ("GET", &target, None), async |server| {
        server.location.contacts().lookup(&lookup).await
    })
    .await;
    assert_eq!((page.contacts.len(), page.next()), (0, None));
}

#[tokio::test]
async fn all_pages() {
    let (first, none) = (
        fixture!("contacts/lookup"),
        fixture!("contacts/lookup_none"),
    );
    let server = Server::answering_in_turn(&[first, none]).await;
    let lookup = ContactLookup {
        limit: 2,
        ..ContactLookup::phone(phone())
    };
    let found = server.location.contacts().stream_lookup(&lookup);
    let ids: Vec<_> = found
        .map_ok(|contact| contact.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!((ids.len(), server.count().await), (2, 2));
    assert_repeated(async |location| location.contacts().lookup(&lookup).await).await;
}
