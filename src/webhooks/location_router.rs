//! One address for all locations of an app: deliveries go to the handler of their location.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::delivery::Delivery;
use super::handler::{Handler, NotDurable};
use crate::ids::LocationId;

/// Hands each delivery to the handler of its location, and all others to one of their own: locations without a handler,
/// and events of an agency, which name none.
///
/// ```
/// use gohighlevel::ids::LocationId;
/// use gohighlevel::webhooks::{Handler, LocationRouter};
///
/// fn handlers(soleil: impl Handler, rest: impl Handler) -> impl Handler {
///     let location = LocationId::new("ve9EPM428h8vShlRW1KT").expect("an id");
///     LocationRouter::new(rest).location(location, soleil)
/// }
/// ```
pub struct LocationRouter {
    handlers: HashMap<LocationId, Arc<dyn Handler>>,
    rest: Arc<dyn Handler>,
}

impl LocationRouter {
    /// All deliveries go to `rest`, until locations have handlers of their own.
    pub fn new(rest: impl Handler) -> Self {
        Self {
            handlers: HashMap::new(),
            rest: Arc::new(rest),
        }
    }

    /// Those of this location go to `handler`.
    #[must_use]
    pub fn location(mut self, location: LocationId, handler: impl Handler) -> Self {
        self.handlers.insert(location, Arc::new(handler));
        self
    }

    fn handler_of(&self, delivery: &Delivery) -> &dyn Handler {
        let location = delivery.location_id.as_ref();
        let handler = location.and_then(|location| self.handlers.get(location));
        handler.unwrap_or(&self.rest).as_ref()
    }
}

#[async_trait]
impl Handler for LocationRouter {
    fn wants(&self, delivery: &Delivery) -> bool {
        self.handler_of(delivery).wants(delivery)
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        self.handler_of(&delivery).handle(delivery).await
    }
}

impl fmt::Debug for LocationRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocationRouter")
            .field("locations", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}
