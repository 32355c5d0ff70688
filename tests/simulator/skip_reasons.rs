//! Checks the reason of each skipped first text: the reason must be true, and its cause must not be older than the call.
//! The true time decides, not the clock of a machine.

use std::collections::BTreeMap;
use std::time::Duration;

use gohighlevel::recipes::missed_call::episode::{EpisodeId, Reason, Trigger};
use jiff::Timestamp;

use super::invariant::Invariant;
use super::oracle::{Call, Oracle};
use super::plan::{CallEnd, Caller, Words};
use super::rules::{COOLDOWN, MAX_AGE, TEXTS_PER_DAY, rule_of};

/// An engine that knows of a call this long before the deadline must send the text, unless something hindered it.
const TIME_TO_ANSWER: Duration = Duration::from_secs(60);

/// An act of the caller or the team that can be the reason to skip a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    /// The caller wrote. An automatic reply of their phone does not count.
    Wrote,
    /// The caller opted out, or the team turned do-not-disturb on.
    OptedOut,
    /// The host reported a reply that may be an opt-out.
    Doubted,
    Answered,
    Returned,
    Booked,
}

impl Activity {
    pub(super) fn of_words(words: Words) -> Option<Self> {
        match words {
            Words::Stop | Words::Refusal => Some(Self::OptedOut),
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

/// Everything that can justify a skipped first text in this world.
#[derive(Debug, Default)]
pub(super) struct SkipReasons {
    /// Whether a fault, a pause or a crash can have kept an engine from its work.
    pub(super) hindered: bool,
    activities: BTreeMap<Caller, Vec<(Activity, Timestamp)>>,
}

/// A first text that was not sent.
struct Skipped<'a> {
    reason: &'a Reason,
    /// The call that the text would have answered.
    call: Call,
    /// When an engine acknowledged the call.
    known_since: Option<Timestamp>,
    /// How many texts to the caller were attempted.
    texts: usize,
    now: Timestamp,
}

impl SkipReasons {
    pub(super) fn add(&mut self, caller: Caller, activity: Activity, at: Timestamp) {
        self.activities
            .entry(caller)
            .or_default()
            .push((activity, at));
    }

    /// Whether the reason is true, if two clocks may differ by `tolerance`.
    fn allow(&self, skipped: &Skipped<'_>, tolerance: Duration) -> bool {
        let since_call = |activity| self.since_call(activity, skipped, tolerance);
        match skipped.reason {
            Reason::Replied
            | Reason::StoppedBy(Trigger::Replied)
            | Reason::StoppedBy(Trigger::Help) => since_call(Activity::Wrote),
            Reason::StoppedBy(Trigger::Answered) => since_call(Activity::Answered),
            Reason::StoppedBy(Trigger::Returned) => since_call(Activity::Returned),
            Reason::StoppedBy(Trigger::Booked) => since_call(Activity::Booked),
            // An opt-out holds for every later call.
            Reason::DoNotDisturb | Reason::OptedOut | Reason::Suppressed => self
                .of(skipped.call.caller)
                .any(|(activity, _)| activity == Activity::OptedOut),
            Reason::Doubtful => self
                .of(skipped.call.caller)
                .any(|(activity, _)| activity == Activity::Doubted),
            Reason::Stale => self.is_too_late(skipped, tolerance),
            // The next episode begins long after the deadline of the text.
            Reason::Superseded => self.is_too_late(skipped, tolerance),
            // The last call of every world comes within a day.
            Reason::Capped => skipped.texts >= TEXTS_PER_DAY,
            // The oracle checks these against all calls and callers.
            Reason::Flood | Reason::HeldOut => false,
            // The text may have been sent, but cannot be found.
            Reason::Failed(code) => code == "outcome_unknown" && self.hindered,
            // No other reason can be true in these worlds: every number can be texted, nobody is erased or merged, and
            // the app stays installed.
            _ => false,
        }
    }

    fn of(&self, caller: Caller) -> impl Iterator<Item = (Activity, Timestamp)> {
        self.activities.get(&caller).into_iter().flatten().copied()
    }

    fn since_call(&self, activity: Activity, skipped: &Skipped<'_>, tolerance: Duration) -> bool {
        let Skipped { call, now, .. } = *skipped;
        let earliest = call.ended_from - tolerance;
        // A machine whose clock is slow sees the call in the future for a moment, and cannot tell what came before it.
        let lies_ahead = self.hindered && now <= call.ended_at + tolerance;
        self.of(call.caller)
            .any(|(other, at)| other == activity && (at >= earliest || lies_ahead))
    }

    /// Whether the call is too old now, and either it was known too late or something hindered the answer.
    fn is_too_late(&self, skipped: &Skipped<'_>, tolerance: Duration) -> bool {
        let Skipped { call, now, .. } = *skipped;
        let in_time = call.ended_from + MAX_AGE - TIME_TO_ANSWER;
        let was_known = skipped.known_since.is_some_and(|since| since < in_time);
        now + tolerance > call.ended_from + MAX_AGE && (self.hindered || !was_known)
    }
}

impl Oracle {
    /// The first text of an episode was skipped for this reason.
    pub(super) fn skips_first_text(
        &mut self,
        episode: &EpisodeId,
        reason: &Reason,
        now: Timestamp,
    ) {
        let Some((message, call)) = self.answered_call(episode) else {
            return;
        };
        let contact = self.contacts.get(episode);
        let texts = self.attempts.iter().filter(|((other, step), _)| {
            Some(other) == contact && rule_of(step).is_some_and(|rule| rule.is_text)
        });
        let skipped = Skipped {
            reason,
            call,
            known_since: self.known_since(episode, message),
            texts: texts.map(|(_, effects)| effects.len()).sum(),
            now,
        };
        let is_true = match reason {
            // Whether callers come in a flood is asked of their first call, also where a second one has released them.
            Reason::Flood => self
                .opened_by(episode)
                .is_some_and(|(_, first)| self.may_be_of_a_flood(first)),
            Reason::HeldOut => self.holds_back(call.caller),
            _ => self.skip_reasons.allow(&skipped, self.tolerance),
        };
        if !is_true {
            let how = format!("{} gets no first text: `{reason}` is not true", call.caller);
            self.report(Invariant::NeverWithoutReason, how);
        }
    }

    /// When an engine knew that this call is to be answered: a caller who is held out has to call again for that, and either
    /// call may be reported first.
    fn known_since(&self, episode: &EpisodeId, call: &str) -> Option<Timestamp> {
        let acknowledged = self.acknowledged.get(call).copied()?;
        match self.hold_outs.released_by(episode) {
            Some(released_by) => {
                let release = self.acknowledged.get(released_by).copied()?;
                Some(acknowledged.max(release))
            }
            None => Some(acknowledged),
        }
    }

    /// A call that joins an episode gets no text of its own, so it must come within the cooldown.
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
            self.report(Invariant::NeverWithoutReason, how);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_secs(5);
    const CALLED: Timestamp = Timestamp::constant(1_793_232_000, 0);

    /// A call that is known at once, and whose text is skipped `after` seconds.
    fn skipped(reason: &Reason, after: u64) -> Skipped<'_> {
        Skipped {
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

    fn allows(skip_reasons: &SkipReasons, reason: &Reason, after: u64) -> bool {
        skip_reasons.allow(&skipped(reason, after), TOLERANCE)
    }

    #[test]
    fn an_activity_before_the_call_is_not_a_reason() {
        let returned = Reason::StoppedBy(Trigger::Returned);
        let mut skip_reasons = SkipReasons::default();
        skip_reasons.add(
            Caller(0),
            Activity::Returned,
            CALLED - Duration::from_secs(6),
        );
        skip_reasons.add(Caller(1), Activity::Returned, CALLED);
        skip_reasons.add(Caller(0), Activity::Wrote, CALLED);
        assert!(!allows(&skip_reasons, &returned, 10));
        assert!(allows(&skip_reasons, &Reason::Replied, 10));
        skip_reasons.add(
            Caller(0),
            Activity::Returned,
            CALLED - Duration::from_secs(5),
        );
        assert!(allows(&skip_reasons, &returned, 10));
    }

    #[test]
    fn an_opt_out_before_the_call_is_a_reason() {
        let mut skip_reasons = SkipReasons::default();
        assert!(!allows(&skip_reasons, &Reason::Suppressed, 10));
        skip_reasons.add(
            Caller(0),
            Activity::OptedOut,
            CALLED - Duration::from_secs(3600),
        );
        assert!(allows(&skip_reasons, &Reason::Suppressed, 10));
    }

    #[test]
    fn a_text_is_too_late_after_ten_minutes_if_something_hindered_it() {
        let mut skip_reasons = SkipReasons::default();
        assert!(!allows(&skip_reasons, &Reason::Stale, 601));
        skip_reasons.hindered = true;
        assert!(allows(&skip_reasons, &Reason::Stale, 601));
        assert!(!allows(&skip_reasons, &Reason::Stale, 590));
        let known_late = Skipped {
            known_since: None,
            ..skipped(&Reason::Stale, 601)
        };
        assert!(SkipReasons::default().allow(&known_late, TOLERANCE));
    }

    #[test]
    fn an_unknown_outcome_needs_a_fault() {
        let unknown = Reason::Failed("outcome_unknown".into());
        let mut skip_reasons = SkipReasons::default();
        assert!(!allows(&skip_reasons, &unknown, 60));
        skip_reasons.hindered = true;
        assert!(allows(&skip_reasons, &unknown, 60));
        assert!(!allows(
            &skip_reasons,
            &Reason::Failed("validation".into()),
            60
        ));
        assert!(!allows(&skip_reasons, &Reason::QuietHours, 60));
    }
}
