//! The reasons why a step is not done. Each has a code that is stored and reported. Codes never change their meaning.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Trigger;
use crate::recipes::missed_call::core::compliance::{Exceeded, NotTextable};

/// Why a step of a recipe was not done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The call was already older than the recipe's `max_age` when the text could have been sent.
    Stale,
    /// The contact has turned on do-not-disturb for texts.
    DoNotDisturb,
    /// The caller asked in a message to get no more texts.
    OptedOut,
    /// The caller may have asked for no more texts, and nobody of the business has decided yet.
    Doubtful,
    /// The number is on the suppression list.
    Suppressed,
    /// The caller wrote first: the conversation is under way.
    Replied,
    /// The caller's number was withheld.
    Withheld,
    /// The caller is a short code: a service rather than a person.
    ShortCode,
    /// The caller's number cannot be read as a phone number.
    UnreadableNumber,
    /// The caller's number is of a kind that is not texted, or on a list of such numbers.
    NotTextable(NotTextable),
    /// The number is a landline: HighLevel has said so of an earlier text.
    Landline,
    /// The number that was called is switched off in the recipe, or the recipe does not cover it.
    InactiveNumber,
    /// The number that was called is not listed in the recipe, or lacks a value that the text uses.
    Unmapped,
    /// An experiment holds the text back from this caller, to see what the text brings.
    HeldOut,
    /// Quiet hours did not end before the text was too old.
    QuietHours,
    /// The caller has neither written nor consented to later texts.
    NoConsent,
    /// The caller has received the maximum number of texts in 24 hours.
    Capped,
    /// The call is part of a flood: too many first-time callers at once, or consecutive numbers. A machine made it.
    Flood,
    /// As [`RateTooHigh`](Self::RateTooHigh), without the numbers. Found in ledgers of earlier releases, which paused at
    /// lower rates.
    SendingPaused,
    /// Too many of the location's texts failed or led to an opt-out; HighLevel might block the location.
    RateTooHigh(Exceeded),
    /// There was nothing to do: no task to complete, a stage already passed, a contact that already has the owner.
    Needless,
    /// The contact has no e-mail address.
    NoAddress,
    /// The contact has turned on do-not-disturb for e-mail.
    NoEmails,
    /// A trigger stopped the step.
    #[serde(rename = "overtaken")]
    StoppedBy(Trigger),
    /// The caller's next call has opened a new episode.
    Superseded,
    /// The person's data was erased.
    Erased,
    /// The contact no longer exists.
    ContactGone,
    /// The app was removed from the location.
    Uninstalled,
    /// The host has removed the location.
    Removed,
    /// The copy could not be rendered; the code says what was missing.
    Copy(String),
    /// HighLevel refused it permanently, or was not reachable in time; the code says which.
    Failed(String),
}

impl Reason {
    /// The stable code, such as `stale` or `copy:custom_value_missing`.
    pub fn code(&self) -> String {
        match self {
            Self::Stale => "stale".into(),
            Self::DoNotDisturb => "do_not_disturb".into(),
            Self::OptedOut => "opted_out".into(),
            Self::Doubtful => "doubtful".into(),
            Self::Suppressed => "suppressed".into(),
            Self::Replied => "replied".into(),
            Self::Withheld => "withheld".into(),
            Self::ShortCode => "short_code".into(),
            Self::UnreadableNumber => "unreadable_number".into(),
            Self::NotTextable(why) => format!("not_textable:{}", why.code()),
            Self::Landline => "landline".into(),
            Self::InactiveNumber => "inactive_number".into(),
            Self::Unmapped => "unmapped".into(),
            Self::HeldOut => "held_out".into(),
            Self::QuietHours => "quiet_hours".into(),
            Self::NoConsent => "no_consent".into(),
            Self::Capped => "capped".into(),
            Self::Flood => "flood".into(),
            Self::SendingPaused => "sending_paused".into(),
            Self::RateTooHigh(exceeded) => format!("sending_paused:{}", exceeded.rate.as_str()),
            Self::Needless => "needless".into(),
            Self::NoAddress => "no_address".into(),
            Self::NoEmails => "no_emails".into(),
            Self::StoppedBy(trigger) => format!("overtaken:{}", trigger.as_str()),
            Self::Superseded => "superseded".into(),
            Self::Erased => "erased".into(),
            Self::ContactGone => "contact_gone".into(),
            Self::Uninstalled => "uninstalled".into(),
            Self::Removed => "removed".into(),
            Self::Copy(code) => format!("copy:{code}"),
            Self::Failed(code) => format!("failed:{code}"),
        }
    }

