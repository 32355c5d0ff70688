//! What was reported of people in the last minutes, in this process's memory. Where it is lost, and no shared store keeps
//! it, a text goes out that would have stopped. Calls and texts that belong to no episode have no name in the store, so a
//! sweep reports them once more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{ContactId, LocationId};
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::signal::{FoundMessage, Occurrence, Origin, Person, Signal};

/// How long an occurrence is kept at least: as long as HighLevel waits before it sends again.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// How much memory all take at most, in bytes: some 25,000 texts of as many people. If more is reported within that time, the
/// older half is forgotten.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// How many occurrences are kept of one person.
const MOST_OF_ONE: usize = 8;

/// About how much memory an occurrence takes. Strangers can cause reports, so this is what is bounded, and not their number.
fn bytes_of(occurrence: &Occurrence) -> usize {
    let of_signal = match &occurrence.signal {
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
        | Signal::Decided { person, .. }
        | Signal::Tagged { person, .. }
        | Signal::DoNotDisturb { person, .. } => of_person(person),
        Signal::Unclear { message, .. } | Signal::Receipt { message, .. } => {
            block(message.as_str())
        }
    };
    let of_origin = match &occurrence.origin {
        Origin::Sweep(found) => size_of::<FoundMessage>() + BLOCK + block(found.message.as_str()),
        Origin::Webhook | Origin::Workflow | Origin::Host | Origin::SweepWithoutNumber => 0,
    };
    size_of::<Occurrence>() + of_signal + block(&occurrence.name) + of_origin
}

/// The last occurrences of each person.
#[derive(Default)]
pub(super) struct ReorderBuffer {
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

/// Occurrences by person, and how much memory they take.
#[derive(Default)]
struct Half {
    of: HashMap<Key, Vec<Occurrence>>,
    bytes: usize,
}

impl Half {
    fn add(&mut self, person: Key, early: Occurrence) {
        let key = Self::bytes_of(&person);
        let bytes = bytes_of(&early);
        let of_person = match self.of.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.bytes += key;
                new.insert(Vec::new())
            }
        };
        if of_person.len() == MOST_OF_ONE {
            self.bytes -= bytes_of(&of_person.remove(0));
        }
        // Most have one occurrence, and a vector makes room for four at first.
        of_person.reserve_exact(1);
        of_person.push(early);
        self.bytes += bytes;
    }

    /// Forgets the occurrence of a person with this name.
    fn drop_delivery(&mut self, person: &Key, name: &str) {
        if let Some(of_person) = self.of.get_mut(person) {
            for same in of_person.extract_if(.., |other| other.name == name) {
                self.bytes -= bytes_of(&same);
            }
        }
    }

    fn forget(&mut self, person: &Key) {
        if let Some(known) = self.of.remove(person) {
            self.bytes -= known.iter().map(bytes_of).sum::<usize>() + Self::bytes_of(person);
        }
    }

    /// A map has up to twice the room that it needs.
    fn bytes_of((location, contact): &Key) -> usize {
        block(location.as_str())
            + block(contact.as_str())
            + 2 * size_of::<(Key, Vec<Occurrence>)>()
            + BLOCK
    }
}

/// In two halves, of which the older one is forgotten as a whole when the younger one is full or old.
#[derive(Default)]
struct Kept {
    young: Half,
    old: Half,
    young_since: Option<Duration>,
}

impl ReorderBuffer {
    /// `now` is on the monotonic clock: nothing is forgotten because the time of day was set.
    pub(super) fn keep(&self, person: &Person, early: Occurrence, now: Duration) {
        let mut kept = self.kept();
        let since = *kept.young_since.get_or_insert(now);
        let person = (person.location.clone(), person.contact.clone());
        let more = bytes_of(&early) + Half::bytes_of(&person);
        let is_full = kept.young.bytes + more > MOST_BYTES / 2;
        if is_full || now.saturating_sub(since) >= KEPT {
            kept.old = std::mem::take(&mut kept.young);
            kept.young_since = Some(now);
        }
        let kept = &mut *kept;
        for half in [&mut kept.old, &mut kept.young] {
            half.drop_delivery(&person, &early.name);
        }
        kept.young.add(person, early);
    }

    /// The occurrences of this contact, in the order of their arrival.
    pub(super) fn of(&self, location: &LocationId, contact: &ContactId) -> Vec<Occurrence> {
        let kept = self.kept();
        let person = (location.clone(), contact.clone());
        let halves = [kept.old.of.get(&person), kept.young.of.get(&person)];
        halves.into_iter().flatten().flatten().cloned().collect()
    }

    pub(super) fn forget(&self, location: &LocationId, contact: &ContactId) {
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
    use crate::ids::MessageId;
    use crate::recipes::missed_call::core::reply::Reply;

    fn id(begin: &str, number: usize, length: usize) -> String {
        format!("{begin}{number:0length$}")
    }

    fn text(contact: usize, message: usize, length: usize) -> (Person, Occurrence) {
        let person = Person {
            location: LocationId::new(id("l", 0, length)).unwrap(),
            contact: ContactId::new(id("c", contact, length)).unwrap(),
            number: Some("+13125550142".parse().unwrap()),
            at: Timestamp::UNIX_EPOCH,
        };
        let early = Occurrence {
            signal: Signal::Wrote {
                person: person.clone(),
                message: Some(MessageId::new(id("m", message, length)).unwrap()),
                text: None,
                reply: Reply::Other,
                in_words: true,
                erasure: false,
            },
            name: id("message:", message, 3 * length),
            received_at: Timestamp::UNIX_EPOCH,
            origin: Origin::Webhook,
        };
        (person, early)
    }

    fn counted(half: &Half) -> usize {
        let of_person = |(key, all): (&Key, &Vec<Occurrence>)| {
            Half::bytes_of(key) + all.iter().map(bytes_of).sum::<usize>()
        };
        half.of.iter().map(of_person).sum()
    }

    #[test]
    fn memory_is_bounded_and_the_last_occurrence_is_known() {
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
    fn a_forgotten_person_takes_no_memory() {
        let signals = ReorderBuffer::default();
        for message in 0..20 {
            let (person, early) = text(message % 2, message / 3, 20);
            signals.keep(&person, early, Duration::ZERO);
        }
        for contact in 0..2 {
            let (person, _) = text(contact, 0, 20);
            let known = signals.of(&person.location, &person.contact);
            assert!(!known.is_empty() && known.len() <= MOST_OF_ONE);
            signals.forget(&person.location, &person.contact);
        }
        assert_eq!(signals.kept().young.bytes, 0);
    }
}
