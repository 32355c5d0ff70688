//! Missed calls as HighLevel reports them, and the recipe for them.

use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::recipes::missed_call::{Preset, Recipe};
use serde_json::json;

use crate::scale::callers;

/// The preset `soleil`, without the limits on floods of calls.
pub(crate) fn recipe() -> Recipe {
    let source = Preset::Soleil.recipe().source().to_owned();
    let source = source.replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
    Recipe::from_toml("soleil.toml", &source).expect("a recipe")
}

/// The body of a webhook: a missed call that ended just now.
pub(crate) fn missed_call(number: u64) -> String {
    let now = SystemClock.now();
    let body = json!({
        "type": "InboundMessage", "locationId": callers::location(number), "direction": "inbound",
        "contactId": callers::name(2, number), "conversationId": callers::name(3, number),
        "messageId": callers::name(1, number), "webhookId": callers::name(4, number),
        "messageType": "CALL", "messageTypeId": 1, "messageTypeString": "TYPE_CALL",
        "callStatus": "no-answer", "status": "no-answer", "callDuration": 0, "attachments": [],
        "from": callers::phone(number), "to": "+13125550100", "dateAdded": now, "timestamp": now,
    });
    body.to_string()
}
