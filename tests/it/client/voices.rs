//! Who speaks in an answer, and what follows for a request: what is repeated, which tokens are renewed, what errors say.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use gohighlevel::api::conversations::{DeliveryStatus, OutgoingSms, StatusUpdate};
use gohighlevel::auth::Credentials;
use gohighlevel::error::{ErrorKind, UnauthorizedReason};
use gohighlevel::ids::LocationId;
use gohighlevel::secret::Secret;
use serde_json::{Value, json};

use super::scripted::{Scene, Step, answer};

const TIMED_OUT: &str = r#"{"statusCode":401,"message":"Command timed out"}"#;
const PASSING: &str =
    r#"{"statusCode":400,"message":"Error occurred while searching for contact","traceId":"t"}"#;
const NO_PROVIDER: &str =
    r#"{"statusCode":401,"message":"No conversation provider found for this message"}"#;

/// Gives another token each time one was refused.
#[derive(Debug, Default, Clone)]
struct Renewing(Arc<AtomicUsize>);

#[async_trait]
impl Credentials for Renewing {
    async fn token(&self, _: Option<&LocationId>) -> gohighlevel::Result<Secret> {
        Ok(format!("t{}", self.renewals()).into())
    }

    async fn renew(
        &self,
        _: Option<&LocationId>,
        _: &Secret,
    ) -> gohighlevel::Result<Option<Secret>> {
        let before = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Some(format!("t{}", before + 1).into()))
    }
}

