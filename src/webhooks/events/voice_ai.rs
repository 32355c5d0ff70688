//! Calls that a Voice AI agent has answered.

use jiff::Timestamp;

use crate::api::voice_ai::VoiceAiActionType;
use crate::ids::{ContactId, MessageId, VoiceAiAgentId, VoiceAiCallId};
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::webhooks::fields::Fields;

payload! {
    /// A call with a Voice AI agent that has ended. HighLevel sends it to apps with the scope
    /// `voice-ai-dashboard.readonly`. What it extracted, and how its actions are set up, is in
    /// [`Delivery::raw`](crate::webhooks::Delivery::raw).
    pub struct VoiceAiCall {
        /// The call, as [`VoiceAiCalls::get`](crate::api::voice_ai::VoiceAiCalls::get) takes it.
        call_id: Option<VoiceAiCallId> = scalar("id"),
        /// The agent.
        agent_id: Option<VoiceAiAgentId> = scalar("agentId"),
        /// Who called.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// The message of the same call in the conversation.
        message_id: Option<MessageId> = scalar("messageId"),
        /// The caller's number; `None` if it was withheld.
        from_number: Option<PhoneNumber> = scalar("fromNumber"),
        /// When the call began.
        created_at: Option<Timestamp> = scalar("createdAt"),
        /// How long it lasted, in seconds.
        duration_seconds: Option<f64> = scalar("duration"),
        /// What it was about.
        summary: Option<Private<String>> = scalar("summary"),
        /// What was said.
        transcript: Option<Private<String>> = scalar("transcript"),
        /// Whether somebody has tried the agent out, and nobody has called.
        is_trial: Option<bool> = scalar("trialCall"),
        /// What the agent did in the call.
        actions: Vec<VoiceAiAction> = payloads("executedCallActions"),
    }
}

payload! {
    /// What a Voice AI agent did in a call.
    pub struct VoiceAiAction {
        /// What kind of action it was.
        action_type: Option<VoiceAiActionType> = scalar("actionType"),
        /// What the action is called.
        name: Option<String> = scalar("actionName"),
        /// When the caller gave cause for it.
        triggered_at: Option<Timestamp> = scalar("triggerReceivedAt"),
        /// When it was done.
        executed_at: Option<Timestamp> = scalar("executedAt"),
    }
}

impl VoiceAiCall {
    /// Whether a body without `type`, which is how HighLevel's page shows the event, tells of such a call.
    pub(in crate::webhooks) fn is_in(fields: &Fields<'_>) -> bool {
        let agent: Option<VoiceAiAgentId> = fields.scalar("agentId");
        let trial: Option<bool> = fields.scalar("trialCall");
        agent.is_some() && trial.is_some()
    }
}
