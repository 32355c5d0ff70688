//! One rate limit for the clients of several processes, by the database's clock.

use std::time::Duration;

use gohighlevel::client::{Lane, PostgresRateLimit, SharedRateLimit, SharedSlot, SlotRequest};
use gohighlevel::ids::LocationId;
use tokio::task::JoinSet;

use super::{open, schema, servers};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn three_processes_have_one_window() {
    let cluster = servers!();
    let schema = schema("window");
    let location: LocationId = "soleilLocation000001".parse().unwrap();
    let mut requests = JoinSet::new();
    for url in [Some(cluster.url()), cluster.pooled(), Some(cluster.url())] {
        let url = url.unwrap_or_else(|| cluster.url());
        let limit = PostgresRateLimit::new(open(url, &schema).await);
        for _ in 0..40 {
            let (limit, location) = (limit.clone(), location.clone());
            requests.spawn(async move {
                let ask = SlotRequest::new(Lane::Interactive, 100, HOUR);
                limit.take(&location, ask).await.unwrap()
            });
        }
    }
    let answers = requests.join_all().await;
    let granted = answers
        .iter()
        .filter(|answer| **answer == SharedSlot::Granted);
    assert_eq!(granted.count(), 100);
    for answer in answers {
        if let SharedSlot::Wait(wait) = answer {
            assert!(wait > HOUR - Duration::from_secs(600), "{wait:?}");
            assert!(wait <= HOUR + Duration::from_secs(1), "{wait:?}");
        }
    }
    // Background work leaves a tenth, and another location has a window of its own.
    let limit = PostgresRateLimit::new(open(cluster.url(), &schema).await);
    let elsewhere: LocationId = "harborLocation000002".parse().unwrap();
    let ask = SlotRequest::new(Lane::Background, 10, HOUR);
    for number in 1..=10 {
        let slot = limit.take(&elsewhere, ask).await.unwrap();
        assert_eq!(slot == SharedSlot::Granted, number <= 9, "{number}");
    }
    // What has left the window counts no more.
    let ask = SlotRequest::new(Lane::Interactive, 1, Duration::ZERO);
    loop {
        match limit.take(&elsewhere, ask).await.unwrap() {
            SharedSlot::Granted => break,
            SharedSlot::Wait(wait) => assert!(wait <= Duration::from_secs(1)),
        }
    }
}
