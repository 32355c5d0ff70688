//! Several processes on one database: each effect is held by one of them, whatever their clocks say and whatever they do at
//! the same moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gohighlevel::client::Lane;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::recipes::missed_call::episode::EffectId;
use gohighlevel::recipes::missed_call::store::{
    Claim, CommitOutcome, EffectChange, PostgresStore, Progress, Shares, Store,
};
use gohighlevel::testing::Call;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::{on_virtual_time, open, schema, servers};
use crate::missed_call::harness::builders::{at, effect_of, state, the_text};
use crate::missed_call::harness::commits::{
    conflicts, done, fence, plan, with_effects, with_episode,
};
use crate::missed_call::harness::world::{LOCATION, World, business, soleil};

const TWO_MINUTES: SignedDuration = SignedDuration::from_mins(2);
const LEASE: SignedDuration = SignedDuration::from_mins(1);

pub(super) async fn claim(
    store: &PostgresStore,
    now: Timestamp,
    lease: SignedDuration,
) -> Vec<Claim> {
    let all = Shares::UNLIMITED;
    let claimed = store.claim(now, Lane::Interactive, 100, lease, &all);
    claimed.await.unwrap()
}

#[tokio::test]
async fn clocks_that_are_minutes_apart_give_an_effect_to_one() {
    let cluster = servers!();
    let schema = schema("clocks");
    let ahead = PostgresStore::new(open(cluster.url(), &schema).await);
    let behind = PostgresStore::new(open(cluster.url(), &schema).await);
    let now = SystemClock.now();
    let (early, late) = (now - TWO_MINUTES, now + TWO_MINUTES);
    let state = state("1", "rosan", None);
    let due = early - LEASE;
    done(&ahead, with_effects(vec![plan(&state, the_text(), due)])).await;

    let held = fence(&claim(&ahead, late, LEASE).await);
    // The claim of a minute has not ended, though this clock says that it has.
    assert!(claim(&behind, early, LEASE).await.is_empty());
    assert!(claim(&ahead, late + LEASE, LEASE).await.is_empty());
    // Each is shown the end of the claim on its own clock, so that none asks again and again.
    for (store, now) in [(&ahead, late), (&behind, early)] {
        claim(store, now, LEASE).await;
        let next = store.next_due().await.unwrap().unwrap();
        assert!(next > now && next < now + LEASE + LEASE, "{next} {now}");
    }
    done(
        &ahead,
        with_effects(vec![EffectChange::End { fence: held }]),
    )
    .await;
    assert_eq!(behind.next_due().await.unwrap(), None);
    assert!(claim(&behind, late, LEASE).await.is_empty());
}

#[tokio::test]
async fn a_worker_whose_claim_has_ended_writes_nothing() {
    let cluster = servers!();
    let schema = schema("overrun");
    let slow = PostgresStore::new(open(cluster.url(), &schema).await);
    let quick = PostgresStore::new(open(cluster.url(), &schema).await);
    let now = SystemClock.now();
    let state = state("1", "rosan", None);
    done(&slow, with_effects(vec![plan(&state, the_text(), now)])).await;
    let first = fence(&claim(&slow, now, SignedDuration::ZERO).await);
    let second = fence(&claim(&quick, now, LEASE).await);
    assert_eq!((first.attempt, second.attempt), (1, 2));
    for change in [
        EffectChange::Keep {
            fence: first.clone(),
            progress: Progress::NEW,
        },
        EffectChange::End { fence: first },
    ] {
        conflicts(&slow, with_effects(vec![change])).await;
    }
    done(
        &quick,
        with_effects(vec![EffectChange::End { fence: second }]),
    )
    .await;
}

