//! Faults and gates.

use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::clock::Clock;
use gohighlevel::testing::{Fault, GatePoint};
use http::Method;
use serde_json::json;
use tokio::sync::Semaphore;

use super::*;

const SEND: &str = "/conversations/messages";

/// A fake on which the next text meets this fault.
async fn with_fault(fault: &str, times: u32) -> (FakeGhl, Api) {
    let fake = start().await;
    fake.fault(Method::POST, SEND, fault.parse().unwrap(), times)
        .unwrap();
    let api = Api::new(&fake);
    (fake, api)
}

fn sms() -> Value {
    json!({ "type": "SMS", "contactId": MARIA, "message": "hello" })
}

async fn texts(api: &Api) -> usize {
    api.messages_of(SOLEIL, MARIA).await.len()
}

#[tokio::test]
async fn a_status_is_answered_and_nothing_is_done() {
    let (fake, api) = with_fault("status:503", 2).await;
    for _ in 0..2 {
        let body = api.post(SEND, sms()).await.expect(503);
        assert_eq!(body["message"], "Service Unavailable");
        assert_eq!(texts(&api).await, 0);
    }
    api.post(SEND, sms()).await.expect(201);
    assert_eq!(texts(&api).await, 1);
    assert_eq!(fake.deliveries().len(), 1);
}

#[tokio::test]
async fn a_web_page_can_come_instead_of_json() {
    let (_fake, api) = with_fault("html:502", 1).await;
    let reply = api.post(SEND, sms()).await;
    assert_eq!((reply.status, &reply.body), (502, &Value::Null));
    assert_eq!(reply.headers["content-type"], "text/html");
    assert!(reply.text.contains("502 Bad Gateway"));
    assert_eq!(texts(&api).await, 0);
}

#[tokio::test]
async fn an_answer_can_be_empty() {
    let (_fake, api) = with_fault("empty:200", 1).await;
    let reply = api.post(SEND, sms()).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(texts(&api).await, 0);
}

#[tokio::test]
async fn a_429_can_be_ordered() {
    let (_fake, api) = with_fault("429", 1).await;
    let reply = api.post(SEND, sms()).await;
    assert_eq!(reply.status, 429);
    assert!(reply.headers.contains_key("x-ratelimit-max"));
    assert_eq!(texts(&api).await, 0);
}

#[tokio::test]
async fn a_connection_can_drop_before_anything_is_done() {
    let (fake, api) = with_fault("drop-before", 1).await;
    let error = api.try_send("POST", SEND, sms()).await.unwrap_err();
    assert!(error.status().is_none());
    assert_eq!(texts(&api).await, 0);
    assert_eq!(fake.requests()[0].status, None);
    api.post(SEND, sms()).await.expect(201);
}

#[tokio::test]
async fn a_connection_can_drop_after_everything_is_done() {
    let (fake, api) = with_fault("drop-after", 1).await;
    // Also on a connection that has served before.
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    let error = api.try_send("POST", SEND, sms()).await.unwrap_err();
    assert!(error.status().is_none());
    let seen = fake.requests();
    assert_eq!((seen.len(), seen[1].status), (2, None));
    assert_eq!(texts(&api).await, 1);
    assert_eq!(fake.deliveries().len(), 1);
}

#[tokio::test]
async fn a_hang_passes_on_the_clock_and_goes_on_normally() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    fake.fault(Method::POST, SEND, Fault::Hang(Duration::from_secs(30)), 1)
        .unwrap();
    api.post(SEND, sms()).await.expect(201);
    assert_eq!(clock.elapsed(), Duration::from_secs(30));
    assert_eq!(texts(&api).await, 1);
}

/// A clock whose waits never end. It tells when one begins, and when one is given up.
#[derive(Debug)]
struct StoppedClock {
    time: ManualClock,
    begun: Semaphore,
    given_up: Semaphore,
}

struct Wait<'a>(&'a Semaphore);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

#[async_trait]
impl Clock for StoppedClock {
    fn now(&self) -> jiff::Timestamp {
        self.time.now()
    }

    fn elapsed(&self) -> Duration {
        self.time.elapsed()
    }

