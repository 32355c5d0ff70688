//! What the endpoint answers to whom, and what HighLevel's builder is told.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::workflows::actions::{
    Choice, FieldKind, FilterSource, FormField, FormSection, InputSource, OptionSource, SetUp,
};
use gohighlevel::workflows::{
    NotTaken, WebhookAction, WebhookCall, WebhookFailure, WorkflowEndpoint,
};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::support::{HEADER, SECRET, fake, secret, serve};

/// Does as it is told by the field `do`.
struct Obedient;

#[async_trait]
impl WebhookAction for Obedient {
    async fn take(&self, call: WebhookCall) -> Result<(), WebhookFailure> {
        match call.text("do").as_deref() {
            Some("fail") => Err(NotTaken::new("the disk is full").into()),
            Some("panic") => panic!("told to"),
            Some("read") => {
                #[derive(serde::Deserialize)]
                struct Form {
                    _count: u8,
                }
                call.read_as::<Form>()?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
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
    let endpoint = WorkflowEndpoint::webhook(secret(), Arc::new(Obedient));
    for (method, body, expected) in [
        (Method::POST, "{}", StatusCode::OK),
        (Method::PUT, "{}", StatusCode::OK),
        (Method::GET, "", StatusCode::OK),
        (Method::DELETE, "", StatusCode::METHOD_NOT_ALLOWED),
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
    let full = endpoint.clone().at_most(0);
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
async fn the_route_answers_as_the_endpoint() {
    let fake = fake().await;
    let endpoint = WorkflowEndpoint::webhook(secret(), Arc::new(Obedient));
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
    async fn options(&self, set_up: SetUp) -> Result<Vec<Choice>, NotTaken> {
        let all = set_up.query.iter().any(|(name, _)| name == "do");
        let rooms = [Choice::new("Room A", "a"), Choice::new("Room B", "b")];
        Ok(rooms.into_iter().take(if all { 2 } else { 1 }).collect())
    }
}

#[async_trait]
impl InputSource for Clinic {
    async fn inputs(&self, set_up: SetUp) -> Result<Vec<FormSection>, NotTaken> {
        let room = set_up.data["room"].as_str().unwrap_or_default().to_owned();
        let minutes = FormField::new("minutes", "Minutes", FieldKind::Number).required();
        Ok(vec![FormSection::new(format!("Room {room}"), [minutes])])
    }
}

#[async_trait]
impl FilterSource for Clinic {
    async fn filters(&self, set_up: SetUp) -> Result<Vec<FormField>, NotTaken> {
        let location = set_up
            .extras
            .location()
            .ok_or_else(|| NotTaken::new("no location"))?;
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
    let options = WorkflowEndpoint::options(secret(), clinic.clone());
    assert_eq!(
        answered(&options, Method::GET, &Value::Null).await,
        json!({"options": [{"label": "Room A", "value": "a"}, {"label": "Room B", "value": "b"}]})
    );
    let asked = json!({
        "data": {"room": "A"}, "extras": {"locationId": "l", "contactId": "c", "workflowId": "w"},
        "meta": {"key": "k", "version": "1.0"},
    });
    let inputs = WorkflowEndpoint::dynamic_inputs(secret(), clinic.clone());
    assert_eq!(
        answered(&inputs, Method::POST, &asked).await,
        json!({"inputs": [{"section": "Room A", "fields": [
            {"field": "minutes", "title": "Minutes", "fieldType": "numerical", "required": true},
        ]}]})
    );
    let filters = WorkflowEndpoint::dynamic_filters(secret(), clinic);
    assert_eq!(
        answered(&filters, Method::POST, &asked).await,
        json!({"filters": [{"field": "place", "title": "Place", "fieldType": "select",
            "required": false, "options": [{"label": "Here", "value": "l"}]}]})
    );
}
