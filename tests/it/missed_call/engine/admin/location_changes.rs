//! Locations are put, changed and removed at random while calls come in, in two engines on one store: each caller gets
//! exactly what the recipe in force promised, once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Acceptance, Engine, Recipe, Removal};
use gohighlevel::testing::{Call, FakeGhl, ManualClock, Seed};
use gohighlevel::webhooks::Delivery;
use serde_json::json;

const LOCATIONS: usize = 40;
const CALLS: usize = 2_000;
/// How many recipes a location may have.
const RECIPES: usize = 3;

fn id(location: usize) -> LocationId {
    LocationId::new(format!("location{location:04}")).unwrap()
}

fn recipe(number: usize) -> Arc<Recipe> {
    let source = format!(
        r#"
        name = "fleet"
        version = {}
        [compliance]
        floods = "ignored"
        [steps.text]
        do = "text"
        body = "Hi, this is answer {number}."
        [steps.task]
        do = "task"
        after = "PT20M"
        title = "Task {number}"
        "#,
        number + 1
    );
    Arc::new(Recipe::from_toml("fleet.toml", &source).unwrap())
}

/// What a caller has got, or is to get.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Got {
    texts: Vec<String>,
    tasks: Vec<String>,
}

struct Fleet {
    ghl: FakeGhl,
    clock: ManualClock,
    client: Client,
    engines: [Engine; 2],
    recipes: Vec<Arc<Recipe>>,
    /// The recipe in force in each location; none if it was removed.
    in_force: Vec<Option<usize>>,
    /// What each caller is to get, by contact, and where they called.
    promised: BTreeMap<String, (usize, Got)>,
    random: Rng,
    calls: usize,
}

impl Fleet {
    async fn new(seed: u64) -> Self {
        let clock = ManualClock::new("2026-11-20T16:00:00Z".parse().unwrap());
        let locations: Vec<_> = (0..LOCATIONS)
            .map(|location| {
                json!({
                    "location": {
                        "id": id(location), "name": "Soleil", "phone": "+13125550100",
                        "timezone": "America/Chicago", "country": "US", "companyId": "company1",
                    },
                    "tokens": [format!("pit-{location}")],
                })
            })
            .collect();
        let ghl = FakeGhl::builder()
            .seed(Seed::from_json(&json!({ "locations": locations }).to_string()).unwrap())
            .clock(Arc::new(clock.clone()))
            .start()
            .await
            .unwrap();
        let tokens = (0..LOCATIONS).fold(StaticTokens::default(), |tokens, location| {
            tokens.with_location(id(location), format!("pit-{location}"))
        });
        let client = Client::builder()
            .credentials(tokens)
            .transport(ghl.transport())
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        let store = Arc::new(MemoryStore::new());
        let engine = || {
            let engine = Engine::builder(Arc::clone(&store) as _);
            engine.clock(Arc::new(clock.clone())).build()
        };
        Self {
            engines: [engine(), engine()],
            ghl,
            clock,
            client,
            recipes: (0..RECIPES).map(recipe).collect(),
            in_force: vec![None; LOCATIONS],
            promised: BTreeMap::new(),
            random: Rng::with_seed(seed),
            calls: 0,
        }
    }

    /// What each contact has got so far.
    fn got(&self) -> BTreeMap<String, Got> {
        let mut got = BTreeMap::<String, Got>::new();
        for request in self.ghl.requests() {
            if request.method != "POST" || request.status.is_none_or(|status| status >= 300) {
                continue;
            }
            let word = |key: &str| request.body[key].as_str().unwrap().to_owned();
            if request.path == "/conversations/messages" {
                let texts = &mut got.entry(word("contactId")).or_default().texts;
                texts.push(word("message"));
            } else if let Some(contact) = request.path.strip_suffix("/tasks") {
                let contact = contact.trim_start_matches("/contacts/").to_owned();
                got.entry(contact).or_default().tasks.push(word("title"));
            }
        }
        got
    }

