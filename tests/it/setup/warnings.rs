//! What may keep a missed call from getting its text: plan and preflight say the same of it.

use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::client::ApiVersion;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Engine, PreflightGroup, Recipe};
use gohighlevel::setup::{AgencyPlan, Kind, Setup};
use gohighlevel::testing::{FakeGhl, ManualClock};
use serde_json::json;

use super::{id, of_texts};

const TOKEN: &str = "pit-0";

async fn fake() -> (FakeGhl, Client) {
    let seed = json!({"locations": [{
        "location": {"id": "loc0", "name": "Loop", "companyId": "company1", "timezone": "America/Chicago"},
        "tokens": [TOKEN],
        "customValues": [{"id": "v1", "name": "Calendly Link", "value": "https://book.example.com"}],
        "tags": ["missed-call"],
        "channels": {"SMS": [
            {"conversationProvider": {"_id": "p1", "name": "LC Phone", "type": "SMS", "default": false}},
            {"conversationProvider": {"_id": "p2", "name": "Acme Texts", "type": "SMS", "default": true}},
        ]},
        "records": {
            "phoneNumbers": [{"phoneNumber": "+13125550100"}, {"phoneNumber": "+13125550101"}],
            // The number does not say that an agent answers when nobody else does.
            "voiceAiAgents": [{"id": "agent1", "agentName": "Eve", "inboundNumber": "+13125550100"}],
        },
    }]});
    let clock = ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
    let fake = FakeGhl::builder()
        .seed_json(&seed.to_string())
        .unwrap()
        .clock(Arc::new(clock.clone()))
        .start()
        .await
        .unwrap();
    let client = Client::builder()
        .token(TOKEN)
        .api_version(ApiVersion::V3)
        .base_url(fake.url())
        .transport(fake.transport())
        .clock(clock)
        .build()
        .unwrap();
    (fake, client)
}

async fn plan(client: &Client) -> AgencyPlan {
    let toml = "[agency]\nlocations = \"locations.csv\"\n[recipe]\npreset = \"soleil\"\n";
    let desired = of_texts(toml, "location_id,name\nloc0,Loop\n").unwrap();
    Setup::new(client.clone()).plan(&desired).await
}

fn of_numbers(plan: &AgencyPlan) -> Vec<String> {
    let changes = plan.locations()[0].changes.iter();
    let changes = changes.filter(|change| change.kind == Kind::Number);
    changes
        .map(|change| format!("{}: {}", change.key, change.because))
        .collect()
}

#[tokio::test]
async fn an_agent_on_a_number_and_another_provider_are_seen_by_plan_and_preflight() {
    let (_fake, client) = fake().await;
    let plan = plan(&client).await;
    assert_eq!(plan.locations()[0].failure, None);
    let seen = of_numbers(&plan);
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(
        seen[0].starts_with("Acme Texts: carries the texts"),
        "{seen:?}"
    );
    assert!(
        seen[1].starts_with("+13125550100: an AI agent answers"),
        "{seen:?}"
    );
    assert_eq!(plan.locations()[0].ready(), Some(true));

    let recipe = Recipe::preset("soleil").unwrap();
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .location(client.location(id(0)), recipe)
        .build();
    let groups = PreflightGroup::of(&engine.preflight().await);
    let advice = |seen: &String| seen.split_once(": ").unwrap().1.to_owned();
    for advice in seen.iter().map(advice) {
        let is_it =
            |group: &PreflightGroup| group.code == "warning" && group.what.contains(&advice);
        assert!(groups.iter().any(is_it), "{groups:?}");
    }
    let json = serde_json::to_string(&groups).unwrap();
    assert!(
        json.contains("\"code\":\"warning\"") && json.contains("\"locations\":[\"loc0\"]"),
        "{json}"
    );
}

#[tokio::test]
async fn a_token_without_the_scopes_of_warnings_gets_a_plan_without_them() {
    let (fake, client) = fake().await;
    let scopes = [
        "locations/customValues.readonly",
        "locations/tags.readonly",
        "phonenumbers.read",
    ];
    fake.set_scopes(TOKEN, Some(&scopes)).unwrap();
    let without_agents = plan(&client).await;
    assert_eq!(without_agents.locations()[0].failure, None);
    assert_eq!(of_numbers(&without_agents), [""; 0]);
    fake.set_scopes(TOKEN, Some(&scopes[..2])).unwrap();
    let without_numbers = plan(&client).await;
    assert_eq!(
        without_numbers.locations()[0].failure,
        None,
        "{without_numbers}"
    );
    assert_eq!(of_numbers(&without_numbers), [""; 0]);
}
