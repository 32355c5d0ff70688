//! The state of FakeGhl: the locations and their records. HTTP and the rules of single operations are elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answer::Fields;
use super::contact::{Contact, lower_case_tags, normal_phone};
use super::marketplace::Marketplace;
use super::modes::Modes;
use super::oauth::{Grants, Holder};
use super::text_outcomes::Outcomes;
use super::values::{fresh_id, record};

/// The whole fake platform.
pub(super) struct World {
    pub(super) app_id: String,
    pub(super) version_id: String,
    pub(super) locations: BTreeMap<String, Location>,
    pub(super) companies: BTreeMap<String, Company>,
    /// Private integration tokens.
    pub(super) tokens: BTreeMap<String, PrivateToken>,
    /// What the app was given by OAuth.
    pub(super) grants: Grants,
    pub(super) marketplace: Marketplace,
    /// Events that the app has subscribed to besides those that are always sent.
    pub(super) subscribed: BTreeSet<&'static str>,
    pub(super) modes: Modes,
    /// How long lists that trail their writes do so.
    pub(super) lag: SignedDuration,
}

impl World {
    pub(super) fn new(app_id: &str, version_id: &str) -> Self {
        Self {
            app_id: app_id.to_owned(),
            version_id: version_id.to_owned(),
            locations: BTreeMap::new(),
            companies: BTreeMap::new(),
            tokens: BTreeMap::new(),
            grants: Grants::new(app_id),
            marketplace: Marketplace::default(),
            subscribed: BTreeSet::new(),
            modes: Modes::default(),
            lag: SignedDuration::from_secs(1),
        }
    }

    /// Whom a bearer token speaks for.
    pub(super) fn holder(&self, token: &str, now: Timestamp) -> Option<Holder> {
        match self.tokens.get(token) {
            Some(private) => Some(private.holder.clone()),
            None => self.grants.holder(token, now).cloned(),
        }
    }

    /// Whether a token has a scope.
    pub(super) fn allows(&self, token: &str, scope: &str) -> bool {
        let scopes = match self.tokens.get(token) {
            Some(private) => &private.scopes,
            None => self.grants.scopes(token),
        };
        let has = |scopes: &Vec<String>| scopes.iter().any(|has| has == scope);
        scope.is_empty() || scopes.as_ref().is_none_or(has)
    }

    /// The agency above a location.
    pub(super) fn company_of(&self, location: &str) -> Option<String> {
        let company = self.locations.get(location)?.company_id();
        (!company.is_empty()).then(|| company.to_owned())
    }

    /// The agency with this id, which begins now if it was not named before.
    pub(super) fn company(&mut self, id: &str) -> &mut Company {
        let new = || Company::new(id);
        self.companies.entry(id.to_owned()).or_insert_with(new)
    }
}

/// A private integration token, which a person has copied out of HighLevel.
pub(super) struct PrivateToken {
    pub(super) holder: Holder,
    /// What it may do; all if `None`.
    pub(super) scopes: Option<Vec<String>>,
}

/// The records of the resources with simple rules, by the name of their collection.
pub(super) type Records = BTreeMap<&'static str, Vec<Fields>>;

/// An agency: what is above its locations.
pub(super) struct Company {
    /// What `GET /companies/{id}` shows.
    pub(super) details: Fields,
    /// Whether its plan lets it make locations over the API.
    pub(super) makes_locations: bool,
    pub(super) users: Vec<User>,
    pub(super) records: Records,
}

impl Company {
    pub(super) fn new(id: &str) -> Self {
        Self {
            details: record([("id", id.into()), ("name", "Sample agency".into())]),
            makes_locations: true,
            users: Vec::new(),
            records: Records::new(),
        }
    }
}

/// A person who works in locations.
#[derive(Clone)]
pub(super) struct User {
    /// As HighLevel shows it.
    pub(super) fields: Fields,
    pub(super) locations: BTreeSet<String>,
}

impl User {
    pub(super) fn id(&self) -> &str {
        let id = self.fields.get("id").and_then(Value::as_str);
        id.unwrap_or_default()
    }
}

/// One sub-account.
#[derive(Default)]
pub(super) struct Location {
    pub(super) id: String,
    /// What `GET /locations/{id}` shows.
    pub(super) details: Fields,
    /// Switched off by HighLevel or the agency: its calls are refused.
    pub(super) paused: bool,
    /// Products that the agency lets it use.
    pub(super) permissions: Vec<String>,
    /// What sends its messages, by channel, where that is not HighLevel itself.
    pub(super) channels: BTreeMap<String, Value>,
    /// Ids of the snapshots that were loaded into it.
    pub(super) snapshots: Vec<String>,
    pub(super) workflows: Vec<Value>,
    pub(super) custom_values: Vec<Fields>,
    /// Custom fields of contacts and opportunities.
    pub(super) custom_fields: Vec<Fields>,
    pub(super) tags: Vec<Fields>,
    pub(super) contacts: Vec<Contact>,
    pub(super) tasks: Vec<Fields>,
    pub(super) notes: Vec<Fields>,
    pub(super) pipelines: Vec<Fields>,
    /// What the list of pipelines was before each write, and when that was.
    pub(super) earlier_pipelines: Vec<(Timestamp, Vec<Fields>)>,
    /// Without their contact's part, which is put in when they are shown.
    pub(super) opportunities: Vec<Fields>,
    pub(super) appointments: Vec<Fields>,
    pub(super) conversations: Vec<Conversation>,
    /// Contact id and workflow id of everybody who is in a workflow.
    pub(super) enrolments: Vec<(String, String)>,
    /// Contact id and campaign id of everybody who is in a campaign.
    pub(super) campaigns: Vec<(String, String)>,
    /// Records of the resources with simple rules.
    pub(super) records: Records,
    /// What is to become of its texts.
    pub(super) outcomes: Outcomes,
}

