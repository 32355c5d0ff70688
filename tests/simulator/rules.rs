//! The rules of each step of the simulated recipe, written a second time and independent of the engine.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::fixture::Fixture;
use super::invariant::Invariant;
use super::oracle::{Call, StepAction};
use super::plan::Caller;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// The greatest age of a call that gets a first text.
pub(super) const MAX_AGE: Duration = Duration::from_secs(600);
/// How long later calls join the episode of a call.
pub(super) const COOLDOWN: Duration = Duration::from_secs(4 * 3600);
/// The most texts that a caller gets within a day.
pub(super) const TEXTS_PER_DAY: usize = 3;

/// How long after an opt-out it may be confirmed.
pub(super) const CONFIRMED_WITHIN: Duration = Duration::from_secs(300);

/// The step that answers the call.
pub(super) const FIRST_TEXT: &str = "first";

/// The step that follows a first text which does not arrive.
pub(super) const UNREACHED: &str = "unreached";

/// The steps that have an outcome for every recorded call.
pub(super) const AFTER_EVERY_CALL: [&str; 4] = ["callback", FIRST_TEXT, "later", "tag"];

/// What a step follows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Follows {
    Call,
    ThirdCall,
    /// Another act of the caller.
    Cause,
    /// An opt-out phrase that no carrier answers. This is the only text that may follow an opt-out.
    Refusal,
}

#[derive(Debug)]
pub(super) struct StepRule {
    pub(super) step: &'static str,
    pub(super) is_text: bool,
    /// The first words of its text or title.
    says: &'static str,
    pub(super) follows: Follows,
    /// The earliest time after the first call.
    earliest: Duration,
    /// The latest time after the first call.
    latest: Option<Duration>,
    quiet_at_night: bool,
    /// A caller gets at most one within this time.
    pub(super) once_within: Option<Duration>,
}

const RULES: [StepRule; 9] = [
    StepRule {
        step: FIRST_TEXT,
        is_text: true,
        says: "Hi ",
        follows: Follows::Call,
        earliest: Duration::from_secs(30),
        latest: Some(MAX_AGE),
        quiet_at_night: false,
        once_within: Some(COOLDOWN),
    },
    StepRule {
        step: "later",
        is_text: true,
        says: "Are you still",
        follows: Follows::Call,
        earliest: Duration::from_secs(2 * 3600),
        // It may wait a day for the permitted hours, and then as long as a first text.
        latest: Some(Duration::from_secs(26 * 3600 + 600)),
        quiet_at_night: true,
        once_within: None,
    },
    StepRule {
        step: "booked",
        is_text: true,
        says: "Thank you",
        follows: Follows::Cause,
        earliest: Duration::ZERO,
        latest: None,
        quiet_at_night: true,
        once_within: None,
    },
    StepRule {
        step: "goodbye",
        is_text: true,
        says: "You will get no more texts",
        follows: Follows::Refusal,
        earliest: Duration::ZERO,
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
    StepRule {
        step: "callback",
        is_text: false,
        says: "Call back",
        follows: Follows::Call,
        earliest: Duration::from_secs(15 * 60),
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
    StepRule {
        step: UNREACHED,
        is_text: false,
        says: "The text did not arrive",
        follows: Follows::Cause,
        earliest: Duration::from_secs(30),
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
    StepRule {
        step: "person",
        is_text: false,
        says: "Asks for a person",
        follows: Follows::Cause,
        earliest: Duration::ZERO,
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
    StepRule {
        step: "doubt",
        is_text: false,
        says: "Asks for no more texts",
        follows: Follows::Cause,
        earliest: Duration::ZERO,
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
    StepRule {
        step: "third_call",
        is_text: false,
        says: "Has called three times",
        follows: Follows::ThirdCall,
        earliest: MINUTE,
        latest: None,
        quiet_at_night: false,
        once_within: None,
    },
];

/// The rule of the step with this name; `None` for a step that may be repeated.
pub(super) fn rule_of(step: &str) -> Option<&'static StepRule> {
    RULES.iter().find(|rule| rule.step == step)
}

impl StepRule {
    /// The rule of the step that this action belongs to.
    pub(super) fn of(action: &StepAction) -> Option<&'static Self> {
        RULES
            .iter()
            .find(|rule| rule.is_text == action.is_text && action.says.starts_with(rule.says))
    }

    /// Whether the step is too early or too late at `now`.
    pub(super) fn broken_by_time(
        &self,
        call: Call,
        now: Timestamp,
        tolerance: Duration,
    ) -> Option<(Invariant, String)> {
        let since = |moment| now.duration_since(moment).unsigned_abs();
        let describe = |word| {
            let seconds = since(call.ended_at).as_secs();
            format!("`{}` is {word}: {seconds} s after the call", self.step)
        };
        if since(call.ended_from) + tolerance < self.earliest {
            return Some((Invariant::NeverEarly, describe("early")));
        }
        let latest = self.latest? + tolerance;
        (since(call.ended_at) > latest).then(|| (Invariant::NeverLate, describe("late")))
    }

    /// Whether it is before 8 am or after 9 pm in the time zone of the caller's number.
    pub(super) fn breaks_quiet_hours(
        &self,
        caller: Caller,
        now: Timestamp,
        tolerance: Duration,
    ) -> bool {
        let Ok(zone) = TimeZone::get(Fixture::zone(caller)) else {
            return true;
        };
        let here = now.to_zoned(zone).time();
        let since_midnight = here
            .duration_since(jiff::civil::Time::midnight())
            .unsigned_abs();
        self.quiet_at_night
            && (since_midnight + tolerance < 8 * HOUR || since_midnight > 21 * HOUR + tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_text_at_night_is_reported() {
        let later = rule_of("later").unwrap();
        let (chicago, tolerance) = (Caller(0), Duration::from_secs(5));
        for (time, quiet) in [
            ("2026-11-03T13:59:54Z", true),
            ("2026-11-03T13:59:56Z", false),
            ("2026-11-04T03:00:05Z", false),
            ("2026-11-04T03:00:06Z", true),
        ] {
            let time = time.parse().unwrap();
            assert_eq!(
                later.breaks_quiet_hours(chicago, time, tolerance),
                quiet,
                "{time}"
            );
            let first = rule_of("first").unwrap();
            assert!(!first.breaks_quiet_hours(chicago, time, tolerance));
        }
    }
}
