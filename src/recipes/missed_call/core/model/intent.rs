//! The intent: exactly what an effect is about to do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ContactId, OpportunityId, PipelineId, PipelineStageId, TaskId, UserId, WorkflowId,
};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{Basis, Consent};
use crate::secret::Private;

/// Exactly what an effect is about to do. It is stored before the attempt. If the response is lost, the engine searches
/// HighLevel for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intent {
    /// Send this text to the contact.
    Text {
        /// The whole text.
        body: Private<String>,
        /// The number of the business it comes from; HighLevel's default if `None`.
        from: Option<PhoneNumber>,
        /// The number to send to, if it is not the contact's own.
        to: Option<PhoneNumber>,
        /// Why the person may be texted at this hour, for texts that keep quiet hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<String>,
        /// The name of the copy it was rendered from: the step's, or a variant's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
        /// The fingerprint of that copy, which approvals refer to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_fingerprint: Option<String>,
        /// The basis on which it is sent; `None` for texts of older releases.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// The consent, if the basis is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<Consent>,
    },
    /// Send this e-mail to the contact.
    Email {
        /// Its subject.
        subject: Private<String>,
        /// The plain-text body.
        text: Private<String>,
        /// The HTML body.
        html: Private<String>,
    },
    /// Put this tag on the contact.
    Tag {
        /// The tag.
        name: String,
    },
    /// Take this tag off the contact.
    Untag {
        /// The tag.
        name: String,
    },
    /// Give the team this task.
    Task {
        /// Its title.
        title: String,
        /// Its text.
        body: Private<String>,
        /// When it is due.
        due: Timestamp,
        /// The user it is assigned to.
        assignee: Option<UserId>,
    },
    /// Complete this task of the contact.
    CompleteTask {
        /// The task.
        task: TaskId,
    },
    /// Write this note on the contact.
    Note {
        /// Its text.
        body: Private<String>,
    },
    /// Fill in these fields of the contact.
    Fields {
        /// Custom fields by key.
        values: BTreeMap<String, Private<String>>,
        /// The contact's source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Move the contact's opportunity to this stage.
    Stage {
        /// The pipeline.
        pipeline: PipelineId,
        /// The stage.
        stage: PipelineStageId,
        /// The opportunity to move; a new one is created if `None`.
        opportunity: Option<OpportunityId>,
        /// The name of a new opportunity.
        name: Private<String>,
    },
    /// Turn on the contact's do-not-disturb for texts.
    DoNotDisturb,
    /// Put the contact into this workflow.
    Workflow {
        /// The workflow.
        workflow: WorkflowId,
    },
    /// Assign the contact to this user.
    Assign {
        /// The user.
        user: UserId,
    },
    /// Tell the team.
    Notify {
        /// The channel.
        to: NoticeTo,
        /// The headline.
        title: String,
        /// Its text.
        body: Private<String>,
    },
    /// Only write the ledger.
    Record {
        /// The words of the entry.
        what: String,
    },
}

/// How a notice reaches the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoticeTo {
    /// Through the service that embeds the engine.
    Host,
    /// By text to this contact.
    Text(ContactId),
    /// By e-mail to this contact.
    Email(ContactId),
}

/// What HighLevel shows afterwards of what was done.
#[derive(PartialEq, Eq)]
enum Trace {
    /// Words, by which alone it is recognised.
    Text,
    /// Something else.
    Other,
    /// Nothing that can be asked for.
    Nothing,
}

impl Intent {
    /// Whether doing it twice equals doing it once. If so, an attempt whose response is lost is simply repeated. A notice
    /// to the host carries the effect's id, by which the host recognises a repeat.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self {
            Self::Tag { .. }
            | Self::Untag { .. }
            | Self::CompleteTask { .. }
            | Self::Fields { .. }
            | Self::Assign { .. }
            | Self::DoNotDisturb
            | Self::Record { .. } => true,
            Self::Stage { opportunity, .. } => opportunity.is_some(),
            Self::Notify { to, .. } => *to == NoticeTo::Host,
            Self::Text { .. }
            | Self::Email { .. }
            | Self::Task { .. }
            | Self::Note { .. }
            | Self::Workflow { .. } => false,
        }
    }

    /// Whether HighLevel's record of it can only be recognised by its text, so that an older one may look the same.
    pub(crate) fn is_recognised_by_its_text(&self) -> bool {
        self.trace() == Trace::Text
    }

    /// Whether HighLevel can be asked afterwards if it was done. If not, it is never repeated.
    pub(crate) fn can_be_found(&self) -> bool {
        self.trace() != Trace::Nothing
    }

    /// Lists all intents, so that a new one must say what it leaves.
    fn trace(&self) -> Trace {
        match self {
            Self::Text { .. } | Self::Email { .. } | Self::Note { .. } | Self::Notify { .. } => {
                Trace::Text
            }
            Self::Workflow { .. } => Trace::Nothing,
            Self::Tag { .. }
            | Self::Untag { .. }
            | Self::Task { .. }
            | Self::CompleteTask { .. }
            | Self::Fields { .. }
            | Self::Stage { .. }
            | Self::DoNotDisturb
            | Self::Assign { .. }
            | Self::Record { .. } => Trace::Other,
        }
    }
}
