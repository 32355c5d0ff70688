//! Stores that fail, answers that are lost, a token endpoint that is down, grants that are no more.

use std::time::Duration;

use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{Fault, GatePoint};
use http::{Method, StatusCode};

use super::support::{LIFE, POLICY, Process, SOLEIL, Scene, until};

const DOWN: Fault = Fault::Status(StatusCode::SERVICE_UNAVAILABLE);

impl Scene {
    fn token_fault(&self, fault: Fault, times: u32) {
        let path = "/oauth/token";
        self.fake.fault(Method::POST, path, fault, times).unwrap();
    }
}

#[tokio::test]
async fn a_save_that_fails_once_costs_nothing() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE);
    scene.store.fail(1);
    let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
    assert_eq!((scene.refreshes(), served), (1, 50), "{errors:?}");
}

#[tokio::test]
async fn tokens_that_cannot_be_saved_are_kept_and_saved_later_and_not_asked_for_again() {
    let scene = Scene::connected().await;
    let before = scene.store.soleil().await.tokens;
    scene.clock.advance(LIFE);
    scene.store.fail(4);
    let error = scene.process.read(SOLEIL).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TokenStore);
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!(scene.store.soleil().await.tokens, before);
    scene.process.read(SOLEIL).await.unwrap();
    assert_ne!(scene.store.soleil().await.tokens, before);
    assert_eq!(scene.refreshes(), 1);
    // The grant goes on.
    scene.clock.advance(LIFE);
    scene.process.read(SOLEIL).await.unwrap();
    assert_eq!(scene.refreshes(), 2);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_within_the_grace() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE);
    scene.token_fault(Fault::DropAfter, 2);
    let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
    assert_eq!((scene.refreshes(), served), (3, 50), "{errors:?}");
    scene.clock.advance(LIFE);
    scene.process.read(SOLEIL).await.unwrap();
}

#[tokio::test]
async fn a_process_that_dies_with_the_answer_leaves_the_grant_to_the_next() {
    let scene = Scene::connected().await;
    let (other, store) = (scene.process.clone(), scene.store.clone());
    scene.clock.advance(LIFE);
    let mut gate = scene
        .fake
        .gate(Method::POST, "/oauth/token", GatePoint::BeforeAnswer)
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.spawn(async move { other.read(SOLEIL).await });
    let held = gate.arrived().await.unwrap();
    runtime.shutdown_background();
    held.abandoned().await;
    drop(gate);

    let next = Process::new(&scene.fake, &scene.clock, store);
    let waiting = tokio::spawn(async move { next.read(SOLEIL).await });
    // The claim of the dead one ends before HighLevel forgets its answer.
    scene.clock.advance(Duration::from_secs(21));
    waiting.await.unwrap().unwrap();
    assert_eq!(scene.refreshes(), 2);
}

#[tokio::test]
async fn while_the_token_endpoint_is_down_the_old_token_serves_and_the_endpoint_is_let_alone() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE - POLICY.skew);
    scene.token_fault(DOWN, 1000);
    for _ in 0..50 {
        scene.process.read(SOLEIL).await.unwrap();
    }
    until(|| scene.refreshes() == 4).await;
    for _ in 0..50 {
        scene.process.read(SOLEIL).await.unwrap();
    }
    // One renewal with its four attempts, a second one at most while the clock went on in their pauses.
    assert!(scene.refreshes() <= 8, "{}", scene.refreshes());
    scene.fake.clear_faults();
    let asked = scene.refreshes();
    scene.clock.advance(Duration::from_secs(600));
    scene.process.read(SOLEIL).await.unwrap();
    until(|| scene.refreshes() > asked).await;
    scene.clock.advance(POLICY.skew);
    scene.process.read(SOLEIL).await.unwrap();
    assert_eq!(scene.refreshes(), asked + 1);
}

