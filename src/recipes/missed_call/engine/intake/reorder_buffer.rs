//! What was told of people in the last minutes: webhooks come in any order, and an answer to a call may be told before the
//! call itself, or at the same moment.
//!
//! It is kept in memory, by this process alone: where it is lost, or another process was told, a text goes out that would
//! have stopped. Calls and texts that nobody's episode has taken have no name in the store, so a sweep tells them once more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{ContactId, LocationId, MessageId};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::store::DeliveryName;

/// How long it is kept at least: as long as HighLevel lets pass before it sends again.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// How much memory it takes at most, in bytes: some 25,000 texts of as many people. If more is told within that time, the
/// oldest half is forgotten.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How much is kept of one person.
const MOST_OF_ONE: usize = 8;

/// What was told, and under which name it is taken.
#[derive(Debug, Clone)]
pub(crate) struct Early {
    pub(crate) signal: Signal,
    pub(crate) delivery: DeliveryName,
    /// What stands in the ledger beside it, if a sweep has found it.
    pub(crate) found: Option<Box<EntryKind>>,
}

impl Early {
    /// NoticeKind how much memory it takes. Anybody can have things told, so this is what is bounded, and not their number.
    fn bytes(&self) -> usize {
        let of_signal = match &self.signal {
            Signal::Missed(call) | Signal::Answered { call, .. } => of_call(call),
            Signal::Wrote {
                person,
                message,
                text,
                ..
            } => {
                let text = text.as_ref().map_or(0, |text| text.len());
                of_person(person) + message.as_ref().map_or(0, |id| block(id.as_str())) + text
            }
            Signal::Happened {
                person, reference, ..
            } => of_person(person) + block(reference),
            Signal::TaskDone { person, task } => of_person(person) + block(task.as_str()),
            Signal::ContactGone { person }
            | Signal::Consented { person, .. }
            | Signal::DoNotDisturb { person, .. } => of_person(person),
            Signal::Unclear { message, .. } => block(message.as_str()),
        };
        let found = self
            .found
            .as_ref()
            .map_or(0, |_| size_of::<EntryKind>() + BLOCK);
        size_of::<Self>() + of_signal + block(&self.delivery.name) + found
    }

    /// Whether it says something of this call itself. HighLevel tells of one call each time its status changes, and the
    /// last that is told counts: what was said before it was missed is no answer to it, what is said after is one.
    pub(crate) fn is_of(&self, call: &MessageId) -> bool {
        matches!(&self.signal, Signal::Answered { call: answered, .. } if answered.message == *call)
    }
}

/// The last things told of each person.
#[derive(Default)]
pub(crate) struct ReorderBuffer {
    kept: Mutex<Kept>,
}

/// What the allocator adds to a piece of memory, rounding included.
const BLOCK: usize = 24;

fn block(text: &str) -> usize {
    text.len() + BLOCK
}

fn of_person(person: &Person) -> usize {
    let number = person
        .number
        .as_ref()
        .map_or(0, |number| block(number.e164()));
    block(person.location.as_str()) + block(person.contact.as_str()) + number
}

fn of_call(call: &MissedCall) -> usize {
    let conversation = call
        .conversation
        .as_ref()
        .map_or(0, |id| block(id.as_str()));
    let called = call
        .called
        .as_ref()
        .map_or(0, |number| block(number.e164()));
    let evidence = block(&call.evidence.delivery) + block(&call.evidence.body_sha256);
    of_person(&Person::of_call(call))
        + block(call.message.as_str())
        + conversation
        + called
        + evidence
}

type Key = (LocationId, ContactId);

/// What was told, of each person, and how much memory that takes.
#[derive(Default)]
struct Told {
    of: HashMap<Key, Vec<Early>>,
    bytes: usize,
}

impl Told {
    fn add(&mut self, person: Key, early: Early) {
        let key = Self::bytes_of(&person);
        let bytes = early.bytes();
        let of_person = match self.of.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.bytes += key;
                new.insert(Vec::new())
            }
        };
        if of_person.len() == MOST_OF_ONE {
            self.bytes -= of_person.remove(0).bytes();
        }
        // Most are told of once, and a vector makes room for four at first.
        of_person.reserve_exact(1);
        of_person.push(early);
        self.bytes += bytes;
    }

    /// Forgets what was told of a person under this name.
    fn drop_delivery(&mut self, person: &Key, name: &str) {
        if let Some(of_person) = self.of.get_mut(person) {
            for same in of_person.extract_if(.., |other| other.delivery.name == name) {
                self.bytes -= same.bytes();
            }
        }
    }

    fn forget(&mut self, person: &Key) {
        if let Some(told) = self.of.remove(person) {
            self.bytes -= told.iter().map(Early::bytes).sum::<usize>() + Self::bytes_of(person);
        }
    }

    /// A map has up to twice the room that it needs.
    fn bytes_of((location, contact): &Key) -> usize {
        block(location.as_str())
            + block(contact.as_str())
            + 2 * size_of::<(Key, Vec<Early>)>()
            + BLOCK
    }
}

