//! Checks of a person's episodes: one is open at a time, and the open or the latest one is found.

use super::samples::{
    BUSINESS, NUMBER, at, call, closed, conflicts, done, person, recipe, state, updates,
    with_episode,
};
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::{Episode, EpisodeState};
use crate::recipes::missed_call::store::{
    Commit, EarlyReport, ErasedSubject, PersonKey, Store, Subject,
};

checks!(
    a_person_has_one_open_episode,
    one_commit_closes_and_opens,
    an_open_episode_is_found_by_contact_then_by_number,
    the_latest_episode_of_a_person_is_found,
    early_reports_are_kept,
);

async fn a_person_has_one_open_episode(store: &dyn Store) {
    done(store, with_episode(&state("1", "rosan", Some(NUMBER)))).await;
    conflicts(store, with_episode(&state("2", "rosan", None))).await;
    conflicts(store, with_episode(&state("2", "rosan", Some(BUSINESS)))).await;
    conflicts(store, with_episode(&state("2", "maria", Some(NUMBER)))).await;
    // Two contacts without numbers are two people.
    done(store, with_episode(&state("3", "maria", None))).await;
    done(store, with_episode(&state("4", "jonas", None))).await;
    // A closed episode does not conflict, nor does one of another location.
    done(store, with_episode(&closed(&state("5", "rosan", None)))).await;
    let mut elsewhere = call("6");
    elsewhere.location = LocationId::new("harborLocation000002").unwrap();
    let (elsewhere, _) = Episode::open(recipe(), &elsewhere, at(1));
    done(store, with_episode(elsewhere.state())).await;
}

async fn one_commit_closes_and_opens(store: &dyn Store) {
    let first = state("1", "rosan", Some(NUMBER));
    let second = state("2", "rosan", Some(NUMBER));
    done(store, with_episode(&first)).await;
    // The order of the two in the commit does not matter.
    let mut commit = with_episode(&second);
    commit.episodes.extend(updates(&closed(&first), 1).episodes);
    done(store, commit).await;
    let key = person("rosan", Some(NUMBER));
    let live = store.open_episode(&key).await.unwrap().unwrap();
    assert_eq!(live.state.id(), second.id());

    let third = state("3", "rosan", Some(NUMBER));
    let mut commit = updates(&closed(&second), 1);
    commit.episodes.extend(with_episode(&third).episodes);
    done(store, commit).await;
    let live = store.open_episode(&key).await.unwrap().unwrap();
    assert_eq!(live.state.id(), third.id());
    let over = store.episode(first.id()).await.unwrap().unwrap();
    assert!(!over.state.is_open());
}

async fn an_open_episode_is_found_by_contact_then_by_number(store: &dyn Store) {
    let rosan = state("1", "rosan", Some(NUMBER));
    let maria = state("2", "maria", Some(BUSINESS));
    done(store, with_episode(&rosan)).await;
    done(store, with_episode(&maria)).await;
    for (key, expected) in [
        (person("rosan", None), Some(&rosan)),
        (person("rosan", Some(BUSINESS)), Some(&rosan)),
        (person("somebody", Some(BUSINESS)), Some(&maria)),
        (person("somebody", Some("+15550003333")), None),
        (person("somebody", None), None),
    ] {
        let found = store.open_episode(&key).await.unwrap();
        let found = found.map(|stored| stored.state.id().clone());
        assert_eq!(found.as_ref(), expected.map(EpisodeState::id), "{key:?}");
    }
    let elsewhere = PersonKey {
        location: LocationId::new("harborLocation000002").unwrap(),
        ..person("rosan", Some(NUMBER))
    };
    assert!(store.open_episode(&elsewhere).await.unwrap().is_none());
}

