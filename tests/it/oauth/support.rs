//! A FakeGhl with a clock of its own, the app connected to it, and counts of what it was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::auth::oauth::{Grant, GrantKey, OAuth, OAuthApp, OAuthCredentials, RefreshPolicy};
use gohighlevel::auth::store::{
    MemoryTokenStore, Put, Revision, Stored, TokenStore, TokenStoreError,
};
use gohighlevel::client::{ApiVersion, ClientBuilder};
use gohighlevel::clock::Clock;
use gohighlevel::testing::{FakeGhl, FakeGhlBuilder, ManualClock, Seed};
use gohighlevel::{Client, Error};
use serde_json::json;
use tokio::task::JoinSet;

use crate::held_clock::HeldClock;

pub(super) const SOLEIL: &str = "soleilLocation000001";
pub(super) const REDIRECT: &str = "https://app.example.com/oauth/callback";
/// What FakeGhl tells a token's life to be.
pub(super) const LIFE: Duration = Duration::from_secs(86_399);

pub(super) const POLICY: RefreshPolicy = RefreshPolicy {
    skew: Duration::from_secs(3600),
    jitter: Duration::ZERO,
};

pub(super) fn clock() -> ManualClock {
    ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap())
}

pub(super) fn builder(clock: &(impl Clock + Clone)) -> FakeGhlBuilder {
    FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .limit(100_000, Duration::from_secs(10))
}

/// Locations `location-0` … below the agency `agency`.
pub(super) fn agency_seed(locations: usize) -> Seed {
    let locations: Vec<_> = (0..locations)
        .map(|number| {
            json!({
                "location": { "id": format!("location-{number}"), "companyId": "agency", "name": "One of many" },
                "tokens": [],
            })
        })
        .collect();
    Seed::from_json(&json!({ "appId": "fakeapp", "locations": locations }).to_string()).unwrap()
}

/// One client with its credentials: a process, as far as HighLevel and the store can tell.
#[derive(Debug, Clone)]
pub(super) struct Process {
    pub(super) credentials: OAuthCredentials,
    pub(super) client: Client,
}

impl Process {
    pub(super) fn new(
        fake: &FakeGhl,
        clock: &(impl Clock + Clone),
        store: impl TokenStore,
    ) -> Self {
        Self::with(fake, clock, store, |setup| setup)
    }

    pub(super) fn version_3(fake: &FakeGhl, clock: &ManualClock, store: impl TokenStore) -> Self {
        Self::with(fake, clock, store, |setup| {
            setup.api_version(ApiVersion::V3)
        })
    }

    fn with(
        fake: &FakeGhl,
        clock: &(impl Clock + Clone),
        store: impl TokenStore,
        change: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        Self::at_with(&fake.url(), fake.oauth_app(), clock, store, change)
    }

    /// Where FakeGhl runs in another process.
    pub(super) fn at(
        url: &str,
        app: (String, String),
        clock: &(impl Clock + Clone),
        store: impl TokenStore,
    ) -> Self {
        Self::at_with(url, app, clock, store, |setup| setup)
    }

    fn at_with(
        url: &str,
        (id, secret): (String, String),
        clock: &(impl Clock + Clone),
        store: impl TokenStore,
        change: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let app = OAuthApp::new(id, secret, REDIRECT).unwrap();
        let setup = change(
            Client::builder()
                .base_url(url)
                .clock(Arc::new(clock.clone())),
        );
        let oauth = OAuth::new(app, setup.clone()).unwrap();
        let credentials = OAuthCredentials::builder(oauth, store)
            .refresh_policy(POLICY)
            .build();
        let client = setup.credentials(credentials.clone()).build().unwrap();
        Self {
            credentials,
            client,
        }
    }

    pub(super) async fn read(&self, location: &str) -> Result<(), Error> {
        let location = self.client.location(location.parse().unwrap());
        location.details().await.map(drop)
    }

    /// How many of so many requests at once are served, and the errors of the others.
    pub(super) async fn read_at_once(&self, locations: &[&str]) -> (usize, Vec<Error>) {
        let mut tasks = JoinSet::new();
        for location in locations {
            let (process, location) = (self.clone(), (*location).to_owned());
            tasks.spawn(async move { process.read(&location).await });
        }
        count(tasks.join_all().await)
    }
}

fn count(results: Vec<Result<(), Error>>) -> (usize, Vec<Error>) {
    let all = results.len();
    let errors: Vec<Error> = results.into_iter().filter_map(Result::err).collect();
    (all - errors.len(), errors)
}

/// FakeGhl, its clock, a store in memory, and one process with a grant for Soleil.
pub(super) struct Scene {
    pub(super) fake: FakeGhl,
    pub(super) clock: ManualClock,
    pub(super) store: FailingStore,
    pub(super) process: Process,
}

impl Scene {
    pub(super) async fn connected() -> Self {
        let clock = clock();
        let fake = builder(&clock).start().await.unwrap();
        let store = FailingStore::default();
        let process = Process::new(&fake, &clock, store.clone());
        let code = fake.authorize_location(SOLEIL).unwrap();
        process.credentials.connect(&code).await.unwrap();
        Self {
            fake,
            clock,
            store,
            process,
        }
    }

    /// Calls of the token endpoint since the code was exchanged.
    pub(super) fn refreshes(&self) -> usize {
        asked(&self.fake, "/oauth/token") - 1
    }
}

pub(super) fn asked(fake: &FakeGhl, path: &str) -> usize {
    let requests = fake.requests();
    let asked =
        |request: &&gohighlevel::testing::SeenRequest| request.path.split('?').next() == Some(path);
    requests.iter().filter(asked).count()
}

/// Does `work` on a clock that moves only while no grant of the store is claimed: however slow the machine is, no claim
/// ends before its holder is done.
pub(super) async fn while_claims_hold<T>(
    clock: &HeldClock,
    store: &impl TokenStore,
    work: impl Future<Output = T>,
) -> T {
    let moving = async {
        loop {
            if clock.waiting() > 0 {
                let all = store.all().await.unwrap();
                let claimed = |stored: &Stored| stored.grant.renewing_until.is_some();
                if !all.iter().any(|(_, stored)| claimed(stored)) {
                    clock.advance(Duration::from_millis(50));
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        done = work => done,
        () = moving => panic!("it moves for ever"),
    }
}

/// Lets others run until it is so.
pub(super) async fn until(so: impl Fn() -> bool + Send + Sync) {
    let wait = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap();
}

/// A store in memory that fails to save tokens so many times. Clones share everything.
#[derive(Debug, Clone, Default)]
pub(super) struct FailingStore {
    pub(super) memory: MemoryTokenStore,
    failures: Arc<AtomicU32>,
}

impl FailingStore {
    pub(super) fn fail(&self, times: u32) {
        self.failures.store(times, Ordering::SeqCst);
    }

    pub(super) async fn soleil(&self) -> Grant {
        let key = GrantKey::Location(SOLEIL.parse().unwrap());
        self.memory.get(&key).await.unwrap().unwrap().grant
    }
}

#[async_trait]
impl TokenStore for FailingStore {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        self.memory.get(key).await
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let is_claim = grant.renewing_until.is_some();
        let fails = |left: u32| left.checked_sub(1);
        if !is_claim
            && self
                .failures
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails)
                .is_ok()
        {
            return Err(TokenStoreError::new("write a grant", "the disk is full"));
        }
        self.memory.put(key, read, grant).await
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        self.memory.all().await
    }
}
