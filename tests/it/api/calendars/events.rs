//! Appointments, blocked slots and their notes.

use gohighlevel::api::calendars::{
    AppointmentDetails, AppointmentNoteInput, AppointmentStatus, AppointmentUpdate,
    BlockedSlotOwner, BlockedSlotUpdate, EventOwner, EventsQuery, MeetingLocationType,
    NewAppointment, NewBlockedSlot, Paging,
};
use gohighlevel::ids::{CalendarEventId, CalendarGroupId, CalendarId, ContactId, NoteId, UserId};
use serde_json::json;

use super::super::support::{
    CONTACT, LOCATION, assert_prints_no_personal_data, assert_repeated, assert_sent_once,
    contact_id, fixture, text,
};
use super::{CALENDAR, EVENT, USER, asked, asked_in_v3};

fn id() -> CalendarEventId {
    CalendarEventId::new(EVENT).unwrap()
}

fn calendar() -> CalendarId {
    CalendarId::new(CALENDAR).unwrap()
}

fn user() -> UserId {
    UserId::new(USER).unwrap()
}

fn note_id() -> NoteId {
    NoteId::new("n1").unwrap()
}

fn query(owner: EventOwner) -> EventsQuery {
    EventsQuery {
        owner,
        from: "2023-09-25T00:00:00Z".parse().unwrap(),
        to: "2023-09-26T00:00:00Z".parse().unwrap(),
    }
}

fn appointment() -> NewAppointment {
    NewAppointment {
        details: AppointmentDetails {
            end_time: Some("2021-06-22T23:00:00Z".parse().unwrap()),
            title: Some("Rosan Deo".into()),
            appointment_status: Some(AppointmentStatus::Confirmed),
            assigned_user_id: Some(user()),
            description: Some("Call back".into()),
            address: Some("3535 1st St N".into()),
            meeting_location_type: Some(MeetingLocationType::GoogleMeet),
            meeting_location_id: Some("custom_0".into()),
            override_location_config: Some(true),
            ignore_date_range: Some(false),
            to_notify: Some(false),
            ignore_free_slot_validation: Some(true),
            rrule: Some("RRULE:FREQ=DAILY;INTERVAL=1;COUNT=5".into()),
        },
        ..NewAppointment::new(
            calendar(),
            contact_id(),
            "2021-06-23T03:30:00+05:30".parse().unwrap(),
        )
    }
}

fn blocked_slot() -> NewBlockedSlot {
    NewBlockedSlot {
        owner: BlockedSlotOwner::Calendar(calendar()),
        title: Some("Rosan is away".into()),
        start_time: "2021-06-23T03:30:00+05:30".parse().unwrap(),
        end_time: "2021-06-23T04:30:00+05:30".parse().unwrap(),
    }
}

fn note() -> AppointmentNoteInput {
    AppointmentNoteInput {
        body: "Call back Rosan".into(),
        user_id: Some(user()),
    }
}

#[tokio::test]
async fn list() {
    let rest = format!("locationId={LOCATION}&startTime=1695600000000&endTime=1695686400000");
    for (owner, parameter) in [
        (
            EventOwner::Calendar(calendar()),
            format!("calendarId={CALENDAR}"),
        ),
        (
            EventOwner::Group(CalendarGroupId::new("g1").unwrap()),
            "groupId=g1".to_owned(),
        ),
        (EventOwner::User(user()), format!("userId={USER}")),
    ] {
        let query = query(owner);
        let events = asked(
            fixture!("calendars/events"),
            "GET",
            &format!("/calendars/events?{parameter}&{rest}"),
            None,
            async |location| location.calendar_events().list(&query).await,
        )
        .await;
        assert_eq!(events[0].contact_id, Some(contact_id()));
        assert_eq!(events[0].is_recurring, Some(true));
        assert_eq!(events[0].users.len(), 2);
        assert_eq!(
            events[0].start_time,
            Some("2023-09-25T10:30:00Z".parse().unwrap())
        );
        let origin = events[0].created_by.as_ref().unwrap();
        assert_eq!(origin.source.as_deref(), Some("booking_widget"));
        let blocked = asked(
            fixture!("calendars/events_odd"),
            "GET",
            &format!("/calendars/blocked-slots?{parameter}&{rest}"),
            None,
            async |location| location.blocked_slots().list(&query).await,
        )
        .await;
        assert_eq!(blocked.len(), 2);
        assert_eq!(
            blocked[0].appointment_status,
            Some(AppointmentStatus::Other("postponed".into()))
        );
        assert_eq!(
            blocked[0].start_time,
            Some("2023-09-25T10:30:00Z".parse().unwrap())
        );
        assert_eq!((blocked[0].end_time, &blocked[0].group_id), (None, &None));
    }
}

