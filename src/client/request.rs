//! A request as a value: what HighLevel is asked for, and whether it may be repeated. Pure; nothing is sent here.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::judge::Asked;
use crate::error::{Error, Result};
use crate::lane::Lane;
use crate::secret::Secret;

/// Everything but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Whether a request may be sent again when its outcome is not known. HighLevel has no idempotency keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Exhaustive on purpose: a transport or a queue of your own has to handle all three.
pub enum ReplaySafety {
    /// Reading. Repeated on 429, when the connection fails, and where HighLevel has trouble or something else answers in its
    /// place (see [who speaks](crate::error#who-speaks-and-about-what)).
    Safe,
    /// Doing it twice equals doing it once, such as adding a tag. Repeated like [`Safe`](Self::Safe).
    Repeatable,
    /// Doing it twice harms, such as sending a text. Repeated only where HighLevel surely did nothing (no connection,
    /// 429); any other failure is [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome).
    Once,
}

/// The value of the `Version` header. HighLevel asks for one on every call, and each module documents its own.
/// Source: the `Version` parameter in HighLevel's OpenAPI files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Conversations and calendars.
    V2021_04_15,
    /// Everything else.
    #[default]
    V2021_07_28,
    /// The third version of all modules, of June 2026. It changes paths, names and wrappers, not only the header; a
    /// client that was built with it sends all typed requests that way.
    V3,
}

impl ApiVersion {
    /// The header's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2021_04_15 => "2021-04-15",
            Self::V2021_07_28 => "2021-07-28",
            Self::V3 => "v3",
        }
    }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Which token goes with a request.
#[derive(Clone)]
pub(crate) enum Bearer {
    /// The one the client's credentials give for the location.
    Credentials,
    /// This one, or none.
    Fixed(Option<Secret>),
}

/// A request to HighLevel.
///
/// The typed methods build these themselves. Build one by hand for an operation that has no typed method yet:
///
/// ```
/// use gohighlevel::client::{ApiVersion, Request};
///
/// let request = Request::get("/forms/")
///     .operation("forms.list")
///     .query("locationId", "ve9EPM428h8vShlRW1KT")
///     .version(ApiVersion::V2021_07_28);
/// ```
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) content_type: &'static str,
    pub(crate) bearer: Bearer,
    pub(crate) version: ApiVersion,
    pub(crate) replay: ReplaySafety,
    pub(crate) lane: Option<Lane>,
    pub(crate) data_key: Option<&'static str>,
    for_tokens: bool,
    problem: Option<String>,
}

impl Request {
    fn new(
        name: &'static str,
        method: Method,
        path: impl Into<String>,
        replay: ReplaySafety,
    ) -> Self {
        let path = path.into();
        let problem = path_problem(&path).map(str::to_owned);
        Self {
            operation: Cow::Borrowed(name),
            method,
            path,
            query: Vec::new(),
            body: None,
            content_type: JSON,
            bearer: Bearer::Credentials,
            version: ApiVersion::default(),
            replay,
            lane: None,
            data_key: None,
            for_tokens: false,
            problem,
        }
    }

