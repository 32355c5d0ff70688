//! What experiments need of the ledger: that each is announced once, and how many callers of a location are assigned.

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
        if self.experiments.is_announced(&key) {
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
        self.experiments.announced(key);
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
        let mut assigned = self.experiments.assigned(location);
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
                    assigned.add(assignment);
                }
            }
            if count < AT_ONCE {
                break;
            }
        }
        let callers = assigned.callers(&rules.experiment);
        self.experiments.keep(location, assigned);
        Ok(callers)
    }
}
