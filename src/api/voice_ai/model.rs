//! Voice AI agents and their calls as HighLevel gives them. What callers and agents say is not printed, nor how an action is
//! set up, which can hold keys of other services.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_with::{apply, serde_as};

use crate::api::listing::Entries;
use crate::ids::{
    ContactId, LocationId, MessageId, NumberPoolId, UserId, VoiceAiActionId, VoiceAiAgentId,
    VoiceAiCallId, WorkflowId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// What a Voice AI agent does in a call.
    pub enum VoiceAiActionType {
        /// Puts the caller through.
        CallTransfer = "CALL_TRANSFER",
        /// Writes what the caller said to the contact, after the call.
        DataExtraction = "DATA_EXTRACTION",
        /// The same during the call.
        InCallDataExtraction = "IN_CALL_DATA_EXTRACTION",
        /// Starts a workflow.
        WorkflowTrigger = "WORKFLOW_TRIGGER",
        /// Sends a text.
        Sms = "SMS",
        /// Books an appointment.
        AppointmentBooking = "APPOINTMENT_BOOKING",
        /// Asks another service.
        CustomAction = "CUSTOM_ACTION",
        /// Looks something up.
        KnowledgeBase = "KNOWLEDGE_BASE",
    }
}

/// A Voice AI agent.
#[apply(
    Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec<_> => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VoiceAiAgent {
    /// Its id.
    pub id: VoiceAiAgentId,
    /// The location it answers for.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    #[serde(rename = "agentName")]
    pub name: Option<String>,
    /// The business it speaks for.
    pub business_name: Option<String>,
    /// What it says first.
    pub welcome_message: Option<String>,
    /// What it is instructed to be and to do.
    #[serde(rename = "agentPrompt")]
    pub prompt: Option<String>,
    /// The voice it has.
    pub voice_id: Option<String>,
    /// The language it speaks, such as `en-US`.
    pub language: Option<String>,
    /// How long it waits for a slow caller: `low`, `medium` or `high`.
    #[serde(rename = "patienceLevel")]
    pub patience: Option<String>,
    /// How long a call lasts at most, in seconds.
    #[serde(rename = "maxCallDuration")]
    pub max_call_seconds: Option<u32>,
    /// Whether it speaks up when the caller says nothing.
    #[serde(rename = "sendUserIdleReminders")]
    pub reminds_idle_callers: Option<bool>,
    /// After how many seconds it does.
    #[serde(rename = "reminderAfterIdleTimeSeconds")]
    pub reminds_after_seconds: Option<u32>,
    /// The number whose calls it answers.
    pub inbound_number: Option<PhoneNumber>,
    /// The pool whose numbers it answers.
    pub number_pool_id: Option<NumberPoolId>,
    /// The workflows that start when a call ends.
    pub call_end_workflow_ids: Vec<WorkflowId>,
    /// Who hears of a call afterwards.
    #[serde(rename = "sendPostCallNotificationTo", default)]
    #[serde_as(deserialize_as = "LenientPart")]
    #[serde_with(skip_apply)]
    pub post_call_notification: Option<PostCallNotification>,
    /// When it answers; always if there is nothing.
    #[serde(rename = "agentWorkingHours")]
    pub working_hours: Vec<VoiceAiWorkingDay>,
    /// The time zone of its hours, as an IANA name.
    pub timezone: Option<String>,
    /// Whether it does not answer when nobody else does.
    #[serde(rename = "isAgentAsBackupDisabled")]
    pub is_backup_disabled: Option<bool>,
    /// How transcripts are translated.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    #[serde_with(skip_apply)]
    pub translation: Option<VoiceAiTranslation>,
    /// What it can do in a call.
    pub actions: Vec<VoiceAiAgentAction>,
}

/// Who hears of a call after it.
#[apply(
    Option<_> => #[serde_as(deserialize_as = "Lenient")],
    Vec<_> => #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PostCallNotification {
    /// Administrators.
    pub admins: Option<bool>,
    /// All users.
    pub all_users: Option<bool>,
    /// The user who looks after the contact.
    pub contact_assigned_user: Option<bool>,
    /// These users.
    pub specific_users: Vec<UserId>,
    /// These e-mail addresses.
    pub custom_emails: Vec<Private<String>>,
}

