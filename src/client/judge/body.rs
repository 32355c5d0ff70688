//! The body of an answer that is not a plain success: HighLevel's words in whichever shape, or nothing of
//! HighLevel's at all.

use serde_json::{Map, Value};

/// Who wrote a body, as far as it shows.
#[derive(Debug)]
pub(super) enum Body {
    /// Nobody: there is nothing to read.
    Empty,
    /// HighLevel.
    HighLevel(Words),
    /// Something between here and HighLevel.
    Foreign(Foreign),
}

/// What stands in HighLevel's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A web page: a gateway's error, a challenge, a login.
    Page,
    /// Plain text, with the code of a content delivery network where it has one (`error code: 1010`).
    Text { code: Option<u16> },
    /// The JSON of an API gateway.
    Json,
    /// Bytes that are compressed although that was not asked for, or broken.
    Bytes,
}

impl Foreign {
    /// How an error describes it. Its own words are not repeated, since they may hold personal data.
    pub(super) fn description(self) -> String {
        let what = match self {
            Self::Page => "a web page",
            Self::Text { code: None } => "plain text",
            Self::Text { code: Some(code) } => {
                return format!("a gateway's `error code: {code}` {BETWEEN}");
            }
            Self::Json => "an API gateway's refusal",
            Self::Bytes => "something unreadable",
        };
        format!("{what} {BETWEEN}")
    }
}

const BETWEEN: &str = "came in the place of the API's answer; if it goes on, check the base URL and what stands between here and \
                       HighLevel";

/// What HighLevel says in a body. Every part may be missing.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The message, or one for each finding.
    pub(super) messages: Vec<String>,
    /// The stable name of the reason, which the conversation routes give.
    pub(super) canonical_code: Option<String>,
    /// OAuth's name of the reason (`invalid_grant`), or the name of the status.
    pub(super) error: Option<String>,
    /// What stands under `error` in words, beside whatever else there is.
    pub(super) failure: Option<String>,
    pub(super) trace_id: Option<String>,
    /// The contact that is there already.
    pub(super) contact_id: Option<String>,
    /// What that contact shares with the new one: `email` or `phone`.
    pub(super) field: Option<String>,
    /// The conversation that is there already.
    pub(super) conversation_id: Option<String>,
}

impl Body {
    pub(super) fn read(content_type: Option<&str>, body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let body = body.trim_ascii();
        let said_to_be = |kind: &str| {
            content_type.is_some_and(|given| given.to_ascii_lowercase().contains(kind))
        };
        if body.is_empty() {
            return Self::Empty;
        }
        if is_page(body) {
            return Self::Foreign(Foreign::Page);
        }
        match serde_json::from_slice(body) {
            // HighLevel does not speak the error format of RFC 9457; content delivery networks do.
            Ok(Value::Object(_)) if said_to_be("problem+json") => Self::Foreign(Foreign::Json),
            Ok(Value::Object(fields)) if is_of_a_gateway(&fields) => Self::Foreign(Foreign::Json),
            Ok(Value::Object(fields)) => Self::HighLevel(Words::read(&fields)),
            Ok(Value::String(text)) => Self::HighLevel(Words {
                messages: vec![beginning(&text).to_owned()],
                ..Words::default()
            }),
            Ok(_) => Self::Empty,
            // It begins like JSON and breaks off, or holds what JSON may not.
            Err(error) if matches!(body[0], b'{' | b'[' | b'"') => {
                if error.is_eof() || said_to_be("json") {
                    Self::HighLevel(Words::default())
                } else {
                    Self::Foreign(Foreign::Bytes)
                }
            }
            Err(_) => Self::Foreign(match std::str::from_utf8(body) {
                Ok(text) => Foreign::Text {
                    code: network_code(text),
                },
                Err(_) => Foreign::Bytes,
            }),
        }
    }
}

/// Whether something on the way (a proxy, a login page, a gateway) has answered with a web page.
pub(crate) fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// How many bytes of each text are looked at, and how many messages: all that is meant to be read is far shorter.
const LONGEST: usize = 4096;
const MOST_MESSAGES: usize = 32;

