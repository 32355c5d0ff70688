//! Opportunities, pipelines and lost reasons.

mod pipelines;
mod search;

use gohighlevel::api::opportunities::{
    AdvancedOpportunitySearch, FollowersUpdate, Forecast, NewOpportunity, OpportunityFieldInput,
    OpportunityStatus, OpportunityUpdate, OpportunityUpsert,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{
    CustomFieldId, LostReasonId, OpportunityId, PipelineId, PipelineStageId, UserId,
};
use serde_json::{Value, json};

use super::support::{
    CONTACT, LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated,
    assert_sent_once, contact_id, fixture, phone, text,
};

const TARGET: &str = "/opportunities/yWQobCRIhRguQtD2llvk";

fn id() -> OpportunityId {
    OpportunityId::new("yWQobCRIhRguQtD2llvk").unwrap()
}

fn pipeline() -> PipelineId {
    PipelineId::new("VDm7RPYC2GLUvdpKmBfC").unwrap()
}

fn stage() -> PipelineStageId {
    PipelineStageId::new("e93ba61a-53b3-45e7-985a-c7732dbcdb69").unwrap()
}

fn reason() -> LostReasonId {
    LostReasonId::new("CLu7BaljjqrEjBGKTNNe").unwrap()
}

fn user(id: &str) -> UserId {
    UserId::new(id).unwrap()
}

fn forecast() -> Forecast {
    Forecast {
        expected_close_date: Some("2026-04-23".parse().unwrap()),
        probability: Some(20.5),
    }
}

fn new_opportunity() -> NewOpportunity {
    NewOpportunity {
        monetary_value: Some(220.5),
        pipeline_stage_id: Some(stage()),
        custom_fields: vec![
            OpportunityFieldInput::by_id(CustomFieldId::new("f1").unwrap(), json!(["Sanjay"])),
            OpportunityFieldInput::by_key("greeting", "Rosan"),
        ],
        ..NewOpportunity::new(pipeline(), contact_id(), "Rosan Deo")
    }
}

/// What creating writes; only the name of a custom field's value differs by version.
fn new_body(value: &str) -> Value {
    json!({
        "locationId": LOCATION,
        "contactId": CONTACT,
        "pipelineId": "VDm7RPYC2GLUvdpKmBfC",
        "pipelineStageId": "e93ba61a-53b3-45e7-985a-c7732dbcdb69",
        "name": "Rosan Deo",
        "status": "open",
        "monetaryValue": 220.5,
        "customFields": [{"id": "f1", value: ["Sanjay"]}, {"key": "greeting", value: "Rosan"}],
    })
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("opportunities/one")).await;
    let opportunity = server.location.opportunities().get(&id()).await.unwrap();
    server.assert_asked("GET", TARGET, V2021_07, None).await;
    assert_eq!(opportunity.id, id());
    assert_eq!(text(&opportunity.name), Some("Rosan Deo"));
    assert_eq!(opportunity.monetary_value, Some(500.0));
    assert_eq!(opportunity.pipeline_stage_id, Some(stage()));
    assert_eq!(opportunity.status, Some(OpportunityStatus::Open));
    assert_eq!(opportunity.index_version, Some(1));
    assert_eq!(opportunity.followers, [user("u1")]);
    assert_eq!(opportunity.lost_reason_id, None);
    let contact = opportunity.contact.as_ref().unwrap();
    assert_eq!(
        (&contact.id, &contact.phone),
        (&Some(contact_id()), &Some(phone()))
    );
    assert_eq!(contact.tags[0].as_str(), "missed-call");
    assert_eq!(*opportunity.custom_fields[0].value, json!("Sanjay"));
    assert_eq!(*opportunity.custom_fields[1].value, json!(["a", "b"]));
    assert_eq!(opportunity.notes.len(), 1);
    assert_prints_no_personal_data(&opportunity);
}

#[tokio::test]
async fn get_reads_the_forecast_of_version_3() {
    let server = Server::answering_v3(200, fixture!("opportunities/one_v3")).await;
    let opportunity = server.location.opportunities().get(&id()).await.unwrap();
    server.assert_asked("GET", TARGET, "v3", None).await;
    assert_eq!(
        opportunity.forecast_expected_close_date,
        Some("2026-05-20".parse().unwrap())
    );
    assert_eq!(opportunity.forecast_days_slipped, Some(19));
    assert_eq!(opportunity.forecast_probability, Some(20.0));
    assert_eq!(opportunity.effective_probability, Some(40.5));
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("opportunities/one_odd")).await;
    let opportunity = server.location.opportunities().get(&id()).await.unwrap();
    assert_eq!(opportunity.id.as_str(), "5");
    assert_eq!(opportunity.monetary_value, Some(12.5));
    assert_eq!(
        opportunity.status,
        Some(OpportunityStatus::Other("thinking".into()))
    );
    let values: Vec<_> = opportunity
        .custom_fields
        .iter()
        .map(|field| &*field.value)
        .collect();
    assert_eq!(values, [&json!(3), &json!("Rosan"), &Value::Null]);
    assert_eq!(opportunity.forecast_expected_close_date, None);
    assert!(opportunity.created_at.is_some());
    assert_prints_no_personal_data(&opportunity);
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("opportunities/one")).await;
    let opportunities = server.location.opportunities();
    assert_eq!(
        opportunities.create(&new_opportunity()).await.unwrap().id,
        id()
    );
    server
        .assert_asked(
            "POST",
            "/opportunities/",
            V2021_07,
            Some(new_body("field_value")),
        )
        .await;
    assert_prints_no_personal_data(&new_opportunity());
}

