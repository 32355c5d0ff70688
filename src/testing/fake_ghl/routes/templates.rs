//! Templates: of texts and e-mails (to read and delete), and those of e-mails that version 3 lets one write.

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::{Version, Visit};

/// Only a seed makes them.
pub(super) const TEMPLATES: Resource = Resource {
    collection: "templates",
    what: "Template",
    many: "templates",
    defaults: r#"{"type": "sms", "deleted": false}"#,
    ..PLAIN
};

pub(super) const EMAILS: Resource = Resource {
    collection: "emailTemplates",
    what: "Email template",
    many: "items",
    create: &[
        required("name", Kind::Text),
        required("editorType", Kind::OneOf(&["html", "text"])),
    ],
    update: &[
        optional("name", Kind::Text),
        optional("editorType", Kind::OneOf(&["html", "text"])),
        optional("archived", Kind::Bool),
    ],
    both: &[
        optional("editorContent", Kind::Text),
        optional("parentFolderId", Kind::Text),
        optional("subjectLine", Kind::Text),
        optional("fromName", Kind::Text),
        optional("fromEmail", Kind::Text),
        optional("previewText", Kind::Text),
        optional("userId", Kind::Text),
    ],
    defaults: r#"{"type": "template", "editorType": "html", "archived": false, "deleted": false}"#,
    dates: Some(("createdAt", "updatedAt")),
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Templates",
    rules: &[
        "Templates of texts come from the seed; the API can list and delete them.",
        "Templates of e-mails are written in version 3 alone. Two may have the same name.",
        "The content of an e-mail template is not answered, only where it could be fetched, as HighLevel does.",
        "A folder is listed among the templates; a template's folder has to be there.",
    ],
    operations: &[
        own(
            "GET",
            "/locations/{locationId}/templates",
            "locations/templates.readonly",
            |v, _, _| list(v),
        ),
        own(
            "DELETE",
            "/locations/{locationId}/templates/{id}",
            "locations/templates.readonly",
            |v, p, _| delete(v, p[1]),
        ),
        own(
            "GET",
            "/emails/locations/{locationId}/templates",
            "emails/templates.readonly",
            |v, _, _| list_emails(v),
        )
        .only(Version::V3),
        own(
            "POST",
            "/emails/locations/{locationId}/templates",
            "emails/templates.write",
            |v, _, b| create_email(v, b),
        )
        .only(Version::V3),
        own(
            "POST",
            "/emails/locations/{locationId}/templates/folders",
            "emails/templates.write",
            |v, _, b| create_folder(v, b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/emails/locations/{locationId}/templates/{templateId}",
            "emails/templates.readonly",
            |v, p, _| get_email(v, p[1]),
        )
        .only(Version::V3),
        own(
            "PATCH",
            "/emails/locations/{locationId}/templates/{templateId}",
            "emails/templates.write",
            |v, p, b| update_email(v, p[1], b),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/emails/locations/{locationId}/templates/{templateId}",
            "emails/templates.write",
            |v, p, _| delete_email(v, p[1]),
        )
        .only(Version::V3),
    ],
};

fn list(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("originId")?;
    let kind = request.query("type");
    let deleted = request.query("deleted") == Some("true");
    let (page, total) = TEMPLATES.page(visit, ("skip", "limit"), 25, |template| {
        kind.is_none_or(|kind| text(template, "type") == kind) && template["deleted"] == deleted
    })?;
    let mut body = TEMPLATES.many(page);
    body["totalCount"] = json!(total);
    Ok(Answer::ok(body))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    TEMPLATES.removed(visit, id)?;
    Ok(visit.succeded())
}

fn list_emails(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    let words = request.query("search").unwrap_or_default().to_lowercase();
    let archived = request.query("archived") == Some("true");
    let folder = request.query("folderId");
    let include = request.query("include").unwrap_or("all");
    let (page, total) = EMAILS.page(visit, ("offset", "limit"), 20, |item| {
        let is_wanted = match include {
            "templates" => text(item, "type") == "template",
            "folders" => text(item, "type") == "folder",
            _ => true,
        };
        is_wanted
            && item["archived"] == archived
            && folder.is_none_or(|folder| text(item, "parentFolderId") == folder)
            && text(item, "name").to_lowercase().contains(&words)
    })?;
    let items: Vec<Fields> = page.into_iter().map(shown).collect();
    Ok(Answer::ok(json!({ "items": items, "total": total })))
}

/// A template without its content.
fn shown(template: &Fields) -> Fields {
    let mut shown = template.clone();
    shown.remove("editorContent");
    shown.remove("userId");
    let is_text = text(template, "editorType") == "text";
    shown.insert("isPlainText".to_owned(), is_text.into());
    let id = text(template, "id");
    let preview = format!("https://storage.example.com/{id}.html");
    shown.insert("previewUrl".to_owned(), preview.into());
    shown
}

fn check_folder(visit: &Visit<'_>, body: &Fields) -> Result<(), Answer> {
    match body.get("parentFolderId").and_then(Value::as_str) {
        Some(folder) => EMAILS.find(&visit.location.records, folder).map(|_| ()),
        None => Ok(()),
    }
}

fn create_email(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check_folder(visit, body)?;
    let made = EMAILS.made(visit, body)?;
    Ok(Answer::created(shown(&made).into()))
}

fn create_folder(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[required("name", Kind::Text), optional("userId", Kind::Text)],
    )?;
    let mut whole = body.clone();
    whole.insert("editorType".to_owned(), "html".into());
    let location_id = visit.location.id.clone();
    let owner = [("type", "folder"), ("locationId", location_id.as_str())];
    let mut made = EMAILS.make(&mut visit.location.records, &owner, &whole, visit.now)?;
    for name in ["editorType", "userId"] {
        made.remove(name);
    }
    Ok(Answer::created(made.into()))
}

/// The subject stands under another name than where it is written.
fn get_email(visit: &Visit<'_>, id: &str) -> Outcome {
    let template = EMAILS.find(&visit.location.records, id)?;
    let mut shown = shown(template);
    if let Some(subject) = shown.remove("subjectLine") {
        shown.insert("subject".to_owned(), subject);
    }
    if let Some(preview) = shown.remove("previewUrl") {
        shown.insert("editorContentUrl".to_owned(), preview);
    }
    Ok(Answer::ok(shown.into()))
}

fn update_email(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    check_folder(visit, body)?;
    let changed = EMAILS.changed(visit, id, body)?;
    Ok(Answer::ok(shown(&changed).into()))
}

fn delete_email(visit: &mut Visit<'_>, id: &str) -> Outcome {
    EMAILS.removed(visit, id)?;
    Ok(Answer::ok(json!({ "deleted": true })))
}