#[tokio::test]
async fn create_an_appointment() {
    assert_prints_no_personal_data(&appointment());
    let event = asked(
        fixture!("calendars/appointment"),
        "POST",
        "/calendars/events/appointments",
        Some(json!({
            "locationId": LOCATION,
            "calendarId": CALENDAR,
            "contactId": CONTACT,
            "startTime": "2021-06-22T22:00:00Z",
            "endTime": "2021-06-22T23:00:00Z",
            "title": "Rosan Deo",
            "appointmentStatus": "confirmed",
            "assignedUserId": USER,
            "description": "Call back",
            "address": "3535 1st St N",
            "meetingLocationType": "gmeet",
            "meetingLocationId": "custom_0",
            "overrideLocationConfig": true,
            "ignoreDateRange": false,
            "toNotify": false,
            "ignoreFreeSlotValidation": true,
            "rrule": "RRULE:FREQ=DAILY;INTERVAL=1;COUNT=5",
        })),
        async |location| location.appointments().create(&appointment()).await,
    )
    .await;
    assert_eq!(event.id, id());
    assert_eq!(text(&event.title), Some("Rosan Deo"));
    assert_eq!((event.date_added, event.rrule), (None, None));
}

#[tokio::test]
async fn two_statuses_are_written_in_version_3_only() {
    for status in [AppointmentStatus::Active, AppointmentStatus::Completed] {
        let update = AppointmentUpdate {
            details: AppointmentDetails {
                appointment_status: Some(status.clone()),
                ..AppointmentDetails::default()
            },
            ..AppointmentUpdate::default()
        };
        asked_in_v3(
            fixture!("calendars/appointment"),
            "PUT",
            &format!("/calendars/events/appointments/{EVENT}"),
            Some(json!({"appointmentStatus": status})),
            async |location| location.appointments().update(&id(), &update).await,
        )
        .await;
    }
}

#[tokio::test]
async fn get_an_appointment() {
    let event = asked(
        fixture!("calendars/event"),
        "GET",
        &format!("/calendars/events/appointments/{EVENT}"),
        None,
        async |location| location.appointments().get(&id()).await,
    )
    .await;
    assert_eq!(event.appointment_status, Some(AppointmentStatus::NoShow));
}

#[tokio::test]
async fn update_an_appointment() {
    let update = AppointmentUpdate {
        start_time: Some("2021-06-23T03:30:00+05:30".parse().unwrap()),
        details: AppointmentDetails {
            appointment_status: Some(AppointmentStatus::Cancelled),
            ..AppointmentDetails::default()
        },
        ..AppointmentUpdate::default()
    };
    asked(
        fixture!("calendars/appointment"),
        "PUT",
        &format!("/calendars/events/appointments/{EVENT}"),
        Some(json!({"startTime": "2021-06-22T22:00:00Z", "appointmentStatus": "cancelled"})),
        async |location| location.appointments().update(&id(), &update).await,
    )
    .await;
}

