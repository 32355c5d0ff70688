//! The settings of a FakeGhl, and its start.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;

use super::FakeGhl;
use super::consequences::known_events;
use super::error::FakeGhlError;
use super::rules::Limiter;
use super::seed::Seed;
use super::server;
use super::shared::Shared;
use super::shifted_clock::ShiftedClock;
use super::signing::SigningKey;
use super::webhooks::{self, Redelivery, Webhooks};
use crate::clock::{Clock, SystemClock};

/// Settings of a [`FakeGhl`] that has not started. Made by [`FakeGhl::builder`].
#[derive(Debug)]
#[must_use]
pub struct FakeGhlBuilder {
    seed: Option<Seed>,
    clock: Arc<dyn Clock>,
    listen: SocketAddr,
    webhook_url: Option<Url>,
    signing_key: Option<SigningKey>,
    limit: (u32, Duration),
    token_lifetime: Duration,
    minted_refresh_tokens: bool,
    refresh_grace: Duration,
    redelivery: Redelivery,
    redelivery_pause: Duration,
    subscribed: BTreeSet<&'static str>,
    list_lag: Duration,
}

impl FakeGhlBuilder {
    pub(super) fn new() -> Self {
        Self {
            seed: None,
            clock: Arc::new(SystemClock),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            webhook_url: None,
            signing_key: None,
            limit: (100, Duration::from_secs(10)),
            token_lifetime: Duration::from_secs(86_399),
            minted_refresh_tokens: true,
            refresh_grace: Duration::from_secs(30),
            redelivery: Redelivery::default(),
            redelivery_pause: Duration::from_millis(250),
            subscribed: BTreeSet::new(),
            list_lag: Duration::from_secs(1),
        }
    }

    /// The state at the start; [`Seed::sample`] by default.
    pub fn seed(self, seed: Seed) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// The state at the start, as JSON; see [`Seed`] for its form.
    pub fn seed_json(self, text: &str) -> Result<Self, FakeGhlError> {
        Ok(self.seed(Seed::from_json(text)?))
    }

    /// The clock for dates, the rate limit's window, hanging requests and the pauses between deliveries; the machine's clock by
    /// default. Each such wait moves a [`ManualClock`](super::super::ManualClock) forward.
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The address to listen on; a free port of 127.0.0.1 by default. It has no protection, so use loopback
    /// addresses only.
    pub fn listen(self, address: SocketAddr) -> Self {
        Self {
            listen: address,
            ..self
        }
    }

    /// Where webhooks go. Plain `http` only.
    pub fn webhook_url(self, url: &str) -> Result<Self, FakeGhlError> {
        Ok(Self {
            webhook_url: Some(webhooks::webhook_url(url)?),
            ..self
        })
    }

    /// The Ed25519 private key (PKCS#8, PEM or DER) that signs webhooks; a fresh one by default.
    pub fn signing_key(self, key: &[u8]) -> Result<Self, FakeGhlError> {
        Ok(Self {
            signing_key: Some(SigningKey::read(key)?),
            ..self
        })
    }

    /// How many requests a token may make within `window`; 100 in 10 seconds by default.
    pub fn limit(self, requests: u32, window: Duration) -> Self {
        Self {
            limit: (requests, window),
            ..self
        }
    }

    /// How long an access token lives that OAuth gives out; 86,399 s by default.
    pub fn token_lifetime(self, lifetime: Duration) -> Self {
        Self {
            token_lifetime: lifetime,
            ..self
        }
    }

    /// Whether a minted location token comes with a refresh token. It does by default. HighLevel's
    /// specification of version 2 does not mention it.
    pub fn minted_refresh_tokens(self, with: bool) -> Self {
        Self {
            minted_refresh_tokens: with,
            ..self
        }
    }

    /// How long a used refresh token returns the same pair again; 30 s by default, as HighLevel's changelog
    /// says. Its use after that ends the grant. With [`Duration::ZERO`] every second use does.
    pub fn refresh_grace(self, grace: Duration) -> Self {
        Self {
            refresh_grace: grace,
            ..self
        }
    }

