//! FakeGhl over real HTTP: one test for each rule of the platform it keeps.
#![allow(clippy::unwrap_used)]

mod agency;
mod consequences;
mod console;
mod contacts;
mod control;
mod custom_fields;
mod faults;
mod gateway;
mod messages;
mod modes;
mod notes;
mod opportunities;
mod pages;
mod pipelines;
mod program;
mod receiver;
mod records;
mod resources;
mod search;
mod seed;
mod versions;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::client::{Client, Location};
use gohighlevel::ids::LocationId;
use gohighlevel::testing::{FakeGhl, FakeGhlBuilder, ManualClock};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// The sample seed's first location, its token, and people in it.
pub(crate) const APP: &str = "65f0c1a2b3d4e5f601234567";
pub(crate) const SOLEIL: &str = "soleilLocation000001";
pub(crate) const SOLEIL_TOKEN: &str = "pit-sample-soleil";
pub(crate) const SOLEIL_PHONE: &str = "+13125550100";
const HARBOR: &str = "harborLocation000002";
const HARBOR_TOKEN: &str = "pit-sample-harbor";
pub(crate) const MARIA: &str = "sampleContactMaria01";
pub(crate) const MARIA_PHONE: &str = "+13125550111";
const JONAS: &str = "sampleContactJonas02";
const NINA: &str = "sampleContactNina003";
const OMAR: &str = "sampleContactOmar004";
const STAFF: &str = "sampleContactStaff05";
const ANA: &str = "sampleUserAna0000001";
pub(crate) const STRANGER: &str = "+13125550142";

/// 2026-05-08 11:57:42.250 UTC, the clock of every test.
fn clock() -> ManualClock {
    ManualClock::new("2026-05-08T11:57:42.250Z".parse().unwrap())
}

/// A fake with the sample seed and a limit that no test meets by accident.
fn builder(clock: &ManualClock) -> FakeGhlBuilder {
    FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .limit(100_000, Duration::from_secs(10))
}

async fn start() -> FakeGhl {
    builder(&clock()).start().await.unwrap()
}

/// The crate's own client of the sample seed's first location.
fn client(fake: &FakeGhl) -> Location {
    let client = Client::builder()
        .token(SOLEIL_TOKEN)
        .base_url(fake.url())
        .clock(Arc::new(clock()))
        .build()
        .unwrap();
    client.location(LocationId::new(SOLEIL).unwrap())
}

/// A plain HTTP client with one token.
#[derive(Clone)]
pub(crate) struct Api {
    client: reqwest::Client,
    base: String,
    token: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: HeaderMap,
    text: String,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) fn new(fake: &FakeGhl) -> Self {
        Self::with_token(fake, SOLEIL_TOKEN)
    }

    fn with_token(fake: &FakeGhl, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..Self::at(&fake.url())
        }
    }

    /// A client of the FakeGhl at this address, wherever it runs.
    pub(crate) fn at(base: &str) -> Self {
        Self {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: base.to_owned(),
            token: SOLEIL_TOKEN.to_owned(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .header("Version", "2021-07-28")
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        read(self.request("GET", path)).await.unwrap()
    }

    async fn delete(&self, path: &str) -> Reply {
        read(self.request("DELETE", path)).await.unwrap()
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.try_send(method, path, body).await.unwrap()
    }

    async fn try_send(&self, method: &str, path: &str, body: Value) -> reqwest::Result<Reply> {
        read(self.request(method, path).json(&body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send("PUT", path, body).await
    }

    async fn sms(&self, contact: &str, text: &str) -> Reply {
        let body = json!({ "type": "SMS", "contactId": contact, "message": text });
        self.post("/conversations/messages", body).await
    }

    /// The messages of a contact's conversation, newest first.
    pub(crate) async fn messages_of(&self, location: &str, contact: &str) -> Vec<Value> {
        let found = self
            .get(&format!(
                "/conversations/search?locationId={location}&contactId={contact}"
            ))
            .await;
        let Some(id) = found.body["conversations"][0]["id"].as_str() else {
            return Vec::new();
        };
        let list = self
            .get(&format!("/conversations/{id}/messages?limit=100"))
            .await;
        list.body["messages"]["messages"]
            .as_array()
            .unwrap()
            .clone()
    }
}

/// The request with a form as its body.
fn with_form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Reply {
        status,
        headers,
        text,
        body,
    })
}

impl Reply {
    /// Fails unless the status is this; hands the body on.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Fails unless status and body are these, apart from the trace id that every JSON answer has.
    #[track_caller]
    fn expect_exactly(mut self, status: u16, body: Value) {
        let trace = self.body.as_object_mut().unwrap().remove("traceId");
        assert!(trace.unwrap().is_string());
        assert_eq!((self.status, self.body), (status, body));
    }
}
