//! Writes times for HighLevel; they are read in `crate::lenient`.

use jiff::Timestamp;
use serde::Serializer;
use serde_with::SerializeAs;

/// RFC 3339 in UTC with whole seconds, such as `2026-07-01T15:00:00Z`: the form of HighLevel's own samples.
pub(crate) struct Rfc3339;

impl SerializeAs<Timestamp> for Rfc3339 {
    fn serialize_as<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{time:.0}"))
    }
}

/// Whole seconds since 1970; only `scheduledTimestamp` is written so.
pub(crate) struct EpochSeconds;

impl SerializeAs<Timestamp> for EpochSeconds {
    fn serialize_as<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.as_second())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_with::serde_as;

    use super::*;

    #[serde_as]
    #[derive(Serialize)]
    struct Row {
        #[serde_as(as = "Rfc3339")]
        text: Timestamp,
        #[serde_as(as = "Option<EpochSeconds>")]
        number: Option<Timestamp>,
    }

    #[test]
    fn fractions_of_a_second_are_not_written() {
        let time = "2026-07-01T17:00:00.999+02:00".parse().unwrap();
        let row = Row {
            text: time,
            number: Some(time),
        };
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"text":"2026-07-01T15:00:00Z","number":1782918000}"#
        );
    }
}
