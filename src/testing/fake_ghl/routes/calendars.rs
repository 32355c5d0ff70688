//! Calendars, their groups and their free slots.

use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;
use crate::testing::fake_ghl::world::Location;

pub(super) const CALENDARS: Resource = Resource {
    collection: "calendars",
    what: "Calendar",
    one: "calendar",
    many: "calendars",
    create: &[required("name", Kind::Text)],
    update: &[optional("name", Kind::Text)],
    both: &[
        optional("isActive", Kind::Bool),
        optional("notifications", Kind::Objects),
        optional("groupId", Kind::Text),
        optional("teamMembers", Kind::Objects),
        optional("eventType", Kind::Text),
        optional("description", Kind::Text),
        optional("slug", Kind::Text),
        optional("widgetSlug", Kind::Text),
        optional("calendarType", Kind::Text),
        optional("widgetType", Kind::Text),
        optional("eventTitle", Kind::Text),
        optional("eventColor", Kind::Text),
        optional("meetingLocation", Kind::Text),
        optional("locationConfigurations", Kind::Objects),
        optional("slotDuration", Kind::Number),
        optional("slotDurationUnit", Kind::Text),
        optional("slotInterval", Kind::Number),
        optional("slotIntervalUnit", Kind::Text),
        optional("slotBuffer", Kind::Number),
        optional("slotBufferUnit", Kind::Text),
        optional("preBuffer", Kind::Number),
        optional("preBufferUnit", Kind::Text),
        optional("appoinmentPerSlot", Kind::Number),
        optional("appoinmentPerDay", Kind::Number),
        optional("allowBookingAfter", Kind::Number),
        optional("allowBookingAfterUnit", Kind::Text),
        optional("allowBookingFor", Kind::Number),
        optional("allowBookingForUnit", Kind::Text),
        optional("openHours", Kind::Objects),
        optional("enableRecurring", Kind::Bool),
        optional("recurring", Kind::Object),
        optional("formId", Kind::Text),
        optional("stickyContact", Kind::Bool),
        optional("isLivePaymentMode", Kind::Bool),
        optional("autoConfirm", Kind::Bool),
        optional("shouldSendAlertEmailsToAssignedMember", Kind::Bool),
        optional("alertEmail", Kind::Text),
        optional("googleInvitationEmails", Kind::Bool),
        optional("allowReschedule", Kind::Bool),
        optional("allowCancellation", Kind::Bool),
        optional("shouldAssignContactToTeamMember", Kind::Bool),
        optional("shouldSkipAssigningContactForExisting", Kind::Bool),
        optional("notes", Kind::Text),
        optional("pixelId", Kind::Text),
        optional("formSubmitType", Kind::Text),
        optional("formSubmitRedirectURL", Kind::Text),
        optional("formSubmitThanksMessage", Kind::Text),
        optional("availabilityType", Kind::Number),
        optional("availabilities", Kind::Objects),
        optional("guestType", Kind::Text),
        optional("consentLabel", Kind::Text),
        optional("calendarCoverImage", Kind::Text),
        optional("lookBusyConfig", Kind::Object),
    ],
    unique: "slug",
    defaults: r#"{"isActive": true, "calendarType": "round_robin", "slotDuration": 30, "slotDurationUnit": "mins"}"#,
    ..PLAIN
};

