//! What agencies keep: custom menu links, and snapshots with what became of their loading.

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::operation::{Module, agency, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::values::wire_time;
use crate::testing::fake_ghl::visit::{AgencyVisit, page};

pub(super) const MENUS: Resource = Resource {
    collection: "customMenus",
    what: "Custom menu",
    one: "customMenu",
    many: "customMenus",
    create: &[
        required("title", Kind::Text),
        required("url", Kind::Text),
        required("icon", Kind::Object),
        required("showOnCompany", Kind::Bool),
        required("showOnLocation", Kind::Bool),
        required("showToAllLocations", Kind::Bool),
        required(
            "openMode",
            Kind::OneOf(&["iframe", "new_tab", "current_tab"]),
        ),
        required("locations", Kind::Texts),
        required("userRole", Kind::OneOf(&["all", "admin", "user"])),
    ],
    update: &[
        optional("title", Kind::Text),
        optional("url", Kind::Text),
        optional("icon", Kind::Object),
        optional("showOnCompany", Kind::Bool),
        optional("showOnLocation", Kind::Bool),
        optional("showToAllLocations", Kind::Bool),
        optional(
            "openMode",
            Kind::OneOf(&["iframe", "new_tab", "current_tab"]),
        ),
        optional("locations", Kind::Texts),
        optional("userRole", Kind::OneOf(&["all", "admin", "user"])),
    ],
    both: &[
        optional("allowCamera", Kind::Bool),
        optional("allowMicrophone", Kind::Bool),
    ],
    ..PLAIN
};

/// Only a seed makes them.
pub(super) const SNAPSHOTS: Resource = Resource {
    collection: "snapshots",
    what: "Snapshot",
    many: "snapshots",
    defaults: r#"{"type": "own"}"#,
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Custom menus and snapshots",
    rules: &[
        "They belong to an agency and take its token.",
        "Snapshots come from the seed. Where one was loaded (when a location was made or changed), its status says `completed` at once.",
    ],
    operations: &[
        agency(
            "GET",
            "/custom-menus/",
            "custom-menu-link.readonly",
            |v, _, _| list(v),
        ),
        agency(
            "GET",
            "/custom-menus/{customMenuId}",
            "custom-menu-link.readonly",
            |v, p, _| get(v, p[0]),
        ),
        agency(
            "POST",
            "/custom-menus/",
            "custom-menu-link.write",
            |v, _, b| create(v, b),
        ),
        agency(
            "PUT",
            "/custom-menus/{customMenuId}",
            "custom-menu-link.write",
            |v, p, b| update(v, p[0], b),
        ),
        agency(
            "DELETE",
            "/custom-menus/{customMenuId}",
            "custom-menu-link.write",
            |v, p, _| delete(v, p[0]),
        ),
        agency("GET", "/snapshots/", "", |v, _, _| snapshots(v)),
        agency("POST", "/snapshots/share/link", "", |v, _, b| share(v, b)),
        agency(
            "GET",
            "/snapshots/snapshot-status/{snapshotId}",
            "",
            |v, p, _| pushes(v, p[0]),
        ),
        agency(
            "GET",
            "/snapshots/snapshot-status/{snapshotId}/location/{locationId}",
            "",
            |v, p, _| last_push(v, p[0], p[1]),
        ),
    ],
};

fn list(visit: &mut AgencyVisit<'_>) -> Outcome {
    let request = visit.request;
    let (skip, limit) = (request.offset("skip")?, request.count("limit", 20, 100)?);
    let words = request.query("query").unwrap_or_default().to_lowercase();
    let location = request.query("locationId");
    let on_company = request.query("showOnCompany").map(|text| text == "true");
    let records = &visit.company().records;
    let found: Vec<&Fields> = MENUS
        .all(records)
        .iter()
        .filter(|menu| {
            let places = texts(menu.get("locations"));
            text(menu, "title").to_lowercase().contains(&words)
                && on_company.is_none_or(|on| menu["showOnCompany"] == on)
                && location.is_none_or(|location| {
                    menu["showToAllLocations"] == true || places.iter().any(|id| id == location)
                })
        })
        .collect();
    let total = found.len();
    let mut body = MENUS.many(page(found, skip, limit));
    body["totalLinks"] = json!(total);
    Ok(Answer::ok(body))
}

fn get(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    let menu = MENUS.find(&visit.company().records, id)?;
    Ok(Answer::ok(MENUS.one(menu)))
}

fn create(visit: &mut AgencyVisit<'_>, body: &Fields) -> Outcome {
    let now = visit.now;
    let company_id = visit.company_id.clone();
    let owner = [("companyId", company_id.as_str())];
    let made = MENUS.make(&mut visit.company().records, &owner, body, now)?;
    Ok(Answer::created(MENUS.one(&made)))
}

fn update(visit: &mut AgencyVisit<'_>, id: &str, body: &Fields) -> Outcome {
    let now = visit.now;
    let company_id = visit.company_id.clone();
    let owner = [("companyId", company_id.as_str())];
    let changed = MENUS.change(&mut visit.company().records, &owner, id, body, now)?;
    Ok(Answer::ok(
        json!({ "success": true, "customMenu": changed }),
    ))
}

fn delete(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    let now = visit.now;
    MENUS.remove(&mut visit.company().records, id)?;
    Ok(Answer::ok(json!({
        "success": true,
        "message": "Custom menu deleted successfully",
        "deletedMenuId": id,
        "deletedAt": wire_time(now),
    })))
}

/// The agency that the query names has to be the token's.
fn own_company(visit: &AgencyVisit<'_>) -> Result<(), Answer> {
    visit.own_company(Some(visit.request.required_query("companyId")?))
}

fn snapshots(visit: &mut AgencyVisit<'_>) -> Outcome {
    own_company(visit)?;
    let records = &visit.company().records;
    Ok(Answer::ok(SNAPSHOTS.many(SNAPSHOTS.all(records))))
}

fn share(visit: &mut AgencyVisit<'_>, body: &Fields) -> Outcome {
    own_company(visit)?;
    check(
        body,
        &[
            required("snapshot_id", Kind::Text),
            required(
                "share_type",
                Kind::OneOf(&["link", "permanent_link", "agency_link", "location_link"]),
            ),
            optional("relationship_number", Kind::Text),
            optional("share_location_id", Kind::Text),
        ],
    )?;
    let id = text(body, "snapshot_id");
    SNAPSHOTS.find(&visit.company().records, id)?;
    let link = format!("https://affiliates.gohighlevel.com/?share={id}");
    Ok(Answer::created(json!({ "id": id, "shareLink": link })))
}

/// The locations that a snapshot was loaded into.
fn pushes(visit: &mut AgencyVisit<'_>, snapshot: &str) -> Outcome {
    own_company(visit)?;
    SNAPSHOTS.find(&visit.company().records, snapshot)?;
    let limit = visit.request.count("limit", 20, 100)?;
    let after = visit.request.query("lastDoc").unwrap_or_default();
    let loaded: Vec<_> = visit
        .world
        .locations
        .values()
        .filter(|location| location.company_id() == visit.company_id)
        .filter(|location| location.snapshots.iter().any(|id| id == snapshot))
        .map(|location| location.id.as_str())
        // Locations are in the order of their ids.
        .filter(|id| *id > after)
        .take(limit)
        .map(|id| {
            json!({
                "id": id, "locationId": id, "status": "completed",
                "dateAdded": wire_time(visit.now),
            })
        })
        .collect();
    Ok(Answer::ok(json!({ "data": loaded })))
}

fn last_push(visit: &mut AgencyVisit<'_>, snapshot: &str, location: &str) -> Outcome {
    own_company(visit)?;
    visit.reaches(location)?;
    let known = visit.world.locations.get(location);
    let is_loaded = known.is_some_and(|it| it.snapshots.iter().any(|id| id == snapshot));
    if !is_loaded {
        return Err(Answer::not_found("Snapshot push", snapshot));
    }
    Ok(Answer::ok(json!({ "data": {
        "id": location, "locationId": location, "status": "completed",
        "completed": ["custom_fields", "custom_values", "tags", "workflows"], "pending": [],
    } })))
}
