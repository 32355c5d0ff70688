//! The rules that come before any route: the burst limit, the bearer token, the `Version` header.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;

use super::answer::Answer;
use super::version::Version;

/// Requests a location may make in one day.
const DAILY: u64 = 200_000;

const DAILY_REMAINING: &str = "x-ratelimit-daily-remaining";

/// The versions that HighLevel serves beside `v3` at the moment. All of them get the same answers here.
const VERSIONS: [&str; 4] = ["2023-02-21", "2021-07-28", "2021-04-15", "legacy"];

/// The token of the `Authorization` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
}

/// Reads the `Version` header. A missing one is answered like a bad token, which is HighLevel's own oddity.
pub(super) fn version(headers: &HeaderMap) -> Result<Version, Answer> {
    let Some(version) = headers.get("version") else {
        return Err(Answer::unauthorized("version header was not found."));
    };
    let version = String::from_utf8_lossy(version.as_bytes());
    if version == "v3" {
        Ok(Version::V3)
    } else if VERSIONS.contains(&version.as_ref()) {
        Ok(Version::V2)
    } else {
        Err(Answer::bad_request(format!(
            "Invalid API version segment '{version}' at position 0"
        )))
    }
}

/// The burst limit and the daily allowance, counted per token (a token belongs to one location).
///
/// The window slides: at no moment have more than `requests` been let through within the last `window`.
pub(super) struct Limiter {
    requests: u32,
    window: Duration,
    used: BTreeMap<String, Usage>,
}

#[derive(Default)]
struct Usage {
    recent: VecDeque<Duration>,
    /// Day number since 1970 (UTC) and the requests let through on it.
    day: (i64, u64),
}

/// What the limiter says about one request: whether it may pass, and the five headers that go with the answer.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    pub(super) allowed: bool,
    headers: [(&'static str, u64); 5],
}

impl Limiter {
    pub(super) fn new(requests: u32, window: Duration) -> Self {
        Self {
            requests,
            window,
            used: BTreeMap::new(),
        }
    }

    /// Another limit from now on; what was counted is forgotten.
    pub(super) fn set(&mut self, requests: u32, window: Duration) {
        *self = Self::new(requests, window);
    }

    /// Counts a request that arrived at `elapsed` on a clock that never goes back. Refused ones are not counted.
    pub(super) fn admit(&mut self, token: &str, elapsed: Duration, now: Timestamp) -> Allowance {
        let usage = self.used.entry(token.to_owned()).or_default();
        while usage
            .recent
            .front()
            .is_some_and(|at| *at + self.window <= elapsed)
        {
            usage.recent.pop_front();
        }
        let today = now.as_second().div_euclid(86_400);
        if usage.day.0 != today {
            usage.day = (today, 0);
        }
        let most = self.requests as usize;
        let allowed = usage.recent.len() < most && usage.day.1 < DAILY;
        if allowed {
            usage.recent.push_back(elapsed);
            usage.day.1 += 1;
        }
        let remaining = most.saturating_sub(usage.recent.len()) as u64;
        let window = u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX);
        Allowance {
            allowed,
            headers: [
                ("x-ratelimit-limit-daily", DAILY),
                (DAILY_REMAINING, DAILY - usage.day.1),
                ("x-ratelimit-interval-milliseconds", window),
                ("x-ratelimit-max", u64::from(self.requests)),
                ("x-ratelimit-remaining", remaining),
            ],
        }
    }
}

impl Allowance {
    /// The headers say that nothing is left of the day.
    pub(super) fn day_is_used_up(&mut self) {
        for (name, value) in &mut self.headers {
            if *name == DAILY_REMAINING {
                *value = 0;
            }
        }
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}
