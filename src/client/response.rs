//! Reads the rate headers of an answer, and failures in the body of a 2xx. Pure. Other answers are classified in
//! [`judge`](super::judge), values are decoded in [`decode`](super::decode).

use std::time::Duration;

use http::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use jiff::Timestamp;
use serde_json::Value;

use super::judge::{Aftermath, Noted, ResponseView, judge};
use crate::error::Error;

/// What the rate headers say. Sources: HighLevel's OAuth FAQ, for five of them (note the word order of the two daily ones);
/// its SDK for JavaScript 3.1.0 for the daily reset, in milliseconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RateHeaders {
    pub(crate) max: Option<u32>,
    pub(crate) remaining: Option<u32>,
    pub(crate) interval: Option<Duration>,
    pub(crate) daily_limit: Option<u64>,
    pub(crate) daily_remaining: Option<u64>,
    /// When the next day's allowance begins, from now.
    pub(crate) daily_reset: Option<Duration>,
    pub(crate) retry_after: Option<Duration>,
}

static MAX: HeaderName = HeaderName::from_static("x-ratelimit-max");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static INTERVAL: HeaderName = HeaderName::from_static("x-ratelimit-interval-milliseconds");
static DAILY_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit-daily");
static DAILY_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-daily-remaining");
static DAILY_RESET: HeaderName = HeaderName::from_static("x-ratelimit-daily-reset");

/// The next day begins within a day. What lies further ahead is a time in another unit, and not believed.
const LONGEST_DAY: Duration = Duration::from_secs(25 * 60 * 60);

impl RateHeaders {
    /// `now` is asked for where HighLevel names a moment and does not say what time it is there.
    pub(crate) fn read(headers: &HeaderMap, now: impl FnOnce() -> Timestamp) -> Self {
        fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
            headers.get(name)?.to_str().ok().map(str::trim)
        }
        fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &HeaderName) -> Option<T> {
            text(headers, name)?.parse().ok()
        }
        let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok();
        let retry_after = || {
            let asked = text(headers, &RETRY_AFTER)?;
            if let Ok(seconds) = asked.parse::<f64>() {
                return Duration::try_from_secs_f64(seconds).ok();
            }
            let until = date(asked)?.timestamp();
            let from = text(headers, &DATE)
                .and_then(date)
                .map_or_else(now, |date| date.timestamp());
            // What is past by now need not be waited for.
            Some(Duration::try_from(until.duration_since(from)).unwrap_or_default())
        };
        Self {
            max: number(headers, &MAX),
            remaining: number(headers, &REMAINING),
            interval: number(headers, &INTERVAL).map(Duration::from_millis),
            daily_limit: number(headers, &DAILY_LIMIT),
            daily_remaining: number(headers, &DAILY_REMAINING),
            daily_reset: number(headers, &DAILY_RESET)
                .map(Duration::from_millis)
                .filter(|reset| *reset <= LONGEST_DAY),
            retry_after: retry_after(),
        }
    }
}

