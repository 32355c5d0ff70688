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
/// use std::sync::Arc;
///
/// use gohighlevel::ids::LocationId;
/// use gohighlevel::webhooks::{ByLocation, Handler};
///
/// fn handlers(soleil: Arc<dyn Handler>, rest: Arc<dyn Handler>) -> Arc<dyn Handler> {
///     let location = LocationId::new("ve9EPM428h8vShlRW1KT").expect("an id");
///     Arc::new(ByLocation::new(rest).location(location, soleil))
/// }
/// ```
pub struct ByLocation {
    handlers: HashMap<LocationId, Arc<dyn Handler>>,
    rest: Arc<dyn Handler>,
}

impl ByLocation {
    /// All deliveries go to `rest`, until locations have handlers of their own.
    pub fn new(rest: Arc<dyn Handler>) -> Self {
        Self {
            handlers: HashMap::new(),
            rest,
        }
    }

    /// Those of this location go to `handler`.
    #[must_use]
    pub fn location(mut self, location: LocationId, handler: Arc<dyn Handler>) -> Self {
        self.handlers.insert(location, handler);
        self
    }

    fn handler_of(&self, delivery: &Delivery) -> &dyn Handler {
        let location = delivery.location_id.as_ref();
        let handler = location.and_then(|location| self.handlers.get(location));
        handler.unwrap_or(&self.rest).as_ref()
    }
}

#[async_trait]
impl Handler for ByLocation {
    fn wants(&self, delivery: &Delivery) -> bool {
        self.handler_of(delivery).wants(delivery)
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        self.handler_of(&delivery).handle(delivery).await
    }
}

impl fmt::Debug for ByLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByLocation")
            .field("locations", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}
