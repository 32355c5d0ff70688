//! What webhooks tell, for those that the watch must know of: it is known when one of them is acknowledged, or when a
//! sweep has read it.

use std::time::Duration;

use jiff::Timestamp;

use super::plan::Caller;
use super::worker::lock;
use super::world::World;
use crate::clock::Clock;

/// A sweep leaves to webhooks what is younger.
const LEFT_TO_WEBHOOKS: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct News {
    at: Timestamp,
    what: Told,
}

#[derive(Debug, Clone)]
pub(super) enum Told {
    Missed { message: String },
    No { caller: Caller },
    Answer { caller: Caller },
}

impl World {
    pub(super) fn expect_news(&self, webhook: String, what: Told) {
        let at = self.time.now();
        lock(&self.news).insert(webhook, News { at, what });
    }

    /// A webhook was acknowledged.
    pub(super) fn acknowledged(&self, webhook: &str) {
        let news = lock(&self.news).get(webhook).cloned();
        self.are_told(news.as_slice());
    }

    /// A sweep that began then has come to its end: whatever happened early enough before is known.
    pub(super) fn swept(&self, began: Timestamp) {
        let tolerance = self.watch(|watch, _| watch.tolerance);
        let is_due = |news: &&News| {
            let age = began.duration_since(news.at);
            age > (LEFT_TO_WEBHOOKS + tolerance)
                .try_into()
                .unwrap_or_default()
        };
        let found: Vec<News> = lock(&self.news).values().filter(is_due).cloned().collect();
        self.are_told(&found);
    }

    fn are_told(&self, news: &[News]) {
        self.watch(|watch, now| {
            for News { at, what } in news {
                match what {
                    Told::Missed { message } => watch.call_acknowledged(message, now.time),
                    Told::No { caller } => watch.no_acknowledged(*caller, *at, now.elapsed),
                    Told::Answer { caller } => {
                        watch.answers.acknowledged(*caller, *at, now.elapsed);
                    }
                }
            }
        });
    }
}
