//! `calendars.json`: what is booked, which are events, appointments with their notes, and blocked slots.

use gohighlevel::api::calendars::{
    AppointmentDetails, AppointmentNoteInput, AppointmentStatus, AppointmentUpdate,
    BlockedSlotOwner, BlockedSlotUpdate, EventOwner, EventsQuery, MeetingLocationType,
    NewAppointment, NewBlockedSlot, Paging,
};
use jiff::ToSpan as _;

use super::{id, moment};
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [events(), appointments(), notes(), blocked_slots()]
        .into_iter()
        .flatten()
        .collect()
}

fn events() -> Vec<Driver> {
    vec![
        Driver::both(
            "calendar_events.list",
            [
                call!(|stage| {
                    let query = events_of(EventOwner::Calendar(id("c1")));
                    stage.location.calendar_events().list(&query).await
                }),
                call!(|stage| {
                    let query = events_of(EventOwner::Group(id("g1")));
                    stage.location.calendar_events().list(&query).await
                }),
                call!(|stage| {
                    let query = events_of(EventOwner::User(id("u1")));
                    stage.location.calendar_events().list(&query).await
                }),
            ],
        ),
        Driver::both(
            "calendar_events.delete",
            [call!(|stage| stage
                .location
                .calendar_events()
                .delete(&id("e1"))
                .await)],
        ),
    ]
}

