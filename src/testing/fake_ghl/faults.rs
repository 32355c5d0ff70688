//! Misbehaviour on order: which requests it hits, and what it is.

use std::str::FromStr;
use std::time::Duration;

use http::{Method, StatusCode};

use super::error::FakeGhlError;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `status:500`: this status with a JSON body; nothing is done.
    Status(StatusCode),
    /// `html:502`: this status with a web page, as a gateway answers; nothing is done.
    Html(StatusCode),
    /// `empty:200`: this status without a body; nothing is done.
    Empty(StatusCode),
    /// `429`: over the limit; nothing is done.
    TooManyRequests,
    /// `429:60s`: the same, and `Retry-After` says how long to wait, in whole seconds.
    RetryAfter(Duration),
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
            ("drop-before", "") => Ok(Self::DropBefore),
            ("drop-after", "") => Ok(Self::DropAfter),
            ("status", _) => status().map(Self::Status),
            ("html", _) => status().map(Self::Html),
            ("empty", _) => status().map(Self::Empty),
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

/// The faults that wait for their requests, in the order they were ordered.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Waiting>);

#[derive(Debug)]
struct Waiting {
    pattern: Pattern,
    fault: Fault,
    times: u32,
}

impl Faults {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn add(&mut self, pattern: Pattern, fault: Fault, times: u32) {
        self.0.push(Waiting {
            pattern,
            fault,
            times,
        });
        self.0.retain(|waiting| waiting.times > 0);
    }

    /// The fault for this request, if one waits for it; it is used up by one.
    pub(super) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let position = self
            .0
            .iter()
            .position(|waiting| waiting.pattern.matches(method, path))?;
        let waiting = &mut self.0[position];
        waiting.times -= 1;
        let fault = waiting.fault;
        if waiting.times == 0 {
            self.0.remove(position);
        }
        Some(fault)
    }
}
