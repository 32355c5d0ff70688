//! Locations and the agency above them.

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::oauth::Holder;
use crate::testing::fake_ghl::operation::{Module, agency, either, own, text};
use crate::testing::fake_ghl::values::{fresh_id, record};
use crate::testing::fake_ghl::visit::{AgencyVisit, Version, Visit};
use crate::testing::fake_ghl::world::Location;

pub(super) const MODULE: Module = Module {
    name: "Locations and agencies",
    rules: &[
        "An agency's token sees all of its locations, a location's token its own.",
        "Making, changing and deleting locations takes an agency's token; making them takes an agency whose plan allows it, else 403 whatever the scopes are.",
        "A snapshot named at the making is kept on record and brings nothing.",
        "Permissions exist in version 3 alone.",
    ],
    operations: &[
        either(
            "GET",
            "/locations/search",
            "locations.readonly",
            |v, _, _| search(v),
        ),
        agency("POST", "/locations/", "locations.write", |v, _, b| {
            create(v, b)
        }),
        either(
            "GET",
            "/locations/{locationId}",
            "locations.readonly",
            |v, p, _| get(v, p[0]),
        ),
        agency(
            "PUT",
            "/locations/{locationId}",
            "locations.write",
            |v, p, b| update(v, p[0], b),
        ),
        agency(
            "DELETE",
            "/locations/{locationId}",
            "locations.write",
            |v, p, _| delete(v, p[0]),
        ),
        own(
            "GET",
            "/locations/{locationId}/timezones",
            "locations.readonly",
            |_, _, _| time_zones(),
        ),
        agency(
            "GET",
            "/locations/{locationId}/permissions",
            "locations.write",
            |v, p, _| permissions(v, p[0]),
        )
        .only(Version::V3),
        agency(
            "PUT",
            "/locations/{locationId}/permissions",
            "locations.write",
            |v, p, b| set_permissions(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/locations/{locationId}/conversationChannels/{type}",
            "locations.readonly",
            |v, p, _| channel(v, p[1]),
        )
        .only(Version::V3),
        agency(
            "GET",
            "/companies/{companyId}",
            "companies.readonly",
            |v, p, _| company(v, p[0]),
        ),
    ],
};

const WRITTEN: [Property; 14] = [
    required("companyId", Kind::Text),
    optional("phone", Kind::TextOrNull),
    optional("address", Kind::TextOrNull),
    optional("city", Kind::TextOrNull),
    optional("state", Kind::TextOrNull),
    optional("country", Kind::Text),
    optional("postalCode", Kind::TextOrNull),
    optional("website", Kind::TextOrNull),
    optional("timezone", Kind::Text),
    optional("prospectInfo", Kind::Object),
    optional("settings", Kind::Object),
    optional("social", Kind::Object),
    optional("twilio", Kind::Object),
    optional("mailgun", Kind::Object),
];

/// What is written and not shown.
const NOT_SHOWN: [&str; 5] = [
    "prospectInfo",
    "twilio",
    "mailgun",
    "snapshot",
    "snapshotId",
];

fn search(visit: &mut AgencyVisit<'_>) -> Outcome {
    let request = visit.request;
    visit.own_company(request.query("companyId"))?;
    let (skip, limit) = (request.offset("skip")?, request.count("limit", 10, 1000)?);
    let email = request.query("email");
    let mut found: Vec<Fields> = visit
        .world
        .locations
        .values()
        .filter(|location| visit.reaches(&location.id).is_ok())
        .filter(|location| email.is_none_or(|email| text(&location.details, "email") == email))
        .map(|location| location.details.clone())
        .collect();
    if request.query("order") == Some("desc") {
        found.reverse();
    }
    let page: Vec<Fields> = found.into_iter().skip(skip).take(limit).collect();
    Ok(Answer::ok(json!({ "locations": page })))
}

fn get(visit: &AgencyVisit<'_>, id: &str) -> Outcome {
    let location = find(visit, id)?;
    Ok(Answer::ok(json!({ "location": location.details })))
}

fn find<'a>(visit: &'a AgencyVisit<'_>, id: &str) -> Result<&'a Location, Answer> {
    visit.reaches(id)?;
    let location = visit.world.locations.get(id);
    location.ok_or_else(|| Answer::not_found("Location", id))
}

fn create(visit: &mut AgencyVisit<'_>, body: &Fields) -> Outcome {
    let mut properties = vec![
        required("name", Kind::Text),
        optional("snapshotId", Kind::Text),
    ];
    properties.extend(WRITTEN);
    check(body, &properties)?;
    visit.own_company(Some(text(body, "companyId")))?;
    if !visit.company().makes_locations {
        return Err(Answer::forbidden(
            "Sub-account creation is not available on the current agency plan.",
        ));
    }
    let id = fresh_id();
    let mut location = Location {
        id: id.clone(),
        details: record([
            ("id", id.clone().into()),
            ("timezone", "America/Chicago".into()),
        ]),
        ..Location::default()
    };
    location.write(body);
    let details = location.details.clone();
    visit.world.locations.insert(id, location);
    Ok(Answer::created(details.into()))
}

fn update(visit: &mut AgencyVisit<'_>, id: &str, body: &Fields) -> Outcome {
    find(visit, id)?;
    let mut properties = vec![
        optional("name", Kind::Text),
        optional("snapshot", Kind::Object),
    ];
    properties.extend(WRITTEN);
    check(body, &properties)?;
    visit.own_company(Some(text(body, "companyId")))?;
    let location = visit.world.locations.get_mut(id);
    let location = location.ok_or_else(|| Answer::not_found("Location", id))?;
    location.write(body);
    Ok(Answer::ok(location.details.clone().into()))
}

impl Location {
    fn write(&mut self, body: &Fields) {
        let shown = body
            .iter()
            .filter(|(name, _)| !NOT_SHOWN.contains(&name.as_str()));
        for (name, value) in shown {
            let held = self.details.get_mut(name);
            match (held, value) {
                (Some(Value::Object(held)), Value::Object(written)) => {
                    held.extend(written.clone());
                }
                _ => {
                    self.details.insert(name.clone(), value.clone());
                }
            }
        }
        let snapshot = body
            .get("snapshotId")
            .or_else(|| body.get("snapshot")?.get("id"));
        if let Some(snapshot) = snapshot.and_then(Value::as_str) {
            self.snapshots.push(snapshot.to_owned());
        }
    }
}

fn delete(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    visit.request.required_query("deleteTwilioAccount")?;
    find(visit, id)?;
    visit.world.locations.remove(id);
    let id_of = |holder: &Holder| matches!(holder, Holder::Location(location) if location == id);
    visit.world.tokens.retain(|_, token| !id_of(&token.holder));
    for user in &mut visit.company().users {
        user.locations.remove(id);
    }
    Ok(Answer::ok(json!({
        "success": true,
        "message": format!("Location with id {id} is deleted"),
    })))
}

fn time_zones() -> Outcome {
    let zones: Vec<String> = jiff::tz::db()
        .available()
        .map(|zone| zone.to_string())
        .collect();
    Ok(Answer::ok(json!({ "timeZones": zones })))
}

fn permissions(visit: &AgencyVisit<'_>, id: &str) -> Outcome {
    let location = find(visit, id)?;
    Ok(Answer::ok(json!({ "permissions": location.permissions })))
}

fn set_permissions(visit: &mut AgencyVisit<'_>, id: &str, body: &Fields) -> Outcome {
    find(visit, id)?;
    check(body, &[required("permissions", Kind::Texts)])?;
    let permissions = texts(body.get("permissions"));
    if let Some(location) = visit.world.locations.get_mut(id) {
        location.permissions.clone_from(&permissions);
    }
    Ok(Answer::ok(json!({ "permissions": permissions })))
}

/// The providers of a channel. A seed names those that are not HighLevel's own.
fn channel(visit: &Visit<'_>, kind: &str) -> Outcome {
    let own = || {
        let provider =
            json!({ "_id": "lcPhone", "name": "LC Phone", "type": kind, "default": true });
        json!([{ "conversationProvider": provider }])
    };
    let providers = visit.location.channels.get(kind).cloned();
    let providers = providers.unwrap_or_else(own);
    Ok(Answer::ok(
        json!({ "conversationChannel": { kind: providers } }),
    ))
}

fn company(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    visit.own_company(Some(id))?;
    Ok(Answer::ok(json!({ "company": visit.company().details })))
}
