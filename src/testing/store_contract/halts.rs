//! Checks of halted locations, of the locations of a company, and of an episode whose contact changes.

use super::samples::{at, done, episode, halt, location, state, with_episode};
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::Halt;
use crate::recipes::missed_call::episode::Input;
use crate::recipes::missed_call::episode::Reason;
use crate::recipes::missed_call::store::{
    Commit, CompanyLocation, EpisodeChange, HaltChange, Halted, Store,
};

checks!(
    the_latest_change_of_a_halt_counts,
    each_halt_of_a_location_is_independent,
    a_location_has_one_company,
    open_episodes_are_found_by_location,
    an_episode_can_change_its_contact,
);

fn with_halt(change: HaltChange) -> Commit {
    Commit {
        halts: vec![change],
        ..Commit::default()
    }
}

async fn the_latest_change_of_a_halt_counts(store: &dyn Store) {
    assert!(store.halts(&location()).await.unwrap().is_empty());
    for (halted, said_at, stands, since) in [
        (true, 10, true, 10),
        (false, 9, true, 10),
        (false, 20, false, 20),
        (true, 19, false, 20),
        (true, 20, true, 20),
        (true, 30, true, 30),
    ] {
        done(store, with_halt(halt(halted, said_at))).await;
        let expected = Halted {
            halt: Halt::Paused,
            halted: stands,
            since: at(since),
        };
        assert_eq!(store.halts(&location()).await.unwrap(), [expected]);
    }
}

async fn each_halt_of_a_location_is_independent(store: &dyn Store) {
    let elsewhere = LocationId::new("somewhereElse").unwrap();
    let uninstalled = HaltChange {
        halt: Halt::Uninstalled,
        ..halt(true, 5)
    };
    done(store, with_halt(uninstalled)).await;
    done(store, with_halt(halt(true, 6))).await;
    done(store, with_halt(halt(false, 7))).await;
    let halts = store.halts(&location()).await.unwrap();
    let known: Vec<_> = halts
        .iter()
        .map(|known| (known.halt, known.halted))
        .collect();
    assert_eq!(known, [(Halt::Paused, false), (Halt::Uninstalled, true)]);
    assert!(store.halts(&elsewhere).await.unwrap().is_empty());
}

async fn a_location_has_one_company(store: &dyn Store) {
    let company = |name: &str| CompanyId::new(name).unwrap();
    let place = |name: &str| LocationId::new(name).unwrap();
    for (whose, location) in [
        ("first", "b"),
        ("first", "a"),
        ("first", "c"),
        ("second", "c"),
    ] {
        let commit = Commit {
            companies: vec![CompanyLocation {
                company: company(whose),
                location: place(location),
            }],
            ..Commit::default()
        };
        done(store, commit).await;
    }
    for (whose, locations) in [
        ("first", vec!["a", "b"]),
        ("second", vec!["c"]),
        ("third", vec![]),
    ] {
        let known = store.locations_of(&company(whose)).await.unwrap();
        let names: Vec<_> = known.iter().map(LocationId::as_str).collect();
        assert_eq!(names, locations, "{whose}");
    }
}

async fn open_episodes_are_found_by_location(store: &dyn Store) {
    for name in ["b", "a"] {
        done(store, with_episode(&state(name, name, None))).await;
    }
    let mut ended = episode();
    ended.handle(&Input::Ended(Reason::Uninstalled), at(5));
    done(store, with_episode(ended.state())).await;
    let mut live = store.open_episodes(&location()).await.unwrap();
    live.sort();
    let id = |name: &str| state(name, name, None).id().clone();
    assert_eq!(live, [id("a"), id("b")]);
    let elsewhere = LocationId::new("somewhereElse").unwrap();
    assert!(store.open_episodes(&elsewhere).await.unwrap().is_empty());
}

async fn an_episode_can_change_its_contact(store: &dyn Store) {
    let before = state("1", "rosan", None);
    let after = state("1", "maria", None);
    assert_eq!(before.id(), after.id());
    done(store, with_episode(&before)).await;
    let change = EpisodeChange {
        state: after.clone(),
        read_at_revision: Some(1),
        wake_at: None,
    };
    let commit = Commit {
        episodes: vec![change],
        ..Commit::default()
    };
    done(store, commit).await;
    let found = async |who: &crate::ids::ContactId| {
        let person = crate::recipes::missed_call::store::PersonKey {
            location: location(),
            contact: who.clone(),
            number: None,
        };
        store.open_episode(&person).await.unwrap()
    };
    assert!(found(before.contact()).await.is_none());
    assert_eq!(found(after.contact()).await.unwrap().state, after);
    // Another episode can begin with the contact that it had.
    done(store, with_episode(&state("2", "rosan", None))).await;
}
