//! What every store promises, checked on each of them with the same words.

use gohighlevel::client::Lane;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::{
    Episode, EpisodeId, EpisodeState, Reason, StepName,
};
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::{
    Commit, Committed, CompanyApp, CompanyLocation, DeliveryName, EffectChange, EpisodeChange,
    LedgerQuery, PersonKey, RecipeText, Reference, Store, Subject, Suppression, SuppressionChange,
};
use jiff::Timestamp;
use serde_json::json;

use super::effects_contract::claim_all;
use super::finding_contract::{found_by, found_nothing};
use super::given::{
    BUSINESS, LOCATION, NUMBER, at, contact, effect_of, episode, location, number, replied, state,
    the_task, the_text,
};
use super::halts_contract::halt;

/// Runs each check on a new store of each kind.
macro_rules! contract {
    ($($check:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $check() {
                super::$check(&gohighlevel::recipes::missed_call::store::MemoryStore::new()).await;
            })+
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $check() {
                let folder = tempfile::tempdir().unwrap();
                let store = gohighlevel::recipes::missed_call::store::SqliteStore::open(folder.path().join("store.db")).unwrap();
                super::$check(&store).await;
            })+
        }
    };
}

pub(super) use contract;

contract!(
    a_commit_is_written_whole_or_not_at_all,
    a_delivery_is_taken_once,
    an_episode_is_written_at_the_revision_it_was_read_at,
    a_person_has_one_live_episode,
    one_commit_closes_and_opens,
    somebody_is_found_by_contact_then_by_number,
    somebodys_last_episode_is_found_when_it_is_over,
    each_reason_of_a_suppression_stands_alone,
    the_ledger_is_read_in_order_and_by_query,
    next_due_is_the_earliest_of_all,
    episodes_are_woken_when_their_time_has_come,
    recipes_are_kept_as_they_are,
);

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

fn updates(state: &EpisodeState, revision: u64) -> Commit {
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

fn closed(state: &EpisodeState) -> EpisodeState {
    let mut episode = Episode::resume(state.clone(), super::given::recipe());
    episode.close(at(2));
    episode.state().clone()
}

pub(super) async fn done(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Done);
}

pub(super) async fn conflicts(store: &dyn Store, commit: Commit) {
    assert_eq!(store.commit(commit).await.unwrap(), Committed::Conflict);
}

pub(super) fn everything() -> LedgerQuery {
    LedgerQuery::default()
}

async fn a_commit_is_written_whole_or_not_at_all(store: &dyn Store) {
    let taken = state("taken", "rosan", None);
    done(
        store,
        with_effects(vec![plan(&taken, the_text(), at(1_000))]),
    )
    .await;

    let new = state("new", "maria", Some(NUMBER));
    let subject = Subject::number(&number(NUMBER));
    let whole = Commit {
        delivery: delivery("webhook:1"),
        earlier: delivery("webhook:0").into_iter().collect(),
        episodes: vec![EpisodeChange {
            wake_at: Some(at(5)),
            ..opens(&new)
        }],
        effects: vec![
            plan(&new, the_text(), at(1)),
            plan(&taken, the_text(), at(1)),
        ],
        suppressions: vec![suppression(&subject, Reason::OptedOut, true)],
        entries: vec![entry(1, LOCATION, None)],
        consents: Vec::new(),
        texts: Vec::new(),
        counts: Vec::new(),
        rewritten: Vec::new(),
        forgotten: Vec::new(),
        recipe: Some(RecipeText {
            fingerprint: "f".into(),
            source: "s".into(),
        }),
        halts: vec![halt(true, 5)],
        companies: vec![CompanyLocation {
            company: "company".parse().unwrap(),
            location: location(),
        }],
        company_apps: vec![CompanyApp {
            company: "company".parse().unwrap(),
            removed: true,
            at: at(5),
        }],
        references: vec![found_by(Reference::Task("task".into()), Some(&new))],
    };
    conflicts(store, whole.clone()).await;
    assert!(!store.is_processed("webhook:0").await.unwrap());
    assert!(!store.is_processed("webhook:1").await.unwrap());
    assert!(store.halts(&location()).await.unwrap().is_empty());
    assert!(store.episode(new.id()).await.unwrap().is_none());
    assert!(claim_all(store, at(2)).await.is_empty());
    assert!(store.ledger(&everything()).await.unwrap().is_empty());
    assert!(store.recipe_source("f").await.unwrap().is_none());
    assert!(
        store
            .suppressions(&location(), std::slice::from_ref(&subject))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.next_due().await.unwrap(), Some(at(1_000)));
    found_nothing(store, &whole).await;

    // The delivery was not taken either: without the second effect the same commit goes through.
    let mut whole = whole;
    whole.effects.pop();
    done(store, whole).await;
    assert_eq!(
        store.episode(new.id()).await.unwrap().unwrap().state,
        new.clone()
    );
    assert_eq!(claim_all(store, at(2)).await.len(), 1);
    assert_eq!(store.ledger(&everything()).await.unwrap().len(), 1);
    assert_eq!(
        store.recipe_source("f").await.unwrap().as_deref(),
        Some("s")
    );
    let suppressions = store.suppressions(&location(), &[subject]).await;
    assert_eq!(suppressions.unwrap().len(), 1);
}