/// The one conversation of a contact, oldest message first.
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) contact_id: String,
    pub(super) date_added: Timestamp,
    pub(super) last_message_at: Timestamp,
    pub(super) unread: u64,
    pub(super) starred: bool,
    pub(super) messages: Vec<Fields>,
    /// What stands in the e-mails among the messages.
    pub(super) emails: Vec<Fields>,
}

impl Location {
    /// The id of its agency; empty if it has none.
    pub(super) fn company_id(&self) -> &str {
        let company = self.details.get("companyId").and_then(Value::as_str);
        company.unwrap_or_default()
    }

    /// Whether a record of this id is among its own.
    pub(super) fn has(&self, id: &str) -> bool {
        let is = |record: &Fields| {
            let mut ids = [record.get("id"), record.get("_id")].into_iter().flatten();
            ids.any(|own| own == id)
        };
        let talks = |conversation: &Conversation| {
            conversation.id == id
                || conversation.messages.iter().any(is)
                || conversation.emails.iter().any(is)
        };
        self.contact(id).is_some()
            || self.opportunities.iter().any(is)
            || self.appointments.iter().any(is)
            || self.pipelines.iter().any(is)
            || self.records.values().flatten().any(is)
            || self.conversations.iter().any(talks)
    }

    pub(super) fn country(&self) -> Option<&str> {
        self.details.get("country").and_then(Value::as_str)
    }

    /// The number texts are sent from.
    pub(super) fn phone(&self) -> &str {
        self.details
            .get("phone")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(super) fn allows_duplicates(&self) -> bool {
        self.allows("allowDuplicateContact")
    }

    /// Whether a contact may have several opportunities in one pipeline.
    pub(super) fn allows_duplicate_opportunities(&self) -> bool {
        self.allows("allowDuplicateOpportunity")
    }

    fn allows(&self, setting: &str) -> bool {
        self.details
            .get("settings")
            .is_some_and(|settings| settings[setting] == json!(true))
    }

    /// The fields that identify contacts, the most important first.
    pub(super) fn unique_identifiers(&self) -> Vec<String> {
        let configured = super::contact::texts(
            self.details
                .get("settings")
                .and_then(|settings| settings.get("contactUniqueIdentifiers")),
        );
        if configured.is_empty() {
            vec!["email".to_owned(), "phone".to_owned()]
        } else {
            configured
        }
    }

    pub(super) fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id() == id)
    }

    pub(super) fn contact_mut(&mut self, id: &str) -> Option<&mut Contact> {
        self.contacts.iter_mut().find(|contact| contact.id() == id)
    }

    /// The contact that holds this e-mail address (letter case does not matter) or this phone number.
    pub(super) fn holder(&self, field: &str, value: &str) -> Option<&Contact> {
        let wanted = if field == "phone" {
            normal_phone(value, self.country())
        } else {
            value.trim().to_lowercase()
        };
        self.contacts.iter().find(|contact| {
            contact
                .text(field)
                .is_some_and(|held| held.to_lowercase() == wanted)
        })
    }

    /// Adds the tags to the location's list that are not in it yet.
    pub(super) fn know_tags(&mut self, tags: &[String]) {
        for tag in lower_case_tags(tags) {
            if !self.tags.iter().any(|known| known["name"] == json!(tag)) {
                self.tags.push(record([
                    ("id", fresh_id().into()),
                    ("name", tag.into()),
                    ("locationId", self.id.clone().into()),
                ]));
            }
        }
    }

    /// The contact's conversation, begun now if there is none.
    pub(super) fn conversation_of(
        &mut self,
        contact_id: &str,
        now: Timestamp,
    ) -> &mut Conversation {
        let position = self
            .conversations
            .iter()
            .position(|conversation| conversation.contact_id == contact_id)
            .unwrap_or_else(|| {
                self.conversations.push(Conversation {
                    id: fresh_id(),
                    contact_id: contact_id.to_owned(),
                    date_added: now,
                    last_message_at: now,
                    unread: 0,
                    starred: false,
                    messages: Vec::new(),
                    emails: Vec::new(),
                });
                self.conversations.len() - 1
            });
        // The position was found or made in the lines above.
        &mut self.conversations[position]
    }

    /// Removes a contact and everything that hangs on it.
    pub(super) fn forget_contact(&mut self, id: &str) {
        self.contacts.retain(|contact| contact.id() != id);
        self.tasks.retain(|task| task["contactId"] != json!(id));
        self.notes.retain(|note| note["contactId"] != json!(id));
        self.opportunities
            .retain(|opportunity| opportunity["contactId"] != json!(id));
        self.appointments
            .retain(|appointment| appointment["contactId"] != json!(id));
        self.conversations
            .retain(|conversation| conversation.contact_id != id);
        self.enrolments.retain(|(contact, _)| contact != id);
        self.campaigns.retain(|(contact, _)| contact != id);
    }
}
