//! The facts of one episode. `projection.rs` computes them, and `outcome.rs` sums them up.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::outcome::Outcome;
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::ledger::{CallRecord, DeliveryFailure};
use crate::recipes::missed_call::core::model::{
    DoubtDecision, EpisodeId, ExperimentArm, Reason, StepName,
};
use crate::recipes::missed_call::core::reply::Reply;

/// One episode. `Debug` shows the last four digits of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Its id.
    pub episode: EpisodeId,
    /// The location.
    pub location: LocationId,
    /// The call that opened it: when it ended, who called, which number, why it was missed.
    pub call: CallRecord,
    /// The recipe's name and version.
    pub recipe: String,
    /// The recipe's fingerprint.
    pub recipe_fingerprint: String,
    /// How many calls were missed in it.
    pub missed_calls: u32,
    /// The texts that HighLevel accepted, in their order.
    pub texts: Vec<AcceptedText>,
    /// Why the first text that was not sent was not sent. Set even if another one was sent.
    pub not_texted: Option<Reason>,
    /// The caller's arm, if they take part in an experiment that holds the text back from some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arm: Option<ExperimentArm>,
    /// When a caller from whom the text was held back called again, and was to get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
    /// Whether a step was not done because of a dry run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Whether a text would have been sent if it were not for a dry run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub would_text: bool,
    /// The state of each step that the ledger mentions.
    pub steps: Vec<StepRow>,
    /// The first reply of a person. An opt-out is not a reply; see `opted_out`.
    pub reply: Option<ReplyRow>,
    /// The first reply of a person within the settings' `reply_window` after the first text.
    pub reply_to_text: Option<ReplyRow>,
    /// When the caller first opened a link.
    pub clicked_at: Option<Timestamp>,
    /// When the caller first asked for a person: the hand-off.
    pub asked_for_person_at: Option<Timestamp>,
    /// When the team first spoke with the caller: the call was returned, or a later one answered.
    pub reached_at: Option<Timestamp>,
    /// When the team first spoke with the caller after the hand-off.
    pub reached_after_asking_at: Option<Timestamp>,
    /// When a task of the episode was first completed.
    pub task_done_at: Option<Timestamp>,
    /// When and how the caller refused further texts, in the course of the episode.
    pub opted_out: Option<OptOutRow>,
    /// Whether a reply left a doubt about an opt-out, and what was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<DoubtRow>,
    /// When the caller booked an appointment that still stands and that this episode reported.
    pub booked_at: Option<Timestamp>,
    /// The bookings that are credited to this episode.
    pub recovered: Vec<Booking>,
    /// When the episode was closed. The row of an open episode can still change. The row of a closed one changes by what
    /// the caller does within
    /// [`ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) of the call.
    pub closed_at: Option<Timestamp>,
    /// The outcome, as one word.
    pub outcome: Outcome,
    /// Whether the caller still needs attention: the team has not spoken with them, they have not booked, and no task was
    /// completed; or they asked for a person after that; or nobody has
    /// decided about a reply that may be an opt-out. Callers who opted out by a message, cannot be called back (a
    /// withheld number, a short code) or are no customers (own numbers, staff, the block list) need none.
    pub needs_somebody: bool,
}

impl Row {
    /// Whether a reply may be an opt-out and nobody has decided. Until then the caller gets no message.
    pub fn is_doubtful(&self) -> bool {
        let open = |doubt: &DoubtRow| doubt.decided.is_none();
        self.doubt.as_ref().is_some_and(open) && self.opted_out.is_none()
    }

    /// Whether HighLevel says of each text that it was not delivered: the caller has got none.
    pub fn is_not_delivered(&self) -> bool {
        let failed = |text: &AcceptedText| {
            let receipt = text.receipt.as_ref();
            receipt.is_some_and(|receipt| receipt.failure.is_some())
        };
        !self.texts.is_empty() && self.texts.iter().all(failed)
    }

    /// The first text that HighLevel accepted.
    pub fn first_text(&self) -> Option<&AcceptedText> {
        self.texts.first()
    }

    /// Why there was no text, as an outcome: suppressed, stale, failed, not needed, undecided, or no text in the recipe.
    /// `None` if there was one.
    pub fn why_not_texted(&self) -> Option<Outcome> {
        if !self.texts.is_empty() {
            return None;
        }
        if self.would_text {
            return Some(Outcome::DryRun);
        }
        Some(match &self.not_texted {
            Some(reason) => Outcome::not_texted(reason.clone()),
            None if self.closed_at.is_none() || self.outcome == Outcome::Open => Outcome::Open,
            None => Outcome::NoText,
        })
    }

    /// The time from the end of the call until HighLevel accepted the first text; from the second call, if the first one
    /// was held back for an experiment. Never negative.
    pub fn time_to_text(&self) -> Option<SignedDuration> {
        let text = self.first_text()?;
        let since = self.released_at.unwrap_or(self.call.ended_at);
        let waited = text.accepted_at.duration_since(since);
        Some(waited.max(SignedDuration::ZERO))
    }
}

/// A text that HighLevel accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AcceptedText {
    /// The step.
    pub step: StepName,
    /// When HighLevel accepted it.
    pub accepted_at: Timestamp,
    /// Whole seconds from the end of the call until then.
    pub seconds_after_call: i64,
    /// The message.
    pub message: Option<String>,
    /// What became of it; `None` if HighLevel has not said it, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptRow>,
}

/// What became of a text that HighLevel accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReceiptRow {
    /// When that was recorded.
    pub at: Timestamp,
    /// How HighLevel says that it was not delivered; `None` if it was.
    pub failure: Option<DeliveryFailure>,
}

/// A step with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepRow {
    /// The step.
    pub step: StepName,
    /// Its state.
    pub end: StepEnd,
}

/// The state of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepEnd {
    /// It is planned, deferred or in progress.
    Open,
    /// HighLevel accepted it then.
    Done(Timestamp),
    /// It would have been done then, if it were not for a dry run.
    Would(Timestamp),
    /// It was not done, for this reason.
    NotDone(Reason),
}

/// A reply of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReplyRow {
    /// When it was recorded.
    pub at: Timestamp,
    /// What it asks for.
    pub kind: Reply,
    /// The message, if it has an id.
    pub message: Option<MessageId>,
}

/// A refusal of further texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OptOutRow {
    /// When the first one was recorded.
    pub at: Timestamp,
    /// [`Reason::OptedOut`] for a message, [`Reason::DoNotDisturb`] for the contact's setting. If both were reported, the
    /// message counts.
    pub reason: Reason,
}

/// A reply that may be an opt-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DoubtRow {
    /// When the latest one was recorded.
    pub at: Timestamp,
    /// What a person has decided since.
    pub decided: Option<DoubtDecision>,
}

/// A booking that counts as recovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Booking {
    /// The reference of its report.
    pub reference: String,
    /// When it was reported.
    pub at: Timestamp,
    /// Whether the team had spoken with the caller before. If not, it is a self-service booking.
    pub assisted: bool,
}
