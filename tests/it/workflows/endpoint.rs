//! The endpoint's answers, to steps and to HighLevel's workflow builder.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::workflows::actions::{
    ActionAnswer, Choice, FieldKind, FilterSource, FormContext, FormField, FormSection,
    InputSource, OptionSource,
};
use gohighlevel::workflows::triggers::{MemorySubscriptions, Triggers};
use gohighlevel::workflows::{
    StepError, Unavailable, WebhookAction, WebhookCall, WorkflowEndpoint,
};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::support::{HEADER, SECRET, fake, secret, serve, serve_at};

/// Does what the field `do` says.
struct Obedient;

#[async_trait]
impl WebhookAction for Obedient {
    async fn handle(&self, call: WebhookCall) -> Result<ActionAnswer, StepError> {
        match call.text("do").as_deref() {
            Some("fail") => Err(Unavailable::new("the disk is full").into()),
            Some("panic") => panic!("asked to"),
            Some("read") => {
                #[derive(serde::Deserialize)]
                struct Form {
                    _count: u8,
                }
                call.read_as::<Form>()?;
                Ok(ActionAnswer::empty())
            }
            Some("refuse") => Err(StepError::Refused("not in winter".to_owned())),
            Some("answer") => Ok(ActionAnswer::new(&json!({"visits": 2}))?),
            _ => Ok(ActionAnswer::empty()),
        }
    }
}

fn triggers() -> Triggers {
    Triggers::new(Arc::new(MemorySubscriptions::new()))
}

fn request(method: Method, body: &str) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri("/workflows?do=nothing")
        .header(HEADER, SECRET)
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}

