//! `calendars.json`: calendars themselves, their groups, free slots, and the rooms and equipment they need.

use gohighlevel::api::calendars::{
    AppointmentStatus, AvailabilityType, BookingOption, CalendarGroupInput, CalendarResourceUpdate,
    CalendarSettings, CalendarType, CalendarUpdate, CustomAvailability, FormSubmitType,
    FreeSlotsQuery, GuestType, LocationKind, LookBusy, MeetingLocation, NewCalendar,
    NewCalendarResource, OpenHours, Paging, Recurrence, RecurrenceFrequency, ResourceType,
    RoundRobinMode, TeamMember, TeamMemberPriority, TimeRange, TimeUnit, WidgetType,
};
use gohighlevel::ids::CalendarGroupId;
use jiff::ToSpan as _;

use super::{id, moment};
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [calendars(), free_slots(), groups(), resources()]
        .into_iter()
        .flatten()
        .collect()
}

fn calendars() -> Vec<Driver> {
    vec![
        Driver::both(
            "calendars.list",
            [
                call!(|stage| {
                    let group: CalendarGroupId = id("g1");
                    stage.location.calendars().list(Some(&group)).await
                }),
                call!(|stage| stage.location.calendars().list(None).await),
            ],
        ),
        Driver::both(
            "calendars.get",
            [call!(|stage| stage
                .location
                .calendars()
                .get(&id("c1"))
                .await)],
        ),
        Driver::both(
            "calendars.create",
            [
                call!(|stage| {
                    let calendar = NewCalendar {
                        settings: CalendarSettings {
                            slot_buffer_unit: Some(TimeUnit::Minutes),
                            ..settings(None)
                        },
                        ..NewCalendar::new("Visits", CalendarType::RoundRobin)
                    };
                    stage.location.calendars().create(&calendar).await
                }),
                call!(|stage| {
                    let calendar = NewCalendar {
                        calendar_type: None,
                        ..NewCalendar::new("Visits", CalendarType::Personal)
                    };
                    stage.location.calendars().create(&calendar).await
                }),
                call!(|stage| {
                    let calendar = NewCalendar {
                        settings: CalendarSettings {
                            availability_type: Some(AvailabilityType::Both),
                            ..CalendarSettings::default()
                        },
                        ..NewCalendar::new("Visits", CalendarType::Event)
                    };
                    stage.location.calendars().create(&calendar).await
                }),
            ],
        ),
        Driver::both(
            "calendars.update",
            [
                call!(|stage| {
                    let update = CalendarUpdate {
                        name: Some("Visits".to_owned()),
                        settings: settings(Some("a1")),
                    };
                    stage.location.calendars().update(&id("c1"), &update).await
                }),
                call!(|stage| {
                    let update = CalendarUpdate::default();
                    stage.location.calendars().update(&id("c1"), &update).await
                }),
                call!(|stage| {
                    let settings = CalendarSettings {
                        availability_type: Some(AvailabilityType::Both),
                        ..CalendarSettings::default()
                    };
                    let update = CalendarUpdate {
                        name: None,
                        settings,
                    };
                    stage.location.calendars().update(&id("c1"), &update).await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "calendars.update with a notice in minutes",
            [call!(|stage| {
                let settings = CalendarSettings {
                    allow_booking_after: Some(30),
                    allow_booking_after_unit: Some(TimeUnit::Minutes),
                    ..CalendarSettings::default()
                };
                let update = CalendarUpdate {
                    name: None,
                    settings,
                };
                stage.location.calendars().update(&id("c1"), &update).await
            })],
        ),
        Driver::both(
            "calendars.delete",
            [call!(|stage| stage
                .location
                .calendars()
                .delete(&id("c1"))
                .await)],
        ),
    ]
}

fn free_slots() -> Vec<Driver> {
    vec![Driver::both(
        "calendars.free_slots",
        [
            call!(|stage| {
                let query = FreeSlotsQuery {
                    timezone: Some("America/Chicago".to_owned()),
                    users: vec![id("u1"), id("u2")],
                    ..FreeSlotsQuery::between(moment(), moment() + 24.hours())
                };
                let calendars = stage.location.calendars();
                calendars.free_slots(&id("c1"), &query).await
            }),
            call!(|stage| {
                let query = FreeSlotsQuery {
                    users: vec![id("u1")],
                    ..FreeSlotsQuery::between(moment(), moment() + 24.hours())
                };
                let calendars = stage.location.calendars();
                calendars.free_slots(&id("c1"), &query).await
            }),
            call!(|stage| {
                let query = FreeSlotsQuery::between(moment(), moment() + 24.hours());
                let calendars = stage.location.calendars();
                calendars.free_slots(&id("c1"), &query).await
            }),
        ],
    )]
}

fn groups() -> Vec<Driver> {
    vec![
        Driver::both(
            "calendar_groups.list",
            [call!(|stage| stage.location.calendar_groups().list().await)],
        ),
        Driver::both(
            "calendar_groups.create",
            [
                call!(|stage| {
                    let groups = stage.location.calendar_groups();
                    groups.create(&group(), Some(false)).await
                }),
                call!(|stage| {
                    let groups = stage.location.calendar_groups();
                    groups.create(&group(), None).await
                }),
            ],
        ),
        Driver::both(
            "calendar_groups.is_slug_available",
            [call!(|stage| {
                let groups = stage.location.calendar_groups();
                groups.is_slug_available("visits").await
            })],
        ),
        Driver::both(
            "calendar_groups.update",
            [call!(|stage| {
                let groups = stage.location.calendar_groups();
                groups.update(&id("g1"), &group()).await
            })],
        ),
        Driver::both(
            "calendar_groups.set_active",
            [call!(|stage| {
                let groups = stage.location.calendar_groups();
                groups.set_active(&id("g1"), true).await
            })],
        ),
        Driver::both(
            "calendar_groups.delete",
            [call!(|stage| stage
                .location
                .calendar_groups()
                .delete(&id("g1"))
                .await)],
        ),
    ]
}

fn resources() -> Vec<Driver> {
    vec![
        Driver::both(
            "calendar_resources.list",
            [call!(|stage| {
                let resources = stage.location.calendar_resources();
                resources.list(&ResourceType::Room, Paging::default()).await
            })],
        ),
        Driver::both(
            "calendar_resources.get",
            [call!(|stage| {
                let resources = stage.location.calendar_resources();
                resources.get(&ResourceType::Room, &id("r1")).await
            })],
        ),
        Driver::both(
            "calendar_resources.create",
            [call!(|stage| {
                let resource = NewCalendarResource {
                    name: "Drill".to_owned(),
                    description: "For walls".to_owned(),
                    quantity: 3,
                    out_of_service: 1,
                    capacity: 2,
                    calendar_ids: vec![id("c1")],
                };
                let resources = stage.location.calendar_resources();
                resources.create(&ResourceType::Equipment, &resource).await
            })],
        ),
        Driver::both(
            "calendar_resources.update",
            [
                call!(|stage| {
                    let update = CalendarResourceUpdate {
                        name: Some("Drill".to_owned()),
                        description: Some("For walls".to_owned()),
                        quantity: Some(3),
                        out_of_service: Some(1),
                        capacity: Some(2),
                        calendar_ids: Some(vec![id("c1")]),
                        is_active: Some(false),
                    };
                    let resources = stage.location.calendar_resources();
                    resources
                        .update(&ResourceType::Equipment, &id("r1"), &update)
                        .await
                }),
                call!(|stage| {
                    let update = CalendarResourceUpdate::default();
                    let resources = stage.location.calendar_resources();
                    resources
                        .update(&ResourceType::Room, &id("r1"), &update)
                        .await
                }),
            ],
        ),
        Driver::both(
            "calendar_resources.delete",
            [call!(|stage| {
                let resources = stage.location.calendar_resources();
                resources.delete(&ResourceType::Room, &id("r1")).await
            })],
        ),
    ]
}

fn group() -> CalendarGroupInput {
    CalendarGroupInput {
        name: "Visits".to_owned(),
        description: "All of them".to_owned(),
        slug: "visits".to_owned(),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// All that both a new calendar and an update take; `date` is the id of the single date.
fn settings(date: Option<&str>) -> CalendarSettings {
    CalendarSettings {
        is_active: Some(true),
        group_id: Some(id("g1")),
        team_members: Some(vec![member(), TeamMember::new(id("u2"))]),
        event_type: Some(RoundRobinMode::EqualDistribution),
        description: text("A visit at home"),
        slug: text("visits"),
        widget_slug: text("visits-widget"),
        widget_type: Some(WidgetType::Classic),
        event_title: text("{{contact.name}}"),
        event_color: text("#039be5"),
        location_configurations: Some(vec![meeting_location()]),
        slot_duration: Some(30),
        slot_duration_unit: Some(TimeUnit::Minutes),
        slot_interval: Some(1),
        slot_interval_unit: Some(TimeUnit::Hours),
        slot_buffer: Some(10),
        slot_buffer_unit: None,
        pre_buffer: Some(5),
        pre_buffer_unit: Some(TimeUnit::Minutes),
        appointments_per_slot: Some(2),
        appointments_per_day: Some(8),
        allow_booking_after: Some(4),
        allow_booking_after_unit: Some(TimeUnit::Hours),
        allow_booking_for: Some(6),
        allow_booking_for_unit: Some(TimeUnit::Weeks),
        open_hours: Some(vec![OpenHours {
            days_of_the_week: vec![1, 2],
            hours: vec![nine_to_five()],
        }]),
        enable_recurring: Some(true),
        recurring: Some(Recurrence {
            frequency: Some(RecurrenceFrequency::Weekly),
            count: Some(4),
            booking_option: Some(BookingOption::BookNext),
            booking_overlap_default_status: Some(AppointmentStatus::Confirmed),
        }),
        form_id: text("f1"),
        sticky_contact: Some(true),
        is_live_payment_mode: Some(true),
        auto_confirm: Some(true),
        should_send_alert_emails_to_assigned_member: Some(true),
        alert_email: Some("office@deo.example".into()),
        google_invitation_emails: Some(true),
        allow_reschedule: Some(true),
        allow_cancellation: Some(true),
        should_assign_contact_to_team_member: Some(true),
        should_skip_assigning_contact_for_existing: Some(true),
        notes: text("Ring twice"),
        pixel_id: text("p1"),
        form_submit_type: Some(FormSubmitType::Redirect),
        form_submit_redirect_url: text("https://deo.example/thanks"),
        form_submit_thanks_message: text("Thank you"),
        availability_type: Some(AvailabilityType::Custom),
        availabilities: Some(vec![CustomAvailability {
            id: date.map(str::to_owned),
            date: id("2026-09-24"),
            hours: vec![nine_to_five()],
            deleted: Some(false),
        }]),
        guest_type: Some(GuestType::CollectDetail),
        consent_label: text("I agree"),
        calendar_cover_image: text("https://deo.example/visit.png"),
        look_busy_config: Some(LookBusy {
            enabled: true,
            percentage: 20,
        }),
    }
}

fn member() -> TeamMember {
    TeamMember {
        user_id: id("u1"),
        priority: Some(TeamMemberPriority::Medium),
        is_primary: Some(true),
        location_configurations: Some(vec![meeting_location()]),
    }
}

fn meeting_location() -> MeetingLocation {
    MeetingLocation {
        kind: LocationKind::Custom,
        location: Some("At home".into()),
        meeting_id: Some("custom_0".to_owned()),
    }
}

fn nine_to_five() -> TimeRange {
    TimeRange {
        open_hour: 9,
        open_minute: 0,
        close_hour: 17,
        close_minute: 30,
    }
}