pub(super) const GROUPS: Resource = Resource {
    collection: "calendarGroups",
    what: "Calendar group",
    one: "group",
    many: "groups",
    create: &[
        required("name", Kind::Text),
        required("description", Kind::Text),
        required("slug", Kind::Text),
        optional("isActive", Kind::Bool),
    ],
    update: &[
        required("name", Kind::Text),
        required("description", Kind::Text),
        required("slug", Kind::Text),
    ],
    unique: "slug",
    defaults: r#"{"isActive": true}"#,
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Calendars",
    rules: &[
        "A slug belongs to one calendar, and to one group.",
        "Drafts (`isActive: false`) are listed only with `showDrafted`.",
        "Free slots follow `openHours`, or Monday to Friday from 9 to 17 in the location's zone without any; what is booked or blocked is not free; at most 31 days are answered at once.",
    ],
    operations: &[
        own("GET", "/calendars/", "calendars.readonly", |v, _, _| {
            list(v)
        }),
        own("POST", "/calendars/", "calendars.write", |v, _, b| {
            create(v, b)
        }),
        own(
            "GET",
            "/calendars/{calendarId}",
            "calendars.readonly",
            |v, p, _| CALENDARS.get(v, p[0]),
        ),
        own(
            "PUT",
            "/calendars/{calendarId}",
            "calendars.write",
            |v, p, b| CALENDARS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/calendars/{calendarId}",
            "calendars.write",
            |v, p, _| CALENDARS.delete(v, p[0]),
        ),
        own(
            "GET",
            "/calendars/{calendarId}/free-slots",
            "calendars.readonly",
            |v, p, _| free_slots(v, p[0]),
        ),
        own(
            "GET",
            "/calendars/groups",
            "calendars/groups.readonly",
            |v, _, _| GROUPS.list(v),
        ),
        own(
            "POST",
            "/calendars/groups",
            "calendars/groups.write",
            |v, _, b| GROUPS.create(v, b),
        ),
        own(
            "POST",
            "/calendars/groups/validate-slug",
            "calendars/groups.write",
            |v, _, b| validate_slug(v, b),
        ),
        own(
            "PUT",
            "/calendars/groups/{groupId}",
            "calendars/groups.write",
            |v, p, b| GROUPS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/calendars/groups/{groupId}",
            "calendars/groups.write",
            |v, p, _| GROUPS.delete(v, p[0]),
        ),
        own(
            "PUT",
            "/calendars/groups/{groupId}/status",
            "calendars/groups.write",
            |v, p, b| set_status(v, p[0], b),
        ),
    ],
};

fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let group = visit.request.query("groupId");
    let drafts = visit.request.query("showDrafted") == Some("true");
    let calendars = CALENDARS.all(&visit.location.records).iter();
    let shown = calendars.filter(|calendar| {
        group.is_none_or(|group| text(calendar, "groupId") == group)
            && (drafts || calendar.get("isActive") != Some(&json!(false)))
    });
    Ok(Answer::ok(CALENDARS.many(shown)))
}

/// HighLevel's file says 200 here.
fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let made = CALENDARS.made(visit, body)?;
    Ok(Answer::ok(CALENDARS.one(&made)))
}

fn validate_slug(visit: &Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            required("slug", Kind::Text),
        ],
    )?;
    let mut groups = GROUPS.all(&visit.location.records).iter();
    let is_taken = groups.any(|group| group["slug"] == body["slug"]);
    Ok(Answer::ok(json!({ "available": !is_taken })))
}

fn set_status(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    check(body, &[required("isActive", Kind::Bool)])?;
    let groups = visit.location.records.get_mut(GROUPS.collection);
    let mut groups = groups.into_iter().flatten();
    let group = groups.find(|group| group["id"] == id);
    let group = group.ok_or_else(|| Answer::not_found(GROUPS.what, id))?;
    group.extend(body.clone());
    Ok(Answer::success())
}

