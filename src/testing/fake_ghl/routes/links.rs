//! Trigger links.

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::{Visit, succeded};

pub(super) const LINKS: Resource = Resource {
    collection: "links",
    what: "Link",
    one: "link",
    many: "links",
    create: &[
        required("name", Kind::Text),
        required("redirectTo", Kind::Text),
    ],
    update: &[
        required("name", Kind::Text),
        required("redirectTo", Kind::Text),
    ],
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Trigger links",
    rules: &[
        "The merge field is made of the link's id: `{{trigger_link.ID}}`.",
        "Update and deletion answer 201, as HighLevel does.",
    ],
    operations: &[
        own("GET", "/links/", "links.readonly", |v, _, _| LINKS.list(v)),
        own("GET", "/links/search", "links.readonly", |v, _, _| {
            search(v)
        }),
        own("GET", "/links/id/{linkId}", "links.readonly", |v, p, _| {
            LINKS.get(v, p[0])
        }),
        own("POST", "/links/", "links.write", |v, _, b| create(v, b)),
        own("PUT", "/links/{linkId}", "links.write", |v, p, b| {
            update(v, p[0], b)
        }),
        own("DELETE", "/links/{linkId}", "links.write", |v, p, _| {
            delete(v, p[0])
        }),
    ],
};

fn search(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let words = visit.request.query("query").unwrap_or_default();
    let words = words.to_lowercase();
    let (page, _) = LINKS.page(visit, ("skip", "limit"), 20, |link| {
        text(link, "name").to_lowercase().contains(&words)
            || text(link, "redirectTo").to_lowercase().contains(&words)
    })?;
    Ok(Answer::ok(LINKS.many(page)))
}

fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let made = LINKS.made(visit, body)?;
    let id = text(&made, "id").to_owned();
    let all = visit.location.records.get_mut(LINKS.collection);
    let mut all = all.into_iter().flatten();
    if let Some(link) = all.find(|link| link["id"] == id) {
        let key = format!("{{{{trigger_link.{id}}}}}");
        link.insert("fieldKey".to_owned(), json!(key));
    }
    let made = LINKS.find(&visit.location.records, &id)?;
    Ok(Answer::created(LINKS.one(made)))
}

fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let changed = LINKS.changed(visit, id, body)?;
    Ok(Answer::created(LINKS.one(&changed)))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    LINKS.removed(visit, id)?;
    Ok(Answer::created(succeded(visit.version)))
}
