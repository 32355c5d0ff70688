//! Listings as streams: page after page to the end, and never for ever.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use gohighlevel::api::calendars::{NotificationQuery, Paging, ResourceType, ScheduleSearch};
use gohighlevel::api::contacts::{ContactList, ContactSearch, ContactsOfBusiness};
use gohighlevel::api::conversations::{ConversationSearch, ExportQuery, MessagesQuery};
use gohighlevel::api::links::LinkSearch;
use gohighlevel::api::locations::LocationSearch;
use gohighlevel::api::opportunities::{
    AdvancedOpportunitySearch, LostReasonSearch, OpportunitySearch,
};
use gohighlevel::api::phone_numbers::NumbersQuery;
use gohighlevel::api::tasks::TaskSearch;
use gohighlevel::api::templates::TemplateQuery;
use gohighlevel::api::users::{UserEmailSearch, UserSearch};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{
    BusinessId, CalendarEventId, CalendarId, CompanyId, ConversationId, UserId,
};

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
    assert_eq!(*error.kind(), ErrorKind::Listing, "{error}");
    assert!(
        error.to_string().starts_with("contacts.search: "),
        "{error}"
    );
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
        // A page may be shorter than asked for: the last value is read again, and then what comes after it.
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
        scene.asked()[2]
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
    let mut stream = pin!(contacts.stream(&search));
    assert!(stream.try_next().await.unwrap().is_some());
    assert_eq!(
        *stream.try_next().await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
    assert!(stream.try_next().await.unwrap().is_none());
}

/// Plays two pages of a listing and gives the ids that came, and the second request with its body.
async fn two_pages<'a, T: 'a, S: Stream<Item = gohighlevel::Result<T>> + 'a>(
    pages: [&str; 2],
    scene: &'a mut Option<Scene>,
    listing: impl FnOnce(&'a Scene) -> S,
) -> (usize, String) {
    let scene = &*scene.insert(Scene::new(pages.map(|page| answer(200, page))));
    let items: Vec<T> = pin!(listing(scene)).try_collect().await.unwrap();
    let asked = scene.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    (items.len(), format!("{} {}", asked[1].line, asked[1].body))
}

macro_rules! two_pages {
    ($first:expr, $second:expr, |$scene:ident| $listing:expr) => {
        two_pages([$first, $second], &mut None, |$scene| $listing).await
    };
}

