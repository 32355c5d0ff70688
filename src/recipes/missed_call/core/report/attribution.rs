//! Which booking is credited to which episode.
//!
//! A booking counts as recovered if it was told after the first text of an episode of the same person (the contact or
//! the number, in the same location) and within the settings' `booking_window` of it. It is credited once, to the latest
//! such episode. A cancellation of the same reference takes it back, in whatever order the two are told, until it is
//! booked anew.

use std::collections::HashMap;

use jiff::Timestamp;

use super::projection::RowBuilder;
use super::row::Booking;
use super::settings::Settings;
use crate::ids::{ContactId, LocationId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::Trigger;

/// The bookings in the order in which they were first told.
#[derive(Default)]
pub(super) struct Bookings {
    told: Vec<Told>,
    by_reference: HashMap<(LocationId, String), usize>,
}

struct Told {
    reference: String,
    /// The draft of the episode in which it was last told, and where in the ledger.
    told_in: usize,
    position: usize,
    at: Timestamp,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Stands,
    Cancelled,
    /// Cancelled before it was told.
    CancelledUnheard,
}

/// What a booking does to a row.
pub(super) enum Credit {
    /// It stands, and was told in this episode.
    Stands {
        told_in: usize,
        at: Timestamp,
        position: usize,
    },
    /// It is this episode's.
    Recovered { by: usize, booking: Booking },
}

impl Bookings {
    /// Something happened in the episode of this draft; what is no booking is left alone.
    pub(super) fn hear(
        &mut self,
        what: Trigger,
        reference: &str,
        entry: &Entry,
        told_in: usize,
        position: usize,
    ) {
        let booked = match what {
            Trigger::Booked => true,
            Trigger::BookingCancelled => false,
            _ => return,
        };
        let key = (entry.location.clone(), reference.to_owned());
        let known = self.by_reference.get(&key);
        match known.and_then(|&index| self.told.get_mut(index)) {
            Some(told) => match (booked, &told.state) {
                (true, State::Cancelled) => {
                    told.state = State::Stands;
                    told.told_in = told_in;
                    told.position = position;
                    told.at = entry.at;
                }
                // The two overtook one another.
                (true, State::CancelledUnheard) => told.state = State::Cancelled,
                (true, State::Stands) => {}
                (false, State::Stands) => told.state = State::Cancelled,
                (false, _) => {}
            },
            None => {
                self.by_reference.insert(key, self.told.len());
                self.told.push(Told {
                    reference: reference.to_owned(),
                    told_in,
                    position,
                    at: entry.at,
                    state: if booked {
                        State::Stands
                    } else {
                        State::CancelledUnheard
                    },
                });
            }
        }
    }

    /// What the bookings that stand do to the rows.
    pub(super) fn credits(&self, drafts: &[RowBuilder], settings: &Settings) -> Vec<Credit> {
        if self.told.is_empty() {
            return Vec::new();
        }
        let episodes = EpisodesOfPeople::of(drafts);
        let mut credits = Vec::new();
        for told in self.told.iter().filter(|told| told.state == State::Stands) {
            credits.push(Credit::Stands {
                told_in: told.told_in,
                at: told.at,
                position: told.position,
            });
            let candidates = drafts
                .get(told.told_in)
                .map(|draft| episodes.of_the_same_person(draft))
                .unwrap_or_default();
            let latest = candidates
                .into_iter()
                .filter_map(|index| Some((index, drafts.get(index)?)))
                .filter(|(_, draft)| in_time(draft, told.at, settings))
                .max_by_key(|(index, draft)| (draft.row.call.ended_at, *index));
            if let Some((by, draft)) = latest {
                let reached = draft.row.reached_at;
                credits.push(Credit::Recovered {
                    by,
                    booking: Booking {
                        reference: told.reference.clone(),
                        at: told.at,
                        assisted: reached.is_some_and(|reached| reached <= told.at),
                    },
                });
            }
        }
        credits
    }
}

fn in_time(draft: &RowBuilder, booked_at: Timestamp, settings: &Settings) -> bool {
    draft.row.first_text().is_some_and(|text| {
        let since = booked_at.duration_since(text.accepted_at);
        !since.is_negative() && since <= settings.booking_window
    })
}

/// The drafts by contact and by number.
#[derive(Default)]
struct EpisodesOfPeople<'d> {
    by_contact: HashMap<(&'d LocationId, &'d ContactId), Vec<usize>>,
    by_number: HashMap<(&'d LocationId, &'d PhoneNumber), Vec<usize>>,
}

impl<'d> EpisodesOfPeople<'d> {
    fn of(drafts: &'d [RowBuilder]) -> Self {
        let mut episodes = Self::default();
        for (index, draft) in drafts.iter().enumerate() {
            let location = &draft.row.location;
            for contact in &draft.people.contacts {
                let of_contact = episodes.by_contact.entry((location, contact));
                of_contact.or_default().push(index);
            }
            for number in &draft.people.numbers {
                let of_number = episodes.by_number.entry((location, number));
                of_number.or_default().push(index);
            }
        }
        episodes
    }

    fn of_the_same_person(&self, draft: &'d RowBuilder) -> Vec<usize> {
        let location = &draft.row.location;
        let by_contact = draft
            .people
            .contacts
            .iter()
            .filter_map(|contact| self.by_contact.get(&(location, contact)));
        let by_number = draft
            .people
            .numbers
            .iter()
            .filter_map(|number| self.by_number.get(&(location, number)));
        by_contact.chain(by_number).flatten().copied().collect()
    }
}
