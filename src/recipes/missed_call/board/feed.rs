//! When the board changes: with each entry of the ledger, and with time. One task reads and draws for all who look, and
//! nothing waits for them: who is slow skips what was shown meanwhile.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::state::{LOOKS_BACK, Sites, State};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::core::report::Settings;
use crate::recipes::missed_call::core::report::pages::{BoardView, Live, Pages, Place};
use crate::recipes::missed_call::engine::{Engine, Health, LocationStatus};
use crate::recipes::missed_call::store::{LedgerQuery, StoreError};

/// The least time between two drawings.
const BETWEEN: Duration = Duration::from_secs(1);
/// The most time: what is late, and how long somebody waits, changes without an entry.
const AT_LEAST: Duration = Duration::from_secs(5);
/// How often the store is asked for each location.
const STATUS: Duration = Duration::from_secs(30);
/// The most locations that the store is asked for.
const STATUSES: usize = 500;
/// After this time all is read again, so that what was erased meanwhile is gone.
const FROM_THE_START: Duration = Duration::from_secs(600);
/// The pause after an error of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How many entries are read at once.
const PAGE: usize = 2_000;

/// What one drawing shows.
pub(super) struct Shown {
    pub(super) view: BoardView,
    /// For pages that listen.
    pub(super) news: Arc<str>,
}

/// Reads and draws.
pub(super) struct Feed {
    engine: Engine,
    title: String,
    pub(super) pages: Pages,
    named: Sites,
    unknown: Arc<Settings>,
    pub(super) shown: watch::Sender<Option<Arc<Shown>>>,
}

/// What was found out besides the ledger.
struct Around {
    sites: Sites,
    places: Vec<(LocationId, Option<LocationStatus>)>,
    at: Duration,
}

impl Feed {
    pub(super) fn new(
        engine: Engine,
        title: String,
        pages: Pages,
        named: HashMap<LocationId, (String, Settings)>,
    ) -> Self {
        let named = named.into_iter();
        Self {
            engine,
            title,
            pages,
            named: named
                .map(|(id, (name, settings))| (id, (name, Arc::new(settings))))
                .collect(),
            unknown: Arc::new(Settings::new(TimeZone::UTC)),
            shown: watch::Sender::new(None),
        }
    }

    /// Waits on the engine's clock.
    pub(super) async fn sleep(&self, time: Duration) {
        self.engine.clock().sleep(time).await;
    }

