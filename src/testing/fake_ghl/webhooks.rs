//! Webhooks: made, signed, delivered in the background, and remembered with every attempt.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use url::Url;

use super::error::FakeGhlError;
use super::outgoing;
use super::signing::SigningKey;
use super::values::{fresh_uuid, wire_time};
use crate::clock::Clock;

/// How long a receiver may take to answer, on the machine's clock: HighLevel does not document its own patience.
const PATIENCE: Duration = Duration::from_secs(30);

/// After which answers a webhook is sent again, and how often. HighLevel's guides contradict each other; FakeGhl takes the
/// middle by default. Its pauses are shorter than HighLevel's, and have no jitter
/// ([`FakeGhlBuilder::redelivery_pause`](super::FakeGhlBuilder::redelivery_pause)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Redelivery {
    /// After 429 alone, six times with equal pauses, as HighLevel's older guide and its help article 155000007071 have it.
    AfterBusy,
    /// After 429 and when there is no answer, six times with pauses that double.
    #[default]
    AfterBusyOrSilence,
    /// After everything but a 2xx, twelve times with pauses that double, as the newer guide has it.
    AfterAnyFailure,
}

/// After which answers there is another attempt, and the pauses before them.
pub(super) struct Repeats {
    after: Redelivery,
    pauses: Vec<Duration>,
}

impl Redelivery {
    pub(super) fn pauses(self, first: Duration) -> Repeats {
        let doubling = |times: u32| (0..times).map(|time| first * 2_u32.pow(time)).collect();
        Repeats {
            after: self,
            pauses: match self {
                Self::AfterBusy => vec![first; 6],
                Self::AfterBusyOrSilence => doubling(6),
                Self::AfterAnyFailure => doubling(12),
            },
        }
    }

    fn follows(self, status: Option<u16>) -> bool {
        match status {
            Some(429) => true,
            None => self != Self::AfterBusy,
            Some(200..300) => false,
            Some(_) => self == Self::AfterAnyFailure,
        }
    }
}

/// One webhook and what became of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// The event's id, for which receivers look to find duplicates.
    pub webhook_id: String,
    /// The `deliveryId` header, the same in every attempt.
    pub delivery_id: String,
    /// The event's name, such as `InboundMessage`.
    #[serde(rename = "type")]
    pub event: String,
    /// The body as it was sent, byte for byte.
    pub body: String,
    /// The `X-GHL-Signature` header.
    pub signature: String,
    /// Every attempt in order; none while no webhook URL is set.
    pub attempts: Vec<DeliveryAttempt>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("webhook_id", &self.webhook_id)
            .field("event", &self.event)
            .field("body", &"[private]")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// When it began.
    pub time: Timestamp,
    /// The receiver's answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub problem: Option<String>,
}

/// Everything about webhooks that a running FakeGhl shares.
pub(super) struct Webhooks {
    key: SigningKey,
    clock: Arc<dyn Clock>,
    url: Mutex<Option<Url>>,
    repeats: Repeats,
    /// Whether webhooks are made and kept back.
    held: AtomicBool,
    made: Mutex<Made>,
    queue: mpsc::UnboundedSender<usize>,
    /// How many deliveries are under way.
    under_way: watch::Sender<usize>,
}

#[derive(Default)]
struct Made {
    deliveries: Vec<Delivery>,
    positions: HashMap<String, usize>,
}

impl Webhooks {
    /// The webhooks, and the queue that [`deliver`] works off.
    pub(super) fn new(
        key: SigningKey,
        clock: Arc<dyn Clock>,
        url: Option<Url>,
        repeats: Repeats,
    ) -> (Self, mpsc::UnboundedReceiver<usize>) {
        let (queue, orders) = mpsc::unbounded_channel();
        let webhooks = Self {
            key,
            clock,
            url: Mutex::new(url),
            repeats,
            held: AtomicBool::new(false),
            made: Mutex::default(),
            queue,
            under_way: watch::Sender::new(0),
        };
        (webhooks, orders)
    }

    pub(super) fn public_key_pem(&self) -> String {
        self.key.public_pem()
    }

    pub(super) fn set_url(&self, url: Url) {
        *self.url.lock().unwrap_or_else(PoisonError::into_inner) = Some(url);
    }

    pub(super) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    pub(super) fn deliveries_from(&self, position: usize) -> Vec<Delivery> {
        let made = self.made();
        made.deliveries.iter().skip(position).cloned().collect()
    }

