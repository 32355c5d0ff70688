//! Questions about the records of a location: its settings, tags, values, fields, users, pipelines, numbers.

use gohighlevel::client::{ApiVersion, ReplaySafety, Request};
use serde_json::{Value, json};

use super::gateway::of_location;
use crate::live_check::check::{Check, Finding, Found};
use crate::live_check::sandbox::{Answer, Sandbox};
use crate::live_check::shape::shape;

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "Do the location's settings name the fields by which contacts are distinguished?",
        expected: "settings.contactUniqueIdentifiers is a list of texts",
        writes: false,
        ask: |sandbox| Box::pin(identifiers(sandbox)),
    },
    Check {
        question: "Is the list of time zones at `timezones`, as the specification says, or at `timeZones`?",
        expected: "200 at `timezones`",
        writes: false,
        ask: |sandbox| Box::pin(time_zones(sandbox)),
    },
    Check {
        question: "Does the list of tags keep capital letters?",
        expected: "all names in small letters",
        writes: false,
        ask: |sandbox| Box::pin(tag_case(sandbox)),
    },
    Check {
        question: "Is the fieldKey of each custom value the whole merge tag?",
        expected: "`{{ custom_values.… }}` on every row",
        writes: false,
        ask: |sandbox| Box::pin(value_keys(sandbox)),
    },
    Check {
        question: "Is the fieldKey of each contact field plain?",
        expected: "`contact.…` without braces on every row",
        writes: false,
        ask: |sandbox| Box::pin(field_keys(sandbox)),
    },
    Check {
        question: "What is an item of a task search?",
        expected: "an object with id or _id",
        writes: false,
        ask: |sandbox| Box::pin(task_search(sandbox)),
    },
    Check {
        question: "Are the stages of a pipeline objects?",
        expected: "objects with id and name",
        writes: false,
        ask: |sandbox| Box::pin(stages(sandbox)),
    },
    Check {
        question: "Can a single pipeline be read (v3, June 2026), and with which scope?",
        expected: "200",
        writes: false,
        ask: |sandbox| Box::pin(one_pipeline(sandbox)),
    },
    Check {
        question: "Which states do workflows have?",
        expected: "draft and published only",
        writes: false,
        ask: |sandbox| Box::pin(workflow_states(sandbox)),
    },
    Check {
        question: "How are the scopes of a user written?",
        expected: "a list, or not at all",
        writes: false,
        ask: |sandbox| Box::pin(user_scopes(sandbox)),
    },
    Check {
        question: "What is known of the location's phone numbers?",
        expected: "a list `numbers` of objects with phoneNumber; or 404 without a phone system",
        writes: false,
        ask: |sandbox| Box::pin(numbers(sandbox)),
    },
    Check {
        question: "Can Voice AI agents be listed with this token?",
        expected: "200 with a list",
        writes: false,
        ask: |sandbox| Box::pin(voice_agents(sandbox)),
    },
    Check {
        question: "In which form does a trigger link show its merge tag?",
        expected: "fieldKey with braces and no spaces inside",
        writes: false,
        ask: |sandbox| Box::pin(links(sandbox)),
    },
];

fn path(sandbox: &Sandbox, rest: &str) -> String {
    format!("/locations/{}/{rest}", sandbox.id())
}

/// Judges every text at `pointer` of a list's items.
fn all_texts(
    answer: &Answer,
    list: &str,
    key: &str,
    what: &str,
    good: fn(&str) -> bool,
) -> Finding {
    let items = answer.list(list);
    if !answer.is_success() {
        return Finding::of_refusal(answer, false);
    }
    if items.is_empty() {
        return Finding::nothing(what);
    }
    let texts: Vec<&str> = items.iter().filter_map(|item| item[key].as_str()).collect();
    let fitting = texts.iter().filter(|text| good(text)).count();
    let seen = format!(
        "{fitting} of {} so, {} without one",
        items.len(),
        items.len() - texts.len()
    );
    Finding::of(fitting == items.len(), seen)
}

async fn identifiers(sandbox: &mut Sandbox) -> Found {
    let own = format!("/locations/{}", sandbox.id());
    let answer = sandbox.get(&own).await?;
    let list = answer.list("/location/settings/contactUniqueIdentifiers");
    let settings = answer.at("/location/settings").map(shape);
    let expected = !list.is_empty() && list.iter().all(Value::is_string);
    Ok(Finding::of(
        expected,
        settings.unwrap_or_else(|| "no settings".to_owned()),
    ))
}

async fn time_zones(sandbox: &mut Sandbox) -> Found {
    let first = sandbox.get(&path(sandbox, "timezones")).await?;
    if first.is_success() {
        return Ok(Finding::of_answer(&first, true));
    }
    let second = sandbox.get(&path(sandbox, "timeZones")).await?;
    if second.is_success() {
        return Ok(Finding::of(false, "at `timeZones` only"));
    }
    let first = first.known()?;
    Ok(Finding::of_refusal(&first, false))
}