/// The part of a text that is looked at.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

/// The number in `error code: 1010`.
fn network_code(text: &str) -> Option<u16> {
    let text = beginning(text).to_ascii_lowercase();
    let (_, rest) = text.split_once("error code:")?;
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// What API gateways say in the place of the service behind them, in lower case. Sources: the error responses of Amazon
/// API Gateway and of Kong.
const OF_GATEWAYS: &[&str] = &[
    "forbidden",
    "missing authentication token",
    "service unavailable",
    "limit exceeded",
    "endpoint request timed out",
    "no route matched with those values",
    "no api key found in request",
    "an invalid response was received from the upstream server",
    "the upstream server is timing out",
    "failure to get a peer from the ring-balancer",
    "name resolution failed",
    "user is not authorized to access this resource",
    "user is not authorized to access this resource with an explicit deny",
];

fn is_of_a_gateway(fields: &Map<String, Value>) -> bool {
    // Apigee; Cloudflare; Google's front ends, which number their errors and name the status in capitals.
    if fields.get("fault").is_some_and(Value::is_object) || fields.contains_key("cloudflare_error")
    {
        return true;
    }
    if let Some(error) = fields.get("error").and_then(Value::as_object) {
        return error.get("code").is_some_and(Value::is_number)
            && error.get("status").is_some_and(Value::is_string);
    }
    // HighLevel gives at least one of these with words that a gateway has too.
    if ["statusCode", "status", "traceId", "error", "canonicalCode"]
        .iter()
        .any(|own| fields.contains_key(*own))
    {
        return false;
    }
    let message = ["message", "Message"]
        .iter()
        .find_map(|key| text(fields, key));
    message.is_some_and(|message| {
        let message = message.trim().trim_end_matches('.').to_ascii_lowercase();
        OF_GATEWAYS.contains(&&*message)
    })
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    let text = beginning(fields.get(key)?.as_str()?);
    (!text.trim().is_empty()).then(|| text.to_owned())
}

impl Words {
    /// Of a body that may hold anything.
    pub(super) fn from_body(body: &[u8]) -> Self {
        match Body::read(None, body) {
            Body::HighLevel(words) => words,
            Body::Empty | Body::Foreign(_) => Self::default(),
        }
    }

    fn read(fields: &Map<String, Value>) -> Self {
        let object = |key: &str| fields.get(key).and_then(Value::as_object);
        let (error, meta) = (object("error"), object("meta"));
        let inside = |object: Option<&Map<String, Value>>, key| text(object?, key);
        let messages = match fields.get("message") {
            Some(Value::Array(items)) => {
                items.iter().take(MOST_MESSAGES).map(one_message).collect()
            }
            _ => ["message", "error_description", "msg", "detail", "error"]
                .iter()
                .find_map(|key| text(fields, key))
                .or_else(|| inside(error, "message"))
                .into_iter()
                .collect(),
        };
        Self {
            messages,
            canonical_code: text(fields, "canonicalCode")
                .or_else(|| inside(error, "canonicalCode"))
                .or_else(|| inside(object("message"), "canonicalCode")),
            error: text(fields, "error").or_else(|| inside(error, "code")),
            failure: text(fields, "error").or_else(|| inside(error, "message")),
            trace_id: text(fields, "traceId"),
            contact_id: inside(meta, "contactId"),
            field: inside(meta, "matchingField"),
            conversation_id: inside(meta, "conversationId")
                .or_else(|| text(fields, "conversationId")),
        }
    }

    /// All messages in one line; `None` if there is none.
    pub(super) fn message(&self) -> Option<String> {
        (!self.messages.is_empty()).then(|| self.messages.join("; "))
    }
}

fn one_message(item: &Value) -> String {
    let text = item.as_str().or_else(|| item.get("message")?.as_str());
    let text = text.map(|text| beginning(text).to_owned());
    text.unwrap_or_else(|| beginning(&item.to_string()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_in_every_shape() {
        for (body, expected) in [
            (r#""plain""#, Some("plain")),
            (r#"{"message":["a","b"]}"#, Some("a; b")),
            (r#"{"message":[{"message":"a"},"b"]}"#, Some("a; b")),
            (r#"{"error":{"code":"x","message":"inner"}}"#, Some("inner")),
            (r#"{"msg":"m"}"#, Some("m")),
            (r#"{"detail":"d"}"#, Some("d")),
            (r#"{"error":"Unauthorized"}"#, Some("Unauthorized")),
            (r#"{"message":"  ","error":"e"}"#, Some("e")),
            (
                "\u{feff} {\"error\":\"UnAuthorized!\",\"error_description\":\"d\"}\r\n",
                Some("d"),
            ),
            ("{}", None),
            (r#"{"message":null}"#, None),
        ] {
            let words = Words::from_body(body.as_bytes());
            assert_eq!(words.message().as_deref(), expected, "{body}");
        }
        assert_eq!(
            Words::from_body(br#"{"traceId":"t1"}"#).trace_id.as_deref(),
            Some("t1")
        );
    }

    #[test]
    fn who_wrote_a_body_is_told_by_the_body_before_its_content_type() {
        const JSON: Option<&str> = Some("application/json; charset=utf-8");
        const HTML: Option<&str> = Some("text/html");
        const PROBLEM: Option<&str> = Some("application/problem+json");
        let foreign = |content_type, body: &[u8]| match Body::read(content_type, body) {
            Body::Foreign(foreign) => Some(foreign),
            _ => None,
        };
        let (text, page) = (Some(Foreign::Text { code: None }), Some(Foreign::Page));
        for (content_type, body, expected) in [
            (HTML, "<html>", page),
            (
                JSON,
                "\n <!DOCTYPE html><title>Just a moment...</title>",
                page,
            ),
            (None, "<?xml version=\"1.0\"?><Error/>", page),
            (
                JSON,
                "error code: 1010",
                Some(Foreign::Text { code: Some(1010) }),
            ),
            (
                None,
                "Error code:1020.",
                Some(Foreign::Text { code: Some(1020) }),
            ),
            (None, "404 page not found", text),
            (JSON, "no healthy upstream", text),
            (
                None,
                r#"{"fault":{"faultstring":"Invalid ApiKey"}}"#,
                Some(Foreign::Json),
            ),
            (None, r#"{"message":"Forbidden"}"#, Some(Foreign::Json)),
            (
                JSON,
                r#"{"message":"Missing Authentication Token"}"#,
                Some(Foreign::Json),
            ),
            (
                JSON,
                r#"{"Message":"User is not authorized to access this resource"}"#,
                Some(Foreign::Json),
            ),
            (
                JSON,
                r#"{"message":"no Route matched with those values","request_id":"1"}"#,
                Some(Foreign::Json),
            ),
            (
                JSON,
                r#"{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}}"#,
                Some(Foreign::Json),
            ),
            (
                PROBLEM,
                r#"{"title":"Error 1010: Access denied","status":403}"#,
                Some(Foreign::Json),
            ),
            (None, "{oops}", Some(Foreign::Bytes)),
            // HighLevel's own, whatever they are said to be.
            (HTML, r#"{"statusCode":401,"message":"Invalid JWT"}"#, None),
            (
                None,
                r#"{"statusCode":403,"message":"Forbidden","error":"Forbidden"}"#,
                None,
            ),
            (None, r#"{"message":"Forbidden","traceId":"t"}"#, None),
            (None, r#"{"message":"Unauthorized"}"#, None),
            (
                None,
                r#"{"error":{"code":"not_found","message":"x"}}"#,
                None,
            ),
            (JSON, "{oops}", None),
            (None, "{\"message\":\"cut o", None),
            (HTML, "", None),
            (HTML, " \r\n", None),
            (None, "null", None),
        ] {
            assert_eq!(foreign(content_type, body.as_bytes()), expected, "{body}");
        }
        assert_eq!(foreign(JSON, b"\x1f\x8b\x08\x00\xff"), Some(Foreign::Bytes));
    }
}
