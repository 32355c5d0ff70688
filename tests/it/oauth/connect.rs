//! From a code to a grant, in both versions, and what is never shown.

use gohighlevel::Client;
use gohighlevel::auth::oauth::{GrantKey, OAuth, OAuthApp};
use gohighlevel::auth::store::MemoryTokenStore;
use gohighlevel::error::ErrorKind;
use gohighlevel::testing::Fault;
use http::Method;

use super::support::{LIFE, Process, REDIRECT, SOLEIL, Scene, asked, builder, clock};

#[tokio::test]
async fn a_code_becomes_a_grant_that_renews_itself_in_both_versions() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    for process in [
        Process::new(&fake, &clock, MemoryTokenStore::new()),
        Process::version_3(&fake, &clock, MemoryTokenStore::new()),
    ] {
        let code = fake.authorize_location(SOLEIL).unwrap();
        let connected = process.credentials.connect(&code).await.unwrap();
        assert_eq!(connected.key, GrantKey::Location(SOLEIL.parse().unwrap()));
        assert!(connected.scopes.contains(&"contacts.readonly".to_owned()));
        for _ in 0..2 {
            process.read(SOLEIL).await.unwrap();
            clock.advance(LIFE);
        }
        let error = process.credentials.connect(&code).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::GrantDead, "{error}");
    }
    // Two exchanges, two refused ones, one refresh each.
    assert_eq!(asked(&fake, "/oauth/token"), 6);
    let sent = fake.requests();
    let bodies: Vec<&str> = sent
        .iter()
        .filter(|request| request.path == "/oauth/token")
        .filter_map(|request| request.body.as_str())
        .collect();
    assert!(bodies[0].contains("client_id=") && bodies[0].contains("redirect_uri="));
    assert!(bodies[3].contains("clientId=") && bodies[3].contains("redirectUri="));
}

#[tokio::test]
async fn the_life_that_was_told_counts_and_no_other() {
    let clock = clock();
    let life = std::time::Duration::from_secs(100);
    let fake = builder(&clock).token_lifetime(life).start().await.unwrap();
    let process = Process::new(&fake, &clock, MemoryTokenStore::new());
    let code = fake.authorize_location(SOLEIL).unwrap();
    process.credentials.connect(&code).await.unwrap();
    clock.advance(life * 3 / 4 - std::time::Duration::from_secs(1));
    process.read(SOLEIL).await.unwrap();
    assert_eq!(asked(&fake, "/oauth/token"), 1);
    clock.advance(life);
    process.read(SOLEIL).await.unwrap();
    assert_eq!(asked(&fake, "/oauth/token"), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_a_matter_of_configuration() {
    let scene = Scene::connected().await;
    let (id, _) = scene.fake.oauth_app();
    let app = OAuthApp::new(id, "another-secret", REDIRECT).unwrap();
    let oauth = OAuth::new(app, Client::builder().base_url(scene.fake.url())).unwrap();
    let error = oauth.refresh(&"any".into(), None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config, "{error}");
}

#[tokio::test]
async fn a_grant_whose_save_fails_is_kept_and_saved_later() {
    let scene = Scene::connected().await;
    let code = scene.fake.authorize_location(SOLEIL).unwrap();
    scene.store.fail(3);
    let error = scene.process.credentials.connect(&code).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TokenStore, "{error}");
    let before = scene.store.soleil().await;
    scene.process.read(SOLEIL).await.unwrap();
    assert_ne!(scene.store.soleil().await.tokens, before.tokens);
}

#[tokio::test]
async fn a_lost_answer_to_a_code_is_an_unknown_outcome() {
    let scene = Scene::connected().await;
    let code = scene.fake.authorize_location(SOLEIL).unwrap();
    let lost = Fault::DropAfter;
    scene
        .fake
        .fault(Method::POST, "/oauth/token", lost, 1)
        .unwrap();
    let error = scene.process.credentials.connect(&code).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{error}");
}

#[tokio::test]
async fn nothing_prints_a_token_or_the_secret() {
    let scene = Scene::connected().await;
    let (_, secret) = scene.fake.oauth_app();
    let tokens = scene.store.soleil().await.tokens.unwrap();
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        scene.process,
        scene.store,
        tokens,
        scene.fake.requests()
    );
    for hidden in [
        &*secret,
        tokens.access.expose(),
        tokens.refresh.as_ref().unwrap().expose(),
    ] {
        assert!(!printed.contains(hidden));
    }
}
