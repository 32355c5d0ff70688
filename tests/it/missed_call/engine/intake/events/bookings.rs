//! Appointments, by the events of HighLevel's calendars.

use gohighlevel::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::world;
use crate::missed_call::harness::world::World;

fn appointment(event: &str, contact: &str, status: &str, added: Timestamp) -> Value {
    json!({
        "type": event,
        "appointment": {
            "id": "appointment1", "contactId": contact, "appointmentStatus": status,
            "calendarId": "calendar1", "title": "A visit", "source": "booking_widget",
            "startTime": "2026-11-24T16:00:00+01:00", "endTime": "2026-11-24T16:30:00+01:00",
            "dateAdded": added.to_string(), "dateUpdated": added.to_string(),
        },
    })
}

/// A call was missed, and within its first minute this is told of an appointment that was made `after` the call.
async fn told(event: &str, status: &str, after: i64) -> (World, String) {
    let world = world().await;
    let called = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(1).await;
    let added = called + SignedDuration::from_secs(after);
    world
        .hears(appointment(event, &call.contact_id, status, added))
        .await;
    world.minutes(48 * 60).await;
    (world, call.contact_id)
}

#[tokio::test]
async fn a_caller_who_books_gets_no_text() {
    for (event, status) in [
        ("AppointmentCreate", "new"),
        ("AppointmentCreate", "confirmed"),
        ("AppointmentUpdate", "confirmed"),
        ("AppointmentUpdate", "showed"),
    ] {
        let (world, contact) = told(event, status, 30).await;
        assert!(world.texts(&contact).await.is_empty(), "{event} {status}");
        assert_eq!(world.happened().await, ["booked appointment1"]);
        world.assert_not_texted(&contact, "overtaken:booked").await;
        assert_eq!(world.tasks(&contact).await.len(), 1);
        assert!(world.tags(&contact).await.is_empty());
    }
}

#[tokio::test]
async fn an_appointment_that_is_called_off_is_no_booking_whatever_the_event_is_called() {
    for (event, status) in [
        ("AppointmentUpdate", "cancelled"),
        ("AppointmentUpdate", "noshow"),
        ("AppointmentUpdate", "invalid"),
        ("AppointmentCreate", "cancelled"),
        ("AppointmentDelete", "confirmed"),
    ] {
        let (world, contact) = told(event, status, -3_600).await;
        assert_eq!(
            world.happened().await,
            ["booking_cancelled appointment1"],
            "{event} {status}"
        );
        assert_eq!(world.tags(&contact).await, ["booking-lost"]);
    }
}

#[tokio::test]
async fn an_appointment_from_before_the_call_says_nothing_about_it() {
    for event in ["AppointmentCreate", "AppointmentUpdate"] {
        let (world, contact) = told(event, "confirmed", -1).await;
        assert_eq!(world.happened().await, [""; 0]);
        assert_eq!(world.texts(&contact).await.len(), 2, "{event}");
    }
}

#[tokio::test]
async fn a_booking_that_is_cancelled_is_recorded_as_both() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    let now = world.clock.now();
    for (event, status) in [
        ("AppointmentCreate", "confirmed"),
        ("AppointmentUpdate", "cancelled"),
    ] {
        world
            .hears(appointment(event, &call.contact_id, status, now))
            .await;
    }
    world.minutes(48 * 60).await;
    assert_eq!(
        world.happened().await,
        ["booked appointment1", "booking_cancelled appointment1"]
    );
    // The first text had gone out; nothing begins again.
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn an_appointment_of_somebody_who_did_not_call_is_nothing() {
    let world = world().await;
    let now = world.clock.now();
    world
        .hears(appointment("AppointmentCreate", "somebody", "new", now))
        .await;
    assert!(world.ledger().await.is_empty());
}
