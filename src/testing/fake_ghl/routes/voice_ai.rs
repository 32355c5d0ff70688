//! Voice AI: agents that answer calls, what they do in a call, and the log of their calls.

use http::StatusCode;
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const AGENTS: Resource = Resource {
    collection: "voiceAiAgents",
    what: "Agent",
    many: "agents",
    both: &[
        optional("agentName", Kind::Text),
        optional("businessName", Kind::Text),
        optional("welcomeMessage", Kind::Text),
        optional("agentPrompt", Kind::Text),
        optional("voiceId", Kind::Text),
        optional("language", Kind::Text),
        optional("patienceLevel", Kind::OneOf(&["low", "medium", "high"])),
        optional("maxCallDuration", Kind::Number),
        optional("sendUserIdleReminders", Kind::Bool),
        optional("reminderAfterIdleTimeSeconds", Kind::Number),
        optional("inboundNumber", Kind::TextOrNull),
        optional("numberPoolId", Kind::TextOrNull),
        optional("callEndWorkflowIds", Kind::Texts),
        optional("sendPostCallNotificationTo", Kind::Object),
        optional("agentWorkingHours", Kind::Objects),
        optional("timezone", Kind::Text),
        optional("isAgentAsBackupDisabled", Kind::Bool),
        optional("translation", Kind::Object),
    ],
    defaults: r#"{"agentName": "My Agent", "language": "en-US", "patienceLevel": "high", "maxCallDuration": 600,
        "callEndWorkflowIds": [], "agentWorkingHours": [], "isAgentAsBackupDisabled": false}"#,
    ..PLAIN
};

pub(super) const ACTIONS: Resource = Resource {
    collection: "voiceAiActions",
    what: "Action",
    create: &[
        required("agentId", Kind::Text),
        required("actionType", Kind::Text),
        required("name", Kind::Text),
        required("actionParameters", Kind::Any),
    ],
    update: &[
        required("agentId", Kind::Text),
        required("actionType", Kind::Text),
        required("name", Kind::Text),
        required("actionParameters", Kind::Any),
    ],
    ..PLAIN
};

/// Only a seed makes them.
pub(super) const CALLS: Resource = Resource {
    collection: "voiceAiCalls",
    what: "Call log",
    many: "callLogs",
    defaults: r#"{"trialCall": false, "isAgentDeleted": false, "executedCallActions": [], "duration": 0}"#,
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Voice AI",
    rules: &[
        "Agents answer no calls here. The log of calls comes from the seed.",
        "With an agent go its actions. Deletions answer 204 without a body.",
    ],
    operations: &[
        own(
            "GET",
            "/voice-ai/agents",
            "voice-ai-agents.readonly",
            |v, _, _| agents(v),
        ),
        own(
            "POST",
            "/voice-ai/agents",
            "voice-ai-agents.write",
            |v, _, b| AGENTS.create(v, b),
        ),
        own(
            "GET",
            "/voice-ai/agents/{agentId}",
            "voice-ai-agents.readonly",
            |v, p, _| agent(v, p[0]),
        ),
        own(
            "PATCH",
            "/voice-ai/agents/{agentId}",
            "voice-ai-agents.write",
            |v, p, b| AGENTS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/voice-ai/agents/{agentId}",
            "voice-ai-agents.write",
            |v, p, _| delete_agent(v, p[0]),
        ),
        own(
            "POST",
            "/voice-ai/actions",
            "voice-ai-agent-goals.write",
            |v, _, b| create_action(v, b),
        ),
        own(
            "GET",
            "/voice-ai/actions/{actionId}",
            "voice-ai-agent-goals.readonly",
            |v, p, _| ACTIONS.get(v, p[0]),
        ),
        own(
            "PUT",
            "/voice-ai/actions/{actionId}",
            "voice-ai-agent-goals.write",
            |v, p, b| ACTIONS.update(v, p[0], b),
        ),
        own(
            "DELETE",
            "/voice-ai/actions/{actionId}",
            "voice-ai-agent-goals.write",
            |v, p, _| delete_action(v, p[0]),
        ),
        own(
            "GET",
            "/voice-ai/dashboard/call-logs",
            "voice-ai-dashboard.readonly",
            |v, _, _| calls(v),
        ),
        own(
            "GET",
            "/voice-ai/dashboard/call-logs/{callId}",
            "voice-ai-dashboard.readonly",
            |v, p, _| CALLS.get(v, p[0]),
        ),
    ],
};

/// A page by its number, counted from 1, with the numbers that go with it.
fn numbered(resource: &Resource, visit: &Visit<'_>, wanted: impl Fn(&Fields) -> bool) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let page = request.count("page", 1, usize::MAX)?;
    let size = request.count("pageSize", 10, 50)?;
    let all = resource.all(&visit.location.records).iter();
    let found: Vec<&Fields> = all.filter(|record| wanted(record)).collect();
    let total = found.len();
    let skip = (page - 1).saturating_mul(size);
    let mut body = resource.many(found.into_iter().skip(skip).take(size));
    body["total"] = json!(total);
    body["page"] = json!(page);
    body["pageSize"] = json!(size);
    Ok(Answer::ok(body))
}

fn agents(visit: &Visit<'_>) -> Outcome {
    let words = visit.request.query("query").unwrap_or_default();
    let words = words.to_lowercase();
    numbered(&AGENTS, visit, |agent| {
        text(agent, "agentName").to_lowercase().contains(&words)
    })
}

fn agent(visit: &Visit<'_>, id: &str) -> Outcome {
    visit.request.required_query("locationId")?;
    let mut agent = AGENTS.find(&visit.location.records, id)?.clone();
    let actions = ACTIONS.all(&visit.location.records).iter();
    let actions: Vec<&Fields> = actions.filter(|action| action["agentId"] == id).collect();
    agent.insert("actions".to_owned(), json!(actions));
    Ok(Answer::ok(agent.into()))
}

fn gone() -> Answer {
    Answer::new(StatusCode::NO_CONTENT, Value::Null)
}

fn delete_agent(visit: &mut Visit<'_>, id: &str) -> Outcome {
    AGENTS.removed(visit, id)?;
    if let Some(actions) = visit.location.records.get_mut(ACTIONS.collection) {
        actions.retain(|action| action["agentId"] != id);
    }
    Ok(gone())
}

fn create_action(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[ACTIONS.create, &[required("locationId", Kind::Text)]].concat(),
    )?;
    AGENTS.find(&visit.location.records, text(body, "agentId"))?;
    ACTIONS.create(visit, body)
}

fn delete_action(visit: &mut Visit<'_>, id: &str) -> Outcome {
    ACTIONS.removed(visit, id)?;
    Ok(gone())
}

fn calls(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    let is = |call: &Fields, parameter: &str| {
        let asked = request.query(parameter);
        asked.is_none_or(|asked| text(call, parameter) == asked)
    };
    let trial = request.query("callType").map(|kind| kind == "TRIAL");
    let moment = |name: &str| -> Option<i64> { request.query(name)?.parse().ok() };
    let (from, to) = (moment("startDate"), moment("endDate"));
    numbered(&CALLS, visit, |call| {
        let made: Option<jiff::Timestamp> = text(call, "createdAt").parse().ok();
        let made = made.map(jiff::Timestamp::as_millisecond);
        is(call, "agentId")
            && is(call, "contactId")
            && trial.is_none_or(|trial| call["trialCall"] == trial)
            && from.is_none_or(|from| made >= Some(from))
            && to.is_none_or(|to| made <= Some(to))
    })
}