#[tokio::test]
async fn create_in_version_3() {
    let server = Server::answering_v3(201, fixture!("opportunities/one_v3")).await;
    let opportunity = NewOpportunity {
        forecast: forecast(),
        ..new_opportunity()
    };
    let opportunities = server.location.opportunities();
    opportunities.create(&opportunity).await.unwrap();
    let mut body = new_body("fieldValue");
    body["forecastExpectedCloseDate"] = json!("2026-04-23");
    body["forecastProbability"] = json!(20.5);
    server
        .assert_asked("POST", "/opportunities/", "v3", Some(body))
        .await;
}

#[tokio::test]
async fn update() {
    let update = OpportunityUpdate {
        status: Some(OpportunityStatus::Won),
        assigned_to: Some(user("u1")),
        custom_fields: vec![OpportunityFieldInput::by_key("greeting", "Rosan")],
        ..OpportunityUpdate::default()
    };
    for (server, version, value) in [
        (
            Server::answering(200, fixture!("opportunities/one")).await,
            V2021_07,
            "field_value",
        ),
        (
            Server::answering_v3(200, fixture!("opportunities/one_v3")).await,
            "v3",
            "fieldValue",
        ),
    ] {
        let opportunities = server.location.opportunities();
        opportunities.update(&id(), &update).await.unwrap();
        let body = json!({
            "status": "won", "assignedTo": "u1",
            "customFields": [{"key": "greeting", value: "Rosan"}],
        });
        server
            .assert_asked("PUT", TARGET, version, Some(body))
            .await;
    }
    assert_prints_no_personal_data(&update);
}

#[tokio::test]
async fn upsert() {
    for (followers, expected) in [
        (FollowersUpdate::Add(vec![]), (json!([]), false, "add")),
        (
            FollowersUpdate::Add(vec![user("u1")]),
            (json!(["u1"]), false, "add"),
        ),
        (
            FollowersUpdate::Remove(vec![user("u1")]),
            (json!(["u1"]), false, "remove"),
        ),
        (FollowersUpdate::RemoveAll, (json!([]), true, "remove")),
    ] {
        let server = Server::answering(200, fixture!("opportunities/upsert")).await;
        let upsert = OpportunityUpsert {
            id: Some(id()),
            status: Some(OpportunityStatus::Lost),
            lost_reason_id: Some(reason()),
            followers,
            ..OpportunityUpsert::new(pipeline())
        };
        let opportunities = server.location.opportunities();
        let upserted = opportunities.upsert(&upsert).await.unwrap();
        let (followers, all, action) = expected;
        let body = json!({
            "locationId": LOCATION,
            "id": "yWQobCRIhRguQtD2llvk",
            "pipelineId": "VDm7RPYC2GLUvdpKmBfC",
            "status": "lost",
            "lostReasonId": "CLu7BaljjqrEjBGKTNNe",
            "followers": followers,
            "isRemoveAllFollowers": all,
            "followersActionType": action,
        });
        server
            .assert_asked("POST", "/opportunities/upsert", V2021_07, Some(body))
            .await;
        assert_eq!(
            (upserted.new, upserted.opportunity.map(|it| it.id)),
            (Some(true), Some(id()))
        );
    }
}

