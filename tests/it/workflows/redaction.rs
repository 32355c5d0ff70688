//! What workflows and endpoints say to each other does not print: addresses that are secrets, and people.

use std::fmt::Debug;

use gohighlevel::recipes::missed_call::{MissedCallForm, WorkflowCall};
use gohighlevel::testing::{AppUrl, WorkflowStep};
use gohighlevel::workflows::actions::{ActionAnswer, Extras, ResumeUrl};
use gohighlevel::workflows::triggers::SubscriptionEvent;
use gohighlevel::workflows::{InboundPayload, InboundWebhookUrl, SharedSecret};
use serde_json::json;

use super::support::{HEADER, SECRET};

const NUMBER: &str = "+13125550188";

fn prints_nothing(value: &dyn Debug) {
    let printed = format!("{value:?} {value:#?}");
    for planted in ["3125550188", "planted", SECRET] {
        assert!(!printed.contains(planted), "{printed}");
    }
}

#[test]
fn nothing_private_prints() {
    let person = json!({"phone": NUMBER, "note": "planted"});
    prints_nothing(&InboundPayload::new(&person).unwrap());
    prints_nothing(&ActionAnswer::new(&person).unwrap());
    prints_nothing(&serde_json::from_value::<Extras>(person.clone()).unwrap());
    prints_nothing(&serde_json::from_value::<MissedCallForm>(person.clone()).unwrap());
    prints_nothing(&SharedSecret::new(HEADER, SECRET).unwrap());
    let host = "https://services.leadconnectorhq.com";
    let hook: InboundWebhookUrl = format!("{host}/hooks/l/webhook-trigger/planted")
        .parse()
        .unwrap();
    prints_nothing(&hook);
    let resume: ResumeUrl = format!("{host}/workflows-marketplace/actions/planted")
        .parse()
        .unwrap();
    prints_nothing(&resume);
    let event = json!({
        "triggerData": {
            "id": "t", "key": "k", "eventType": "CREATED",
            "filters": [{"field": "phone", "operator": "==", "value": NUMBER}],
            "targetUrl": format!("{host}/workflows-marketplace/triggers/execute/planted"),
        },
        "extras": {"locationId": "l", "workflowId": "w"},
    });
    prints_nothing(&SubscriptionEvent::read(event.to_string().as_bytes()).unwrap());
    let mut call = WorkflowCall::new("l".parse().unwrap(), "c".parse().unwrap());
    call.caller = Some(NUMBER.into());
    call.called = Some(NUMBER.parse().unwrap());
    prints_nothing(&call);
    let app = AppUrl::new("http://127.0.0.1:1/").unwrap();
    prints_nothing(&app.header(HEADER, SECRET));
    prints_nothing(&WorkflowStep {
        location_id: "l".into(),
        workflow_id: "w".into(),
        contact_id: "c".into(),
        key: "k".into(),
        data: person,
        pauses: false,
    });
}
