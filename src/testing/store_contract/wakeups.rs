//! Checks of wake-ups: which episodes are due, and when the next work is due.

use super::samples::{
    at, done, plan, state, the_task, the_text, updates, with_effects, with_episode,
};
use crate::recipes::missed_call::store::{Scope, Store};

checks!(
    next_due_is_the_earliest_of_all,
    episodes_wake_when_they_are_due,
);

async fn next_due_is_the_earliest_of_all(store: &dyn Store) {
    assert_eq!(store.next_due().await.unwrap(), None);
    let state = state("1", "rosan", None);
    let mut opening = with_episode(&state);
    opening.episodes[0].wake_at = Some(at(30));
    done(store, opening).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(30)));
    done(store, with_effects(vec![plan(&state, the_task(), at(20))])).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    done(store, with_effects(vec![plan(&state, the_text(), at(10))])).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
}

async fn episodes_wake_when_they_are_due(store: &dyn Store) {
    for (name, wake_at) in [
        ("a", Some(at(10))),
        ("b", Some(at(20))),
        ("c", None),
        ("d", Some(at(5))),
    ] {
        let mut opening = with_episode(&state(name, name, None));
        opening.episodes[0].wake_at = wake_at;
        done(store, opening).await;
    }
    let woken = async |now, limit| {
        let mut ids = store
            .episodes_to_wake(now, limit, &Scope::All)
            .await
            .unwrap();
        ids.sort();
        ids
    };
    let id = |name: &str| state(name, name, None).id().clone();
    assert!(woken(at(4), 9).await.is_empty());
    assert_eq!(woken(at(10), 9).await, [id("a"), id("d")]);
    assert_eq!(woken(at(10), 1).await.len(), 1);
    assert_eq!(woken(at(20), 9).await.len(), 3);
    // The engine does the waking: an episode stays due until it is written again.
    assert_eq!(woken(at(20), 9).await.len(), 3);
    done(store, updates(&state("a", "a", None), 1)).await;
    assert_eq!(woken(at(20), 9).await, [id("b"), id("d")]);
    // A wake-up can be rescheduled without a change of the episode. An episode without a wake-up gets none.
    for name in ["b", "c"] {
        store.reschedule_wakeup(&id(name), at(40)).await.unwrap();
    }
    assert_eq!(woken(at(30), 9).await, [id("d")]);
    assert_eq!(woken(at(40), 9).await, [id("b"), id("d")]);
    done(store, updates(&state("b", "b", None), 1)).await;
}
