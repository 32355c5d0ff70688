//! Durations as people write them: `PT1H30M` of ISO 8601, `2 hours`, `90 min`, `1 day`, `1h 30m`, `half an hour`.

use jiff::SignedDuration;
use jiff::fmt::temporal::SpanParser;

/// Words for numbers, as far as durations are written in them.
const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

/// The duration in `text`, if there is exactly one. A month is not a duration: it has no fixed length. `Err` holds what may
/// have been meant.
pub(super) fn read(text: &str) -> Result<SignedDuration, Option<String>> {
    let text = text.trim();
    // A day of ISO 8601 is 24 hours here, as there are no days of other lengths between a call and a text.
    let of_hours = |text: &str| SpanParser::new().parse_duration(text).ok();
    if let Some(duration) = of_hours(text).or_else(|| days(text)) {
        return Ok(duration);
    }
    in_words(text).ok_or_else(|| meant(text))
}

/// `P1D` and `P1DT12H`.
fn days(text: &str) -> Option<SignedDuration> {
    let (days, time) = text.strip_prefix(['P', 'p'])?.split_once(['D', 'd'])?;
    let days: i64 = days.parse().ok().filter(|days| (0..1000).contains(days))?;
    let days = SignedDuration::from_hours(24 * days);
    if time.is_empty() {
        return Some(days);
    }
    let time = SpanParser::new().parse_duration(format!("P{time}")).ok()?;
    days.checked_add(time)
}

fn in_words(text: &str) -> Option<SignedDuration> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "at once" | "immediately" | "now" => return Some(SignedDuration::ZERO),
        "half an hour" => return Some(SignedDuration::from_mins(30)),
        _ => {}
    }
    let mut total = SignedDuration::ZERO;
    let mut found = false;
    let mut rest = lower.as_str();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
        if rest.is_empty() {
            return found.then_some(total);
        }
        let (number, after) = number(rest)?;
        let after = after.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
        let end = after
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        total = total.checked_add(unit_of(unit)?.checked_mul(number)?)?;
        found = true;
        rest = after.strip_prefix('.').unwrap_or(after);
    }
}

fn number(text: &str) -> Option<(i32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    if end > 0 {
        let (number, rest) = text.split_at(end);
        return Some((number.parse().ok()?, rest));
    }
    let (word, rest) = text.split_once(' ')?;
    let at = NUMBERS.iter().position(|number| *number == word);
    let number = match word {
        "a" | "an" => 1,
        _ => i32::try_from(at?).ok()? + 1,
    };
    Some((number, rest))
}

fn unit_of(word: &str) -> Option<SignedDuration> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => SignedDuration::from_secs(1),
        "m" | "min" | "mins" | "minute" | "minutes" => SignedDuration::from_mins(1),
        "h" | "hr" | "hrs" | "hour" | "hours" => SignedDuration::from_hours(1),
        "d" | "day" | "days" => SignedDuration::from_hours(24),
        "w" | "week" | "weeks" => SignedDuration::from_hours(7 * 24),
        _ => return None,
    })
}

/// What a text that is not a duration may have been meant for.
fn meant(text: &str) -> Option<String> {
    if !text.is_empty() && text.len() < 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!(
            "write the unit too: \"{text} seconds\", \"{text} minutes\" or \"{text} hours\""
        ));
    }
    let (before, after) = text.split_once(':')?;
    let number = |digits: &str| digits.parse::<u32>().ok();
    let (first, second) = (number(before)?, number(after)?);
    Some(format!(
        "write \"{first} hours {second} minutes\" or \"{first} minutes {second} seconds\", whichever is meant"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unambiguous_durations_are_accepted() {
        for (text, seconds) in [
            ("PT1H30M", 5400),
            ("pt10m", 600),
            ("P1D", 86400),
            ("P1DT12H", 129_600),
            ("2 hours", 7200),
            ("90 min", 5400),
            ("90 Minutes", 5400),
            ("60 s", 60),
            ("60s", 60),
            ("1 day", 86400),
            ("1h30m", 5400),
            ("1 hour, 30 minutes", 5400),
            ("1 hour and 30 min.", 5400),
            ("4h", 14400),
            ("one hour", 3600),
            ("an hour", 3600),
            ("10-minutes", 600),
            ("half an hour", 1800),
            ("0 seconds", 0),
            ("1 week", 604_800),
        ] {
            assert_eq!(read(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "1 month",
            "hours",
            "2 hours later",
            "1.5 hours",
            "soon",
            "P1M",
            "P1Y",
        ] {
            assert_eq!(read(text), Err(None), "{text}");
        }
        for text in ["60", "04:00"] {
            assert!(read(text).is_err_and(|meant| meant.is_some()), "{text}");
        }
        // More than a duration can hold.
        assert!(read("999999999999 weeks").is_err());
    }
}
