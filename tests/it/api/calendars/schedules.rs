//! Schedules of users and event calendars.

use gohighlevel::api::calendars::{
    EventCalendarScheduleUpdate, NewEventCalendarSchedule, NewSchedule, Paging, ScheduleInterval,
    ScheduleRule, ScheduleSearch, ScheduleUpdate, ScheduleWeekday,
};
use gohighlevel::ids::{CalendarId, ScheduleId, UserId};
use serde_json::{Value, json};

use super::super::support::{LOCATION, assert_repeated, assert_sent_once, fixture};
use super::{CALENDAR, USER, asked, asked_in_v3};

fn calendar() -> CalendarId {
    CalendarId::new(CALENDAR).unwrap()
}

fn monday() -> (Vec<ScheduleRule>, Value) {
    let rules = vec![
        ScheduleRule::Weekly {
            day: ScheduleWeekday::Monday,
            intervals: vec![ScheduleInterval::new("09:00", "17:00")],
        },
        ScheduleRule::On {
            date: "2026-04-15".parse().unwrap(),
            intervals: vec![],
        },
    ];
    let written = json!([
        {"type": "wday", "day": "monday", "intervals": [{"from": "09:00", "to": "17:00"}]},
        {"type": "date", "date": "2026-04-15", "intervals": []},
    ]);
    (rules, written)
}

fn schedule() -> NewSchedule {
    NewSchedule {
        name: "Business Hours Schedule".into(),
        user_id: UserId::new(USER).unwrap(),
        timezone: "America/New_York".into(),
        rules: Some(monday().0),
        calendar_ids: None,
    }
}

#[tokio::test]
async fn schedules() {
    let id = ScheduleId::new("s1").unwrap();
    let search = ScheduleSearch {
        user_id: UserId::new(USER).unwrap(),
        calendar_id: Some(calendar()),
        paging: Paging { skip: 0, limit: 2 },
    };
    let page = asked(
        fixture!("calendars/schedules"),
        "GET",
        &format!(
            "/calendars/schedules/search?locationId={LOCATION}&userId={USER}&calendarId={CALENDAR}&skip=0&limit=2"
        ),
        None,
        async |location| location.schedules().search(&search).await,
    )
    .await;
    assert_eq!(page.items.len(), 2);
    assert_eq!(page.items[0].rules.len(), 2);
    assert_eq!(page.items[0].rules[0], monday().0[0]);
    assert_eq!(page.next(), Some(Paging { skip: 2, limit: 2 }));
    assert_eq!(page.items[1].rules, []);

    asked(
        fixture!("calendars/schedule"),
        "GET",
        "/calendars/schedules/s1",
        None,
        async |location| location.schedules().get(&id).await,
    )
    .await;
    let read = asked(
        fixture!("calendars/schedule"),
        "POST",
        "/calendars/schedules",
        Some(json!({
            "locationId": LOCATION,
            "name": "Business Hours Schedule",
            "userId": USER,
            "timezone": "America/New_York",
            "rules": monday().1,
        })),
        async |location| location.schedules().create(&schedule()).await,
    )
    .await;
    assert_eq!(read.timezone.as_deref(), Some("America/New_York"));
    let update = ScheduleUpdate {
        rules: Some(monday().0),
        ..ScheduleUpdate::default()
    };
    asked(
        fixture!("calendars/schedule"),
        "PUT",
        "/calendars/schedules/s1",
        Some(json!({"rules": monday().1})),
        async |location| location.schedules().update(&id, &update).await,
    )
    .await;
    asked(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/schedules/s1",
        None,
        async |location| location.schedules().delete(&id).await,
    )
    .await;
    let association = format!("/calendars/schedules/s1/associations/{CALENDAR}");
    asked(
        fixture!("calendars/success"),
        "PUT",
        &association,
        None,
        async |location| location.schedules().add_calendar(&id, &calendar()).await,
    )
    .await;
    asked(
        fixture!("calendars/success"),
        "DELETE",
        &association,
        None,
        async |location| location.schedules().remove_calendar(&id, &calendar()).await,
    )
    .await;
}

#[tokio::test]
async fn schedules_of_event_calendars() {
    let target = format!("/calendars/schedules/event-calendar/{CALENDAR}");
    let new = NewEventCalendarSchedule {
        timezone: "America/New_York".into(),
        rules: monday().0,
    };
    let update = EventCalendarScheduleUpdate {
        timezone: Some("America/Chicago".into()),
        rules: None,
    };
    let read = asked_in_v3(
        fixture!("calendars/event_calendar_schedule"),
        "GET",
        &target,
        None,
        async |location| location.schedules().of_event_calendar(&calendar()).await,
    )
    .await;
    assert_eq!(read.rules.len(), 1);
    assert_eq!(read.date_updated, None);
    asked_in_v3(
        fixture!("calendars/event_calendar_schedule"),
        "POST",
        &target,
        Some(json!({"timezone": "America/New_York", "rules": monday().1})),
        async |location| {
            let schedules = location.schedules();
            schedules.create_for_event_calendar(&calendar(), &new).await
        },
    )
    .await;
    asked_in_v3(
        fixture!("calendars/event_calendar_schedule"),
        "PUT",
        &target,
        Some(json!({"timezone": "America/Chicago"})),
        async |location| {
            let schedules = location.schedules();
            schedules
                .update_for_event_calendar(&calendar(), &update)
                .await
        },
    )
    .await;
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    let id = ScheduleId::new("s1").unwrap();
    assert_sent_once(async |location| location.schedules().create(&schedule()).await).await;
    assert_repeated(async |location| location.schedules().delete(&id).await).await;
    assert_repeated(async |location| location.schedules().add_calendar(&id, &calendar()).await)
        .await;
}