    /// Puts the envelope around a payload, signs it and sends it off; answers its `webhookId`.
    pub(super) fn emit(
        &self,
        mut payload: Value,
        app_id: &str,
        version_id: &str,
        now: Timestamp,
    ) -> String {
        let webhook_id = fresh_uuid();
        payload["timestamp"] = json!(wire_time(now));
        payload["webhookId"] = json!(webhook_id);
        payload["appId"] = json!(app_id);
        payload["versionId"] = json!(version_id);
        let body = payload.to_string();
        let delivery = Delivery {
            webhook_id: webhook_id.clone(),
            delivery_id: fresh_uuid(),
            event: payload["type"].as_str().unwrap_or_default().to_owned(),
            signature: self.key.sign(body.as_bytes()),
            body,
            attempts: Vec::new(),
        };
        let mut made = self.made();
        let position = made.deliveries.len();
        made.deliveries.push(delivery);
        made.positions.insert(webhook_id.clone(), position);
        drop(made);
        if !self.held.load(Ordering::Relaxed) {
            self.send_off(position);
        }
        webhook_id
    }

    /// Delivers a webhook once more, with the same body and headers.
    pub(super) fn resend(&self, webhook_id: &str) -> Result<(), FakeGhlError> {
        let position = self
            .made()
            .positions
            .get(webhook_id)
            .copied()
            .ok_or_else(|| FakeGhlError::UnknownWebhook(webhook_id.to_owned()))?;
        self.send_off(position);
        Ok(())
    }

    /// Returns when nothing is being delivered.
    pub(super) async fn settled(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.under_way.subscribe().wait_for(|n| *n == 0).await;
    }

    fn send_off(&self, position: usize) {
        self.under_way.send_modify(|n| *n += 1);
        if self.queue.send(position).is_err() {
            self.under_way.send_modify(|n| *n -= 1);
        }
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All attempts of one delivery.
    async fn attempt_all(&self, position: usize) {
        let mut pauses = self.repeats.pauses.iter();
        loop {
            let url = self
                .url
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            let delivery = self.made().deliveries.get(position).cloned();
            let (Some(url), Some(delivery)) = (url, delivery) else {
                return;
            };
            let time = self.clock.now();
            let result = match tokio::time::timeout(PATIENCE, post(&url, &delivery)).await {
                Ok(result) => result,
                Err(_) => Err("no answer in 30 s".to_owned()),
            };
            let (status, problem) = match result {
                Ok(status) => (Some(status.as_u16()), None),
                Err(problem) => (None, Some(problem)),
            };
            if let Some(delivery) = self.made().deliveries.get_mut(position) {
                delivery.attempts.push(DeliveryAttempt {
                    time,
                    status,
                    problem,
                });
            }
            match (status, pauses.next()) {
                (status, Some(pause)) if self.repeats.after.follows(status) => {
                    self.clock.sleep(*pause).await;
                }
                _ => return,
            }
        }
    }
}

/// Reads the address of a receiver.
pub(super) fn webhook_url(text: &str) -> Result<Url, FakeGhlError> {
    let url = Url::parse(text).map_err(|error| FakeGhlError::WebhookUrl(error.to_string()))?;
    if url.scheme() != "http" || url.host().is_none() {
        return Err(FakeGhlError::WebhookUrl(
            "only http is supported".to_owned(),
        ));
    }
    Ok(url)
}

/// Works off the queue; every delivery runs beside the others, so that a slow one holds up none.
pub(super) async fn deliver(webhooks: Arc<Webhooks>, mut orders: mpsc::UnboundedReceiver<usize>) {
    let mut running = JoinSet::new();
    while let Some(position) = orders.recv().await {
        while running.try_join_next().is_some() {}
        let webhooks = Arc::clone(&webhooks);
        running.spawn(async move {
            webhooks.attempt_all(position).await;
            webhooks.under_way.send_modify(|n| *n -= 1);
        });
    }
}

async fn post(url: &Url, delivery: &Delivery) -> Result<StatusCode, String> {
    let headers = [
        ("x-ghl-signature", delivery.signature.as_str()),
        ("deliveryid", delivery.delivery_id.as_str()),
    ];
    let (status, _) = outgoing::post(url, &headers, delivery.body.clone()).await?;
    Ok(status)
}
