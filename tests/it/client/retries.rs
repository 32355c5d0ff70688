//! What is sent again and what is not, through the client.

use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::auth::Credentials;
use gohighlevel::client::{ReplaySafety, Request};
use gohighlevel::error::{ErrorKind, TransportErrorKind, UnauthorizedReason};
use gohighlevel::ids::LocationId;
use gohighlevel::secret::Secret;
use serde_json::{Value, json};

use super::scripted::{Scene, Step, answer};

const OK: &str = r#"{"done":true}"#;

fn request(replay: ReplaySafety) -> Request {
    match replay {
        ReplaySafety::Safe => Request::get("/x"),
        ReplaySafety::Repeatable => Request::put("/x").json(&json!({})),
        ReplaySafety::Once => Request::post("/x").json(&json!({})),
    }
}

/// Sends a request against a server that first does `step` and then says yes.
async fn send_after(step: Step, replay: ReplaySafety) -> (gohighlevel::Result<Value>, usize) {
    let scene = Scene::new([step, answer(200, OK)]);
    let result = scene.location.send(request(replay)).await;
    (result, scene.count())
}

#[tokio::test]
async fn what_may_be_repeated_is() {
    use TransportErrorKind::{Connect, Interrupted, Other, Timeout};
    for step in [
        answer(429, ""),
        answer(408, ""),
        answer(500, ""),
        answer(502, "<html>"),
        answer(503, ""),
        answer(504, ""),
        Step::Fail(Connect),
        Step::Fail(Timeout),
        Step::Fail(Interrupted),
        Step::Fail(Other),
        Step::BreakAfter(200),
    ] {
        for replay in [ReplaySafety::Safe, ReplaySafety::Repeatable] {
            let (result, attempts) = send_after(step.clone(), replay).await;
            assert_eq!(result.unwrap(), json!({"done": true}), "{step:?}");
            assert_eq!(attempts, 2, "{step:?}");
        }
    }
}

