//! One request of the API as the routes read it: method, path segments, query and JSON body.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::answer::{Answer, Fields};

/// A request with its whole body.
pub(super) struct ApiRequest {
    pub(super) method: Method,
    /// The path as it came, without the query.
    pub(super) path: String,
    /// Path and query as they came.
    pub(super) target: String,
    /// The path's segments, decoded; a slash at the end does not count.
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) raw: Bytes,
}

impl ApiRequest {
    pub(super) fn new(parts: Parts, raw: Bytes) -> Self {
        let path = parts.uri.path().to_owned();
        let segments = path
            .trim_matches('/')
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        Self {
            target: parts
                .uri
                .path_and_query()
                .map_or_else(|| path.clone(), ToString::to_string),
            path,
            method: parts.method,
            segments,
            query,
            headers: parts.headers,
            raw,
        }
    }

    /// The first value of a query parameter; an empty one counts as missing.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter that the operation cannot do without.
    pub(super) fn required_query(&self, name: &str) -> Result<&str, Answer> {
        self.query(name).ok_or_else(|| {
            Answer::unprocessable(vec![
                format!("{name} should not be empty"),
                format!("{name} must be a string"),
            ])
        })
    }

    /// All values of a parameter that holds a list: repeated, with brackets or an index behind its name, or with commas.
    pub(super) fn query_list(&self, name: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(key, _)| key.split('[').next() == Some(name))
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// How many entries of a list are left out before a page; 0 by default.
    pub(super) fn offset(&self, name: &str) -> Result<usize, Answer> {
        self.query(name)
            .map_or(Some(0), whole)
            .ok_or_else(|| Answer::unprocessable(vec![format!("{name} must be a number")]))
    }

    /// A query parameter that counts something, between 1 and `most`.
    pub(super) fn count(&self, name: &str, default: usize, most: usize) -> Result<usize, Answer> {
        match self.query(name) {
            None => Ok(default),
            Some(text) => match whole(text) {
                Some(number) if (1..=most).contains(&number) => Ok(number),
                _ => Err(Answer::unprocessable(vec![format!(
                    "{name} must be a number between 1 and {most}"
                )])),
            },
        }
    }

    /// The body as a JSON object. A body that does not say it is JSON is not read, as web frameworks do: it counts as
    /// empty.
    pub(super) fn body(&self) -> Result<Fields, Answer> {
        match self.json()? {
            Value::Object(fields) => Ok(fields),
            _ => Err(Answer::bad_request("The request body must be an object")),
        }
    }

    /// The body as a list of JSON objects.
    pub(super) fn body_list(&self) -> Result<Vec<Fields>, Answer> {
        let refused = || Answer::bad_request("The request body must be a list of objects");
        let Value::Array(items) = self.json()? else {
            return Err(refused());
        };
        let fields = items.into_iter().map(|item| match item {
            Value::Object(fields) => Ok(fields),
            _ => Err(refused()),
        });
        fields.collect()
    }

    fn json(&self) -> Result<Value, Answer> {
        let is_json = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
        if self.raw.is_empty() || !is_json {
            return Ok(Value::Object(Fields::new()));
        }
        serde_json::from_slice(&self.raw)
            .map_err(|_| Answer::bad_request("Unexpected token in JSON"))
    }

    /// The body as it goes into the log: JSON if it is some, else text, else nothing.
    pub(super) fn logged_body(&self) -> Value {
        if self.raw.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.raw)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.raw).into_owned()))
    }
}

/// A whole number, which some clients write as `1.0`.
fn whole(text: &str) -> Option<usize> {
    let (number, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction
        .chars()
        .all(|digit| digit == '0')
        .then(|| number.parse().ok())
        .flatten()
}
