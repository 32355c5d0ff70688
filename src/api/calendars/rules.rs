//! When something is open: the hours of a calendar, and the rules of a schedule.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_with::{DeserializeAs, SerializeAs, serde_as, skip_serializing_none};

/// The hours in which a calendar can be booked on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenHours {
    /// The days of the week, `0` to `6`.
    pub days_of_the_week: Vec<u8>,
    /// The hours of these days.
    pub hours: Vec<TimeRange>,
}

/// From one time of the day to another, in hours (`0` to `23`) and minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeRange {
    /// The hour of the start.
    pub open_hour: u8,
    /// The minute of the start.
    pub open_minute: u8,
    /// The hour of the end.
    pub close_hour: u8,
    /// The minute of the end.
    pub close_minute: u8,
}

/// The hours of one date, in place of those of its day of the week.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomAvailability {
    /// HighLevel's id of it, needed to change or to delete one with an update; leave it out for a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// The date, in the calendar's zone.
    #[serde_as(as = "MidnightOf")]
    pub date: Date,
    /// The hours of that date.
    pub hours: Vec<TimeRange>,
    /// Whether an update deletes it.
    #[serde(default)]
    pub deleted: Option<bool>,
}

/// A date as HighLevel writes it here: `2026-09-24T00:00:00.000Z`, whatever the zone.
struct MidnightOf;

impl SerializeAs<Date> for MidnightOf {
    fn serialize_as<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{date}T00:00:00.000Z"))
    }
}

impl<'de> DeserializeAs<'de, Date> for MidnightOf {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let date = text.split('T').next().unwrap_or_default();
        date.parse()
            .map_err(|_| de::Error::custom("a date was expected"))
    }
}

/// When a schedule is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum ScheduleRule {
    /// Each week.
    #[serde(rename = "wday")]
    Weekly {
        /// The day of the week.
        day: ScheduleWeekday,
        /// The times of that day; none at all if it is closed.
        intervals: Vec<ScheduleInterval>,
    },
    /// On one date, in place of the rule of its day of the week.
    #[serde(rename = "date")]
    On {
        /// The date.
        date: Date,
        /// The times of that date; none at all if it is closed.
        intervals: Vec<ScheduleInterval>,
    },
}

/// From one time of the day to another, both as `HH:MM` of a day with 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleInterval {
    /// The start, such as `09:00`.
    pub from: String,
    /// The end, such as `17:00`.
    pub to: String,
}

impl ScheduleInterval {
    /// From one time to another, such as `("09:00", "17:00")`.
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
        }
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say all")]
// Exhaustive on purpose: a week has these days.
pub enum ScheduleWeekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}
