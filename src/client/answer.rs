//! From an answer's status, headers and bytes to a meaning. Pure.
//!
//! HighLevel's error bodies come in many shapes (`statusCode` or `status`, `message` as text or list, OAuth's
//! `error_description`, gateway HTML); all of them are read, none is required, and the status always survives.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, RETRY_AFTER};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::error::{Error, ErrorKind, UnauthorizedReason, scrub};
use crate::ids::ContactId;

/// What the rate headers say. Source: HighLevel's OAuth FAQ; note the word order of the two daily ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RateHeaders {
    pub(crate) max: Option<u32>,
    pub(crate) remaining: Option<u32>,
    pub(crate) interval: Option<Duration>,
    pub(crate) daily_limit: Option<u64>,
    pub(crate) daily_remaining: Option<u64>,
    pub(crate) retry_after: Option<Duration>,
}

static MAX: HeaderName = HeaderName::from_static("x-ratelimit-max");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static INTERVAL: HeaderName = HeaderName::from_static("x-ratelimit-interval-milliseconds");
static DAILY_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit-daily");
static DAILY_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-daily-remaining");

impl RateHeaders {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &HeaderName) -> Option<T> {
            headers.get(name)?.to_str().ok()?.trim().parse().ok()
        }
        Self {
            max: number(headers, &MAX),
            remaining: number(headers, &REMAINING),
            interval: number(headers, &INTERVAL).map(Duration::from_millis),
            daily_limit: number(headers, &DAILY_LIMIT),
            daily_remaining: number(headers, &DAILY_REMAINING),
            retry_after: number(headers, &RETRY_AFTER).map(Duration::from_secs),
        }
    }
}

/// The parts of an error body that HighLevel is known to send.
#[derive(Debug, Default)]
struct ErrorBody {
    messages: Vec<String>,
    trace_id: Option<String>,
    contact_id: Option<String>,
    field: Option<String>,
}

impl ErrorBody {
    fn read(body: &[u8]) -> Self {
        let value = match serde_json::from_slice(body) {
            Ok(Value::String(text)) => {
                return Self {
                    messages: vec![text],
                    ..Self::default()
                };
            }
            Ok(value) => value,
            Err(_) => return Self::default(),
        };
        let text =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let messages = match value.get("message") {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                })
                .collect(),
            _ => ["message", "error_description", "msg", "detail", "error"]
                .iter()
                .find_map(|key| text(&value, key))
                .or_else(|| value.get("error").and_then(|error| text(error, "message")))
                .into_iter()
                .collect(),
        };
        let meta = value.get("meta").unwrap_or(&Value::Null);
        Self {
            messages,
            trace_id: text(&value, "traceId"),
            contact_id: text(meta, "contactId"),
            field: text(meta, "matchingField"),
        }
    }
}

/// The error that an answer other than 2xx means.
pub(crate) fn error_of(operation: &str, status: u16, rate: &RateHeaders, body: &[u8]) -> Error {
    let parsed = ErrorBody::read(body);
    let joined = parsed.messages.join("; ");
    let kind = match status {
        400 if joined.contains("DND is active") || joined.contains("has unsubscribed") => {
            ErrorKind::DoNotDisturb
        }
        400 if parsed.contact_id.is_some()
            || joined.contains("does not allow duplicated contacts") =>
        {
            ErrorKind::Duplicate {
                contact_id: parsed.contact_id.and_then(|id| ContactId::new(id).ok()),
                field: parsed.field,
            }
        }
        401 => ErrorKind::Unauthorized(unauthorized(&joined)),
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        422 => ErrorKind::Validation {
            messages: parsed
                .messages
                .iter()
                .map(|message| scrub(message))
                .collect(),
        },
        429 if rate.daily_remaining == Some(0) => ErrorKind::DailyLimit,
        429 => ErrorKind::RateLimited,
        // The server gave up waiting for the request; it refuses nothing.
        408 | 500.. => ErrorKind::Unavailable,
        _ => ErrorKind::Refused,
    };
    Error::new(kind, operation.to_owned())
        .with_status(Some(status))
        .with_message((!joined.is_empty()).then(|| scrub(&joined)))
        .with_trace_id(parsed.trace_id.map(|id| scrub(&id)))
        .with_body(body)
        .with_retry_after(rate.retry_after)
}

/// What HighLevel says in the body of a 2xx when it did not do what it was asked: a status of its own (a message that
/// is not scheduled gives `{"status":404}`) or a flag that is false. A web page is not from HighLevel at all. An empty
/// body, or any other, denies nothing.
pub(crate) fn denial(operation: &str, status: u16, body: &[u8]) -> Option<Error> {
    if is_page(body) {
        let error = Error::new(ErrorKind::Unavailable, operation.to_owned())
            .with_status(Some(status))
            .with_message(Some(PAGE.into()))
            .with_body(body);
        return Some(error);
    }
    let value: Value = serde_json::from_slice(body).ok()?;
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
    match inner {
        Some(inner) => Some(error_of(operation, inner, &RateHeaders::default(), body)),
        None if no => Some(error_of(operation, status, &RateHeaders::default(), body)),
        None => None,
    }
}

