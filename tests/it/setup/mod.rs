//! Set-up as code, over a HighLevel on loopback with virtual time.

#[cfg(unix)]
mod kills;
mod mistakes;
mod pace;
mod runs;
mod views;
mod warnings;

use std::io;
use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::client::StaticTokens;
use gohighlevel::ids::LocationId;
use gohighlevel::setup::{Desired, InvalidSetup, Setup};
use gohighlevel::testing::{FakeGhl, ManualClock};
use serde_json::{Value, json};

/// The files of a set-up by their names.
pub(super) fn desired(files: &[(&str, &[u8])]) -> Result<Desired, InvalidSetup> {
    Desired::from_files("agency.toml", &|name| {
        let file = files.iter().find(|(known, _)| *known == name);
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no such file");
        file.map(|(_, bytes)| bytes.to_vec()).ok_or_else(missing)
    })
}

pub(super) fn of_texts(toml: &str, csv: &str) -> Result<Desired, InvalidSetup> {
    desired(&[
        ("agency.toml", toml.as_bytes()),
        ("locations.csv", csv.as_bytes()),
    ])
}

pub(super) const TOML: &str = r#"
[agency]
locations = "locations.csv"
calling_code = 1

[defaults]
offer = "10 % off the first visit"

[tags]
present = ["missed-call", "Missed-Call-VIP"]

[absent]
tags = ["old"]

[values.booking_link]
value = "{{ row.booking_link }}"
check = "https"

[values.offer]
value = "{{ row.offer }}"
rule = "default"

[fields."contact.lead_source"]
type = "SINGLE_OPTIONS"
options = ["Facebook", "Google"]

[pipelines."Missed calls"]
stages = ["New", "Texted", "Replied", "Lost"]

[links.Booking]
to = "{{ row.booking_link }}"

[require]
workflows = [{ name = "WF-11 callback", status = "published" }]
users = ["{{ row.manager }}"]
numbers = ["{{ row.number }}"]
"#;

pub(super) const CSV: &str = "Location ID;Name;Number;Booking Link;Manager;Offer\n\
     loc0;Loop;(312) 555-0100;https://book.example.com/loop;ana@example.com;\n\
     loc1;Evanston;'+1 847 555 0101;https://book.example.com/ev;bo@example.com;5 % off\n\
     loc2;Uptown;312.555.0102;https://book.example.com/up;ana@example.com;\n";

/// A HighLevel with three locations: one is bare, one has some of it, one has it otherwise.
pub(super) struct World {
    pub(super) fake: FakeGhl,
    pub(super) clock: ManualClock,
    pub(super) setup: Setup,
    pub(super) client: Client,
}

fn location(at: usize, rest: Value) -> Value {
    let mut entry = json!({
        "location": {"id": format!("loc{at}"), "name": format!("Location {at}"), "companyId": "company1",
                     "phone": "+13125550100", "timezone": "America/Chicago"},
        "tokens": [format!("pit-{at}")],
    });
    for (key, value) in rest.as_object().unwrap() {
        entry[key] = value.clone();
    }
    entry
}

/// Three locations: one is bare, one has some of it and one has it otherwise.
pub(super) fn seed() -> Value {
    let everything = json!({
        "users": [{"id": "u1", "name": "Bo", "email": "bo@example.com"}],
        "tags": ["old", "missed-call", "a", "b", "c", "d", "e", "f", "g"],
        "customValues": [{"id": "v1", "name": "Booking Link", "value": "https://old.example.com"},
                         {"id": "v2", "name": "Offer", "value": "Their own"}],
        "customFields": [{"id": "f1", "fieldKey": "contact.lead_source", "name": "Lead Source", "dataType": "TEXT"}],
        "pipelines": [{"id": "p1", "name": "MISSED  calls ",
                       "stages": [{"id": "s1", "name": "new"}, {"id": "s2", "name": "VIP"}, {"id": "s3", "name": "Lost"}]}],
        "workflows": [{"id": "w1", "name": "wf-11  callback", "status": "draft"}],
        "records": {"links": [{"id": "l1", "name": "booking", "redirectTo": "https://old.example.com"}],
                    "phoneNumbers": [{"phoneNumber": "+18475550101", "forwardingNumber": "+18475550199"}]},
    });
    json!({"locations": [location(0, json!({})), location(1, everything), location(2, json!({}))]})
}

impl World {
    pub(super) async fn start() -> Self {
        let seed = seed();
        let clock = ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
        let fake = FakeGhl::builder()
            .seed_json(&seed.to_string())
            .unwrap()
            .clock(Arc::new(clock.clone()))
            .start()
            .await
            .unwrap();
        let tokens = (0..3).fold(StaticTokens::new("pit-0"), |tokens, at| {
            tokens.with_location(id(at), format!("pit-{at}"))
        });
        let client = Client::builder()
            .credentials(tokens)
            .base_url(fake.url())
            .transport(fake.transport())
            .clock(clock.clone())
            .build()
            .unwrap();
        Self {
            setup: Setup::new(client.clone()),
            client,
            fake,
            clock,
        }
    }

    /// Everything that a set-up can change of a location, without ids, as text.
    pub(super) async fn state(&self, at: usize) -> String {
        state(&self.client, at).await
    }
}

/// Everything that a set-up can change of a location, without ids, as text.
pub(super) async fn state(client: &Client, at: usize) -> String {
    let location = client.location(id(at));
    let mut lines = Vec::new();
    for tag in location.tags().list().await.unwrap() {
        lines.push(format!("tag {:?}", tag.name));
    }
    for value in location.custom_values().list().await.unwrap() {
        lines.push(format!("value {:?} {:?}", value.field_key, value.value));
    }
    let all = gohighlevel::api::custom_fields::CustomFieldModel::All;
    for field in location.custom_fields().list(&all).await.unwrap() {
        lines.push(format!(
            "field {:?} {:?}",
            field.field_key, field.picklist_options
        ));
    }
    for link in location.links().list().await.unwrap() {
        lines.push(format!("link {:?} {:?}", link.name, link.redirect_to));
    }
    for pipeline in location.pipelines().list().await.unwrap() {
        let stages: Vec<_> = pipeline
            .stages
            .iter()
            .map(|stage| stage.name.clone().unwrap())
            .collect();
        lines.push(format!(
            "pipeline {:?} {}",
            pipeline.name,
            stages.join(" · ")
        ));
    }
    lines.sort();
    lines.join("\n")
}

pub(super) fn id(at: usize) -> LocationId {
    LocationId::new(format!("loc{at}")).unwrap()
}
