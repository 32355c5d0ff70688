//! Calendars themselves, and their free slots.

use gohighlevel::api::calendars::{
    AvailabilityType, CalendarSettings, CalendarType, CalendarUpdate, CustomAvailability,
    FreeSlotsQuery, LocationKind, LookBusy, MeetingLocation, NewCalendar, OpenHours, Recurrence,
    RecurrenceFrequency, TeamMember, TeamMemberPriority, TimeRange, TimeUnit,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CalendarGroupId, CalendarId, UserId};
use serde_json::json;

use super::super::support::{
    LOCATION, Server, assert_prints_no_personal_data, assert_repeated, assert_sent_once, fixture,
    text,
};
use super::{CALENDAR, USER, asked, asked_in_v3};

fn id() -> CalendarId {
    CalendarId::new(CALENDAR).unwrap()
}

fn group_id() -> CalendarGroupId {
    CalendarGroupId::new("g1").unwrap()
}

fn new_calendar() -> NewCalendar {
    NewCalendar {
        settings: CalendarSettings {
            team_members: Some(vec![TeamMember {
                priority: Some(TeamMemberPriority::Medium),
                ..TeamMember::new(UserId::new(USER).unwrap())
            }]),
            ..CalendarSettings::default()
        },
        ..NewCalendar::new("test calendar", CalendarType::RoundRobin)
    }
}

#[tokio::test]
async fn list() {
    let target = format!("/calendars/?locationId={LOCATION}&showDrafted=true");
    let calendars = asked(
        fixture!("calendars/list"),
        "GET",
        &target,
        None,
        async |location| location.calendars().list(None).await,
    )
    .await;
    assert_eq!(calendars.len(), 2);
    assert_eq!(calendars[0].calendar_type, Some(CalendarType::RoundRobin));
    assert_eq!(calendars[0].settings.slot_duration, Some(30));
    assert_eq!(calendars[0].settings.team_members, Some(vec![]));
    assert_eq!(calendars[1].settings.is_active, Some(false));
}

#[tokio::test]
async fn list_of_a_group_reads_an_odd_answer() {
    let target = format!("/calendars/?locationId={LOCATION}&groupId=g1&showDrafted=true");
    let calendars = asked(
        fixture!("calendars/list_odd"),
        "GET",
        &target,
        None,
        async |location| location.calendars().list(Some(&group_id())).await,
    )
    .await;
    let [calendar] = calendars.as_slice() else {
        panic!("{calendars:?}");
    };
    assert_eq!(calendar.id.as_str(), "7");
    assert_eq!(
        calendar.calendar_type,
        Some(CalendarType::Other("hologram".into()))
    );
    assert_eq!(calendar.settings.slot_duration, Some(45));
    assert_eq!(calendar.settings.is_active, Some(true));
    assert_eq!(calendar.settings.recurring, None);
}

#[tokio::test]
async fn get() {
    let calendar = asked(
        fixture!("calendars/one"),
        "GET",
        &format!("/calendars/{CALENDAR}"),
        None,
        async |location| location.calendars().get(&id()).await,
    )
    .await;
    assert_eq!(calendar.name.as_deref(), Some("test calendar"));
    assert_eq!(calendar.location_id.unwrap().as_str(), LOCATION);
    let settings = calendar.settings;
    let member = &settings.team_members.as_ref().unwrap()[0];
    assert_eq!(member.priority, Some(TeamMemberPriority::Medium));
    let place = &member.location_configurations.as_ref().unwrap()[0];
    assert_eq!(place.kind, LocationKind::Custom);
    assert_eq!(text(&place.location), Some("3535 1st St N"));
    assert_eq!(place.meeting_id.as_deref(), Some("custom_0"));
    assert_eq!(settings.appointments_per_day, Some(8));
    assert_eq!(settings.allow_booking_for_unit, Some(TimeUnit::Weeks));
    assert_eq!(
        settings.recurring.as_ref().unwrap().frequency,
        Some(RecurrenceFrequency::Weekly)
    );
    assert_eq!(settings.availability_type, Some(AvailabilityType::Custom));
    let day = &settings.availabilities.as_ref().unwrap()[0];
    assert_eq!((day.id.as_deref(), day.date.day()), (Some("a1"), 24));
    assert_eq!(settings.look_busy_config.unwrap().percentage, 20);
    assert_eq!(text(&settings.alert_email), Some("rosan@example.com"));
}

