//! One contact: how what is written to it is normalised, and the different faces HighLevel shows of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::Fields;
use super::values::{fresh_id, wire_time, written_value};
use super::version::Version;
use crate::phone::PhoneNumber;

/// The channels of Do-not-disturb as version 2 and version 3 spell them. They are kept in the spelling of version 2.
const CHANNELS: [(&str, &str); 6] = [
    ("Call", "call"),
    ("Email", "email"),
    ("SMS", "sms"),
    ("WhatsApp", "whatsApp"),
    ("GMB", "gmb"),
    ("FB", "fb"),
];

/// A contact as get-by-id shows it.
#[derive(Clone)]
pub(super) struct Contact {
    fields: Fields,
}

impl Contact {
    pub(super) fn new(location_id: &str, now: Timestamp) -> Self {
        let mut fields = Fields::new();
        fields.insert("id".into(), fresh_id().into());
        fields.insert("locationId".into(), location_id.into());
        fields.insert("dateAdded".into(), wire_time(now).into());
        fields.insert("type".into(), "lead".into());
        fields.insert("dnd".into(), false.into());
        fields.insert("tags".into(), json!([]));
        fields.insert("customFields".into(), json!([]));
        Self { fields }
    }

    pub(super) fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// A field that holds text which is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    pub(super) fn tags(&self) -> Vec<String> {
        texts(self.fields.get("tags"))
    }

    pub(super) fn set_tags(&mut self, tags: &[String], now: Timestamp) {
        self.fields.insert("tags".into(), json!(tags));
        self.touch(now);
    }

    /// A field as it is.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Writes a field that no request body writes; null clears it.
    pub(super) fn set(&mut self, name: &str, value: Value, now: Timestamp) {
        if value.is_null() {
            self.fields.remove(name);
        } else {
            self.fields.insert(name.to_owned(), value);
        }
        self.touch(now);
    }

    /// Writes the properties of a request body, normalised. Null clears a field. Tags replace all that were there;
    /// custom fields are merged by id.
    pub(super) fn write(&mut self, body: &Fields, country: Option<&str>, now: Timestamp) {
        for (name, value) in body {
            match name.as_str() {
                "locationId" | "createNewIfDuplicateAllowed" => {}
                "tags" => {
                    let tags = lower_case_tags(&texts(Some(value)));
                    self.fields.insert(name.clone(), json!(tags));
                }
                "phone" => match value.as_str() {
                    Some(text) if !text.trim().is_empty() => {
                        self.fields
                            .insert(name.clone(), normal_phone(text, country).into());
                    }
                    _ => {
                        self.fields.remove("phone");
                    }
                },
                "name" => self.write_name(value.as_str().unwrap_or_default()),
                "customFields" => self.merge_custom_fields(value),
                "dndSettings" => self.merge_dnd(value),
                _ if value.is_null() => {
                    self.fields.remove(name);
                }
                _ => {
                    self.fields.insert(name.clone(), value.clone());
                }
            }
        }
        self.touch(now);
    }

    fn touch(&mut self, now: Timestamp) {
        self.fields
            .insert("dateUpdated".into(), wire_time(now).into());
    }

    /// `name` is stored as first and last name.
    fn write_name(&mut self, name: &str) {
        let (first, last) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
        for (field, part) in [("firstName", first), ("lastName", last.trim())] {
            if part.is_empty() {
                self.fields.remove(field);
            } else {
                self.fields.insert(field.into(), part.into());
            }
        }
    }

    /// Takes `{id, field_value}` and keeps `{id, value}`. The routes have put an id in place of every key before.
    fn merge_custom_fields(&mut self, written: &Value) {
        let mut kept = match self.fields.remove("customFields") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        for item in written.as_array().into_iter().flatten() {
            let id = &item["id"];
            kept.retain(|old| old["id"] != *id);
            kept.push(json!({ "id": id, "value": written_value(item) }));
        }
        self.fields
            .insert("customFields".into(), Value::Array(kept));
    }

    fn merge_dnd(&mut self, written: &Value) {
        let mut kept = match self.fields.remove("dndSettings") {
            Some(Value::Object(channels)) => channels,
            _ => Fields::new(),
        };
        for (channel, setting) in written.as_object().into_iter().flatten() {
            let spelling = CHANNELS
                .iter()
                .find(|(_, version_3)| channel.eq_ignore_ascii_case(version_3));
            let channel = spelling.map_or(channel.as_str(), |(version_2, _)| version_2);
            kept.insert(channel.to_owned(), setting.clone());
        }
        self.fields
            .insert("dndSettings".into(), Value::Object(kept));
    }

    /// The SMS channel after a STOP.
    pub(super) fn stop_sms(&mut self, now: Timestamp) {
        self.merge_dnd(&json!({ "SMS": { "status": "active", "message": "STOP", "code": "101" } }));
        self.touch(now);
    }

    /// Whether messages on this channel are refused: the channel is off, or everything is and no channel is named.
    pub(super) fn refuses(&self, channel: &str) -> bool {
        let settings = self.fields.get("dndSettings").and_then(Value::as_object);
        match settings.and_then(|channels| channels.get(channel)) {
            Some(setting) => matches!(setting["status"].as_str(), Some("active" | "permanent")),
            None => {
                settings.is_none_or(Fields::is_empty)
                    && self.fields.get("dnd").and_then(Value::as_bool) == Some(true)
            }
        }
    }

    /// The part that a `ContactDndUpdate` is about.
    pub(super) fn dnd(&self) -> (Option<Value>, Option<Value>) {
        (
            self.fields.get("dnd").cloned(),
            self.fields.get("dndSettings").cloned(),
        )
    }

    /// All that neither tags nor Do-not-disturb are, which have events of their own.
    pub(super) fn rest(&self) -> Fields {
        let mut rest = self.fields.clone();
        for name in [
            "tags",
            "dnd",
            "dndSettings",
            "inboundDndSettings",
            "dateUpdated",
        ] {
            rest.remove(name);
        }
        rest
    }

    pub(super) fn full_name(&self) -> String {
        [self.text("firstName"), self.text("lastName")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The face of get-by-id, update and upsert.
    pub(super) fn view(&self, version: Version) -> Fields {
        let mut view = self.fields.clone();
        if version == Version::V3
            && let Some(Value::Object(settings)) = view.get_mut("dndSettings")
        {
            for (version_2, version_3) in CHANNELS {
                if let Some(setting) = settings.remove(version_2) {
                    settings.insert(version_3.to_owned(), setting);
                }
            }
        }
        let name = self.full_name();
        for (field, text) in [
            ("emailLowerCase", self.text("email")),
            ("firstNameLowerCase", self.text("firstName")),
            ("lastNameLowerCase", self.text("lastName")),
            ("fullNameLowerCase", Some(name.as_str())),
        ] {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                view.insert(field.into(), text.to_lowercase().into());
            }
        }
        if !name.is_empty() {
            view.insert("name".into(), name.into());
        }
        view
    }

    /// The answer to a create, which has no `name` and no `timezone` in version 2.
    pub(super) fn created_view(&self, version: Version) -> Fields {
        let mut view = self.view(version);
        if version == Version::V2 {
            view.remove("name");
            view.remove("timezone");
        }
        view
    }

    /// An item of the search: names in lower case with the original beside them, `address` for `address1`, and no
    /// `dndSettings`, which HighLevel leaves out here for some accounts.
    pub(super) fn search_view(&self, search_after: Value) -> Fields {
        let mut view = self.view(Version::V2);
        for (field, raw) in [("firstName", "firstNameRaw"), ("lastName", "lastNameRaw")] {
            if let Some(text) = self.text(field) {
                view.insert(raw.into(), text.into());
                view.insert(field.into(), text.to_lowercase().into());
            }
        }
        if let Some(address) = view.remove("address1") {
            view.insert("address".into(), address);
        }
        for field in ["name", "dndSettings", "inboundDndSettings"] {
            view.remove(field);
        }
        view.insert("contactName".into(), self.full_name().to_lowercase().into());
        view.insert("additionalEmails".into(), json!([]));
        view.insert("additionalPhones".into(), json!([]));
        view.insert("validEmail".into(), Value::Null);
        view.insert("opportunities".into(), json!([]));
        view.insert("searchAfter".into(), search_after);
        view
    }

    /// The payload of a contact webhook: `id` rather than `contactId`, and no `inboundDndSettings`.
    pub(super) fn event_view(&self) -> Fields {
        let mut view = self.fields.clone();
        view.remove("inboundDndSettings");
        view.remove("type");
        let name = self.full_name();
        if !name.is_empty() {
            view.insert("name".into(), name.into());
        }
        view.insert("attachments".into(), json!([]));
        view
    }
}

/// The strings of a JSON list.
pub(super) fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Tags as HighLevel stores them: lower case, each once, none empty.
pub(super) fn lower_case_tags(tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        let tag = tag.trim().to_lowercase();
        if !tag.is_empty() && !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

/// E.164 where the text can be read as that; otherwise the text as it came. How HighLevel reads a number without `+`
/// is not documented: here ten digits are a North American number when the location is in the USA or Canada.
pub(super) fn normal_phone(text: &str, country: Option<&str>) -> String {
    if let Ok(number) = PhoneNumber::read(text) {
        return number.e164().to_owned();
    }
    if matches!(country, Some("US" | "CA")) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix('1').unwrap_or(&digits);
        if national.len() == 10
            && let Ok(number) = PhoneNumber::read(&format!("+1{national}"))
        {
            return number.e164().to_owned();
        }
    }
    text.to_owned()
}