const PAGE: &str = "the body is a web page and no answer of the API; check the base URL and what stands between here and HighLevel";

/// Whether something on the way (a proxy, a login page, a gateway) has answered in HighLevel's place.
fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

fn unauthorized(message: &str) -> UnauthorizedReason {
    let message = message.to_ascii_lowercase();
    if message.contains("version header") {
        UnauthorizedReason::MissingVersion
    } else if message.contains("not authorized for this scope") {
        UnauthorizedReason::MissingScope
    } else if message.contains("user type mismatch") || message.contains("authclass type") {
        UnauthorizedReason::WrongTokenKind
    } else if message.contains("not yet supported by the iam service") {
        UnauthorizedReason::UnknownRoute
    } else {
        UnauthorizedReason::InvalidToken
    }
}

/// Reads the answer's value: the field `under` of the body, or the whole body where that field is not there.
pub(crate) fn decode<T: DeserializeOwned>(
    operation: &str,
    under: Option<&'static str>,
    body: &[u8],
) -> Result<T, Error> {
    // To know the path at every moment costs more than to read; it is only needed for the error.
    read(under, body).or_else(|_| read_with_path(operation, under, body))
}

fn read<T: DeserializeOwned>(
    under: Option<&'static str>,
    body: &[u8],
) -> Result<T, serde_json::Error> {
    if let Some(field) = under {
        let mut reader = serde_json::Deserializer::from_slice(body);
        if let Some(value) = Envelope::new(field).deserialize(&mut reader)? {
            return Ok(value);
        }
    }
    T::deserialize(&mut serde_json::Deserializer::from_slice(body))
}

fn read_with_path<T: DeserializeOwned>(
    operation: &str,
    under: Option<&'static str>,
    body: &[u8],
) -> Result<T, Error> {
    let fail = |path: String, error: serde_json::Error| {
        // serde's message repeats the value it stumbled on; that may be personal, so only its category is told.
        let what = match error.classify() {
            _ if body.is_empty() => "the body is empty",
            _ if is_page(body) => PAGE,
            _ if body.starts_with(&[0x1f, 0x8b]) => {
                "the body is compressed, which was not asked for; check what stands between here and HighLevel"
            }
            serde_json::error::Category::Eof => "the body ends too early",
            serde_json::error::Category::Syntax => "the body is not JSON",
            _ => "a value has another type than documented",
        };
        Error::new(ErrorKind::Decode { path }, operation.to_owned())
            .with_message(Some(what.into()))
            .with_body(body)
    };
    if let Some(field) = under {
        let mut track = serde_path_to_error::Track::new();
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read = Envelope::new(field).deserialize(serde_path_to_error::Deserializer::new(
            &mut reader,
            &mut track,
        ));
        match read {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {}
            Err(error) => return Err(fail(track.path().to_string(), error)),
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        fail(path, error.into_inner())
    })
}

/// Takes one field out of an object without looking at the others.
struct Envelope<T> {
    field: &'static str,
    value: PhantomData<T>,
}

impl<T> Envelope<T> {
    fn new(field: &'static str) -> Self {
        let value = PhantomData;
        Self { field, value }
    }
}

