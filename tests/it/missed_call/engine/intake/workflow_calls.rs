//! A workflow reports the missed call: by a *Webhook* step, and by the step of a marketplace app.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Acceptance, Recipe, WorkflowCall};
use gohighlevel::testing::{AppAnswer, AppUrl, Call, CallStatus, WorkflowStep};
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
use http::Request;
use serde_json::{Value, json};

use crate::logged::logged;
use crate::missed_call::harness::world::{LOCATION, World, business, caller, soleil};

const HEADER: &str = "x-workflow-secret";
const SECRET: &str = "Jq8mV2tR5xZ7cB1nK4";
const NO_RECIPE: &str =
    "the location has no recipe here; send the calls of a location that has one";

async fn serve(endpoint: &WorkflowEndpoint) -> AppUrl {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().route("/", endpoint.route());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let url = AppUrl::new(&format!("http://{address}/")).unwrap();
    url.header(HEADER, SECRET)
}

/// What a *Webhook* step sends, without a server between.
fn request(body: &Value) -> Request<Bytes> {
    let request = Request::post("/").header(HEADER, SECRET);
    request.body(body.to_string().into()).unwrap()
}

fn secret() -> SharedSecret {
    SharedSecret::new(HEADER, SECRET).unwrap()
}

/// A location without a marketplace app: HighLevel keeps calls, and no webhook comes.
async fn world_without_webhooks() -> World {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    world
}

/// Contact and id of a call that nobody answered.
async fn missed(world: &World) -> (String, String) {
    let call = world
        .call(&Call::missed(LOCATION, caller(), business()))
        .await;
    (call.contact_id, call.message_id)
}

async fn tells(world: &World, body: Value) -> AppAnswer {
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(Arc::new(world.engine.clone()));
    let app = serve(&endpoint).await;
    world.ghl.send_step_webhook(&app, &body).await.unwrap()
}

fn texts(world: &World) -> usize {
    let requests = world.ghl.requests();
    let sent = requests
        .iter()
        .filter(|request| request.path == "/conversations/messages");
    sent.filter(|request| request.status == Some(201)).count()
}

#[tokio::test]
async fn a_webhook_step_brings_the_text() {
    let world = world_without_webhooks().await;
    let (contact, _) = missed(&world).await;
    // As the plain step sends it: the contact at the top, what its author added inside.
    let body = json!({
        "contact_id": contact, "phone": "+13125550142", "location": {"id": LOCATION, "name": "Soleil"},
        "customData": {"call_status": "No Answer", "called_number": "+13125550100"},
    });
    assert_eq!(tells(&world, body.clone()).await.status, 200);
    // HighLevel, or somebody in between, sends it again.
    assert_eq!(tells(&world, body.clone()).await.status, 200);
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
    // The next minute it would be another call, which joins the episode.
    assert_eq!(tells(&world, body).await.status, 200);
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
}

#[tokio::test]
async fn a_call_with_its_id_is_the_one_that_webhooks_tell_of() {
    let world = World::new().await;
    let trigger = world.missed_call().await;
    let mut call = WorkflowCall::new(
        LOCATION.parse().unwrap(),
        trigger.contact_id.parse().unwrap(),
    );
    call.message = Some(trigger.message_id.parse().unwrap());
    let taken = world.engine.accept_workflow_call(&call).await.unwrap();
    assert_eq!(taken, Acceptance::Duplicate);
}

#[tokio::test]
async fn a_sweep_finds_the_same_call_again() {
    let world = world_without_webhooks().await;
    let (contact, message) = missed(&world).await;
    let body = json!({"location_id": LOCATION, "contact_id": contact, "message_id": message});
    assert_eq!(tells(&world, body).await.status, 200);
    world.pass(Duration::from_secs(300)).await;
    let swept = world
        .engine
        .sweep(&LOCATION.parse().unwrap())
        .await
        .unwrap();
    // The call is known; what the sweep sees beside it are texts of its own making.
    assert_eq!(swept.found, 0, "{swept:?}");
    assert_eq!(texts(&world), 1);
}

