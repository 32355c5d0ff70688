//! What a decision depends on, read right before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ids::{OpportunityId, PipelineId, PipelineStageId, UserId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{
    CallFlood, Consent, ConsentAnswer, ConsentKind, QuietHours, SendCounts,
};
use crate::recipes::missed_call::core::copy::MergeValues;
use crate::recipes::missed_call::core::model::PipelineFacts;
use crate::secret::Private;

/// What is known at the time of the question.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Facts {
    /// For the text.
    Text(TextFacts),
    /// For the e-mail.
    Email(EmailFacts),
    /// For tags, completed tasks, fields, do-not-disturb, workflows and records: the decision needs none.
    NotNeeded,
    /// For the task, and for the contact's new owner.
    Task(TaskFacts),
    /// For the stage.
    Stage(StageFacts),
    /// For what the team reads: a note, or word to somebody.
    Team(TeamFacts),
}

impl Facts {
    pub(super) fn text(&self) -> Option<&TextFacts> {
        match self {
            Self::Text(facts) => Some(facts),
            Self::Email(_) | Self::NotNeeded | Self::Task(_) | Self::Stage(_) | Self::Team(_) => {
                None
            }
        }
    }

    pub(super) fn email(&self) -> Option<&EmailFacts> {
        match self {
            Self::Email(facts) => Some(facts),
            Self::Text(_) | Self::NotNeeded | Self::Task(_) | Self::Stage(_) | Self::Team(_) => {
                None
            }
        }
    }

    pub(super) fn not_needed(&self) -> Option<()> {
        match self {
            Self::NotNeeded => Some(()),
            Self::Text(_) | Self::Email(_) | Self::Task(_) | Self::Stage(_) | Self::Team(_) => None,
        }
    }

    pub(super) fn task(&self) -> Option<&TaskFacts> {
        match self {
            Self::Task(facts) => Some(facts),
            Self::Text(_) | Self::Email(_) | Self::NotNeeded | Self::Stage(_) | Self::Team(_) => {
                None
            }
        }
    }

    pub(super) fn stage(&self) -> Option<&StageFacts> {
        match self {
            Self::Stage(facts) => Some(facts),
            Self::Text(_) | Self::Email(_) | Self::NotNeeded | Self::Task(_) | Self::Team(_) => {
                None
            }
        }
    }

    pub(super) fn team(&self) -> Option<&TeamFacts> {
        match self {
            Self::Team(facts) => Some(facts),
            Self::Text(_) | Self::Email(_) | Self::NotNeeded | Self::Task(_) | Self::Stage(_) => {
                None
            }
        }
    }
}

/// What the text depends on, read right before it is sent.
#[derive(Debug, Clone, Default)]
pub struct TextFacts {
    /// The contact's names.
    pub first_name: Option<Private<String>>,
    /// See `first_name`.
    pub last_name: Option<Private<String>>,
    /// See `first_name`.
    pub name: Option<Private<String>>,
    /// The contact's own number.
    pub phone: Option<PhoneNumber>,
    /// Whether the contact has do-not-disturb on for texts.
    pub do_not_disturb: bool,
    /// The contact's tags, in small letters.
    pub tags: Vec<String>,
    /// Whether the caller, the contact or its number is on the suppression list.
    pub suppressed: bool,
    /// Whether one of them is on it because a reply leaves a doubt that nobody has decided.
    pub doubtful: bool,
    /// Whether HighLevel has said of an earlier text that the number it would go to is a landline.
    pub landline: bool,
    /// What HighLevel calls the location.
    pub location_name: Option<String>,
    /// The business's phone number in HighLevel.
    pub location_phone: Option<String>,
    /// The location's custom values by key.
    pub custom_values: BTreeMap<String, String>,
    /// Where the contact is, which decides the hours and the number of texts.
    pub place: PlaceOfContact,
    /// The caller's last consent to texts of each kind.
    pub consents: BTreeMap<ConsentKind, Consent>,
    /// What the host's own records say. It is asked for a text that is more than the answer to the call, if the host has such
    /// records.
    pub host_consent: Option<Box<ConsentAnswer>>,
    /// When the other texts of the last day went to the caller.
    pub sent: Vec<Timestamp>,
    /// What became of the location's texts of the last days in UTC, for [`sending`](crate::recipes::missed_call::core::compliance::sending).
    pub counts: Vec<SendCounts>,
    /// When and how often people may be texted; the rules that come with the crate if `None`.
    pub quiet_hours: Option<Arc<QuietHours>>,
    /// The flood that the call came in, going by the calls alone.
    pub flood: Option<CallFlood>,
    /// Whether nothing will be sent: a dry run. No caller is assigned to an arm then.
    pub dry_run: bool,
    /// How many callers of the location are assigned to the recipe's experiment, where it ends after a number of them.
    pub assigned: u64,
    /// When the contact was made.
    pub contact_made_at: Option<Timestamp>,
}