#[tokio::test]
async fn every_listing_goes_on_where_its_last_page_ended() {
    let company = || CompanyId::new("agency").unwrap();
    let paging = Paging { skip: 0, limit: 1 };
    for ((items, second), expected) in [
        (
            two_pages!(
                r#"{"businesses":[{"id":"a"},{"id":"b"}]}"#,
                r#"{"businesses":[]}"#,
                |s| s.location.businesses().stream()
            ),
            (2, "skip=2"),
        ),
        (
            two_pages!(
                r#"{"contacts":[{"id":"a"}],"count":2}"#,
                r#"{"contacts":[{"id":"b"}],"count":2}"#,
                |s| s.location.contacts().stream_of_business(
                    &BusinessId::new("b1").unwrap(),
                    &ContactsOfBusiness::default()
                )
            ),
            (2, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"contacts":[{"id":"a"}],"meta":{"startAfter":1714032441000,"startAfterId":"a"}}"#,
                r#"{"contacts":[]}"#,
                |s| s.location.contacts().stream_list(&ContactList::default())
            ),
            (1, "startAfter=1714032441000&startAfterId=a"),
        ),
        (
            two_pages!(
                r#"{"messages":[{"id":"a"}],"nextCursor":"c1"}"#,
                r#"{"messages":[{"id":"b"}],"nextCursor":null}"#,
                |s| s
                    .location
                    .conversations()
                    .stream_export(&ExportQuery::default())
            ),
            (2, "cursor=c1"),
        ),
        (
            two_pages!(r#"{"links":[{"id":"a"}]}"#, r#"{"links":[]}"#, |s| s
                .location
                .links()
                .stream(&LinkSearch::default())),
            (1, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"locations":[{"id":"a"}]}"#,
                r#"{"locations":[]}"#,
                |s| s.client.locations().stream(&LocationSearch::default())
            ),
            (1, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"lostReasons":[{"id":"a"}],"total":2}"#,
                r#"{"lostReasons":[{"id":"b"}],"total":2}"#,
                |s| s
                    .location
                    .opportunities()
                    .stream_lost_reasons(&LostReasonSearch::default())
            ),
            (2, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"opportunities":[{"id":"a"}],"meta":{"startAfter":7,"startAfterId":"a"}}"#,
                r#"{"opportunities":[],"meta":{"startAfter":7,"startAfterId":"a"}}"#,
                |s| s
                    .location
                    .opportunities()
                    .stream(&OpportunitySearch::default())
            ),
            (1, "startAfter=7&startAfterId=a"),
        ),
        (
            two_pages!(
                r#"{"opportunities":[{"id":"a","searchAfter":[7,"a"]}]}"#,
                r#"{"opportunities":[]}"#,
                |s| s
                    .location
                    .opportunities()
                    .stream_advanced(&AdvancedOpportunitySearch::default())
            ),
            (1, r#""searchAfter":[7,"a"]"#),
        ),
        (
            two_pages!(
                r#"{"data":{"numbers":[{"phoneNumber":"+13125550100"}],"page":0,"pageSize":1,"total":2}}"#,
                r#"{"data":{"numbers":[{"phoneNumber":"+13125550101"}],"page":1,"pageSize":1,"total":2}}"#,
                |s| s.location.phone_numbers().stream(&NumbersQuery::default())
            ),
            (2, "page=1"),
        ),
        (
            two_pages!(r#"{"tasks":[{"id":"a"}]}"#, r#"{"tasks":[]}"#, |s| s
                .location
                .tasks()
                .stream(&TaskSearch::default())),
            (1, r#""skip":1"#),
        ),
        (
            two_pages!(
                r#"{"templates":[{"id":"a"}],"totalCount":2}"#,
                r#"{"templates":[{"id":"b"}],"totalCount":2}"#,
                |s| s.location.templates().stream(&TemplateQuery::new("loc1"))
            ),
            (2, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"users":[{"id":"a"}],"count":2}"#,
                r#"{"users":[{"id":"b"}],"count":2}"#,
                |s| s
                    .location
                    .users()
                    .stream(&company(), &UserSearch::default())
            ),
            (2, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"users":[{"id":"a"}],"count":2}"#,
                r#"{"users":[{"id":"b"}],"count":2}"#,
                |s| s.client.users().stream(&company(), &UserSearch::default())
            ),
            (2, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"users":[{"id":"a"}],"count":2}"#,
                r#"{"users":[{"id":"b"}],"count":2}"#,
                |s| s
                    .client
                    .users()
                    .stream_by_email(&company(), &UserEmailSearch::default())
            ),
            (2, r#""skip":"1""#),
        ),
        (
            two_pages!(r#"[{"_id":"a"}]"#, "[]", |s| s
                .location
                .calendar_notifications()
                .stream(
                    &CalendarId::new("k1").unwrap(),
                    &NotificationQuery {
                        paging,
                        ..NotificationQuery::default()
                    }
                )),
            (1, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"notes":[{"id":"a"}],"hasMore":true}"#,
                r#"{"notes":[{"id":"b"}],"hasMore":false}"#,
                |s| s
                    .location
                    .appointment_notes()
                    .stream(&CalendarEventId::new("e1").unwrap(), paging)
            ),
            (2, "offset=1"),
        ),
        (
            two_pages!(r#"[{"_id":"a"}]"#, "[]", |s| s
                .location
                .calendar_resources()
                .stream(&ResourceType::Room, paging)),
            (1, "skip=1"),
        ),
        (
            two_pages!(
                r#"{"schedules":[{"id":"a"}]}"#,
                r#"{"schedules":[]}"#,
                |s| s.location.schedules().stream(&ScheduleSearch {
                    user_id: UserId::new("u1").unwrap(),
                    calendar_id: None,
                    paging,
                })
            ),
            (1, "skip=1"),
        ),
    ] {
        assert_eq!(
            (items, true),
            (expected.0, second.contains(expected.1)),
            "{second}"
        );
    }
}

#[tokio::test]
async fn a_listing_that_does_not_know_its_offset_ends_in_an_error() {
    let scene = Scene::new([answer(200, r#"{"links":[{"id":"a"},{"id":"b"}]}"#)]);
    let links = scene.location.links();
    let search = LinkSearch::default();
    let found: Result<Vec<_>, _> = links.stream(&search).try_collect().await;
    let error = found.unwrap_err();
    assert!(
        error.to_string().contains("begins like the one before"),
        "{error}"
    );
    assert_eq!(scene.count(), 2);
}
