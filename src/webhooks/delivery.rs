//! One delivery: an event with its envelope, its raw bytes, and the key that is the same for all of its repeats.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

use super::event::Event;
use super::fields::Fields;
use crate::digest::sha256_hex;
use crate::ids::{AppId, CompanyId, LocationId, WebhookId};

/// One webhook as it arrived.
///
/// A delivery out of [`Verifier::verify`](super::Verifier::verify) is proven to come from HighLevel; one out of
/// [`Delivery::read`] is not.
///
/// `Debug` shows the envelope and the kind of event, never the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// What happened.
    pub event: Event,
    /// HighLevel's name for this event, the same over all repeats of it.
    pub webhook_id: Option<WebhookId>,
    /// The location it happened in. Absent on agency events: an installation for a whole agency, a new location.
    /// All locations of an app post to the same address, so route by this.
    pub location_id: Option<LocationId>,
    /// The agency, on agency events.
    pub company_id: Option<CompanyId>,
    /// The marketplace app the event was sent to.
    pub app_id: Option<AppId>,
    /// When HighLevel made the event, as the signed body says. Not all events carry it.
    pub timestamp: Option<Timestamp>,
    /// When it arrived here.
    pub received_at: Timestamp,
    delivery_id: Option<Box<str>>,
    raw: Bytes,
    body_sha256: Box<str>,
}

/// A body that is not one JSON object in UTF-8. HighLevel sends nothing else; answer 400 and do not ask for a repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the webhook body is not a JSON object; hand over the raw request body, and check that nothing before it changes bodies"
)]
pub struct InvalidDelivery;

impl Delivery {
    /// Reads a body **without proving where it comes from**: for tests, and for bodies that were verified before they
    /// were stored. Everything else goes through [`Verifier::verify`](super::Verifier::verify).
    ///
    /// Any JSON object is a delivery, whatever its fields hold; [`InvalidDelivery`] comes back for anything else.
    ///
    /// ```
    /// use gohighlevel::webhooks::{Delivery, Event};
    /// use jiff::Timestamp;
    ///
    /// let body = r#"{"type":"TeaTime","locationId":"ve9EPM428h8vShlRW1KT"}"#;
    /// let delivery = Delivery::read(body, Timestamp::UNIX_EPOCH)?;
    /// assert!(matches!(&delivery.event, Event::Unknown { name: Some(name) } if name == "TeaTime"));
    /// assert_eq!(delivery.raw(), body.as_bytes());
    /// # Ok::<(), gohighlevel::webhooks::InvalidDelivery>(())
    /// ```
    pub fn read(body: impl Into<Bytes>, received_at: Timestamp) -> Result<Self, InvalidDelivery> {
        let raw = body.into();
        let fields = Fields::read(&raw).ok_or(InvalidDelivery)?;
        Ok(Self {
            event: Event::read(&fields),
            webhook_id: fields.scalar("webhookId"),
            location_id: fields.scalar("locationId"),
            company_id: fields.scalar("companyId"),
            app_id: fields.scalar("appId"),
            timestamp: fields.scalar("timestamp"),
            received_at,
            delivery_id: None,
            body_sha256: sha256_hex(&raw).into_boxed_str(),
            raw,
        })
    }

    /// The same delivery with what its `deliveryId` header said.
    pub(super) fn with_delivery_id(mut self, delivery_id: Option<Box<str>>) -> Self {
        self.delivery_id = delivery_id;
        self
    }

    /// The name under which this delivery is processed once and never again: the `webhookId` of the body; else the
    /// `deliveryId` header; else the SHA-256 of the body.
    ///
    /// The header is not covered by the signature. A body without `webhookId` can be replayed under another
    /// `deliveryId` by an attacker who captured it, so effects must also be unique by what the event is about (the
    /// `messageId` of a call).
    pub fn dedupe_key(&self) -> DedupeKey {
        DedupeKey(match (&self.webhook_id, &self.delivery_id) {
            (Some(id), _) => format!("webhook:{id}"),
            (None, Some(id)) => format!("delivery:{id}"),
            (None, None) => format!("sha256:{}", self.body_sha256),
        })
    }

    /// SHA-256 of the body in lower-case hex: evidence of what was received that holds nothing personal.
    pub fn body_sha256(&self) -> &str {
        &self.body_sha256
    }

    /// The body, byte for byte as it was received (and signed): a JSON object. Do not log it.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event", &self.event)
            .field("webhook_id", &self.webhook_id)
            .field("location_id", &self.location_id)
            .field("company_id", &self.company_id)
            .field("app_id", &self.app_id)
            .field("timestamp", &self.timestamp)
            .field("received_at", &self.received_at)
            .field("delivery_id", &self.delivery_id)
            .field("body_sha256", &self.body_sha256)
            .field("raw", &format_args!("[{} bytes]", self.raw.len()))
            .finish()
    }
}

/// The name of a delivery over all of its repeats; see [`Delivery::dedupe_key`]. Its prefix says what it was made of:
/// `webhook:`, `delivery:` or `sha256:`. It holds nothing personal and may be stored and logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The key as text, at most 300 bytes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DedupeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Delivery {
        Delivery::read(body, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn the_key_is_made_of_the_best_name_there_is() {
        let named = read(r#"{"webhookId":"w-1"}"#).with_delivery_id(Some("d-1".into()));
        assert_eq!(named.dedupe_key().as_str(), "webhook:w-1");
        let delivered =
            read(r#"{"type":"x","webhookId":null}"#).with_delivery_id(Some("d-1".into()));
        assert_eq!(delivered.dedupe_key().as_str(), "delivery:d-1");
        assert_eq!(
            read("{}").dedupe_key().as_str(),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert_ne!(read("{}").dedupe_key(), read("{ }").dedupe_key());
    }

    #[test]
    fn the_envelope_is_read_in_any_form() {
        let delivery = read(
            r#"{"webhookId":"w","locationId":"l","companyId":12,"appId":"a","timestamp":1780308000000}"#,
        );
        assert_eq!(delivery.company_id.unwrap().as_str(), "12");
        assert_eq!(
            delivery.timestamp.unwrap().to_string(),
            "2026-06-01T10:00:00Z"
        );
        let empty = read(
            r#"{"webhookId":"","locationId":null,"appId":{},"timestamp":-9223372036854775808}"#,
        );
        assert!(empty.webhook_id.is_none() && empty.location_id.is_none());
        assert!(empty.app_id.is_none() && empty.timestamp.is_none());
    }
}