    /// HighLevel may have done it, and there is no way to find out.
    pub(crate) fn unknown_outcome() -> Self {
        Self::Failed("outcome_unknown".into())
    }

    /// The message for humans: in the task, in the digest and in the weekly review.
    pub(crate) fn human_message(&self) -> Cow<'static, str> {
        if let Self::NotTextable(why) = self {
            return why.to_string().into();
        }
        self.words().into()
    }

    fn words(&self) -> &'static str {
        match self {
            Self::Stale => "the call was reported too late",
            Self::DoNotDisturb => "the contact has do-not-disturb on; do not text",
            Self::OptedOut => "the caller has opted out; do not text",
            Self::Doubtful => {
                "the caller may have asked for no more texts; read the reply and decide"
            }
            Self::Suppressed => "the number is on the do-not-text list; do not text",
            Self::Replied => "the caller wrote first; answer them in the conversation",
            Self::Withheld => "the number was withheld",
            Self::ShortCode => "the caller is a short code",
            Self::UnreadableNumber => "the number cannot be read",
            Self::NotTextable(_) => "the number takes no texts, or must not get any",
            Self::Landline => "the number is a landline and takes no texts; call instead",
            Self::InactiveNumber => "the recipe does nothing for the number they called",
            Self::Unmapped => "the recipe does not know the number they called; add it",
            Self::HeldOut => "an experiment holds the text back from some callers; call back",
            Self::QuietHours => "the person may not be texted at this hour (quiet hours)",
            Self::NoConsent => "the caller has not consented to further texts; call instead",
            Self::Capped => "the caller has had as many texts today as they may get; call instead",
            Self::Flood => "too many unknown callers came at once; call back",
            Self::SendingPaused | Self::RateTooHigh(_) => {
                "too many texts of the last days failed or were answered with STOP; call instead"
            }
            Self::Needless => "there was nothing to do",
            Self::NoEmails => "the contact has do-not-disturb on for e-mail",
            Self::NoAddress => "the contact has no e-mail address",
            Self::StoppedBy(_) => "someone has spoken with the caller, or the caller has booked",
            Self::Superseded => "the caller has called again",
            Self::Erased => "the data of the person was erased",
            Self::ContactGone => "the contact no longer exists",
            Self::Uninstalled => "the app was removed",
            Self::Removed => "the location was removed from the service",
            Self::Copy(_) => {
                "the text could not be rendered; check the recipe and its custom values"
            }
            Self::Failed(_) => "HighLevel did not accept it",
        }
    }

    /// The reason with this code, if it keeps somebody on the suppression list.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn of_suppression(code: &str) -> Option<Self> {
        [
            Self::DoNotDisturb,
            Self::OptedOut,
            Self::Doubtful,
            Self::Suppressed,
            Self::Landline,
        ]
        .into_iter()
        .find(|reason| reason.code() == code)
    }

    /// Whether the caller may be reached in another way. If so, steps with `on = "not_sent"` start.
    pub(crate) fn allows_fallback(&self) -> bool {
        match self {
            Self::Stale
            | Self::ShortCode
            | Self::UnreadableNumber
            | Self::Landline
            | Self::Unmapped
            | Self::QuietHours
            | Self::NoConsent
            | Self::Capped
            | Self::Flood
            | Self::SendingPaused
            | Self::RateTooHigh(_)
            | Self::NoAddress
            | Self::NoEmails
            | Self::Copy(_)
            | Self::Failed(_) => true,
            Self::NotTextable(why) => !why.is_not_a_lead(),
            Self::DoNotDisturb
            | Self::OptedOut
            | Self::Doubtful
            | Self::Suppressed
            | Self::Replied
            | Self::Withheld
            | Self::InactiveNumber
            | Self::HeldOut
            | Self::Needless
            | Self::StoppedBy(_)
            | Self::Superseded
            | Self::Erased
            | Self::ContactGone
            | Self::Uninstalled
            | Self::Removed => false,
        }
    }

    /// Whether this reason forbids every later text too.
    pub(crate) fn is_opt_out(&self) -> bool {
        matches!(self, Self::DoNotDisturb | Self::OptedOut | Self::Suppressed)
    }

    /// Whether this reason is reported rather than `other` where both stop a step: a refusal by the person outranks a
    /// doubt, and either of them everything else.
    pub(crate) fn outranks(&self, other: &Self) -> bool {
        let rank = |reason: &Self| match reason {
            reason if reason.is_opt_out() => 2,
            Self::Doubtful => 1,
            _ => 0,
        };
        rank(self) > rank(other)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}