async fn a_delivery_is_taken_once(store: &dyn Store) {
    let commit = |name: &str, seconds| Commit {
        delivery: delivery(name),
        entries: vec![entry(seconds, LOCATION, None)],
        ..Commit::default()
    };
    done(store, commit("webhook:1", 1)).await;
    for _ in 0..3 {
        let again = store.commit(commit("webhook:1", 2)).await.unwrap();
        assert_eq!(again, Committed::Duplicate);
    }
    done(store, commit("webhook:2", 3)).await;
    // Without a name there is nothing to recognise.
    for _ in 0..2 {
        done(store, Commit::default()).await;
    }
    let written = store.ledger(&everything()).await.unwrap();
    assert_eq!(
        written,
        [entry(1, LOCATION, None), entry(3, LOCATION, None)]
    );

    // Earlier ones are taken with it, and one that was taken already is no hindrance.
    let with_earlier = Commit {
        earlier: ["webhook:1", "webhook:0"]
            .into_iter()
            .filter_map(delivery)
            .collect(),
        ..commit("webhook:4", 4)
    };
    assert!(!store.is_processed("webhook:0").await.unwrap());
    done(store, with_earlier).await;
    for name in ["webhook:0", "webhook:1", "webhook:4"] {
        assert!(store.is_processed(name).await.unwrap(), "{name}");
    }
    let again = store.commit(commit("webhook:0", 5)).await.unwrap();
    assert_eq!(again, Committed::Duplicate);

    // A duplicate is told as one even where it would conflict too.
    let opened = state("call", "rosan", None);
    let opening = Commit {
        delivery: delivery("webhook:3"),
        ..with_episode(&opened)
    };
    done(store, opening.clone()).await;
    assert_eq!(store.commit(opening).await.unwrap(), Committed::Duplicate);
}

async fn an_episode_is_written_at_the_revision_it_was_read_at(store: &dyn Store) {
    let mut episode = episode();
    let id = episode.state().id().clone();
    conflicts(store, updates(episode.state(), 1)).await;
    done(store, with_episode(episode.state())).await;
    conflicts(store, with_episode(episode.state())).await;

    let first = store.episode(&id).await.unwrap().unwrap();
    episode.handle(&replied(Reply::Other, 2), at(2));
    done(store, updates(episode.state(), first.revision)).await;
    conflicts(store, updates(&first.state, first.revision)).await;

    let second = store.episode(&id).await.unwrap().unwrap();
    assert_eq!(second.state, *episode.state());
    assert_ne!(second.revision, first.revision);
    conflicts(store, updates(&first.state, second.revision + 1)).await;
    done(store, updates(episode.state(), second.revision)).await;
    let missing = EpisodeId::from_stored("nobody");
    assert!(store.episode(&missing).await.unwrap().is_none());
}

async fn a_person_has_one_live_episode(store: &dyn Store) {
    done(store, with_episode(&state("1", "rosan", Some(NUMBER)))).await;
    conflicts(store, with_episode(&state("2", "rosan", None))).await;
    conflicts(store, with_episode(&state("2", "rosan", Some(BUSINESS)))).await;
    conflicts(store, with_episode(&state("2", "maria", Some(NUMBER)))).await;
    // Two people whose numbers nobody told are two people.
    done(store, with_episode(&state("3", "maria", None))).await;
    done(store, with_episode(&state("4", "jonas", None))).await;
    // One that is over is in nobody's way, and another location is another business.
    done(store, with_episode(&closed(&state("5", "rosan", None)))).await;
    let mut elsewhere = super::given::call("6");
    elsewhere.location = LocationId::new("harborLocation000002").unwrap();
    let (elsewhere, _) = Episode::open(super::given::recipe(), &elsewhere, at(1));
    done(store, with_episode(elsewhere.state())).await;
}

