//! `emails-v3.json`: templates and their folders.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::email_templates::{
    EmailEditor, EmailTemplateInclude, EmailTemplateQuery, EmailTemplateUpdate, NewEmailTemplate,
    TemplateFolder,
};

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, Play, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        only("email_templates.list", lists()),
        only(
            "email_templates.get",
            [call!(|stage| stage
                .location
                .email_templates()
                .get(&id("t1"))
                .await)],
        ),
        only(
            "email_templates.create",
            [
                call!(|stage| {
                    let template = NewEmailTemplate {
                        parent_folder_id: Some(id("f1")),
                        preview_text: Some("Preview".to_owned()),
                        from_name: Some("Rosan".into()),
                        from_email: Some("rosan@example.com".into()),
                        user_id: Some(id("u1")),
                        ..NewEmailTemplate::html("Missed call", "Hello", "<p>Hello</p>")
                    };
                    stage.location.email_templates().create(&template).await
                }),
                call!(|stage| {
                    let template = NewEmailTemplate {
                        editor_type: EmailEditor::Text,
                        editor_content: None,
                        subject_line: None,
                        ..NewEmailTemplate::html("Missed call", "", "")
                    };
                    stage.location.email_templates().create(&template).await
                }),
            ],
        ),
        only("email_templates.update", updates()),
        only(
            "email_templates.delete",
            [call!(|stage| stage
                .location
                .email_templates()
                .delete(&id("t1"))
                .await)],
        ),
        only(
            "email_templates.create_folder",
            [
                call!(|stage| {
                    let templates = stage.location.email_templates();
                    templates.create_folder("Spring", Some(&id("u1"))).await
                }),
                call!(|stage| {
                    let templates = stage.location.email_templates();
                    templates.create_folder("Spring", None).await
                }),
            ],
        ),
    ]
}

fn only(name: &'static str, calls: impl IntoIterator<Item = Play>) -> Driver {
    Driver::only(Version::V3, name, calls)
}

fn lists() -> Vec<Play> {
    vec![
        call!(|stage| {
            let query = whole_query(SortDirection::Ascending, EmailTemplateInclude::All);
            stage.location.email_templates().list(&query).await
        }),
        call!(|stage| {
            let query = whole_query(SortDirection::Descending, EmailTemplateInclude::Templates);
            stage.location.email_templates().list(&query).await
        }),
        call!(|stage| {
            let query = EmailTemplateQuery {
                folder: Some(TemplateFolder::Root),
                ..whole_query(SortDirection::Descending, EmailTemplateInclude::Folders)
            };
            stage.location.email_templates().list(&query).await
        }),
        call!(|stage| {
            let query = EmailTemplateQuery::default();
            stage.location.email_templates().list(&query).await
        }),
    ]
}

fn updates() -> Vec<Play> {
    vec![
        call!(|stage| {
            let update = whole_update(EmailEditor::Html, TemplateFolder::In(id("f1")));
            let templates = stage.location.email_templates();
            templates.update(&id("t1"), &update).await
        }),
        call!(|stage| {
            let update = whole_update(EmailEditor::Text, TemplateFolder::In(id("f1")));
            let templates = stage.location.email_templates();
            templates.update(&id("t1"), &update).await
        }),
        call!(|stage| {
            let update = EmailTemplateUpdate::default();
            let templates = stage.location.email_templates();
            templates.update(&id("t1"), &update).await
        }),
    ]
}

fn whole_query(order: SortDirection, include: EmailTemplateInclude) -> EmailTemplateQuery {
    EmailTemplateQuery {
        name: Some("letter".to_owned()),
        by_update: Some(order),
        archived: Some(true),
        folder: Some(TemplateFolder::In(id("f1"))),
        include: Some(include),
        skip: 10,
        limit: 10,
    }
}

fn whole_update(editor: EmailEditor, folder: TemplateFolder) -> EmailTemplateUpdate {
    EmailTemplateUpdate {
        name: Some("Missed call".to_owned()),
        content: Some((editor, "Hello".to_owned())),
        subject_line: Some("Hello".to_owned()),
        preview_text: Some("Preview".to_owned()),
        from_name: Some("Rosan".into()),
        from_email: Some("rosan@example.com".into()),
        archived: Some(true),
        folder: Some(folder),
        user_id: Some(id("u1")),
    }
}