#[tokio::test]
async fn what_must_be_done_once_is_repeated_only_where_nothing_was_done() {
    use TransportErrorKind::{Connect, Interrupted, Other, Timeout, TooLarge};
    for step in [answer(429, ""), Step::Fail(Connect)] {
        let (result, attempts) = send_after(step.clone(), ReplaySafety::Once).await;
        assert_eq!((result.is_ok(), attempts), (true, 2), "{step:?}");
    }
    for (step, status) in [
        (answer(408, ""), Some(408)),
        (answer(500, ""), Some(500)),
        (answer(502, "<html>"), Some(502)),
        (answer(503, ""), Some(503)),
        (answer(504, ""), Some(504)),
        (Step::Fail(Timeout), None),
        (Step::Fail(Interrupted), None),
        (Step::Fail(Other), None),
        (Step::Fail(TooLarge), None),
        (Step::BreakAfter(201), Some(201)),
    ] {
        let (result, attempts) = send_after(step.clone(), ReplaySafety::Once).await;
        let error = result.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{step:?}");
        assert_eq!((error.status(), attempts), (status, 1), "{step:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_refusal_is_never_repeated() {
    for status in [400, 401, 403, 404, 422] {
        for replay in [
            ReplaySafety::Safe,
            ReplaySafety::Repeatable,
            ReplaySafety::Once,
        ] {
            let (result, attempts) = send_after(answer(status, "{}"), replay).await;
            let error = result.unwrap_err();
            assert_eq!((error.status(), attempts), (Some(status), 1));
            assert!(!error.is_retryable(), "{error}");
        }
    }
}

#[tokio::test]
async fn after_five_attempts_the_failure_is_told_as_what_it_is() {
    for (step, expected) in [
        (answer(503, ""), ErrorKind::Unavailable),
        (answer(429, ""), ErrorKind::RateLimited),
        (
            Step::Fail(TransportErrorKind::Timeout),
            ErrorKind::Transport(TransportErrorKind::Timeout),
        ),
        (
            Step::Fail(TransportErrorKind::Connect),
            ErrorKind::Transport(TransportErrorKind::Connect),
        ),
        (Step::BreakAfter(502), ErrorKind::Unavailable),
    ] {
        let scene = Scene::new([step]);
        let error = scene.location.get::<Value>("/x").await.unwrap_err();
        assert_eq!(*error.kind(), expected);
        assert_eq!((error.attempts(), scene.count()), (5, 5));
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn a_429_is_waited_for_as_long_as_it_asks() {
    let refused = || answer(429, r#"{"message":"Too many requests"}"#);
    for (step, at_least) in [
        (refused().header("retry-after", 3), 3),
        (refused(), 10),
        (
            refused().header("x-ratelimit-interval-milliseconds", 5000),
            5,
        ),
        (refused().header("retry-after", "tomorrow"), 10),
    ] {
        let scene = Scene::new([step.clone(), answer(200, OK)]);
        scene.location.get::<Value>("/x").await.unwrap();
        let asked = scene.asked();
        let wait = asked[1].at - asked[0].at;
        let expected = Duration::from_secs(at_least);
        assert!(
            wait >= expected && wait < expected + Duration::from_secs(1),
            "{step:?}: {wait:?}"
        );
    }
}

#[tokio::test]
async fn a_429_holds_back_the_location_and_no_other() {
    let scene = Scene::new([answer(429, "").header("retry-after", 7), answer(200, OK)]);
    let other = scene.client.location(LocationId::new("loc2").unwrap());
    let (first, second) = tokio::join!(scene.location.get::<Value>("/one"), async {
        other.get::<Value>("/two").await
    });
    first.unwrap();
    second.unwrap();
    let asked = scene.asked();
    assert_eq!(
        asked[1].line,
        "GET https://services.leadconnectorhq.com/two"
    );
    assert_eq!(asked[1].at, Duration::ZERO);
    assert!(asked[2].at >= Duration::from_secs(7));
}

#[tokio::test]
async fn a_used_up_day_is_not_waited_for() {
    let step = answer(429, "").header("x-ratelimit-daily-remaining", 0);
    let scene = Scene::new([step]);
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::DailyLimit);
    assert_eq!(scene.count(), 1);
}

/// Gives out `old` until that was refused; counts the refusals.
#[derive(Debug, Default, Clone)]
struct Renewable {
    renewals: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Renewable {
    fn count(&self) -> usize {
        self.renewals.load(std::sync::atomic::Ordering::SeqCst)
    }
}

#[async_trait]
impl Credentials for Renewable {
    async fn token(&self, location: Option<&LocationId>) -> gohighlevel::Result<Secret> {
        assert_eq!(location.map(LocationId::as_str), Some("loc1"));
        Ok("old".into())
    }

    async fn renew(
        &self,
        location: Option<&LocationId>,
        refused: &Secret,
    ) -> gohighlevel::Result<Option<Secret>> {
        assert_eq!(location.map(LocationId::as_str), Some("loc1"));
        assert_eq!(refused.expose(), "old");
        self.renewals
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(Some("new".into()))
    }
}

const EXPIRED: &str = r#"{"statusCode":401,"message":"Invalid JWT"}"#;

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_request_sent_again() {
    for replay in [
        ReplaySafety::Safe,
        ReplaySafety::Repeatable,
        ReplaySafety::Once,
    ] {
        let credentials = Renewable::default();
        let scene = Scene::with([answer(401, EXPIRED), answer(200, OK)], |builder| {
            builder.credentials(credentials.clone())
        });
        scene.location.send::<Value>(request(replay)).await.unwrap();
        let tokens: Vec<_> = scene
            .asked()
            .into_iter()
            .map(|asked| asked.authorization)
            .collect();
        assert_eq!(tokens, ["Bearer old", "Bearer new"]);
        assert_eq!(credentials.count(), 1);
    }
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_too_ends_it() {
    let credentials = Renewable::default();
    let scene = Scene::with([answer(401, EXPIRED)], |builder| {
        builder.credentials(credentials.clone())
    });
    let error = scene.location.get::<Value>("/x").await.unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::Unauthorized(UnauthorizedReason::InvalidToken)
    );
    assert_eq!((scene.count(), credentials.count()), (2, 1));
}

#[tokio::test]
async fn a_401_that_is_not_about_the_tokens_age_renews_nothing() {
    for (message, reason) in [
        (
            "The token is not authorized for this scope.",
            UnauthorizedReason::MissingScope,
        ),
        (
            "version header was not found.",
            UnauthorizedReason::MissingVersion,
        ),
        (
            "Token's user type mismatch!",
            UnauthorizedReason::WrongTokenKind,
        ),
        (
            "This route is not yet supported by the IAM Service. Please update your IAM config.",
            UnauthorizedReason::UnknownRoute,
        ),
    ] {
        let credentials = Renewable::default();
        let body = json!({"statusCode": 401, "message": message}).to_string();
        let scene = Scene::with([answer(401, &body)], |builder| {
            builder.credentials(credentials.clone())
        });
        let error = scene.location.get::<Value>("/x").await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unauthorized(reason));
        assert_eq!((scene.count(), credentials.count()), (1, 0), "{message}");
    }
}
