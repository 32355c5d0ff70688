//! Checks of turns: locations take turns, and a location that is behind gets its newest effects first.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::samples::{
    at, call, contact, done, recipe, the_tag, the_text, with_effects, with_episode,
};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::{EffectId, Episode, EpisodeId, EpisodeState};
use crate::recipes::missed_call::store::{Claim, EffectChange, Progress, Scope, Shares, Store};

const LEASE: SignedDuration = SignedDuration::from_secs(600);

checks!(
    the_location_whose_turn_is_longest_ago_comes_first,
    every_location_has_a_turn_before_any_has_a_second,
    a_location_gets_no_more_than_its_share,
    a_location_that_is_behind_gets_its_newest_effects_first,
    background_effects_come_in_order,
    a_released_effect_is_due_at_its_new_time,
    next_due_depends_on_lanes_and_shares,
    a_process_takes_from_its_own_locations_alone,
);

fn location(name: &str) -> LocationId {
    name.parse().unwrap()
}

/// An episode in this location.
async fn open(store: &dyn Store, name: &str) -> EpisodeState {
    let mut call = call(&format!("call-{name}"));
    call.location = location(name);
    call.contact = contact(name);
    let state = Episode::open(recipe(), &call, at(1)).0.state().clone();
    done(store, with_episode(&state)).await;
    state
}

/// Plans an effect of its step for each of these times.
async fn plan(store: &dyn Store, state: &EpisodeState, lane: Lane, dues: &[i64]) {
    let step = match lane {
        Lane::Interactive => the_text(),
        Lane::Background => the_tag(),
    };
    let plan = |due: &i64| EffectChange::Plan {
        effect: EffectId {
            episode: state.id().clone(),
            step: step.clone(),
            ordinal: u32::try_from(*due).unwrap(),
        },
        due: at(*due),
        lane,
    };
    done(store, with_effects(dues.iter().map(plan).collect())).await;
}

async fn claim(
    store: &dyn Store,
    now: Timestamp,
    lane: Lane,
    limit: usize,
    shares: &Shares,
) -> Vec<Claim> {
    store.claim(now, lane, limit, LEASE, shares).await.unwrap()
}

/// The location and the ordinal of each.
fn effects_of(claims: &[Claim]) -> Vec<(String, u32)> {
    let effect_of = |claim: &Claim| {
        let effect = &claim.fence.effect;
        let (location, _) = effect.episode.as_str().split_once(':').unwrap();
        (location.to_owned(), effect.ordinal)
    };
    claims.iter().map(effect_of).collect()
}

async fn texts(store: &dyn Store, now: i64, limit: usize, shares: &Shares) -> Vec<(String, u32)> {
    effects_of(&claim(store, at(now), Lane::Interactive, limit, shares).await)
}

fn of(effects: &[(&str, u32)]) -> Vec<(String, u32)> {
    let effects = effects.iter();
    effects
        .map(|(location, ordinal)| ((*location).to_owned(), *ordinal))
        .collect()
}

async fn the_location_whose_turn_is_longest_ago_comes_first(store: &dyn Store) {
    for (name, dues) in [("busy", &[2, 3, 4, 5][..]), ("calm", &[10, 30])] {
        let state = open(store, name).await;
        plan(store, &state, Lane::Interactive, dues).await;
    }
    let all = Shares::UNLIMITED;
    assert_eq!(texts(store, 10, 1, &all).await, of(&[("busy", 2)]));
    assert_eq!(texts(store, 10, 1, &all).await, of(&[("calm", 10)]));
    assert_eq!(texts(store, 10, 1, &all).await, of(&[("busy", 3)]));
    // A location without due effects loses no turn.
    assert_eq!(texts(store, 10, 1, &all).await, of(&[("busy", 4)]));
    assert_eq!(texts(store, 30, 1, &all).await, of(&[("calm", 30)]));
    assert_eq!(texts(store, 30, 9, &all).await, of(&[("busy", 5)]));
}

async fn every_location_has_a_turn_before_any_has_a_second(store: &dyn Store) {
    for (name, dues) in [("a", &[2, 3, 4, 5][..]), ("b", &[6]), ("c", &[7, 8])] {
        let state = open(store, name).await;
        plan(store, &state, Lane::Interactive, dues).await;
    }
    let claimed = texts(store, 9, 5, &Shares::UNLIMITED).await;
    let mut counts = BTreeMap::new();
    for (location, _) in &claimed {
        *counts.entry(location.as_str()).or_insert(0) += 1;
    }
    assert_eq!(counts, BTreeMap::from([("a", 2), ("b", 1), ("c", 2)]));
}

async fn a_location_gets_no_more_than_its_share(store: &dyn Store) {
    for name in ["full", "half", "free"] {
        let state = open(store, name).await;
        plan(store, &state, Lane::Interactive, &[1, 2, 3, 4, 5, 6]).await;
    }
    let mut shares = Shares::of(4);
    shares.take(location("full"), 4);
    shares.take(location("half"), 3);
    let mut claimed = texts(store, 9, 100, &shares).await;
    claimed.sort();
    assert_eq!(
        claimed,
        of(&[
            ("free", 1),
            ("free", 2),
            ("free", 3),
            ("free", 4),
            ("half", 1)
        ])
    );
    shares.leave_out(location("free"));
    shares.leave_out(location("half"));
    assert!(texts(store, 9, 100, &shares).await.is_empty());
}

