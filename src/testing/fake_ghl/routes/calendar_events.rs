//! What stands in calendars: the list of events, blocked slots, notes of appointments.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::calendars::CALENDARS;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

const SLOT: &[Property] = &[
    optional("title", Kind::Text),
    optional("calendarId", Kind::Text),
    optional("assignedUserId", Kind::Text),
    optional("startTime", Kind::Time),
    optional("endTime", Kind::Time),
];

pub(super) const BLOCKED: Resource = Resource {
    collection: "blockedSlots",
    what: "Block slot",
    create: SLOT,
    update: SLOT,
    ..PLAIN
};

const NOTE: &[Property] = &[required("body", Kind::Text), optional("userId", Kind::Text)];

pub(super) const NOTES: Resource = Resource {
    collection: "appointmentNotes",
    what: "Note",
    one: "note",
    many: "notes",
    create: NOTE,
    update: NOTE,
    dates: Some(("dateAdded", "dateUpdated")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Events in calendars",
    rules: &[
        "Events and blocked slots are listed between two times in milliseconds, for one user, calendar or group.",
        "Deleting an event deletes an appointment or a blocked slot, and answers 201.",
        "An appointment's notes go with it.",
    ],
    operations: &[
        own(
            "GET",
            "/calendars/events",
            "calendars/events.readonly",
            |v, _, _| events(v),
        ),
        own(
            "DELETE",
            "/calendars/events/{eventId}",
            "calendars/events.write",
            |v, p, _| delete(v, p[0]),
        ),
        own(
            "GET",
            "/calendars/blocked-slots",
            "calendars/events.readonly",
            |v, _, _| blocked(v),
        ),
        own(
            "POST",
            "/calendars/events/block-slots",
            "calendars/events.write",
            |v, _, b| BLOCKED.create(v, b),
        ),
        own(
            "PUT",
            "/calendars/events/block-slots/{eventId}",
            "calendars/events.write",
            |v, p, b| update_blocked(v, p[0], b),
        ),
        own(
            "GET",
            "/calendars/appointments/{appointmentId}/notes",
            "calendars/events.readonly",
            |v, p, _| notes(v, p[0]),
        ),
        own(
            "POST",
            "/calendars/appointments/{appointmentId}/notes",
            "calendars/events.write",
            |v, p, b| create_note(v, p[0], b),
        ),
        own(
            "PUT",
            "/calendars/appointments/{appointmentId}/notes/{noteId}",
            "calendars/events.write",
            |v, p, b| update_note(v, p[0], p[1], b),
        ),
        own(
            "DELETE",
            "/calendars/appointments/{appointmentId}/notes/{noteId}",
            "calendars/events.write",
            |v, p, _| delete_note(v, p[0], p[1]),
        ),
    ],
};

/// Which events are asked for: between two times, and of whom.
struct Asked<'r> {
    from: Timestamp,
    to: Timestamp,
    user: Option<&'r str>,
    calendars: Option<Vec<&'r str>>,
}

impl<'r> Asked<'r> {
    fn of(visit: &'r Visit<'_>) -> Result<Self, Answer> {
        let request = visit.request;
        request.required_query("locationId")?;
        let moment = |name: &str| {
            let number = request.required_query(name)?.parse().ok();
            let moment = number.and_then(|number| Timestamp::from_millisecond(number).ok());
            moment.ok_or_else(|| {
                Answer::unprocessable(vec![format!("{name} must be a time in milliseconds")])
            })
        };
        let (from, to) = (moment("startTime")?, moment("endTime")?);
        let user = request.query("userId");
        let calendar = request.query("calendarId");
        let group = request.query("groupId");
        if user.is_none() && calendar.is_none() && group.is_none() {
            return Err(Answer::unprocessable(vec![
                "Either of userId, calendarId or groupId is required".to_owned(),
            ]));
        }
        let in_group = group.map(|group| {
            let calendars = CALENDARS.all(&visit.location.records).iter();
            let calendars = calendars.filter(|calendar| text(calendar, "groupId") == group);
            calendars.map(|calendar| text(calendar, "id")).collect()
        });
        Ok(Self {
            from,
            to,
            user,
            calendars: calendar.map(|calendar| vec![calendar]).or(in_group),
        })
    }

    fn wants(&self, event: &Fields) -> bool {
        let begins: Option<Timestamp> = text(event, "startTime").parse().ok();
        begins.is_some_and(|begins| begins >= self.from && begins <= self.to)
            && self
                .user
                .is_none_or(|user| text(event, "assignedUserId") == user)
            && self
                .calendars
                .as_ref()
                .is_none_or(|calendars| calendars.contains(&text(event, "calendarId")))
    }
}

fn events(visit: &Visit<'_>) -> Outcome {
    let asked = Asked::of(visit)?;
    let events = visit.location.appointments.iter();
    let events: Vec<&Fields> = events.filter(|event| asked.wants(event)).collect();
    Ok(Answer::ok(json!({ "events": events })))
}

fn blocked(visit: &Visit<'_>) -> Outcome {
    let asked = Asked::of(visit)?;
    let slots = BLOCKED.all(&visit.location.records).iter();
    let slots: Vec<&Fields> = slots.filter(|slot| asked.wants(slot)).collect();
    Ok(Answer::ok(json!({ "events": slots })))
}

fn update_blocked(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let changed = BLOCKED.changed(visit, id, body)?;
    Ok(Answer::created(changed.into()))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let before = visit.location.appointments.len();
    visit
        .location
        .appointments
        .retain(|event| event["id"] != id);
    if visit.location.appointments.len() == before {
        BLOCKED.removed(visit, id)?;
    }
    if let Some(notes) = visit.location.records.get_mut(NOTES.collection) {
        notes.retain(|note| note["appointmentId"] != id);
    }
    Ok(Answer::created(json!({ "succeeded": true })))
}

fn appointment(visit: &Visit<'_>, id: &str) -> Result<(), Answer> {
    let mut appointments = visit.location.appointments.iter();
    let is_there = appointments.any(|appointment| appointment["id"] == id);
    is_there
        .then_some(())
        .ok_or_else(|| Answer::not_found("Appointment", id))
}

fn notes(visit: &Visit<'_>, id: &str) -> Outcome {
    appointment(visit, id)?;
    visit.request.required_query("limit")?;
    visit.request.required_query("offset")?;
    let (page, total) = NOTES.page(visit, ("offset", "limit"), 10, |note| {
        note["appointmentId"] == id
    })?;
    let end = visit.request.offset("offset")? + page.len();
    let mut body = NOTES.many(page);
    body["hasMore"] = json!(end < total);
    Ok(Answer::ok(body))
}

/// Who wrote the note stands in `userId` when it is written, and in `createdBy` when it is read.
fn shown(mut note: Fields) -> Value {
    if let Some(user) = note.remove("userId") {
        note.insert("createdBy".to_owned(), json!({ "id": user }));
    }
    NOTES.one(&note)
}

fn create_note(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    appointment(visit, id)?;
    let note = NOTES.make(
        &mut visit.location.records,
        &[("appointmentId", id)],
        body,
        visit.now,
    )?;
    Ok(Answer::created(shown(note)))
}

fn update_note(visit: &mut Visit<'_>, id: &str, note: &str, body: &Fields) -> Outcome {
    appointment(visit, id)?;
    let note = NOTES.changed(visit, note, body)?;
    Ok(Answer::ok(shown(note)))
}

fn delete_note(visit: &mut Visit<'_>, id: &str, note: &str) -> Outcome {
    appointment(visit, id)?;
    NOTES.delete(visit, note)
}
