//! Workflow triggers end to end: HighLevel notifies the app of subscriptions, and the app fires its triggers.

use std::sync::Arc;

use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{AppUrl, FakeGhl, Fault, GatePoint, WorkflowTrigger};
use gohighlevel::workflows::WorkflowEndpoint;
use gohighlevel::workflows::triggers::{
    FireError, FireOutcome, Fired, MemorySubscriptions, Triggers,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{HEADER, LOCATION, SECRET, fake, location, secret, seen, serve};

const TARGETS: &str = "/workflows-marketplace/triggers/execute/";

struct World {
    fake: FakeGhl,
    triggers: Triggers,
    app: AppUrl,
}

impl World {
    async fn new() -> Self {
        let triggers = Triggers::new(Arc::new(MemorySubscriptions::new()));
        let endpoint = WorkflowEndpoint::builder(secret()).subscriptions(triggers.clone());
        Self {
            fake: fake().await,
            triggers,
            app: serve(&endpoint).await.header(HEADER, SECRET),
        }
    }

    /// A user adds the trigger to a workflow. Returns the trigger's id.
    async fn subscribed(&self, workflow: &str, filters: Value) -> String {
        let trigger = WorkflowTrigger {
            location_id: LOCATION.into(),
            workflow_id: workflow.into(),
            key: "order_paid".into(),
            filters,
        };
        let (id, answer) = self.fake.add_trigger(&self.app, &trigger).await.unwrap();
        assert_eq!(answer.status, 200);
        id
    }

    async fn fire(&self, data: Value) -> Vec<Fired> {
        let location = location(&self.fake);
        self.triggers
            .fire(&location, "order_paid", &data)
            .await
            .unwrap()
    }
}

fn country(name: &str) -> Value {
    json!([{"field": "country", "id": "country", "operator": "==", "title": "Country",
            "type": "select", "value": name}])
}

/// Workflow and outcome of each, in a word.
fn outcomes(fired: &[Fired]) -> Vec<(&str, &str)> {
    let word = |fired: &Fired| match &fired.outcome {
        FireOutcome::Accepted => "accepted",
        FireOutcome::NotWanted => "not wanted",
        FireOutcome::Stale { retired: true } => "retired",
        FireOutcome::Stale { retired: false } => "stale",
        FireOutcome::Failed(_) => "failed",
        _ => "another",
    };
    fired
        .iter()
        .map(|fired| (fired.subscription.workflow.as_str(), word(fired)))
        .collect()
}

#[tokio::test]
async fn only_workflows_whose_filters_match_are_fired() {
    let world = World::new().await;
    let all = world.subscribed("w-all", json!([])).await;
    let usa = world.subscribed("w-usa", country("USA")).await;
    let fired = world.fire(json!({"country": "CAN", "total": 12})).await;
    assert_eq!(
        outcomes(&fired),
        [("w-all", "accepted"), ("w-usa", "not wanted")]
    );
    let sent = seen(&world.fake, TARGETS);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].path.ends_with(&all));
    assert_eq!(sent[0].location.as_deref(), Some(LOCATION));
    assert_eq!(sent[0].body, json!({"country": "CAN", "total": 12}));

    // Filters change, and the trigger is taken out of the other workflow.
    let answer = world.fake.change_trigger(&usa, country("CAN")).await;
    assert_eq!(answer.unwrap().status, 200);
    let answer = world.fake.remove_trigger(&all).await;
    assert_eq!(answer.unwrap().status, 200);
    let fired = world.fire(json!({"country": "CAN"})).await;
    assert_eq!(outcomes(&fired), [("w-usa", "accepted")]);

    let location = location(&world.fake);
    let data = json!({"country": "USA"});
    let fired = world
        .triggers
        .fire_all(&location, "order_paid", &data)
        .await;
    assert_eq!(outcomes(&fired.unwrap()), [("w-usa", "accepted")]);
    let fired = world
        .triggers
        .fire(&location, "another_trigger", &data)
        .await;
    assert!(fired.unwrap().is_empty());
    assert_eq!(seen(&world.fake, TARGETS).len(), 3);
}

#[tokio::test]
async fn a_stale_target_is_retired_after_one_request() {
    let world = World::new().await;
    let lost = world.subscribed("w-lost", json!([])).await;
    world.subscribed("w-there", json!([])).await;
    world.fake.lose_trigger(&lost);
    let fired = world.fire(json!({})).await;
    assert_eq!(
        outcomes(&fired),
        [("w-lost", "retired"), ("w-there", "accepted")]
    );
    let fired = world.fire(json!({})).await;
    assert_eq!(outcomes(&fired), [("w-there", "accepted")]);
    assert_eq!(seen(&world.fake, TARGETS).len(), 3);
}

