//! A step of a recipe: what it follows, when, what stops it, and what is done.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;

use jiff::SignedDuration;

use super::numbers::NumberFilter;
use super::variants::TextVariant;
use crate::client::Lane;
use crate::ids::{ContactId, PipelineStageId, UserId, WorkflowId};
use crate::recipes::missed_call::core::copy::{Approval, Arm, Template};
use crate::recipes::missed_call::core::model::{PipelineFacts, StepName, Trigger};
use crate::secret::Private;

/// One step: what it follows, and what is done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) on: StepTrigger,
    /// The calls that it is for.
    pub(crate) only_for: NumberFilter,
    /// The wait between that and the step.
    pub(crate) after: SignedDuration,
    /// The triggers that stop it.
    pub(crate) stops_on: BTreeSet<Trigger>,
    pub(crate) action: StepAction,
}

/// What a step follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StepTrigger {
    /// The missed call that opens the episode.
    Missed,
    /// This many missed calls in one episode.
    MissedCalls(u32),
    /// Anything else.
    After(Trigger),
    /// That this message could not be sent, though the caller may be reached in another way.
    NotSent(StepName),
    /// That HighLevel has accepted this text and then says that it was not delivered.
    NotDelivered(StepName),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StepAction {
    Text(TextStep),
    Email(EmailStep),
    Tag(TagStep),
    Untag(TagStep),
    Task(TaskStep),
    /// Completes the task that this step made.
    CompleteTask(StepName),
    Note(NoteStep),
    Fields(FieldsStep),
    Stage(StageStep),
    /// Confirms an opt-out with these words, once.
    ConfirmOptOut(Template),
    /// Turns on the contact's do-not-disturb for texts.
    DoNotDisturb,
    /// Puts the contact into this workflow.
    Workflow(WorkflowId),
    /// Assigns the contact to this user, unless it is assigned.
    Assign(Assignee),
    Notify(NotifyStep),
    /// Writes these words into the ledger.
    Record(String),
}

/// Whom an action reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The caller, by a text.
    Text,
    /// The caller, by the text that confirms an opt-out.
    Confirmation,
    /// The caller, by e-mail.
    Email,
    /// The team, or whom a workflow reaches.
    Others,
    /// Nobody: it only changes records.
    Nobody,
}

impl StepAction {
    /// Its name, as recipes write it in `do`.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Email(_) => "email",
            Self::Tag(_) => "tag",
            Self::Untag(_) => "untag",
            Self::Task(_) => "task",
            Self::CompleteTask(_) => "complete_task",
            Self::Note(_) => "note",
            Self::Fields(_) => "fields",
            Self::Stage(_) => "stage",
            Self::ConfirmOptOut(_) => "confirm_opt_out",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Workflow(_) => "workflow",
            Self::Assign(_) => "assign",
            Self::Notify(notify) => match notify.about {
                NoticeKind::Call => "notify",
                NoticeKind::HandOff => "hand_off",
                NoticeKind::Escalation => "escalate",
            },
            Self::Record(_) => "record",
        }
    }

    /// Lists all actions, so that a new one must say whom it reaches.
    fn reach(&self) -> Reach {
        match self {
            Self::Text(_) => Reach::Text,
            Self::ConfirmOptOut(_) => Reach::Confirmation,
            Self::Email(_) => Reach::Email,
            Self::Task(_) | Self::Workflow(_) | Self::Notify(_) => Reach::Others,
            Self::Tag(_)
            | Self::Untag(_)
            | Self::CompleteTask(_)
            | Self::Note(_)
            | Self::Fields(_)
            | Self::Stage(_)
            | Self::DoNotDisturb
            | Self::Assign(_)
            | Self::Record(_) => Reach::Nobody,
        }
    }
}