#[tokio::test]
async fn create() {
    asked(
        fixture!("calendars/one"),
        "POST",
        "/calendars/",
        Some(json!({
            "locationId": LOCATION,
            "name": "test calendar",
            "calendarType": "round_robin",
            "teamMembers": [{"userId": USER, "priority": 0.5}],
        })),
        async |location| location.calendars().create(&new_calendar()).await,
    )
    .await;
}

#[tokio::test]
async fn update_writes_what_is_named() {
    let morning = TimeRange {
        open_hour: 9,
        open_minute: 0,
        close_hour: 12,
        close_minute: 30,
    };
    let update = CalendarUpdate {
        name: Some("new name".into()),
        settings: CalendarSettings {
            is_active: Some(true),
            location_configurations: Some(vec![MeetingLocation {
                kind: LocationKind::Physical,
                location: Some("3535 1st St N".into()),
                meeting_id: Some("custom_0".into()),
            }]),
            appointments_per_slot: Some(2),
            open_hours: Some(vec![OpenHours {
                days_of_the_week: vec![1, 2],
                hours: vec![morning],
            }]),
            recurring: Some(Recurrence {
                frequency: Some(RecurrenceFrequency::Daily),
                ..Recurrence::default()
            }),
            form_submit_redirect_url: Some("https://example.com".into()),
            availability_type: Some(AvailabilityType::Both),
            availabilities: Some(vec![CustomAvailability {
                id: Some("a1".into()),
                date: "2026-09-24".parse().unwrap(),
                hours: vec![],
                deleted: Some(true),
            }]),
            look_busy_config: Some(LookBusy {
                enabled: true,
                percentage: 20,
            }),
            ..CalendarSettings::default()
        },
    };
    assert_prints_no_personal_data(&update);
    asked(
        fixture!("calendars/one"),
        "PUT",
        &format!("/calendars/{CALENDAR}"),
        Some(json!({
            "name": "new name",
            "isActive": true,
            "locationConfigurations": [{"kind": "physical", "location": "3535 1st St N"}],
            "appoinmentPerSlot": 2,
            "openHours": [{
                "daysOfTheWeek": [1, 2],
                "hours": [{"openHour": 9, "openMinute": 0, "closeHour": 12, "closeMinute": 30}],
            }],
            "recurring": {"freq": "DAILY"},
            "formSubmitRedirectURL": "https://example.com",
            "availabilityType": null,
            "availabilities": [
                {"id": "a1", "date": "2026-09-24T00:00:00.000Z", "hours": [], "deleted": true},
            ],
            "lookBusyConfig": {"enabled": true, "LookBusyPercentage": 20},
        })),
        async |location| location.calendars().update(&id(), &update).await,
    )
    .await;
}

#[tokio::test]
async fn what_highlevel_does_not_take_is_not_sent() {
    let server = Server::answering(200, fixture!("calendars/one")).await;
    let calendars = server.location.calendars();
    let mut read = calendars.get(&id()).await.unwrap().settings;
    let new = NewCalendar {
        settings: read.clone(),
        ..new_calendar()
    };
    let error = calendars.create(&new).await.unwrap_err();
    assert!(error.to_string().contains("availabilities"), "{error}");
    read.availabilities = None;
    let update = CalendarUpdate {
        name: None,
        settings: read,
    };
    let error = calendars.update(&id(), &update).await.unwrap_err();
    assert!(error.to_string().contains("slot_buffer_unit"), "{error}");
    assert_eq!(server.count().await, 1);
}

