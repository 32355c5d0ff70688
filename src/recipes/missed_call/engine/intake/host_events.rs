//! What the host reports and HighLevel does not: bookings, clicks, calls elsewhere, consents.

use jiff::{SignedDuration, Timestamp};

use super::Intake;
use crate::digest::sha256_hex;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::core::model::DoubtDecision;
use crate::recipes::missed_call::core::model::PersonKey;
use crate::recipes::missed_call::core::model::Trigger;
use crate::recipes::missed_call::core::signal::{Occurrence, Origin, Person, Signal};
use crate::recipes::missed_call::engine::acceptance::{AcceptError, Acceptance};

impl Intake {
    /// Accepts something that happened outside HighLevel, once under its kind and reference.
    pub(in super::super) async fn record(
        &self,
        person: &PersonKey,
        what: Trigger,
        reference: &str,
    ) -> Result<Acceptance, AcceptError> {
        let signal = |person| Signal::Happened {
            person,
            what,
            reference: reference.to_owned(),
        };
        let name = format!("{}:{reference}", what.as_str());
        self.accept_from_host(person, &name, signal).await
    }

    /// Accepts a consent, once under its reference.
    pub(in super::super) async fn record_consent(
        &self,
        person: &PersonKey,
        how: ConsentKind,
        consent: &Consent,
    ) -> Result<Acceptance, AcceptError> {
        let signal = |person| Signal::Consented {
            person,
            how,
            consent: consent.clone(),
        };
        // The name outlives an erasure by days, and the reference may identify a person.
        let name = format!("consent:{}", sha256_hex(consent.reference.as_bytes()));
        self.accept_from_host(person, &name, signal).await
    }

    /// Accepts what a person of the business decided about a doubtful reply, once under its reference.
    pub(in super::super) async fn record_decision(
        &self,
        person: &PersonKey,
        decision: DoubtDecision,
        by: &str,
        reference: &str,
    ) -> Result<Acceptance, AcceptError> {
        let signal = |mut person: Person| {
            // Who decides has read the reply: the decision is later, even if both are dated alike.
            let later = person.at.saturating_add(SignedDuration::from_millis(1));
            person.at = later.unwrap_or(Timestamp::MAX);
            Signal::Decided {
                person,
                decision,
                by: by.to_owned(),
            }
        };
        let name = format!("decision:{}", sha256_hex(reference.as_bytes()));
        self.accept_from_host(person, &name, signal).await
    }

    /// Accepts a signal about this person, once under this name.
    async fn accept_from_host(
        &self,
        person: &PersonKey,
        name: &str,
        signal: impl FnOnce(Person) -> Signal,
    ) -> Result<Acceptance, AcceptError> {
        let Some(site) = self.base.site(&person.location).await? else {
            return Ok(Acceptance::Ignored);
        };
        let now = self.base.now();
        let occurrence = Occurrence {
            signal: signal(Person {
                location: person.location.clone(),
                contact: person.contact.clone(),
                number: person.number.clone(),
                at: now,
            }),
            name: format!("host:{}:{name}", person.location),
            received_at: now,
            origin: Origin::Host,
        };
        self.keep(&site, &occurrence).await?;
        Ok(self.take(&site, &occurrence).await?)
    }
}