fn appointments() -> Vec<Driver> {
    vec![
        Driver::both(
            "appointments.get",
            [call!(|stage| stage
                .location
                .appointments()
                .get(&id("e1"))
                .await)],
        ),
        Driver::both(
            "appointments.create",
            [
                call!(|stage| {
                    let appointment = NewAppointment {
                        details: details(AppointmentStatus::Confirmed),
                        ..NewAppointment::new(id("c1"), id("p1"), moment())
                    };
                    stage.location.appointments().create(&appointment).await
                }),
                call!(|stage| {
                    let appointment = NewAppointment::new(id("c1"), id("p1"), moment());
                    stage.location.appointments().create(&appointment).await
                }),
            ],
        ),
        Driver::both(
            "appointments.update",
            [
                call!(|stage| {
                    let update = AppointmentUpdate {
                        calendar_id: Some(id("c1")),
                        start_time: Some(moment()),
                        details: details(AppointmentStatus::NoShow),
                    };
                    let appointments = stage.location.appointments();
                    appointments.update(&id("e1"), &update).await
                }),
                call!(|stage| {
                    let update = AppointmentUpdate::default();
                    let appointments = stage.location.appointments();
                    appointments.update(&id("e1"), &update).await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "appointments.create with a status of version 3",
            [call!(|stage| {
                let appointment = NewAppointment {
                    details: details(AppointmentStatus::Active),
                    ..NewAppointment::new(id("c1"), id("p1"), moment())
                };
                stage.location.appointments().create(&appointment).await
            })],
        ),
        Driver::only(
            Version::V3,
            "appointments.update with a status of version 3",
            [call!(|stage| {
                let update = AppointmentUpdate {
                    details: details(AppointmentStatus::Completed),
                    ..AppointmentUpdate::default()
                };
                let appointments = stage.location.appointments();
                appointments.update(&id("e1"), &update).await
            })],
        ),
    ]
}

fn notes() -> Vec<Driver> {
    vec![
        Driver::both(
            "appointment_notes.list",
            [call!(|stage| {
                let notes = stage.location.appointment_notes();
                notes.list(&id("e1"), Paging::default()).await
            })],
        ),
        Driver::both(
            "appointment_notes.create",
            [
                call!(|stage| {
                    let notes = stage.location.appointment_notes();
                    notes.create(&id("e1"), &whole_note()).await
                }),
                call!(|stage| {
                    let notes = stage.location.appointment_notes();
                    notes.create(&id("e1"), &least_note()).await
                }),
            ],
        ),
        Driver::both(
            "appointment_notes.update",
            [
                call!(|stage| {
                    let notes = stage.location.appointment_notes();
                    notes.update(&id("e1"), &id("n1"), &whole_note()).await
                }),
                call!(|stage| {
                    let notes = stage.location.appointment_notes();
                    notes.update(&id("e1"), &id("n1"), &least_note()).await
                }),
            ],
        ),
        Driver::both(
            "appointment_notes.delete",
            [call!(|stage| stage
                .location
                .appointment_notes()
                .delete(&id("e1"), &id("n1"))
                .await)],
        ),
    ]
}

fn blocked_slots() -> Vec<Driver> {
    vec![
        Driver::both(
            "blocked_slots.list",
            [
                call!(|stage| {
                    let query = events_of(EventOwner::Calendar(id("c1")));
                    stage.location.blocked_slots().list(&query).await
                }),
                call!(|stage| {
                    let query = events_of(EventOwner::Group(id("g1")));
                    stage.location.blocked_slots().list(&query).await
                }),
                call!(|stage| {
                    let query = events_of(EventOwner::User(id("u1")));
                    stage.location.blocked_slots().list(&query).await
                }),
            ],
        ),
        Driver::both(
            "blocked_slots.create",
            [
                call!(|stage| {
                    let slot = NewBlockedSlot {
                        owner: BlockedSlotOwner::Calendar(id("c1")),
                        title: Some("Lunch".into()),
                        start_time: moment(),
                        end_time: moment() + 1.hour(),
                    };
                    stage.location.blocked_slots().create(&slot).await
                }),
                call!(|stage| {
                    let slot = NewBlockedSlot {
                        owner: BlockedSlotOwner::User(id("u1")),
                        title: None,
                        start_time: moment(),
                        end_time: moment() + 1.hour(),
                    };
                    stage.location.blocked_slots().create(&slot).await
                }),
            ],
        ),
        Driver::both(
            "blocked_slots.update",
            [
                call!(|stage| {
                    let update = BlockedSlotUpdate {
                        owner: BlockedSlotOwner::Calendar(id("c1")),
                        title: Some("Lunch".into()),
                        start_time: Some(moment()),
                        end_time: Some(moment() + 1.hour()),
                    };
                    let slots = stage.location.blocked_slots();
                    slots.update(&id("e1"), &update).await
                }),
                call!(|stage| {
                    let update = BlockedSlotUpdate {
                        owner: BlockedSlotOwner::User(id("u1")),
                        title: None,
                        start_time: None,
                        end_time: None,
                    };
                    let slots = stage.location.blocked_slots();
                    slots.update(&id("e1"), &update).await
                }),
            ],
        ),
    ]
}

fn events_of(owner: EventOwner) -> EventsQuery {
    EventsQuery {
        owner,
        from: moment(),
        to: moment() + 24.hours(),
    }
}

fn details(status: AppointmentStatus) -> AppointmentDetails {
    AppointmentDetails {
        end_time: Some(moment() + 1.hour()),
        title: Some("Rosan Deo".into()),
        appointment_status: Some(status),
        assigned_user_id: Some(id("u1")),
        description: Some("A visit".into()),
        address: Some("1 Bank Street".into()),
        meeting_location_type: Some(MeetingLocationType::Custom),
        meeting_location_id: Some("custom_0".to_owned()),
        override_location_config: Some(true),
        ignore_date_range: Some(true),
        to_notify: Some(false),
        ignore_free_slot_validation: Some(true),
        rrule: Some("FREQ=WEEKLY;COUNT=2".to_owned()),
    }
}

fn whole_note() -> AppointmentNoteInput {
    AppointmentNoteInput {
        body: "Ring twice".into(),
        user_id: Some(id("u1")),
    }
}

fn least_note() -> AppointmentNoteInput {
    AppointmentNoteInput {
        body: "Ring twice".into(),
        user_id: None,
    }
}
