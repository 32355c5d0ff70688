//! Numbers and times of a page, as people write them.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::report::currency::grouped;
use crate::recipes::missed_call::core::report::metrics::Share;
use crate::recipes::missed_call::core::report::period::Period;
use crate::recipes::missed_call::core::report::weekly_review::dialled;

/// What stands where there is nothing to measure.
pub(super) const NOTHING: &str = "–";

/// `1,234`.
pub(super) fn number(count: u64) -> String {
    grouped(count)
}

/// `22%`, or `0.4%` below ten percent of few hundredths.
pub(super) fn percent(value: f64) -> String {
    let percent = value * 100.0;
    if percent > 0.0 && percent < 9.95 {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    }
}

pub(super) fn share(share: Option<Share>) -> String {
    share.map_or(NOTHING.to_owned(), |share| percent(share.value()))
}

/// `+10.0`: percentage points.
pub(super) fn points(value: f64) -> String {
    let written = format!("{:+.1}", value * 100.0);
    if written == "-0.0" {
        "+0.0".to_owned()
    } else {
        written.replace('-', "−")
    }
}

/// `9 s`, `1 min 40 s`, `2 h 5 min`.
pub(super) fn duration(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, rest) {
        (0, 0, rest) => format!("{rest} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, rest) => format!("{minutes} min {rest} s"),
        (48.., _, _) => format!("{} days", hours / 24),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `16–22 November 2026`.
pub(super) fn period(period: Period) -> String {
    let (first, last) = (period.first(), period.last());
    let end = day(last);
    if first == last {
        end
    } else if (first.year(), first.month()) == (last.year(), last.month()) {
        format!("{}–{end}", first.day())
    } else if first.year() == last.year() {
        format!("{} – {end}", first.strftime("%-d %B"))
    } else {
        format!("{} – {end}", day(first))
    }
}

/// `22 November 2026`.
pub(super) fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// `Fri 20 Nov 2026, 10:02:15 CST`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    local.strftime("%a %-d %b %Y, %H:%M:%S %Z").to_string()
}

/// `Fri 20 Nov, 10:02`.
pub(super) fn short_moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    local.strftime("%a %-d %b, %H:%M").to_string()
}

/// The number as dialled, or its last four digits.
pub(super) fn caller(number: Option<&PhoneNumber>, in_full: bool) -> String {
    match number {
        None => "number withheld".to_owned(),
        Some(number) if in_full => dialled(number),
        Some(number) => format!("… {}", number.last_four()),
    }
}

/// The number with `s` after the thing, unless it is one.
pub(super) fn many(count: u64, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        number(count),
        if count == 1 { one } else { several }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn times_and_shares_are_short() {
        for (seconds, expected) in [
            (-3, "0 s"),
            (9, "9 s"),
            (60, "1 min"),
            (100, "1 min 40 s"),
            (7_200, "2 h"),
            (7_500, "2 h 5 min"),
            (300_000, "3 days"),
        ] {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), expected);
        }
        for (value, expected) in [
            (0.0, "0%"),
            (0.004, "0.4%"),
            (0.099, "9.9%"),
            (0.0996, "10%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(value), expected);
        }
        assert_eq!(points(0.1), "+10.0");
        assert_eq!(points(-0.0001), "+0.0");
        assert_eq!(points(-0.025), "−2.5");
    }

    #[test]
    fn periods_name_what_differs() {
        for (first, last, expected) in [
            (
                date(2026, 11, 16),
                date(2026, 11, 22),
                "16–22 November 2026",
            ),
            (
                date(2026, 11, 30),
                date(2026, 12, 6),
                "30 November – 6 December 2026",
            ),
            (
                date(2026, 12, 28),
                date(2027, 1, 3),
                "28 December 2026 – 3 January 2027",
            ),
            (date(2026, 12, 28), date(2026, 12, 28), "28 December 2026"),
        ] {
            assert_eq!(period(Period::between(first, last)), expected);
        }
    }
}
