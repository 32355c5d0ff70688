//! What was told of people in the last minutes: webhooks come in any order, and an answer to a call may be told before the
//! call itself, or at the same moment.
//!
//! It is kept in memory, by this process alone: where it is lost, or another process was told, a text goes out that would
//! have stopped. Calls and texts that nobody's episode has taken have no name in the store, so a sweep tells them once more.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{ContactId, LocationId, MessageId};
use crate::recipes::missed_call::intake::{Person, Signal};
use crate::recipes::missed_call::ledger::EntryKind;
use crate::recipes::missed_call::store::DeliveryName;

/// How long it is kept at least: as long as HighLevel lets pass before it sends again.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// Of how many people it is kept, if so many are told of within that time.
const MOST_PEOPLE: usize = 50_000;
/// How much of one person.
const MOST_OF_ONE: usize = 8;

/// What was told, and under which name it is taken.
#[derive(Debug, Clone)]
pub(super) struct Early {
    pub(super) signal: Signal,
    pub(super) delivery: DeliveryName,
    /// What stands in the ledger beside it, if a sweep has found it.
    pub(super) found: Option<EntryKind>,
}

impl Early {
    /// Whether it says something of this call itself. HighLevel tells of one call each time its status changes, and the
    /// last that is told counts: what was said before it was missed is no answer to it, what is said after is one.
    pub(super) fn is_of(&self, call: &MessageId) -> bool {
        matches!(&self.signal, Signal::Answered { call: answered, .. } if answered.message == *call)
    }
}

/// The last things told of each person.
#[derive(Default)]
pub(super) struct EarlySignals {
    kept: Mutex<Kept>,
}

type Told = HashMap<(LocationId, ContactId), Vec<Early>>;

/// In two halves, of which the older one is forgotten as a whole when the younger one is full or old.
#[derive(Default)]
struct Kept {
    young: Told,
    old: Told,
    young_since: Option<Duration>,
}

impl EarlySignals {
    /// `now` is on the monotonic clock: nobody forgets because the time of day was set.
    pub(super) fn keep(&self, person: &Person, early: Early, now: Duration) {
        let mut kept = self.kept();
        let since = *kept.young_since.get_or_insert(now);
        if kept.young.len() >= MOST_PEOPLE / 2 || now.saturating_sub(since) >= KEPT {
            kept.old = std::mem::take(&mut kept.young);
            kept.young_since = Some(now);
        }
        let person = (person.location.clone(), person.contact.clone());
        let is_other = |other: &Early| other.delivery.name != early.delivery.name;
        if let Some(of_person) = kept.old.get_mut(&person) {
            of_person.retain(is_other);
        }
        let of_person = kept.young.entry(person).or_default();
        of_person.retain(is_other);
        if of_person.len() == MOST_OF_ONE {
            of_person.remove(0);
        }
        of_person.push(early);
    }

    /// What was told of this contact, in the order in which it was told.
    pub(super) fn of(&self, location: &LocationId, contact: &ContactId) -> Vec<Early> {
        let kept = self.kept();
        let person = (location.clone(), contact.clone());
        let halves = [kept.old.get(&person), kept.young.get(&person)];
        halves.into_iter().flatten().flatten().cloned().collect()
    }

    pub(super) fn forget(&self, location: &LocationId, contact: &ContactId) {
        let mut kept = self.kept();
        let person = (location.clone(), contact.clone());
        kept.old.remove(&person);
        kept.young.remove(&person);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