#[tokio::test]
async fn the_recipe_is_a_step_of_a_workflow() {
    let world = world_without_webhooks().await;
    let (contact_id, _) = missed(&world).await;
    let endpoint = WorkflowEndpoint::builder(secret()).action(Arc::new(world.engine.clone()));
    let app = serve(&endpoint).await;
    let mut step = WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "w-1".into(),
        contact_id,
        key: "missed_call_text_back".into(),
        data: json!({"phone": "+13125550142", "call_status": ""}),
        pauses: false,
    };
    for expected in ["taken", "repeated"] {
        let answer = world.ghl.run_step(&app, &step).await.unwrap();
        assert_eq!(answer.body, json!({"missed_call": expected}));
    }
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
    step.data = json!({"call_direction": "outbound"});
    let answer = world.ghl.run_step(&app, &step).await.unwrap();
    assert_eq!(answer.body, json!({"missed_call": "ignored"}));
    step.location_id = "harborLocation000002".into();
    let answer = world.ghl.run_step(&app, &step).await.unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body, json!({"error": NO_RECIPE}));
}

#[tokio::test]
async fn a_call_of_a_location_without_a_recipe_is_refused_and_logged() {
    let world = world_without_webhooks().await;
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(Arc::new(world.engine.clone()));
    let body = json!({"location_id": "harborLocation000002", "contact_id": "c", "phone": "+13125550142",
        "note": "planted"});
    let (answer, log) = logged(endpoint.answer(request(&body))).await;
    assert_eq!(answer.status(), 400);
    assert!(
        answer
            .body()
            .starts_with(format!(r#"{{"error":"{NO_RECIPE}"#).as_bytes())
    );
    let warned = |line: &str| line.contains(" WARN ") && line.contains("harborLocation000002");
    assert!(log.lines().any(warned), "{log}");
    assert!(
        !log.contains("3125550142") && !log.contains("planted"),
        "{log}"
    );
    // The host is told as before, and it is logged likewise.
    let call = WorkflowCall::new(
        "harborLocation000002".parse().unwrap(),
        "c".parse().unwrap(),
    );
    let (taken, log) = logged(world.engine.accept_workflow_call(&call)).await;
    assert_eq!(taken.unwrap(), Acceptance::Ignored);
    assert!(log.lines().any(warned), "{log}");
}

#[tokio::test]
async fn a_secret_of_one_location_speaks_for_no_other() {
    let world = world_without_webhooks().await;
    let (contact, _) = missed(&world).await;
    let bound = |locations: &[&str]| {
        let locations = locations.iter().map(|id| LocationId::new(*id).unwrap());
        Arc::new(world.engine.for_workflows_of(locations))
    };
    let step = WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "w-1".into(),
        contact_id: contact.clone(),
        key: "missed_call_text_back".into(),
        data: json!({}),
        pauses: false,
    };
    let body = json!({"location_id": LOCATION, "contact_id": contact});
    for (inlet, status) in [
        (bound(&["harborLocation000002"]), 400),
        (bound(&[]), 400),
        (bound(&["harborLocation000002", LOCATION]), 200),
    ] {
        let endpoint = WorkflowEndpoint::builder(secret()).webhook(inlet.clone());
        let ((), log) = logged(async {
            assert_eq!(endpoint.answer(request(&body)).await.status(), status);
        })
        .await;
        assert_eq!(log.contains(LOCATION), status == 400, "{log}");
        let action = serve(&WorkflowEndpoint::builder(secret()).action(inlet)).await;
        let answer = world.ghl.run_step(&action, &step).await.unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(texts(&world), 0);
    }
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);

    // One that may speak for a location without a recipe is told what the engine says.
    let harbor = WorkflowEndpoint::builder(secret()).webhook(bound(&["harborLocation000002"]));
    let body = json!({"location_id": "harborLocation000002", "contact_id": "c"});
    let answer = harbor.answer(request(&body)).await;
    assert!(String::from_utf8_lossy(answer.body()).contains(NO_RECIPE));
}

