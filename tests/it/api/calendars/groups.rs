//! Groups of calendars.

use gohighlevel::api::calendars::CalendarGroupInput;
use gohighlevel::ids::CalendarGroupId;
use serde_json::json;

use super::super::support::{LOCATION, assert_repeated, assert_sent_once, fixture};
use super::asked;

fn group_id() -> CalendarGroupId {
    CalendarGroupId::new("g1").unwrap()
}

fn group() -> CalendarGroupInput {
    CalendarGroupInput {
        name: "group a".into(),
        description: "group description".into(),
        slug: "15-mins".into(),
    }
}

#[tokio::test]
async fn groups() {
    let groups = asked(
        fixture!("calendars/groups"),
        "GET",
        &format!("/calendars/groups?locationId={LOCATION}"),
        None,
        async |location| location.calendar_groups().list().await,
    )
    .await;
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[0].slug.as_deref(), Some("15-mins"));
    assert_eq!((&groups[1].name, groups[1].is_active), (&None, Some(false)));

    let written = json!({"name": "group a", "description": "group description", "slug": "15-mins"});
    let mut created = written.clone();
    created["locationId"] = json!(LOCATION);
    created["isActive"] = json!(false);
    let read = asked(
        fixture!("calendars/group"),
        "POST",
        "/calendars/groups",
        Some(created),
        async |location| {
            location
                .calendar_groups()
                .create(&group(), Some(false))
                .await
        },
    )
    .await;
    assert_eq!(read.name.as_deref(), Some("group a"));
    asked(
        fixture!("calendars/group"),
        "PUT",
        "/calendars/groups/g1",
        Some(written),
        async |location| {
            location
                .calendar_groups()
                .update(&group_id(), &group())
                .await
        },
    )
    .await;
    let available = asked(
        fixture!("calendars/slug_available"),
        "POST",
        "/calendars/groups/validate-slug",
        Some(json!({"locationId": LOCATION, "slug": "15-mins"})),
        async |location| {
            location
                .calendar_groups()
                .is_slug_available("15-mins")
                .await
        },
    )
    .await;
    assert!(available);
    asked(
        fixture!("calendars/success"),
        "PUT",
        "/calendars/groups/g1/status",
        Some(json!({"isActive": false})),
        async |location| {
            location
                .calendar_groups()
                .set_active(&group_id(), false)
                .await
        },
    )
    .await;
    asked(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/groups/g1",
        None,
        async |location| location.calendar_groups().delete(&group_id()).await,
    )
    .await;
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    assert_sent_once(async |location| location.calendar_groups().create(&group(), None).await)
        .await;
    assert_repeated(async |location| location.calendar_groups().is_slug_available("a").await).await;
    assert_repeated(async |location| {
        location
            .calendar_groups()
            .set_active(&group_id(), true)
            .await
    })
    .await;
    assert_repeated(async |location| location.calendar_groups().delete(&group_id()).await).await;
}
