//! `calendars.json`: what calendars keep to, which are notifications and schedules.

use gohighlevel::api::calendars::{
    CalendarNotificationUpdate, EventCalendarScheduleUpdate, NewCalendarNotification,
    NewEventCalendarSchedule, NewSchedule, NotificationChannel, NotificationContent,
    NotificationOffset, NotificationQuery, NotificationReceiver, NotificationType, Paging,
    ScheduleInterval, ScheduleRule, ScheduleSearch, ScheduleUpdate, ScheduleWeekday, TimeUnit,
};

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [notifications(), schedules(), event_calendar_schedules()]
        .into_iter()
        .flatten()
        .collect()
}

fn notifications() -> Vec<Driver> {
    vec![
        Driver::both(
            "calendar_notifications.list",
            [
                call!(|stage| {
                    let query = NotificationQuery {
                        is_active: Some(true),
                        deleted: Some(false),
                        paging: Paging {
                            skip: 20,
                            limit: 10,
                        },
                    };
                    let notifications = stage.location.calendar_notifications();
                    notifications.list(&id("c1"), &query).await
                }),
                call!(|stage| {
                    let query = NotificationQuery::default();
                    let notifications = stage.location.calendar_notifications();
                    notifications.list(&id("c1"), &query).await
                }),
            ],
        ),
        Driver::both(
            "calendar_notifications.get",
            [call!(|stage| {
                let notifications = stage.location.calendar_notifications();
                notifications.get(&id("c1"), &id("n1")).await
            })],
        ),
        Driver::both(
            "calendar_notifications.create",
            [call!(|stage| {
                let least = NewCalendarNotification {
                    content: NotificationContent::default(),
                    ..whole_notification()
                };
                let notifications = stage.location.calendar_notifications();
                notifications
                    .create(&id("c1"), &[whole_notification(), least])
                    .await
            })],
        ),
        Driver::both(
            "calendar_notifications.update",
            [
                call!(|stage| {
                    let update = CalendarNotificationUpdate {
                        receiver_type: Some(NotificationReceiver::AssignedUser),
                        channel: Some(NotificationChannel::InApp),
                        notification_type: Some(NotificationType::Reminder),
                        deleted: Some(true),
                        content: content(),
                    };
                    let notifications = stage.location.calendar_notifications();
                    notifications.update(&id("c1"), &id("n1"), &update).await
                }),
                call!(|stage| {
                    let update = CalendarNotificationUpdate::default();
                    let notifications = stage.location.calendar_notifications();
                    notifications.update(&id("c1"), &id("n1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "calendar_notifications.delete",
            [call!(|stage| {
                let notifications = stage.location.calendar_notifications();
                notifications.delete(&id("c1"), &id("n1")).await
            })],
        ),
    ]
}

fn schedules() -> Vec<Driver> {
    vec![
        Driver::both(
            "schedules.search",
            [
                call!(|stage| {
                    let search = ScheduleSearch {
                        user_id: id("u1"),
                        calendar_id: Some(id("c1")),
                        paging: Paging {
                            skip: 20,
                            limit: 10,
                        },
                    };
                    stage.location.schedules().search(&search).await
                }),
                call!(|stage| {
                    let search = ScheduleSearch {
                        user_id: id("u1"),
                        calendar_id: None,
                        paging: Paging::default(),
                    };
                    stage.location.schedules().search(&search).await
                }),
            ],
        ),
        Driver::both(
            "schedules.get",
            [call!(|stage| stage
                .location
                .schedules()
                .get(&id("s1"))
                .await)],
        ),
        Driver::both(
            "schedules.create",
            [
                call!(|stage| {
                    let schedule = NewSchedule {
                        name: "Office".to_owned(),
                        user_id: id("u1"),
                        timezone: "America/Chicago".to_owned(),
                        rules: Some(rules()),
                        calendar_ids: Some(vec![id("c1")]),
                    };
                    stage.location.schedules().create(&schedule).await
                }),
                call!(|stage| {
                    let schedule = NewSchedule {
                        name: "Office".to_owned(),
                        user_id: id("u1"),
                        timezone: "America/Chicago".to_owned(),
                        rules: None,
                        calendar_ids: None,
                    };
                    stage.location.schedules().create(&schedule).await
                }),
            ],
        ),
        Driver::both(
            "schedules.update",
            [
                call!(|stage| {
                    let update = ScheduleUpdate {
                        name: Some("Office".to_owned()),
                        timezone: Some("America/Chicago".to_owned()),
                        rules: Some(rules()),
                    };
                    stage.location.schedules().update(&id("s1"), &update).await
                }),
                call!(|stage| {
                    let update = ScheduleUpdate::default();
                    stage.location.schedules().update(&id("s1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "schedules.delete",
            [call!(|stage| stage
                .location
                .schedules()
                .delete(&id("s1"))
                .await)],
        ),
        Driver::both(
            "schedules.add_calendar",
            [call!(|stage| {
                let schedules = stage.location.schedules();
                schedules.add_calendar(&id("s1"), &id("c1")).await
            })],
        ),
        Driver::both(
            "schedules.remove_calendar",
            [call!(|stage| {
                let schedules = stage.location.schedules();
                schedules.remove_calendar(&id("s1"), &id("c1")).await
            })],
        ),
    ]
}

fn event_calendar_schedules() -> Vec<Driver> {
    vec![
        Driver::only(
            Version::V3,
            "schedules.of_event_calendar",
            [call!(|stage| {
                let schedules = stage.location.schedules();
                schedules.of_event_calendar(&id("c1")).await
            })],
        ),
        Driver::only(
            Version::V3,
            "schedules.create_for_event_calendar",
            [call!(|stage| {
                let schedule = NewEventCalendarSchedule {
                    timezone: "America/Chicago".to_owned(),
                    rules: rules(),
                };
                let schedules = stage.location.schedules();
                schedules
                    .create_for_event_calendar(&id("c1"), &schedule)
                    .await
            })],
        ),
        Driver::only(
            Version::V3,
            "schedules.update_for_event_calendar",
            [
                call!(|stage| {
                    let update = EventCalendarScheduleUpdate {
                        timezone: Some("America/Chicago".to_owned()),
                        rules: Some(rules()),
                    };
                    let schedules = stage.location.schedules();
                    schedules
                        .update_for_event_calendar(&id("c1"), &update)
                        .await
                }),
                call!(|stage| {
                    let update = EventCalendarScheduleUpdate::default();
                    let schedules = stage.location.schedules();
                    schedules
                        .update_for_event_calendar(&id("c1"), &update)
                        .await
                }),
            ],
        ),
    ]
}

fn whole_notification() -> NewCalendarNotification {
    NewCalendarNotification {
        receiver_type: NotificationReceiver::Contact,
        channel: NotificationChannel::Email,
        notification_type: NotificationType::Booked,
        content: content(),
    }
}

fn content() -> NotificationContent {
    NotificationContent {
        is_active: Some(true),
        template_id: Some("t1".to_owned()),
        body: Some("See you at {{appointment.start_time}}".into()),
        subject: Some("Your visit".into()),
        after_time: Some(vec![offset(1)]),
        before_time: Some(vec![offset(2)]),
        additional_email_ids: Some(vec!["office@deo.example".into()]),
        additional_phone_numbers: Some(vec![id("+18887324197")]),
        selected_users: Some(vec!["u1".to_owned(), "sub_account_admin".to_owned()]),
        from_address: Some("office@deo.example".into()),
        from_name: Some("Deo Ltd".into()),
        from_number: Some(id("+18887324197")),
    }
}

fn offset(hours: u32) -> NotificationOffset {
    NotificationOffset {
        time_offset: Some(hours),
        unit: Some(TimeUnit::Hours),
    }
}

fn rules() -> Vec<ScheduleRule> {
    vec![
        ScheduleRule::Weekly {
            day: ScheduleWeekday::Monday,
            intervals: vec![ScheduleInterval::new("09:00", "17:00")],
        },
        ScheduleRule::On {
            date: id("2026-09-24"),
            intervals: Vec::new(),
        },
    ]
}
