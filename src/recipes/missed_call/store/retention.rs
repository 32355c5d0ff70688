//! How long a store keeps what is over, and one batch of its deletion.

use jiff::{SignedDuration, Timestamp};

use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::Intent;
use crate::recipes::missed_call::store::ledger_query::LedgerRow;

/// What is over is kept for this long at least, whatever a host asks for: until then a call can be reported once more, and
/// a booking belongs to its episode. It is a day more than either.
const SHORTEST: SignedDuration = match Episode::ATTRIBUTION_WINDOW.checked_add(DAY) {
    Some(shortest) => shortest,
    None => SignedDuration::MAX,
};
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long a store keeps what is over. What is open stays, however old it is.
///
/// ```
/// use gohighlevel::recipes::missed_call::store::Retention;
/// use jiff::SignedDuration;
///
/// let days = |days: i64| SignedDuration::from_hours(24 * days);
/// // Texts and consents can be proved for five years; callers who were not texted are forgotten after ninety days.
/// let mut retention = Retention::of_episodes(days(90));
/// retention.evidence = Some(days(5 * 366));
/// assert_eq!(retention.suppressions, None, "kept for ever");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// How long a closed episode is kept after its last entry, with its effects, references and entries. Less than 31 days
    /// count as 31 days.
    pub episodes: SignedDuration,
    /// The same for an episode that is evidence: a message to the person was attempted, or they consented or opted out. And
    /// for such entries without an episode. `None` for ever. Less than [`episodes`](Self::episodes) counts as that.
    pub evidence: Option<SignedDuration>,
    /// How long an opt-out is kept after the person last said so. `None` for ever, and that is what the law expects: without
    /// it the person is texted again.
    pub suppressions: Option<SignedDuration>,
    /// How long a consent is kept after it was given. `None` for ever. Without it the person gets no later texts.
    pub consents: Option<SignedDuration>,
}

impl Retention {
    /// Keeps closed episodes for this long after their last entry, and evidence, suppressions and consents for ever.
    pub fn of_episodes(episodes: SignedDuration) -> Self {
        Self {
            episodes,
            evidence: None,
            suppressions: None,
            consents: None,
        }
    }

    /// What may be deleted now, from the beginning of the ledger.
    pub(crate) fn batch(&self, now: Timestamp) -> PruneBatch {
        let episodes = self.episodes.max(SHORTEST);
        let before = |kept: SignedDuration| now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        PruneBatch {
            after: 0,
            limit: PruneBatch::LIMIT,
            episodes_before: before(episodes),
            evidence_before: self.evidence.map(|kept| before(kept.max(episodes))),
            suppressions_before: self.suppressions.map(before),
            consents_before: self.consents.map(before),
        }
    }
}

/// One batch of a deletion. A store may add what it deletes by its own rules, such as names of deliveries after 30 days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneBatch {
    /// Entries with a higher sequence are looked at …
    pub after: u64,
    /// … this many of them. No more rows than this of any other kind are deleted, besides what belongs to the episodes of
    /// these entries.
    pub limit: usize,
    /// Closed episodes may be deleted whose entries were all written before this time, and entries without an episode.
    pub episodes_before: Timestamp,
    /// The same if they are [evidence](Self::is_evidence). `None`: they stay.
    pub evidence_before: Option<Timestamp>,
    /// Suppressions may be deleted that were last reported before this time. `None`: they stay.
    pub suppressions_before: Option<Timestamp>,
    /// Consents may be deleted that were given before this time. `None`: they stay.
    pub consents_before: Option<Timestamp>,
}

impl PruneBatch {
    /// How many entries the engine has looked at in one batch.
    pub(crate) const LIMIT: usize = 500;

    /// Whether these are all entries of a closed episode that may be deleted, or an entry without an episode.
    pub fn may_delete<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> bool {
        let (mut last, mut is_evidence) = (Timestamp::MIN, false);
        for entry in entries {
            last = last.max(entry.at);
            is_evidence |= Self::is_evidence(&entry.kind);
        }
        let before = if is_evidence {
            self.evidence_before
        } else {
            Some(self.episodes_before)
        };
        before.is_some_and(|before| last < before)
    }

    /// Where the next batch goes on if these entries were looked at: nowhere after the last entry, or if all of them are too
    /// new.
    pub fn next(&self, rows: &[LedgerRow]) -> Option<u64> {
        let is_old = |row: &LedgerRow| row.entry.at < self.episodes_before;
        let last = rows.last()?;
        rows.iter().any(is_old).then_some(last.sequence)
    }

    /// Whether an entry proves that a person was texted lawfully, or refused texts.
    pub fn is_evidence(kind: &EntryKind) -> bool {
        match kind {
            EntryKind::Attempted { intent, .. } => {
                matches!(intent, Intent::Text { .. } | Intent::Email { .. })
            }
            EntryKind::Consented { .. }
            | EntryKind::OptedOut { .. }
            | EntryKind::OptedIn { .. }
            | EntryKind::Doubted { .. }
            | EntryKind::DoubtDecided { .. }
            | EntryKind::ErasureAsked { .. } => true,
            _ => false,
        }
    }
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Pruned {
    /// Episodes, each with its effects and references.
    pub episodes: u64,
    /// Entries of the ledger.
    pub entries: u64,
    /// Suppressions.
    pub suppressions: u64,
    /// Consents.
    pub consents: u64,
    /// Where the next batch goes on: it is given as [`PruneBatch::after`]. `None` if nothing is left to delete.
    pub next: Option<u64>,
}

impl Pruned {
    /// Both together, to be continued where the later one says.
    pub(crate) fn plus(self, later: Self) -> Self {
        Self {
            episodes: self.episodes + later.episodes,
            entries: self.entries + later.entries,
            suppressions: self.suppressions + later.suppressions,
            consents: self.consents + later.consents,
            next: later.next,
        }
    }
}
