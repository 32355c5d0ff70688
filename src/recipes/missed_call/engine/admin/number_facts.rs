//! How a location's numbers are set up, as far as missed calls are concerned.

use futures_util::{StreamExt, TryStreamExt};

use crate::api::phone_numbers::{InboundCallServiceType, NumbersQuery, OwnedNumber};
use crate::client::Location;
use crate::error::{ErrorKind, Result};
use crate::recipes::missed_call::core::recipe::NumberFacts;

/// The numbers of a location; none if it has no phone system.
pub(crate) async fn number_facts(location: &Location) -> Result<Vec<NumberFacts>> {
    let numbers = location.phone_numbers();
    let query = NumbersQuery::default();
    let found: Result<Vec<OwnedNumber>> = numbers.stream(&query).boxed().try_collect().await;
    match found {
        Ok(found) => Ok(found.into_iter().filter_map(facts).collect()),
        // HighLevel says so of a location without a phone system.
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn facts(owned: OwnedNumber) -> Option<NumberFacts> {
    let service = owned.inbound_call_service;
    let service = service.and_then(|service| service.service_type);
    Some(NumberFacts {
        number: owned.phone_number?,
        forwards_to: owned.forwarding_number,
        forwards: service == Some(InboundCallServiceType::Forward),
        voice_ai: service == Some(InboundCallServiceType::VoiceAi),
        menu: service == Some(InboundCallServiceType::Ivr),
        texts: owned.capabilities.and_then(|can| can.sms),
    })
}
