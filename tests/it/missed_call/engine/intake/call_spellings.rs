//! One call, reported by a webhook, a recorded message, a step of a workflow and the host, in all the spellings of
//! `call_spellings.json`: equal meanings leave equal entries in the ledger.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use gohighlevel::message::Direction;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore};
use gohighlevel::recipes::missed_call::{Engine, Preset, Recipe, WorkflowCall};
use gohighlevel::testing::{Call, ManualClock};
use gohighlevel::webhooks::Delivery;
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
use http::Request;
use serde_json::{Value, json};

use crate::missed_call::harness::scripted_highlevel::{Answer, LOCATION, Scripted, start};
use crate::missed_call::harness::world::{World, business, caller};

const CONTACT: &str = "anaContact0000000001";
const CALL: &str = "callMessage000000001";
const CALLER: &str = "+13125550142";
const ENDED: &str = "2026-11-20T15:59:00Z";
const HEADER: &str = "x-workflow-secret";
const SECRET: &str = "Jq8mV2tR5xZ7cB1nK4";

/// An engine on a HighLevel that knows the contact, the location's zone, and one recorded message.
struct IntakeEngine {
    engine: Engine,
    recorded: Arc<Mutex<Value>>,
}

impl IntakeEngine {
    fn with(recipe: Recipe, zone: Option<&'static str>) -> Self {
        let recorded = Arc::new(Mutex::new(Value::Null));
        let messages = Arc::clone(&recorded);
        let ghl = Scripted::new(move |_, path| {
            let body = match path.rsplit('/').next().unwrap() {
                "export" => json!({"messages": [*messages.lock().unwrap()]}),
                CONTACT => json!({"contact": {"id": CONTACT, "phone": CALLER}}),
                LOCATION => json!({"location": {"id": LOCATION, "timezone": zone}}),
                _ => json!({}),
            };
            Answer::Json(200, body)
        });
        let clock = ManualClock::new(start());
        let client = ghl.client(Arc::new(clock.clone()));
        let engine = Engine::builder(Arc::new(MemoryStore::new()))
            .clock(Arc::new(clock))
            .location(client.location(LOCATION.parse().unwrap()), recipe)
            .build();
        Self { engine, recorded }
    }

    fn new() -> Self {
        Self::with(Preset::Soleil.recipe(), Some("America/Chicago"))
    }

    async fn webhook(&self, body: &Value) {
        let delivery = Delivery::read(body.to_string(), start()).unwrap();
        self.engine.accept(&delivery).await.unwrap();
    }

    async fn sweep(&self, message: &Value) {
        self.recorded.lock().unwrap().clone_from(message);
        let location = LOCATION.parse().unwrap();
        self.engine.sweep(&location).await.unwrap();
    }

    /// The answer to a step: status and body.
    async fn step(&self, endpoint: WorkflowEndpoint, body: &Value) -> (u16, String) {
        let request = Request::post("/").header(HEADER, SECRET);
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let answer = endpoint.answer(request).await;
        let body = String::from_utf8(answer.body().to_vec()).unwrap();
        (answer.status().as_u16(), body)
    }

    async fn webhook_step(&self, body: &Value) -> (u16, String) {
        let secret = SharedSecret::new(HEADER, SECRET).unwrap();
        let endpoint = WorkflowEndpoint::builder(secret).webhook(Arc::new(self.engine.clone()));
        self.step(endpoint, body).await
    }

    async fn action(&self, body: &Value) -> (u16, String) {
        let secret = SharedSecret::new(HEADER, SECRET).unwrap();
        let endpoint = WorkflowEndpoint::builder(secret).action(Arc::new(self.engine.clone()));
        self.step(endpoint, body).await
    }

    /// Tells the call by this inlet; what it answers.
    async fn tell(&self, inlet: &str, body: &Value) -> String {
        match inlet {
            "webhook" => self.webhook(body).await,
            "record" => self.sweep(body).await,
            "webhook_step" => return self.webhook_step(body).await.1,
            "action" => return self.action(body).await.1,
            other => panic!("{other}"),
        }
        String::new()
    }

    async fn ledger(&self) -> Vec<Entry> {
        let everything = LedgerQuery::default();
        self.engine.store().ledger(&everything).await.unwrap()
    }

    /// What the ledger says of the call itself, without what proves it and how it was found.
    async fn told(&self) -> Vec<Value> {
        let mut told = Vec::new();
        for entry in self.ledger().await {
            match &entry.kind {
                EntryKind::CallMissed { call, .. } => {
                    let called = call.called.as_ref().map(|number| number.e164());
                    assert!(called.is_none_or(|called| called == "+13125550100"));
                    told.push(json!({
                        "message": call.message, "contact": call.contact, "reason": call.reason,
                        "caller": call.caller, "ended_at": call.ended_at,
                    }));
                }
                EntryKind::NotDone { step, reason } if step.as_str() == "text" => {
                    told.push(json!(reason.code()));
                }
                EntryKind::NotDone { .. } | EntryKind::Found { .. } | EntryKind::Swept { .. } => {}
                EntryKind::CallUnclear { message, .. } => {
                    told.push(json!({ "unclear": message }));
                }
                other => panic!("{}", other.name()),
            }
        }
        told
    }
}

