//! Which entries of the ledger to read, and what is found.

use jiff::Timestamp;

use crate::ids::LocationId;
use crate::recipes::missed_call::core::ledger::{Entry, EntryTag};
use crate::recipes::missed_call::core::model::EpisodeId;

/// An entry with its place in the ledger.
// Not `#[non_exhaustive]`: every store makes them.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Its place: entries are read in this order. Entries may lack in between, as after
    /// [`prune`](crate::recipes::missed_call::Engine::prune).
    pub sequence: u64,
    /// The entry.
    pub entry: Entry,
}

/// Which entries of the ledger to read. Those that match all that is set.
///
/// ```
/// use gohighlevel::recipes::missed_call::ledger::EntryTag;
/// use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore, Store, StoreError};
///
/// /// How many steps came to an end, read in pages.
/// async fn count(store: &dyn Store) -> Result<usize, StoreError> {
///     let mut page = LedgerQuery::default();
///     page.kinds = vec![EntryTag::Done, EntryTag::NotDone];
///     page.limit = Some(500);
///     let mut count = 0;
///     loop {
///         let rows = store.ledger_rows(&page).await?;
///         count += rows.len();
///         match rows.last() {
///             Some(last) => page.after = Some(last.sequence),
///             None => return Ok(count),
///         }
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert_eq!(count(&MemoryStore::new()).await.unwrap(), 0);
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerQuery {
    /// Of this location only.
    pub location: Option<LocationId>,
    /// Of this episode only.
    pub episode: Option<EpisodeId>,
    /// Written at this time or later.
    pub since: Option<Timestamp>,
    /// Written before this time.
    pub until: Option<Timestamp>,
    /// With a higher sequence than this one.
    pub after: Option<u64>,
    /// No more entries than this: the first ones that match.
    pub limit: Option<usize>,
    /// Of these kinds only; empty for all kinds.
    pub kinds: Vec<EntryTag>,
    /// Of episodes that were opened at this time or later: all their entries were written since then. Reports need it,
    /// because [`since`](Self::since) shows only the rest of an episode that was open at that time. Entries without an
    /// episode do not match.
    pub episodes_since: Option<Timestamp>,
}

impl LedgerQuery {
    /// All entries of one episode.
    pub fn of_episode(episode: EpisodeId) -> Self {
        Self {
            episode: Some(episode),
            ..Self::default()
        }
    }

    /// All entries of one location.
    pub fn of_location(location: LocationId) -> Self {
        Self {
            location: Some(location),
            ..Self::default()
        }
    }

    /// All entries of the episodes that were opened at this time or later.
    pub fn of_episodes_since(time: Timestamp) -> Self {
        Self {
            episodes_since: Some(time),
            ..Self::default()
        }
    }

    /// Whether the entry by itself matches: its sequence and the other entries of its episode are not looked at.
    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.location
            .as_ref()
            .is_none_or(|location| *location == entry.location)
            && self
                .episode
                .as_ref()
                .is_none_or(|episode| entry.episode.as_ref() == Some(episode))
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
            && (self.kinds.is_empty() || self.kinds.contains(&entry.kind.tag()))
    }
}
