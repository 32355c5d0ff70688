//! What belongs to calendars: notifications, rooms and equipment, schedules.

use serde_json::{Value, json};

use super::calendars::CALENDARS;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::{Version, Visit};

const NOTIFICATION: &[Property] = &[
    optional("receiverType", Kind::Text),
    optional("channel", Kind::Text),
    optional("notificationType", Kind::Text),
    optional("additionalEmailIds", Kind::Texts),
    optional("additionalPhoneNumbers", Kind::Texts),
    optional("additionalWhatsappNumbers", Kind::Texts),
    optional("selectedUsers", Kind::Texts),
    optional("isActive", Kind::Bool),
    optional("deleted", Kind::Bool),
    optional("templateId", Kind::Text),
    optional("body", Kind::Text),
    optional("subject", Kind::Text),
    optional("afterTime", Kind::Objects),
    optional("beforeTime", Kind::Objects),
    optional("fromAddress", Kind::Text),
    optional("fromNumber", Kind::Text),
    optional("fromName", Kind::Text),
];

pub(super) const NOTIFICATIONS: Resource = Resource {
    collection: "calendarNotifications",
    what: "Notification",
    id: "_id",
    create: NOTIFICATION,
    update: NOTIFICATION,
    defaults: r#"{"isActive": true, "deleted": false}"#,
    ..PLAIN
};

pub(super) const RESOURCES: Resource = Resource {
    collection: "calendarResources",
    what: "Calendar resource",
    id: "_id",
    create: &[
        required("name", Kind::Text),
        required("description", Kind::Text),
        required("quantity", Kind::Number),
        required("outOfService", Kind::Number),
        required("capacity", Kind::Number),
        required("calendarIds", Kind::Texts),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("description", Kind::Text),
        optional("quantity", Kind::Number),
        optional("outOfService", Kind::Number),
        optional("capacity", Kind::Number),
        optional("calendarIds", Kind::Texts),
        optional("isActive", Kind::Bool),
    ],
    defaults: r#"{"isActive": true}"#,
    ..PLAIN
};

