//! What exactly is to be done for one effect.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ContactId, OpportunityId, PipelineId, PipelineStageId, TaskId, UserId, WorkflowId,
};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{Basis, Consent};
use crate::secret::Private;

/// What exactly is to be done. It is stored before the attempt, and looked for after an attempt whose answer was lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Intent {
    /// Send this text to the contact.
    Text {
        /// The whole text.
        body: Private<String>,
        /// The number of the business it comes from; HighLevel's default where unknown.
        from: Option<PhoneNumber>,
        /// The number to send to, where that is not the contact's own.
        to: Option<PhoneNumber>,
        /// Why this hour is one to text the person in, for texts that keep quiet hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<String>,
        /// The name of the copy it was made from: the step's, or that of a variant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
        /// The fingerprint of that copy, by which it was approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_fingerprint: Option<String>,
        /// On what basis it is sent; not known of texts of older releases.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// The consent, where the basis is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<Consent>,
    },
    /// Send this e-mail to the contact.
    Email {
        /// Its subject.
        subject: Private<String>,
        /// The body for readers without HTML.
        text: Private<String>,
        /// The body.
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
        /// What it says.
        body: Private<String>,
        /// When it is due.
        due: Timestamp,
        /// Whose it is.
        assignee: Option<UserId>,
    },
    /// Complete this task of the contact.
    CompleteTask {
        /// The task.
        task: TaskId,
    },
    /// Write this note on the contact.
    Note {
        /// What it says.
        body: Private<String>,
    },
    /// Fill in these fields of the contact.
    Fields {
        /// Custom fields by key.
        values: BTreeMap<String, Private<String>>,
        /// Where the contact came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Bring the contact's opportunity to this stage.
    Stage {
        /// The pipeline.
        pipeline: PipelineId,
        /// The stage.
        stage: PipelineStageId,
        /// The opportunity that moves; a new one where there is none.
        opportunity: Option<OpportunityId>,
        /// What a new one is called.
        name: Private<String>,
    },
    /// Turn on the contact's do-not-disturb for texts.
    DoNotDisturb,
    /// Put the contact into this workflow.
    Workflow {
        /// The workflow.
        workflow: WorkflowId,
    },
    /// Make the contact this user's.
    Assign {
        /// The user.
        user: UserId,
    },
    /// Tell the team.
    Notify {
        /// By which way.
        to: NoticeTo,
        /// The headline.
        title: String,
        /// What it says.
        body: Private<String>,
    },
    /// Do nothing but write the ledger.
    Record {
        /// The words.
        what: String,
    },
}

/// How word reaches the team.
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

impl Intent {
    /// Whether doing it twice equals doing it once, so that an attempt whose answer is lost is simply made again. The
    /// service that embeds the engine is told under the effect's name and knows what it was told before.
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

    /// Whether another one can look the same that was done before, by us or by somebody else.
    pub(crate) fn is_told_by_its_words(&self) -> bool {
        matches!(
            self,
            Self::Text { .. } | Self::Email { .. } | Self::Note { .. } | Self::Notify { .. }
        )
    }

    /// Whether HighLevel tells afterwards if it was done. What it does not tell is never done again.
    pub(crate) fn can_be_found(&self) -> bool {
        !matches!(self, Self::Workflow { .. })
    }
}
