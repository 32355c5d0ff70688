//! Runs over many locations: at once, in the background lane, stopping when too many fail in a row.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::StreamExt;

use super::desired::{Desired, DesiredLocation};
use super::live;
use super::plan::{AgencyPlan, LocationPlan};
use super::progress::{Progress, Silent};
use crate::client::Client;
use crate::error::{Error, ErrorKind, UnauthorizedReason};
use crate::ids::LocationId;

/// How many locations are worked on at once, unless [`at_once`](Setup::at_once) says otherwise.
const AT_ONCE: usize = 16;

/// What is said of a location that was not reached.
pub(super) const STOPPED: &str = "not reached: the run was stopped";
const TOO_MANY: &str =
    "not reached: too many locations failed in a row; correct what stopped them, and run again";

/// Reads and writes locations for set-ups. Cheap to clone; clones share what [`stop`](Self::stop) says.
///
/// Everything goes in the background lane, so that no text waits behind a set-up.
#[derive(Clone)]
pub struct Setup {
    pub(super) client: Client,
    at_once: usize,
    pub(super) progress: Arc<dyn Progress>,
    stopped: Arc<AtomicBool>,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("at_once", &self.at_once)
            .finish_non_exhaustive()
    }
}

impl Setup {
    /// Works through this client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            at_once: AT_ONCE,
            progress: Arc::new(Silent),
            stopped: Arc::new(AtomicBool::new(false)),
        }
    }

    /// How many locations are worked on at once; 16 without this. Each location has a rate limit of its own.
    #[must_use]
    pub fn at_once(mut self, locations: usize) -> Self {
        self.at_once = locations.max(1);
        self
    }

    /// Says what goes on to this.
    #[must_use]
    pub fn progress(mut self, progress: impl Progress + 'static) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    /// Ends the runs of this and its clones before their next write or location. A write under way is finished.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Reads every location and says what would be done. Nothing is written.
    ///
    /// A location that cannot be read stops no other. As many in a row as the file's `at_most_failed` stop the run; the rest
    /// is reported as not reached.
    pub async fn plan(&self, desired: &Desired) -> AgencyPlan {
        let read = |wanted: DesiredLocation| {
            let (setup, desired) = (self.clone(), desired.clone());
            async move { setup.plan_one(&desired, &wanted).await }
        };
        let missed =
            |wanted: &DesiredLocation, why: &str| LocationPlan::failed(wanted, why.to_owned());
        let work = desired.locations().to_vec();
        let limit = desired.at_most_failed();
        let locations = self.over(work, limit, read, missed).await;
        AgencyPlan::new(desired, self.client.clock().now(), locations)
    }

    async fn plan_one(&self, desired: &Desired, wanted: &DesiredLocation) -> (LocationPlan, bool) {
        let location = self.client.location(wanted.id().clone()).in_background();
        match live::read(&location, desired.reads(wanted)).await {
            Ok(live) => (LocationPlan::of(desired, wanted, &live), false),
            Err(error) => (LocationPlan::failed(wanted, words_of(&error)), true),
        }
    }

    /// Does some work for every item, several at once, and gives the results in the order of the items. The work says
    /// whether it failed; after `limit` failures in a row the rest is `missed`.
    pub(super) async fn over<I, O, F>(
        &self,
        items: Vec<I>,
        limit: usize,
        work: impl Fn(I) -> F + Send + Sync,
        missed: impl Fn(&I, &str) -> O + Send + Sync,
    ) -> Vec<O>
    where
        I: AsLocation + Send + Sync,
        O: Send,
        F: Future<Output = (O, bool)> + Send,
    {
        self.progress.begins(items.len());
        let in_a_row = AtomicUsize::new(0);
        let mut all: Vec<(usize, O)> = Vec::with_capacity(items.len());
        let mut waiting = items.into_iter().enumerate();
        let mut running = futures_util::stream::FuturesUnordered::new();
        loop {
            while running.len() < self.at_once
                && let Some((at, item)) = waiting.next()
            {
                let why = match in_a_row.load(Ordering::Relaxed) {
                    failed if failed >= limit => Some(TOO_MANY),
                    _ if self.is_stopped() => Some(STOPPED),
                    _ => None,
                };
                if let Some(why) = why {
                    all.push((at, missed(&item, why)));
                    continue;
                }
                let id = item.location().clone();
                let done = work(item);
                running.push(async move { (at, id, done.await) });
            }
            let Some((at, id, (result, failed))) = running.next().await else {
                break;
            };
            match failed {
                true => in_a_row.fetch_add(1, Ordering::Relaxed),
                false => in_a_row.swap(0, Ordering::Relaxed),
            };
            self.progress.ends(&id, failed);
            all.push((at, result));
        }
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, result)| result).collect()
    }
}

/// Something that belongs to a location.
pub(super) trait AsLocation {
    fn location(&self) -> &LocationId;
}

impl AsLocation for DesiredLocation {
    fn location(&self) -> &LocationId {
        self.id()
    }
}

impl AsLocation for LocationPlan {
    fn location(&self) -> &LocationId {
        &self.location
    }
}

/// What went wrong, for a person; with the scope that is missing where that is so.
pub(super) fn words_of(error: &Error) -> String {
    let about_scope = matches!(
        error.kind(),
        ErrorKind::Forbidden | ErrorKind::Unauthorized(UnauthorizedReason::MissingScope)
    );
    match scopes_of(error.operation()).filter(|_| about_scope) {
        Some(scope) => format!("{error}; give the token the scope {scope}"),
        None => error.to_string(),
    }
}

/// The scope that an operation needs.
fn scopes_of(operation: &str) -> Option<&'static str> {
    let (resource, method) = operation.split_once('.')?;
    let reads = matches!(method, "list" | "get" | "details" | "search");
    Some(match (resource, reads) {
        ("tags", true) => "locations/tags.readonly",
        ("tags", false) => "locations/tags.write",
        ("custom_values", true) => "locations/customValues.readonly",
        ("custom_values", false) => "locations/customValues.write",
        ("custom_fields", true) => "locations/customFields.readonly",
        ("custom_fields", false) => "locations/customFields.write",
        ("links", true) => "links.readonly",
        ("links", false) => "links.write",
        ("pipelines", true) => "opportunities.readonly",
        ("pipelines", false) if method == "create" => "pipelines.create",
        ("pipelines", false) => "pipelines.write",
        ("workflows", _) => "workflows.readonly",
        ("users", _) => "users.readonly",
        ("phone_numbers", _) => "phonenumbers.read",
        ("location" | "locations", _) => "locations.readonly",
        _ => return None,
    })
}