#[tokio::test]
async fn a_notice_in_minutes_is_for_version_3() {
    let settings = CalendarSettings {
        allow_booking_after: Some(30),
        allow_booking_after_unit: Some(TimeUnit::Minutes),
        ..CalendarSettings::default()
    };
    let new = NewCalendar {
        settings: settings.clone(),
        ..NewCalendar::new("test calendar", CalendarType::Event)
    };
    let update = CalendarUpdate {
        name: None,
        settings,
    };
    let notice = json!({"allowBookingAfter": 30, "allowBookingAfterUnit": "mins"});
    asked_in_v3(
        fixture!("calendars/one"),
        "PUT",
        &format!("/calendars/{CALENDAR}"),
        Some(notice.clone()),
        async |location| location.calendars().update(&id(), &update).await,
    )
    .await;
    let mut body = json!({
        "locationId": LOCATION,
        "name": "test calendar",
        "calendarType": "event",
    });
    let fields = notice.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    asked_in_v3(
        fixture!("calendars/one"),
        "POST",
        "/calendars/",
        Some(body),
        async |location| location.calendars().create(&new).await,
    )
    .await;
}

#[test]
fn a_busy_look_is_read_from_texts_too() {
    let sent = r#"{"lookBusyConfig":{"enabled":"true","LookBusyPercentage":"20"}}"#;
    let read: CalendarSettings = serde_json::from_str(sent).unwrap();
    let expected = LookBusy {
        enabled: true,
        percentage: 20,
    };
    assert_eq!(read.look_busy_config, Some(expected));
}

#[tokio::test]
async fn delete() {
    for answer in [fixture!("calendars/success"), "", "{}", "OK"] {
        asked(
            answer,
            "DELETE",
            &format!("/calendars/{CALENDAR}"),
            None,
            async |location| location.calendars().delete(&id()).await,
        )
        .await;
    }
}

#[tokio::test]
async fn a_no_in_an_answer_of_200_is_an_error() {
    for answer in [
        r#"{"success":false,"message":"Rosan's number +18887324197 holds it"}"#,
        r#"{"succeeded":"false","succeded":false}"#,
    ] {
        let server = Server::answering(200, answer).await;
        let error = server.location.calendars().delete(&id()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Refused);
        assert!(!error.to_string().contains("8887324197"), "{error}");
    }
}

#[tokio::test]
async fn free_slots() {
    let mut query = FreeSlotsQuery::between(
        "2024-10-28T00:00:00Z".parse().unwrap(),
        "2024-10-30T00:00:00Z".parse().unwrap(),
    );
    let range = "startDate=1730073600000&endDate=1730246400000";
    let slots = asked(
        fixture!("calendars/free_slots"),
        "GET",
        &format!("/calendars/{CALENDAR}/free-slots?{range}"),
        None,
        async |location| location.calendars().free_slots(&id(), &query).await,
    )
    .await;
    assert_eq!(slots.days.len(), 2);
    assert_eq!(
        slots
            .iter()
            .map(|slot| slot.to_string())
            .collect::<Vec<_>>(),
        [
            "2024-10-28T15:00:00Z",
            "2024-10-28T16:00:00Z",
            "2024-10-29T15:00:00Z",
        ]
    );
    query.timezone = Some("America/Chicago".into());
    for (users, parameters) in [
        (vec!["u1"], "userId=u1"),
        (vec!["u1", "u2"], "userIds=u1&userIds=u2"),
    ] {
        query.users = users.iter().map(|id| UserId::new(*id).unwrap()).collect();
        let slots = asked(
            fixture!("calendars/free_slots_odd"),
            "GET",
            &format!(
                "/calendars/{CALENDAR}/free-slots?{range}&timezone=America%2FChicago&{parameters}"
            ),
            None,
            async |location| location.calendars().free_slots(&id(), &query).await,
        )
        .await;
        assert_eq!(slots.iter().count(), 1);
    }
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    assert_sent_once(async |location| location.calendars().create(&new_calendar()).await).await;
    assert_repeated(async |location| location.calendars().list(None).await).await;
    assert_repeated(async |location| {
        let update = CalendarUpdate::default();
        location.calendars().update(&id(), &update).await
    })
    .await;
    assert_repeated(async |location| location.calendars().delete(&id()).await).await;
}
