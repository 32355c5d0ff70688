//! Checks of other queries: first-time callers, episodes by number and reference, and the app of a company.

use jiff::SignedDuration;

use super::samples::{NUMBER, at, done, found_by, location, number, recipe, state, with_episode};
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::compliance::{CallersAround, FloodLimits, NewCaller};
use crate::recipes::missed_call::episode::{Episode, EpisodeState, Input, Reason};
use crate::recipes::missed_call::store::{
    Commit, CompanyApp, EpisodeChange, Reference, ReferenceChange, Store,
};

checks!(
    new_callers_are_found_by_time_the_nearest_first,
    new_callers_are_found_by_number_for_longer,
    only_new_callers_of_the_location_are_found,
    an_episode_is_found_by_its_number,
    an_episode_is_found_by_its_references,
    the_latest_state_of_a_company_app_counts,
);

/// The store has no app and no reference of this commit.
pub(super) async fn found_nothing(store: &dyn Store, commit: &Commit) {
    for app in &commit.company_apps {
        assert!(store.app_of(&app.company).await.unwrap().is_none());
    }
    for change in &commit.references {
        let found = store.episode_by_reference(&change.location, &change.reference);
        assert!(found.await.unwrap().is_none());
    }
}

/// The episode of a first-time caller.
fn of_new_caller(from: Option<&str>, called: i64) -> EpisodeState {
    let name = format!("{called}{}", from.unwrap_or("-"));
    let mut json = serde_json::to_value(state(&name, &name, from)).unwrap();
    json["call_ended_at"] = at(called + 20).to_string().into();
    json["call_seconds"] = 20.into();
    json["new_since"] = at(called).to_string().into();
    serde_json::from_value(json).unwrap()
}

fn around(called: i64) -> CallersAround {
    CallersAround {
        called_at: at(called),
        within: SignedDuration::from_secs(60),
        most: 3,
        numbers: Vec::new(),
        numbers_within: SignedDuration::from_secs(600),
    }
}

/// When the callers called that are found.
async fn found(store: &dyn Store, around: &CallersAround) -> Vec<i64> {
    let callers = store.new_callers(&location(), around).await.unwrap();
    let mut found: Vec<_> = callers
        .iter()
        .map(|caller| caller.called_at.duration_since(at(0)).as_secs())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

async fn new_callers_are_found_by_time_the_nearest_first(store: &dyn Store) {
    for called in [0, 40, 41, 50, 60, 100, 101, 119, 120, 160] {
        done(store, with_episode(&of_new_caller(None, called))).await;
    }
    for (called, expected) in [
        (60, vec![41, 50, 60, 100, 101, 119]),
        (61, vec![41, 50, 60, 100, 101, 119]),
        (0, vec![0, 40, 41, 50]),
        (-30, vec![0]),
        (-60, vec![]),
        (179, vec![120, 160]),
        (219, vec![160]),
        (220, vec![]),
    ] {
        assert_eq!(found(store, &around(called)).await, expected, "{called}");
    }
    let all = CallersAround {
        most: 100,
        ..around(60)
    };
    let expected = [40, 41, 50, 60, 100, 101, 119];
    assert_eq!(
        found(store, &all).await,
        expected,
        "0 is a minute away, and so is 120"
    );
    // What becomes of the episodes does not matter.
    let mut ended = episode_of(&of_new_caller(None, 50));
    ended.handle(&Input::Ended(Reason::Uninstalled), at(70));
    let change = EpisodeChange {
        state: ended.state().clone(),
        read_at_revision: Some(1),
        wake_at: None,
    };
    let ends = Commit {
        episodes: vec![change],
        ..Commit::default()
    };
    done(store, ends).await;
    assert_eq!(found(store, &all).await, expected);
}

fn episode_of(state: &EpisodeState) -> Episode {
    Episode::resume(state.clone(), recipe())
}

async fn new_callers_are_found_by_number_for_longer(store: &dyn Store) {
    let numbered = |last: i64| format!("+1305555{last:04}");
    for (last, called) in [(0, 0), (1, 300), (2, 590), (9, 300), (3, 30)] {
        let number = numbered(last);
        done(store, with_episode(&of_new_caller(Some(&number), called))).await;
    }
    let call = NewCaller {
        number: Some(number(&numbered(2))),
        called_at: at(590),
    };
    let around = FloodLimits::default().callers_around(&call);
    assert_eq!(found(store, &around).await, [0, 30, 300, 590]);
    let callers = store.new_callers(&location(), &around).await.unwrap();
    let mut ends: Vec<_> = callers
        .iter()
        .filter_map(|caller| caller.number.as_ref())
        .map(PhoneNumber::last_four)
        .collect();
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends, ["0000", "0001", "0002", "0003"]);
    let later = CallersAround {
        called_at: at(600),
        ..around
    };
    assert_eq!(found(store, &later).await, [30, 300, 590]);
}

