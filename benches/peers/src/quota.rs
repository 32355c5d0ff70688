//! The row about the rate limit: 300 requests at once where HighLevel accepts 100 in 10 seconds, in real time.

use std::time::{Duration, Instant};

use gohighlevel::Client;
use gohighlevel::testing::FakeGhl;

use crate::scene::{Anything, SOLEIL, TOKEN, peer_read, served};
use crate::table::Row;

const REQUESTS: usize = 300;
/// Two windows have to pass; the rest is a margin.
const LONGEST: Duration = Duration::from_millis(20_500);

/// The results of the 300 requests.
struct Run {
    served: usize,
    refused: usize,
    took: Duration,
}

impl Run {
    /// `requests` begin when they are first polled, all at once.
    async fn measure<T: Send + 'static, E: Send + 'static>(
        fake: &FakeGhl,
        requests: impl Iterator<Item = impl Future<Output = Result<T, E>> + Send + 'static>,
    ) -> Self {
        let start = Instant::now();
        let served = served(requests).await;
        let took = start.elapsed();
        let seen = fake.requests();
        let refused = seen.iter().filter(|request| request.status == Some(429));
        Self {
            served,
            refused: refused.count(),
            took,
        }
    }

    fn cell(&self) -> String {
        let seconds = self.took.as_secs_f64();
        format!("{} / {} / {seconds:.1} s", self.served, self.refused)
    }
}

pub async fn three_hundred_at_once() -> Anything<Row> {
    let fake = FakeGhl::builder().start().await?;
    let client = Client::builder()
        .token(TOKEN)
        .base_url(fake.url())
        .build()?;
    let location = client.location(SOLEIL.parse()?);
    let read = |_| {
        let location = location.clone();
        async move { location.details().await }
    };
    let own = Run::measure(&fake, (0..REQUESTS).map(read)).await;

    let fake = FakeGhl::builder().start().await?;
    let client = ghl_sdk::Ghl::builder()
        .base_url(fake.url())
        .private_integration_token(TOKEN)
        .build()?;
    let ghl_sdk = (0..REQUESTS).map(|_| peer_read(client.clone()));
    let ghl_sdk = Run::measure(&fake, ghl_sdk).await;

    let fake = FakeGhl::builder().start().await?;
    let client = std::sync::Arc::new(highlevel_api(&fake.url()).await);
    let read = |_| {
        let client = client.clone();
        async move { client.locations().get(SOLEIL).await }
    };
    let highlevel_api = Run::measure(&fake, (0..REQUESTS).map(read)).await;

    Ok(Row {
        scene: "300 requests at once, 100 / 10 s, documented headers only (ideal 300 / 0 / 20.0 s): \
                served / answers of 429 / time",
        must: "300 / 0 / ≤ 20.5 s",
        own: (
            own.cell(),
            (own.served, own.refused) == (REQUESTS, 0) && own.took <= LONGEST,
        ),
        ghl_sdk: Some(ghl_sdk.cell()),
        highlevel_api: Some(highlevel_api.cell()),
    })
}

/// A client of highlevel-api for this server.
pub async fn highlevel_api(url: &str) -> highlevel_api::HighLevel {
    let mut config = highlevel_api::HighLevelConfig::new("id", "secret");
    url.clone_into(&mut config.base_url);
    let client = highlevel_api::HighLevel::new(config);
    client.set_access_token(TOKEN).await;
    client
}
