//! Steps of workflows end to end: HighLevel asks the service, and a paused workflow is resumed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::error::ErrorKind;
use gohighlevel::testing::WorkflowStep;
use gohighlevel::workflows::actions::{
    Action, ActionAnswer, ActionCall, Branch, Extras, ResumeUrl,
};
use gohighlevel::workflows::{StepError, Unavailable, WorkflowEndpoint};
use serde::Deserialize;
use serde_json::{Value, json};

use super::support::{HEADER, LOCATION, SECRET, fake, location, secret, seen, serve};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Visit {
    minutes: u32,
    #[serde(default)]
    rooms: Vec<String>,
    insured: Option<bool>,
}

/// Reckons a price, and keeps where the workflow waits.
#[derive(Default)]
struct Price(Mutex<Option<(String, Option<Branch>)>>);

#[async_trait]
impl Action for Price {
    type Data = Visit;

    async fn run(&self, call: ActionCall<Visit>) -> Result<ActionAnswer, StepError> {
        let Visit {
            minutes,
            rooms,
            insured,
        } = call.data;
        let branch = call.branches.first().cloned();
        let kept = serde_json::to_string(&call.extras).map_err(Unavailable::new)?;
        let answer = ActionAnswer::new(&json!({
            "price": minutes * 2 + rooms.len() as u32, "insured": insured,
        }))?
        .branch(branch.as_ref());
        *self.0.lock().unwrap() = Some((kept, branch));
        Ok(answer)
    }
}

fn step(data: Value, pauses: bool) -> WorkflowStep {
    WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "w-1".into(),
        contact_id: "mariaContact00000001".into(),
        key: "price".into(),
        data,
        pauses,
    }
}

#[tokio::test]
async fn a_step_is_answered_in_types() {
    let fake = fake().await;
    let endpoint = WorkflowEndpoint::builder(secret()).action(Arc::new(Price::default()));
    let app = serve(&endpoint).await.header(HEADER, SECRET);
    let data = json!({
        "minutes": "29", "rooms": ["a", "b"], "insured": "true",
        "branches": [{"id": "b-1", "name": "Expensive", "fields": {}}],
    });
    let answer = fake.run_step(&app, &step(data, false)).await.unwrap();
    assert_eq!(answer.status, 200);
    let expected = json!({"price": 60, "insured": true, "branchId": "b-1"});
    assert_eq!(answer.body, expected);

    let wrong = json!({"minutes": "half an hour"});
    let answer = fake.run_step(&app, &step(wrong, false)).await.unwrap();
    assert_eq!(answer.status, 400);
    let sentence = answer.body["error"].as_str().unwrap();
    assert!(sentence.contains("`minutes`"), "{sentence}");
    assert!(!sentence.contains("half"), "{sentence}");
}

#[tokio::test]
async fn a_paused_workflow_is_resumed_once() {
    let fake = fake().await;
    let price = Arc::new(Price::default());
    let endpoint = WorkflowEndpoint::builder(secret()).action(Arc::clone(&price));
    let app = serve(&endpoint).await.header(HEADER, SECRET);
    let data = json!({"minutes": "5", "branches": [{"id": "b-1", "name": "Cheap"}]});
    fake.run_step(&app, &step(data, true)).await.unwrap();

    // A service keeps the extras in its own database until then.
    let (kept, branch) = price.0.lock().unwrap().take().unwrap();
    let extras: Extras = serde_json::from_str(&kept).unwrap();
    assert!(extras.status_id().is_some());
    let soleil = location(&fake);
    let url = ResumeUrl::usual().unwrap();
    let workflows = soleil.workflows();
    let resume = || workflows.resume(&url, &extras, branch.as_ref());
    resume().await.unwrap();
    let again = resume().await.unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::NotFound);
    let sent = seen(
        &fake,
        "/workflows-marketplace/actions/resume-internal-action",
    );
    assert_eq!(sent.len(), 2);
    let mut expected: Value = serde_json::from_str(&kept).unwrap();
    expected["branchId"] = json!("b-1");
    assert_eq!(sent[0].body, expected);
    assert_eq!(sent[0].location.as_deref(), Some(LOCATION));

    // Extras of another location, which a forged call could hold, get no token.
    let foreign: Extras = serde_json::from_value(json!({"locationId": "other"})).unwrap();
    let refused = workflows.resume(&url, &foreign, None).await;
    assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Config);
}
