//! Pipelines and opportunities.

use std::time::Duration;

use gohighlevel::api::opportunities::{
    NewOpportunity, OpportunitySearch, OpportunityStatus, OpportunityUpdate,
};
use gohighlevel::ids::{ContactId, PipelineId};
use gohighlevel::testing::{Fault, GatePoint};
use http::Method;
use serde_json::json;

use super::*;

const PIPELINE: &str = "samplePipeMissed0001";
const NEW: &str = "3a9d6f10-52c4-4b0e-8f61-0c1d2e3f4a01";
const BOOKED: &str = "3a9d6f10-52c4-4b0e-8f61-0c1d2e3f4a03";

fn opportunity(contact: &str) -> Value {
    json!({
        "locationId": SOLEIL, "pipelineId": PIPELINE, "contactId": contact, "name": "Missed call", "status": "open",
    })
}

async fn create(api: &Api, contact: &str) -> Value {
    let mut made = api
        .post("/opportunities/", opportunity(contact))
        .await
        .expect(201);
    made["opportunity"].take()
}

async fn found(api: &Api, query: &str) -> Vec<Value> {
    let path = format!("/opportunities/search?location_id={SOLEIL}{query}");
    let mut reply = api.get(&path).await.expect(200);
    let found = reply["opportunities"].as_array_mut().unwrap();
    found.iter_mut().map(|item| item["id"].take()).collect()
}

#[tokio::test]
async fn the_client_moves_an_opportunity_along_the_sample_pipeline() {
    let fake = start().await;
    let location = client(&fake);
    let opportunities = location.opportunities();
    let pipelines = location.pipelines().list().await.unwrap();
    let pipeline = &pipelines[0];
    assert_eq!(pipeline.name.as_deref(), Some("Missed calls"));
    let names: Vec<_> = pipeline
        .stages
        .iter()
        .map(|stage| (stage.position.unwrap(), stage.name.as_deref().unwrap()))
        .collect();
    assert_eq!(
        names,
        [(0, "New"), (1, "Contacted"), (2, "Booked"), (3, "Won")]
    );

    let maria = ContactId::new(MARIA).unwrap();
    let new = NewOpportunity::new(PipelineId::new(PIPELINE).unwrap(), maria.clone(), "Maria");
    let made = opportunities.create(&new).await.unwrap();
    assert_eq!(
        made.pipeline_stage_id.as_ref(),
        Some(&pipeline.stages[0].id)
    );
    assert_eq!(made.status, Some(OpportunityStatus::Open));
    assert_eq!(made.contact_id.as_ref(), Some(&maria));
    assert_eq!(
        made.contact.as_ref().unwrap().phone,
        Some(MARIA_PHONE.parse().unwrap())
    );

    let update = OpportunityUpdate {
        pipeline_stage_id: Some(pipeline.stages[3].id.clone()),
        status: Some(OpportunityStatus::Won),
        monetary_value: Some(220.5),
        ..OpportunityUpdate::default()
    };
    let won = opportunities.update(&made.id, &update).await.unwrap();
    assert_eq!(won.status, Some(OpportunityStatus::Won));
    assert_eq!(won.monetary_value, Some(220.5));
    assert_eq!(won.name.as_ref().unwrap().as_str(), "Maria");
    assert_eq!(opportunities.get(&made.id).await.unwrap(), won);

    let search = OpportunitySearch {
        contact_id: Some(maria),
        pipeline_id: Some(pipeline.id.clone()),
        status: Some(OpportunityStatus::Won),
        ..OpportunitySearch::default()
    };
    let page = opportunities.search(&search).await.unwrap();
    assert_eq!(page.total(), Some(1));
    assert_eq!(page.opportunities, [won]);

    opportunities
        .set_status(&made.id, &OpportunityStatus::Lost, None)
        .await
        .unwrap();
    let lost = opportunities.get(&made.id).await.unwrap();
    assert_eq!(lost.status, Some(OpportunityStatus::Lost));
    opportunities.delete(&made.id).await.unwrap();
    opportunities.get(&made.id).await.unwrap_err();
}

