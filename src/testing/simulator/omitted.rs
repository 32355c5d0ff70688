//! Whether a first text that was not sent was rightly left out: what its reason says must have happened, and not before
//! the call. All of it is judged by the true time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::invariant::Invariant;
use super::plan::{CallEnd, Caller, Words};
use super::rules::{COOLDOWN, MAX_AGE, TEXTS_PER_DAY, rule_of};
use super::watch::{Call, Watch};
use crate::recipes::missed_call::episode::{EpisodeId, Reason, Trigger};

/// A call that is known so long before a text would be too late is answered, if nothing hinders it.
const TIME_TO_ANSWER: Duration = Duration::from_secs(60);

/// What somebody did that a text can be left out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// The caller wrote, and not their phone by itself.
    Wrote,
    /// The caller wanted no more texts, or the team turned do-not-disturb on.
    SaidNo,
    Answered,
    Returned,
    Booked,
}

impl Did {
    pub(super) fn of_words(words: Words) -> Option<Self> {
        match words {
            Words::Stop | Words::Refusal => Some(Self::SaidNo),
            Words::Start | Words::Help | Words::Thanks | Words::Other => Some(Self::Wrote),
            Words::Automatic => None,
        }
    }

    pub(super) fn of_call(end: CallEnd) -> Option<Self> {
        match end {
            CallEnd::Missed | CallEnd::Voicemail => None,
            CallEnd::Answered => Some(Self::Answered),
            CallEnd::Returned => Some(Self::Returned),
        }
    }
}

/// All that a first text can be left out for in this world.
#[derive(Debug, Default)]
pub(super) struct Grounds {
    /// Whether anything has kept an engine from its work.
    pub(super) hindered: bool,
    did: BTreeMap<Caller, Vec<(Did, Timestamp)>>,
}

/// A first text that is not sent.
struct LeftOut<'a> {
    reason: &'a Reason,
    /// The call that it would have answered.
    call: Call,
    /// Since when the call is known.
    known_since: Option<Timestamp>,
    /// How many texts to the caller were begun.
    texts: usize,
    now: Timestamp,
}

impl Grounds {
    pub(super) fn add(&mut self, caller: Caller, did: Did, at: Timestamp) {
        self.did.entry(caller).or_default().push((did, at));
    }

    /// Whether the reason is true, as far as clocks can tell that are wrong by this much together.
    fn allow(&self, left_out: &LeftOut<'_>, tolerance: Duration) -> bool {
        let since_call = |did| self.since_call(did, left_out, tolerance);
        match left_out.reason {
            Reason::Replied
            | Reason::StoppedBy(Trigger::Replied)
            | Reason::StoppedBy(Trigger::Help) => since_call(Did::Wrote),
            Reason::StoppedBy(Trigger::Answered) => since_call(Did::Answered),
            Reason::StoppedBy(Trigger::Returned) => since_call(Did::Returned),
            Reason::StoppedBy(Trigger::Booked) => since_call(Did::Booked),
            // A no holds for every later call.
            Reason::DoNotDisturb | Reason::OptedOut | Reason::Suppressed => {
                self.of(left_out.call.caller).any(|(did, _)| did == Did::SaidNo)
            }
            Reason::Stale => self.is_too_late(left_out, tolerance),
            // The next episode begins long after the text is too late.
            Reason::Superseded => self.is_too_late(left_out, tolerance),
            // No world is as long as a day before everybody has called for the last time.
            Reason::Capped => left_out.texts >= TEXTS_PER_DAY,
            // The calls tell, which are not looked at here.
            Reason::Flood => false,
            // The text may have been sent and cannot be found.
            Reason::Failed(code) => code == "outcome_unknown" && self.hindered,
            // The callers are people with numbers of their own, in a country that is texted, without tags …
            Reason::Withheld
            | Reason::ShortCode
            | Reason::UnreadableNumber
            | Reason::NotTextable(_)
            // … who called a number that the recipe is for, and get fewer texts than are judged.
            | Reason::InactiveNumber
            | Reason::Unmapped
            | Reason::SendingPaused
            | Reason::RateTooHigh(_)
            // A text that answers the call needs neither an hour nor a consent, and its copy can always be made.
            | Reason::QuietHours
            | Reason::NoConsent
            | Reason::Copy(_)
            // It is no e-mail, and always of use.
            | Reason::NoAddress
            | Reason::NoEmails
            | Reason::Needless
            // Nobody is erased or merged, and the app stays.
            | Reason::Erased
            | Reason::ContactGone
            | Reason::Uninstalled
            // Another call that is missed ends no text, and nothing else happens in these worlds.
            | Reason::StoppedBy(_) => false,
        }
    }

    fn of(&self, caller: Caller) -> impl Iterator<Item = (Did, Timestamp)> {
        self.did.get(&caller).into_iter().flatten().copied()
    }

    fn since_call(&self, did: Did, left_out: &LeftOut<'_>, tolerance: Duration) -> bool {
        let LeftOut { call, now, .. } = *left_out;
        let earliest = call.ended_from - tolerance;
        // For a machine whose clock is slow, a call that another has told of lies ahead for a moment, and it cannot tell
        // what was before it.
        let lies_ahead = self.hindered && now <= call.ended_at + tolerance;
        self.of(call.caller)
            .any(|(other, at)| other == did && (at >= earliest || lies_ahead))
    }

