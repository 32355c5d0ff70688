//! E-mail templates of a location, which version 3 alone has.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::email_templates::{
    EmailEditor, EmailTemplateInclude, EmailTemplateKind, EmailTemplateQuery, EmailTemplateUpdate,
    NewEmailTemplate, TemplateFolder,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{TemplateFolderId, TemplateId, UserId};
use serde_json::json;

use super::support::{
    LOCATION, Server, V3, V2021_07, asks, assert_not_in, assert_prints_no_personal_data, fixture,
    text,
};

fn id() -> TemplateId {
    TemplateId::new("507f1f77bcf86cd799439011").unwrap()
}

fn folder() -> TemplateFolderId {
    TemplateFolderId::new("67f15c2ae99226d5bcccb8f0").unwrap()
}

fn target(rest: &str) -> String {
    format!("/emails/locations/{LOCATION}/templates{rest}")
}

fn new_template() -> NewEmailTemplate {
    NewEmailTemplate::html("Missed call", "We missed your call", "<p>Hello</p>")
}

#[tokio::test]
async fn list() {
    let query = EmailTemplateQuery {
        name: Some("letter".into()),
        by_update: Some(SortDirection::Descending),
        archived: Some(false),
        folder: Some(TemplateFolder::Root),
        include: Some(EmailTemplateInclude::All),
        skip: 2,
        limit: 2,
    };
    let target = target(
        "?limit=2&offset=2&search=letter&sortBy=updatedAt&sortOrder=desc&archived=false\
         &folderId=root&include=all",
    );
    let answer = fixture!("email_templates/list");
    let page = asks(V3, answer, ("GET", &target, None), async |server| {
        server.location.email_templates().list(&query).await
    });
    let page = page.await.unwrap();
    assert_eq!((page.total, page.next()), (Some(25), Some(4)));
    let [template, kept] = &page.items[..] else {
        panic!("two entries");
    };
    assert_eq!(template.kind, Some(EmailTemplateKind::Template));
    assert_eq!(template.editor_type, Some(EmailEditor::Builder));
    assert_eq!(template.parent_folder_id, Some(folder()));
    assert_eq!(kept.kind, Some(EmailTemplateKind::Folder));
    assert_eq!((kept.child_count, kept.has_children), (Some(3), Some(true)));
    assert_eq!(kept.parent_folder_id, None);
}

#[tokio::test]
async fn get() {
    let target = target("/507f1f77bcf86cd799439011");
    let answer = fixture!("email_templates/one");
    let template = asks(V3, answer, ("GET", &target, None), async |server| {
        server.location.email_templates().get(&id()).await
    });
    let template = template.await.unwrap();
    assert_eq!(template.subject.as_deref(), Some("We missed your call"));
    assert_eq!(template.deleted, Some(false));
    assert!(
        template
            .editor_content_url
            .unwrap()
            .ends_with("abc123.html")
    );
    assert_eq!(text(&template.from_email), Some("rosan@example.com"));
    assert_prints_no_personal_data(&template.from_name);
}

#[tokio::test]
async fn create() {
    let new = NewEmailTemplate {
        parent_folder_id: Some(folder()),
        preview_text: Some("Here is our calendar".into()),
        from_name: Some("Rosan Deo".into()),
        from_email: Some("rosan@example.com".into()),
        user_id: Some(UserId::new("u1").unwrap()),
        ..new_template()
    };
    let body = json!({
        "name": "Missed call",
        "editorType": "html",
        "editorContent": "<p>Hello</p>",
        "parentFolderId": "67f15c2ae99226d5bcccb8f0",
        "subjectLine": "We missed your call",
        "previewText": "Here is our calendar",
        "fromName": "Rosan Deo",
        "fromEmail": "rosan@example.com",
        "userId": "u1",
    });
    let (answer, target) = (fixture!("email_templates/created"), target(""));
    let created = asks(V3, answer, ("POST", &target, Some(body)), async |server| {
        server.location.email_templates().create(&new).await
    });
    let created = created.await.unwrap();
    assert_eq!(created.id, id());
    assert_eq!(created.subject.as_deref(), Some("We missed your call"));
    assert_prints_no_personal_data(&new);
}

#[tokio::test]
async fn update() {
    let target = target("/507f1f77bcf86cd799439011");
    for (update, body) in [
        (EmailTemplateUpdate::default(), json!({})),
        (
            EmailTemplateUpdate {
                content: Some((EmailEditor::Text, "Hello".into())),
                archived: Some(true),
                folder: Some(TemplateFolder::Root),
                ..EmailTemplateUpdate::default()
            },
            json!({"editorType": "text", "editorContent": "Hello", "archived": true, "parentFolderId": null}),
        ),
        (
            EmailTemplateUpdate {
                name: Some("Missed call".into()),
                folder: Some(TemplateFolder::In(folder())),
                ..EmailTemplateUpdate::default()
            },
            json!({"name": "Missed call", "parentFolderId": "67f15c2ae99226d5bcccb8f0"}),
        ),
    ] {
        let answer = fixture!("email_templates/updated");
        let updated = asks(V3, answer, ("PATCH", &target, Some(body)), async |server| {
            server
                .location
                .email_templates()
                .update(&id(), &update)
                .await
        });
        assert_eq!(updated.await.unwrap().archived, Some(true));
    }
}

#[tokio::test]
async fn delete_and_create_folder() {
    let one = target("/507f1f77bcf86cd799439011");
    let answer = fixture!("email_templates/deleted");
    let deleted = asks(V3, answer, ("DELETE", &one, None), async |server| {
        server.location.email_templates().delete(&id()).await
    });
    deleted.await.unwrap();

    let target = target("/folders");
    let body = json!({"name": "Spring Campaigns"});
    let answer = fixture!("email_templates/folder");
    let created = asks(V3, answer, ("POST", &target, Some(body)), async |server| {
        let templates = server.location.email_templates();
        templates.create_folder("Spring Campaigns", None).await
    });
    assert_eq!(
        created.await.unwrap().id.as_str(),
        "67f15c2ae99226d5bcccb8f3"
    );
}

#[tokio::test]
async fn only_creating_is_not_repeated() {
    let server = Server::answering_v3(502, "").await;
    let templates = server.location.email_templates();
    let error = templates.create(&new_template()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    let error = templates.create_folder("Spring", None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    assert_eq!(server.count().await, 2);
    let update = EmailTemplateUpdate::default();
    let error = templates.update(&id(), &update).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unavailable);
    assert_eq!(server.count().await, 7);
}

#[tokio::test]
async fn version_2_has_none() {
    assert_not_in(V2021_07, async |server| {
        let query = EmailTemplateQuery::default();
        server.location.email_templates().list(&query).await
    })
    .await;
    assert_not_in(V2021_07, async |server| {
        server
            .location
            .email_templates()
            .create(&new_template())
            .await
    })
    .await;
    assert_not_in(V2021_07, async |server| {
        server.location.email_templates().delete(&id()).await
    })
    .await;
}
