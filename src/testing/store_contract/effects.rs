//! Checks of effects: each is planned once, claimed by one worker at a time, and ended for ever.

use jiff::Timestamp;

use super::samples::{
    LEASE, LOCATION, at, claim_all, conflicts, delivery, done, effect_of, entry, everything, fence,
    plan, state, the_tag, the_task, the_text, with_effects, with_episode,
};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::EffectId;
use crate::recipes::missed_call::store::{Commit, EffectChange, Fence, Progress, Shares, Store};

checks!(
    an_effect_is_planned_only_once,
    claims_are_due_first_limited_and_by_lane,
    a_claim_can_exclude_locations,
    a_claim_holds_until_its_lease_ends,
    a_stale_claim_cannot_write,
    keep_does_not_extend_the_lease,
    a_released_effect_waits_for_its_time,
    an_ended_effect_never_comes_back,
);

fn failed(failures: u32) -> Progress {
    Progress::Waiting {
        failures,
        last_failure: Some("unavailable_503".into()),
    }
}

async fn an_effect_is_planned_only_once(store: &dyn Store) {
    let state = state("1", "rosan", None);
    let again = || with_effects(vec![plan(&state, the_text(), at(1))]);
    done(store, again()).await;
    conflicts(store, again()).await;
    let fence = fence(&claim_all(store, at(1)).await);
    conflicts(store, again()).await;
    done(store, with_effects(vec![EffectChange::End { fence }])).await;
    conflicts(store, again()).await;
    // Another step or ordinal is another effect.
    done(store, with_effects(vec![plan(&state, the_tag(), at(1))])).await;
    let effect = EffectId {
        ordinal: 1,
        ..effect_of(&state, the_text())
    };
    let (due, lane) = (at(1), Lane::Interactive);
    let plan = EffectChange::Plan { effect, due, lane };
    done(store, with_effects(vec![plan])).await;
}

async fn claims_are_due_first_limited_and_by_lane(store: &dyn Store) {
    let states: Vec<_> = ["a", "b", "c"].map(|name| state(name, name, None)).into();
    let dues = [at(3), at(1), at(2)];
    let mut effects = vec![plan(&states[0], the_task(), at(0))];
    for (state, due) in states.iter().zip(dues) {
        effects.push(plan(state, the_text(), due));
    }
    done(store, with_effects(effects)).await;

    let claim = async |now, lane, limit| -> Vec<EffectId> {
        let claims = store
            .claim(now, lane, limit, LEASE, &Shares::UNLIMITED)
            .await
            .unwrap();
        claims.into_iter().map(|claim| claim.fence.effect).collect()
    };
    let text = |index: usize| effect_of(&states[index], the_text());
    assert!(claim(at(-1), Lane::Background, 9).await.is_empty());
    assert!(claim(at(0), Lane::Interactive, 9).await.is_empty());
    assert!(claim(at(3), Lane::Interactive, 0).await.is_empty());
    assert_eq!(claim(at(3), Lane::Interactive, 2).await, [text(1), text(2)]);
    assert_eq!(claim(at(3), Lane::Interactive, 2).await, [text(0)]);
    assert!(claim(at(3), Lane::Interactive, 2).await.is_empty());
    let task = effect_of(&states[0], the_task());
    assert_eq!(claim(at(3), Lane::Background, 2).await, [task]);
}

async fn a_claim_can_exclude_locations(store: &dyn Store) {
    let known = state("1", "rosan", None);
    // An effect without an episode is in no location.
    let orphan = state("2", "maria", None);
    let effects = vec![
        plan(&known, the_text(), at(0)),
        plan(&orphan, the_text(), at(1)),
    ];
    let commit = Commit {
        effects,
        ..with_episode(&known)
    };
    done(store, commit).await;
    let elsewhere: LocationId = "elsewhere".parse().unwrap();
    let claim = async |except: &[LocationId]| -> Vec<EffectId> {
        let mut shares = Shares::UNLIMITED;
        for location in except {
            shares.leave_out(location.clone());
        }
        let claims = store.claim(at(2), Lane::Interactive, 9, LEASE, &shares);
        let claims = claims.await.unwrap().into_iter();
        claims.map(|claim| claim.fence.effect).collect()
    };
    let text = |state| effect_of(state, the_text());
    let both = [LOCATION.parse().unwrap(), elsewhere.clone()];
    assert_eq!(claim(&both).await, [text(&orphan)]);
    assert!(claim(&both).await.is_empty());
    assert_eq!(claim(&[elsewhere]).await, [text(&known)]);
}