/// What the ledger says of a call that means this.
fn expected(means: &str) -> Vec<Value> {
    let missed = |reason: &str, caller: Option<&str>| json!({"message": CALL, "contact": CONTACT, "reason": reason, "caller": caller, "ended_at": ENDED});
    match means {
        "missed" => vec![missed("no_answer", Some(CALLER))],
        "missed, by the contact" => vec![missed("no_answer", None)],
        "withheld" => vec![missed("no_answer", None), json!("withheld")],
        "busy" => vec![missed("busy", Some(CALLER))],
        "voicemail" => vec![missed("voicemail", Some(CALLER))],
        "unclear" => vec![json!({ "unclear": CALL })],
        "nothing" => vec![],
        other => panic!("{other}"),
    }
}

fn agrees(means: &str, told: &[Value]) -> bool {
    if means != "impossible" {
        return told == expected(means);
    }
    // Each of them is another number.
    matches!(told, [call, reason] if call["caller"].is_string() && *reason == "not_textable:impossible")
}

#[tokio::test]
async fn what_means_the_same_leaves_the_same_in_the_ledger() {
    let file = fs::read_to_string("fixtures/missed_call/call_spellings.json").unwrap();
    let inlets: BTreeMap<String, Vec<Value>> = serde_json::from_str(&file).unwrap();
    assert_eq!(inlets.len(), 4);
    let mut spellings = 0;
    let mut wrong = String::new();
    for (inlet, rows) in &inlets {
        for row in rows {
            let (means, body) = (row["means"].as_str().unwrap(), &row["body"]);
            let desk = IntakeEngine::new();
            let answer = desk.tell(inlet, body).await;
            let told = desk.told().await;
            if !agrees(means, &told) {
                wrong += &format!("{inlet}, {means}: {body}\n    {told:?} {answer}\n");
            }
            spellings += usize::from(means.starts_with("missed"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(spellings >= 40, "{spellings}");
}

#[tokio::test]
async fn the_host_is_read_alike() {
    for (means, status, direction, caller, local) in [
        ("missed", None, None, CALLER, None),
        (
            "missed",
            Some("No Answer"),
            Some("Incoming"),
            "tel:+1-312-555-0142",
            None,
        ),
        (
            "missed",
            Some("MISSED"),
            Some("INBOUND"),
            "sip:+13125550142@sip.example.com",
            None,
        ),
        (
            "missed",
            Some("no_answer"),
            None,
            "+1 (312) 555\u{2011}0142",
            Some("2026-11-20T09:59:00"),
        ),
        (
            "missed, by the contact",
            Some("missed"),
            None,
            "3125550142",
            None,
        ),
        (
            "missed, by the contact",
            Some("missed"),
            None,
            "client:agent_7",
            None,
        ),
        ("withheld", None, None, "+Restricted", None),
        ("impossible", None, None, "+10365550142", None),
        ("busy", Some("Line Busy"), None, CALLER, None),
        ("voicemail", Some("Voice Mail"), None, CALLER, None),
        ("nothing", Some("Ringing"), None, CALLER, None),
        ("nothing", None, Some("Outgoing"), CALLER, None),
        ("unclear", Some("parked"), None, CALLER, None),
        ("unclear", None, Some("sideways"), CALLER, None),
    ] {
        let desk = IntakeEngine::new();
        let mut call = WorkflowCall::new(LOCATION.parse().unwrap(), CONTACT.parse().unwrap());
        call.message = Some(CALL.parse().unwrap());
        call.status = status.map(str::to_owned);
        call.direction = direction.map(Direction::from);
        call.caller = Some(caller.to_owned().into());
        match local {
            Some(local) => call.ended_at_local = Some(local.parse().unwrap()),
            None => call.ended_at = Some(ENDED.parse().unwrap()),
        }
        desk.engine.accept_workflow_call(&call).await.unwrap();
        let told = desk.told().await;
        assert!(
            agrees(means, &told),
            "{means} {status:?} {caller}: {told:?}"
        );
    }
}

#[tokio::test]
async fn all_inlets_tell_of_one_call_once() {
    let file = fs::read_to_string("fixtures/missed_call/call_spellings.json").unwrap();
    let inlets: BTreeMap<String, Vec<Value>> = serde_json::from_str(&file).unwrap();
    let desk = IntakeEngine::new();
    for (inlet, rows) in &inlets {
        for row in rows.iter().filter(|row| row["means"] == "missed") {
            desk.tell(inlet, &row["body"]).await;
        }
    }
    assert_eq!(desk.told().await, expected("missed"));
}

#[tokio::test]
async fn a_400_says_which_field_to_add_or_to_mend() {
    let whole = json!({"location_id": LOCATION, "contact_id": CONTACT});
    for (change, said) in [
        (
            json!({"location_id": null}),
            "the field `location_id` cannot be read: it is missing; add location_id with the value {{location.id}} under Custom Data",
        ),
        (
            json!({"contact_id": "{{contact.id}}"}),
            "the field `contact_id` cannot be read: it is missing; add contact_id with the value {{contact.id}} under Custom Data",
        ),
        (
            json!({"contact_id": null, "ContactID": "two words"}),
            "the field `ContactID` cannot be read: it is not a HighLevel id; send the merge field and nothing else",
        ),
        (
            json!({"calledAt": "11/12/2026 10:00 AM"}),
            "the field `calledAt` cannot be read: it is not a valid time, or it is ambiguous; send ISO 8601",
        ),
        (
            json!({"call_ended_at": "2026-11-20"}),
            "the field `call_ended_at` cannot be read: it is not a valid time, or it is ambiguous",
        ),
    ] {
        let desk = IntakeEngine::new();
        let mut body = whole.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, answer) = desk.webhook_step(&body).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let error = answer["error"].as_str().unwrap();
        assert_eq!(status, 400);
        assert!(error.starts_with(said), "{error}");
        assert!(desk.ledger().await.is_empty());
    }
}

/// When a call ended that is told by the clock on the wall.
async fn ended(recipe: Recipe, zone: Option<&'static str>, told: &str) -> String {
    let desk = IntakeEngine::with(recipe, zone);
    let body = json!({"locationId": LOCATION, "contactId": CONTACT, "endedAt": told});
    let (status, answer) = desk.webhook_step(&body).await;
    assert_eq!(status, 200, "{answer}");
    let told = desk.told().await;
    told[0]["ended_at"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_time_without_a_zone_is_one_of_the_business() {
    let soleil = || Preset::Soleil.recipe();
    let hours = "[hours]\nzone = \"America/New_York\"\nevery_day = \"09:00-17:00\"\n\n[call]";
    let with_hours = soleil().source().replacen("[call]", hours, 1);
    let with_hours = || Recipe::from_toml("hours.toml", &with_hours).unwrap();
    let chicago = Some("America/Chicago");
    for (recipe, zone, told, expected) in [
        (
            soleil(),
            chicago,
            "Fri, Nov 20, 2026 9:58 AM",
            "2026-11-20T15:58:00Z",
        ),
        (
            soleil(),
            Some("Europe/Berlin"),
            "2026-11-20 16:58",
            "2026-11-20T15:58:00Z",
        ),
        (
            with_hours(),
            chicago,
            "Fri, Nov 20, 2026 10:58 AM",
            "2026-11-20T15:58:00Z",
        ),
        (
            with_hours(),
            None,
            "Fri, Nov 20, 2026 10:58 AM",
            "2026-11-20T15:58:00Z",
        ),
        // What lies ahead counts as now.
        (
            soleil(),
            chicago,
            "Fri, Nov 20, 2026 10:30 AM",
            "2026-11-20T16:00:00Z",
        ),
        // Of no place that is known, it is as long ago as it can be: yesterday's call must not pass for one of now.
        (
            soleil(),
            None,
            "Fri, Nov 20, 2026 9:58 AM",
            "2026-11-19T19:58:00Z",
        ),
        (
            soleil(),
            Some("Central Time"),
            "Fri, Nov 20, 2026 9:58 AM",
            "2026-11-19T19:58:00Z",
        ),
    ] {
        assert_eq!(ended(recipe, zone, told).await, expected, "{zone:?} {told}");
    }
}

#[tokio::test]
async fn a_caller_in_no_form_for_machines_is_texted_by_the_contacts_number() {
    for from in [
        "3125550142",
        "client:agent_7",
        "sip:3125550142@sip.example.com",
        "Ana Bright",
    ] {
        let world = World::new().await;
        world.ghl.hold_webhooks(true);
        let call = world
            .call(&Call::missed(LOCATION, caller(), business()))
            .await;
        let body = json!({
            "type": "InboundMessage", "locationId": LOCATION, "contactId": call.contact_id,
            "messageId": call.message_id, "messageType": "IVR Call", "direction": "inbound",
            "dateAdded": start(), "status": "No Answer", "from": from, "to": "+13125550100",
        });
        let delivery = Delivery::read(body.to_string(), start()).unwrap();
        world.engine.accept(&delivery).await.unwrap();
        world.pass(Duration::from_secs(120)).await;
        assert_eq!(world.texts(&call.contact_id).await.len(), 1, "{from}");
    }
}
