//! What is known of one episode, as facts. How they come about is `fold.rs`; what they amount to is `outcome.rs`.

use jiff::{SignedDuration, Timestamp};

use super::outcome::Outcome;
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::ledger::CallRecord;
use crate::recipes::missed_call::core::model::{EpisodeId, Reason, StepName};
use crate::recipes::missed_call::core::reply::Reply;

/// One episode. `Debug` shows the last four digits of numbers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// Its name.
    pub episode: EpisodeId,
    /// Where.
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
    /// Why the first text that was not sent was not. Told though another one was sent.
    pub not_texted: Option<Reason>,
    /// How far each step is of which the ledger tells.
    pub steps: Vec<StepRow>,
    /// The first reply of a person. A message that opts out is none; it is `opted_out`.
    pub reply: Option<ReplyRow>,
    /// The first reply of a person within the settings' `reply_window` after the first text.
    pub reply_to_text: Option<ReplyRow>,
    /// When the caller first opened a link.
    pub clicked_at: Option<Timestamp>,
    /// When the caller first asked for a person: the hand-off.
    pub asked_for_person_at: Option<Timestamp>,
    /// When somebody first spoke with the caller: the call was returned, or a later one answered.
    pub reached_at: Option<Timestamp>,
    /// When somebody first spoke with the caller after the hand-off.
    pub reached_after_asking_at: Option<Timestamp>,
    /// When a task of the episode was first completed.
    pub task_done_at: Option<Timestamp>,
    /// When and how the caller refused further texts, in the course of the episode.
    pub opted_out: Option<OptOutRow>,
    /// When the caller booked an appointment that still stands, as told in the course of this episode.
    pub booked_at: Option<Timestamp>,
    /// The bookings that are credited to this episode.
    pub recovered: Vec<Booking>,
    /// When the episode was closed. A row of an open one can still change, and that of a closed one by what the caller
    /// does within [`ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) of the call.
    pub closed_at: Option<Timestamp>,
    /// What became of it, in one word.
    pub outcome: Outcome,
    /// Whether nobody has dealt with it yet: the caller has neither been spoken to nor booked, no task was completed, or
    /// they asked for a person after all of that. A caller who opted out by a message, cannot be called back (a withheld
    /// number, a short code) or is no customer (own numbers, staff, the block-list) needs nobody.
    pub needs_somebody: bool,
}

impl Row {
    /// The first text that HighLevel accepted.
    pub fn first_text(&self) -> Option<&AcceptedText> {
        self.texts.first()
    }

    /// From the end of the call until HighLevel had accepted the first text. Never negative.
    pub fn time_to_text(&self) -> Option<SignedDuration> {
        let text = self.first_text()?;
        let waited = text.accepted_at.duration_since(self.call.ended_at);
        Some(waited.max(SignedDuration::ZERO))
    }
}

/// A text that HighLevel accepted. Whether it was delivered is not in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedText {
    /// The step.
    pub step: StepName,
    /// When.
    pub accepted_at: Timestamp,
    /// Whole seconds from the call's end until then.
    pub seconds_after_call: i64,
    /// The message.
    pub message: Option<String>,
}

/// How far one step is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepRow {
    /// Which.
    pub step: StepName,
    /// How far.
    pub end: StepEnd,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepEnd {
    /// It has begun, or waits, and has not ended.
    Open,
    /// HighLevel accepted it then.
    Done(Timestamp),
    /// It was not done, for this reason.
    NotDone(Reason),
}

/// A reply of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyRow {
    /// When it was written down.
    pub at: Timestamp,
    /// What it asks for.
    pub kind: Reply,
    /// The message, if it has an id.
    pub message: Option<MessageId>,
}

/// A refusal of further texts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptOutRow {
    /// When the first one was written down.
    pub at: Timestamp,
    /// [`Reason::OptedOut`] by a message, which counts where both are told; [`Reason::DoNotDisturb`] by the contact's
    /// setting.
    pub reason: Reason,
}

/// A booking that counts as recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Booking {
    /// The reference under which it was told.
    pub reference: String,
    /// When it was told.
    pub at: Timestamp,
    /// Somebody had spoken with the caller before; otherwise the caller served themselves.
    pub assisted: bool,
}
