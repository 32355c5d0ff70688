//! What an engine lets its host see: committed entries, what waits, and how long the store takes.

use std::fmt;
use std::time::Duration;

use crate::client::Lane;
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::store::StoreHealth;

/// Sees what an engine does: for metrics, a live view, a word to the host's own systems.
///
/// It is called on a thread of its own, in the order of events, after what it sees is durable. So it may take its time, and
/// a panic in it is logged and changes nothing. It sees what the engines of this process have committed. If it is so slow
/// that 65,536 events wait for it, further ones are dropped, which is logged; and what was not yet seen when the process
/// ends is not seen after a restart. To miss no entry, and to see those of other processes, read
/// [`Engine::watch`](crate::recipes::missed_call::Engine::watch).
///
/// ```
/// use gohighlevel::recipes::missed_call::ledger::EntryKind;
/// use gohighlevel::recipes::missed_call::{EngineObserver, ObservedEntry};
///
/// #[derive(Debug)]
/// struct Removals;
///
/// impl EngineObserver for Removals {
///     fn recorded(&self, seen: &ObservedEntry) {
///         // An app that is removed from an agency is removed from each of its locations.
///         if let EntryKind::Halted { halt } = &seen.entry.kind {
///             println!("{}: {}", seen.entry.location, halt.as_str());
///         }
///     }
/// }
/// ```
pub trait EngineObserver: fmt::Debug + Send + Sync + 'static {
    /// An entry of the ledger was committed.
    fn recorded(&self, seen: &ObservedEntry) {
        let _ = seen;
    }

    /// The entries of this episode were rewritten without their person
    /// ([`Engine::erase`](crate::recipes::missed_call::Engine::erase)). Copies of them are to be erased too.
    fn erased(&self, episode: &EpisodeId) {
        let _ = episode;
    }

    /// The store has answered.
    fn store_answered(&self, answer: &StoreAnswer) {
        let _ = answer;
    }

    /// What is under way and what is late, while [`Engine::run`](crate::recipes::missed_call::Engine::run) works: once a
    /// minute at least.
    fn work_counted(&self, work: &WorkCount) {
        let _ = work;
    }
}

/// A committed entry, with what the ledger does not say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ObservedEntry {
    /// The entry. It holds phone numbers and texts.
    pub entry: Entry,
    /// For the end of a step: what the step does, as recipes name it (`text`, `tag`, `task`, …).
    pub action: Option<&'static str>,
}

/// The time that the store took for one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreAnswer {
    /// Which one.
    pub operation: StoreOperation,
    /// From the request to the answer.
    pub took: Duration,
    /// Whether it failed.
    pub failed: bool,
}

/// An operation of the store that is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreOperation {
    /// The writing of a commit, until it is durable.
    Commit,
    /// The claim of due effects.
    Claim,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkCount {
    /// Texts that this process has claimed and not ended: they wait for the rate limit or are under way with HighLevel.
    pub texts_under_way: usize,
    /// The same of all other effects.
    pub others_under_way: usize,
    /// What is late in the store, by whichever process it is to be done.
    pub late: StoreHealth,
}

impl StoreOperation {
    /// A word for it that stays the same over releases.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Claim => "claim",
        }
    }
}

impl WorkCount {
    pub(super) fn new(under_way: [(Lane, usize); 2], late: StoreHealth) -> Self {
        let in_lane = |of: Lane| {
            let lanes = under_way.iter().filter(|(lane, _)| *lane == of);
            lanes.map(|(_, count)| count).sum()
        };
        Self {
            texts_under_way: in_lane(Lane::Interactive),
            others_under_way: in_lane(Lane::Background),
            late,
        }
    }
}