    async fn change(&mut self) {
        let location = self.random.usize(..LOCATIONS);
        let both = self.random.bool();
        if self.in_force[location].is_none() || self.random.bool() {
            let number = self.random.usize(..RECIPES);
            for engine in &self.engines {
                let handle = self.client.location(id(location));
                let recipe = Arc::clone(&self.recipes[number]);
                engine.put_location(handle, recipe).await.unwrap();
            }
            self.in_force[location] = Some(number);
            return;
        }
        let removal = if self.random.bool() {
            Removal::Finish
        } else {
            Removal::End
        };
        if removal == Removal::End {
            // Who has not got something by now does not get it any more.
            let got = self.got();
            for (contact, (of, promised)) in &mut self.promised {
                if *of == location {
                    *promised = got.get(contact).cloned().unwrap_or_default();
                }
            }
        }
        // The other engine takes calls on where it was not told, and does not answer them.
        let first = self.random.usize(..2);
        self.engines[first]
            .remove_location(&id(location), removal)
            .await
            .unwrap();
        if both {
            self.engines[1 - first]
                .remove_location(&id(location), removal)
                .await
                .unwrap();
        }
        self.in_force[location] = None;
        // A call that ended in the same moment is not later than the removal.
        self.clock.advance(Duration::from_millis(1));
    }

    async fn call(&mut self) {
        let location = self.random.usize(..LOCATIONS);
        // Numbers of different people are not in a row.
        let from = format!("+1312556{:04}", self.calls * 7_919 % 10_000);
        self.calls += 1;
        let call = Call::missed(
            id(location).as_str(),
            from.parse().unwrap(),
            "+13125550100".parse().unwrap(),
        );
        let trigger = self.ghl.call(&call).unwrap();
        let now = self.clock.now();
        let body = json!({
            "type": "InboundMessage", "direction": "inbound", "messageType": "CALL",
            "status": "no-answer", "locationId": id(location), "webhookId": trigger.webhook_id,
            "messageId": trigger.message_id, "contactId": trigger.contact_id,
            "from": from, "to": "+13125550100", "dateAdded": now.to_string(),
        });
        let delivery = Delivery::read(body.to_string(), now).unwrap();
        let first = self.random.usize(..2);
        let mut accepted = vec![self.engines[first].accept(&delivery).await.unwrap()];
        if self.random.u8(..4) == 0 {
            // HighLevel sends it twice.
            accepted.push(self.engines[1 - first].accept(&delivery).await.unwrap());
        }
        let promised = match self.in_force[location] {
            Some(number) => {
                assert_eq!(accepted[0], Acceptance::Accepted);
                Got {
                    texts: vec![format!(
                        "Hi, this is answer {number}. Reply STOP to opt out."
                    )],
                    tasks: vec![format!("Task {number}")],
                }
            }
            None => Got::default(),
        };
        self.promised
            .insert(trigger.contact_id, (location, promised));
    }

    async fn work(&mut self) {
        let first = self.random.usize(..2);
        self.engines[first].step().await.unwrap();
        if self.random.bool() {
            self.engines[1 - first].step().await.unwrap();
        }
    }
}

#[tokio::test]
async fn each_caller_gets_what_the_recipe_in_force_promised_once() {
    let mut fleet = Fleet::new(15).await;
    for _ in 0..CALLS {
        if fleet.random.u8(..4) == 0 {
            fleet.change().await;
        }
        fleet.call().await;
        if fleet.random.bool() {
            fleet.work().await;
        }
        let pause = fleet.random.u64(..12_000);
        fleet.clock.advance(Duration::from_millis(pause));
    }
    for _ in 0..60 {
        fleet.clock.advance(Duration::from_secs(60));
        fleet.work().await;
        for engine in &fleet.engines {
            while engine.step().await.unwrap() > 0 {}
        }
    }
    let mut got = fleet.got();
    let texted = got.values().filter(|got| !got.texts.is_empty()).count();
    assert!(texted > CALLS / 4, "{texted}");
    for (contact, (location, promised)) in fleet.promised {
        let got = got.remove(&contact).unwrap_or_default();
        assert_eq!(got, promised, "{contact} in {location}");
    }
    assert!(got.is_empty(), "{got:?}");
}