async fn tag_case(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.get(&path(sandbox, "tags")).await?;
    let small = |name: &str| name.to_lowercase() == name;
    Ok(all_texts(&answer, "/tags", "name", "tags", small))
}

async fn value_keys(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.get(&path(sandbox, "customValues")).await?;
    let whole = |key: &str| key.starts_with("{{ custom_values.") && key.ends_with(" }}");
    Ok(all_texts(
        &answer,
        "/customValues",
        "fieldKey",
        "custom values",
        whole,
    ))
}

async fn field_keys(sandbox: &mut Sandbox) -> Found {
    let request = Request::get(path(sandbox, "customFields")).query("model", "contact");
    let answer = sandbox.ask(request).await?;
    let plain = |key: &str| key.starts_with("contact.") && !key.contains('{');
    Ok(all_texts(
        &answer,
        "/customFields",
        "fieldKey",
        "custom fields",
        plain,
    ))
}

async fn task_search(sandbox: &mut Sandbox) -> Found {
    let request = Request::post(path(sandbox, "tasks/search"))
        .json(&json!({ "limit": 1 }))
        .replay(ReplaySafety::Safe);
    let answer = sandbox.ask(request).await?.known()?;
    if answer.is_success() && answer.list("/tasks").is_empty() {
        return Ok(Finding::nothing("tasks"));
    }
    let item = answer.at("/tasks/0");
    let has_id = item.is_some_and(|item| item["id"].is_string() || item["_id"].is_string());
    Ok(Finding::of_answer(&answer, has_id))
}

async fn stages(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox
        .ask(of_location(sandbox, "/opportunities/pipelines"))
        .await?;
    if answer.is_success() && answer.list("/pipelines").is_empty() {
        return Ok(Finding::nothing("pipelines"));
    }
    let stage = answer.at("/pipelines/0/stages/0");
    let expected = stage.is_some_and(|stage| stage["id"].is_string() && stage["name"].is_string());
    Ok(Finding::of_answer(&answer, expected))
}

async fn one_pipeline(sandbox: &mut Sandbox) -> Found {
    let list = sandbox
        .ask(of_location(sandbox, "/opportunities/pipelines"))
        .await?;
    let Some(id) = list.text("/pipelines/0/id") else {
        return Ok(Finding::nothing("pipelines"));
    };
    let request = Request::get(format!("/opportunities/pipelines/{id}"))
        .query("locationId", sandbox.id())
        .version(ApiVersion::V3);
    let answer = sandbox.ask(request).await?.known()?;
    Ok(Finding::of_answer(&answer, answer.is_success()))
}

async fn workflow_states(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask(of_location(sandbox, "/workflows/")).await?;
    let known = |state: &str| matches!(state, "draft" | "published");
    Ok(all_texts(
        &answer,
        "/workflows",
        "status",
        "workflows",
        known,
    ))
}

async fn user_scopes(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox.ask(of_location(sandbox, "/users/")).await?;
    let users = answer.list("/users");
    if users.is_empty() {
        return Ok(Finding::nothing("users"));
    }
    let scopes: Vec<&Value> = users.iter().map(|user| &user["scopes"]).collect();
    let expected = scopes
        .iter()
        .all(|scopes| scopes.is_array() || scopes.is_null());
    let shapes: std::collections::BTreeSet<String> = scopes.into_iter().map(shape).collect();
    let shapes: Vec<String> = shapes.into_iter().collect();
    Ok(Finding::of(expected, shapes.join(" or ")))
}

async fn numbers(sandbox: &mut Sandbox) -> Found {
    let path = format!("/phone-system/numbers/location/{}", sandbox.id());
    let answer = sandbox.get(&path).await?.known()?;
    if answer.status == 404 {
        return Ok(Finding::of_refusal(&answer, true));
    }
    let expected = answer
        .at("/numbers")
        .and_then(Value::as_array)
        .is_some_and(|numbers| {
            numbers
                .iter()
                .all(|number| number["phoneNumber"].is_string())
        });
    Ok(Finding::of_answer(&answer, expected))
}

async fn voice_agents(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox
        .ask(of_location(sandbox, "/voice-ai/agents"))
        .await?
        .known()?;
    Ok(Finding::of_answer(&answer, answer.is_success()))
}

async fn links(sandbox: &mut Sandbox) -> Found {
    let answer = sandbox
        .ask(of_location(sandbox, "/links/"))
        .await?
        .known()?;
    let tag = |key: &str| key.starts_with("{{trigger_link.") && key.ends_with("}}");
    Ok(all_texts(
        &answer,
        "/links",
        "fieldKey",
        "trigger links",
        tag,
    ))
}
