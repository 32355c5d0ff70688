//! Listings as streams: page after page to the end, and never for ever.

use futures_util::TryStreamExt;
use gohighlevel::api::contacts::ContactSearch;
use gohighlevel::api::conversations::{ConversationSearch, MessagesQuery};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::ConversationId;

use super::scripted::{Scene, answer};

#[tokio::test]
async fn contacts_are_streamed_by_their_cursor() {
    let scene = Scene::new([
        answer(
            200,
            r#"{"contacts":[{"id":"a"},{"id":"b","searchAfter":[1,"b"]}],"total":3}"#,
        ),
        answer(
            200,
            r#"{"contacts":[{"id":"c","searchAfter":[2,"c"]}],"total":3}"#,
        ),
        answer(200, r#"{"contacts":[],"total":3}"#),
    ]);
    let search = ContactSearch::default();
    let found: Vec<_> = scene
        .location
        .contacts()
        .stream(&search)
        .map_ok(|contact| contact.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found, ["a", "b", "c"]);
    assert_eq!(scene.count(), 3);
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_in_an_error() {
    let same = r#"{"contacts":[{"id":"a","searchAfter":[1,"a"]}],"total":3}"#;
    let scene = Scene::new([answer(200, same)]);
    let search = ContactSearch::default();
    let contacts = scene.location.contacts();
    let found: Result<Vec<_>, _> = contacts.stream(&search).try_collect().await;
    let error = found.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    assert_eq!(scene.count(), 2);
}

#[tokio::test]
async fn messages_and_conversations_are_streamed() {
    let scene = Scene::new([
        answer(
            200,
            r#"{"messages":{"lastMessageId":"m2","nextPage":true,"messages":[{"id":"m1"},{"id":"m2"}]}}"#,
        ),
        answer(
            200,
            r#"{"messages":{"lastMessageId":"m3","nextPage":false,"messages":[{"id":"m3"}]}}"#,
        ),
    ]);
    let thread = ConversationId::new("c1").unwrap();
    let found: Vec<_> = scene
        .location
        .conversations()
        .stream_messages(&thread, &MessagesQuery::default())
        .map_ok(|message| message.id.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found, ["m1", "m2", "m3"]);
    let asked = scene.asked();
    assert!(
        asked[1]
            .line
            .ends_with("/conversations/c1/messages?lastMessageId=m2"),
        "{}",
        asked[1].line
    );

    let scene = Scene::new([
        answer(
            200,
            r#"{"conversations":[{"id":"c1","lastMessageDate":1714032441000}]}"#,
        ),
        answer(200, r#"{"conversations":[]}"#),
    ]);
    let found: Vec<_> = scene
        .location
        .conversations()
        .stream(&ConversationSearch::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(
        scene.asked()[1]
            .line
            .contains("startAfterDate=1714032441000")
    );
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_stream_with_it() {
    let scene = Scene::new([
        answer(200, r#"{"contacts":[{"id":"a","searchAfter":[1,"a"]}]}"#),
        answer(403, "{}"),
    ]);
    let search = ContactSearch::default();
    let contacts = scene.location.contacts();
    let mut stream = std::pin::pin!(contacts.stream(&search));
    assert!(stream.try_next().await.unwrap().is_some());
    assert_eq!(
        *stream.try_next().await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    assert!(stream.try_next().await.unwrap().is_none());
}