/// What HighLevel says in the body of a 2xx when it did not do what it was asked: a status of its own (a message that
/// is not scheduled gives `{"status":404}`), a flag that is false, or an error. An empty body, or any other, denies
/// nothing.
pub(super) fn denial(operation: &str, view: &ResponseView<'_>) -> Option<(Error, Aftermath)> {
    let value: Value = serde_json::from_slice(view.body).ok()?;
    let text = |key: &str| match value.get(key)? {
        Value::String(text) => Some(text.to_ascii_lowercase()),
        scalar @ (Value::Bool(_) | Value::Number(_)) => Some(scalar.to_string()),
        _ => None,
    };
    let inner = ["status", "statusCode"]
        .into_iter()
        .filter_map(|key| text(key)?.parse::<u16>().ok())
        .find(|inner| (400..600).contains(inner));
    let no = ["success", "succeeded", "succeded"]
        .into_iter()
        .any(|key| text(key).as_deref() == Some("false"));
    let fails = match value.get("error") {
        Some(Value::Object(error)) => !error.is_empty(),
        Some(Value::String(error)) => !error.is_empty(),
        _ => false,
    };
    if inner.is_none() && !no && !fails {
        return None;
    }
    let inner_view = ResponseView {
        status: inner.unwrap_or(view.status),
        ..*view
    };
    let judgement = judge(&inner_view);
    let error = judgement
        .error(
            operation.to_owned(),
            inner_view.status,
            view.body,
            &RateHeaders::default(),
        )
        .with_status(Some(view.status))
        .with_inner_status(inner);
    if inner.is_some() || no {
        return Some((error, judgement.aftermath()));
    }
    // What only says that something failed does not say what was done before that.
    let error = error.with_message(Noted::read(view.body).failure);
    Some((error, Aftermath::InDoubt { passes: false }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::judge::Asked;
    use crate::error::ErrorKind;

    #[test]
    fn a_2xx_can_say_no() {
        use Aftermath::{InDoubt, Settled};
        for (body, expected) in [
            ("", None),
            ("{}", None),
            ("null", None),
            ("OK", None),
            (r#"{"succeded":true,"status":"queued"}"#, None),
            (r#"{"status":200,"message":"cancelled"}"#, None),
            (r#"{"error":null}"#, None),
            (r#"{"error":{}}"#, None),
            (
                r#"{"status":404,"message":"Failed cancel the scheduled message"}"#,
                Some((ErrorKind::NotFound, Settled, Some(404))),
            ),
            (
                r#"{"statusCode":500}"#,
                Some((ErrorKind::Unavailable, InDoubt { passes: true }, Some(500))),
            ),
            (
                r#"{"statusCode":"401","message":"Command timed out"}"#,
                Some((ErrorKind::Unavailable, InDoubt { passes: true }, Some(401))),
            ),
            (
                r#"{"succeded":false}"#,
                Some((ErrorKind::Refused, Settled, None)),
            ),
            (
                r#"{"succeeded":false}"#,
                Some((ErrorKind::Refused, Settled, None)),
            ),
            (
                r#"{"success":false}"#,
                Some((ErrorKind::Refused, Settled, None)),
            ),
            (
                r#"{"error":{"message":"Invalid conversationProviderId"}}"#,
                Some((ErrorKind::Provider, InDoubt { passes: false }, None)),
            ),
        ] {
            let view = ResponseView {
                status: 200,
                content_type: None,
                body: body.as_bytes(),
                asked: Asked::WithToken,
            };
            let denied = denial("test.operation", &view).map(|(error, aftermath)| {
                assert_eq!(error.status(), Some(200));
                let inner = error.to_string();
                let inner = [401, 404, 500]
                    .into_iter()
                    .find(|status| inner.contains(&format!("{status} in the body")));
                (error.kind().clone(), aftermath, inner)
            });
            assert_eq!(denied, expected, "{body}");
        }
    }

    #[test]
    fn headers_tell_when_to_go_on() {
        let now = || "2026-11-30T12:00:00Z".parse().unwrap();
        let read = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            RateHeaders::read(&headers, now)
        };
        let date = ("date", "Fri, 20 Nov 2026 10:00:00 GMT");
        for (headers, milliseconds) in [
            (vec![("retry-after", "3")], Some(3000)),
            (vec![("retry-after", " 1.5 ")], Some(1500)),
            (vec![("retry-after", "0")], Some(0)),
            (vec![("retry-after", "-1")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("retry-after", "1e300")], None),
            (vec![("retry-after", "tomorrow")], None),
            (
                vec![("retry-after", "Fri, 20 Nov 2026 10:00:07 GMT"), date],
                Some(7000),
            ),
            (
                vec![("retry-after", "Fri, 20 Nov 2026 09:00:00 GMT"), date],
                Some(0),
            ),
            (
                vec![("retry-after", "Mon, 30 Nov 2026 12:00:05 GMT")],
                Some(5000),
            ),
            (vec![], None),
        ] {
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(read(&headers).retry_after, expected, "{headers:?}");
        }
        for (value, seconds) in [
            ("84322000", Some(84_322)),
            ("0", Some(0)),
            ("1796000000000", None),
            ("soon", None),
        ] {
            let reset = read(&[("x-ratelimit-daily-reset", value)]).daily_reset;
            assert_eq!(reset, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
