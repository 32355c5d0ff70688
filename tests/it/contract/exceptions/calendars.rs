//! Rows of the table about `calendars.json` and `v3/calendars-v3.json`.

use serde_json::{Value, json};

use super::{Exception, What};

/// Operations that give calendars.
const CALENDARS: &[&str] = &[
    "GET /calendars/",
    "POST /calendars/",
    "GET /calendars/{calendarId}",
    "PUT /calendars/{calendarId}",
];

/// Operations that give appointments or blocked slots in the form of CalendarEventDTO.
const EVENTS: &[&str] = &[
    "GET /calendars/events",
    "GET /calendars/blocked-slots",
    "GET /calendars/events/appointments/{eventId}",
];

/// Operations that give a blocked slot that was just written.
const BLOCKED: &[&str] = &[
    "POST /calendars/events/block-slots",
    "PUT /calendars/events/block-slots/{eventId}",
];

pub(super) fn rows() -> Vec<Exception> {
    [requests(), what_is_left_out(), times(), other_answers()]
        .into_iter()
        .flatten()
        .collect()
}

fn requests() -> Vec<Exception> {
    vec![
        Exception {
            operations: &["POST /calendars/", "PUT /calendars/{calendarId}"],
            place: "body/availabilityType",
            what: What::Takes(|| json!({"type": "number", "enum": [0, 1], "nullable": true})),
            why: "null stands for both kinds of availability; version 3 supports what the field was before",
            source: "the description of availabilityType in CalendarUpdateDTO of both versions",
        },
        Exception {
            operations: BLOCKED,
            place: "body",
            what: What::Takes(blocked_slot),
            why: "a slot is that of a calendar or that of a user; the file asks for the calendar always",
            source: "\"Either calendarId or assignedUserId can be set, not both.\" in BlockSlotCreateRequestDTO",
        },
    ]
}

fn what_is_left_out() -> Vec<Exception> {
    let deprecated = [
        "**/notifications",
        "calendar/meetingLocation",
        "calendars/*/meetingLocation",
        "**/teamMembers/*/meetingLocation",
        "**/teamMembers/*/meetingLocationType",
    ];
    let deprecated = deprecated.map(|place| Exception {
        operations: CALENDARS,
        place,
        what: What::NotKept,
        why: "HighLevel has deprecated it in favour of the calendar's notifications and of `locationConfigurations`",
        source: "the descriptions of these fields in CalendarDTO and TeamMemberResponse",
    });
    let written = [
        "body/notifications",
        "body/meetingLocation",
        "body/teamMembers/*/meetingLocation",
        "body/teamMembers/*/meetingLocationType",
    ];
    let written = written.map(|place| Exception {
        operations: &["POST /calendars/", "PUT /calendars/{calendarId}"],
        place,
        what: What::NotGiven,
        why: "HighLevel has deprecated it in favour of the calendar's notifications and of `locationConfigurations`",
        source: "the descriptions of these fields in CalendarCreateDTO and TeamMember",
    });
    let told = Exception {
        operations: &[
            "PUT /calendars/{calendarId}/notifications/{notificationId}",
            "DELETE /calendars/{calendarId}/notifications/{notificationId}",
            "DELETE /calendars/services/bookings/{bookingId}",
            "DELETE /calendars/services/catalog/{serviceId}",
            "DELETE /calendars/services/locations/{serviceLocationId}",
        ],
        place: "message",
        what: What::NotKept,
        why: "it says in a sentence what the status says",
        source: "the example \"Service deleted successfully\" of DeleteServiceResponseDTO",
    };
    deprecated
        .into_iter()
        .chain(written)
        .chain([told])
        .collect()
}

/// The file calls these moments objects.
fn times() -> Vec<Exception> {
    let row = |operations, place| Exception {
        operations,
        place,
        what: What::Really(|| json!("2023-09-25T16:00:00+05:30")),
        why: "it is a text; the file says object",
        source: "the examples of CalendarEventDTO and BlockedSlotSuccessfulResponseDto",
    };
    let of_events = [
        "**/startTime",
        "**/endTime",
        "**/dateAdded",
        "**/dateUpdated",
    ];
    let of_events = of_events.map(|place| row(EVENTS, place));
    let of_blocked = ["startTime", "endTime"].map(|place| row(BLOCKED, place));
    of_events.into_iter().chain(of_blocked).collect()
}

fn other_answers() -> Vec<Exception> {
    vec![
        Exception {
            operations: &[
                "GET /calendars/schedules/search",
                "GET /calendars/schedules/{id}",
                "POST /calendars/schedules",
                "PUT /calendars/schedules/{id}",
                "GET /calendars/schedules/event-calendar/{calendarId}",
                "POST /calendars/schedules/event-calendar/{calendarId}",
                "PUT /calendars/schedules/event-calendar/{calendarId}",
            ],
            place: "**/rules",
            what: What::Really(rules),
            why: "a rule has either a day of the week or a date; the file has one object for both",
            source: "\"only for weekday-type rules\" and \"only for date-type rules\" in ScheduleRuleDTO",
        },
        Exception {
            operations: &[
                "POST /calendars/services/bookings",
                "PUT /calendars/services/bookings/{bookingId}",
            ],
            place: "messages",
            what: What::Really(|| {
                json!(["Meeting location is not supported and has been ignored."])
            }),
            why: "it is a list of texts; the file says a list of lists",
            source: "the example of CreateOrUpdateServiceBookingResponseDTO.messages",
        },
    ]
}

fn blocked_slot() -> Value {
    let of = |owner: &str| {
        json!({
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                owner: {"type": "string"},
                "locationId": {"type": "string"},
                "startTime": {"type": "string"},
                "endTime": {"type": "string"},
            },
            "required": [owner, "locationId"],
        })
    };
    json!({"anyOf": [of("calendarId"), of("assignedUserId")]})
}

fn rules() -> Value {
    let intervals = json!([{"from": "09:00", "to": "17:00"}]);
    json!([
        {"type": "wday", "day": "monday", "intervals": intervals},
        {"type": "date", "date": "2023-04-15", "intervals": intervals},
    ])
}