    /// Draws for as long as it is let.
    pub(super) async fn run(&self) {
        loop {
            let mut state = State::default();
            let mut around = self.around().await;
            match self.read(&mut state, &around.sites).await {
                Ok(after) => self.follow(&mut state, around, after).await,
                Err(_) => {
                    // Its health says why.
                    self.draw(&mut state, &mut around).await;
                    self.sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Reads the days before. Returns the sequence to go on after.
    async fn read(&self, state: &mut State, sites: &Sites) -> Result<u64, StoreError> {
        let store = self.engine.store();
        let now = self.engine.clock().now();
        let mut query = LedgerQuery {
            since: now.checked_sub(LOOKS_BACK).ok(),
            limit: Some(1),
            ..LedgerQuery::default()
        };
        let first = store.ledger_rows(&query).await?;
        let mut after = first
            .first()
            .map_or(0, |row| row.sequence.saturating_sub(1));
        query.limit = Some(PAGE);
        loop {
            query.after = Some(after);
            let rows = store.ledger_rows(&query).await?;
            let Some(last) = rows.last() else {
                return Ok(after);
            };
            after = last.sequence;
            for row in rows {
                state.take(row.entry, now);
            }
            state.settle(sites, &self.unknown, now);
        }
    }

    /// Draws what changes, until it is time to read all again.
    async fn follow(&self, state: &mut State, mut around: Around, after: u64) {
        let clock = self.engine.clock();
        let began = clock.elapsed();
        let mut entries = pin!(self.engine.watch(after));
        while clock.elapsed().saturating_sub(began) < FROM_THE_START {
            self.draw(state, &mut around).await;
            clock.sleep(BETWEEN).await;
            let mut next = tokio::select! {
                biased;
                next = entries.next() => next,
                () = clock.sleep(AT_LEAST) => continue,
            };
            let now = clock.now();
            // What is there already is drawn at once.
            for _ in 0..PAGE {
                match next {
                    Some(Ok(row)) => state.take(row.entry, now),
                    // The stream goes on after an error, which the health shows.
                    Some(Err(_)) | None => break,
                }
                match entries.next().now_or_never() {
                    Some(more) => next = more,
                    None => break,
                }
            }
        }
    }

    async fn draw(&self, state: &mut State, around: &mut Around) {
        let clock = self.engine.clock();
        if clock.elapsed().saturating_sub(around.at) >= STATUS {
            let before = around.sites.len();
            *around = self.around().await;
            if around.sites.len() != before {
                // What a row says depends on the recipe.
                state.forget_rows();
            }
        }
        let health = self.engine.health().await;
        let now = clock.now();
        state.settle(&around.sites, &self.unknown, now);
        let places = around.places.iter().map(|(id, status)| {
            let site = around.sites.get(id);
            let (name, zone) = match site {
                Some((name, settings)) => (name.as_str(), &settings.zone),
                None => (id.as_str(), &self.unknown.zone),
            };
            Place {
                name,
                zone,
                problems: problems(status.as_ref(), state.token_trouble(id).is_some()),
                open_episodes: status.as_ref().map(|status| status.open_episodes),
                swept_until: status.as_ref().and_then(|status| status.swept_until),
            }
        });
        let live = Live {
            title: &self.title,
            now,
            alarms: alarms(&health),
            late: health.late_effects,
            callers: state.callers(&around.sites, &self.unknown),
            places: places.collect(),
        };
        let view = self.pages.board(&live);
        match self.pages.board_news(&view) {
            Ok(news) => {
                let news: Arc<str> = news.into_inner().into();
                self.shown
                    .send_replace(Some(Arc::new(Shown { view, news })));
            }
            Err(error) => tracing::error!(%error, "the live board cannot be drawn"),
        }
    }

    /// The locations, and what the store knows of them.
    async fn around(&self) -> Around {
        let mut sites = self.named.clone();
        let mut places = Vec::new();
        for served in self.engine.locations() {
            let id = served.id;
            let site = sites.entry(id.clone()).or_insert_with(|| {
                let settings = Settings::of_recipe(Arc::clone(&served.recipe));
                (id.to_string(), Arc::new(settings))
            });
            if site.1.recipes.is_empty() {
                Arc::make_mut(&mut site.1).recipes.push(served.recipe);
            }
            let status = if places.len() < STATUSES {
                self.engine.status(&id).await.ok()
            } else {
                None
            };
            places.push((id, status));
        }
        // Those that need somebody are at the top, and the rest by name.
        places.sort_by_key(|(id, status)| {
            let is_well = status.as_ref().is_none_or(LocationStatus::answers_calls);
            let name = sites.get(id).map(|(name, _)| name.clone());
            (is_well, name)
        });
        Around {
            sites,
            places,
            at: self.engine.clock().elapsed(),
        }
    }
}

fn problems(status: Option<&LocationStatus>, token_is_refused: bool) -> Vec<String> {
    let mut problems = Vec::new();
    if token_is_refused {
        problems.push("HighLevel refuses the token".to_owned());
    }
    for halt in status.iter().flat_map(|status| &status.halts) {
        problems.push(
            match halt {
                Halt::Paused => "paused by the operator",
                Halt::Uninstalled => "the app is not installed",
                Halt::Removed => "removed",
                Halt::Finishing => "removed; what is open is finished",
            }
            .to_owned(),
        );
    }
    problems
}

/// What is wrong with the service, for people: without paths, which its log has.
fn alarms(health: &Health) -> Vec<String> {
    let mut alarms = Vec::new();
    if health.store.is_some() {
        alarms.push("The database fails, so no call is taken. The log says why.".to_owned());
    }
    if health.stalled {
        alarms.push(
            "Nothing is being sent: the service has stopped looking for work. Restart it."
                .to_owned(),
        );
    }
    if health.late_effects > 0 {
        let minutes = health.late_seconds.div_ceil(60);
        alarms.push(format!(
            "Work is late: {} steps, the oldest by {minutes} min.",
            health.late_effects
        ));
    }
    if health.unreadable > 0 {
        alarms.push("Some stored rows could not be read. The log names them.".to_owned());
    }
    alarms
}