#[tokio::test]
async fn only_highlevels_own_word_retires() {
    let world = World::new().await;
    world.subscribed("w", json!([])).await;
    let path = "/workflows-marketplace/triggers/execute/*/*";
    for (fault, expected) in [
        (Fault::Html(StatusCode::NOT_FOUND), "failed"),
        (Fault::Empty(StatusCode::NOT_FOUND), "failed"),
        (Fault::Status(StatusCode::FORBIDDEN), "failed"),
        (Fault::Status(StatusCode::GONE), "retired"),
    ] {
        world.fake.fault(Method::POST, path, fault, 1).unwrap();
        assert_eq!(outcomes(&world.fire(json!({})).await), [("w", expected)]);
    }
    assert!(world.fire(json!({})).await.is_empty());
}

#[tokio::test]
async fn a_target_that_fails_is_not_repeated_and_holds_up_no_other() {
    let world = World::new().await;
    for workflow in ["w-1", "w-2", "w-3"] {
        world.subscribed(workflow, json!([])).await;
    }
    let triggers = world.triggers.clone().max_in_flight(1);
    let path = "/workflows-marketplace/triggers/execute/*/*";
    let broken = Fault::Status(StatusCode::INTERNAL_SERVER_ERROR);
    world.fake.fault(Method::POST, path, broken, 1).unwrap();
    let location = location(&world.fake);
    let fired = triggers
        .fire(&location, "order_paid", &json!({}))
        .await
        .unwrap();
    assert_eq!(
        outcomes(&fired),
        [("w-1", "failed"), ("w-2", "accepted"), ("w-3", "accepted")]
    );
    let FireOutcome::Failed(error) = &fired[0].outcome else {
        panic!("the first has failed");
    };
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    assert_eq!(seen(&world.fake, TARGETS).len(), 3);
}

#[tokio::test]
async fn no_more_than_allowed_are_fired_at_once() {
    let world = World::new().await;
    for workflow in ["w-1", "w-2", "w-3", "w-4"] {
        world.subscribed(workflow, json!([])).await;
    }
    let path = "/workflows-marketplace/triggers/execute/*/*";
    let mut gate = world
        .fake
        .gate(Method::POST, path, GatePoint::BeforeAnswer)
        .unwrap();
    let (triggers, location) = (
        world.triggers.clone().max_in_flight(2),
        location(&world.fake),
    );
    let firing =
        tokio::spawn(async move { triggers.fire(&location, "order_paid", &json!({})).await });
    let (first, second) = (gate.arrived().await.unwrap(), gate.arrived().await.unwrap());
    // A third request would have arrived by now: an unrelated request was sent and answered.
    super::support::location(&world.fake)
        .details()
        .await
        .unwrap();
    assert_eq!(seen(&world.fake, TARGETS).len(), 2);
    first.release();
    second.release();
    drop(gate);
    let fired = firing.await.unwrap().unwrap();
    assert!(outcomes(&fired).iter().all(|(_, word)| *word == "accepted"));
    assert_eq!(fired.len(), 4);
}

#[tokio::test]
async fn a_wrong_secret_adds_no_subscription() {
    let mut world = World::new().await;
    let endpoint = WorkflowEndpoint::builder(secret()).subscriptions(world.triggers.clone());
    world.app = serve(&endpoint).await.header(HEADER, "Jq8mV2tR5xZ7cB1nK5");
    let trigger = WorkflowTrigger {
        location_id: LOCATION.into(),
        workflow_id: "w".into(),
        key: "order_paid".into(),
        filters: json!([]),
    };
    let (_, answer) = world.fake.add_trigger(&world.app, &trigger).await.unwrap();
    assert_eq!(answer.status, 401);
    assert!(world.fire(json!({})).await.is_empty());
}

#[tokio::test]
async fn data_that_highlevel_cannot_take_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    world.subscribed("w", json!([])).await;
    let location = location(&world.fake);
    for data in [json!([1]), json!({"total amount": 1})] {
        let fired = world.triggers.fire(&location, "order_paid", &data).await;
        assert!(matches!(fired, Err(FireError::Data(_))));
    }
    world.triggers.forget_location(location.id()).await.unwrap();
    assert!(world.fire(json!({})).await.is_empty());
    assert!(seen(&world.fake, TARGETS).is_empty());
}