    /// Whether the call is too old to be answered now, and was told too late for it or something hindered the answer.
    fn is_too_late(&self, left_out: &LeftOut<'_>, tolerance: Duration) -> bool {
        let LeftOut { call, now, .. } = *left_out;
        let in_time = call.ended_from + MAX_AGE - TIME_TO_ANSWER;
        let was_known = left_out.known_since.is_some_and(|since| since < in_time);
        now + tolerance > call.ended_from + MAX_AGE && (self.hindered || !was_known)
    }
}

impl Watch {
    /// The first text of an episode is not sent, for this reason.
    pub(super) fn leaves_out(&mut self, episode: &EpisodeId, reason: &Reason, now: Timestamp) {
        let Some((message, call)) = self.opened_by(episode) else {
            return;
        };
        let contact = self.contacts.get(episode);
        let texts = self.attempts.iter().filter(|((other, step), _)| {
            Some(other) == contact && rule_of(step).is_some_and(|rule| rule.is_text)
        });
        let left_out = LeftOut {
            reason,
            call,
            known_since: self.acknowledged.get(message).copied(),
            texts: texts.map(|(_, effects)| effects.len()).sum(),
            now,
        };
        let is_true = match reason {
            Reason::Flood => self.may_be_of_a_flood(call),
            _ => self.grounds.allow(&left_out, self.tolerance),
        };
        if !is_true {
            let how = format!("{} gets no first text: `{reason}` is not true", call.caller);
            self.breaks(Invariant::NeverWithoutReason, how);
        }
    }

    /// A call that joins an episode gets no text of its own, so it must not come after the cooldown.
    pub(super) fn joins(&mut self, message: &str, episode: &EpisodeId) {
        let call = self.calls.get(message).copied();
        let (Some((_, first)), Some(call)) = (self.opened_by(episode), call) else {
            return;
        };
        if call.ended_from > first.ended_at + COOLDOWN + self.tolerance {
            let how = format!(
                "a call of {} joins an episode after its cooldown",
                call.caller
            );
            self.breaks(Invariant::NeverWithoutReason, how);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_secs(5);
    const CALLED: Timestamp = Timestamp::constant(1_793_232_000, 0);

    /// A call that is known at once, and whose text is left out so many seconds later.
    fn left_out(reason: &Reason, after: u64) -> LeftOut<'_> {
        LeftOut {
            reason,
            call: Call {
                caller: Caller(0),
                ended_from: CALLED,
                ended_at: CALLED,
                missed: true,
            },
            known_since: Some(CALLED),
            texts: 0,
            now: CALLED + Duration::from_secs(after),
        }
    }

    fn allows(grounds: &Grounds, reason: &Reason, after: u64) -> bool {
        grounds.allow(&left_out(reason, after), TOLERANCE)
    }

    #[test]
    fn what_was_done_before_the_call_is_no_reason() {
        let returned = Reason::StoppedBy(Trigger::Returned);
        let mut grounds = Grounds::default();
        grounds.add(Caller(0), Did::Returned, CALLED - Duration::from_secs(6));
        grounds.add(Caller(1), Did::Returned, CALLED);
        grounds.add(Caller(0), Did::Wrote, CALLED);
        assert!(!allows(&grounds, &returned, 10));
        assert!(allows(&grounds, &Reason::Replied, 10));
        grounds.add(Caller(0), Did::Returned, CALLED - Duration::from_secs(5));
        assert!(allows(&grounds, &returned, 10));
    }

    #[test]
    fn a_no_before_the_call_is_a_reason() {
        let mut grounds = Grounds::default();
        assert!(!allows(&grounds, &Reason::Suppressed, 10));
        grounds.add(Caller(0), Did::SaidNo, CALLED - Duration::from_secs(3600));
        assert!(allows(&grounds, &Reason::Suppressed, 10));
    }

    #[test]
    fn a_text_is_too_late_after_ten_minutes_if_something_hindered_it() {
        let mut grounds = Grounds::default();
        assert!(!allows(&grounds, &Reason::Stale, 601));
        grounds.hindered = true;
        assert!(allows(&grounds, &Reason::Stale, 601));
        assert!(!allows(&grounds, &Reason::Stale, 590));
        let told_late = LeftOut {
            known_since: None,
            ..left_out(&Reason::Stale, 601)
        };
        assert!(Grounds::default().allow(&told_late, TOLERANCE));
    }

    #[test]
    fn a_text_is_never_lost_sight_of_unless_something_goes_wrong() {
        let unknown = Reason::Failed("outcome_unknown".into());
        let mut grounds = Grounds::default();
        assert!(!allows(&grounds, &unknown, 60));
        grounds.hindered = true;
        assert!(allows(&grounds, &unknown, 60));
        assert!(!allows(&grounds, &Reason::Failed("validation".into()), 60));
        assert!(!allows(&grounds, &Reason::QuietHours, 60));
    }
}
