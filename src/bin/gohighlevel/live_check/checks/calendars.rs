//! Questions about calendars that only read.

use gohighlevel::client::{ApiVersion, Request};
use gohighlevel::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::gateway::of_location;
use crate::live_check::check::{Check, Finding, Found};
use crate::live_check::sandbox::{Sandbox, kind};
use crate::live_check::shape::shape;

const DAY: i64 = 24 * 60 * 60 * 1000;

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "What stands beside the dates of free slots?",
        expected: "a traceId, and nothing else",
        writes: false,
        ask: |sandbox| Box::pin(free_slots(sandbox)),
    },
    Check {
        question: "How are the times of calendar events written?",
        expected: "a time with its offset, or in UTC",
        writes: false,
        ask: |sandbox| Box::pin(event_times(sandbox)),
    },
    Check {
        question: "Is a single appointment wrapped?",
        expected: "in `appointment`",
        writes: false,
        ask: |sandbox| Box::pin(one_appointment(sandbox)),
    },
];

async fn calendar(sandbox: &Sandbox) -> Result<String, Finding> {
    let request = of_location(sandbox, "/calendars/").version(ApiVersion::V2021_04_15);
    let answer = sandbox.ask(request).await?.known()?;
    let id = answer.text("/calendars/0/id").map(str::to_owned);
    id.ok_or_else(|| Finding::nothing("calendars"))
}

async fn free_slots(sandbox: &mut Sandbox) -> Found {
    let calendar = calendar(sandbox).await?;
    let now = SystemClock.now().as_millisecond();
    let request = Request::get(format!("/calendars/{calendar}/free-slots"))
        .query("startDate", now)
        .query("endDate", now + 7 * DAY)
        .version(ApiVersion::V2021_04_15);
    let answer = sandbox.ask(request).await?.known()?;
    let members = answer.body.as_object();
    let others = members
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_object());
    let others: Vec<&str> = others.map(|(key, _)| key.as_str()).collect();
    let expected = answer.is_success() && others.iter().all(|key| *key == "traceId");
    Ok(Finding::of(
        expected,
        format!("{} {}", answer.status, shape(&answer.body)),
    ))
}

/// The events of the first calendar, a month around today.
async fn events(sandbox: &Sandbox) -> Result<Vec<Value>, Finding> {
    let calendar = calendar(sandbox).await?;
    let now = SystemClock.now().as_millisecond();
    let request = of_location(sandbox, "/calendars/events")
        .query("calendarId", calendar)
        .query("startTime", now - 30 * DAY)
        .query("endTime", now + 30 * DAY)
        .version(ApiVersion::V2021_04_15);
    let answer = sandbox.ask(request).await?.known()?;
    let events = answer.list("/events").to_vec();
    if events.is_empty() {
        return Err(Finding::nothing("events in its first calendar"));
    }
    Ok(events)
}

async fn event_times(sandbox: &mut Sandbox) -> Found {
    let events = events(sandbox).await?;
    let kind = events
        .first()
        .map_or_else(String::new, |event| kind(&event["startTime"]));
    let expected = matches!(kind.as_str(), "time with offset" | "time in UTC");
    Ok(Finding::of(expected, kind))
}

async fn one_appointment(sandbox: &mut Sandbox) -> Found {
    let events = events(sandbox).await?;
    let id = events.iter().find_map(|event| event["id"].as_str());
    let path = format!("/calendars/events/appointments/{}", id.unwrap_or_default());
    let answer = sandbox
        .ask(Request::get(path).version(ApiVersion::V2021_04_15))
        .await?
        .known()?;
    let expected = answer.text("/appointment/id").is_some();
    Ok(Finding::of_answer(&answer, expected))
}