/// When an agent answers on one day of the week.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct VoiceAiWorkingDay {
    /// The day, from 1 for Monday to 7 for Sunday.
    #[serde(rename = "dayOfTheWeek")]
    #[serde_as(deserialize_as = "Lenient")]
    pub day: Option<u32>,
    /// The hours of that day.
    #[serde_as(deserialize_as = "LenientList")]
    pub intervals: Vec<VoiceAiInterval>,
}

/// A part of a day, on a clock with 24 hours.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct VoiceAiInterval {
    /// The hour it begins in.
    pub start_hour: Option<u32>,
    /// The minute it begins in.
    pub start_minute: Option<u32>,
    /// The hour it ends in.
    pub end_hour: Option<u32>,
    /// The minute it ends in.
    pub end_minute: Option<u32>,
}

/// How a transcript is translated.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VoiceAiTranslation {
    /// Whether it is.
    pub enabled: Option<bool>,
    /// Into which language, such as `es`.
    pub language: Option<String>,
    /// The translation, of a call.
    #[serde(alias = "translatedTranscript")]
    pub transcript: Option<Private<String>>,
}

/// Something that an agent can do in a call.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VoiceAiAgentAction {
    /// Its id.
    #[serde(alias = "_id")]
    pub id: VoiceAiActionId,
    /// What kind of action it is.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub action_type: Option<VoiceAiActionType>,
    /// The name that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// How it is set up; the form differs by kind.
    #[serde(rename = "actionParameters", default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub parameters: Option<Private<Value>>,
}

/// A call that an agent has answered.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VoiceAiCall {
    /// Its id.
    pub id: VoiceAiCallId,
    /// Who called.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// The agent.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub agent_id: Option<VoiceAiAgentId>,
    /// Whether the agent was deleted since.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_agent_deleted: Option<bool>,
    /// The message of the same call in the conversation.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub message_id: Option<MessageId>,
    /// The caller's number; `None` if it was withheld.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub from_number: Option<PhoneNumber>,
    /// When it began.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub created_at: Option<Timestamp>,
    /// How long it lasted, in seconds.
    #[serde(rename = "duration", default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub duration_seconds: Option<f64>,
    /// Whether somebody tried the agent out, and nobody called.
    #[serde(rename = "trialCall", default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_trial: Option<bool>,
    /// What the agent did.
    #[serde(rename = "executedCallActions", default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub actions: Vec<VoiceAiCallAction>,
    /// What it was about.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub summary: Option<Private<String>>,
    /// What was said.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub transcript: Option<Private<String>>,
    /// How the transcript was translated.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub translation: Option<VoiceAiTranslation>,
    /// What was found out, by names that the agent's set-up gives.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub extracted_data: Option<Private<Value>>,
}

/// What an agent did in a call.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct VoiceAiCallAction {
    /// The action of the agent.
    #[serde_as(deserialize_as = "Lenient")]
    pub action_id: Option<VoiceAiActionId>,
    /// What kind of action it was.
    #[serde_as(deserialize_as = "Lenient")]
    pub action_type: Option<VoiceAiActionType>,
    /// The name that people see.
    #[serde(rename = "actionName")]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// How it is set up; the form differs by kind.
    #[serde(rename = "actionParameters")]
    #[serde_as(deserialize_as = "LenientPart")]
    pub parameters: Option<Private<Value>>,
    /// When the caller gave cause for it.
    #[serde(rename = "triggerReceivedAt")]
    #[serde_as(deserialize_as = "Lenient")]
    pub triggered_at: Option<Timestamp>,
    /// When it was done.
    #[serde_as(deserialize_as = "Lenient")]
    pub executed_at: Option<Timestamp>,
}

#[serde_as]
#[derive(Deserialize)]
pub(super) struct AgentList {
    #[serde(default)]
    pub(super) agents: Entries<VoiceAiAgent>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) total: Option<u64>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallList {
    #[serde(default)]
    pub(super) call_logs: Entries<VoiceAiCall>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) total: Option<u64>,
}
