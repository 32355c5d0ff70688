//! The sample episodes and commits of the checks.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::client::Lane;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::episode::{
    EffectId, Episode, EpisodeState, Evidence, Input, MissedCall, Reason, StepName,
};
use crate::recipes::missed_call::ledger::Entry;
use crate::recipes::missed_call::store::{
    Claim, Commit, CommitOutcome, DeliveryName, EffectChange, EpisodeChange, Fence, HaltChange,
    LedgerQuery, PersonKey, Reference, ReferenceChange, Shares, Store, Subject, SuppressionChange,
};
use crate::recipes::missed_call::{Caller, Halt, MissedReason, Recipe, Reply};

pub(super) const LOCATION: &str = "soleilLocation000001";

pub(super) const NUMBER: &str = "+15550001111";

pub(super) const BUSINESS: &str = "+15550002222";

/// Seconds after the end of the first call.
pub(super) fn at(seconds: i64) -> Timestamp {
    const START: Timestamp = Timestamp::constant(1_780_308_000, 0);
    START + SignedDuration::from_secs(seconds)
}

/// A recipe with all three steps: texts until 600 s after the call, cooldown 3600 s.
pub(super) fn recipe() -> Arc<Recipe> {
    Arc::new(
        Recipe::from_toml(
            "contract.toml",
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
        .unwrap(),
    )
}

pub(super) fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

pub(super) fn contact(name: &str) -> ContactId {
    ContactId::new(name).unwrap()
}

pub(super) fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

/// A call from [`NUMBER`] that ended at 0.
pub(super) fn call(name: &str) -> MissedCall {
    MissedCall {
        location: location(),
        message: MessageId::new(name).unwrap(),
        contact: contact("rosan"),
        conversation: None,
        caller: Some(Caller::Number(number(NUMBER))),
        called: Some(number(BUSINESS)),
        ended_at: at(0),
        duration: None,
        reason: MissedReason::NoAnswer,
        evidence: Evidence {
            delivery: format!("webhook:{name}"),
            body_sha256: "0".repeat(64),
            received_at: at(1),
        },
    }
}

/// The caller wrote this, `seconds` after the call.
pub(super) fn replied(reply: Reply, seconds: i64) -> Input {
    Input::Replied {
        message: None,
        reply,
        at: at(seconds),
    }
}

/// The episode that `call("call-1")` opens.
pub(super) fn episode() -> Episode {
    Episode::open(recipe(), &call("call-1"), at(1)).0
}

/// An episode of this contact and number, as it would be stored.
pub(super) fn state(name: &str, who: &str, from: Option<&str>) -> EpisodeState {
    let mut call = call(name);
    call.contact = contact(who);
    call.caller = from.map(|from| Caller::Number(number(from)));
    Episode::open(recipe(), &call, at(1)).0.state().clone()
}

pub(super) fn effect_of(state: &EpisodeState, step: StepName) -> EffectId {
    EffectId {
        episode: state.id().clone(),
        step,
        ordinal: 0,
    }
}

pub(super) fn the_text() -> StepName {
    StepName::new("text").unwrap()
}

pub(super) fn the_tag() -> StepName {
    StepName::new("tag").unwrap()
}

pub(super) fn the_task() -> StepName {
    StepName::new("task").unwrap()
}

pub(super) fn opens(state: &EpisodeState) -> EpisodeChange {
    EpisodeChange {
        state: state.clone(),
        read_at_revision: None,
        wake_at: None,
    }
}

pub(super) fn with_episode(state: &EpisodeState) -> Commit {
    Commit {
        episodes: vec![opens(state)],
        ..Commit::default()
    }
}

pub(super) fn updates(state: &EpisodeState, revision: u64) -> Commit {
    Commit {
        episodes: vec![EpisodeChange {
            read_at_revision: Some(revision),
            ..opens(state)
        }],
        ..Commit::default()
    }
}

pub(super) fn with_effects(effects: Vec<EffectChange>) -> Commit {
    Commit {
        effects,
        ..Commit::default()
    }
}

pub(super) fn plan(state: &EpisodeState, step: StepName, due: Timestamp) -> EffectChange {
    let lane = if step == the_text() {
        Lane::Interactive
    } else {
        Lane::Background
    };
    EffectChange::Plan {
        effect: effect_of(state, step),
        due,
        lane,
    }
}

pub(super) fn delivery(name: &str) -> Option<DeliveryName> {
    Some(DeliveryName {
        name: name.to_owned(),
        received_at: at(1),
    })
}

pub(super) fn entry(seconds: i64, location: &str, episode: Option<&str>) -> Entry {
    serde_json::from_value(json!({
        "at": at(seconds), "location": location, "episode": episode,
        "kind": "call_unclear", "message": format!("m{seconds}"), "status": "ringing",
    }))
    .unwrap()
}

pub(super) fn closed(state: &EpisodeState) -> EpisodeState {
    let mut episode = Episode::resume(state.clone(), recipe());
    episode.close(at(2));
    episode.state().clone()
}

pub(super) fn person(who: &str, from: Option<&str>) -> PersonKey {
    PersonKey {
        location: location(),
        contact: contact(who),
        number: from.map(number),
    }
}

pub(super) fn suppression(
    subject: &Subject,
    reason: Reason,
    suppressed: bool,
) -> SuppressionChange {
    SuppressionChange {
        location: location(),
        subject: subject.clone(),
        reason,
        suppressed,
        // A suppression is lifted later than it was added.
        at: at(if suppressed { 1 } else { 2 }),
    }
}

/// The pause of the sample location, or its end, as reported at `said_at`.
pub(super) fn halt(halted: bool, said_at: i64) -> HaltChange {
    HaltChange {
        location: location(),
        halt: Halt::Paused,
        halted,
        at: at(said_at),
    }
}

/// From now on this reference leads to the episode, or to none.
pub(super) fn found_by(reference: Reference, episode: Option<&EpisodeState>) -> ReferenceChange {
    ReferenceChange {
        location: location(),
        reference,
        episode: episode.map(|state| state.id().clone()),
    }
}

pub(super) fn everything() -> LedgerQuery {
    LedgerQuery::default()
}

pub(super) async fn done(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), CommitOutcome::Done);
}

pub(super) async fn conflicts(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), CommitOutcome::Conflict);
}

pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);

pub(super) async fn claim_all(store: &dyn Store, now: Timestamp) -> Vec<Claim> {
    let mut claims = store
        .claim(now, Lane::Interactive, 100, LEASE, &Shares::UNLIMITED)
        .await
        .unwrap();
    claims.extend(
        store
            .claim(now, Lane::Background, 100, LEASE, &Shares::UNLIMITED)
            .await
            .unwrap(),
    );
    claims
}

pub(super) fn fence(claims: &[Claim]) -> Fence {
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims[0].fence.clone()
}