async fn the_latest_episode_of_a_person_is_found(store: &dyn Store) {
    // Their order of opening is not the order of their names.
    let first = closed(&state("9", "rosan", Some(NUMBER)));
    let second = closed(&state("1", "rosan", None));
    let third = closed(&state("5", "maria", Some(NUMBER)));
    for episode in [&first, &second, &third] {
        done(store, with_episode(episode)).await;
    }
    // Writing the first again does not make it the latest.
    done(store, updates(&first, 1)).await;
    let latest = async |key: PersonKey| {
        let found = store.latest_episode(&key).await.unwrap();
        found.map(|stored| (stored.state.id().clone(), stored.revision))
    };
    for (key, expected) in [
        (person("rosan", None), Some((&second, 1))),
        (person("rosan", Some(NUMBER)), Some((&third, 1))),
        (person("somebody", Some(NUMBER)), Some((&third, 1))),
        (person("somebody", None), None),
        (person("somebody", Some("+15550003333")), None),
    ] {
        let expected = expected.map(|(state, revision)| (state.id().clone(), revision));
        assert_eq!(latest(key.clone()).await, expected, "{key:?}");
    }
    let elsewhere = PersonKey {
        location: LocationId::new("harborLocation000002").unwrap(),
        ..person("rosan", Some(NUMBER))
    };
    assert_eq!(latest(elsewhere).await, None);

    // An open episode comes before all closed ones, and one of the contact before one of the number.
    let of_number = state("2", "jonas", Some(NUMBER));
    done(store, with_episode(&of_number)).await;
    done(store, with_episode(&closed(&state("6", "rosan", None)))).await;
    let key = person("rosan", Some(NUMBER));
    assert_eq!(latest(key.clone()).await.unwrap().0, *of_number.id());
    let of_contact = state("3", "rosan", None);
    done(store, with_episode(&of_contact)).await;
    assert_eq!(latest(key).await.unwrap().0, *of_contact.id());
}

async fn early_reports_are_kept(store: &dyn Store) {
    let location = call("1").location;
    let subject = |contact: &str| Subject::contact(&person(contact, None).contact);
    let report = |contact: &str, name: &str| EarlyReport {
        location: location.clone(),
        subject: subject(contact),
        name: name.to_owned(),
        received_at: at(1),
        report: format!("{{\"of\":\"{name}\"}}").into(),
    };
    let names = async |contact| {
        let subject = subject(contact);
        let kept = store.early_reports(&location, &subject).await.unwrap();
        assert!(kept.iter().all(|kept| *kept == report(contact, &kept.name)));
        kept.into_iter().map(|kept| kept.name).collect::<Vec<_>>()
    };
    assert!(names("rosan").await.is_empty());
    store.keep_early(&report("rosan", "a")).await.unwrap();
    store.keep_early(&report("rosan", "a")).await.unwrap();
    store.keep_early(&report("maria", "b")).await.unwrap();
    assert_eq!(names("rosan").await, ["a"]);
    assert_eq!(names("maria").await, ["b"]);
    for number in 0..=EarlyReport::MOST_OF_ONE {
        let name = format!("c{number}");
        store.keep_early(&report("rosan", &name)).await.unwrap();
    }
    let kept = names("rosan").await;
    assert_eq!(kept.len(), EarlyReport::MOST_OF_ONE);
    assert_eq!(kept.last().unwrap(), "c8");
    let rosan = person("rosan", None);
    let (latest, reports) = store.before_call(&rosan).await.unwrap();
    assert_eq!((latest.is_none(), reports.len()), (true, kept.len()));
    done(store, with_episode(&state("1", "rosan", None))).await;
    let (latest, reports) = store.before_call(&rosan).await.unwrap();
    assert_eq!((latest.is_some(), reports.len()), (true, kept.len()));
    let forgotten = ErasedSubject {
        location: location.clone(),
        subject: subject("rosan"),
    };
    let erase = Commit {
        forgotten: vec![forgotten],
        ..Commit::default()
    };
    done(store, erase).await;
    assert!(names("rosan").await.is_empty());
    assert_eq!(names("maria").await, ["b"]);
}
