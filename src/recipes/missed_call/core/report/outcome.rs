//! The outcome of an episode, as one word.

use std::fmt;

use serde::{Serialize, Serializer};

use super::row::Row;
use crate::recipes::missed_call::core::model::Reason;

/// The outcome of an episode. If several apply, the first in this order is used: what the business gained, then what the
/// caller said, then what was sent, then why nothing was sent.
///
/// The other fields of the [`Row`] hold all facts; the outcome is for lists and counts. It can change until the episode is
/// closed, and after that by what the caller does within
/// [`ATTRIBUTION_WINDOW`](crate::recipes::missed_call::core::episode::Episode::ATTRIBUTION_WINDOW) of the call. `Display`
/// and `Serialize` write its code, such as `suppressed:do_not_disturb`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The caller has an appointment that stands.
    Booked,
    /// The team spoke with the caller: the call was returned, or a later one answered.
    Connected,
    /// The caller refused further texts in the course of the episode.
    OptedOut,
    /// The caller wrote back.
    Replied,
    /// A text was sent, without a result so far.
    Texted,
    /// No text, because an experiment held it back.
    HeldOut,
    /// No text, because of a dry run: it would have been sent.
    DryRun,
    /// It is undecided whether there will be a text.
    Open,
    /// No text, because the person must not or cannot be texted, or not at this hour.
    Suppressed(Reason),
    /// No text, because the call was too old when it could have been sent.
    Stale,
    /// No text, because it could not be rendered or HighLevel did not accept it.
    Failed(Reason),
    /// No text, because a trigger stopped it first.
    NotNeeded(Reason),
    /// The recipe has no text for this call.
    NoText,
}

impl Outcome {
    /// The outcome of these facts; `text_is_open` if a text has begun, or waits, and has not ended.
    pub(super) fn of(row: &Row, text_is_open: bool) -> Self {
        if row.booked_at.is_some() || !row.recovered.is_empty() {
            Self::Booked
        } else if row.reached_at.is_some() {
            Self::Connected
        } else if row.opted_out.is_some() {
            Self::OptedOut
        } else if row.reply.is_some() {
            Self::Replied
        } else if !row.texts.is_empty() {
            Self::Texted
        } else if row.would_text {
            Self::DryRun
        } else if text_is_open {
            Self::Open
        } else {
            match &row.not_texted {
                Some(reason) => Self::not_texted(reason.clone()),
                None if row.closed_at.is_none() => Self::Open,
                None => Self::NoText,
            }
        }
    }

    pub(super) fn not_texted(reason: Reason) -> Self {
        match reason {
            Reason::Stale => Self::Stale,
            Reason::HeldOut => Self::HeldOut,
            Reason::ContactGone | Reason::Copy(_) | Reason::Failed(_) => Self::Failed(reason),
            Reason::Replied | Reason::StoppedBy(_) | Reason::Superseded => Self::NotNeeded(reason),
            // All other reasons are rules about the person or the hour.
            _ => Self::Suppressed(reason),
        }
    }

    /// The code without the reason, such as `suppressed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Connected => "connected",
            Self::OptedOut => "opted_out",
            Self::Replied => "replied",
            Self::Texted => "texted",
            Self::HeldOut => "held_out",
            Self::DryRun => "dry_run",
            Self::Open => "open",
            Self::Suppressed(_) => "suppressed",
            Self::Stale => "stale",
            Self::Failed(_) => "failed",
            Self::NotNeeded(_) => "not_needed",
            Self::NoText => "no_text",
        }
    }

    /// Why there was no text.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Suppressed(reason) | Self::Failed(reason) | Self::NotNeeded(reason) => {
                Some(reason)
            }
            Self::Stale => Some(&Reason::Stale),
            Self::HeldOut => Some(&Reason::HeldOut),
            _ => None,
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self {
            Self::Suppressed(reason) | Self::Failed(reason) | Self::NotNeeded(reason) => {
                write!(f, ":{reason}")
            }
            _ => Ok(()),
        }
    }
}