impl Step {
    /// The lane in which it is performed: the caller waits for a text.
    pub(crate) fn lane(&self) -> Lane {
        if self.is_text() {
            Lane::Interactive
        } else {
            Lane::Background
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&TextStep> {
        match &self.action {
            StepAction::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the caller gets a text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.action.reach(), Reach::Text | Reach::Confirmation)
    }

    /// Whether the caller gets a message, which must not be sent after an opt-out.
    pub(crate) fn is_message(&self) -> bool {
        matches!(self.action.reach(), Reach::Text | Reach::Email)
    }

    /// What has happened when the step is done.
    pub(crate) fn makes_happen(&self) -> Option<Trigger> {
        match &self.action {
            StepAction::Notify(notify) => match notify.about {
                NoticeKind::Call => None,
                NoticeKind::HandOff => Some(Trigger::HandedOff),
                NoticeKind::Escalation => Some(Trigger::Escalated),
            },
            _ => None,
        }
    }

    /// Whether the team gets word of the call, itself or by a workflow.
    pub(crate) fn reaches_the_team(&self) -> bool {
        self.action.reach() == Reach::Others
    }

    /// Whether it tells the caller or the team of the call.
    pub(crate) fn reaches_somebody(&self) -> bool {
        matches!(
            self.action.reach(),
            Reach::Text | Reach::Email | Reach::Others
        )
    }
}

/// A text to the caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextStep {
    pub(crate) body: Template,
    /// Added after the body, once; without it nothing is added.
    pub(crate) opt_out: Option<String>,
    /// The most segments that it may take.
    pub(crate) max_segments: NonZeroU8,
    /// The body's place in an experiment.
    pub(crate) arm: Option<Arm>,
    /// Other words for some calls.
    pub(crate) variants: Vec<TextVariant>,
    /// The approvals of its words.
    pub(crate) approvals: Vec<Approval>,
}

/// The tag on the contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TagStep {
    /// In small letters, as HighLevel keeps it.
    pub(crate) name: String,
}

/// The task for the team.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskStep {
    pub(crate) title: String,
    /// Counted from what the step follows.
    pub(crate) due_after: SignedDuration,
    pub(crate) assign_to: Assignee,
}

/// The user to whom a task or contact is assigned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Assignee {
    /// The user to whom the contact is assigned, if there is one.
    ContactOwner,
    /// Nobody: the task is unassigned.
    Nobody,
    /// This user.
    User(UserId),
    /// The user who signs in with this e-mail address.
    UserEmail(Private<String>),
}

/// An e-mail to the caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EmailStep {
    pub(crate) subject: Template,
    pub(crate) body: Template,
}

/// A note on the contact: these words, and what is known of the call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NoteStep {
    pub(crate) body: Option<String>,
}

/// Fields of the contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldsStep {
    /// Custom fields by their key without `contact.`.
    pub(crate) values: BTreeMap<String, FieldValue>,
    /// Where the contact came from.
    pub(crate) source: Option<String>,
}

/// The value of a custom field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FieldValue {
    Words(String),
    Call(CallFact),
}

/// Something that is known of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallFact {
    Caller,
    Called,
    EndedAt,
    MissedCalls,
}

impl CallFact {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("call.caller", Self::Caller),
        ("call.called", Self::Called),
        ("call.ended_at", Self::EndedAt),
        ("call.missed_calls", Self::MissedCalls),
    ];
}

/// A stage of a pipeline, both by name or id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StageStep {
    pub(crate) pipeline: String,
    pub(crate) stage: String,
}

impl StageStep {
    pub(crate) fn pipeline_in<'p>(
        &self,
        pipelines: &'p [PipelineFacts],
    ) -> Option<&'p PipelineFacts> {
        let is_it = |found: &&PipelineFacts| {
            is_named(found.id.as_str(), found.name.as_ref(), &self.pipeline)
        };
        pipelines.iter().find(is_it)
    }

    pub(crate) fn stage_in<'p>(&self, pipeline: &'p PipelineFacts) -> Option<&'p PipelineStageId> {
        let stages = &mut pipeline.stages.iter();
        let found = stages.find(|(id, name)| is_named(id.as_str(), name.as_ref(), &self.stage));
        found.map(|(id, _)| id)
    }
}

fn is_named(id: &str, name: Option<&String>, wanted: &str) -> bool {
    id == wanted || name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

/// A notice to the team.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NotifyStep {
    pub(crate) about: NoticeKind,
    pub(crate) to: NoticeRecipient,
    /// The headline.
    pub(crate) title: String,
}

/// The subject of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// The call.
    Call,
    /// A person has to take over the conversation.
    HandOff,
    /// A manager has to.
    Escalation,
}

/// Who gets a notice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NoticeRecipient {
    /// The service that embeds the engine.
    Host,
    /// This contact, by text: HighLevel texts contacts only.
    TextTo(ContactId),
    /// This contact, by e-mail.
    EmailTo(ContactId),
}
