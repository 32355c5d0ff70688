//! The codes of the ledger in a few plain words, for people who have never seen them.

#[cfg(feature = "html-reports")]
use crate::recipes::missed_call::core::call::MissedReason;
#[cfg(feature = "html-reports")]
use crate::recipes::missed_call::core::compliance::Basis;
use crate::recipes::missed_call::core::compliance::NotTextable;
use crate::recipes::missed_call::core::model::{Reason, Trigger};
#[cfg(feature = "html-reports")]
use crate::recipes::missed_call::core::reply::Reply;

/// Why there was no text, as the end of "no text: …".
pub(super) fn why_no_text(reason: &Reason) -> &'static str {
    match reason {
        Reason::Stale => "the call was reported too late",
        Reason::DoNotDisturb => "do-not-disturb is on",
        Reason::OptedOut => "opted out before",
        Reason::Doubtful => "may have opted out",
        Reason::Suppressed => "on the do-not-text list",
        Reason::Replied => "wrote first",
        Reason::Withheld => "number withheld",
        Reason::ShortCode => "a service, not a person",
        Reason::UnreadableNumber => "number could not be read",
        Reason::NotTextable(why) => not_textable(*why),
        Reason::Landline => "the number is a landline",
        Reason::InactiveNumber => "the line is switched off",
        Reason::Unmapped => "the line is not in the recipe",
        Reason::HeldOut => "held back for an experiment",
        Reason::QuietHours => "quiet hours",
        Reason::NoConsent => "no consent to further texts",
        Reason::Capped => "enough texts for one day",
        Reason::Flood => "a wave of robot calls",
        Reason::SendingPaused | Reason::RateTooHigh(_) => "texting paused to protect the number",
        Reason::Needless => "nothing to do",
        Reason::NoAddress => "no e-mail address",
        Reason::NoEmails => "wants no e-mails",
        Reason::StoppedBy(trigger) => stopped_by(*trigger),
        Reason::Superseded => "called again",
        Reason::Erased => "data erased",
        Reason::ContactGone => "contact deleted",
        Reason::Uninstalled => "the app was removed",
        Reason::Removed => "the location was removed",
        Reason::Copy(_) => "the text could not be written",
        Reason::Failed(code) if code == "outcome_unknown" => "not known whether it was sent",
        Reason::Failed(_) => "HighLevel did not accept it",
    }
}

fn not_textable(why: NotTextable) -> &'static str {
    if why.is_not_a_lead() {
        "no customer: own, staff or blocked number"
    } else {
        "number cannot get texts (landline, toll-free, other country)"
    }
}

fn stopped_by(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Answered => "called again and was answered",
        Trigger::Returned => "the team called back first",
        Trigger::TeamWrote => "the team wrote first",
        Trigger::Replied | Trigger::Help => "wrote first",
        Trigger::Booked => "booked first",
        Trigger::OptedOut => "opted out",
        Trigger::Doubtful => "may have opted out",
        Trigger::TaskDone => "the team was done with it first",
        Trigger::HandedOff | Trigger::Escalated => "handed to a person",
        Trigger::MissedAgain => "called again",
        Trigger::BookingCancelled => "cancelled the appointment",
        Trigger::Clicked => "opened the link",
    }
}

/// Why nobody spoke with the caller.
#[cfg(feature = "html-reports")]
pub(super) fn missed(reason: MissedReason) -> &'static str {
    match reason {
        MissedReason::NoAnswer => "Nobody picked up.",
        MissedReason::Busy => "The line was busy.",
        MissedReason::Canceled => "The caller hung up before anybody picked up.",
        MissedReason::Failed => "The call failed on the way.",
        MissedReason::Voicemail => "A voicemail box took the call.",
        MissedReason::SuspectedVoicemail => {
            "The call was so short that a voicemail box may have taken it."
        }
    }
}

/// What a reply asks for.
#[cfg(feature = "html-reports")]
pub(super) fn reply(reply: Reply) -> &'static str {
    match reply {
        Reply::OptOut => "The caller asked for no more texts.",
        Reply::Doubtful => "The caller may have asked for no more texts.",
        Reply::OptIn => "The caller allowed texts again.",
        Reply::WrongNumber => "Somebody else has this number.",
        Reply::Help => "The caller asked for a person.",
        Reply::Booking => "The caller wrote about an appointment.",
        Reply::Thanks => "The caller said thanks.",
        Reply::Automatic => "The caller's phone answered automatically.",
        Reply::Other => "The caller wrote back.",
    }
}

/// What happened.
#[cfg(feature = "html-reports")]
pub(super) fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::MissedAgain => "The caller called again and was not answered.",
        Trigger::Answered => "The caller called again and was answered.",
        Trigger::Returned => "The team called back and reached the caller.",
        Trigger::TeamWrote => "The team wrote to the caller.",
        Trigger::Replied => "The caller wrote.",
        Trigger::Help => "The caller asked for a person.",
        Trigger::Booked => "The caller booked an appointment.",
        Trigger::BookingCancelled => "The appointment was cancelled.",
        Trigger::Clicked => "The caller opened the link.",
        Trigger::TaskDone => "The team completed the task.",
        Trigger::OptedOut => "The caller wants no more texts.",
        Trigger::Doubtful => "The caller may want no more texts.",
        Trigger::HandedOff => "The caller was handed to a person.",
        Trigger::Escalated => "The case was escalated.",
    }
}

/// On what a text rests.
#[cfg(feature = "html-reports")]
pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::InboundCall => "It answers the person's own call.",
        Basis::Replied => "The person has written since the call.",
        Basis::Written => "The person has consented in writing.",
        Basis::Verbal => "The person has consented in words.",
        Basis::Waived => "The recipe asks for no consent to later texts.",
        Basis::OptOut => "It confirms the person's opt-out.",
    }
}
