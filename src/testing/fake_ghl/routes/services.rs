//! Services that can be booked, where they are given, and their bookings. All of it exists in version 3 alone.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::{Version, Visit};

const SERVICE: &[Property] = &[
    optional("description", Kind::Text),
    optional("eventColor", Kind::Text),
    optional("coverImage", Kind::Text),
    optional("serviceCategoryId", Kind::Text),
    optional("payment", Kind::Object),
    optional("serviceDuration", Kind::Number),
    optional("serviceDurationUnit", Kind::Text),
    optional("preBuffer", Kind::Number),
    optional("preBufferUnit", Kind::Text),
    optional("postBuffer", Kind::Number),
    optional("postBufferUnit", Kind::Text),
    optional("isPrivate", Kind::Bool),
    optional("formId", Kind::Text),
    optional("variations", Kind::Objects),
    optional("serviceLocationIds", Kind::Texts),
];

pub(super) const SERVICES: Resource = Resource {
    collection: "services",
    what: "Service",
    one: "service",
    many: "services",
    create: &[
        required("name", Kind::Text),
        required("slug", Kind::Text),
        required("staff", Kind::Objects),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("slug", Kind::Text),
        optional("staff", Kind::Objects),
    ],
    both: SERVICE,
    unique: "slug",
    defaults: r#"{"isPrivate": false, "serviceDuration": 30, "serviceDurationUnit": "mins"}"#,
    ..PLAIN
};

pub(super) const PLACES: Resource = Resource {
    collection: "serviceLocations",
    what: "Service location",
    many: "serviceLocations",
    create: &[
        required("name", Kind::Text),
        required("slug", Kind::Text),
        optional("phone", Kind::Text),
        optional("address", Kind::Text),
        optional("coverImage", Kind::Text),
        optional("locationType", Kind::OneOf(&["offline", "ask_booker"])),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("slug", Kind::Text),
        optional("phone", Kind::Text),
        optional("address", Kind::Text),
        optional("coverImage", Kind::Text),
        optional("locationType", Kind::OneOf(&["offline", "ask_booker"])),
    ],
    unique: "slug",
    defaults: r#"{"isActive": true, "isPrivate": false, "locationType": "offline"}"#,
    ..PLAIN
};

pub(super) const BOOKINGS: Resource = Resource {
    collection: "serviceBookings",
    what: "Booking",
    id: "bookingId",
    many: "bookings",
    create: &[
        required("contactId", Kind::Text),
        required("startTime", Kind::Time),
        required("endTime", Kind::Time),
        required("timezone", Kind::Text),
        required("services", Kind::Objects),
        optional("serviceLocationId", Kind::Text),
        optional("meetingLocation", Kind::Text),
        optional("title", Kind::Text),
        optional("status", Kind::OneOf(&["confirmed", "new"])),
    ],
    update: &[
        optional("startTime", Kind::Time),
        optional("endTime", Kind::Time),
        optional("timezone", Kind::Text),
        optional("services", Kind::Objects),
        optional("serviceLocationId", Kind::Text),
        optional("meetingLocation", Kind::Text),
        optional("title", Kind::Text),
        optional(
            "status",
            Kind::OneOf(&[
                "confirmed",
                "cancelled",
                "invalid",
                "new",
                "showed",
                "no_show",
            ]),
        ),
    ],
    defaults: r#"{"status": "confirmed", "deleted": false, "messages": []}"#,
    dates: Some(("dateAdded", "dateUpdated")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Services and bookings",
    rules: &[
        "All of it exists in version 3 alone.",
        "A slug belongs to one service, and to one place.",
        "A booking needs a contact that is there; whether the staff is free is not looked at.",
    ],
    operations: &[
        own(
            "GET",
            "/calendars/services/catalog",
            "calendars.readonly",
            |v, _, _| list(v),
        )
        .only(Version::V3),
        own(
            "POST",
            "/calendars/services/catalog",
            "calendars.write",
            |v, _, b| SERVICES.create(v, b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/calendars/services/catalog/{serviceId}",
            "calendars.readonly",
            |v, p, _| SERVICES.get(v, p[0]),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/calendars/services/catalog/{serviceId}",
            "calendars.write",
            |v, p, b| SERVICES.update(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/calendars/services/catalog/{serviceId}",
            "calendars.write",
            |v, p, _| delete(&SERVICES, v, p[0]),
        )
        .only(Version::V3),
        own(
            "GET",
            "/calendars/services/locations",
            "calendars.readonly",
            |v, _, _| PLACES.list(v),
        )
        .only(Version::V3),
        own(
            "POST",
            "/calendars/services/locations",
            "calendars.write",
            |v, _, b| PLACES.create(v, b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/calendars/services/locations/{serviceLocationId}",
            "calendars.readonly",
            |v, p, _| PLACES.get(v, p[0]),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/calendars/services/locations/{serviceLocationId}",
            "calendars.write",
            |v, p, b| PLACES.update(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/calendars/services/locations/{serviceLocationId}",
            "calendars.write",
            |v, p, _| delete(&PLACES, v, p[0]),
        )
        .only(Version::V3),
        own(
            "GET",
            "/calendars/services/bookings",
            "calendars/events.readonly",
            |v, _, _| bookings(v),
        )
        .only(Version::V3),
        own(
            "POST",
            "/calendars/services/bookings",
            "calendars/events.write",
            |v, _, b| book(v, b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/calendars/services/bookings/{bookingId}",
            "calendars/events.readonly",
            |v, p, _| BOOKINGS.get(v, p[0]),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/calendars/services/bookings/{bookingId}",
            "calendars/events.write",
            |v, p, b| BOOKINGS.update(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/calendars/services/bookings/{bookingId}",
            "calendars/events.write",
            |v, p, _| delete(&BOOKINGS, v, p[0]),
        )
        .only(Version::V3),
    ],
};

fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let category = visit.request.query("serviceCategoryId");
    let private = visit.request.query("isPrivate").map(|text| text == "true");
    let services = SERVICES.all(&visit.location.records).iter();
    let shown = services.filter(|service| {
        category.is_none_or(|category| text(service, "serviceCategoryId") == category)
            && private.is_none_or(|private| service["isPrivate"] == private)
    });
    Ok(Answer::ok(SERVICES.many(shown)))
}

fn delete(resource: &Resource, visit: &mut Visit<'_>, id: &str) -> Outcome {
    resource.removed(visit, id)?;
    let message = format!("{} deleted successfully", resource.what);
    Ok(Answer::ok(json!({ "success": true, "message": message })))
}

fn bookings(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let moment = |name: &str| {
        let text = request.required_query(name)?;
        let milliseconds = text.parse().ok();
        let moment = milliseconds.and_then(|number| Timestamp::from_millisecond(number).ok());
        moment.or_else(|| text.parse().ok()).ok_or_else(|| {
            Answer::unprocessable(vec![format!("{name} must be a valid ISO 8601 date string")])
        })
    };
    let (from, to) = (moment("startTime")?, moment("endTime")?);
    let place = request.query("serviceLocationId");
    let bookings = BOOKINGS.all(&visit.location.records).iter();
    let shown = bookings.filter(|booking| {
        let begins: Option<Timestamp> = text(booking, "startTime").parse().ok();
        begins.is_some_and(|begins| begins >= from && begins <= to)
            && place.is_none_or(|place| text(booking, "serviceLocationId") == place)
    });
    Ok(Answer::ok(BOOKINGS.many(shown)))
}

fn book(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    if let Some(contact) = body.get("contactId").and_then(Value::as_str) {
        contacts::find(visit, contact)?;
    }
    BOOKINGS.create(visit, body)
}