async fn one_commit_closes_and_opens(store: &dyn Store) {
    let first = state("1", "rosan", Some(NUMBER));
    let second = state("2", "rosan", Some(NUMBER));
    done(store, with_episode(&first)).await;
    // Whichever of the two comes first in the commit.
    let mut commit = with_episode(&second);
    commit.episodes.extend(updates(&closed(&first), 1).episodes);
    done(store, commit).await;
    let key = person("rosan", Some(NUMBER));
    let live = store.live_episode(&key).await.unwrap().unwrap();
    assert_eq!(live.state.id(), second.id());

    let third = state("3", "rosan", Some(NUMBER));
    let mut commit = updates(&closed(&second), 1);
    commit.episodes.extend(with_episode(&third).episodes);
    done(store, commit).await;
    let live = store.live_episode(&key).await.unwrap().unwrap();
    assert_eq!(live.state.id(), third.id());
    let over = store.episode(first.id()).await.unwrap().unwrap();
    assert!(!over.state.is_live());
}

fn person(who: &str, from: Option<&str>) -> PersonKey {
    PersonKey {
        location: location(),
        contact: contact(who),
        number: from.map(number),
    }
}

async fn somebody_is_found_by_contact_then_by_number(store: &dyn Store) {
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
        let found = store.live_episode(&key).await.unwrap();
        let found = found.map(|stored| stored.state.id().clone());
        assert_eq!(found.as_ref(), expected.map(EpisodeState::id), "{key:?}");
    }
    let elsewhere = PersonKey {
        location: LocationId::new("harborLocation000002").unwrap(),
        ..person("rosan", Some(NUMBER))
    };
    assert!(store.live_episode(&elsewhere).await.unwrap().is_none());
}

async fn somebodys_last_episode_is_found_when_it_is_over(store: &dyn Store) {
    // Opened in another order than their names have.
    let first = closed(&state("9", "rosan", Some(NUMBER)));
    let second = closed(&state("1", "rosan", None));
    let third = closed(&state("5", "maria", Some(NUMBER)));
    for episode in [&first, &second, &third] {
        done(store, with_episode(episode)).await;
    }
    // Written once more, the first is no later than it was.
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

    // A live one goes before all that are over, that of the contact before that of the number.
    let of_number = state("2", "jonas", Some(NUMBER));
    done(store, with_episode(&of_number)).await;
    done(store, with_episode(&closed(&state("6", "rosan", None)))).await;
    let key = person("rosan", Some(NUMBER));
    assert_eq!(latest(key.clone()).await.unwrap().0, *of_number.id());
    let of_contact = state("3", "rosan", None);
    done(store, with_episode(&of_contact)).await;
    assert_eq!(latest(key).await.unwrap().0, *of_contact.id());
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
        // Whoever takes something back does so later.
        at: at(if suppressed { 1 } else { 2 }),
    }
}

