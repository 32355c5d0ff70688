//! The set-up of the rows: FakeGhl with a clock of its own, this crate connected to it, and peers with a grant.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use gohighlevel::Client;
use gohighlevel::auth::oauth::{Grant, GrantKey, OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::{
    MemoryTokenStore, Put, Revision, Stored, TokenStore, TokenStoreError,
};
use gohighlevel::clock::Clock;
use gohighlevel::testing::{FakeGhl, FakeGhlBuilder, ManualClock, Seed};
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub type Anything<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub const SOLEIL: &str = "soleilLocation000001";
pub const TOKEN: &str = "pit-sample-soleil";
pub const CONTACT: &str = "sampleContactMaria01";
/// The lifetime of a token that FakeGhl issues.
pub const LIFE: Duration = Duration::from_secs(86_399);

pub fn clock() -> Anything<ManualClock> {
    Ok(ManualClock::new("2026-05-08T12:00:00Z".parse()?))
}

/// A FakeGhl on which using a refresh token twice ends the grant, at once.
pub fn builder(clock: &(impl Clock + Clone)) -> FakeGhlBuilder {
    FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .limit(100_000, Duration::from_secs(10))
        .refresh_grace(Duration::ZERO)
}

/// Locations `location-0` … below the agency `agency`.
pub fn agency_seed(locations: usize) -> Anything<Seed> {
    let locations: Vec<Value> = (0..locations)
        .map(|number| {
            json!({
                "location": { "id": location(number), "companyId": "agency", "name": "One of many" },
                "tokens": [],
            })
        })
        .collect();
    let seed = json!({ "appId": "fakeapp", "locations": locations });
    Ok(Seed::from_json(&seed.to_string())?)
}

pub fn location(number: usize) -> String {
    format!("location-{number}")
}

/// The number of requests to the path.
pub fn asked(fake: &FakeGhl, path: &str) -> usize {
    let requests = fake.requests();
    let of_path = requests.iter().filter(|request| request.path == path);
    of_path.count()
}

/// How many of these concurrent futures return a value.
pub async fn served<T, E>(
    futures: impl IntoIterator<Item = impl Future<Output = Result<T, E>> + Send + 'static>,
) -> usize
where
    T: Send + 'static,
    E: Send + 'static,
{
    let tasks: JoinSet<_> = futures.into_iter().collect();
    let results = tasks.join_all().await;
    results.iter().filter(|result| result.is_ok()).count()
}

/// One client of this crate with its credentials. To HighLevel and the store it looks like a process.
#[derive(Clone)]
pub struct Process {
    pub credentials: OAuthCredentials,
    pub client: Client,
}

impl Process {
    pub fn new(
        fake: &FakeGhl,
        clock: &(impl Clock + Clone),
        store: impl TokenStore,
    ) -> Anything<Self> {
        let (id, secret) = fake.oauth_app();
        let app = OAuthApp::new(id, secret, "https://app.example.com/oauth/callback")?;
        let setup = Client::builder()
            .base_url(fake.url())
            .clock(Arc::new(clock.clone()));
        let oauth = OAuth::new(app, setup.clone())?;
        let credentials = OAuthCredentials::builder(oauth, store).build();
        let client = setup.credentials(credentials.clone()).build()?;
        Ok(Self {
            credentials,
            client,
        })
    }

    pub async fn read(self, location: String) -> Anything<()> {
        let location = self.client.location(location.parse()?);
        location.details().await?;
        Ok(())
    }

    /// How many of a number of concurrent reads of Soleil succeed.
    pub async fn served(&self, times: usize) -> usize {
        served((0..times).map(|_| self.clone().read(SOLEIL.to_owned()))).await
    }
}

/// FakeGhl, its clock, a store, and this crate with a grant for Soleil.
pub struct Scene {
    pub fake: FakeGhl,
    pub clock: ManualClock,
    pub store: FailingStore<MemoryTokenStore>,
    pub process: Process,
}

impl Scene {
    pub async fn connected() -> Anything<Self> {
        let clock = clock()?;
        let fake = builder(&clock).start().await?;
        let store = FailingStore::default();
        let process = Process::new(&fake, &clock, store.clone())?;
        let code = fake.authorize_location(SOLEIL)?;
        process.credentials.connect(&code).await?;
        Ok(Self {
            fake,
            clock,
            store,
            process,
        })
    }

    /// Calls of the token endpoint since the code was exchanged.
    pub fn token_calls(&self) -> usize {
        asked(&self.fake, "/oauth/token") - 1
    }
}

/// FakeGhl and a grant for Soleil in a store of ghl-sdk.
pub struct PeerScene {
    pub fake: FakeGhl,
    pub store: Arc<FailingStore<ghl_sdk::MemoryTokenStore>>,
}

impl PeerScene {
    /// With an access token that has expired, or that the client considers valid.
    pub async fn connected(expired: bool) -> Anything<Self> {
        let clock = clock()?;
        let fake = builder(&clock).start().await?;
        let tokens = exchange(&fake, &fake.authorize_location(SOLEIL)?, expired).await?;
        let store = Arc::new(FailingStore {
            inner: ghl_sdk::MemoryTokenStore::new(tokens),
            failures: Arc::default(),
        });
        Ok(Self { fake, store })
    }

    pub fn client(&self) -> Anything<ghl_sdk::Ghl> {
        let store = Arc::clone(&self.store);
        peer(&self.fake, ghl_sdk::UserType::Location, store)
    }

    pub fn token_calls(&self) -> usize {
        asked(&self.fake, "/oauth/token") - 1
    }
}

/// A client of ghl-sdk on this store.
pub fn peer(
    fake: &FakeGhl,
    kind: ghl_sdk::UserType,
    store: Arc<dyn ghl_sdk::TokenStore>,
) -> Anything<ghl_sdk::Ghl> {
    let (id, secret) = fake.oauth_app();
    let config = ghl_sdk::OAuthConfig::new(id, secret, kind);
    let auth = ghl_sdk::Auth::oauth(config, store);
    Ok(ghl_sdk::Ghl::builder()
        .base_url(fake.url())
        .auth(auth)
        .build()?)
}

/// Exchanges a code as a user of ghl-sdk has to: by hand.
pub async fn exchange(fake: &FakeGhl, code: &str, expired: bool) -> Anything<ghl_sdk::TokenSet> {
    let (id, secret) = fake.oauth_app();
    let form = [
        ("client_id", id.as_str()),
        ("client_secret", &secret),
        ("grant_type", "authorization_code"),
        ("code", code),
    ];
    let request = reqwest::Client::new()
        .post(format!("{}/oauth/token", fake.url()))
        .form(&form);
    let answer: Value = request.send().await?.error_for_status()?.json().await?;
    let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
    let hour = Duration::from_secs(3600);
    let end = if expired {
        SystemTime::now() - hour
    } else {
        SystemTime::now() + hour
    };
    Ok(ghl_sdk::TokenSet::new(
        text("access_token"),
        text("refresh_token"),
        end,
    ))
}

pub async fn peer_read(client: ghl_sdk::Ghl) -> Anything<()> {
    client.locations().get(SOLEIL).await?;
    Ok(())
}

/// How many of a number of concurrent reads of Soleil succeed with ghl-sdk.
pub async fn peer_served(client: &ghl_sdk::Ghl, times: usize) -> usize {
    served((0..times).map(|_| peer_read(client.clone()))).await
}

/// A store that fails to save tokens a number of times. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct FailingStore<S> {
    pub inner: S,
    pub failures: Arc<AtomicU32>,
}

impl<S> FailingStore<S> {
    pub fn fail(&self, times: u32) {
        self.failures.store(times, Ordering::SeqCst);
    }

    fn fails(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok()
    }
}

#[async_trait]
impl<S: TokenStore> TokenStore for FailingStore<S> {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        self.inner.get(key).await
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let is_claim = grant.renewing_until.is_some();
        if !is_claim && self.fails() {
            return Err(TokenStoreError::new("write a grant", "the disk is full"));
        }
        self.inner.put(key, read, grant).await
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        self.inner.all().await
    }
}

#[async_trait]
impl<S: ghl_sdk::TokenStore> ghl_sdk::TokenStore for FailingStore<S> {
    async fn load(&self) -> ghl_sdk::Result<Option<ghl_sdk::TokenSet>> {
        self.inner.load().await
    }

    async fn save(&self, tokens: ghl_sdk::TokenSet) -> ghl_sdk::Result<()> {
        if self.fails() {
            return Err(ghl_sdk::Error::Config("the disk is full".to_owned()));
        }
        self.inner.save(tokens).await
    }
}