#[tokio::test]
async fn upsert_gives_what_is_there() {
    let upsert = OpportunityUpsert::new(pipeline());
    for (body, expected) in [
        (r#"{"opportunity":{},"new":true}"#, Some((None, Some(true)))),
        (
            r#"{"opportunity":null,"new":"false"}"#,
            Some((None, Some(false))),
        ),
        (r#"{"opportunity":{"id":"o1"}}"#, Some((Some("o1"), None))),
        // It says yes, and not to what.
        ("{}", None),
    ] {
        let server = Server::answering(200, body).await;
        let upserted = server.location.opportunities().upsert(&upsert).await;
        let Some((id, new)) = expected else {
            let error = upserted.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{error}");
            continue;
        };
        let upserted = upserted.unwrap();
        let found = upserted.opportunity.map(|opportunity| opportunity.id);
        assert_eq!(found, id.map(|id| id.parse().unwrap()), "{body}");
        assert_eq!(upserted.new, new, "{body}");
    }
}

#[tokio::test]
async fn upsert_in_version_3() {
    let server = Server::answering_v3(200, fixture!("opportunities/upsert_odd")).await;
    let upsert = OpportunityUpsert {
        contact_id: Some(contact_id()),
        forecast: forecast(),
        ..OpportunityUpsert::new(pipeline())
    };
    let opportunities = server.location.opportunities();
    let upserted = opportunities.upsert(&upsert).await.unwrap();
    assert_eq!(upserted.new, Some(false));
    let body = json!({
        "locationId": LOCATION,
        "contactId": CONTACT,
        "pipelineId": "VDm7RPYC2GLUvdpKmBfC",
        "forecastExpectedCloseDate": "2026-04-23",
        "forecastProbability": 20.5,
        "followers": [],
        "isRemoveAllFollowers": false,
        "followersActionType": "add",
    });
    server
        .assert_asked("POST", "/opportunities/upsert", "v3", Some(body))
        .await;
}

#[tokio::test]
async fn a_forecast_is_for_version_3_alone() {
    let server = Server::answering(200, "{}").await;
    let opportunities = server.location.opportunities();
    let forecast = forecast();
    let new = NewOpportunity {
        forecast,
        ..new_opportunity()
    };
    let update = OpportunityUpdate {
        forecast,
        ..OpportunityUpdate::default()
    };
    let upsert = OpportunityUpsert {
        forecast,
        ..OpportunityUpsert::new(pipeline())
    };
    for error in [
        opportunities.create(&new).await.unwrap_err(),
        opportunities.update(&id(), &update).await.unwrap_err(),
        opportunities.upsert(&upsert).await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("version 3 only"), "{error}");
    }
    assert_eq!(server.count().await, 0);
}

#[tokio::test]
async fn set_status_and_delete() {
    let bodies = [
        fixture!("opportunities/done"),
        fixture!("opportunities/done_v3"),
        "",
    ];
    for body in bodies {
        let server = Server::answering(200, body).await;
        let opportunities = server.location.opportunities();
        let status = OpportunityStatus::Lost;
        opportunities
            .set_status(&id(), &status, Some(&reason()))
            .await
            .unwrap();
        let sent = json!({"status": "lost", "lostReasonId": "CLu7BaljjqrEjBGKTNNe"});
        server
            .assert_asked("PUT", &format!("{TARGET}/status"), V2021_07, Some(sent))
            .await;
        let server = Server::answering_v3(200, body).await;
        server.location.opportunities().delete(&id()).await.unwrap();
        server.assert_asked("DELETE", TARGET, "v3", None).await;
    }
    let server = Server::answering(200, r#"{"succeded":false}"#).await;
    let status = OpportunityStatus::Won;
    let opportunities = server.location.opportunities();
    let error = opportunities.set_status(&id(), &status, None).await;
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn followers() {
    let target = format!("{TARGET}/followers");
    let (u1, u2) = (user("u1"), user("u2"));

    let server = Server::answering(201, fixture!("opportunities/followers_added")).await;
    let opportunities = server.location.opportunities();
    let followers = opportunities
        .add_followers(&id(), std::slice::from_ref(&u2))
        .await;
    let followers = followers.unwrap();
    let body = json!({"followers": ["u2"]});
    server
        .assert_asked("POST", &target, V2021_07, Some(body.clone()))
        .await;
    assert_eq!(followers.followers, [u1.clone(), u2.clone()]);
    assert_eq!(followers.followers_added, std::slice::from_ref(&u2));

    let server = Server::answering(200, fixture!("opportunities/followers_removed")).await;
    let opportunities = server.location.opportunities();
    let followers = opportunities
        .remove_followers(&id(), std::slice::from_ref(&u2))
        .await;
    server
        .assert_asked("DELETE", &target, V2021_07, Some(body))
        .await;
    assert_eq!(followers.unwrap().followers_removed, [u2]);

    let server = Server::answering(200, fixture!("opportunities/followers_odd")).await;
    let opportunities = server.location.opportunities();
    let followers = opportunities.remove_all_followers(&id()).await.unwrap();
    let target = format!("{target}?isRemoveAllFollowers=true");
    server
        .assert_asked("DELETE", &target, V2021_07, Some(json!({"followers": []})))
        .await;
    assert_eq!(followers.followers_removed, [user("2")]);
}

#[tokio::test]
async fn only_creating_is_not_repeated() {
    let u1 = [user("u1")];
    let bare = OpportunityUpsert::new(pipeline());
    let known = OpportunityUpsert {
        contact_id: Some(contact_id()),
        ..bare.clone()
    };
    let won = OpportunityStatus::Won;
    let advanced = AdvancedOpportunitySearch::default();
    assert_sent_once(async |l| l.opportunities().create(&new_opportunity()).await).await;
    assert_sent_once(async |l| l.opportunities().upsert(&bare).await).await;
    assert_repeated(async |l| l.opportunities().upsert(&known).await).await;
    assert_repeated(async |l| l.opportunities().set_status(&id(), &won, None).await).await;
    assert_repeated(async |l| l.opportunities().search_advanced(&advanced).await).await;
    assert_repeated(async |l| l.opportunities().add_followers(&id(), &u1).await).await;
    assert_repeated(async |l| l.opportunities().remove_followers(&id(), &u1).await).await;
    assert_repeated(async |l| l.opportunities().delete(&id()).await).await;
}
