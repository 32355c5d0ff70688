//! The baseline for the client: a contact of 2 KB, a server in a process of its own that serves it, and bare reqwest with
//! typed serde that reads it.

pub(crate) mod server;

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// The answer to `GET /contacts/{id}`.
pub(crate) const ANSWER: &str = include_str!("contact.json");
/// The contact's id.
pub(crate) const CONTACT: &str = "seD4PfOuKoVMLkEZqohJ";
/// The location it belongs to.
pub(crate) const LOCATION: &str = "ve9EPM428h8vShlRW1KT";
/// A token; the server accepts any.
pub(crate) const TOKEN: &str = "pit-00000000-0000-0000-0000-000000000000";

#[derive(Deserialize)]
struct Envelope {
    contact: Contact,
}

/// A hand-written type with the same fields as this crate's contact.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it counts what is read")]
pub(crate) struct Contact {
    pub(crate) id: String,
    location_id: Option<String>,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company_name: Option<String>,
    address1: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    website: Option<String>,
    timezone: Option<String>,
    date_of_birth: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    contact_type: Option<String>,
    assigned_to: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    custom_fields: Vec<CustomField>,
    dnd: Option<bool>,
    dnd_settings: Option<HashMap<String, Dnd>>,
    inbound_dnd_settings: Option<HashMap<String, Dnd>>,
    business_id: Option<String>,
    #[serde(default)]
    followers: Vec<String>,
    visitor_id: Option<String>,
    attribution_source: Option<Attribution>,
    last_attribution_source: Option<Attribution>,
    valid_email: Option<bool>,
    date_added: Option<String>,
    date_updated: Option<String>,
    last_activity: Option<i64>,
    ssn: Option<String>,
    keyword: Option<String>,
    #[serde(default)]
    additional_emails: Vec<Value>,
    #[serde(default)]
    additional_phones: Vec<Value>,
    #[serde(default)]
    attachments: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it counts what is read")]
struct CustomField {
    id: String,
    value: Value,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it counts what is read")]
struct Dnd {
    status: Option<String>,
    message: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it counts what is read")]
struct Attribution {
    session_source: Option<String>,
    medium: Option<String>,
    medium_id: Option<String>,
    url: Option<String>,
}

/// Reads the response.
pub(crate) fn decode(answer: &[u8]) -> serde_json::Result<Contact> {
    serde_json::from_slice::<Envelope>(answer).map(|envelope| envelope.contact)
}

/// reqwest with the timeouts that this crate has, and nothing else.
#[derive(Clone)]
pub(crate) struct Bare {
    client: reqwest::Client,
    url: String,
}

impl Bare {
    pub(crate) fn new(url: &str) -> reqwest::Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .user_agent("bare")
            .build()?;
        Ok(Self {
            client,
            url: url.to_owned(),
        })
    }

    /// `GET /contacts/{id}`.
    pub(crate) async fn contact(&self, id: &str) -> Result<Contact, Box<dyn std::error::Error>> {
        let answer = self
            .client
            .get(format!("{}/contacts/{id}", self.url))
            .header("Version", "2021-07-28")
            .header("Accept", "application/json")
            .bearer_auth(TOKEN)
            .send()
            .await?
            .error_for_status()?;
        Ok(decode(&answer.bytes().await?)?)
    }
}