async fn each_reason_of_a_suppression_stands_alone(store: &dyn Store) {
    let (phone, person) = (
        Subject::number(&number(NUMBER)),
        Subject::contact(&contact("rosan")),
    );
    let change = async |subject: &Subject, reason, on| {
        done(
            store,
            Commit {
                suppressions: vec![suppression(subject, reason, on)],
                ..Commit::default()
            },
        )
        .await;
    };
    let blocked = async |subjects: &[&Subject]| {
        let subjects: Vec<_> = subjects.iter().copied().cloned().collect();
        !store
            .suppressions(&location(), &subjects)
            .await
            .unwrap()
            .is_empty()
    };
    assert!(!blocked(&[&phone, &person]).await);
    assert!(!blocked(&[]).await);
    // Twice is once, and lifting what is not there is nothing.
    change(&phone, Reason::OptedOut, true).await;
    change(&phone, Reason::OptedOut, true).await;
    change(&person, Reason::OptedOut, false).await;
    assert!(blocked(&[&person, &phone]).await);
    assert!(!blocked(&[&person]).await);
    change(&phone, Reason::DoNotDisturb, true).await;
    change(&phone, Reason::OptedOut, false).await;
    assert!(blocked(&[&phone]).await, "the other reason stays in force");
    change(&phone, Reason::DoNotDisturb, false).await;
    assert!(!blocked(&[&phone]).await);

    // What was said before takes nothing back, in whatever order it is told.
    let said = async |suppressed, seconds| {
        let change = SuppressionChange {
            at: at(seconds),
            ..suppression(&person, Reason::OptedOut, suppressed)
        };
        done(
            store,
            Commit {
                suppressions: vec![change],
                ..Commit::default()
            },
        )
        .await;
    };
    said(true, 20).await;
    said(false, 10).await;
    said(false, 20).await;
    said(true, 5).await;
    said(false, 19).await;
    assert!(blocked(&[&person]).await);
    let kept = store
        .suppressions(&location(), std::slice::from_ref(&person))
        .await
        .unwrap();
    assert_eq!(
        kept,
        [Suppression {
            reason: Reason::OptedOut,
            since: at(20)
        }]
    );
    said(false, 21).await;
    assert!(!blocked(&[&person]).await);

    change(&person, Reason::OptedOut, true).await;
    let elsewhere = LocationId::new("harborLocation000002").unwrap();
    assert!(
        store
            .suppressions(&elsewhere, &[person])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn the_ledger_is_read_in_order_and_by_query(store: &dyn Store) {
    let harbor = "harborLocation000002";
    // The order is that of writing, whatever the times say.
    let entries = [
        entry(3, LOCATION, Some("one")),
        entry(1, LOCATION, None),
        entry(2, harbor, Some("two")),
        entry(4, LOCATION, Some("one")),
    ];
    for two in entries.chunks(2) {
        done(
            store,
            Commit {
                entries: two.to_vec(),
                ..Commit::default()
            },
        )
        .await;
    }
    let [a, b, c, d] = &entries;
    let mut between = LedgerQuery::default();
    (between.since, between.until) = (Some(at(2)), Some(at(4)));
    let mut both = LedgerQuery::of_location(location());
    both.since = Some(at(3));
    let of_one = LedgerQuery::of_episode(EpisodeId::from_stored("one"));
    for (query, expected) in [
        (everything(), vec![a, b, c, d]),
        (LedgerQuery::of_location(location()), vec![a, b, d]),
        (of_one, vec![a, d]),
        (between, vec![a, c]),
        (both, vec![a, d]),
    ] {
        let found = store.ledger(&query).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
}

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

async fn episodes_are_woken_when_their_time_has_come(store: &dyn Store) {
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
        let mut ids = store.episodes_to_wake(now, limit).await.unwrap();
        ids.sort();
        ids
    };
    let id = |name: &str| state(name, name, None).id().clone();
    assert!(woken(at(4), 9).await.is_empty());
    assert_eq!(woken(at(10), 9).await, [id("a"), id("d")]);
    assert_eq!(woken(at(10), 1).await.len(), 1);
    assert_eq!(woken(at(20), 9).await.len(), 3);
    // Waking is the engine's business: until the episode is written again it stays due.
    assert_eq!(woken(at(20), 9).await.len(), 3);
    done(store, updates(&state("a", "a", None), 1)).await;
    assert_eq!(woken(at(20), 9).await, [id("b"), id("d")]);
    // One can be put off, which is no change of the episode; what is never woken is not.
    for name in ["b", "c"] {
        store.wake_later(&id(name), at(40)).await.unwrap();
    }
    assert_eq!(woken(at(30), 9).await, [id("d")]);
    assert_eq!(woken(at(40), 9).await, [id("b"), id("d")]);
    done(store, updates(&state("b", "b", None), 1)).await;
}

async fn recipes_are_kept_as_they_are(store: &dyn Store) {
    let commit = |fingerprint: &str| Commit {
        recipe: Some(RecipeText {
            fingerprint: fingerprint.into(),
            source: format!("# {fingerprint} äöü\r\n").into(),
        }),
        ..Commit::default()
    };
    for fingerprint in ["one", "two", "one"] {
        done(store, commit(fingerprint)).await;
    }
    let source = store.recipe_source("one").await.unwrap();
    assert_eq!(source.as_deref(), Some("# one äöü\r\n"));
    assert!(store.recipe_source("three").await.unwrap().is_none());
}
