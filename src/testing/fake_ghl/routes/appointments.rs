//! Appointments: book, read, change. Series are not looked at, and no webhook is sent.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::calendars::{CALENDARS, is_taken, minutes};
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::values::{fresh_id, wire_time};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const MODULE: Module = Module {
    name: "Appointments",
    rules: &[
        "An appointment needs a contact that is there, and a calendar by its id. Of a calendar that is not in the state nothing more is asked.",
        "In a calendar of the state a time that is taken is refused, unless `ignoreFreeSlotValidation` is true, and the end follows from the length of a slot.",
        "Reading answers under `event`, the rest flat; the mode `wrapped-appointments` answers as production does.",
        "Series are kept as they are written and make no further appointments. No webhook is sent.",
    ],
    operations: &[
        own(
            "POST",
            "/calendars/events/appointments",
            "calendars/events.write",
            |v, _, b| create(v, b),
        ),
        own(
            "GET",
            "/calendars/events/appointments/{eventId}",
            "calendars/events.readonly",
            |v, p, _| get(v, p[0]),
        ),
        own(
            "PUT",
            "/calendars/events/appointments/{eventId}",
            "calendars/events.write",
            |v, p, b| update(v, p[0], b),
        ),
    ],
};

const CREATE: &[Property] = &[
    required("calendarId", Kind::Text),
    required("locationId", Kind::Text),
    required("contactId", Kind::Text),
    required("startTime", Kind::Time),
    optional("endTime", Kind::Time),
    optional("title", Kind::Text),
    optional("appointmentStatus", Kind::Text),
    optional("assignedUserId", Kind::Text),
    optional("description", Kind::Text),
    optional("address", Kind::Text),
    optional("meetingLocationType", Kind::Text),
    optional("meetingLocationId", Kind::Text),
    optional("overrideLocationConfig", Kind::Bool),
    optional("ignoreDateRange", Kind::Bool),
    optional("toNotify", Kind::Bool),
    optional("ignoreFreeSlotValidation", Kind::Bool),
    optional("rrule", Kind::Text),
];

/// What is asked for and not kept.
const NOT_KEPT: &[&str] = &[
    "overrideLocationConfig",
    "ignoreDateRange",
    "toNotify",
    "ignoreFreeSlotValidation",
];

pub(super) fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(body, CREATE)?;
    let contact = body["contactId"].as_str().unwrap_or_default();
    if visit.location.contact(contact).is_none() {
        return Err(Answer::not_found("Contact", contact));
    }
    let ends = check_slot(visit, body)?;
    let mut appointment = Fields::new();
    appointment.extend(ends.map(|ends| ("endTime".to_owned(), Value::from(ends))));
    appointment.insert("id".into(), fresh_id().into());
    appointment.insert("appointmentStatus".into(), "confirmed".into());
    appointment.insert("dateAdded".into(), wire_time(visit.now).into());
    write(&mut appointment, body, visit);
    let answer = Answer::created(flat(visit, &appointment));
    visit.location.appointments.push(appointment);
    Ok(answer)
}

/// Refuses a time of a calendar that is taken; answers the end that the calendar gives to what has none.
fn check_slot(visit: &Visit<'_>, body: &Fields) -> Result<Option<String>, Answer> {
    let id = text(body, "calendarId");
    let begins: Result<Timestamp, _> = text(body, "startTime").parse();
    let (Ok(calendar), Ok(begins)) = (CALENDARS.find(&visit.location.records, id), begins) else {
        return Ok(None);
    };
    let length = SignedDuration::from_mins(minutes(calendar, "slotDuration").max(1));
    let ends: Option<Timestamp> = text(body, "endTime").parse().ok();
    let ends = ends.unwrap_or_else(|| begins.saturating_add(length).unwrap_or(begins));
    let anyway = body.get("ignoreFreeSlotValidation") == Some(&json!(true));
    if !anyway && is_taken(visit.location, id, begins, ends) {
        return Err(Answer::bad_request(
            "The slot you have selected is no longer available.",
        ));
    }
    Ok(Some(wire_time(ends)))
}

pub(super) fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let found = visit.location.appointments.iter();
    let mut found = found.filter(|appointment| appointment["id"] == id);
    let found = found
        .next()
        .ok_or_else(|| Answer::not_found("Appointment", id))?;
    let body = match visit.modes.wrapped_appointments {
        true => flat(visit, found),
        false => json!({ "event": found }),
    };
    Ok(Answer::ok(body))
}

pub(super) fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let all_optional: Vec<Property> = CREATE.iter().map(|it| it.optional()).collect();
    check(body, &all_optional)?;
    let found = visit.location.appointments.iter();
    let mut found = found.filter(|appointment| appointment["id"] == id);
    let found = found
        .next()
        .ok_or_else(|| Answer::not_found("Appointment", id))?;
    let mut changed = found.clone();
    write(&mut changed, body, visit);
    let answer = Answer::ok(flat(visit, &changed));
    let all = visit.location.appointments.iter_mut();
    for appointment in all.filter(|appointment| appointment["id"] == id) {
        appointment.clone_from(&changed);
    }
    Ok(answer)
}

/// As creating and changing answer by the documentation, or in production's wrapper.
fn flat(visit: &Visit<'_>, appointment: &Fields) -> Value {
    if !visit.modes.wrapped_appointments {
        return appointment.clone().into();
    }
    let mut appointment = appointment.clone();
    let status = appointment["appointmentStatus"].clone();
    appointment.insert("appoinmentStatus".into(), status);
    json!({ "appointment": appointment })
}

fn write(appointment: &mut Fields, body: &Fields, visit: &Visit<'_>) {
    let kept = body
        .iter()
        .filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
    for (name, value) in kept {
        appointment.insert(name.clone(), value.clone());
    }
    appointment.insert("locationId".into(), visit.location.id.clone().into());
    appointment.insert("dateUpdated".into(), wire_time(visit.now).into());
}
