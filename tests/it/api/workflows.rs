//! Workflows, and contacts in them.

use gohighlevel::api::workflows::WorkflowStatus;
use gohighlevel::ids::WorkflowId;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V2021_07, assert_repeated, assert_sent_once, contact_id, fixture,
};

fn id() -> WorkflowId {
    WorkflowId::new("78559bb3-b920-461e-b010-7b2a2816d2a9").unwrap()
}

fn target() -> String {
    format!("/contacts/{CONTACT}/workflow/78559bb3-b920-461e-b010-7b2a2816d2a9")
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("workflows/list")).await;
    let workflows = server.location.workflows().list().await.unwrap();
    server
        .assert_asked(
            "GET",
            &format!("/workflows/?locationId={LOCATION}"),
            V2021_07,
            None,
        )
        .await;
    assert_eq!(workflows.len(), 1);
    assert_eq!(workflows[0].id, id());
    assert_eq!(workflows[0].status, Some(WorkflowStatus::Draft));
    assert_eq!(workflows[0].version, Some(2));
    assert_eq!(workflows[0].name.as_deref(), Some("First Workflow"));
    assert_eq!(
        workflows[0].location_id.as_ref().unwrap().as_str(),
        LOCATION
    );
    assert_eq!(
        workflows[0].created_at,
        Some("2021-05-26T11:33:49Z".parse().unwrap())
    );
    assert_eq!(
        workflows[0].updated_at,
        Some("2021-05-27T11:33:49Z".parse().unwrap())
    );
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("workflows/list_odd")).await;
    let workflows = server.location.workflows().list().await.unwrap();
    assert_eq!(workflows.len(), 2);
    assert_eq!(
        workflows[0].status,
        Some(WorkflowStatus::Other("archived".into()))
    );
    assert_eq!(workflows[0].version, Some(3));
    assert_eq!(workflows[1].status, None);
}

#[tokio::test]
async fn add_a_contact() {
    let start = "2021-06-23T03:30:00+01:00".parse().unwrap();
    for (start, body) in [
        (None, json!({})),
        (
            Some(start),
            json!({"eventStartTime": "2021-06-23T02:30:00Z"}),
        ),
    ] {
        let server = Server::answering(201, fixture!("workflows/succeeded")).await;
        let workflows = server.location.workflows();
        let added = workflows.add_contact(&contact_id(), &id(), start).await;
        server
            .assert_asked("POST", &target(), V2021_07, Some(body))
            .await;
        added.unwrap();
    }
}

#[tokio::test]
async fn remove_a_contact() {
    let start = "2021-06-23T03:30:00+01:00".parse().unwrap();
    for (start, body) in [
        (None, json!({})),
        (
            Some(start),
            json!({"eventStartTime": "2021-06-23T02:30:00Z"}),
        ),
    ] {
        let server = Server::answering(200, fixture!("workflows/succeeded")).await;
        let workflows = server.location.workflows();
        let removed = workflows.remove_contact(&contact_id(), &id(), start).await;
        server
            .assert_asked("DELETE", &target(), V2021_07, Some(body))
            .await;
        removed.unwrap();
    }
}

#[tokio::test]
async fn only_adding_is_not_repeated() {
    let (contact, workflow) = (contact_id(), id());
    assert_sent_once(async |location| {
        let workflows = location.workflows();
        workflows.add_contact(&contact, &workflow, None).await
    })
    .await;
    assert_repeated(async |location| {
        let workflows = location.workflows();
        workflows.remove_contact(&contact, &workflow, None).await
    })
    .await;
}