pub(super) const SCHEDULES: Resource = Resource {
    collection: "schedules",
    what: "Schedule",
    one: "schedule",
    many: "schedules",
    create: &[
        required("name", Kind::Text),
        required("timezone", Kind::Text),
        optional("userId", Kind::Text),
        optional("rules", Kind::Objects),
        optional("calendarIds", Kind::Texts),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("timezone", Kind::Text),
        optional("rules", Kind::Objects),
    ],
    defaults: r#"{"rules": [], "calendarIds": []}"#,
    dates: Some(("dateAdded", "dateUpdated")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Notifications, resources and schedules of calendars",
    rules: &[
        "Nothing is sent by notifications.",
        "Resources are `equipments` or `rooms`; lists of them and of notifications come bare.",
        "A schedule of an event calendar exists in version 3 alone, one for each calendar.",
    ],
    operations: &[
        own(
            "GET",
            "/calendars/{calendarId}/notifications",
            "calendars/events.readonly",
            |v, p, _| notifications(v, p[0]),
        ),
        own(
            "POST",
            "/calendars/{calendarId}/notifications",
            "calendars/events.write",
            |v, p, _| create_notifications(v, p[0]),
        )
        .taking_list(),
        own(
            "GET",
            "/calendars/{calendarId}/notifications/{notificationId}",
            "calendars/events.readonly",
            |v, p, _| NOTIFICATIONS.get(v, p[1]),
        ),
        own(
            "PUT",
            "/calendars/{calendarId}/notifications/{notificationId}",
            "calendars/events.write",
            |v, p, b| update_notification(v, p[1], b),
        ),
        own(
            "DELETE",
            "/calendars/{calendarId}/notifications/{notificationId}",
            "calendars/events.write",
            |v, p, _| delete_notification(v, p[1]),
        ),
        own(
            "GET",
            "/calendars/resources/{resourceType}",
            "calendars/resources.readonly",
            |v, p, _| resources(v, p[0]),
        ),
        own(
            "POST",
            "/calendars/resources/{resourceType}",
            "calendars/resources.write",
            |v, p, b| create_resource(v, p[0], b),
        ),
        own(
            "GET",
            "/calendars/resources/{resourceType}/{id}",
            "calendars/resources.readonly",
            |v, p, _| RESOURCES.get(v, p[1]),
        ),
        own(
            "PUT",
            "/calendars/resources/{resourceType}/{id}",
            "calendars/resources.write",
            |v, p, b| RESOURCES.update(v, p[1], b),
        ),
        own(
            "DELETE",
            "/calendars/resources/{resourceType}/{id}",
            "calendars/resources.write",
            |v, p, _| RESOURCES.delete(v, p[1]),
        ),
        own(
            "GET",
            "/calendars/schedules/search",
            "calendars.readonly",
            |v, _, _| search_schedules(v),
        ),
        own(
            "POST",
            "/calendars/schedules",
            "calendars.write",
            |v, _, b| SCHEDULES.create(v, b),
        ),
        own(
            "GET",
            "/calendars/schedules/{id}",
            "calendars.readonly",
            |v, p, _| SCHEDULES.get(v, p[0]),
        ),
        own(
            "PUT",
            "/calendars/schedules/{id}",
            "calendars.write",
            |v, p, b| SCHEDULES.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/calendars/schedules/{id}",
            "calendars.write",
            |v, p, _| SCHEDULES.delete(v, p[0]),
        ),
        own(
            "PUT",
            "/calendars/schedules/{id}/associations/{calendarId}",
            "calendars.write",
            |v, p, _| associate(v, p[0], p[1], true),
        ),
        own(
            "DELETE",
            "/calendars/schedules/{id}/associations/{calendarId}",
            "calendars.write",
            |v, p, _| associate(v, p[0], p[1], false),
        ),
        own(
            "GET",
            "/calendars/schedules/event-calendar/{calendarId}",
            "calendars.readonly",
            |v, p, _| of_calendar(v, p[0]),
        )
        .only(Version::V3),
        own(
            "POST",
            "/calendars/schedules/event-calendar/{calendarId}",
            "calendars.write",
            |v, p, b| create_of_calendar(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/calendars/schedules/event-calendar/{calendarId}",
            "calendars.write",
            |v, p, b| update_of_calendar(v, p[0], b),
        )
        .only(Version::V3),
    ],
};

fn notifications(visit: &Visit<'_>, calendar: &str) -> Outcome {
    CALENDARS.find(&visit.location.records, calendar)?;
    let flag = |name: &str| visit.request.query(name).map(|text| text == "true");
    let (active, deleted) = (flag("isActive"), flag("deleted"));
    let (page, _) = NOTIFICATIONS.page(visit, ("skip", "limit"), 100, |notification| {
        notification["calendarId"] == calendar
            && active.is_none_or(|active| notification["isActive"] == active)
            && notification["deleted"] == deleted.unwrap_or(false)
    })?;
    Ok(Answer::ok(NOTIFICATIONS.many(page)))
}

/// The body is a list here.
fn create_notifications(visit: &mut Visit<'_>, calendar: &str) -> Outcome {
    CALENDARS.find(&visit.location.records, calendar)?;
    let mut made = Vec::new();
    for body in visit.request.body_list()? {
        let owner = [("calendarId", calendar)];
        let records = &mut visit.location.records;
        made.push(NOTIFICATIONS.make(records, &owner, &body, visit.now)?);
    }
    Ok(Answer::ok(NOTIFICATIONS.many(&made)))
}

fn update_notification(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    NOTIFICATIONS.changed(visit, id, body)?;
    let message = "Notification updated successfully";
    Ok(Answer::ok(json!({ "message": message })))
}

/// HighLevel marks it, and lists it no more.
fn delete_notification(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let mut deleted = Fields::new();
    deleted.insert("deleted".to_owned(), true.into());
    NOTIFICATIONS.changed(visit, id, &deleted)?;
    let message = "Notification deleted successfully";
    Ok(Answer::ok(json!({ "message": message })))
}

fn check_kind(kind: &str) -> Result<(), Answer> {
    if matches!(kind, "equipments" | "rooms") {
        return Ok(());
    }
    Err(Answer::unprocessable(vec![
        "resourceType must be one of the following values: equipments, rooms".to_owned(),
    ]))
}

fn resources(visit: &Visit<'_>, kind: &str) -> Outcome {
    check_kind(kind)?;
    visit.request.required_query("locationId")?;
    let (page, _) = RESOURCES.page(visit, ("skip", "limit"), 20, |resource| {
        resource["resourceType"] == kind
    })?;
    Ok(Answer::ok(RESOURCES.many(page)))
}

fn create_resource(visit: &mut Visit<'_>, kind: &str, body: &Fields) -> Outcome {
    check_kind(kind)?;
    let location_id = visit.location.id.clone();
    let owner = [("resourceType", kind), ("locationId", location_id.as_str())];
    let made = RESOURCES.make(&mut visit.location.records, &owner, body, visit.now)?;
    Ok(Answer::created(RESOURCES.one(&made)))
}

fn search_schedules(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let user = visit.request.required_query("userId")?;
    let calendar = visit.request.query("calendarId");
    let (page, _) = SCHEDULES.page(visit, ("skip", "limit"), 20, |schedule| {
        let calendars = texts(schedule.get("calendarIds"));
        text(schedule, "userId") == user
            && calendar.is_none_or(|calendar| calendars.iter().any(|id| id == calendar))
    })?;
    Ok(Answer::ok(SCHEDULES.many(page)))
}

fn associate(visit: &mut Visit<'_>, id: &str, calendar: &str, add: bool) -> Outcome {
    CALENDARS.find(&visit.location.records, calendar)?;
    let schedules = visit.location.records.get_mut(SCHEDULES.collection);
    let mut schedules = schedules.into_iter().flatten();
    let schedule = schedules.find(|schedule| schedule["id"] == id);
    let schedule = schedule.ok_or_else(|| Answer::not_found(SCHEDULES.what, id))?;
    let mut calendars = texts(schedule.get("calendarIds"));
    calendars.retain(|known| known != calendar);
    if add {
        calendars.push(calendar.to_owned());
    }
    schedule.insert("calendarIds".to_owned(), json!(calendars));
    Ok(Answer::success())
}

/// The id of the schedule that an event calendar has.
fn schedule_of(visit: &Visit<'_>, calendar: &str) -> Result<Option<String>, Answer> {
    CALENDARS.find(&visit.location.records, calendar)?;
    let mut schedules = SCHEDULES.all(&visit.location.records).iter();
    let schedule = schedules.find(|schedule| text(schedule, "eventCalendarId") == calendar);
    Ok(schedule.map(|schedule| text(schedule, "id").to_owned()))
}

fn of_calendar(visit: &Visit<'_>, calendar: &str) -> Outcome {
    let id = schedule_of(visit, calendar)?;
    let id = id.ok_or_else(|| Answer::not_found("Schedule of calendar", calendar))?;
    SCHEDULES.get(visit, &id)
}

fn create_of_calendar(visit: &mut Visit<'_>, calendar: &str, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("rules", Kind::Objects),
            required("timezone", Kind::Text),
        ],
    )?;
    if schedule_of(visit, calendar)?.is_some() {
        return Err(Answer::bad_request(
            "Schedule already exists for this calendar",
        ));
    }
    let mut body = body.clone();
    body.insert("name".to_owned(), "Event calendar schedule".into());
    body.insert("calendarIds".to_owned(), json!([calendar]));
    let location_id = visit.location.id.clone();
    let owner = [
        ("eventCalendarId", calendar),
        ("locationId", location_id.as_str()),
    ];
    let made = SCHEDULES.make(&mut visit.location.records, &owner, &body, visit.now)?;
    Ok(Answer::created(SCHEDULES.one(&made)))
}

fn update_of_calendar(visit: &mut Visit<'_>, calendar: &str, body: &Fields) -> Outcome {
    let id = schedule_of(visit, calendar)?;
    let id = id.ok_or_else(|| Answer::not_found("Schedule of calendar", calendar))?;
    let value: Value = SCHEDULES.update(visit, &id, body)?.body;
    Ok(Answer::ok(value))
}