    /// Which answers cause another delivery of a webhook, and how many.
    pub fn redelivery(self, redelivery: Redelivery) -> Self {
        Self { redelivery, ..self }
    }

    /// The pause before a webhook is sent again for the first time; 250 ms by default. HighLevel's older guide
    /// has ten minutes, which [`Redelivery`] scales to this.
    pub fn redelivery_pause(self, first: Duration) -> Self {
        Self {
            redelivery_pause: first,
            ..self
        }
    }

    /// How long the list of pipelines shows what was there before a write; 1 s on FakeGhl's clock by default. HighLevel's
    /// takes up to some seconds.
    pub fn list_lag(self, lag: Duration) -> Self {
        Self {
            list_lag: lag,
            ..self
        }
    }

    /// Events that the app has subscribed to besides those that are always sent (messages and calls, `ContactDndUpdate`,
    /// `ContactDelete`, `TaskComplete`, `INSTALL`, `UNINSTALL`). They follow from what the app and people do:
    /// `ContactCreate`, `ContactUpdate`, `ContactTagUpdate`, `ConversationUnreadUpdate`; `Create`, `Update` and `Delete`
    /// of `Note` and `Opportunity`; `TaskCreate`, `TaskDelete`; and `Opportunity…Update` for `Stage`, `Status`,
    /// `AssignedTo` and `MonetaryValue`. Any other is sent on order, with [`FakeGhl::event`].
    ///
    /// Fails with [`FakeGhlError::UnknownEvent`] on another name. Which events HighLevel sends beside
    /// `OpportunityUpdate` is not documented: here each that fits is.
    pub fn events<'e>(
        self,
        names: impl IntoIterator<Item = &'e str>,
    ) -> Result<Self, FakeGhlError> {
        Ok(Self {
            subscribed: known_events(names)?,
            ..self
        })
    }

    /// Starts it. Fails when it cannot listen on the address.
    pub async fn start(self) -> io::Result<FakeGhl> {
        let listener = TcpListener::bind(self.listen).await?;
        let address = listener.local_addr()?;
        let (shared, orders) = self.shared().map_err(io::Error::other)?;
        let webhooks = Arc::clone(&shared.webhooks);
        let tasks = vec![
            tokio::spawn(webhooks::deliver(webhooks, orders)),
            tokio::spawn(server::serve(listener, Arc::clone(&shared))),
        ];
        Ok(FakeGhl {
            shared,
            address: Some(address),
            tasks,
        })
    }

    /// Makes one that opens no socket and needs no runtime, for simulations on virtual time. Requests reach it through
    /// [`FakeGhl::transport`] only. It sends no webhooks; [`FakeGhl::deliveries_from`] gives them to the test.
    pub fn in_process(self) -> Result<FakeGhl, FakeGhlError> {
        let (shared, _) = self.shared()?;
        Ok(FakeGhl {
            shared,
            address: None,
            tasks: Vec::new(),
        })
    }

    /// The state, and the queue of webhooks to deliver.
    fn shared(self) -> Result<(Arc<Shared>, UnboundedReceiver<usize>), FakeGhlError> {
        let key = match self.signing_key {
            Some(key) => key,
            None => SigningKey::generate()?,
        };
        let mut world = self
            .seed
            .unwrap_or_else(Seed::sample)
            .world(self.clock.now())?;
        world.grants.lifetime = self.token_lifetime;
        world.grants.minted_refresh_tokens = self.minted_refresh_tokens;
        world.grants.grace = self.refresh_grace;
        world.subscribed = self.subscribed;
        world.lag = SignedDuration::try_from(self.list_lag).unwrap_or(SignedDuration::MAX);
        let clock = Arc::new(ShiftedClock::new(self.clock));
        let (webhooks, orders) = Webhooks::new(
            key,
            Arc::clone(&clock) as Arc<dyn Clock>,
            self.webhook_url,
            self.redelivery.pauses(self.redelivery_pause),
        );
        let limiter = Limiter::new(self.limit.0, self.limit.1);
        let shared = Shared::new(clock, Arc::new(webhooks), world, limiter);
        Ok((Arc::new(shared), orders))
    }
}
