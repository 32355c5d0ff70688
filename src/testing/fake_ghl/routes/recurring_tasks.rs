//! Recurring tasks of a location.

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Outcome};
use crate::testing::fake_ghl::check::{Kind, optional, required};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const RECURRING: Resource = Resource {
    collection: "recurringTasks",
    what: "Recurring task",
    one: "recurringTask",
    many: "recurringTasks",
    create: &[
        required("title", Kind::Text),
        required("rruleOptions", Kind::Object),
    ],
    update: &[
        optional("title", Kind::Text),
        optional("rruleOptions", Kind::Object),
    ],
    both: &[
        optional("description", Kind::Text),
        optional("contactIds", Kind::Texts),
        optional("owners", Kind::Texts),
        optional("ignoreTaskCreation", Kind::Bool),
    ],
    defaults: r#"{"deleted": false}"#,
    dates: Some(("createdAt", "updatedAt")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Recurring tasks",
    rules: &["No tasks follow from them: nothing recurs here."],
    operations: &[
        own(
            "GET",
            "/locations/{locationId}/recurring-tasks/{id}",
            "",
            |v, p, _| RECURRING.get(v, p[1]),
        ),
        own(
            "POST",
            "/locations/{locationId}/recurring-tasks",
            "",
            |v, _, b| RECURRING.create(v, b),
        ),
        own(
            "PUT",
            "/locations/{locationId}/recurring-tasks/{id}",
            "",
            |v, p, b| RECURRING.update(v, p[1], b),
        ),
        own(
            "DELETE",
            "/locations/{locationId}/recurring-tasks/{id}",
            "",
            |v, p, _| delete(v, p[1]),
        ),
    ],
};

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    RECURRING.removed(visit, id)?;
    Ok(Answer::ok(json!({ "id": id, "success": true })))
}
