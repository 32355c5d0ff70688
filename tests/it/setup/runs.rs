//! Plans are carried out, continued after crashes and lost answers, and put back.

use std::pin::pin;
use std::task::Poll;

use futures_util::poll;
use gohighlevel::setup::{Force, Journal, Outcome};
use http::Method;
use tempfile::TempDir;

use super::{CSV, TOML, World, id, of_texts};

const WRITES: [Method; 3] = [Method::POST, Method::PUT, Method::DELETE];

fn journal(folder: &TempDir) -> Journal {
    Journal::open(folder.path().join("setup.jsonl")).unwrap()
}

#[tokio::test]
async fn what_was_applied_is_as_wanted_and_undone_it_is_as_before() {
    let world = World::start().await;
    let folder = TempDir::new().unwrap();
    let before = [world.state(0).await, world.state(1).await];
    let desired = of_texts(TOML, CSV).unwrap();
    let plan = world.setup.plan(&desired).await;
    let applied = world.setup.apply(&plan, &journal(&folder), Force::No).await;
    assert!(applied.is_complete(), "{applied:#?}");

    let again = world.setup.plan(&desired).await;
    let totals = again.totals();
    assert_eq!(
        (totals.create, totals.change, totals.delete),
        (0, 0, 0),
        "{again}"
    );
    let evanston = world.state(1).await;
    assert!(
        evanston.contains(r#"["new", "Texted", "Replied", "VIP", "Lost"]"#),
        "{evanston}"
    );
    assert!(evanston.contains("Their own"), "{evanston}");

    let undone = world.setup.undo(&journal(&folder)).await;
    let by_hand = undone.count(|outcome| matches!(outcome, Outcome::ByHand(_)));
    assert_eq!(by_hand, 3, "the pipelines: {undone:#?}");
    let without_pipelines = |state: &str| {
        let lines = state.lines().filter(|line| !line.starts_with("pipeline"));
        lines.collect::<Vec<_>>().join("\n")
    };
    for (at, before) in before.iter().enumerate() {
        let now = world.state(at).await;
        assert_eq!(without_pipelines(&now), without_pipelines(before));
    }
    assert!(world.state(1).await.contains("VIP"));
}

#[tokio::test]
async fn killed_at_any_moment_and_run_again_nothing_is_made_twice() {
    for kill_after in (0..400).step_by(7) {
        let world = World::start().await;
        let folder = TempDir::new().unwrap();
        let desired = of_texts(TOML, CSV).unwrap();
        let plan = world.setup.plan(&desired).await;
        // Every third write loses its answer, after it was done.
        for method in &WRITES {
            world
                .fake
                .fault(method.clone(), "/*", "drop-after".parse().unwrap(), 1)
                .unwrap();
        }
        {
            let journal = journal(&folder);
            let mut run = pin!(world.setup.apply(&plan, &journal, Force::No));
            for _ in 0..kill_after {
                if let Poll::Ready(_) = poll!(&mut run) {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let mut complete = false;
        for _ in 0..6 {
            let applied = world.setup.apply(&plan, &journal(&folder), Force::No).await;
            complete = applied.is_complete();
            if complete {
                break;
            }
        }
        assert!(complete, "killed after {kill_after}");
        let totals = world.setup.plan(&desired).await.totals();
        assert_eq!(
            (totals.create, totals.change, totals.delete, totals.conflict),
            (0, 0, 0, 1)
        );
        for at in 0..3 {
            let state = world.state(at).await;
            let mut keys: Vec<String> = state.lines().map(|line| line.to_lowercase()).collect();
            let all = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), all, "killed after {kill_after}: {state}");
        }
        let (_, open) = journal(&folder).counts();
        assert_eq!(open, 0);
    }
}

#[tokio::test]
async fn a_thing_that_somebody_has_changed_is_left_alone() {
    let world = World::start().await;
    let folder = TempDir::new().unwrap();
    let desired = of_texts(TOML, CSV).unwrap();
    let plan = world.setup.plan(&desired).await;
    let location = world.client.location(id(1));
    let value = location
        .custom_values()
        .find("booking_link")
        .await
        .unwrap()
        .unwrap();
    let input = gohighlevel::api::custom_values::CustomValueInput {
        name: value.name.unwrap(),
        value: "https://theirs.example.com".into(),
    };
    location
        .custom_values()
        .update(&value.id, &input)
        .await
        .unwrap();
    let applied = world.setup.apply(&plan, &journal(&folder), Force::No).await;
    assert_eq!(
        applied.count(|outcome| matches!(outcome, Outcome::Stale(_))),
        1,
        "{applied:#?}"
    );
    assert!(world.state(1).await.contains("https://theirs.example.com"));
}

#[tokio::test]
async fn a_location_that_fails_stops_no_other() {
    let world = World::start().await;
    let folder = TempDir::new().unwrap();
    world
        .fake
        .location_fault("loc0", Some("status:403".parse().unwrap()))
        .unwrap();
    let plan = world.setup.plan(&of_texts(TOML, CSV).unwrap()).await;
    assert_eq!(plan.totals().failed, 1);
    assert!(plan.locations()[0].failure.is_some());
    let applied = world.setup.apply(&plan, &journal(&folder), Force::No).await;
    assert!(applied.is_complete());
    assert_eq!(applied.locations.len(), 2);
}

#[tokio::test]
async fn too_many_failures_in_a_row_stop_the_run() {
    let world = World::start().await;
    for at in 0..3 {
        world
            .fake
            .location_fault(&format!("loc{at}"), Some("status:403".parse().unwrap()))
            .unwrap();
    }
    let toml = format!("{TOML}\n[safety]\nat_most_failed = 1\n");
    let plan = world
        .setup
        .clone()
        .at_once(1)
        .plan(&of_texts(&toml, CSV).unwrap())
        .await;
    let reached = plan
        .locations()
        .iter()
        .filter(|it| !it.failure.as_deref().unwrap().starts_with("not reached"));
    assert_eq!(reached.count(), 1, "{plan}");
}

#[tokio::test]
async fn more_than_the_allowed_share_takes_force() {
    let world = World::start().await;
    let folder = TempDir::new().unwrap();
    let toml = TOML.replace(
        "tags = [\"old\"]",
        "tags = [\"a\", \"b\", \"c\", \"d\", \"e\"]",
    );
    let desired = of_texts(&toml, CSV).unwrap();
    let plan = world.setup.plan(&desired).await;
    assert!(plan.changes_too_much(&plan.locations()[1]));
    let applied = world.setup.apply(&plan, &journal(&folder), Force::No).await;
    assert!(!applied.is_complete());
    assert!(world.state(1).await.contains("tag Some(TagName(\"a\"))"));
    let applied = world
        .setup
        .apply(&plan, &journal(&folder), Force::Yes)
        .await;
    assert!(applied.is_complete(), "{applied:#?}");
    assert!(!world.state(1).await.contains("tag Some(TagName(\"a\"))"));
}

#[tokio::test]
async fn what_was_exported_needs_nothing_and_makes_another_like_it() {
    let world = World::start().await;
    let folder = TempDir::new().unwrap();
    let plan = world.setup.plan(&of_texts(TOML, CSV).unwrap()).await;
    world.setup.apply(&plan, &journal(&folder), Force::No).await;
    let files = world.setup.export(&id(0)).await.unwrap();
    let same = of_texts(&files.toml, &files.csv).unwrap();
    assert!(same.warnings().is_empty(), "{:?}", same.warnings());
    let plan = world.setup.plan(&same).await;
    let totals = plan.totals();
    assert_eq!(
        (totals.create, totals.change, totals.delete, totals.conflict),
        (0, 0, 0, 0),
        "{plan}"
    );
    assert!(totals.keep > 5, "{}", files.toml);
}

#[test]
fn a_journal_serves_one_run_and_outlives_a_torn_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("setup.jsonl");
    std::fs::write(&path, "{\"write\":1,\"at\":\"2026-05-08T12:00:00Z\",\"ev").unwrap();
    let journal = Journal::open(&path).unwrap();
    assert_eq!(journal.counts(), (0, 0));
    assert!(
        Journal::open(&path)
            .unwrap_err()
            .to_string()
            .contains("used by another run")
    );
    drop(journal);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    std::fs::write(&path, "nonsense\n").unwrap();
    assert!(
        Journal::open(&path)
            .unwrap_err()
            .to_string()
            .starts_with("line 1 of the journal")
    );
}
