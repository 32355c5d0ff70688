//! Plans are carried out, continued after crashes and lost answers, and put back.

use std::pin::pin;
use std::time::Duration;

use futures_util::poll;
use gohighlevel::setup::{AgencyPlan, Force, Journal, JournalError, Outcome, Setup};
use http::Method;
use tempfile::TempDir;

use super::{CSV, TOML, World, id, of_texts};

/// Every kind of write, by which one answer each is lost.
pub(super) const WRITES: [(Method, &str); 9] = [
    (Method::POST, "/locations/*/customFields"),
    (Method::POST, "/locations/*/customValues"),
    (Method::PUT, "/locations/*/customValues/*"),
    (Method::POST, "/locations/*/tags"),
    (Method::DELETE, "/locations/*/tags/*"),
    (Method::POST, "/links/"),
    (Method::PUT, "/links/*"),
    (Method::POST, "/opportunities/pipelines"),
    (Method::PUT, "/opportunities/pipelines/*"),
];

fn journal(folder: &TempDir) -> Journal {
    Journal::open(folder.path().join("setup.jsonl")).unwrap()
}

/// The journal of a run that was dropped: its last line may still be on the way to the disk.
async fn reopened(folder: &TempDir) -> Journal {
    loop {
        match Journal::open(folder.path().join("setup.jsonl")) {
            Ok(journal) => return journal,
            Err(JournalError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The kind and name in a line of a state, as people compare names.
fn key_of(line: &str) -> String {
    let end = line.find("\") ").map_or(line.len(), |at| at + 2);
    line[..end].to_lowercase()
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
        evanston.contains("new · Texted · Replied · VIP · Lost"),
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

/// Dropped once it has made so many requests and written so many lines, whichever way both are mixed: no moment depends on the
/// speed of the machine. Whether it was dropped before its end.
async fn killed_after(
    world: &World,
    setup: &Setup,
    plan: &AgencyPlan,
    folder: &TempDir,
    steps: usize,
) -> bool {
    let seen = || {
        let lines = std::fs::read_to_string(folder.path().join("setup.jsonl")).unwrap();
        world.fake.requests().len() + lines.matches('\n').count()
    };
    let journal = journal(folder);
    let end = seen() + steps;
    let mut run = pin!(setup.apply(plan, &journal, Force::No));
    while seen() < end {
        if poll!(&mut run).is_ready() {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}

/// Takes the last line away if it says how a write has ended: a process can die between the write and that line.
fn forget_the_last_end(folder: &TempDir) {
    let path = folder.path().join("setup.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    if let Some((last, rest)) = lines.split_last()
        && !last.contains("\"event\":\"intent\"")
    {
        let kept: String = rest.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, kept).unwrap();
    }
}

/// Kills runs of so many locations at once after more and more steps, until one is not killed any more.
async fn runs_killed_at_any_moment(at_once: usize, every: usize) {
    let mut steps = 0;
    loop {
        let world = World::start().await;
        let setup = world.setup.clone().at_once(at_once);
        let folder = TempDir::new().unwrap();
        let desired = of_texts(TOML, CSV).unwrap();
        let plan = world.setup.plan(&desired).await;
        for (method, path) in &WRITES {
            let lost = "drop-after".parse().unwrap();
            world.fake.fault(method.clone(), path, lost, 1).unwrap();
        }
        world.fake.set_list_lag(Duration::from_secs(1));
        let was_killed = killed_after(&world, &setup, &plan, &folder, steps).await;
        // The line that was under way is on the disk then.
        drop(reopened(&folder).await);
        if steps / every % 2 == 1 {
            forget_the_last_end(&folder);
        }
        let mut complete = false;
        let mut last = String::new();
        for _ in 0..6 {
            let journal = reopened(&folder).await;
            let applied = setup.apply(&plan, &journal, Force::No).await;
            complete = applied.is_complete();
            last = format!("{applied:#?}");
            if complete {
                break;
            }
        }
        assert!(complete, "killed after {steps}: {last}");
        // HighLevel's list of pipelines trails a write.
        world.clock.advance(Duration::from_secs(2));
        let totals = world.setup.plan(&desired).await.totals();
        assert_eq!(
            (totals.create, totals.change, totals.delete, totals.conflict),
            (0, 0, 0, 1),
            "killed after {steps}"
        );
        for at in 0..3 {
            let state = world.state(at).await;
            let mut keys: Vec<String> = state.lines().map(key_of).collect();
            let all = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), all, "killed after {steps}: {state}");
        }
        let (_, open) = reopened(&folder).await.counts();
        assert_eq!(open, 0, "killed after {steps}");
        if !was_killed {
            assert!(steps > 50, "the run ended after {steps} steps");
            return;
        }
        steps += every;
    }
}

#[tokio::test]
async fn killed_at_any_moment_and_run_again_nothing_is_made_twice() {
    runs_killed_at_any_moment(1, 3).await;
}

#[tokio::test]
async fn killed_with_several_locations_under_way_nothing_is_made_twice() {
    runs_killed_at_any_moment(3, 7).await;
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
