//! Where listings go on, from what their pages say, and what is said where they cannot.

use futures_util::TryStreamExt;
use gohighlevel::api::contacts::{ContactList, ContactSearch};
use gohighlevel::api::conversations::{ConversationSearch, ConversationSort, ExportQuery};
use gohighlevel::api::opportunities::OpportunitySearch;
use gohighlevel::error::ErrorKind;

use super::scripted::{Scene, answer};
use crate::api::support::fixture;

#[tokio::test]
async fn conversations_go_on_after_what_they_are_sorted_by() {
    let rest = r#"{"conversations":[{"id":"a","sort":[1778210000000]},{"id":"b","sort":[1778200000000]}],"total":4}"#;
    let scene = Scene::new([
        answer(200, fixture!("conversations/search_by_person")),
        answer(200, rest),
        answer(200, r#"{"conversations":[],"total":4}"#),
    ]);
    let search = ConversationSearch {
        sort_by: Some(ConversationSort::LastManualMessage),
        limit: Some(2),
        ..ConversationSearch::default()
    };
    let conversations = scene.location.conversations();
    let found: Vec<_> = conversations.stream(&search).try_collect().await.unwrap();
    assert_eq!(found.len(), 4);
    // The page before ended with 1778220000000: it is asked for again, with a page that is one longer.
    let second = &scene.asked()[1].line;
    assert!(
        second.contains("startAfterDate=1778230000000&limit=3"),
        "{second}"
    );
}

#[tokio::test]
async fn opportunities_go_on_by_whatever_says_how() {
    let last = |ids: &str| format!(r#"{{"opportunities":[{ids}],"meta":{{"total":5}}}}"#);
    for (first, expected) in [
        (
            fixture!("opportunities/search_by_number"),
            "&limit=2&page=2",
        ),
        (
            fixture!("opportunities/search_by_address"),
            "&startAfter=1625203104328&startAfterId=yWQobCRIhRguQtD2llvl",
        ),
        (
            r#"{"opportunities":[{"id":"a"},{"id":"b","sort":[7,"b"]}],"meta":{"total":5}}"#,
            "&startAfter=7&startAfterId=b",
        ),
        (
            r#"{"opportunities":[{"id":"a"},{"id":"b"}]}"#,
            "&limit=2&page=2",
        ),
    ] {
        let rest = last(r#"{"id":"x"},{"id":"y"},{"id":"z"}"#);
        let end = last("");
        let scene = Scene::new([answer(200, first), answer(200, &rest), answer(200, &end)]);
        let search = OpportunitySearch {
            limit: Some(2),
            ..OpportunitySearch::default()
        };
        let opportunities = scene.location.opportunities();
        let found: Vec<_> = opportunities.stream(&search).try_collect().await.unwrap();
        assert_eq!(found.len(), 5, "{first}");
        let second = &scene.asked()[1].line;
        assert!(second.contains(expected), "{second}");
    }
}

#[tokio::test]
async fn the_list_of_contacts_goes_on_by_the_address_of_the_next_page() {
    let scene = Scene::new([
        answer(200, fixture!("contacts/list_by_address")),
        answer(200, r#"{"contacts":[{"id":"last"}],"meta":{"total":3}}"#),
    ]);
    let contacts = scene.location.contacts();
    let list = ContactList {
        limit: Some(2),
        ..ContactList::default()
    };
    let found: Vec<_> = contacts.stream_list(&list).try_collect().await.unwrap();
    assert_eq!(found.len(), 3);
    let second = &scene.asked()[1].line;
    let expected = "startAfter=1603963890255&startAfterId=seD4PfOuKoVMLkEZqohK";
    assert!(second.contains(expected), "{second}");
}

#[tokio::test]
async fn contacts_go_on_by_the_number_of_the_page_where_they_have_no_cursor() {
    let scene = Scene::new([
        answer(200, r#"{"contacts":[{"id":"a"},{"id":"b"}],"total":3}"#),
        answer(200, r#"{"contacts":[{"id":"c"}],"total":3}"#),
        answer(200, r#"{"contacts":[],"total":3}"#),
    ]);
    let search = ContactSearch {
        page_limit: 2,
        ..ContactSearch::default()
    };
    let contacts = scene.location.contacts();
    let found: Vec<_> = contacts.stream(&search).try_collect().await.unwrap();
    assert_eq!(found.len(), 3);
    assert!(scene.asked()[1].body.contains(r#""page":2"#));
}

#[tokio::test]
async fn a_listing_that_announces_more_than_it_gives_says_so() {
    for body in [
        r#"{"messages":[{"id":"a"},{"id":"b"}],"total":5}"#,
        r#"{"messages":[{"id":"a"},{"id":"b"}],"nextCursor":null,"total":5}"#,
        r#"{"messages":[{"id":"a"},{"id":"b"}]}"#,
        r#"{"messages":[],"total":5}"#,
    ] {
        let scene = Scene::new([answer(200, body)]);
        let query = ExportQuery {
            limit: Some(2),
            ..ExportQuery::default()
        };
        let conversations = scene.location.conversations();
        let found: Result<Vec<_>, _> = conversations.stream_export(&query).try_collect().await;
        let error = found.expect_err(body);
        assert_eq!(*error.kind(), ErrorKind::Listing, "{body}");
        assert_eq!(error.kind().code(), "listing");
        assert!(!error.is_retryable());
        let shown = error.to_string();
        assert!(shown.starts_with("conversations.export: "), "{shown}");
        assert!(shown.contains("not all"), "{shown}");
        assert_eq!(scene.count(), 1);
    }
}

#[tokio::test]
async fn what_is_no_list_is_not_the_end() {
    for body in [
        r#"["no","such","page"]"#,
        r#"{"contacts":["a","b"]}"#,
        r#"{"contacts":"none"}"#,
        r#"{"contacts":{"0":{"id":"a"}}}"#,
        r#"{"total":3}"#,
        "[]",
        "null",
    ] {
        let scene = Scene::new([answer(200, body)]);
        let search = ContactSearch::default();
        let contacts = scene.location.contacts();
        let found: Result<Vec<_>, _> = contacts.stream(&search).try_collect().await;
        let error = found.expect_err(body);
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{body}: {error}"
        );
    }
}