async fn a_location_that_is_behind_gets_its_newest_effects_first(store: &dyn Store) {
    let state = open(store, "here").await;
    let dues: Vec<i64> = (1..=8).map(|number| number * 10).collect();
    plan(store, &state, Lane::Interactive, &dues).await;
    let all = Shares::UNLIMITED;
    // The oldest has been due for less than a minute.
    assert_eq!(texts(store, 60, 1, &all).await, of(&[("here", 10)]));
    // It has been due for a minute now. Effects that are not due yet do not count.
    let newest = texts(store, 80, 2, &all).await;
    assert_eq!(newest, of(&[("here", 80), ("here", 70)]));
    let each_fourth = texts(store, 80, 2, &all).await;
    assert_eq!(each_fourth, of(&[("here", 20), ("here", 60)]));
    // It is no longer a minute behind.
    let in_order = texts(store, 85, 9, &all).await;
    assert_eq!(in_order, of(&[("here", 30), ("here", 40), ("here", 50)]));
}

async fn background_effects_come_in_order(store: &dyn Store) {
    let state = open(store, "here").await;
    plan(store, &state, Lane::Background, &[1, 2, 3, 4]).await;
    let all = Shares::UNLIMITED;
    let claims = claim(store, at(9_000), Lane::Background, 9, &all).await;
    let expected = of(&[("here", 1), ("here", 2), ("here", 3), ("here", 4)]);
    assert_eq!(effects_of(&claims), expected);
}

async fn a_released_effect_is_due_at_its_new_time(store: &dyn Store) {
    let state = open(store, "here").await;
    plan(store, &state, Lane::Interactive, &[5]).await;
    let all = Shares::UNLIMITED;
    let claims = claim(store, at(5), Lane::Interactive, 9, &all).await;
    let release = EffectChange::Release {
        fence: claims[0].fence.clone(),
        progress: Progress::NEW,
        due: at(20),
    };
    done(store, with_effects(vec![release])).await;
    assert!(texts(store, 19, 9, &all).await.is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    assert_eq!(texts(store, 20, 9, &all).await, of(&[("here", 5)]));
}

async fn next_due_depends_on_lanes_and_shares(store: &dyn Store) {
    for (name, texts, tags) in [("early", 10, 40), ("late", 20, 30)] {
        let state = open(store, name).await;
        plan(store, &state, Lane::Interactive, &[texts]).await;
        plan(store, &state, Lane::Background, &[tags]).await;
    }
    let mut but_early = Shares::of(4);
    but_early.take(location("early"), 4);
    let next = async |lanes: &[(Lane, &Shares)]| {
        let lanes: Vec<_> = lanes
            .iter()
            .map(|(lane, shares)| (*lane, (*shares).clone()))
            .collect();
        store.next_due_in(&lanes, &Scope::All).await.unwrap()
    };
    let all = Shares::UNLIMITED;
    let (texts, tags) = (Lane::Interactive, Lane::Background);
    assert_eq!(next(&[(texts, &all), (tags, &all)]).await, Some(at(10)));
    assert_eq!(
        next(&[(texts, &but_early), (tags, &all)]).await,
        Some(at(20))
    );
    assert_eq!(next(&[(tags, &all)]).await, Some(at(30)));
    assert_eq!(next(&[]).await, None);
    but_early.leave_out(location("late"));
    assert_eq!(next(&[(texts, &but_early)]).await, None);
}

async fn a_process_takes_from_its_own_locations_alone(store: &dyn Store) {
    for (name, due) in [("other", 10), ("own", 20), ("third", 30)] {
        let state = open(store, name).await;
        plan(store, &state, Lane::Interactive, &[due]).await;
        let mut wakes = with_episode(&state);
        wakes.episodes[0].read_at_revision = Some(1);
        wakes.episodes[0].wake_at = Some(at(due + 100));
        done(store, wakes).await;
    }
    let own = Scope::from_iter([location("own")]);
    let next = async |scope: &Scope| {
        let shares = Shares::UNLIMITED.within(scope.clone());
        let lanes = [(Lane::Interactive, shares)];
        let with_effects = store.next_due_in(&lanes, scope).await.unwrap();
        (with_effects, store.next_due_in(&[], scope).await.unwrap())
    };
    assert_eq!(next(&Scope::All).await, (Some(at(10)), Some(at(110))));
    assert_eq!(next(&own).await, (Some(at(20)), Some(at(120))));
    let nowhere = Scope::from_iter([]);
    assert_eq!(next(&nowhere).await, (None, None));
    let within = |scope: &Scope| Shares::UNLIMITED.within(scope.clone());
    assert!(texts(store, 50, 9, &within(&nowhere)).await.is_empty());
    assert_eq!(texts(store, 50, 9, &within(&own)).await, of(&[("own", 20)]));
    // The lease of the own one ends after the others are due.
    assert_eq!(next(&own).await, (Some(at(120)), Some(at(120))));
    let rest = texts(store, 50, 9, &within(&Scope::All)).await;
    assert_eq!(rest, of(&[("other", 10), ("third", 30)]));
    let woken = async |limit, scope: &Scope| {
        let woken = store.episodes_to_wake(at(200), limit, scope).await.unwrap();
        let named = |id: &EpisodeId| id.as_str().split_once(':').unwrap().0.to_owned();
        woken.iter().map(named).collect::<Vec<_>>()
    };
    assert_eq!(woken(1, &own).await, ["own"]);
    assert!(woken(9, &nowhere).await.is_empty());
    assert_eq!(woken(9, &Scope::All).await.len(), 3);
}