async fn a_claim_holds_until_its_lease_ends(store: &dyn Store) {
    let state = state("1", "rosan", None);
    done(store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
    let first = claim_all(store, at(10)).await;
    assert_eq!(first[0].progress, Progress::NEW);
    assert_eq!(fence(&first).attempt, 1);
    assert!(claim_all(store, at(69)).await.is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(at(70)));
    assert_eq!(fence(&claim_all(store, at(70)).await).attempt, 2);
}

async fn a_stale_claim_cannot_write(store: &dyn Store) {
    let state = state("1", "rosan", None);
    done(store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
    let stale = fence(&claim_all(store, at(0)).await);
    let current = fence(&claim_all(store, at(60)).await);
    assert_ne!(stale, current);
    let writes = |fence: &Fence| {
        [
            EffectChange::Keep {
                fence: fence.clone(),
                progress: failed(1),
            },
            EffectChange::Release {
                fence: fence.clone(),
                progress: failed(1),
                due: at(0),
            },
            EffectChange::End {
                fence: fence.clone(),
            },
        ]
    };
    let never = Fence {
        effect: effect_of(&state, the_tag()),
        attempt: 0,
    };
    let future = Fence {
        attempt: current.attempt + 1,
        ..current.clone()
    };
    for wrong in [&stale, &never, &future] {
        for change in writes(wrong) {
            let commit = Commit {
                delivery: delivery("webhook:1"),
                entries: vec![entry(1, LOCATION, None)],
                ..with_effects(vec![change])
            };
            conflicts(store, commit).await;
        }
    }
    assert!(store.ledger(&everything()).await.unwrap().is_empty());
    assert!(claim_all(store, at(61)).await.is_empty());
    for change in writes(&current) {
        // The current claim may keep, release (the attempt is the same until the next claim), and end.
        done(store, with_effects(vec![change])).await;
    }
    assert!(claim_all(store, at(9_999)).await.is_empty());
}

async fn keep_does_not_extend_the_lease(store: &dyn Store) {
    let state = state("1", "rosan", None);
    done(store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
    let fence = fence(&claim_all(store, at(0)).await);
    let progress = failed(3);
    let keep = EffectChange::Keep {
        fence,
        progress: progress.clone(),
    };
    done(store, with_effects(vec![keep])).await;
    assert!(claim_all(store, at(59)).await.is_empty());
    let again = claim_all(store, at(60)).await;
    assert_eq!((again.len(), &again[0].progress), (1, &progress));
}

async fn a_released_effect_waits_for_its_time(store: &dyn Store) {
    let state = state("1", "rosan", None);
    done(store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
    let first = fence(&claim_all(store, at(0)).await);
    let release = EffectChange::Release {
        fence: first.clone(),
        progress: failed(1),
        due: at(5),
    };
    done(store, with_effects(vec![release])).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
    assert!(claim_all(store, at(4)).await.is_empty());
    let second = claim_all(store, at(5)).await;
    assert_eq!(second[0].progress, failed(1));
    assert_eq!(fence(&second).attempt, first.attempt + 1);
}

async fn an_ended_effect_never_comes_back(store: &dyn Store) {
    let state = state("1", "rosan", None);
    done(store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
    let fence = fence(&claim_all(store, at(0)).await);
    let end = EffectChange::End {
        fence: fence.clone(),
    };
    done(store, with_effects(vec![end.clone()])).await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let release = EffectChange::Release {
        fence: fence.clone(),
        progress: Progress::NEW,
        due: at(0),
    };
    let keep = EffectChange::Keep {
        fence,
        progress: Progress::NEW,
    };
    for change in [end, release, keep] {
        conflicts(store, with_effects(vec![change])).await;
    }
    assert!(claim_all(store, Timestamp::MAX).await.is_empty());
}