impl Renewing {
    fn renewals(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn scene(steps: impl IntoIterator<Item = Step>) -> (Scene, Renewing) {
    let credentials = Renewing::default();
    let scene = Scene::with(steps, |builder| builder.credentials(credentials.clone()));
    (scene, credentials)
}

fn others_voices() -> Vec<Step> {
    vec![
        answer(403, "error code: 1010"),
        answer(403, "<!DOCTYPE html><title>Just a moment...</title>"),
        answer(401, "<html>401 Authorization Required</html>"),
        answer(404, "<html>404 Not Found</html>"),
        answer(200, "<html>Sign in</html>"),
        answer(400, "Bad Request"),
        answer(401, "Unauthorized"),
        answer(403, r#"{"message":"Forbidden"}"#),
        answer(404, r#"{"message":"no Route matched with those values"}"#),
        answer(401, r#"{"fault":{"faultstring":"Invalid access token"}}"#),
        answer(401, TIMED_OUT),
        answer(400, PASSING),
        answer(
            403,
            r#"{"statusCode":403,"message":"Service temporarily unavailable"}"#,
        ),
    ]
}

#[tokio::test]
async fn trouble_and_others_voices_are_asked_again_and_renew_nothing() {
    for step in others_voices() {
        let twice = [step.clone(), step.clone(), answer(200, "{}")];
        let (scene, credentials) = scene(twice);
        scene.location.get::<Value>("/x").await.unwrap();
        assert_eq!((scene.count(), credentials.renewals()), (3, 0), "{step:?}");
    }
}

#[tokio::test]
async fn trouble_that_stays_is_told_as_trouble() {
    for step in others_voices() {
        let (scene, credentials) = scene([step.clone()]);
        let error = scene.location.get::<Value>("/x").await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unavailable, "{step:?}");
        assert!(error.is_retryable());
        assert_eq!((scene.count(), credentials.renewals()), (5, 0), "{step:?}");
        let shown = error.to_string();
        assert!(
            !shown.contains("make a new one") && !shown.contains("token of this"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn where_doing_it_twice_harms_trouble_leaves_the_outcome_open() {
    for step in others_voices() {
        let (scene, credentials) = scene([step.clone(), answer(200, "{}")]);
        let sent = scene.location.post::<Value>("/x", &json!({})).await;
        let error = sent.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{step:?}");
        assert_eq!((scene.count(), credentials.renewals()), (1, 0), "{step:?}");
        assert!(error.message().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_message_whose_provider_is_not_known_costs_no_token() {
    let update = StatusUpdate::new(DeliveryStatus::Delivered);
    for status in [401, 403] {
        let (scene, credentials) = scene([answer(status, NO_PROVIDER)]);
        let conversations = scene.location.conversations();
        for _ in 0..10 {
            let updated = conversations.update_status(&"m1".parse().unwrap(), &update);
            let error = updated.await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Provider, "{error}");
            let shown = error.to_string();
            assert!(
                shown.contains("provider belongs to") && !shown.contains("make a new"),
                "{shown}"
            );
        }
        assert_eq!((scene.count(), credentials.renewals()), (10, 0));
    }
}

#[tokio::test]
async fn a_401_without_a_word_may_mean_the_token_once() {
    for body in ["", "{}", r#"{"statusCode":401,"traceId":"t"}"#] {
        let (scene, credentials) = scene([answer(401, body), answer(200, "{}")]);
        scene.location.get::<Value>("/x").await.unwrap();
        assert_eq!((scene.count(), credentials.renewals()), (2, 1), "{body}");
    }
    let (scene, credentials) = scene([answer(401, "")]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    let unexplained = ErrorKind::Unauthorized(UnauthorizedReason::Unexplained);
    assert_eq!((error.kind(), scene.count()), (&unexplained, 2));
    assert_eq!(credentials.renewals(), 1);
    assert!(!error.to_string().contains("make a new"), "{error}");
}

#[tokio::test]
async fn the_canonical_code_is_kept_and_tells_an_opt_out_in_any_language() {
    let body = r#"{"statusCode":400,"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_SMS","message":"No molestar"}"#;
    let scene = Scene::new([answer(400, body)]);
    let sms = OutgoingSms::new("c1".parse().unwrap(), "hello");
    let error = scene
        .location
        .conversations()
        .send_sms(&sms)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::DoNotDisturb);
    let code = "CONVERSATIONS_MSG_DND_ACTIVE_SMS";
    assert_eq!(error.canonical_code(), Some(code));
}

#[tokio::test]
async fn a_yes_without_an_id_tells_highlevels_reason() {
    let body = r#"{"conversationId":"v1","error":{"message":"400 - Invalid conversationProviderId","name":"AxiosError"},
        "traceId":"f9ba9e5e-2217-4432-a1ba-2a30a3edf0a2"}"#;
    let scene = Scene::new([answer(201, body)]);
    let sms = OutgoingSms::new("c1".parse().unwrap(), "hello");
    let error = scene
        .location
        .conversations()
        .send_sms(&sms)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    assert_eq!(error.status(), Some(201));
    let shown = error.to_string();
    assert!(shown.contains("Invalid conversationProviderId"), "{shown}");
    // A group of a trace id is no phone number.
    let trace = "f9ba9e5e-2217-4432-a1ba-2a30a3edf0a2";
    assert_eq!(error.trace_id(), Some(trace));
    assert!(shown.contains(trace), "{shown}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_repeats_no_words_of_its_value() {
    let scene = Scene::new([answer(200, r#"{"message":"see you at 5, Maria","id":[]}"#)]);
    let error = scene
        .location
        .conversations()
        .message(&"m1".parse().unwrap())
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
    assert!(!error.to_string().contains("Maria"), "{error}");
}

#[tokio::test]
async fn a_yes_that_tells_of_an_error_is_no_success() {
    let body = r#"{"error":{"message":"timeout of 5000ms exceeded"}}"#;
    let scene = Scene::new([answer(200, body)]);
    let error = scene.location.delete("/x").await.unwrap_err();
    assert_eq!(error.status(), Some(200));
    assert!(error.to_string().contains("timeout of 5000ms"), "{error}");
}

#[tokio::test]
async fn a_wait_may_be_a_fraction_or_a_date() {
    let over = || answer(429, "");
    for (step, milliseconds) in [
        (over().header("retry-after", "1.5"), 1500),
        (
            over()
                .header("retry-after", "Fri, 20 Nov 2026 10:00:07 GMT")
                .header("date", "Fri, 20 Nov 2026 10:00:00 GMT"),
            7000,
        ),
    ] {
        let scene = Scene::new([step, answer(200, "{}")]);
        scene.location.get::<Value>("/x").await.unwrap();
        let asked = scene.asked();
        let waited = (asked[1].at - asked[0].at).as_millis();
        assert!(
            (milliseconds..milliseconds + 300).contains(&waited),
            "{waited}"
        );
    }
}

#[tokio::test]
async fn a_used_up_day_says_when_it_ends() {
    let step = answer(429, "")
        .header("x-ratelimit-daily-remaining", 0)
        .header("x-ratelimit-daily-reset", 84_322_000);
    let scene = Scene::new([step]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::DailyLimit);
    assert!(error.to_string().contains("in 84322 s"), "{error}");
}