/// In two halves, of which the older one is forgotten as a whole when the younger one is full or old.
#[derive(Default)]
struct Kept {
    young: Told,
    old: Told,
    young_since: Option<Duration>,
}

impl ReorderBuffer {
    /// `now` is on the monotonic clock: nobody forgets because the time of day was set.
    pub(crate) fn keep(&self, person: &Person, early: Early, now: Duration) {
        let mut kept = self.kept();
        let since = *kept.young_since.get_or_insert(now);
        let person = (person.location.clone(), person.contact.clone());
        let more = early.bytes() + Told::bytes_of(&person);
        let is_full = kept.young.bytes + more > MOST_BYTES / 2;
        if is_full || now.saturating_sub(since) >= KEPT {
            kept.old = std::mem::take(&mut kept.young);
            kept.young_since = Some(now);
        }
        let kept = &mut *kept;
        for half in [&mut kept.old, &mut kept.young] {
            half.drop_delivery(&person, &early.delivery.name);
        }
        kept.young.add(person, early);
    }

    /// What was told of this contact, in the order in which it was told.
    pub(crate) fn of(&self, location: &LocationId, contact: &ContactId) -> Vec<Early> {
        let kept = self.kept();
        let person = (location.clone(), contact.clone());
        let halves = [kept.old.of.get(&person), kept.young.of.get(&person)];
        halves.into_iter().flatten().flatten().cloned().collect()
    }

    pub(crate) fn forget(&self, location: &LocationId, contact: &ContactId) {
        let mut kept = self.kept();
        let person = (location.clone(), contact.clone());
        kept.old.forget(&person);
        kept.young.forget(&person);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::recipes::missed_call::core::reply::Reply;

    fn id(begin: &str, number: usize, length: usize) -> String {
        format!("{begin}{number:0length$}")
    }

    fn text(contact: usize, message: usize, length: usize) -> (Person, Early) {
        let person = Person {
            location: LocationId::new(id("l", 0, length)).unwrap(),
            contact: ContactId::new(id("c", contact, length)).unwrap(),
            number: Some("+13125550142".parse().unwrap()),
            at: Timestamp::UNIX_EPOCH,
        };
        let early = Early {
            signal: Signal::Wrote {
                person: person.clone(),
                message: Some(MessageId::new(id("m", message, length)).unwrap()),
                text: None,
                reply: Reply::Other,
                in_words: true,
                erasure: false,
            },
            delivery: DeliveryName {
                name: id("message:", message, 3 * length),
                received_at: Timestamp::UNIX_EPOCH,
            },
            found: None,
        };
        (person, early)
    }

    fn counted(told: &Told) -> usize {
        let of_person = |(key, all): (&Key, &Vec<Early>)| {
            Told::bytes_of(key) + all.iter().map(Early::bytes).sum::<usize>()
        };
        told.of.iter().map(of_person).sum()
    }

    #[test]
    fn however_much_is_told_it_takes_so_much_memory_and_the_last_is_known() {
        // By one person and by many, with ids as HighLevel makes them and as long as they may be.
        for (people, length) in [(3, 20), (7_000, 20), (usize::MAX, 20), (usize::MAX, 250)] {
            let signals = ReorderBuffer::default();
            for message in 0..60_000 {
                let (person, early) = text(message % people, message, length);
                signals.keep(&person, early, Duration::ZERO);
            }
            let kept = signals.kept();
            for half in [&kept.young, &kept.old] {
                assert_eq!(half.bytes, counted(half));
                assert!(half.bytes <= MOST_BYTES / 2, "{} bytes", half.bytes);
            }
            drop(kept);
            let (last, _) = text(59_999 % people, 0, length);
            assert!(!signals.of(&last.location, &last.contact).is_empty());
        }
    }

    #[test]
    fn what_is_forgotten_takes_no_memory() {
        let signals = ReorderBuffer::default();
        for message in 0..20 {
            let (person, early) = text(message % 2, message / 3, 20);
            signals.keep(&person, early, Duration::ZERO);
        }
        for contact in 0..2 {
            let (person, _) = text(contact, 0, 20);
            let told = signals.of(&person.location, &person.contact);
            assert!(!told.is_empty() && told.len() <= MOST_OF_ONE);
            signals.forget(&person.location, &person.contact);
        }
        assert_eq!(signals.kept().young.bytes, 0);
    }
}
