//! Questions about what stands in front of all operations: limits, versions, tokens, unknown routes.

use gohighlevel::client::Request;

use crate::live_check::check::{Check, Finding, Found};
use crate::live_check::sandbox::Sandbox;

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "Which rate-limit headers come with an answer?",
        expected: "x-ratelimit-max, -remaining, -interval-milliseconds, -limit-daily and -daily-remaining",
        writes: false,
        ask: |sandbox| Box::pin(limits(sandbox)),
    },
    Check {
        question: "Does a successful answer carry a traceId?",
        expected: "a text at the top",
        writes: false,
        ask: |sandbox| Box::pin(trace_id(sandbox)),
    },
    Check {
        question: "What answers a path that does not exist?",
        expected: "401 about the IAM service, or 404",
        writes: false,
        ask: |sandbox| Box::pin(unknown_route(sandbox)),
    },
    Check {
        question: "What answers a location that is not the token's?",
        expected: "403, or 401; never 404",
        writes: false,
        ask: |sandbox| Box::pin(other_location(sandbox)),
    },
    Check {
        question: "What answers a request without a Version header?",
        expected: "401 `version header was not found.`",
        writes: false,
        ask: |sandbox| Box::pin(no_version(sandbox)),
    },
    Check {
        question: "What answers an unknown version?",
        expected: "400",
        writes: false,
        ask: |sandbox| Box::pin(unknown_version(sandbox)),
    },
    Check {
        question: "Is version v3 open to this token?",
        expected: "200 with the location",
        writes: false,
        ask: |sandbox| Box::pin(third_version(sandbox)),
    },
    Check {
        question: "How is a token refused that is none?",
        expected: "401 with a message",
        writes: false,
        ask: |sandbox| Box::pin(bad_token(sandbox)),
    },
];

async fn limits(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask_bare(Some("2021-07-28"), None).await?;
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in &answer.headers {
        let name = name.as_str();
        if !name.contains("ratelimit") && name != "retry-after" {
            continue;
        }
        let is_setting = ["max", "interval-milliseconds", "limit-daily"]
            .iter()
            .any(|end| name.ends_with(end));
        match value.to_str() {
            Ok(value) if is_setting => seen.push(format!("{name} = {value}")),
            _ => seen.push(name.to_owned()),
        }
    }
    seen.sort();
    let known = [
        "max",
        "remaining",
        "interval-milliseconds",
        "limit-daily",
        "daily-remaining",
    ];
    let all = known
        .iter()
        .all(|end| answer.headers.contains_key(format!("x-ratelimit-{end}")));
    Ok(Finding::of(all, seen.join(", ")))
}

async fn trace_id(sandbox: &mut Sandbox) -> Found {
    let path = format!("/locations/{}", sandbox.id());
    let answer = sandbox.get(&path).await?;
    let has = answer.text("/traceId").is_some();
    Ok(Finding::of(has, if has { "a text" } else { "none" }))
}

async fn unknown_route(sandbox: &mut Sandbox) -> Found {
    let path = format!("/locations/{}/live-check-does-not-exist", sandbox.id());
    let answer = sandbox.get(&path).await?;
    let unknown = answer.status == 401 && answer.words().contains("IAM Service");
    Ok(Finding::of_refusal(
        &answer,
        unknown || answer.status == 404,
    ))
}

async fn other_location(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.get("/locations/liveCheckElsewhere00").await?;
    Ok(Finding::of_refusal(
        &answer,
        matches!(answer.status, 401 | 403),
    ))
}

async fn no_version(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask_bare(None, None).await?;
    let expected = answer.status == 401 && answer.words().contains("version header was not found");
    Ok(Finding::of_refusal(&answer, expected))
}

async fn unknown_version(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask_bare(Some("1999-01-01"), None).await?;
    Ok(Finding::of_refusal(&answer, answer.status == 400))
}

async fn third_version(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask_bare(Some("v3"), None).await?;
    let expected = answer.status == 200 && answer.text("/location/id").is_some();
    Ok(Finding::of_answer(&answer, expected))
}

async fn bad_token(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox
        .ask_bare(Some("2021-07-28"), Some("pit-none"))
        .await?;
    let expected = answer.status == 401 && answer.text("/message").is_some();
    Ok(Finding::of_refusal(&answer, expected))
}

/// A request for a list of the location.
pub(super) fn of_location(sandbox: &Sandbox, path: &'static str) -> Request {
    Request::get(path).query("locationId", sandbox.id())
}