    /// Reads `path`; [`ReplaySafety::Safe`].
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("raw.get", Method::GET, path, ReplaySafety::Safe)
    }

    /// Posts to `path`; [`ReplaySafety::Once`] unless [`replay`](Self::replay) says otherwise.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new("raw.post", Method::POST, path, ReplaySafety::Once)
    }

    /// Puts to `path`; [`ReplaySafety::Repeatable`].
    pub fn put(path: impl Into<String>) -> Self {
        Self::new("raw.put", Method::PUT, path, ReplaySafety::Repeatable)
    }

    /// Patches `path`, which sets what the body names; [`ReplaySafety::Repeatable`].
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new("raw.patch", Method::PATCH, path, ReplaySafety::Repeatable)
    }

    /// Deletes `path`; [`ReplaySafety::Repeatable`].
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("raw.delete", Method::DELETE, path, ReplaySafety::Repeatable)
    }

    /// The name that errors and logs show, such as `calendars.list`. It must hold no personal data.
    #[must_use]
    pub fn operation(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.operation = name.into();
        self
    }

    /// Adds a query parameter; it is encoded here.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    #[must_use]
    pub fn query_opt(
        self,
        name: impl Into<Cow<'static, str>>,
        value: Option<impl ToString>,
    ) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// The JSON body. A value that JSON cannot hold (a map with keys that are not texts) fails when the request is sent.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => {
                self.body = Some(Bytes::from(bytes));
                self.content_type = JSON;
            }
            Err(error) => {
                self.problem = Some(format!("the body cannot be written as JSON: {error}"))
            }
        }
        self
    }

    /// The body as a form (`application/x-www-form-urlencoded`), which HighLevel's OAuth endpoints take.
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body = Some(Bytes::from(body));
        self.content_type = FORM;
        self
    }

    /// Sends it with this token, or with none, whatever the client's credentials are.
    #[must_use]
    pub(crate) fn bearer(mut self, token: Option<&Secret>) -> Self {
        self.bearer = Bearer::Fixed(token.cloned());
        self
    }

    /// Says that this asks for tokens, without one of its own: a refusal is about the grant or the app.
    #[must_use]
    pub(crate) fn for_tokens(mut self) -> Self {
        self.for_tokens = true;
        self.bearer(None)
    }

    /// What a refusal can be about.
    pub(crate) fn asked(&self) -> Asked {
        match &self.bearer {
            _ if self.for_tokens => Asked::ForTokens,
            Bearer::Fixed(None) => Asked::WithoutToken,
            Bearer::Fixed(Some(_)) | Bearer::Credentials => Asked::WithToken,
        }
    }

    /// The `Version` header; the default is `2021-07-28`. A client that was built for one version sends that instead.
    #[must_use]
    pub fn version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// Whether the request may be repeated.
    #[must_use]
    pub fn replay(mut self, replay: ReplaySafety) -> Self {
        self.replay = replay;
        self
    }

    /// The lane; the default is that of the handle that sends it.
    #[must_use]
    pub fn lane(mut self, lane: Lane) -> Self {
        self.lane = Some(lane);
        self
    }

    /// Reads the answer from this field of the body instead of the whole body. Where the field does not hold it, the only
    /// object beside notes such as `traceId` is read, or the whole body, or the only member that can be read as what was asked
    /// for: HighLevel wraps the same answer on one endpoint or version and not, or otherwise, on the other. Of what was
    /// written, an id anywhere in the answer is enough.
    #[must_use]
    pub fn data_key(mut self, field: &'static str) -> Self {
        self.data_key = Some(field);
        self
    }

    /// `base` with path and query, encoded; [`Config`](crate::error::ErrorKind::Config) if the request cannot be sent
    /// as it is.
    pub(crate) fn url(&self, base: &str) -> Result<String> {
        if let Some(problem) = &self.problem {
            return Err(Error::config(self.operation.clone(), problem.clone()));
        }
        let mut url = String::with_capacity(base.len() + self.path.len() + 32 * self.query.len());
        url.push_str(base);
        url.push_str(&self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ENCODED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ENCODED));
        }
        Ok(url)
    }
}

/// A path out of its segments, each encoded. An empty last segment gives HighLevel's trailing slash.
pub(crate) fn path(segments: &[&str]) -> String {
    let mut path = String::with_capacity(64);
    for segment in segments {
        path.push('/');
        path.extend(utf8_percent_encode(segment, ENCODED));
    }
    path
}

/// What is wrong with a path, if anything: it must stay on HighLevel's host and mean what it says.
fn path_problem(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("the path must start with `/`");
    }
    if path.contains(['?', '#']) {
        return Some("the path must hold no `?` or `#`; give parameters with `query`");
    }
    if !path
        .bytes()
        .all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\')
    {
        return Some("the path must be percent-encoded ASCII");
    }
    let dot = |segment: &str| segment == "." || segment.eq_ignore_ascii_case("%2e");
    let relative = |segment: &str| {
        // A dot is one byte or, encoded, three.
        let halves = [1, 3].map(|place| segment.split_at_checked(place));
        let two_dots = |(one, other): (&str, &str)| dot(one) && dot(other);
        dot(segment) || halves.into_iter().flatten().any(two_dots)
    };
    path.split('/')
        .any(relative)
        .then_some("the path must hold no `.` or `..` segment")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_parameters_are_encoded() {
        assert_eq!(
            path(&["contacts", "a/../b?x#", "tags"]),
            "/contacts/a%2F..%2Fb%3Fx%23/tags"
        );
        assert_eq!(path(&["contacts", ""]), "/contacts/");
        let request = Request::get("/contacts/search/duplicate")
            .query("locationId", "l 1")
            .query("number", "+1888");
        assert_eq!(
            request.url("").unwrap(),
            "/contacts/search/duplicate?locationId=l%201&number=%2B1888"
        );
    }

    #[test]
    fn a_path_cannot_leave_its_place() {
        for bad in [
            "contacts",
            "https://evil.example/",
            "/a/../oauth",
            "/a/%2e%2E/b",
            "/a?b",
            "/a#b",
            "/ä",
            "/a b",
            "/a\\b",
            "",
        ] {
            assert!(Request::get(bad).url("").is_err(), "{bad:?}");
        }
        for good in ["/contacts/", "//x", "/a.b/..c"] {
            assert!(Request::get(good).url("").is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_form_is_encoded() {
        let request = Request::post("/oauth/token").form(&[("code", "a b&c"), ("x", "ü+")]);
        assert_eq!(
            request.body.as_deref(),
            Some(&b"code=a+b%26c&x=%C3%BC%2B"[..])
        );
        assert_eq!(request.content_type, FORM);
    }

    #[test]
    fn a_body_that_json_cannot_hold_is_refused_when_sent() {
        let body = std::collections::HashMap::from([((1, 2), 3)]);
        let error = Request::post("/x").json(&body).url("").unwrap_err();
        assert!(
            error.to_string().contains("cannot be written as JSON"),
            "{error}"
        );
    }
}