    async fn sleep(&self, _: Duration) {
        let _wait = Wait(&self.given_up);
        self.begun.add_permits(1);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_client_that_goes_away_during_a_hang_gets_nothing_done() {
    let clock = Arc::new(StoppedClock {
        time: super::clock(),
        begun: Semaphore::new(0),
        given_up: Semaphore::new(0),
    });
    let fake = FakeGhl::builder()
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    let api = Api::new(&fake);
    fake.fault(Method::POST, SEND, "hang:30s".parse().unwrap(), 1)
        .unwrap();
    let waiting = tokio::spawn({
        let api = api.clone();
        async move { api.try_send("POST", SEND, sms()).await }
    });
    clock.begun.acquire().await.unwrap().forget();
    waiting.abort();
    // The request ends although its wait does not.
    clock.given_up.acquire().await.unwrap().forget();
    assert_eq!(texts(&api).await, 0);
    assert_eq!(fake.requests()[0].status, None);
}

#[tokio::test]
async fn a_pattern_stands_for_one_segment_and_one_method() {
    let fake = start().await;
    let api = Api::new(&fake);
    for path in ["/contacts/*/tags", "/contacts/{contactId}/tasks"] {
        fake.fault(Method::GET, path, "status:500".parse().unwrap(), 9)
            .unwrap();
    }
    api.get(&format!("/contacts/{MARIA}/tasks"))
        .await
        .expect(500);
    api.get(&format!("/contacts/{MARIA}/tasks/one"))
        .await
        .expect(404);
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    let tags = format!("/contacts/{MARIA}/tags");
    api.get(&tags).await.expect(500);
    api.post(&tags, json!({ "tags": ["a"] })).await.expect(201);
}

#[tokio::test]
async fn faults_are_used_up_in_their_order() {
    let (fake, api) = with_fault("status:500", 1).await;
    fake.fault(Method::POST, SEND, "html:502".parse().unwrap(), 1)
        .unwrap();
    api.post(SEND, sms()).await.expect(500);
    api.post(SEND, sms()).await.expect(502);
    api.post(SEND, sms()).await.expect(201);
}

#[tokio::test]
async fn words_that_name_no_fault_are_refused() {
    for text in [
        "",
        "status",
        "status:abc",
        "status:99",
        "status:100",
        "hang",
        "hang:30",
        "hang:-1s",
        "drop",
        "429:1",
    ] {
        assert!(text.parse::<Fault>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn a_gate_holds_a_request_before_its_effect() {
    let fake = start().await;
    let api = Api::new(&fake);
    let mut gate = fake
        .gate(Method::POST, SEND, GatePoint::BeforeEffect)
        .unwrap();
    let sending = tokio::spawn({
        let api = api.clone();
        async move { api.post(SEND, sms()).await }
    });
    let held = gate.arrived().await.unwrap();
    assert_eq!((held.method(), held.target()), (&Method::POST, SEND));
    assert_eq!(texts(&api).await, 0);
    held.release();
    sending.await.unwrap().expect(201);
    drop(gate);
    api.post(SEND, sms()).await.expect(201);
}

#[tokio::test]
async fn a_gate_holds_a_request_before_its_answer() {
    let fake = start().await;
    let api = Api::new(&fake);
    let mut gate = fake
        .gate(Method::POST, SEND, GatePoint::BeforeAnswer)
        .unwrap();
    let sending = tokio::spawn({
        let api = api.clone();
        async move { api.post(SEND, sms()).await }
    });
    let held = gate.arrived().await.unwrap();
    assert_eq!(texts(&api).await, 1);
    assert_eq!(fake.deliveries().len(), 1);
    // Dropping the gate lets those pass that wait in it, and whoever is held passes when the hold ends.
    drop(gate);
    drop(held);
    sending.await.unwrap().expect(201);
}

#[tokio::test]
async fn a_held_request_whose_client_goes_away_has_no_effect() {
    let fake = start().await;
    let api = Api::new(&fake);
    let mut gate = fake
        .gate(Method::POST, SEND, GatePoint::BeforeEffect)
        .unwrap();
    let sending = tokio::spawn({
        let api = api.clone();
        async move { api.try_send("POST", SEND, sms()).await }
    });
    let held = gate.arrived().await.unwrap();
    sending.abort();
    held.abandoned().await;
    assert_eq!(texts(&api).await, 0);
}

#[tokio::test]
async fn trouble_and_foreign_voices_can_be_ordered_by_name() {
    let json = "application/json; charset=utf-8";
    for (fault, status, content_type, part) in [
        ("timeout-401", 401, json, "Command timed out"),
        (
            "passing-400",
            400,
            json,
            "Error occurred while searching for contact",
        ),
        ("provider-401", 401, json, "No conversation provider found"),
        ("provider-403", 403, json, "No conversation provider found"),
        (
            "gateway-1010",
            403,
            "text/plain; charset=UTF-8",
            "error code: 1010",
        ),
        (
            "challenge-page",
            403,
            "text/html",
            "<title>Just a moment...</title>",
        ),
        (
            "text:404",
            404,
            "text/plain; charset=UTF-8",
            "404 not found",
        ),
        (
            "gateway:403",
            403,
            "application/json",
            r#"{"message":"Forbidden"}"#,
        ),
        ("gateway:404", 404, "application/json", "no Route matched"),
        (
            "code:CONVERSATIONS_MSG_DND_ACTIVE_SMS",
            400,
            json,
            "DND is active for SMS",
        ),
        (
            "code:CONVERSATIONS_MSG_NO_CONTENT",
            422,
            json,
            r#""canonicalCode":"CONVERSATIONS_MSG_NO_CONTENT""#,
        ),
        (
            "code:CONVERSATIONS_MSG_PROVIDER_NO_ACCESS",
            401,
            json,
            "conversationProvider",
        ),
    ] {
        let fake = start().await;
        let api = Api::new(&fake);
        let order = json!({ "method": "POST", "path": SEND, "fault": fault });
        api.post("/_fake/faults", order).await.expect(200);
        let reply = api.post(SEND, sms()).await;
        assert_eq!(reply.status, status, "{fault}");
        assert_eq!(reply.headers["content-type"], content_type, "{fault}");
        assert!(reply.text.contains(part), "{fault}: {}", reply.text);
        assert_eq!(texts(&api).await, 0);
        api.post(SEND, sms()).await.expect(201);
    }
    for unknown in ["timeout-402", "code:", "code:X", "gateway", "text:abc"] {
        let error = unknown.parse::<Fault>().unwrap_err().to_string();
        assert!(error.contains("timeout-401"), "{error}");
    }
}