#[tokio::test]
async fn when_the_old_token_has_ended_too_everybody_is_told_without_asking_each() {
    let scene = Scene::connected().await;
    scene.clock.advance(LIFE);
    scene.token_fault(DOWN, 1000);
    for _ in 0..2 {
        let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
        assert_eq!(served, 0);
        for error in errors {
            assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(error.is_retryable());
        }
    }
    assert_eq!(scene.refreshes(), 4);
    scene.fake.clear_faults();
    scene.clock.advance(Duration::from_secs(5));
    scene.process.read(SOLEIL).await.unwrap();
}

/// What is no word of HighLevel's about the grant: pages, plain text, gateways, trouble, refusals of something else.
const NO_WORD_OF_THE_GRANT: [&str; 17] = [
    "gateway-1010",
    "challenge-page",
    "html:200",
    "html:400",
    "html:401",
    "html:403",
    "html:404",
    "html:502",
    "text:400",
    "text:401",
    "gateway:401",
    "gateway:403",
    "gateway:404",
    "empty:401",
    "timeout-401",
    "status:401",
    "status:403",
];

#[tokio::test]
async fn whatever_stands_in_highlevels_place_ends_no_grant() {
    for fault in NO_WORD_OF_THE_GRANT {
        let scene = Scene::connected().await;
        scene.clock.advance(LIFE);
        scene.token_fault(fault.parse().unwrap(), 1000);
        for _ in 0..3 {
            let error = scene.process.read(SOLEIL).await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Unavailable, "{fault}: {error}");
            assert!(error.is_retryable());
            let shown = error.to_string();
            assert!(
                !shown.contains("authorize URL") && !shown.contains("token of"),
                "{shown}"
            );
            scene.clock.advance(Duration::from_secs(60));
        }
        scene.fake.clear_faults();
        scene.process.read(SOLEIL).await.unwrap();
    }
}

/// A used refresh token would end the grant here: it is spent on nothing but a word about the token.
#[tokio::test]
async fn refresh_tokens_are_spent_on_words_about_the_token_alone() {
    for fault in [
        "timeout-401",
        "provider-401",
        "provider-403",
        "gateway-1010",
        "html:401",
    ] {
        let scene = Scene::connected().await;
        let path = format!("/locations/{SOLEIL}");
        let fault: Fault = fault.parse().unwrap();
        scene.fake.fault(Method::GET, &path, fault, 1000).unwrap();
        for _ in 0..10 {
            scene.process.read(SOLEIL).await.unwrap_err();
        }
        assert_eq!(scene.refreshes(), 0, "{fault:?}");
        scene.fake.clear_faults();
        scene.process.read(SOLEIL).await.unwrap();
        assert_eq!(scene.refreshes(), 0);
    }
}

#[tokio::test]
async fn a_dead_grant_is_told_at_once_and_not_hammered_until_somebody_connects_anew() {
    let scene = Scene::connected().await;
    scene.fake.uninstall_location(SOLEIL).unwrap();
    for _ in 0..3 {
        let (served, errors) = scene.process.read_at_once(&[SOLEIL; 50]).await;
        assert_eq!(served, 0);
        for error in errors {
            assert_eq!(*error.kind(), ErrorKind::GrantDead, "{error}");
            assert!(!error.is_retryable());
            let text = error.to_string();
            assert!(text.contains("authorize URL"), "{text}");
        }
        scene.clock.advance(Duration::from_secs(30));
    }
    assert_eq!(scene.refreshes(), 1);
    let code = scene.fake.authorize_location(SOLEIL).unwrap();
    scene.process.credentials.connect(&code).await.unwrap();
    scene.process.read(SOLEIL).await.unwrap();
}

#[tokio::test]
async fn a_grant_that_somebody_else_connects_anew_is_found_in_the_store() {
    let scene = Scene::connected().await;
    scene.fake.uninstall_location(SOLEIL).unwrap();
    scene.process.read(SOLEIL).await.unwrap_err();
    let other = Process::new(&scene.fake, &scene.clock, scene.store.clone());
    let code = scene.fake.authorize_location(SOLEIL).unwrap();
    other.credentials.connect(&code).await.unwrap();
    scene.clock.advance(Duration::from_secs(5));
    scene.process.read(SOLEIL).await.unwrap();
}