// A claim notes when the next effect of a location is due, and does not see what is being planned at that moment.
#[tokio::test]
async fn what_is_planned_while_others_claim_is_found() {
    const PLANNERS: u32 = 6;
    const EACH: u32 = 40;
    let cluster = servers!();
    let schema = schema("race");
    let first = open(cluster.url(), &schema).await;
    let store = on_virtual_time(first);
    let state = state("1", "rosan", None);
    done(&store, with_episode(&state)).await;

    let mut planners = JoinSet::new();
    for planner in 0..PLANNERS {
        let store = on_virtual_time(open(cluster.pooled().unwrap_or(cluster.url()), &schema).await);
        let state = state.clone();
        planners.spawn(async move {
            for number in 0..EACH {
                let effect = EffectId {
                    ordinal: planner * EACH + number,
                    ..effect_of(&state, the_text())
                };
                let (due, lane) = (at(i64::from(number)), Lane::Interactive);
                let plan = EffectChange::Plan { effect, due, lane };
                done(&store, with_effects(vec![plan])).await;
            }
        });
    }
    let mut claimers = JoinSet::new();
    let (finished, planned) = tokio::sync::watch::channel(false);
    for _ in 0..3 {
        let store = on_virtual_time(open(cluster.url(), &schema).await);
        let planned = planned.clone();
        claimers.spawn(async move {
            let mut found = Vec::new();
            loop {
                let is_last = *planned.borrow();
                let claims = claim(&store, at(1_000), SignedDuration::from_hours(9)).await;
                if is_last && claims.is_empty() && store.next_due().await.unwrap() > Some(at(1_000))
                {
                    return found;
                }
                found.extend(claims.into_iter().map(|claim| claim.fence));
            }
        });
    }
    planners.join_all().await;
    finished.send(true).unwrap();
    let claimed: Vec<_> = claimers.join_all().await.into_iter().flatten().collect();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for fence in &claimed {
        assert_eq!(fence.attempt, 1);
        *counts.entry(fence.effect.ordinal).or_default() += 1;
    }
    assert_eq!(counts.len(), (PLANNERS * EACH) as usize);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}

#[tokio::test]
async fn one_of_many_deliveries_of_the_same_name_is_accepted() {
    let cluster = servers!();
    let schema = schema("same");
    let mut processes = JoinSet::new();
    for number in 0..8 {
        let store = on_virtual_time(open(cluster.url(), &schema).await);
        processes.spawn(async move {
            let mut outcomes = Vec::new();
            for round in 0..10 {
                let name = format!("round-{round}");
                let mut commit = with_episode(&state(&format!("{number}-{round}"), &name, None));
                commit.delivery = crate::missed_call::harness::commits::delivery(&name);
                outcomes.push(store.commit(commit).await.unwrap());
            }
            outcomes
        });
    }
    let outcomes: Vec<_> = processes.join_all().await.into_iter().flatten().collect();
    let count = |wanted| {
        outcomes
            .iter()
            .filter(|outcome| **outcome == wanted)
            .count()
    };
    assert_eq!(count(CommitOutcome::Done), 10);
    assert_eq!(count(CommitOutcome::Duplicate), 70);
}

#[tokio::test]
async fn two_engines_on_one_database_text_each_caller_once() {
    let cluster = servers!();
    let schema = schema("engines");
    let store = || async { Arc::new(on_virtual_time(open(cluster.url(), &schema).await)) };
    let world = World::with(soleil(), store().await).await;
    let second = world.another_engine(store().await);
    let mut calls = Vec::new();
    for number in 0..6 {
        let caller = format!("+1312555{:04}", 1_000 + number * 37)
            .parse()
            .unwrap();
        calls.push(
            world
                .call(&Call::missed(LOCATION, caller, business()))
                .await,
        );
    }
    let end = world.clock.now() + Duration::from_secs(2 * 3600);
    loop {
        loop {
            let (one, other) = tokio::join!(world.engine.step(), second.step());
            if one.unwrap() + other.unwrap() == 0 {
                break;
            }
        }
        match world.engine.next_due().await.unwrap() {
            Some(next) if next <= end => world.clock.advance_to(next),
            _ => break,
        }
    }
    for call in &calls {
        let texts = world.texts(&call.contact_id).await;
        assert_eq!(texts.len(), 1, "{:?}", world.history().await);
        assert_eq!(world.tags(&call.contact_id).await, ["missed-call"]);
        assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
    }
}
