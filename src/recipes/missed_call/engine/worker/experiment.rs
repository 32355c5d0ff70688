//! What experiments need of the ledger: that each is announced once, and how many callers of a location are assigned.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::Worker;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::{EntryKind, EntryTag, ExperimentRules};
use crate::recipes::missed_call::engine::commit_parts::entry_without_episode;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Commit, DeliveryName, LedgerQuery, StoreError};

/// How many entries are read at once.
const AT_ONCE: usize = 1_000;
/// The most locations of which counts are kept.
const MOST: usize = 10_000;

/// What was read of the ledger. Another process reads it once more.
#[derive(Default)]
pub(in super::super) struct Experiments {
    /// The experiments that are announced in a location, by the fingerprint of their recipe.
    announced: Mutex<HashSet<(LocationId, String)>>,
    assigned: Mutex<HashMap<LocationId, Assigned>>,
}

/// The places of the callers of a location that are assigned, by experiment.
#[derive(Clone, Default)]
struct Assigned {
    /// The last entry that was read.
    read: Option<u64>,
    places: HashMap<String, BTreeSet<u32>>,
}

impl Worker {
    /// Writes that the episode's experiment begins in its location, unless that is written.
    pub(super) async fn announce_experiment(
        &self,
        episode: &Episode,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(rules) = episode.recipe().experiment() else {
            return Ok(());
        };
        let location = episode.state().location();
        let fingerprint = episode.recipe().fingerprint();
        let key = (location.clone(), fingerprint.to_owned());
        if lock(&self.experiments.announced).contains(&key) {
            return Ok(());
        }
        if !self.is_announced(location, rules).await? {
            let kind = EntryKind::ExperimentBegan {
                rules: rules.clone(),
                recipe_fingerprint: fingerprint.to_owned(),
            };
            // Of several processes one writes it.
            let commit = Commit {
                delivery: Some(DeliveryName {
                    name: format!("experiment:{location}:{fingerprint}"),
                    received_at: now,
                }),
                entries: vec![entry_without_episode(location, kind, now)],
                ..Commit::default()
            };
            self.base.commit(StoreFailures::Return, commit).await?;
            tracing::info!(%location, experiment = %rules.experiment, share = rules.share(), "an experiment begins: it holds the text back from some callers");
        }
        let mut announced = lock(&self.experiments.announced);
        if announced.len() >= MOST {
            announced.clear();
        }
        announced.insert(key);
        Ok(())
    }

    /// Whether the ledger has the experiment with these rules.
    async fn is_announced(
        &self,
        location: &LocationId,
        rules: &ExperimentRules,
    ) -> Result<bool, StoreError> {
        let query = LedgerQuery {
            kinds: vec![EntryTag::ExperimentBegan],
            ..LedgerQuery::of_location(location.clone())
        };
        let entries = self.base.store.ledger(&query).await?;
        Ok(entries.iter().any(|entry| {
            matches!(&entry.kind, EntryKind::ExperimentBegan { rules: known, .. } if known == rules)
        }))
    }

    /// How many callers of the episode's location are assigned to its experiment; 0 where the number does not matter.
    pub(super) async fn assigned_callers(&self, episode: &Episode) -> Result<u64, StoreError> {
        let rules = episode.recipe().experiment();
        let rules = rules.filter(|rules| rules.calls.is_some() && !episode.is_assigned());
        let Some(rules) = rules else {
            return Ok(0);
        };
        let location = episode.state().location();
        let known = lock(&self.experiments.assigned).get(location).cloned();
        let mut assigned = known.unwrap_or_default();
        loop {
            let query = LedgerQuery {
                kinds: vec![EntryTag::Assigned],
                after: assigned.read,
                limit: Some(AT_ONCE),
                ..LedgerQuery::of_location(location.clone())
            };
            let rows = self.base.store.ledger_rows(&query).await?;
            let count = rows.len();
            for row in rows {
                assigned.read = Some(row.sequence);
                if let EntryKind::Assigned { assignment, .. } = row.entry.kind {
                    let places = assigned.places.entry(assignment.experiment).or_default();
                    places.insert(assignment.place);
                }
            }
            if count < AT_ONCE {
                break;
            }
        }
        let callers = assigned.places.get(&rules.experiment);
        let callers = callers.map_or(0, |places| places.len() as u64);
        let mut counts = lock(&self.experiments.assigned);
        if counts.len() >= MOST {
            counts.clear();
        }
        counts.insert(location.clone(), assigned);
        Ok(callers)
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