async fn only_new_callers_of_the_location_are_found(store: &dyn Store) {
    done(store, with_episode(&state("known", "rosan", Some(NUMBER)))).await;
    let new = of_new_caller(Some("+13055550000"), 0);
    done(store, with_episode(&new)).await;
    assert_eq!(new.new_caller().unwrap().called_at, at(0));
    let asked = CallersAround {
        numbers: vec![number(NUMBER)],
        ..around(0)
    };
    let callers = store.new_callers(&location(), &asked).await.unwrap();
    assert_eq!(callers, [new.new_caller().unwrap()]);
    let elsewhere = LocationId::new("somewhereElse").unwrap();
    let callers = store.new_callers(&elsewhere, &asked).await.unwrap();
    assert!(callers.is_empty());
}

async fn an_episode_is_found_by_its_number(store: &dyn Store) {
    let found = async || {
        let found = store.episode_by_number(&location(), &number(NUMBER)).await;
        found.unwrap().map(|found| found.state)
    };
    assert!(found().await.is_none());
    let close = |state: &EpisodeState| {
        let mut episode = episode_of(state);
        episode.close(at(2));
        episode.state().clone()
    };
    let (first, second) = (
        close(&state("9", "rosan", Some(NUMBER))),
        close(&state("1", "maria", Some(NUMBER))),
    );
    done(store, with_episode(&first)).await;
    done(store, with_episode(&second)).await;
    assert_eq!(found().await.as_ref(), Some(&second), "the last one");
    let live = state("5", "rosan", Some(NUMBER));
    done(store, with_episode(&live)).await;
    done(
        store,
        with_episode(&close(&state("6", "somebody", Some(NUMBER)))),
    )
    .await;
    assert_eq!(found().await.as_ref(), Some(&live));
    let elsewhere = LocationId::new("somewhereElse").unwrap();
    let found = store.episode_by_number(&elsewhere, &number(NUMBER)).await;
    assert!(found.unwrap().is_none());
}

async fn an_episode_is_found_by_its_references(store: &dyn Store) {
    let (first, second) = (state("1", "rosan", None), state("2", "maria", None));
    done(store, with_episode(&first)).await;
    done(store, with_episode(&second)).await;
    let references = [
        Reference::Task("same".into()),
        Reference::Appointment("same".into()),
        Reference::Conversation("same".parse().unwrap()),
    ];
    let says = async |changes: Vec<ReferenceChange>| {
        let commit = Commit {
            references: changes,
            ..Commit::default()
        };
        done(store, commit).await;
    };
    let found = async |reference: &Reference| {
        let found = store.episode_by_reference(&location(), reference).await;
        found.unwrap().map(|found| found.state)
    };
    for reference in &references {
        assert_eq!(found(reference).await, None);
        says(vec![found_by(reference.clone(), Some(&first))]).await;
        assert_eq!(found(reference).await.as_ref(), Some(&first));
    }
    let [task, appointment, conversation] = references;
    says(vec![found_by(conversation.clone(), Some(&second))]).await;
    assert_eq!(found(&conversation).await.as_ref(), Some(&second));
    says(vec![found_by(task.clone(), None)]).await;
    assert_eq!(found(&task).await, None);
    assert_eq!(found(&appointment).await.as_ref(), Some(&first));
    let elsewhere = LocationId::new("somewhereElse").unwrap();
    let there = store.episode_by_reference(&elsewhere, &appointment).await;
    assert!(there.unwrap().is_none());
}

async fn the_latest_state_of_a_company_app_counts(store: &dyn Store) {
    let company = "soleilCompany".parse().unwrap();
    assert!(store.app_of(&company).await.unwrap().is_none());
    for (removed, said_at, stands, since) in [
        (true, 10, true, 10),
        (false, 9, true, 10),
        (false, 10, false, 10), // of the same time, that it is there
        (true, 10, false, 10),
        (true, 11, true, 11),
        (false, 20, false, 20),
        (true, 19, false, 20),
    ] {
        let app = |removed, at| CompanyApp {
            company: company.clone(),
            removed,
            at,
        };
        let commit = Commit {
            company_apps: vec![app(removed, at(said_at))],
            ..Commit::default()
        };
        done(store, commit).await;
        let known = store.app_of(&company).await.unwrap();
        assert_eq!(known, Some(app(stands, at(since))));
    }
}
