//! Misbehaviour on order: which requests it hits, and what it is.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use http::{Method, StatusCode};

use super::error::FakeGhlError;
use super::misanswers::CanonicalCode;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `status:500`: this status with a JSON body; nothing is done.
    Status(StatusCode),
    /// `html:502`: this status with a web page, as a gateway answers; nothing is done.
    Html(StatusCode),
    /// `text:404`: this status with plain text, as a gateway answers; nothing is done.
    Text(StatusCode),
    /// `gateway:403`: this status with the JSON of an API gateway in front of HighLevel; nothing is done.
    Gateway(StatusCode),
    /// `gateway-1010`: 403 with `error code: 1010` as plain text, as a content delivery network refuses; nothing is done.
    Gateway1010,
    /// `challenge-page`: 403 with a page that asks a browser to prove itself; nothing is done.
    ChallengePage,
    /// `timeout-401`: HighLevel's own time-out, which it tells as 401 `Command timed out`; nothing is done.
    Timeout401,
    /// `passing-400`: HighLevel's own failure, which it tells as 400 and which the next request does not meet; nothing is
    /// done.
    Passing400,
    /// `provider-401`: the message's conversation provider is not known, as 401; nothing is done.
    Provider401,
    /// `provider-403`: the same as 403, as HighLevel tells it since June 2025; nothing is done.
    Provider403,
    /// `code:CONVERSATIONS_MSG_DND_ACTIVE_SMS`: a refusal of the conversations with this `canonicalCode`; nothing is done.
    Code(CanonicalCode),
    /// `empty:200`: this status without a body; nothing is done.
    Empty(StatusCode),
    /// `429`: over the limit; nothing is done.
    TooManyRequests,
    /// `429:60s`: the same, and `Retry-After` says how long to wait, in whole seconds.
    RetryAfter(Duration),
    /// `daily-limit`: the day's allowance is used up, as 429 and in the headers; nothing is done.
    DailyLimit,
    /// `drop-before`: the connection is closed; nothing is done.
    DropBefore,
    /// `drop-after`: the request is carried out, then the connection is closed without an answer.
    DropAfter,
    /// `hang:30s`: the request waits this long on FakeGhl's clock, then goes on as if nothing had been. If the client
    /// goes away in between, nothing is done.
    Hang(Duration),
}

impl FromStr for Fault {
    type Err = FakeGhlError;

    fn from_str(text: &str) -> Result<Self, FakeGhlError> {
        let unknown = || FakeGhlError::Fault(text.to_owned());
        let (name, detail) = text.split_once(':').unwrap_or((text, ""));
        let status = || match StatusCode::from_str(detail) {
            Ok(status) if !status.is_informational() => Ok(status),
            _ => Err(unknown()),
        };
        let seconds = || {
            let seconds = detail.strip_suffix('s').and_then(|it| it.parse().ok());
            seconds.map(Duration::from_secs).ok_or_else(unknown)
        };
        match (name, detail) {
            ("429", "") => Ok(Self::TooManyRequests),
            ("daily-limit", "") => Ok(Self::DailyLimit),
            ("drop-before", "") => Ok(Self::DropBefore),
            ("drop-after", "") => Ok(Self::DropAfter),
            ("gateway-1010", "") => Ok(Self::Gateway1010),
            ("challenge-page", "") => Ok(Self::ChallengePage),
            ("timeout-401", "") => Ok(Self::Timeout401),
            ("passing-400", "") => Ok(Self::Passing400),
            ("provider-401", "") => Ok(Self::Provider401),
            ("provider-403", "") => Ok(Self::Provider403),
            ("status", _) => status().map(Self::Status),
            ("html", _) => status().map(Self::Html),
            ("text", _) => status().map(Self::Text),
            ("gateway", _) => status().map(Self::Gateway),
            ("empty", _) => status().map(Self::Empty),
            ("code", _) => CanonicalCode::of(detail)
                .map(Self::Code)
                .ok_or_else(unknown),
            ("hang", _) => seconds().map(Self::Hang),
            ("429", _) => seconds().map(Self::RetryAfter),
            _ => Err(unknown()),
        }
    }
}

/// Which requests: a method and a path whose segments may be `*` or `{anything}`.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    method: Method,
    segments: Vec<String>,
}

impl Pattern {
    pub(super) fn new(method: Method, path: &str) -> Result<Self, FakeGhlError> {
        let Some(rest) = path.strip_prefix('/') else {
            return Err(FakeGhlError::PathPattern(path.to_owned()));
        };
        Ok(Self {
            method,
            segments: segments(rest),
        })
    }

    pub(super) fn matches(&self, method: &Method, path: &str) -> bool {
        let asked = segments(path.trim_start_matches('/'));
        *method == self.method
            && asked.len() == self.segments.len()
            && asked.iter().zip(&self.segments).all(|(asked, wanted)| {
                wanted == "*"
                    || (wanted.starts_with('{') && wanted.ends_with('}'))
                    || asked == wanted
            })
    }
}

fn segments(path: &str) -> Vec<String> {
    path.trim_end_matches('/')
        .split('/')
        .map(str::to_owned)
        .collect()
}

/// The faults that wait for their requests, in the order they were ordered, and those of whole locations.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: Vec<Waiting>,
    of_locations: BTreeMap<String, Fault>,
}

#[derive(Debug)]
struct Waiting {
    pattern: Pattern,
    fault: Fault,
    times: u32,
}

impl Faults {
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.of_locations.clear();
    }

    pub(super) fn add(&mut self, pattern: Pattern, fault: Fault, times: u32) {
        self.waiting.push(Waiting {
            pattern,
            fault,
            times,
        });
        self.waiting.retain(|waiting| waiting.times > 0);
    }

    /// All requests of this location have this fault from now on, or none.
    pub(super) fn set_of_location(&mut self, location: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => drop(self.of_locations.insert(location.to_owned(), fault)),
            None => drop(self.of_locations.remove(location)),
        }
    }

    /// The fault for this request, if one waits for it, which is used up by one; or that of its location.
    pub(super) fn take(
        &mut self,
        method: &Method,
        path: &str,
        location: Option<&str>,
    ) -> Option<Fault> {
        let position = self
            .waiting
            .iter()
            .position(|waiting| waiting.pattern.matches(method, path));
        let Some(position) = position else {
            return self.of_locations.get(location?).copied();
        };
        let waiting = &mut self.waiting[position];
        waiting.times -= 1;
        let fault = waiting.fault;
        if waiting.times == 0 {
            self.waiting.remove(position);
        }
        Some(fault)
    }
}
