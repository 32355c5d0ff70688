//! Businesses: companies that contacts belong to.

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, optional, required};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const BUSINESSES: Resource = Resource {
    collection: "businesses",
    what: "Business",
    one: "business",
    many: "businesses",
    create: &[required("name", Kind::Text)],
    update: &[optional("name", Kind::Text)],
    both: &[
        optional("phone", Kind::TextOrNull),
        optional("email", Kind::TextOrNull),
        optional("website", Kind::TextOrNull),
        optional("address", Kind::TextOrNull),
        optional("city", Kind::TextOrNull),
        optional("postalCode", Kind::TextOrNull),
        optional("state", Kind::TextOrNull),
        optional("country", Kind::TextOrNull),
        optional("description", Kind::TextOrNull),
    ],
    dates: Some(("createdAt", "updatedAt")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Businesses",
    rules: &["Create and update answer under `buiseness`, as HighLevel misspells it."],
    operations: &[
        own("GET", "/businesses/", "businesses.readonly", |v, _, _| {
            list(v)
        }),
        own(
            "GET",
            "/businesses/{businessId}",
            "businesses.readonly",
            |v, p, _| BUSINESSES.get(v, p[0]),
        ),
        own("POST", "/businesses/", "businesses.write", |v, _, b| {
            create(v, b)
        }),
        own(
            "PUT",
            "/businesses/{businessId}",
            "businesses.write",
            |v, p, b| update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/businesses/{businessId}",
            "businesses.write",
            |v, p, _| BUSINESSES.delete(v, p[0]),
        ),
    ],
};

fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let (page, _) = BUSINESSES.page(visit, ("skip", "limit"), 20, |_| true)?;
    Ok(Answer::ok(BUSINESSES.many(page)))
}

fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let made = BUSINESSES.made(visit, body)?;
    Ok(Answer::created(
        json!({ "success": true, "buiseness": made }),
    ))
}

fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let changed = BUSINESSES.changed(visit, id, body)?;
    Ok(Answer::ok(json!({ "success": true, "buiseness": changed })))
}
