//! However many requests wait, a grant is renewed once, and all of them get the new token.

use std::time::Duration;

use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{Fault, GatePoint};
use http::{Method, StatusCode};

use super::support::{LIFE, POLICY, SOLEIL, Scene, asked};

#[tokio::test]
async fn fifty_requests_with_an_expired_token_make_one_token_call() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE);
    let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
    assert_eq!((scene.refreshes(), served), (1, 50), "{errors:?}");
    // None of them was sent with the old token.
    assert_eq!(asked(&scene.fake, &format!("/locations/{SOLEIL}")), 50);
}

#[tokio::test]
async fn fifty_refused_requests_make_one_token_call_though_the_token_should_live() {
    let scene = Scene::connected().await;
    for round in 1..=2 {
        scene.fake.expire_access_tokens();
        let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
        assert_eq!((scene.refreshes(), served), (round, 50), "{errors:?}");
    }
}

#[tokio::test]
async fn a_request_refused_with_an_old_token_takes_the_new_one_that_is_there() {
    let scene = Scene::connected().await;
    let path = format!("/locations/{SOLEIL}");
    let mut gate = scene
        .fake
        .gate(Method::GET, &path, GatePoint::BeforeAnswer)
        .unwrap();
    scene.fake.expire_access_tokens();
    let slow = tokio::spawn({
        let process = scene.process.clone();
        async move { process.read(SOLEIL).await }
    });
    let refused = gate.arrived().await.unwrap();
    drop(gate);
    scene.process.read(SOLEIL).await.unwrap();
    refused.release();
    slow.await.unwrap().unwrap();
    assert_eq!(scene.refreshes(), 1);
}

#[tokio::test]
async fn a_refresh_goes_on_when_its_caller_is_dropped() {
    let scene = Scene::connected().await;
    let before = scene.store.soleil().await.tokens.unwrap();
    let mut gate = scene
        .fake
        .gate(Method::POST, "/oauth/token", GatePoint::BeforeAnswer)
        .unwrap();
    scene.clock.advance(LIFE);
    let caller = tokio::spawn({
        let process = scene.process.clone();
        async move { process.read(SOLEIL).await }
    });
    let held = gate.arrived().await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    held.release();
    drop(gate);
    scene.process.read(SOLEIL).await.unwrap();
    assert_eq!(scene.refreshes(), 1);
    assert_ne!(scene.store.soleil().await.tokens.unwrap(), before);
}

#[tokio::test]
async fn a_token_that_is_due_is_renewed_behind_the_requests() {
    let scene = Scene::connected().await;
    scene.process.read(SOLEIL).await.unwrap();
    let before = scene.store.soleil().await.tokens.unwrap();
    let mut gate = scene
        .fake
        .gate(Method::POST, "/oauth/token", GatePoint::BeforeEffect)
        .unwrap();
    scene.clock.advance(LIFE - POLICY.skew);
    // They are served while the token call is held.
    let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
    assert_eq!(served, 50, "{errors:?}");
    gate.arrived().await.unwrap().release();
    drop(gate);
    let changed = async {
        while scene.store.soleil().await.tokens.as_ref() == Some(&before) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), changed)
        .await
        .unwrap();
    scene.process.read(SOLEIL).await.unwrap();
    assert_eq!(scene.refreshes(), 1);
}

#[tokio::test]
async fn a_process_that_starts_with_a_due_token_serves_with_it_while_the_endpoint_is_down() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE - POLICY.skew);
    let down = Fault::Status(StatusCode::BAD_GATEWAY);
    let path = "/oauth/token";
    scene.fake.fault(Method::POST, path, down, 1000).unwrap();
    let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
    assert_eq!((scene.refreshes(), served), (0, 50), "{errors:?}");
}

#[tokio::test]
async fn a_token_that_is_refused_for_ever_is_not_renewed_for_ever() {
    let scene = Scene::connected().await;
    let path = format!("/locations/{SOLEIL}");
    let refused = Fault::Status(StatusCode::UNAUTHORIZED);
    scene.fake.fault(Method::GET, &path, refused, 1000).unwrap();
    for _ in 0..10 {
        let error = scene.process.read(SOLEIL).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unauthorized(_)),
            "{error}"
        );
    }
    assert_eq!(scene.refreshes(), 3);
}
