//! Room in the rate limit that is taken before a request is decided on: for one, and for several at once.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::client::{Credentials, Location, Request};
use gohighlevel::clock::Clock;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::LocationId;
use gohighlevel::secret::Secret;
use serde_json::Value;

use super::scripted::{Scene, answer};

async fn fill(location: &Location, requests: usize) {
    for _ in 0..requests {
        location.get::<Value>("/filling").await.unwrap();
    }
}

#[tokio::test]
async fn the_wait_comes_before_the_decision_and_none_after_it() {
    let scene = Scene::new([answer(200, "{}")]);
    fill(&scene.location, 100).await;
    let reservation = scene.location.reserve().await.unwrap();
    let decided = scene.clock.elapsed();
    assert!(decided >= Duration::from_secs(10), "{decided:?}");
    assert_eq!(reservation.location_id(), scene.location.id());
    let sent = reservation.send(|location| location.get::<Value>("/text"));
    sent.await.unwrap();
    let last = scene.asked().pop().unwrap();
    assert!(last.line.ends_with("/text"), "{}", last.line);
    assert_eq!(last.at, decided);
}

#[tokio::test]
async fn others_wait_while_it_is_held_and_go_when_it_is_dropped() {
    let scene = Scene::new([answer(200, "{}")]);
    let reservation = scene.location.reserve().await.unwrap();
    fill(&scene.location, 99).await;
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
    let usage = || scene.client.usage(scene.location.id());
    assert_eq!(usage().burst_used, 100);
    drop(reservation);
    assert_eq!(usage().burst_used, 99);
    fill(&scene.location, 1).await;
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
    fill(&scene.location, 1).await;
    assert!(scene.clock.elapsed() >= Duration::from_secs(10));
}

#[tokio::test]
async fn it_is_for_one_request() {
    let scene = Scene::new([answer(200, "{}")]);
    let reservation = scene.location.reserve().await.unwrap();
    let kept = Mutex::new(None);
    let first = reservation.send(|location| {
        *kept.lock().unwrap() = Some(location.clone());
        location.get::<Value>("/first")
    });
    first.await.unwrap();
    let kept = kept.into_inner().unwrap().unwrap();
    let error = kept.get::<Value>("/second").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert_eq!(error.attempts(), 0);
    assert!(
        error.to_string().contains("call `reserve` again"),
        "{error}"
    );
    assert_eq!(scene.count(), 1);
}

#[tokio::test]
async fn it_is_sent_in_one_attempt() {
    for (status, kind) in [
        (429, ErrorKind::RateLimited),
        (503, ErrorKind::UnknownOutcome),
    ] {
        let scene = Scene::new([answer(status, ""), answer(200, "{}")]);
        let reservation = scene.location.reserve().await.unwrap();
        let request = Request::post("/text");
        let sent = reservation.send(|location| location.send::<Value>(request));
        assert_eq!(*sent.await.unwrap_err().kind(), kind);
        assert_eq!(scene.count(), 1);
    }
}

/// Gives one token, and another when that is refused.
#[derive(Debug)]
struct Renewing;

#[async_trait]
impl Credentials for Renewing {
    async fn token(&self, _: Option<&LocationId>) -> gohighlevel::Result<Secret> {
        Ok("old".into())
    }

    async fn renew(
        &self,
        _: Option<&LocationId>,
        _: &Secret,
    ) -> gohighlevel::Result<Option<Secret>> {
        Ok(Some("new".into()))
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_all_the_same() {
    let refused = answer(401, r#"{"message":"Invalid JWT"}"#);
    let scene = Scene::with([refused, answer(200, "{}")], |builder| {
        builder.credentials(Renewing)
    });
    let reservation = scene.location.reserve().await.unwrap();
    let sent = reservation.send(|location| location.post::<Value>("/text", &()));
    sent.await.unwrap();
    let tokens: Vec<String> = scene
        .asked()
        .into_iter()
        .map(|it| it.authorization)
        .collect();
    assert_eq!(tokens, ["Bearer old", "Bearer new"]);
}

#[tokio::test]
async fn it_is_waited_for_no_longer_than_a_request() {
    let scene = Scene::with([answer(200, "{}")], |builder| {
        builder
            .token("pit-planted-token")
            .deadline(Duration::from_secs(5))
    });
    fill(&scene.location, 100).await;
    let error = scene.location.reserve().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RateLimited);
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_burst_goes_at_once_or_not_at_all() {
    let scene = Scene::new([answer(200, "{}")]);
    fill(&scene.location, 96).await;
    assert!(scene.location.burst(5).is_err());
    assert!(scene.location.burst_wait(5) > Duration::from_secs(10));
    assert_eq!(scene.location.burst_wait(4), Duration::ZERO);
    let burst = scene.location.burst(3).unwrap();
    fill(&burst, 2).await;
    // Of the burst, and beyond it while there is room.
    let reservation = burst.reserve().await.unwrap();
    let sent = reservation.send(|location| location.get::<Value>("/text"));
    sent.await.unwrap();
    fill(&burst, 1).await;
    let error = burst.get::<Value>("/beyond").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RateLimited);
    assert_eq!(
        *burst.reserve().await.unwrap_err().kind(),
        ErrorKind::RateLimited
    );
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
    assert_eq!(scene.count(), 100);
}