/// What both kinds of step are answered to these fields: status and what became of the call.
async fn told_both_ways(world: &World, contact: &str, fields: &Value) -> (u16, Option<String>) {
    let mut body = json!({"location_id": LOCATION, "contact_id": contact, "customData": fields});
    body["phone"] = json!("{{contact.phone}}");
    let by_webhook = tells(world, body).await;
    let action = WorkflowEndpoint::builder(secret()).action(Arc::new(world.engine.clone()));
    let step = WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "w-1".into(),
        contact_id: contact.into(),
        key: "missed_call_text_back".into(),
        data: fields.clone(),
        pauses: false,
    };
    let app = serve(&action).await;
    let by_action = world.ghl.run_step(&app, &step).await.unwrap();
    assert_eq!(by_webhook.status, by_action.status, "{fields}");
    let word = |answer: &AppAnswer| answer.body["missed_call"].as_str().map(str::to_owned);
    let (told, again) = (word(&by_webhook), word(&by_action));
    // The action tells of the same call a second time.
    let expected = match told.as_deref() {
        Some("taken") => Some("repeated"),
        other => other,
    };
    assert_eq!(again.as_deref(), expected, "{fields}");
    (by_webhook.status, told)
}

#[tokio::test]
async fn both_kinds_of_step_are_read_alike() {
    let world = world_without_webhooks().await;
    let (contact, _) = missed(&world).await;
    let (taken, ignored) = (Some("taken"), Some("ignored"));
    for (fields, status, expected) in [
        // 2026-11-20T15:59:50Z in each of the forms that HighLevel uses.
        (json!({"ended_at": "2026-11-20T15:59:50Z"}), 200, taken),
        (
            json!({"ended_at": 1_795_190_390_000_i64}),
            200,
            Some("repeated"),
        ),
        (json!({"ended_at": "1795190390000"}), 200, Some("repeated")),
        (
            json!({"ended_at": "2026-11-20 09:59:50"}),
            200,
            Some("repeated"),
        ),
        (
            json!({"ended_at": "2026-11-20T09:59:50-06:00"}),
            200,
            Some("repeated"),
        ),
        // Never "now" in the place of what cannot be read.
        (json!({"ended_at": "yesterday"}), 400, None),
        (json!({"ended_at": "11/19/2026 04:00 PM"}), 400, None),
        (json!({"ended_at": ["2026-11-20T15:59:50Z"]}), 400, None),
        (json!({"ended_at": true}), 400, None),
        // Left as it is, it is not there.
        (
            json!({"ended_at": "{{message.date}}", "message_id": "call-1", "call_status": "{{call.status}}"}),
            200,
            taken,
        ),
        (
            json!({"message_id": "call-2", "call_status": "busy", "call_duration": "12"}),
            200,
            taken,
        ),
        (
            json!({"message_id": {"odd": 1}, "call_direction": "Outbound"}),
            200,
            ignored,
        ),
    ] {
        let told = told_both_ways(&world, &contact, &fields).await;
        assert_eq!(told, (status, expected.map(str::to_owned)), "{fields}");
    }
}

#[tokio::test]
async fn a_call_that_ended_long_ago_brings_no_text() {
    let world = world_without_webhooks().await;
    let (contact, _) = missed(&world).await;
    let body = json!({"location_id": LOCATION, "contact_id": contact, "ended_at": "1795104000000"});
    assert_eq!(tells(&world, body).await.status, 200);
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 0);
    world.assert_not_texted(&contact, "stale").await;
}

#[tokio::test]
async fn a_phone_in_no_form_for_machines_gives_way_to_the_contacts_own() {
    for (phone, sent) in [
        ("(312) 555-0142", 1),
        ("3125550142", 1),
        ("client:maria", 1),
        ("{{contact.phone}}", 1),
        ("Anonymous", 0),
        ("72345", 0),
    ] {
        let world = world_without_webhooks().await;
        let (contact, _) = missed(&world).await;
        let fields = json!({"phone": phone, "message_id": "call-1"});
        let told = told_both_ways(&world, &contact, &fields).await;
        assert_eq!(told, (200, Some("taken".to_owned())), "{phone}");
        world.pass(Duration::from_secs(120)).await;
        assert_eq!(texts(&world), sent, "{phone}");
    }
}

