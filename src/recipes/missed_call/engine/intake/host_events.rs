//! What the host tells and HighLevel does not: bookings, clicks, calls elsewhere, consent.

use crate::digest::sha256_hex;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::core::model::PersonKey;
use crate::recipes::missed_call::core::model::Trigger;
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::engine::{Acceptance, Engine};
use crate::recipes::missed_call::store::{DeliveryName, StoreError};

impl Engine {
    /// Tells what HighLevel does not: a booking in another calendar, a click on a link of your own, a call from a phone
    /// that HighLevel does not know. Steps of the person's live episode follow it, or stop on it. If their last episode is
    /// closed, it is written down for the reports until
    /// [`Episode::ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) after the call.
    ///
    /// `reference` is its id; the same happening with the same reference is taken once. [`Acceptance::Ignored`] says
    /// that the person has no such episode. A no ([`Trigger::OptedOut`]) is kept for every later call all the same.
    pub async fn record(
        &self,
        person: &PersonKey,
        what: Trigger,
        reference: &str,
    ) -> Result<Acceptance, StoreError> {
        let signal = |person| Signal::Happened {
            person,
            what,
            reference: reference.to_owned(),
        };
        let name = format!("{}:{reference}", what.as_str());
        self.take_from_host(person, &name, signal).await
    }

    /// [`record`](Self::record)s a booking. `appointment` is its id in whatever calendar it is kept: reports count each
    /// once, take it back when [`Trigger::BookingCancelled`] is recorded with the same id, and look up its worth by it.
    pub async fn record_booking(
        &self,
        person: &PersonKey,
        appointment: &str,
    ) -> Result<Acceptance, StoreError> {
        self.record(person, Trigger::Booked, appointment).await
    }

    /// [`record`](Self::record)s that the person opened a link. `click` is the id of this click: that of the link alone
    /// would be taken once for everybody.
    pub async fn record_click(
        &self,
        person: &PersonKey,
        click: &str,
    ) -> Result<Acceptance, StoreError> {
        self.record(person, Trigger::Clicked, click).await
    }

    /// Keeps that somebody consented to texts, for later texts of recipes that ask for it. Keep the proof itself for five
    /// years (16 CFR 310.5).
    ///
    /// The same reference is taken once. It takes back no opt-out: only the person can do that, with START.
    /// [`Acceptance::Ignored`] says that the location is not one of the engine's.
    pub async fn record_consent(
        &self,
        person: &PersonKey,
        how: ConsentKind,
        consent: &Consent,
    ) -> Result<Acceptance, StoreError> {
        let signal = |person| Signal::Consented {
            person,
            how,
            consent: consent.clone(),
        };
        // The name outlives an erasure by days, and the reference may be somebody's.
        let name = format!("consent:{}", sha256_hex(consent.reference.as_bytes()));
        self.take_from_host(person, &name, signal).await
    }

    /// Takes a signal about this person once under this name.
    async fn take_from_host(
        &self,
        person: &PersonKey,
        name: &str,
        signal: impl FnOnce(Person) -> Signal,
    ) -> Result<Acceptance, StoreError> {
        let Some(site) = self.shared.sites.get(&person.location) else {
            return Ok(Acceptance::Ignored);
        };
        let now = self.shared.clock.now();
        let signal = signal(Person {
            location: person.location.clone(),
            contact: person.contact.clone(),
            number: person.number.clone(),
            at: now,
        });
        let delivery = DeliveryName {
            name: format!("host:{}:{name}", person.location),
            received_at: now,
        };
        self.keep(site, &signal, &delivery, None);
        self.take(site, &signal, delivery, None).await
    }
}
