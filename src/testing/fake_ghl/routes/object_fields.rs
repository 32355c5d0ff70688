//! Fields of custom objects and companies, and their folders (custom fields V2).

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

const SHARED: &[Property] = &[
    optional("name", Kind::Text),
    optional("description", Kind::Text),
    optional("placeholder", Kind::Text),
    optional("options", Kind::Objects),
    optional("acceptedFormats", Kind::Any),
    optional("maxFileLimit", Kind::Number),
    required("showInForms", Kind::Bool),
];

pub(super) const FIELDS: Resource = Resource {
    collection: "objectFields",
    what: "Field",
    one: "field",
    many: "fields",
    create: &[
        required("dataType", Kind::Text),
        required("fieldKey", Kind::Text),
        required("objectKey", Kind::Text),
        required("parentId", Kind::Text),
        optional("allowCustomOption", Kind::Bool),
    ],
    both: SHARED,
    unique: "fieldKey",
    dates: Some(("dateAdded", "dateUpdated")),
    ..PLAIN
};

pub(super) const FOLDERS: Resource = Resource {
    collection: "objectFieldFolders",
    what: "Folder",
    many: "folders",
    create: &[
        required("objectKey", Kind::Text),
        required("name", Kind::Text),
    ],
    update: &[required("name", Kind::Text)],
    dates: Some(("dateAdded", "dateUpdated")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Fields of custom objects and companies",
    rules: &[
        "A field is in a folder that is there, and its key belongs to it alone.",
        "With a folder go its fields.",
    ],
    operations: &[
        own(
            "GET",
            "/custom-fields/object-key/{objectKey}",
            "locations/customFields.readonly",
            |v, p, _| list(v, p[0]),
        ),
        own(
            "GET",
            "/custom-fields/{id}",
            "locations/customFields.readonly",
            |v, p, _| FIELDS.get(v, p[0]),
        ),
        own(
            "POST",
            "/custom-fields/",
            "locations/customFields.write",
            |v, _, b| create(v, b),
        ),
        own(
            "PUT",
            "/custom-fields/{id}",
            "locations/customFields.write",
            |v, p, b| FIELDS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/custom-fields/{id}",
            "locations/customFields.write",
            |v, p, _| delete(v, p[0]),
        ),
        own(
            "POST",
            "/custom-fields/folder",
            "locations/customFields.write",
            |v, _, b| FOLDERS.create(v, b),
        ),
        own(
            "PUT",
            "/custom-fields/folder/{id}",
            "locations/customFields.write",
            |v, p, b| FOLDERS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/custom-fields/folder/{id}",
            "locations/customFields.write",
            |v, p, _| delete_folder(v, p[0]),
        ),
    ],
};

fn list(visit: &Visit<'_>, object: &str) -> Outcome {
    visit.request.required_query("locationId")?;
    let of_object = |record: &&Fields| text(record, "objectKey") == object;
    let records = &visit.location.records;
    let mut body = FIELDS.many(FIELDS.all(records).iter().filter(of_object));
    let folders = FOLDERS.many(FOLDERS.all(records).iter().filter(of_object));
    body["folders"] = folders["folders"].clone();
    Ok(Answer::ok(body))
}

fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let parent = text(body, "parentId");
    if !parent.is_empty() {
        FOLDERS.find(&visit.location.records, parent)?;
    }
    FIELDS.create(visit, body)
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let gone = FIELDS.removed(visit, id)?;
    let mut answer = visit.succeded();
    answer.body["id"] = json!(id);
    answer.body["key"] = json!(text(&gone, "fieldKey"));
    Ok(answer)
}

fn delete_folder(visit: &mut Visit<'_>, id: &str) -> Outcome {
    visit.request.required_query("locationId")?;
    let gone = FOLDERS.removed(visit, id)?;
    if let Some(fields) = visit.location.records.get_mut(FIELDS.collection) {
        fields.retain(|field| text(field, "parentId") != id);
    }
    let mut answer = visit.succeded();
    answer.body["id"] = json!(id);
    answer.body["key"] = json!(text(&gone, "objectKey"));
    Ok(answer)
}
