//! The contract of whoever takes deliveries: it may say yes only when nothing can be lost any more.

use std::error::Error;

use async_trait::async_trait;

use super::delivery::Delivery;

/// Takes proven deliveries.
///
/// `handle` returns `Ok` **only after the delivery is durable**: HighLevel is then told 200 and never sends it again,
/// so what is in memory alone is lost with the process. Work that takes long (calls to HighLevel, texts) comes after,
/// from what was stored.
///
/// The same delivery may come again and in any order; take each [`Delivery::dedupe_key`] once and return `Ok` for
/// repeats. Events of no interest are `Ok` too. If the delivery cannot be stored now, return [`NotDurable`]; HighLevel
/// is then told 429 and sends it again.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Makes the delivery durable.
    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable>;
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
