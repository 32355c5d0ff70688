//! How often a person may be texted: no more texts than a cap allows, and one confirmation of an opt-out.
//!
//! Sources: Fla. Stat. 501.616(6)(b) and Okla. Stat. tit. 15, 775C.4 allow three in 24 hours, on one subject. 47 CFR
//! 64.1200(a)(12) allows one text that confirms an opt-out, presumes it to be in time within five minutes, and asks for
//! reasons if it is later.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after an opt-out it may be confirmed.
pub const CONFIRMATION_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// The most texts to one person within any period of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// The number of texts; zero allows none.
    pub texts: u32,
    /// The length of the period, which ends now.
    pub within: SignedDuration,
}

/// Whether a cap allows one more text.
// Exhaustive on purpose: who sends has to handle all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// It may be sent, and this many more after it.
    Left(u32),
    /// Not before this time, if nothing else is sent until then.
    Until(Timestamp),
    /// Never: the cap is zero.
    Never,
}

/// Whether one more text may be sent now, after those that were `sent` at these times, in any order.
///
/// A text counts until the cap's length has passed after it. A text in the future counts too: some clock is wrong, but
/// the text was sent.
pub fn allowed(sent: &[Timestamp], cap: Cap, now: Timestamp) -> Allowance {
    let ends = |at: &Timestamp| at.saturating_add(cap.within).unwrap_or(Timestamp::MAX);
    let mut ends: Vec<_> = sent.iter().map(ends).filter(|end| *end > now).collect();
    let counted = u32::try_from(ends.len()).unwrap_or(u32::MAX);
    if counted < cap.texts {
        return Allowance::Left(cap.texts - counted - 1);
    }
    if cap.texts == 0 {
        return Allowance::Never;
    }
    // Texts must stop counting until one fewer than the cap is left.
    ends.sort_unstable();
    let last_to_end = usize::try_from(counted - cap.texts).unwrap_or(usize::MAX);
    ends.get(last_to_end)
        .map_or(Allowance::Never, |end| Allowance::Until(*end))
}

/// Why an opt-out is not confirmed.
// Exhaustive on purpose: a confirmation fails for one of these two reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotConfirmed {
    /// It was already confirmed, by us or by the carrier.
    #[error("the opt-out was confirmed before")]
    Already,
    /// More than five minutes have passed.
    #[error("the opt-out is more than 5 minutes old")]
    TooLate,
}

/// Whether an opt-out may be confirmed now, by a text that says nothing else.
///
/// `confirmed_at` is the last confirmation that this person received from anyone. After a single keyword such as STOP,
/// the carrier or HighLevel sends a confirmation itself (help article 48001213941): count it.
pub fn may_confirm_opt_out(
    opted_out_at: Timestamp,
    confirmed_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), NotConfirmed> {
    if confirmed_at.is_some_and(|at| at >= opted_out_at) {
        return Err(NotConfirmed::Already);
    }
    if now.duration_since(opted_out_at) > CONFIRMATION_WITHIN {
        return Err(NotConfirmed::TooLate);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE_A_DAY: Cap = Cap {
        texts: 3,
        within: SignedDuration::from_hours(24),
    };

    fn hour(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    #[test]
    fn texts_count_for_as_long_as_the_cap_is() {
        for (sent, now, expected) in [
            (&[][..], 0, Allowance::Left(2)),
            (&[0], 0, Allowance::Left(1)),
            (&[0, 1], 2, Allowance::Left(0)),
            (&[2, 0, 1], 2, Allowance::Until(hour(24))),
            (&[0, 1, 2], 23, Allowance::Until(hour(24))),
            (&[0, 1, 2], 24, Allowance::Left(0)),
            (&[0, 1, 2], 26, Allowance::Left(2)),
            // More than the cap, as after it was lowered: two have to end.
            (&[0, 1, 2, 3], 4, Allowance::Until(hour(25))),
            (&[30], 2, Allowance::Left(1)),
        ] {
            let sent: Vec<_> = sent.iter().copied().map(hour).collect();
            let allowance = allowed(&sent, THREE_A_DAY, hour(now));
            assert_eq!(allowance, expected, "{sent:?} {now}");
        }
        let none = Cap {
            texts: 0,
            ..THREE_A_DAY
        };
        assert_eq!(allowed(&[], none, hour(0)), Allowance::Never);
        assert_eq!(allowed(&[hour(0)], none, hour(0)), Allowance::Never);
    }

    #[test]
    fn when_it_says_until_one_is_allowed_then_and_none_before() {
        let sent: Vec<_> = [0, 5, 5, 7, 20].map(hour).into();
        let Allowance::Until(at) = allowed(&sent, THREE_A_DAY, hour(21)) else {
            panic!("the cap is reached");
        };
        assert_eq!(allowed(&sent, THREE_A_DAY, at), Allowance::Left(0));
        let before = at - SignedDuration::from_nanos(1);
        assert_eq!(allowed(&sent, THREE_A_DAY, before), Allowance::Until(at));
    }

    #[test]
    fn one_confirmation_within_five_minutes() {
        let (opted_out, last) = (hour(1), hour(1) + CONFIRMATION_WITHIN);
        assert_eq!(may_confirm_opt_out(opted_out, None, opted_out), Ok(()));
        assert_eq!(may_confirm_opt_out(opted_out, None, last), Ok(()));
        let late = last + SignedDuration::from_nanos(1);
        let too_late = may_confirm_opt_out(opted_out, None, late);
        assert_eq!(too_late, Err(NotConfirmed::TooLate));
        let again = may_confirm_opt_out(opted_out, Some(opted_out), last);
        assert_eq!(again, Err(NotConfirmed::Already));
        // An earlier opt-out was confirmed, then lifted.
        assert_eq!(may_confirm_opt_out(opted_out, Some(hour(0)), last), Ok(()));
    }
}