impl TextFacts {
    pub(super) fn quiet_hours(&self) -> &QuietHours {
        let own = self.quiet_hours.as_deref();
        own.unwrap_or_else(|| QuietHours::built_in())
    }
}

/// Where a contact is, as HighLevel has it.
#[derive(Debug, Clone, Default)]
pub struct PlaceOfContact {
    /// The contact's time zone, an IANA name.
    pub zone: Option<String>,
    /// The contact's state, as somebody filled it in.
    pub state: Option<Private<String>>,
    /// The contact's country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The location's time zone.
    pub location_zone: Option<String>,
    /// The location's setting that contacts' zones do not count.
    pub zone_disabled: bool,
}

/// What the task depends on.
#[derive(Debug, Clone, Default)]
pub struct TaskFacts {
    /// Whom the recipe's assignment means just now.
    pub assignee: Option<UserId>,
    /// What the team needs to answer.
    pub caller: CallerFacts,
}

/// What somebody of the team needs to answer the caller.
#[derive(Debug, Clone, Default)]
pub struct CallerFacts {
    /// The last words that the caller wrote, if they have written since the call.
    pub last_words: Option<Private<String>>,
    /// The address of the contact's page in HighLevel's app, with the conversation.
    pub page: Option<String>,
}

/// What an e-mail depends on, read right before it is sent.
#[derive(Debug, Clone, Default)]
pub struct EmailFacts {
    /// What its template is filled with.
    pub values: MergeValues,
    /// Whether the contact has an address.
    pub has_address: bool,
    /// Whether the contact has do-not-disturb on for e-mail.
    pub do_not_disturb: bool,
    /// The contact's tags, in small letters.
    pub tags: Vec<String>,
    /// Whether the caller, the contact or its number is on the suppression list.
    pub suppressed: bool,
    /// Whether one of them is on it because a reply leaves a doubt that nobody has decided.
    pub doubtful: bool,
}

/// What moving an opportunity depends on.
#[derive(Debug, Clone, Default)]
pub struct StageFacts {
    /// The pipelines of the location.
    pub pipelines: Vec<PipelineFacts>,
    /// The contact's opportunities.
    pub opportunities: Vec<OpportunityFacts>,
    /// What a new opportunity is called: the contact's name.
    pub contact_name: Option<Private<String>>,
}

/// An opportunity and how far it has come.
#[derive(Debug, Clone)]
pub struct OpportunityFacts {
    /// Its id.
    pub id: OpportunityId,
    /// The pipeline.
    pub pipeline: Option<PipelineId>,
    /// The stage.
    pub stage: Option<PipelineStageId>,
    /// Whether it is neither won nor lost nor given up.
    pub open: bool,
}

/// What the team reads of the call, beside what the episode knows.
#[derive(Debug, Clone, Default)]
pub struct TeamFacts {
    /// The contact's name.
    pub contact_name: Option<Private<String>>,
    /// The location's time zone, an IANA name.
    pub zone: Option<String>,
    /// The last text that was sent to the caller.
    pub sent_text: Option<Private<String>>,
    /// What the team needs to answer.
    pub caller: CallerFacts,
}
