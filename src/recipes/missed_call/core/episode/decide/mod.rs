//! The question that is asked right before an effect: does it still hold, and what exactly is to be done?

mod basis;
mod circuit_breaker;
mod confirmation;
mod contact;
mod email;
mod task;
mod team;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::state::StepState;
use super::{Episode, later};
use crate::ids::{OpportunityId, PipelineId, PipelineStageId, UserId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{
    CallFlood, Consent, ConsentKind, LONGEST_WAIT, NotTextable, QuietHours, SendCounts,
};
use crate::recipes::missed_call::core::copy::MergeValues;
use crate::recipes::missed_call::core::model::Intent;
use crate::recipes::missed_call::core::model::PipelineFacts;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::{Step, StepAction, StepTrigger};
use crate::secret::Private;

/// What is known at the time of the question.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Facts {
    /// For the text.
    Text(TextFacts),
    /// For the e-mail.
    Email(EmailFacts),
    /// Tags, completed tasks, fields, workflows and marks need none.
    Tag,
    /// For the task, and for the contact's new owner.
    Task(TaskFacts),
    /// For the stage.
    Stage(StageFacts),
    /// For what the team reads: a note, or word to somebody.
    Team(TeamFacts),
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
    /// When the other texts of the last day went to the caller.
    pub sent: Vec<Timestamp>,
    /// What became of the location's texts of the last days in UTC, for [`sending`](crate::recipes::missed_call::core::compliance::sending).
    pub counts: Vec<SendCounts>,
    /// When and how often people may be texted; the rules that come with the crate if `None`.
    pub quiet_hours: Option<Arc<QuietHours>>,
    /// The flood that the call came in, going by the calls alone.
    pub flood: Option<CallFlood>,
    /// When the contact was made.
    pub contact_made_at: Option<Timestamp>,
}

impl TextFacts {
    fn quiet_hours(&self) -> &QuietHours {
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

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Do this.
    Proceed(Intent),
    /// Ask again then: now the person is not to be texted.
    Defer {
        /// When.
        until: Timestamp,
        /// The hours that keep it, in a sentence.
        why: String,
    },
    /// Do not, for this reason; tell the episode that the effect ended so.
    Skip(Reason),
    /// The episode has ended this effect already; forget it.
    Obsolete,
}

impl Episode {
    /// Whether the step still holds, and what exactly is to be done. `facts` must be of the step's kind.
    pub fn decide(&self, name: &StepName, facts: &Facts, now: Timestamp) -> Decision {
        let Some(step) = self.recipe.step(name) else {
            return Decision::Obsolete;
        };
        let overtaken = match self.state.step(name) {
            Some(StepState::Planned | StepState::Attempting) => None,
            Some(StepState::Stopping(reason)) => Some(reason),
            _ => return Decision::Obsolete,
        };
        match (&step.action, facts, overtaken) {
            (StepAction::Text(text), Facts::Text(facts), _) => {
                self.decide_text(name, step, text, overtaken, facts, now)
            }
            (StepAction::Email(email), Facts::Email(facts), _) => {
                self.decide_email(name, email, overtaken, facts, now)
            }
            (StepAction::ConfirmOptOut(body), Facts::Text(facts), _) => {
                self.decide_confirmation(name, body, facts, now)
            }
            (_, _, Some(reason)) => Decision::Skip(reason.clone()),
            (StepAction::Tag(tag), Facts::Tag, None) => Decision::Proceed(Intent::Tag {
                name: tag.name.clone(),
            }),
            (StepAction::Untag(tag), Facts::Tag, None) => Decision::Proceed(Intent::Untag {
                name: tag.name.clone(),
            }),
            (StepAction::Task(task), Facts::Task(facts), None) => {
                self.decide_task(name, step, task, facts)
            }
            (StepAction::CompleteTask(of), Facts::Tag, None) => self.decide_completion(of),
            (StepAction::Note(note), Facts::Team(facts), None) => self.decide_note(note, facts),
            (StepAction::Notify(notify), Facts::Team(facts), None) => {
                self.decide_notice(notify, facts)
            }
            (StepAction::Fields(fields), Facts::Tag, None) => self.decide_fields(fields),
            (StepAction::Stage(stage), Facts::Stage(facts), None) => {
                self.decide_stage(stage, facts)
            }
            (StepAction::DoNotDisturb, Facts::Tag, None) => Decision::Proceed(Intent::DoNotDisturb),
            (StepAction::Workflow(workflow), Facts::Tag, None) => {
                Decision::Proceed(Intent::Workflow {
                    workflow: workflow.clone(),
                })
            }
            (StepAction::Assign(_), Facts::Task(facts), None) => match &facts.assignee {
                Some(user) => Decision::Proceed(Intent::Assign { user: user.clone() }),
                None => Decision::Skip(Reason::Needless),
            },
            (StepAction::Record(what), Facts::Tag, None) => {
                Decision::Proceed(Intent::Record { what: what.clone() })
            }
            _ => Decision::Obsolete,
        }
    }

    /// Why a message must not go out whatever it says. The order is that of the ledger's interest: a refusal by the
    /// person outranks everything else.
    fn refusal_of_message(
        &self,
        suppressed: bool,
        do_not_disturb: Option<Reason>,
        overtaken: Option<&Reason>,
    ) -> Option<Reason> {
        suppressed
            .then_some(Reason::Suppressed)
            .or(do_not_disturb)
            .or_else(|| self.state.opted_out.clone())
            .or_else(|| overtaken.cloned())
    }

    /// Whether the recipe leaves contacts with one of these tags to others.
    fn refusal_of_tags(&self, tags: &[String]) -> Option<Reason> {
        let untexted = &self.recipe.untexted_tags;
        let found = tags.iter().any(|tag| untexted.contains(tag));
        found.then_some(Reason::NotTextable(NotTextable::Tagged))
    }

    /// Whether it is too late for a text: for one that answers the call when the call is older than `max_age`, for any
    /// other when its time is as long ago and a day more: it may have had to wait for the morning.
    pub(crate) fn is_stale(&self, name: &StepName, now: Timestamp) -> bool {
        let Some(step) = self.recipe.step(name) else {
            return false;
        };
        let max_age = self.recipe.call.max_age;
        let latest = if self.recipe.is_first_reply(step) {
            later(self.state.call_ended_at, max_age)
        } else {
            later(self.time_of(name), max_age + LONGEST_WAIT)
        };
        now > latest
    }

    /// When the step's time was.
    pub(crate) fn time_of(&self, name: &StepName) -> Timestamp {
        match self.recipe.step(name) {
            Some(step) => later(self.set_off_at(name, step), step.after),
            None => self.state.call_ended_at,
        }
    }

    /// When happened what the step follows.
    pub(super) fn set_off_at(&self, name: &StepName, step: &Step) -> Timestamp {
        match &step.on {
            StepTrigger::Missed => self.state.call_ended_at,
            _ => self
                .state
                .set_off
                .get(name)
                .copied()
                .unwrap_or(self.state.call_ended_at),
        }
    }
}
