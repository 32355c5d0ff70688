//! What each odd answer becomes: the status always survives.

use gohighlevel::Client;
use gohighlevel::client::Request;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::LocationId;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::scripted::{Scene, answer};

#[tokio::test]
async fn the_status_survives_a_body_that_is_no_json() {
    let scene = Scene::new([answer(502, "<html><h1>Bad gateway</h1></html>")]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert_eq!(error.status(), Some(502));
    assert_eq!(*error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.body(), "<html><h1>Bad gateway</h1></html>");
    let shown = error.to_string();
    assert!(
        shown.contains("HTTP 502") && !shown.contains("html"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_large_error_body_is_kept_short() {
    let message = "x".repeat(650_000);
    let body = json!({"statusCode": 400, "message": message}).to_string();
    let scene = Scene::new([answer(400, &body)]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert!(error.body().len() <= 512);
    assert!(error.message().unwrap().len() < 400);
    assert!(error.to_string().len() < 600 && format!("{error:?}").len() < 1200);
}

#[tokio::test]
async fn an_error_tells_operation_message_trace_and_advice() {
    let body = r#"{"message":["property x should not exist"],"error":"Unprocessable Entity","statusCode":422,"traceId":"t-42"}"#;
    let scene = Scene::new([answer(422, body)]);
    let request = Request::put("/x").operation("things.update");
    let error = scene.location.send::<Value>(request).await.unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::Validation {
            messages: vec!["property x should not exist".into()]
        }
    );
    assert_eq!(error.operation(), "things.update");
    assert_eq!(error.trace_id(), Some("t-42"));
    let shown = error.to_string();
    for part in [
        "things.update",
        "HTTP 422",
        "property x should not exist",
        "t-42",
        "correct the request",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[tokio::test]
async fn an_empty_yes_is_an_unknown_outcome_where_doing_it_twice_harms() {
    let scene = Scene::new([answer(201, "")]);
    let error = scene
        .location
        .post::<Value>("/x", &json!({}))
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    assert_eq!((error.status(), scene.count()), (Some(201), 1));

    let scene = Scene::new([answer(200, "")]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    assert_eq!(scene.count(), 1);
}

#[tokio::test]
async fn an_empty_answer_to_a_delete_is_fine() {
    for status in [200, 201, 204] {
        let scene = Scene::new([answer(status, "")]);
        scene.location.delete("/x").await.unwrap();
        scene.client.delete("/x").await.unwrap();
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays_here() {
    let (here, elsewhere) = (MockServer::start().await, MockServer::start().await);
    for status in [301, 302, 303, 307, 308] {
        here.reset().await;
        Mock::given(any())
            .respond_with(
                ResponseTemplate::new(status)
                    .insert_header("location", format!("{}/stolen", elsewhere.uri())),
            )
            .mount(&here)
            .await;
        let client = Client::builder()
            .token("pit-planted-token")
            .base_url(here.uri())
            .build()
            .unwrap();
        let location = client.location(LocationId::new("loc1").unwrap());
        let error = location.get::<Value>("/x").await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Refused);
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains("check the base URL"), "{error}");
        assert_eq!(here.received_requests().await.unwrap().len(), 1);
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_large_error_body_over_real_http_keeps_its_status() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(404).set_body_json(json!({"x": "x".repeat(650 * 1024)})),
        )
        .mount(&server)
        .await;
    let client = Client::builder()
        .token("pit-planted-token")
        .base_url(server.uri())
        .build()
        .unwrap();
    let error = client.get::<Value>("/x").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert_eq!(error.body().len(), 512);
}

#[tokio::test]
async fn the_token_goes_to_the_base_url_alone() {
    let scene = Scene::new([]);
    for path in [
        "https://evil.example/x",
        "//evil.example/x",
        "/\\evil.example/x",
        "/../x",
        "/@evil.example/x",
        ":80@evil.example/x",
        "@evil.example/x",
        ".evil.example/x",
    ] {
        // Refused, or sent to a path of the base URL.
        let _ = scene.location.get::<Value>(path).await;
    }
    assert!(scene.count() > 0);
    for asked in scene.asked() {
        assert!(
            asked
                .line
                .starts_with("GET https://services.leadconnectorhq.com/"),
            "{}",
            asked.line
        );
    }
    for base in [
        "http://services.leadconnectorhq.com",
        "ftp://localhost",
        "https://user:password@example.com",
        "https://example.com/?x=1",
        "nowhere",
    ] {
        let client = Client::builder().token("pit-x").base_url(base).build();
        assert_eq!(*client.unwrap_err().kind(), ErrorKind::Config, "{base}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_not() {
    let scene = Scene::new([]);
    for request in [
        Request::get("/x?a=b"),
        Request::get("x"),
        Request::post("/x").json(&std::collections::HashMap::from([((1, 2), 3)])),
    ] {
        let error = scene.location.send::<Value>(request).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Config, "{error}");
    }
    assert_eq!(scene.count(), 0);
}
