//! The contract of a handler of deliveries: it may say yes only when nothing can be lost any more.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;

use super::delivery::Delivery;

/// Handles proven deliveries. An `Arc` of a handler is a handler too.
///
/// `handle` returns `Ok` **only after the delivery is durable**: HighLevel then gets a 200 and never sends it again,
/// so what is in memory alone is lost with the process. Work that takes long (calls to HighLevel, texts) comes after,
/// from what was stored.
///
/// The same delivery may come again and in any order; process each [`Delivery::dedupe_key`] once and return `Ok` for
/// repeats. Events of no interest are `Ok` too, and cost nothing where [`wants`](Self::wants) says so. If the delivery
/// cannot be stored now, return [`NotDurable`]; HighLevel then gets a 429 and sends it again.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Whether there is anything to do about such a delivery. If not, HighLevel gets a 200 at once and `handle` is not
    /// called. Asked of every proven delivery before anything else is done, so decide by what it says alone: no
    /// waiting, nothing stored. Everything is wanted unless a handler says otherwise.
    fn wants(&self, delivery: &Delivery) -> bool {
        let _ = delivery;
        true
    }

    /// Makes the delivery durable.
    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable>;
}

#[async_trait]
impl<H: Handler + ?Sized> Handler for Arc<H> {
    fn wants(&self, delivery: &Delivery) -> bool {
        (**self).wants(delivery)
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        (**self).handle(delivery).await
    }
}

/// The delivery could not be made durable; HighLevel must send it again.
///
/// The reason is logged: it must hold nothing personal.
#[derive(Debug, thiserror::Error)]
#[error("the delivery could not be made durable, so HighLevel is asked to send it again: {0}")]
pub struct NotDurable(#[source] Box<dyn Error + Send + Sync>);

impl NotDurable {
    /// Takes an error, or a text, as the reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}
