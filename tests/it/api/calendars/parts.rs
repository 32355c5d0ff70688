//! Resources and notifications.

use gohighlevel::api::calendars::{
    CalendarNotificationUpdate, CalendarResourceUpdate, NewCalendarNotification,
    NewCalendarResource, NotificationChannel, NotificationContent, NotificationOffset,
    NotificationQuery, NotificationReceiver, NotificationType, Paging, ResourceType, TimeUnit,
};
use gohighlevel::ids::{CalendarId, CalendarNotificationId, CalendarResourceId};
use serde_json::json;

use super::super::support::{
    LOCATION, assert_prints_no_personal_data, assert_repeated, assert_sent_once, fixture, phone,
    text,
};
use super::{CALENDAR, asked};

fn calendar() -> CalendarId {
    CalendarId::new(CALENDAR).unwrap()
}

fn resource() -> NewCalendarResource {
    NewCalendarResource {
        name: "yoga room".into(),
        description: "with mats".into(),
        quantity: 0,
        out_of_service: 0,
        capacity: 85,
        calendar_ids: vec![calendar()],
    }
}

fn notification() -> NewCalendarNotification {
    NewCalendarNotification {
        receiver_type: NotificationReceiver::PhoneNumbers,
        channel: NotificationChannel::Sms,
        notification_type: NotificationType::FollowUp,
        content: NotificationContent {
            body: Some("Sorry, Rosan".into()),
            after_time: Some(vec![NotificationOffset {
                time_offset: Some(1),
                unit: Some(TimeUnit::Days),
            }]),
            additional_email_ids: Some(vec!["rosan@example.com".into()]),
            additional_phone_numbers: Some(vec![phone()]),
            from_name: Some("Sanjay".into()),
            ..NotificationContent::default()
        },
    }
}

#[tokio::test]
async fn resources() {
    let (kind, id) = (ResourceType::Room, CalendarResourceId::new("r1").unwrap());
    let paging = Paging { skip: 4, limit: 2 };
    let page = asked(
        fixture!("calendars/resources"),
        "GET",
        &format!("/calendars/resources/rooms?locationId={LOCATION}&limit=2&skip=4"),
        None,
        async |location| location.calendar_resources().list(&kind, paging).await,
    )
    .await;
    assert_eq!(page.next(), Some(Paging { skip: 6, limit: 2 }));
    assert_eq!(
        page.items[0].id().unwrap().as_str(),
        "65e5f6dfacf123513228d384"
    );
    assert_eq!(page.items[0].calendar_ids.len(), 2);
    assert_eq!(page.items[1].id().unwrap().as_str(), "2");
    assert_eq!(page.items[1].capacity, Some(12));

    let read = asked(
        fixture!("calendars/resource"),
        "GET",
        "/calendars/resources/rooms/r1",
        None,
        async |location| location.calendar_resources().get(&kind, &id).await,
    )
    .await;
    assert_eq!(read.resource_type, Some(ResourceType::Room));
    asked(
        fixture!("calendars/resource"),
        "POST",
        "/calendars/resources/equipments",
        Some(json!({
            "locationId": LOCATION,
            "name": "yoga room",
            "description": "with mats",
            "quantity": 0,
            "outOfService": 0,
            "capacity": 85,
            "calendarIds": [CALENDAR],
        })),
        async |location| {
            let resources = location.calendar_resources();
            resources
                .create(&ResourceType::Equipment, &resource())
                .await
        },
    )
    .await;
    let update = CalendarResourceUpdate {
        capacity: Some(12),
        calendar_ids: Some(vec![]),
        ..CalendarResourceUpdate::default()
    };
    asked(
        fixture!("calendars/resource"),
        "PUT",
        "/calendars/resources/rooms/r1",
        Some(json!({"locationId": LOCATION, "capacity": 12, "calendarIds": []})),
        async |location| {
            location
                .calendar_resources()
                .update(&kind, &id, &update)
                .await
        },
    )
    .await;
    asked(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/resources/rooms/r1",
        None,
        async |location| location.calendar_resources().delete(&kind, &id).await,
    )
    .await;
}

#[tokio::test]
async fn notifications() {
    let id = CalendarNotificationId::new("not1").unwrap();
    let target = format!("/calendars/{CALENDAR}/notifications");
    let query = NotificationQuery {
        is_active: Some(true),
        ..NotificationQuery::default()
    };
    let page = asked(
        fixture!("calendars/notifications"),
        "GET",
        &format!("{target}?isActive=true&limit=20&skip=0"),
        None,
        async |location| {
            location
                .calendar_notifications()
                .list(&calendar(), &query)
                .await
        },
    )
    .await;
    assert_eq!(page.items.len(), 2);
    // HighLevel may give fewer than it was asked for, and does not say whether these are all.
    assert_eq!(page.next(), Some(Paging { skip: 2, limit: 20 }));
    assert_eq!(page.items[0].id(), Some(&id));
    assert_eq!(page.items[0].additional_whatsapp_numbers, [phone()]);
    assert_eq!(text(&page.items[0].body), Some("Sorry, Rosan"));
    assert_eq!(page.items[0].before_time[0].unit, Some(TimeUnit::Hours));
    assert_eq!(page.items[1].before_time[0].time_offset, Some(2));
    assert_eq!(page.items[1].is_active, Some(false));

    let read = asked(
        fixture!("calendars/notification"),
        "GET",
        &format!("{target}/not1"),
        None,
        async |location| {
            location
                .calendar_notifications()
                .get(&calendar(), &id)
                .await
        },
    )
    .await;
    assert_eq!(read.notification_type, Some(NotificationType::FollowUp));

    let new = [notification()];
    assert_prints_no_personal_data(&new);
    let created = asked(
        fixture!("calendars/notifications"),
        "POST",
        &target,
        Some(json!([{
            "receiverType": "phoneNumbers",
            "channel": "sms",
            "notificationType": "followup",
            "body": "Sorry, Rosan",
            "afterTime": [{"timeOffset": 1, "unit": "days"}],
            "additionalEmailIds": ["rosan@example.com"],
            "additionalPhoneNumbers": ["+18887324197"],
            "fromName": "Sanjay",
        }])),
        async |location| {
            location
                .calendar_notifications()
                .create(&calendar(), &new)
                .await
        },
    )
    .await;
    assert_eq!(created.len(), 2);
    let update = CalendarNotificationUpdate {
        deleted: Some(true),
        content: NotificationContent {
            is_active: Some(false),
            ..NotificationContent::default()
        },
        ..CalendarNotificationUpdate::default()
    };
    asked(
        fixture!("calendars/notification_message"),
        "PUT",
        &format!("{target}/not1"),
        Some(json!({"deleted": true, "isActive": false})),
        async |location| {
            let notifications = location.calendar_notifications();
            notifications.update(&calendar(), &id, &update).await
        },
    )
    .await;
    asked(
        fixture!("calendars/notification_message"),
        "DELETE",
        &format!("{target}/not1"),
        None,
        async |location| {
            location
                .calendar_notifications()
                .delete(&calendar(), &id)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn only_creates_are_not_repeated() {
    let (kind, new) = (ResourceType::Room, [notification()]);
    assert_sent_once(async |location| {
        let resources = location.calendar_resources();
        resources.create(&kind, &resource()).await
    })
    .await;
    assert_sent_once(async |location| {
        let notifications = location.calendar_notifications();
        notifications.create(&calendar(), &new).await
    })
    .await;
    assert_repeated(async |location| {
        let resources = location.calendar_resources();
        resources.list(&kind, Paging::default()).await
    })
    .await;
}
