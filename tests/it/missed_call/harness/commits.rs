//! Commits for tests of a store: short ways to write, plan and claim.

use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::episode::{EpisodeState, Reason, StepName};
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::{
    Claim, Commit, CommitOutcome, DeliveryName, EffectChange, EpisodeChange, Fence, LedgerQuery,
    Shares, Store, Subject, SuppressionChange,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::builders::{at, effect_of, location, the_text};

pub(crate) fn opens(state: &EpisodeState) -> EpisodeChange {
    EpisodeChange {
        state: state.clone(),
        read_at_revision: None,
        wake_at: None,
    }
}

pub(crate) fn with_episode(state: &EpisodeState) -> Commit {
    Commit {
        episodes: vec![opens(state)],
        ..Commit::default()
    }
}

pub(crate) fn with_effects(effects: Vec<EffectChange>) -> Commit {
    Commit {
        effects,
        ..Commit::default()
    }
}

pub(crate) fn plan(state: &EpisodeState, step: StepName, due: Timestamp) -> EffectChange {
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

pub(crate) fn delivery(name: &str) -> Option<DeliveryName> {
    Some(DeliveryName {
        name: name.to_owned(),
        received_at: at(1),
    })
}

pub(crate) fn entry(seconds: i64, location: &str, episode: Option<&str>) -> Entry {
    serde_json::from_value(json!({
        "at": at(seconds), "location": location, "episode": episode,
        "kind": "call_unclear", "message": format!("m{seconds}"), "status": "ringing",
    }))
    .unwrap()
}

pub(crate) fn suppression(
    subject: &Subject,
    reason: Reason,
    suppressed: bool,
) -> SuppressionChange {
    SuppressionChange {
        location: location(),
        subject: subject.clone(),
        reason,
        suppressed,
        // Whoever takes something back does so later.
        at: at(if suppressed { 1 } else { 2 }),
    }
}

pub(crate) fn everything() -> LedgerQuery {
    LedgerQuery::default()
}

pub(crate) async fn done(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), CommitOutcome::Done);
}

pub(crate) async fn conflicts(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), CommitOutcome::Conflict);
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

pub(crate) async fn claim_all(store: &dyn Store, now: Timestamp) -> Vec<Claim> {
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

pub(crate) fn fence(claims: &[Claim]) -> Fence {
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims[0].fence.clone()
}