/// Whether a key is this one.
struct Is(&'static str);

impl<'de> DeserializeSeed<'de> for Is {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Envelope<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Envelope<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.field)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(is_it) = entries.next_key_seed(Is(self.field))? {
            if is_it && found.is_none() {
                found = Some(entries.next_value()?);
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> Error {
        error_of(
            "test.operation",
            status,
            &RateHeaders::default(),
            body.as_bytes(),
        )
    }

    #[test]
    fn a_2xx_can_say_no() {
        for (body, expected) in [
            ("", None),
            ("{}", None),
            ("null", None),
            (r#"{"succeded":true,"status":"queued"}"#, None),
            (r#"{"status":200,"message":"cancelled"}"#, None),
            (
                r#"{"status":404,"message":"Failed cancel the scheduled message"}"#,
                Some(ErrorKind::NotFound),
            ),
            (r#"{"statusCode":500}"#, Some(ErrorKind::Unavailable)),
            (r#"{"succeded":false}"#, Some(ErrorKind::Refused)),
            (r#"{"succeeded":false}"#, Some(ErrorKind::Refused)),
            (r#"{"success":false}"#, Some(ErrorKind::Refused)),
            ("\n<!DOCTYPE html>", Some(ErrorKind::Unavailable)),
            ("OK", None),
        ] {
            let error = denial("test.operation", 200, body.as_bytes());
            assert_eq!(error.map(|error| error.kind().clone()), expected, "{body}");
        }
    }

    #[test]
    fn every_known_error_body_has_its_meaning() {
        use ErrorKind::*;
        use UnauthorizedReason::*;
        for (status, body, expected) in [
            (
                401,
                r#"{"statusCode":401,"message":"Invalid JWT"}"#,
                Unauthorized(InvalidToken),
            ),
            (
                401,
                r#"{"message":"version header was not found."}"#,
                Unauthorized(MissingVersion),
            ),
            (
                401,
                r#"{"message":"The token is not authorized for this scope."}"#,
                Unauthorized(MissingScope),
            ),
            (
                401,
                r#"{"message":"Token's user type mismatch!"}"#,
                Unauthorized(WrongTokenKind),
            ),
            (
                401,
                r#"{"message":"This route is not yet supported by the IAM Service. Please update your IAM config."}"#,
                Unauthorized(UnknownRoute),
            ),
            (
                401,
                r#"{"error":"UnAuthorized!","error_description":"Authorization code not found"}"#,
                Unauthorized(InvalidToken),
            ),
            (
                403,
                r#"{"message":"The token does not have access to this location."}"#,
                Forbidden,
            ),
            (404, "", NotFound),
            (
                400,
                r#"{"status":400,"message":"Cannot send message as DND is active for SMS."}"#,
                DoNotDisturb,
            ),
            (
                400,
                r#"{"message":"Cannot send message as +18887324197 has unsubscribed"}"#,
                DoNotDisturb,
            ),
            (
                400,
                r#"{"statusCode":400,"message":"Invalid field contact_name"}"#,
                Refused,
            ),
            (
                422,
                r#"{"message":["property x should not exist","y is required"],"error":"Unprocessable Entity","statusCode":422}"#,
                Validation {
                    messages: vec!["property x should not exist".into(), "y is required".into()],
                },
            ),
            (
                400,
                r#"{"message":"This location does not allow duplicated contacts.","meta":{"contactId":"c9","matchingField":"phone"}}"#,
                Duplicate {
                    contact_id: Some(ContactId::new("c9").unwrap()),
                    field: Some("phone".into()),
                },
            ),
            (429, "slow down", RateLimited),
            (502, "<html>bad gateway</html>", Unavailable),
            (302, "", Refused),
            (500, "{", Unavailable),
            (408, "", Unavailable),
        ] {
            let error = error(status, body);
            assert_eq!(*error.kind(), expected, "{body}");
            assert_eq!(error.status(), Some(status));
        }
    }

    #[test]
    fn messages_are_found_in_every_shape() {
        for (body, expected) in [
            (r#""plain""#, "plain"),
            (r#"{"message":["a","b"]}"#, "a; b"),
            (r#"{"error":{"code":"x","message":"inner"}}"#, "inner"),
            (r#"{"msg":"m"}"#, "m"),
            (r#"{"message":"x +18887324197 y"}"#, "x [number] y"),
        ] {
            assert_eq!(error(418, body).message(), Some(expected));
        }
        assert_eq!(error(418, "<html>").message(), None);
        assert_eq!(error(418, r#"{"traceId":"t1"}"#).trace_id(), Some("t1"));
    }

    #[test]
    fn an_answer_is_read_wrapped_or_flat() {
        let wrapped = decode::<Vec<u8>>(
            "o",
            Some("items"),
            br#"{"traceId":"t","items":[1,2],"x":{"items":[3]}}"#,
        );
        assert_eq!(wrapped.unwrap(), [1, 2]);
        assert_eq!(
            decode::<Vec<u8>>("o", Some("items"), b"[1,2]").unwrap(),
            [1, 2]
        );
        assert_eq!(
            decode::<Option<u8>>("o", Some("item"), br#"{"item":null}"#).unwrap(),
            None
        );
    }

    #[test]
    fn a_decode_error_names_the_path_and_not_the_value() {
        let error = decode::<std::collections::BTreeMap<String, Vec<u8>>>(
            "o",
            Some("a"),
            br#"{"a":{"b":[1,"Rosan"]}}"#,
        )
        .unwrap_err();
        assert_eq!(
            *error.kind(),
            ErrorKind::Decode {
                path: "a.b[1]".into()
            }
        );
        assert!(!error.to_string().contains("Rosan"), "{error}");
        for body in ["", "{", "null"] {
            assert!(matches!(
                decode::<u8>("o", Some("a"), body.as_bytes())
                    .unwrap_err()
                    .kind(),
                ErrorKind::Decode { .. }
            ));
        }
    }
}
