//! How a location's numbers and texts are set up, as far as missed calls are concerned.

use futures_util::{StreamExt, TryStreamExt};

use crate::api::locations::ProviderChannel;
use crate::api::phone_numbers::{InboundCallServiceType, NumbersQuery, OwnedNumber};
use crate::api::voice_ai::{VoiceAiAgent, VoiceAiAgentQuery};
use crate::client::Location;
use crate::error::{ErrorKind, Result};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::recipe::NumberFacts;

/// What HighLevel calls its own phone systems, in small letters. Its file gives `Twilio` as an example.
const OWN_PROVIDERS: [&str; 4] = ["leadconnector", "lc phone", "twilio", "highlevel"];

/// The numbers of a location; none if it has no phone system.
pub(crate) async fn number_facts(location: &Location) -> Result<Vec<NumberFacts>> {
    let numbers = location.phone_numbers();
    let query = NumbersQuery::default();
    let found: Result<Vec<OwnedNumber>> = numbers.stream(&query).boxed().try_collect().await;
    let found = match found {
        Ok(found) => found,
        // HighLevel says so of a location without a phone system.
        Err(error) if *error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut facts: Vec<NumberFacts> = found.into_iter().filter_map(facts).collect();
    if !facts.is_empty() {
        let answered = answered_by_agents(location).await;
        for known in &mut facts {
            known.voice_ai |= answered.contains(&known.number);
        }
    }
    Ok(facts)
}

/// The numbers that agents answer. A number does not say so itself if its agent is a backup.
async fn answered_by_agents(location: &Location) -> Vec<PhoneNumber> {
    let query = VoiceAiAgentQuery::default();
    let agents = location.voice_ai_agents();
    let found: Result<Vec<VoiceAiAgent>> = agents.stream(&query).boxed().try_collect().await;
    match found {
        Ok(agents) => agents
            .into_iter()
            .filter_map(|agent| agent.inbound_number)
            .collect(),
        // Many apps have no scope for agents, and need none for anything else.
        Err(error) => {
            tracing::info!(
                location = %location.id(),
                %error,
                "the location's Voice AI agents could not be read; there is no warning of any"
            );
            Vec::new()
        }
    }
}

/// The provider that carries the location's texts, if it is none of HighLevel's own. `None` too if it cannot be read: version 2
/// of the API does not say.
pub(crate) async fn other_text_provider(location: &Location) -> Option<String> {
    let providers = location.conversation_providers(&ProviderChannel::Sms);
    let providers = providers.await.ok()?;
    let taken = providers
        .into_iter()
        .find(|provider| provider.is_default == Some(true))?;
    let name = taken.name?;
    let is_own = |own: &&str| name.to_lowercase().contains(*own);
    (!OWN_PROVIDERS.iter().any(is_own)).then_some(name)
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