#[tokio::test]
async fn a_suppressed_person_is_known_by_the_contacts_number_where_the_step_has_none() {
    for (list, reason) in [
        ("staff", "not_textable:staff"),
        ("own", "not_textable:own_number"),
        ("landlines", "not_textable:landline"),
    ] {
        let numbers = format!("[callers]\n{list} = [\"{}\"]\n\n[call]", caller().e164());
        let source = soleil().source().replacen("[call]", &numbers, 1);
        let recipe = Recipe::from_toml("listing.toml", &source).unwrap();
        let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
        world.ghl.hold_webhooks(true);
        let (contact, message) = missed(&world).await;
        let body = json!({"location_id": LOCATION, "contact_id": contact, "message_id": message});
        assert_eq!(tells(&world, body).await.status, 200);
        world.pass(Duration::from_secs(300)).await;
        world.assert_not_texted(&contact, reason).await;
    }
}

#[tokio::test]
async fn a_call_reported_again_after_the_cooldown_ends_nothing() {
    // Its follow-up waits for the next day, so the episode is live for long.
    let recipe = Recipe::from_toml(
        "next_day.toml",
        r#"
        name = "next day"
        version = 1

        [compliance]
        later_texts = "always"

        [call]
        cooldown = "PT1H"
        voicemail_below = "PT10S"
        suspected_voicemail = "missed"

        [steps.next_day]
        do = "text"
        after = "PT24H"
        body = "Hi {{ contact.first_name }}, are you still looking for a time?"
        "#,
    );
    let world = World::with(recipe.unwrap(), Arc::new(MemoryStore::new())).await;
    world.ghl.hold_webhooks(true);
    let (contact, message) = missed(&world).await;
    // The step says nothing of the call's end, so it is taken for now.
    let body = |status: &str| {
        json!({
            "location_id": LOCATION, "contact_id": contact, "message_id": message,
            "call_status": status, "call_duration": "3",
        })
    };
    assert_eq!(tells(&world, body("No Answer")).await.status, 200);
    world.pass(Duration::from_secs(5 * 3600)).await;
    // A mailbox took it, as the recipe sees it: the same call under another name.
    assert_eq!(tells(&world, body("Completed")).await.status, 200);
    world.pass(Duration::from_secs(24 * 3600)).await;
    let history = world.history().await;
    assert_eq!(world.texts(&contact).await.len(), 1, "{history:?}");
    let calls = history.iter().filter(|told| *told == "call_missed");
    assert_eq!(calls.count(), 1, "{history:?}");
}

#[tokio::test]
async fn what_is_no_missed_call_brings_nothing() {
    let world = world_without_webhooks().await;
    let call = Call {
        status: CallStatus::Completed,
        ..Call::missed(LOCATION, caller(), business())
    };
    let contact = world.call(&call).await.contact_id;
    for (body, expected) in [
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_direction": "Outbound"}),
            Ok("ignored"),
        ),
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_status": "completed"}),
            Ok("ignored"),
        ),
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_status": "parked"}),
            Ok("taken"),
        ),
        (
            json!({"location_id": "another", "contact_id": contact}),
            Err(400),
        ),
        (
            json!({"location_id": LOCATION, "contact_id": "{{contact.id}}"}),
            Err(400),
        ),
        (json!({"contact_id": contact}), Err(400)),
    ] {
        let answer = tells(&world, body.clone()).await;
        match expected {
            Ok(word) => {
                let told = json!({"success": true, "missed_call": word});
                assert_eq!((answer.status, answer.body), (200, told), "{body}");
            }
            Err(status) => assert_eq!(answer.status, status, "{body}"),
        }
    }
    world.pass(Duration::from_secs(600)).await;
    assert_eq!(texts(&world), 0);
}