#[tokio::test]
async fn delete() {
    asked(
        fixture!("calendars/succeeded"),
        "DELETE",
        &format!("/calendars/events/{EVENT}"),
        Some(json!({})),
        async |location| location.calendar_events().delete(&id()).await,
    )
    .await;
}

#[tokio::test]
async fn blocked_slots() {
    assert_prints_no_personal_data(&blocked_slot());
    let event = asked(
        fixture!("calendars/blocked_slot"),
        "POST",
        "/calendars/events/block-slots",
        Some(json!({
            "locationId": LOCATION,
            "calendarId": CALENDAR,
            "title": "Rosan is away",
            "startTime": "2021-06-22T22:00:00Z",
            "endTime": "2021-06-22T23:00:00Z",
        })),
        async |location| location.blocked_slots().create(&blocked_slot()).await,
    )
    .await;
    assert_eq!(event.calendar_id, Some(calendar()));
    assert_eq!((event.assigned_user_id, event.contact_id), (None, None));
    let update = BlockedSlotUpdate {
        owner: BlockedSlotOwner::User(user()),
        title: None,
        start_time: None,
        end_time: Some("2021-06-23T04:30:00+05:30".parse().unwrap()),
    };
    asked(
        fixture!("calendars/blocked_slot"),
        "PUT",
        &format!("/calendars/events/block-slots/{EVENT}"),
        Some(json!({
            "locationId": LOCATION,
            "assignedUserId": USER,
            "endTime": "2021-06-22T23:00:00Z",
        })),
        async |location| location.blocked_slots().update(&id(), &update).await,
    )
    .await;
}

#[tokio::test]
async fn notes() {
    let target = format!("/calendars/appointments/{EVENT}/notes");
    let page = asked(
        fixture!("calendars/notes"),
        "GET",
        &format!("{target}?limit=20&offset=0"),
        None,
        async |location| {
            let notes = location.appointment_notes();
            notes.list(&id(), Paging::default()).await
        },
    )
    .await;
    assert_eq!(page.items.len(), 2);
    assert_eq!(text(&page.items[0].body), Some("Call back Rosan"));
    assert_eq!(
        page.items[0].contact_id,
        Some(ContactId::new(CONTACT).unwrap())
    );
    // Three came, one of which cannot be read.
    assert_eq!(page.next(), Some(Paging { skip: 3, limit: 20 }));
    assert_eq!(
        (&page.items[1].body, page.items[1].date_added),
        (&None, None)
    );

    let body = json!({"body": "Call back Rosan", "userId": USER});
    assert_prints_no_personal_data(&note());
    let read = asked(
        fixture!("calendars/note"),
        "POST",
        &target,
        Some(body.clone()),
        async |location| location.appointment_notes().create(&id(), &note()).await,
    )
    .await;
    assert_eq!(text(&read.created_by.unwrap().name), Some("Sanjay Deo"));
    asked(
        fixture!("calendars/note"),
        "PUT",
        &format!("{target}/n1"),
        Some(body),
        async |location| {
            let notes = location.appointment_notes();
            notes.update(&id(), &note_id(), &note()).await
        },
    )
    .await;
    asked(
        fixture!("calendars/success"),
        "DELETE",
        &format!("{target}/n1"),
        None,
        async |location| location.appointment_notes().delete(&id(), &note_id()).await,
    )
    .await;
}

#[tokio::test]
async fn only_creates_are_not_repeated() {
    let found = query(EventOwner::User(user()));
    assert_sent_once(async |location| location.appointments().create(&appointment()).await).await;
    assert_sent_once(async |location| location.blocked_slots().create(&blocked_slot()).await).await;
    assert_sent_once(async |location| location.appointment_notes().create(&id(), &note()).await)
        .await;
    assert_repeated(async |location| location.calendar_events().list(&found).await).await;
    assert_repeated(async |location| location.calendar_events().delete(&id()).await).await;
    assert_repeated(async |location| {
        let update = AppointmentUpdate::default();
        location.appointments().update(&id(), &update).await
    })
    .await;
}
