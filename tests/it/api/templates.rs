//! Templates of a location.

use gohighlevel::api::templates::{TemplateKind, TemplateQuery};
use gohighlevel::ids::TemplateId;

use super::support::{LOCATION, Server, V2021_07, asks_in_both, assert_repeated, fixture};

#[tokio::test]
async fn list() {
    let query = TemplateQuery {
        kind: Some(TemplateKind::Sms),
        skip: 25,
        ..TemplateQuery::new(LOCATION)
    };
    let target = format!(
        "/locations/{LOCATION}/templates?originId={LOCATION}&type=sms&deleted=false&skip=25&limit=25"
    );
    let page = asks_in_both(
        V2021_07,
        fixture!("templates/list"),
        ("GET", &target, None),
        async |server| server.location.templates().list(&query).await,
    )
    .await;
    assert_eq!((page.total, page.next()), (Some(28), Some(27)));
    let [sms, email] = &page.items[..] else {
        panic!("two templates");
    };
    assert_eq!(sms.kind, Some(TemplateKind::Sms));
    let body = sms.content.as_ref().unwrap().body.as_deref();
    assert_eq!(body, Some("Hello {{contact.first_name}}"));
    assert_eq!(sms.url_attachments.len(), 1);
    let content = email.content.as_ref().unwrap();
    assert_eq!(content.subject.as_deref(), Some("subject text"));
    assert_eq!(content.html.as_deref(), Some("<html></html>"));
    assert_eq!(content.attachments.len(), 1);

    let server = Server::answering(200, fixture!("templates/list_odd")).await;
    let query = TemplateQuery::new("o");
    let page = server.location.templates().list(&query).await.unwrap();
    assert_eq!((page.items.len(), page.next()), (1, None));
    assert_eq!(
        page.items[0].kind,
        Some(TemplateKind::Other("carrier pigeon".into()))
    );
}

#[tokio::test]
async fn delete() {
    let id = TemplateId::new("2yMwhgTNO19bpintqrap").unwrap();
    let target = format!("/locations/{LOCATION}/templates/2yMwhgTNO19bpintqrap");
    asks_in_both(V2021_07, "", ("DELETE", &target, None), async |server| {
        server.location.templates().delete(&id).await
    })
    .await;
    assert_repeated(async |location| location.templates().delete(&id).await).await;
}
