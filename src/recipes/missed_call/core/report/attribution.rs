//! Decides which booking is credited to which episode.
//!
//! A booking counts as recovered if it was reported after the first text of an episode of the same person (same location,
//! same contact or number) and within the settings' `booking_window`. It is credited once, to the latest such episode. A
//! cancellation with the same reference withdraws the credit, in whatever order the two are reported, until the
//! appointment is booked again.

use std::collections::HashMap;

use jiff::Timestamp;

use super::projection::{Drafts, RowBuilder};
use super::row::Booking;
use super::settings::Settings;
use crate::ids::{ContactId, LocationId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::model::Trigger;

/// The bookings in the order of their first report.
#[derive(Default)]
pub(super) struct Bookings {
    reported: Vec<ReportedBooking>,
    by_reference: HashMap<(LocationId, String), usize>,
}

struct ReportedBooking {
    reference: String,
    /// The draft of the episode that last reported it, and the position in the ledger.
    reported_in: usize,
    position: usize,
    at: Timestamp,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Stands,
    Cancelled,
    /// The cancellation was reported before the booking.
    CancelledFirst,
}

/// What a booking does to a row.
pub(super) enum Credit {
    /// It stands, and this episode reported it.
    Stands {
        reported_in: usize,
        at: Timestamp,
        position: usize,
    },
    /// It is credited to this episode.
    Recovered { by: usize, booking: Booking },
}

impl Bookings {
    /// Takes a trigger of the episode of this draft, and says whether it is about a booking. Others are ignored.
    pub(super) fn take(
        &mut self,
        what: Trigger,
        reference: &str,
        entry: &Entry,
        reported_in: usize,
        position: usize,
    ) -> bool {
        let booked = match what {
            Trigger::Booked => true,
            Trigger::BookingCancelled => false,
            _ => return false,
        };
        let key = (entry.location.clone(), reference.to_owned());
        let known = self.by_reference.get(&key);
        match known.and_then(|&index| self.reported.get_mut(index)) {
            Some(booking) => match (booked, &booking.state) {
                (true, State::Cancelled) => {
                    booking.state = State::Stands;
                    booking.reported_in = reported_in;
                    booking.position = position;
                    booking.at = entry.at;
                }
                // The two arrived in reverse order.
                (true, State::CancelledFirst) => booking.state = State::Cancelled,
                (true, State::Stands) => {}
                (false, State::Stands) => booking.state = State::Cancelled,
                (false, _) => {}
            },
            None => {
                self.by_reference.insert(key, self.reported.len());
                self.reported.push(ReportedBooking {
                    reference: reference.to_owned(),
                    reported_in,
                    position,
                    at: entry.at,
                    state: if booked {
                        State::Stands
                    } else {
                        State::CancelledFirst
                    },
                });
            }
        }
        true
    }

    /// The credits of the bookings that stand.
    pub(super) fn credits(&self, drafts: &Drafts, settings: &Settings) -> Vec<Credit> {
        if self.reported.is_empty() {
            return Vec::new();
        }
        let episodes = EpisodesOfPeople::of(drafts);
        let mut credits = Vec::new();
        for booking in self
            .reported
            .iter()
            .filter(|booking| booking.state == State::Stands)
        {
            credits.push(Credit::Stands {
                reported_in: booking.reported_in,
                at: booking.at,
                position: booking.position,
            });
            let candidates = drafts
                .get(&booking.reported_in)
                .map(|draft| episodes.of_the_same_person(draft))
                .unwrap_or_default();
            let latest = candidates
                .into_iter()
                .filter_map(|index| Some((index, drafts.get(&index)?)))
                .filter(|(_, draft)| in_time(draft, booking.at, settings))
                .max_by_key(|(index, draft)| (draft.row.call.ended_at, *index));
            if let Some((by, draft)) = latest {
                let reached = draft.row.reached_at;
                credits.push(Credit::Recovered {
                    by,
                    booking: Booking {
                        reference: booking.reference.clone(),
                        at: booking.at,
                        assisted: reached.is_some_and(|reached| reached <= booking.at),
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
    fn of(drafts: &'d Drafts) -> Self {
        let mut episodes = Self::default();
        for (&index, draft) in drafts {
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
