//! Connecting a marketplace app: authorize URL, code, first call, refresh; for a location and for an agency. Offline, on
//! FakeGhl's sample.
//!
//! ```text
//! cargo run --example oauth_install --features testing,webhooks
//! ```
//!
//! In a service the grants go to a `FileTokenStore` or a `SqliteTokenStore`, and `Installations` stands in front of the
//! handler of the webhook endpoint.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use gohighlevel::Client;
use gohighlevel::auth::oauth::{GrantKey, OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::MemoryTokenStore;
use gohighlevel::clock::Clock as _;
use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{FakeGhl, ManualClock};
use gohighlevel::webhooks::Verifier;
use http::HeaderMap;

const LOCATION: &str = "soleilLocation000001";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A HighLevel on loopback, and a clock that is set by hand so that a day passes in no time.
    let clock = ManualClock::new("2026-05-08T12:00:00Z".parse()?);
    let fake = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .start()
        .await?;
    let (client_id, client_secret) = fake.oauth_app();

    let app = OAuthApp::new(
        client_id,
        client_secret,
        "https://app.example.com/oauth/callback",
    )?;
    let state = "a-new-random-value-for-each-user";
    let url = app
        .authorize_url()
        .scope("contacts.readonly contacts.write")
        .state(state)
        .url();
    println!("send the user to   {url}");

    // Both ask the same server and look at the same clock; in production leave both lines out.
    let setup = Client::builder()
        .base_url(fake.url())
        .clock(Arc::new(clock.clone()));
    let app_id = app.app_id().clone();
    let oauth = OAuth::new(app, setup.clone())?;
    let credentials = OAuthCredentials::builder(oauth, MemoryTokenStore::new()).build();
    let client = setup.credentials(credentials.clone()).build()?;

    // The user approves, and HighLevel sends them to the redirect URI with `?code=…&state=…`. Compare the state.
    let code = fake.authorize_location(LOCATION)?;
    // (A service with a missed-call engine tells it here, too: `engine.app_installed(&location)`.)
    let connected = credentials.connect(&code).await?;
    println!("connected          {}", connected.key);

    let location = client.location(LOCATION.parse()?);
    let name = location.details().await?.name.unwrap_or_default();
    println!("first call         {name}");

    // A day later the access token has expired. Ten calls at once renew it once.
    clock.advance(Duration::from_secs(86_400));
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let location = location.clone();
            tokio::spawn(async move { location.details().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await??;
    }
    println!("a day later        10 calls, {} refresh", refreshes(&fake));

    // The user removes the app. HighLevel tells of it by webhook; its signature is proven first.
    fake.uninstall_location(LOCATION)?;
    let sent = fake.deliveries().pop().ok_or("no webhook was sent")?;
    let mut headers = HeaderMap::new();
    headers.insert("x-ghl-signature", sent.signature.parse()?);
    let verifier = Verifier::builder()
        .ed25519_pem(&fake.public_key_pem())?
        .app(app_id)
        .build();
    let delivery = verifier.verify(&headers, sent.body, clock.now())?;
    println!(
        "UNINSTALL          {:?}",
        credentials.observe(&delivery).await?
    );
    match location.details().await {
        Err(error) if *error.kind() == ErrorKind::GrantDead => {
            println!("then               {error}")
        }
        other => return Err(format!("expected a dead grant, got {other:?}").into()),
    }

    // An agency installs it for one of its locations: the location's token is minted from the agency's grant.
    clock.advance(Duration::from_secs(1));
    let code = fake.authorize_agency("sampleCompany0000001", &["harborLocation000002"])?;
    let connected = credentials.connect(&code).await?;
    println!("connected          {}", connected.key);
    if let GrantKey::Agency(company) = &connected.key {
        for found in credentials.sync_locations(company).await? {
            let name = client.location(found.id).details().await?.name;
            println!("minted token for   {}", name.unwrap_or_default());
        }
    }
    Ok(())
}

/// Calls of the token endpoint after the exchange of the code.
fn refreshes(fake: &FakeGhl) -> usize {
    let requests = fake.requests();
    let asked = requests.iter().filter(|it| it.path == "/oauth/token");
    asked.count() - 1
}