#[tokio::test]
async fn every_refusal_has_its_status() {
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(Arc::new(Obedient));
    for (method, body, expected) in [
        (Method::POST, "{}", StatusCode::OK),
        (Method::PUT, "{}", StatusCode::OK),
        (Method::GET, "", StatusCode::OK),
        (Method::DELETE, "", StatusCode::OK),
        (Method::PATCH, "{}", StatusCode::METHOD_NOT_ALLOWED),
        (Method::POST, r#"{"do":"refuse"}"#, StatusCode::BAD_REQUEST),
        (Method::POST, "[]", StatusCode::BAD_REQUEST),
        (Method::POST, "no json", StatusCode::BAD_REQUEST),
        (Method::POST, r#"{"do":"read"}"#, StatusCode::BAD_REQUEST),
        (
            Method::POST,
            r#"{"do":"fail"}"#,
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (
            Method::POST,
            r#"{"do":"panic"}"#,
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    ] {
        let answer = endpoint.answer(request(method.clone(), body)).await;
        assert_eq!(answer.status(), expected, "{method} {body}");
    }
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_048_577));
    let answer = endpoint.answer(request(Method::POST, &large)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let full = WorkflowEndpoint::builder(secret())
        .max_in_flight(0)
        .webhook(Obedient);
    let answer = full.answer(request(Method::POST, "{}")).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    for value in [None, Some("Jq8mV2tR5xZ7cB1nK5")] {
        let mut unproven = request(Method::POST, "{}");
        unproven.headers_mut().remove(HEADER);
        if let Some(value) = value {
            unproven
                .headers_mut()
                .insert(HEADER, value.parse().unwrap());
        }
        let answer = endpoint.answer(unproven).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert!(!format!("{endpoint:?}").contains("Jq8"));
}

#[tokio::test]
async fn a_step_is_told_what_came_of_it() {
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(Arc::new(Obedient));
    for (order, expected) in [
        ("nothing", json!({"success": true})),
        ("answer", json!({"success": true, "visits": 2})),
        ("refuse", json!({"error": "not in winter"})),
    ] {
        let body = json!({"do": order}).to_string();
        let answer = endpoint.answer(request(Method::POST, &body)).await;
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn whoever_lacks_the_secret_learns_nothing_of_methods() {
    let endpoint = WorkflowEndpoint::builder(secret()).subscriptions(triggers());
    let (url, client) = (serve_at(&endpoint).await, reqwest::Client::new());
    for (method, proven, expected) in [
        (Method::PATCH, false, 401),
        (Method::POST, false, 401),
        (Method::PATCH, true, 405),
        (Method::POST, true, 400),
    ] {
        let mut asked = request(method.clone(), "{}");
        let mut sent = client.request(method.clone(), &url).body("{}");
        if proven {
            sent = sent.header(HEADER, SECRET);
        } else {
            asked.headers_mut().remove(HEADER);
        }
        let (answered, routed) = (endpoint.answer(asked).await, sent.send().await.unwrap());
        assert_eq!(answered.status(), expected, "{method} {proven}");
        assert_eq!(routed.status(), expected, "{method} {proven}");
        let allowed = (expected == 405).then_some("POST");
        for headers in [answered.headers(), routed.headers()] {
            let named = headers.get("allow").map(|value| value.to_str().unwrap());
            assert_eq!(named, allowed, "{method} {proven}");
        }
    }
}

#[tokio::test]
async fn the_route_answers_as_the_endpoint() {
    let fake = fake().await;
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(Arc::new(Obedient));
    let app = serve(&endpoint).await;
    let proven = app.clone().header(HEADER, SECRET);
    for (app, body, expected) in [
        (&app, json!({}), 401),
        (&proven, json!({}), 200),
        (&proven, json!({"customData": {"do": "fail"}}), 503),
        (&proven, json!({"a": "x".repeat(1_048_577)}), 413),
    ] {
        let answer = fake.send_step_webhook(app, &body).await.unwrap();
        assert_eq!(answer.status, expected);
    }
}

/// What the builder shows for a clinic.
struct Clinic;

#[async_trait]
impl OptionSource for Clinic {
    async fn options(&self, context: FormContext) -> Result<Vec<Choice>, Unavailable> {
        let all = context.query.iter().any(|(name, _)| name == "do");
        let rooms = [Choice::new("Room A", "a"), Choice::new("Room B", "b")];
        Ok(rooms.into_iter().take(if all { 2 } else { 1 }).collect())
    }
}

#[async_trait]
impl InputSource for Clinic {
    async fn inputs(&self, context: FormContext) -> Result<Vec<FormSection>, Unavailable> {
        let room = context.data["room"].as_str().unwrap_or_default().to_owned();
        let minutes = FormField::new("minutes", "Minutes", FieldKind::Number).required();
        Ok(vec![FormSection::new(format!("Room {room}"), [minutes])])
    }
}

#[async_trait]
impl FilterSource for Clinic {
    async fn filters(&self, context: FormContext) -> Result<Vec<FormField>, Unavailable> {
        let location = context
            .extras
            .location()
            .ok_or_else(|| Unavailable::new("no location"))?;
        let choices = [Choice::new("Here", location.as_str())];
        Ok(vec![
            FormField::new("place", "Place", FieldKind::Select).options(choices),
        ])
    }
}

async fn answered(endpoint: &WorkflowEndpoint, method: Method, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let answer = endpoint.answer(request(method, &body)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    serde_json::from_slice(answer.body()).unwrap()
}

#[tokio::test]
async fn the_builder_is_told_what_can_be_chosen() {
    let clinic = Arc::new(Clinic);
    let options = WorkflowEndpoint::builder(secret()).options(clinic.clone());
    assert_eq!(
        answered(&options, Method::GET, &Value::Null).await,
        json!({"options": [{"label": "Room A", "value": "a"}, {"label": "Room B", "value": "b"}]})
    );
    let asked = json!({
        "data": {"room": "A"}, "extras": {"locationId": "l", "contactId": "c", "workflowId": "w"},
        "meta": {"key": "k", "version": "1.0"},
    });
    let inputs = WorkflowEndpoint::builder(secret()).dynamic_inputs(clinic.clone());
    assert_eq!(
        answered(&inputs, Method::POST, &asked).await,
        json!({"inputs": [{"section": "Room A", "fields": [
            {"field": "minutes", "title": "Minutes", "fieldType": "numerical", "required": true},
        ]}]})
    );
    let filters = WorkflowEndpoint::builder(secret()).dynamic_filters(clinic);
    assert_eq!(
        answered(&filters, Method::POST, &asked).await,
        json!({"filters": [{"field": "place", "title": "Place", "fieldType": "select",
            "required": false, "options": [{"label": "Here", "value": "l"}]}]})
    );
}

/// Keeps what the builder sent.
#[derive(Default)]
struct Listening(Mutex<Vec<FormContext>>);

#[async_trait]
impl OptionSource for Listening {
    async fn options(&self, context: FormContext) -> Result<Vec<Choice>, Unavailable> {
        self.0.lock().unwrap().push(context);
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn a_source_is_told_what_highlevel_sent() {
    let source = Arc::new(Listening::default());
    let options = WorkflowEndpoint::builder(secret()).options(source.clone());
    let sent = json!({"room": "A", "branches": [{"id": "b-1", "name": "Other"}]});
    let asked = json!({"data": sent, "extras": null, "meta": {"key": "k"}});
    answered(&options, Method::POST, &asked).await;
    answered(&options, Method::POST, &json!({})).await;
    answered(&options, Method::GET, &Value::Null).await;
    let contexts = source.0.lock().unwrap();
    let data: Vec<&Value> = contexts.iter().map(|context| &*context.data).collect();
    assert_eq!(data, [&sent, &Value::Null, &Value::Null]);
    assert_eq!(contexts[0].key.as_deref(), Some("k"));
    assert_eq!(
        *contexts[0].query,
        [("do".to_owned(), "nothing".to_owned())]
    );
    // What stands in the address may be a token.
    assert!(!format!("{contexts:?}").contains("nothing"));
}
