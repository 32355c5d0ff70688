//! Installations and removals by webhook: forged ones do not get there, repeats change nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::auth::store::{MemoryTokenStore, TokenStore};
use gohighlevel::clock::Clock;
use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{FakeGhl, ManualClock};
use gohighlevel::webhooks::{
    Delivery, Handler, InstallationOutcome, Installations, NotDurable, Verifier,
};
use http::HeaderMap;

use super::support::{Process, SOLEIL, Scene, agency_seed, asked, builder, clock};

/// The newest webhook, as it arrives now.
fn newest(fake: &FakeGhl, clock: &ManualClock) -> Delivery {
    verified(fake, clock, fake.deliveries().len() - 1)
}

fn verified(fake: &FakeGhl, clock: &ManualClock, position: usize) -> Delivery {
    let sent = fake.deliveries().swap_remove(position);
    let mut headers = HeaderMap::new();
    headers.insert("x-ghl-signature", sent.signature.parse().unwrap());
    let verifier = Verifier::builder()
        .ed25519_pem(&fake.public_key_pem())
        .unwrap()
        .build();
    verifier.verify(&headers, sent.body, clock.now()).unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_removal_takes_the_tokens_away_and_an_old_one_does_not() {
    let scene = Scene::connected().await;
    let observe = |delivery: Delivery| {
        let credentials = scene.process.credentials.clone();
        async move { credentials.observe(&delivery).await.unwrap() }
    };
    scene.clock.advance(SECOND);
    scene.fake.uninstall_location(SOLEIL).unwrap();
    let removal = newest(&scene.fake, &scene.clock);
    assert_eq!(observe(removal.clone()).await, InstallationOutcome::Changed);
    assert_eq!(observe(removal.clone()).await, InstallationOutcome::Ignored);
    assert!(scene.store.soleil().await.tokens.is_none());
    let error = scene.process.read(SOLEIL).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::GrantDead);
    assert!(error.to_string().contains("uninstalled"), "{error}");
    assert_eq!(scene.refreshes(), 0);

    // The first installation once more: it is older than the removal.
    let old = verified(&scene.fake, &scene.clock, 0);
    assert_eq!(observe(old).await, InstallationOutcome::Ignored);
    assert!(scene.store.soleil().await.uninstalled_at.is_some());

    scene.clock.advance(SECOND);
    let code = scene.fake.authorize_location(SOLEIL).unwrap();
    let installation = newest(&scene.fake, &scene.clock);
    scene.process.credentials.connect(&code).await.unwrap();
    observe(installation).await;
    assert_eq!(observe(removal).await, InstallationOutcome::Ignored);
    scene.process.read(SOLEIL).await.unwrap();
}

#[tokio::test]
async fn a_bulk_installation_is_usable_in_whichever_order_its_parts_come() {
    for webhooks_first in [true, false] {
        let clock = clock();
        let fake = builder(&clock).seed(agency_seed(3)).start().await.unwrap();
        let process = Process::new(&fake, &clock, MemoryTokenStore::new());
        let locations = ["location-0", "location-1", "location-2"];
        let code = fake.authorize_agency("agency", &locations).unwrap();
        let deliveries = (0..4).map(|position| verified(&fake, &clock, position));
        if !webhooks_first {
            process.credentials.connect(&code).await.unwrap();
        }
        for delivery in deliveries {
            process.credentials.observe(&delivery).await.unwrap();
        }
        if webhooks_first {
            process.credentials.connect(&code).await.unwrap();
        }
        let (served, errors) = process.read_at_once(&locations).await;
        assert_eq!(served, 3, "{errors:?}");
    }
}

#[tokio::test]
async fn a_location_made_later_is_there_with_its_webhook_and_all_go_with_their_agency() {
    let clock = clock();
    let fake = builder(&clock).seed(agency_seed(2)).start().await.unwrap();
    let store = MemoryTokenStore::new();
    let process = Process::new(&fake, &clock, store.clone());
    let code = fake.authorize_agency("agency", &["location-0"]).unwrap();
    process.credentials.connect(&code).await.unwrap();
    process.read("location-1").await.unwrap_err();
    clock.advance(SECOND);
    fake.authorize_location("location-1").unwrap();
    let installation = newest(&fake, &clock);
    process.credentials.observe(&installation).await.unwrap();
    process.read("location-0").await.unwrap();
    process.read("location-1").await.unwrap();

    clock.advance(SECOND);
    fake.uninstall_agency("agency");
    let removal = newest(&fake, &clock);
    let observed = process.credentials.observe(&removal).await.unwrap();
    assert_eq!(observed, InstallationOutcome::Changed);
    for (key, stored) in store.all().await.unwrap() {
        assert!(stored.grant.tokens.is_none(), "{key}");
    }
    let calls = fake.requests().len();
    process.read("location-0").await.unwrap_err();
    assert_eq!(fake.requests().len(), calls);
}

#[tokio::test]
async fn a_removal_without_a_time_makes_highlevel_be_asked() {
    let scene = Scene::connected().await;
    let (id, _) = scene.fake.oauth_app();
    let app = id.split_once('-').unwrap().0;
    let body = format!(r#"{{"type":"UNINSTALL","appId":"{app}","locationId":"{SOLEIL}"}}"#);
    let removal = Delivery::read(body, scene.clock.now()).unwrap();
    let credentials = &scene.process.credentials;
    // It is a repeat: the grant lives on.
    assert_eq!(
        credentials.observe(&removal).await.unwrap(),
        InstallationOutcome::Probed
    );
    scene.process.read(SOLEIL).await.unwrap();
    // It is true.
    scene.fake.uninstall_location(SOLEIL).unwrap();
    assert_eq!(
        credentials.observe(&removal).await.unwrap(),
        InstallationOutcome::Probed
    );
    let error = scene.process.read(SOLEIL).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::GrantDead);
    // However often it comes, HighLevel is asked a few times.
    for _ in 0..50 {
        credentials.observe(&removal).await.unwrap();
    }
    assert!(asked(&scene.fake, "/oauth/token") <= 5);
}

#[tokio::test]
async fn webhooks_of_another_app_are_nobodys_business() {
    let scene = Scene::connected().await;
    let body = format!(
        r#"{{"type":"UNINSTALL","appId":"another","locationId":"{SOLEIL}","timestamp":"2030-01-01T00:00:00Z"}}"#
    );
    let removal = Delivery::read(body, scene.clock.now()).unwrap();
    let observed = scene.process.credentials.observe(&removal).await.unwrap();
    assert_eq!(observed, InstallationOutcome::Ignored);
    scene.process.read(SOLEIL).await.unwrap();
}

/// Counts what it is handed.
#[derive(Clone, Default)]
struct Next(Arc<AtomicUsize>);

#[async_trait]
impl Handler for Next {
    async fn handle(&self, _: Delivery) -> Result<(), NotDurable> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn the_handler_hands_on_and_asks_for_a_repeat_when_the_store_fails() {
    let scene = Scene::connected().await;
    let next = Next::default();
    let handler = Installations::new(scene.process.credentials.clone(), next.clone());
    scene.clock.advance(SECOND);
    scene.fake.uninstall_location(SOLEIL).unwrap();
    let removal = newest(&scene.fake, &scene.clock);
    scene.store.fail(1);
    assert!(handler.handle(removal.clone()).await.is_err());
    assert_eq!(next.0.load(Ordering::SeqCst), 0);
    handler.handle(removal).await.unwrap();
    assert_eq!(next.0.load(Ordering::SeqCst), 1);
    assert!(scene.store.soleil().await.tokens.is_none());
}