#[tokio::test]
async fn a_search_filters_and_pages_newest_first() {
    let fake = start().await;
    let api = Api::new(&fake);
    let mut ids = Vec::new();
    for contact in [MARIA, JONAS, NINA] {
        ids.insert(0, create(&api, contact).await["id"].clone());
    }
    let jonas = ids[1].as_str().unwrap();
    api.put(
        &format!("/opportunities/{jonas}"),
        json!({ "status": "won", "pipelineStageId": BOOKED, "assignedTo": ANA }),
    )
    .await
    .expect(200);
    assert_eq!(found(&api, "").await, ids);
    assert_eq!(found(&api, "&status=all").await, ids);
    for query in [
        format!("contact_id={JONAS}"),
        "status=won".to_owned(),
        format!("pipeline_stage_id={BOOKED}"),
        format!("assigned_to={ANA}"),
        format!("id={jonas}&pipeline_id={PIPELINE}"),
    ] {
        assert_eq!(found(&api, &format!("&{query}")).await, [jonas], "{query}");
    }
    assert!(found(&api, "&pipeline_id=another").await.is_empty());
    assert_eq!(found(&api, "&limit=2&page=2").await, ids[2..]);
    let after = ids[0].as_str().unwrap();
    assert_eq!(
        found(&api, &format!("&startAfterId={after}")).await,
        ids[1..]
    );
    api.get("/opportunities/search").await.expect(422);
    api.get(&format!("/opportunities/search?location_id={HARBOR}"))
        .await
        .expect(403);
}

#[tokio::test]
async fn times_tell_what_changed_when() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    let made = create(&api, MARIA).await;
    assert_eq!(made["pipelineStageId"], NEW);
    let path = format!("/opportunities/{}", made["id"].as_str().unwrap());
    clock.advance(Duration::from_secs(60));
    let update = json!({ "pipelineStageId": BOOKED, "status": "open" });
    let moved = api.put(&path, update).await.expect(200);
    let moved = &moved["opportunity"];
    assert_eq!(moved["createdAt"], "2026-05-08T11:57:42.250Z");
    assert_eq!(moved["lastStatusChangeAt"], "2026-05-08T11:57:42.250Z");
    assert_eq!(moved["lastStageChangeAt"], "2026-05-08T11:58:42.250Z");
    assert_eq!(moved["updatedAt"], "2026-05-08T11:58:42.250Z");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_changes_nothing() {
    let fake = start().await;
    let api = Api::new(&fake);
    let with = |name: &str, value: Value| {
        let mut body = opportunity(MARIA);
        body[name] = value;
        body
    };
    for (body, status) in [
        (with("name", json!("")), 422),
        (with("status", json!("all")), 422),
        (with("monetaryValue", json!("12")), 422),
        (with("stage", json!(NEW)), 422),
        (with("pipelineId", json!("another")), 400),
        (with("pipelineStageId", json!("another")), 400),
        (with("contactId", json!("nobody")), 404),
        (with("locationId", json!(HARBOR)), 403),
    ] {
        let reply = api.post("/opportunities/", body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.text);
    }
    assert!(found(&api, "").await.is_empty());

    let made = create(&api, MARIA).await;
    // The sample location allows one opportunity of a contact in a pipeline.
    api.post("/opportunities/", opportunity(MARIA))
        .await
        .expect(400);
    let path = format!("/opportunities/{}", made["id"].as_str().unwrap());
    for (body, status) in [
        (json!({ "contactId": JONAS }), 422),
        (
            json!({ "status": "won", "pipelineStageId": "another" }),
            400,
        ),
    ] {
        api.put(&path, body).await.expect(status);
    }
    assert_eq!(api.get(&path).await.expect(200)["opportunity"], made);
    let harbor = Api::with_token(&fake, HARBOR_TOKEN);
    harbor.get(&path).await.expect(403);
    api.delete(&format!("/contacts/{MARIA}")).await.expect(200);
    api.get(&path).await.expect(404);
}

#[tokio::test]
async fn opportunities_meet_faults_and_gates() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = "/opportunities/";
    fake.fault(Method::POST, path, Fault::DropAfter, 1).unwrap();
    api.try_send("POST", path, opportunity(MARIA))
        .await
        .unwrap_err();
    assert_eq!(found(&api, "").await.len(), 1);
    let mut gate = fake
        .gate(Method::POST, path, GatePoint::BeforeEffect)
        .unwrap();
    let second = tokio::spawn({
        let api = api.clone();
        async move { api.post(path, opportunity(JONAS)).await }
    });
    let held = gate.arrived().await.unwrap();
    assert_eq!(found(&api, "").await.len(), 1);
    held.release();
    second.await.unwrap().expect(201);
    assert_eq!(found(&api, "").await.len(), 2);
}
