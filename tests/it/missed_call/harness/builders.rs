//! Values that tests begin with: times, a recipe, missed calls, episodes, inputs and facts.

use std::sync::Arc;

use gohighlevel::ids::{ContactId, LocationId, MessageId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::episode::{
    EffectId, EpisodeId, EpisodeState, Evidence, Input, MissedCall, Reason, StepName,
};
use gohighlevel::recipes::missed_call::episode::{Episode, Facts, Output, TaskFacts, TextFacts};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::reply::Reply;
use gohighlevel::recipes::missed_call::{Caller, MissedReason, Recipe};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub(crate) const LOCATION: &str = "soleilLocation000001";
pub(crate) const NUMBER: &str = "+15550001111";
pub(crate) const BUSINESS: &str = "+15550002222";

/// Seconds after the end of the first call.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-06-01T10:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

/// A recipe with all three steps: texts until 600 s after the call, cooldown 3600 s.
pub(crate) fn recipe() -> Arc<Recipe> {
    recipe_of(
        r#"
        name = "test"
        version = 1
        [call]
        max_age = "PT10M"
        cooldown = "PT1H"
        [steps.text]
        do = "text"
        body = "Hi {{ contact.first_name }}, sorry we missed you."
        [steps.tag]
        do = "tag"
        [steps.task]
        do = "task"
        title = "Call back"
        "#,
    )
}

pub(crate) fn recipe_of(toml: &str) -> Arc<Recipe> {
    Arc::new(Recipe::from_toml("test.toml", toml).unwrap())
}

pub(crate) fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

pub(crate) fn contact(name: &str) -> ContactId {
    ContactId::new(name).unwrap()
}

pub(crate) fn message(name: &str) -> MessageId {
    MessageId::new(name).unwrap()
}

pub(crate) fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

/// A call from [`NUMBER`] that ended at 0.
pub(crate) fn call(name: &str) -> MissedCall {
    call_ended(name, 0)
}

pub(crate) fn call_ended(name: &str, seconds: i64) -> MissedCall {
    MissedCall {
        location: location(),
        message: message(name),
        contact: contact("rosan"),
        conversation: None,
        caller: Some(Caller::Number(number(NUMBER))),
        called: Some(number(BUSINESS)),
        ended_at: at(seconds),
        duration: None,
        reason: MissedReason::NoAnswer,
        evidence: Evidence {
            delivery: format!("webhook:{name}"),
            body_sha256: "0".repeat(64),
            received_at: at(seconds + 1),
        },
    }
}

/// The episode that `call("call-1")` opens.
/// The caller wrote this, so many seconds after the call.
pub(crate) fn replied(reply: Reply, seconds: i64) -> Input {
    Input::Replied {
        message: None,
        reply,
        at: at(seconds),
    }
}

/// An opt-out that needs no confirmation.
pub(crate) fn opted_out(reason: Reason) -> Input {
    Input::OptedOut {
        reason,
        unconfirmed_since: None,
    }
}

pub(crate) fn episode() -> Episode {
    Episode::open(recipe(), &call("call-1"), at(1)).0
}

/// An episode of this contact and number, as it would be stored.
pub(crate) fn state(name: &str, who: &str, from: Option<&str>) -> EpisodeState {
    let mut call = call(name);
    call.contact = contact(who);
    call.caller = from.map(|from| Caller::Number(number(from)));
    Episode::open(recipe(), &call, at(1)).0.state().clone()
}

pub(crate) fn effect_of(state: &EpisodeState, step: StepName) -> EffectId {
    effect(state.id(), step)
}

pub(crate) fn effect(episode: &EpisodeId, step: StepName) -> EffectId {
    EffectId {
        episode: episode.clone(),
        step,
        ordinal: 0,
    }
}

pub(crate) fn step(name: &str) -> StepName {
    StepName::new(name).unwrap()
}

/// The steps that are dropped by these actions, with the reasons' codes.
pub(crate) fn dropped(actions: &[Output]) -> Vec<(String, String)> {
    let drop = |action: &Output| match action {
        Output::Record(EntryKind::NotDone { step, reason }) => {
            Some((step.to_string(), reason.code()))
        }
        _ => None,
    };
    actions.iter().filter_map(drop).collect()
}

pub(crate) fn the_text() -> StepName {
    StepName::new("text").unwrap()
}

pub(crate) fn the_tag() -> StepName {
    StepName::new("tag").unwrap()
}

pub(crate) fn the_task() -> StepName {
    StepName::new("task").unwrap()
}

/// The steps of [`recipe`].
pub(crate) fn all() -> [StepName; 3] {
    [the_text(), the_tag(), the_task()]
}

/// Facts under which `step` may be done.
pub(crate) fn good_facts(step: &StepName) -> Facts {
    match step.as_str() {
        "text" => Facts::Text(TextFacts {
            first_name: Some("Rosan".into()),
            phone: Some(number(NUMBER)),
            ..TextFacts::default()
        }),
        "tag" => Facts::NotNeeded,
        _ => Facts::Task(TaskFacts::default()),
    }
}

/// The stored form of a step's state: `"planned"`, `{"not_done":"stale"}`, …
pub(crate) fn step_of(episode: &Episode, step: StepName) -> Value {
    serde_json::to_value(episode.state()).unwrap()["steps"][step.as_str()].clone()
}