fn free_slots(visit: &Visit<'_>, id: &str) -> Outcome {
    let calendar = CALENDARS.find(&visit.location.records, id)?;
    let request = visit.request;
    let moment = |name: &str| {
        let number = request.required_query(name)?.parse().ok();
        let moment = number.and_then(|number| Timestamp::from_millisecond(number).ok());
        moment.ok_or_else(|| Answer::unprocessable(vec![format!("{name} must be a number")]))
    };
    let (from, to) = (moment("startDate")?, moment("endDate")?);
    if to.duration_since(from) > SignedDuration::from_hours(31 * 24) {
        return Err(Answer::bad_request(
            "Date range cannot be more than 31 days",
        ));
    }
    let own = visit
        .location
        .details
        .get("timezone")
        .and_then(Value::as_str);
    let zone_of = |name: Option<&str>| {
        let zone = name.and_then(|name| TimeZone::get(name).ok());
        zone.unwrap_or(TimeZone::UTC)
    };
    let zone = zone_of(own);
    let shown_in = zone_of(request.query("timezone").or(own));
    let mut days = Fields::new();
    let mut day = from.to_zoned(zone.clone()).date();
    let last = to.to_zoned(zone.clone()).date();
    while day <= last {
        for slot in slots(calendar, day, &zone) {
            let (begins, ends) = slot;
            if begins >= from && begins < to && !is_taken(visit.location, id, begins, ends) {
                let shown = begins.to_zoned(shown_in.clone());
                let text = shown.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
                let entry = days.entry(shown.date().to_string());
                let entry = entry.or_insert_with(|| json!({ "slots": [] }));
                if let Some(list) = entry["slots"].as_array_mut() {
                    list.push(text.into());
                }
            }
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(Answer::ok(days.into()))
}

/// The slots of a day, as beginning and end.
fn slots(calendar: &Fields, day: Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
    let length = minutes(calendar, "slotDuration").max(5);
    let every = match minutes(calendar, "slotInterval") {
        0 => length,
        every => every.max(5),
    };
    let at = |time: Time| {
        let zoned = zone.to_ambiguous_zoned(day.to_datetime(time)).compatible();
        zoned.ok().map(|zoned| zoned.timestamp())
    };
    let mut slots = Vec::new();
    for (opens, closes) in hours(calendar, day) {
        let (Some(mut begins), Some(closes)) = (at(opens), at(closes)) else {
            continue;
        };
        loop {
            let ends = begins.saturating_add(SignedDuration::from_mins(length));
            let ends = ends.unwrap_or(Timestamp::MAX);
            if ends > closes {
                break;
            }
            slots.push((begins, ends));
            let next = begins.saturating_add(SignedDuration::from_mins(every));
            begins = next.unwrap_or(Timestamp::MAX);
        }
    }
    slots
}

/// A length in minutes; 0 if the calendar has none.
pub(super) fn minutes(calendar: &Fields, name: &str) -> i64 {
    let number = calendar.get(name).and_then(Value::as_i64).unwrap_or(0);
    let number = number.clamp(0, 24 * 60);
    match text(calendar, &format!("{name}Unit")) {
        "hours" => number * 60,
        _ => number,
    }
}

/// When the calendar is open on a day. HighLevel counts days of the week from Sunday, 0.
fn hours(calendar: &Fields, day: Date) -> Vec<(Time, Time)> {
    let weekday = day.weekday().to_sunday_zero_offset();
    let Some(open) = calendar.get("openHours").and_then(Value::as_array) else {
        let works = (1..=5).contains(&weekday);
        return works
            .then(|| vec![(time(9, 0, 0, 0), time(17, 0, 0, 0))])
            .unwrap_or_default();
    };
    let number = |value: &Value| i8::try_from(value.as_i64().unwrap_or(0)).unwrap_or(0);
    let at = |hours: &Value, hour: &str, minute: &str| {
        Time::new(number(&hours[hour]), number(&hours[minute]), 0, 0).ok()
    };
    open.iter()
        .filter(|open| {
            let days = open["daysOfTheWeek"].as_array();
            days.is_some_and(|days| days.contains(&json!(weekday)))
        })
        .flat_map(|open| open["hours"].as_array().into_iter().flatten())
        .filter_map(|hours| {
            let opens = at(hours, "openHour", "openMinute")?;
            Some((opens, at(hours, "closeHour", "closeMinute")?))
        })
        .collect()
}

/// Whether an appointment or a blocked slot of the calendar lies across this time.
pub(super) fn is_taken(
    location: &Location,
    calendar: &str,
    begins: Timestamp,
    ends: Timestamp,
) -> bool {
    let moment = |event: &Fields, name: &str| text(event, name).parse::<Timestamp>().ok();
    let blocked = location.records.get("blockedSlots").into_iter().flatten();
    let mut events = location.appointments.iter().chain(blocked);
    events.any(|event| {
        let off = matches!(text(event, "appointmentStatus"), "cancelled" | "invalid");
        let from = moment(event, "startTime");
        let to = moment(event, "endTime").or(from);
        text(event, "calendarId") == calendar
            && !off
            && from.is_some_and(|from| from < ends)
            && to.is_some_and(|to| to > begins)
    })
}
