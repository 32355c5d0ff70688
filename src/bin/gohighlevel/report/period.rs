//! Which days a report is of.

use std::str::FromStr;

use gohighlevel::recipes::missed_call::report::Period;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// The usual length of a period.
const WEEK: u32 = 7;
/// More than ten years are a slip.
const LONGEST: u32 = 3_660;

/// A number of days, written `7d` or `4w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days(u32);

impl FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ADVICE: &str = "write a number of days or weeks, such as 7d or 4w";
        let (number, days) = match text.strip_suffix('w') {
            Some(weeks) => (weeks, 7),
            None => (text.strip_suffix('d').unwrap_or(text), 1),
        };
        let number: u32 = number.trim().parse().map_err(|_| ADVICE)?;
        match number.checked_mul(days) {
            Some(days @ 1..=LONGEST) => Ok(Self(days)),
            _ => Err(ADVICE),
        }
    }
}

/// The period that the arguments name.
pub(super) fn of(
    from: Option<Date>,
    to: Option<Date>,
    last: Option<Days>,
    today: Date,
) -> Result<Period, String> {
    // Today is not over.
    let to = to.unwrap_or_else(|| today.saturating_sub(1.day()));
    let from = from.unwrap_or_else(|| {
        let days = last.map_or(WEEK, |days| days.0);
        to.saturating_sub((i64::from(days) - 1).days())
    });
    if from > to {
        return Err(format!(
            "the first day, {from}, is after the last one, {to}; write --to too, or an earlier --from"
        ));
    }
    Ok(Period::between(from, to))
}
