//! Finds an object in any wrapper. HighLevel documents one wrapper and sends others: `{"event":{…}}` by the file,
//! `{"appointment":{…},"traceId":"…"}` from production, flat from some versions.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::decode::{Reading, whole};
use super::judge::Noted;

/// How many wrappers may be around each other.
const DEPTH: usize = 3;

/// What HighLevel puts beside the object that was asked for.
const NOTES: &[&str] = &[
    "traceId",
    "requestId",
    "success",
    "succeeded",
    "succeded",
    "ok",
    "status",
    "statusCode",
    "code",
    "message",
    "msg",
    "error",
];

/// Names of wrappers that say nothing of what is in them.
const ANY: &[&str] = &["data", "result", "response", "payload", "body"];

/// What stands beside an object, or in it, and is another one: the id in it is not that of what was asked for.
const OTHERS: &[&str] = &[
    "aggregations",
    "calendar",
    "company",
    "contact",
    "conversation",
    "createdBy",
    "error",
    "errors",
    "location",
    "meta",
    "opportunity",
    "pagination",
    "pipeline",
    "updatedBy",
    "user",
];

/// Reads the object that the documentation puts into the field `data_key`, where the field does not hold it: from the whole
/// body, or from the only member that holds it. Of what was written an id is enough, wherever it stands.
pub(super) fn read<T: DeserializeOwned>(
    reading: Reading<'_>,
    data_key: &str,
    body: &[u8],
) -> Option<T> {
    let names = Names::new(reading.operation, data_key);
    let read = names.read(body, DEPTH);
    if read.is_some() || !reading.writes || Noted::read(body).failure.is_some() {
        return read;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let known = names.known_by_id(value.as_object()?)?;
    whole(&serde_json::to_vec(&known).ok()?)
}

/// What the object may be called.
struct Names<'a> {
    /// By the documentation.
    data_key: &'a str,
    /// By the operation: `appointment` of `appointments.get`.
    noun: String,
}

impl<'a> Names<'a> {
    fn new(operation: &str, data_key: &'a str) -> Self {
        let resource = operation.split('.').next().unwrap_or_default();
        let noun = match resource.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => camel_case(resource.strip_suffix('s').unwrap_or(resource)),
        };
        // What is sent in a conversation is not the conversation.
        let is_another = data_key != noun && OTHERS.contains(&noun.as_str());
        let noun = if is_another { String::new() } else { noun };
        Self { data_key, noun }
    }

    fn is(&self, name: &str) -> bool {
        name == self.data_key || name == self.noun
    }

    /// Whether a member of this name is something else.
    fn is_other(&self, name: &str) -> bool {
        OTHERS.contains(&name) && !self.is(name)
    }

    fn read<T: DeserializeOwned>(&self, json: &[u8], depth: usize) -> Option<T> {
        let Ok(members) = serde_json::from_slice::<BTreeMap<String, &RawValue>>(json) else {
            return whole(json);
        };
        let objects = members
            .iter()
            .filter(|(name, value)| value.get().starts_with('{') && !self.is_other(name));
        let objects: Vec<(&str, &[u8])> = objects
            .map(|(name, value)| (name.as_str(), value.get().as_bytes()))
            .collect();
        let is_note = |name: &str| NOTES.contains(&name);
        // Where all fields of a type may be missing, the wrapper would be read as an object without any.
        if let [(name, inner)] = objects[..]
            && depth > 0
            && members
                .keys()
                .all(|member| member == name || is_note(member))
            && let Some(value) = self.read(inner, depth - 1)
        {
            return Some(value);
        }
        if let Some(value) = whole(json) {
            return Some(value);
        }
        let inner_depth = depth.checked_sub(1)?;
        let mut found: Vec<(&str, T)> = objects
            .iter()
            .filter_map(|(name, inner)| Some((*name, self.read(inner, inner_depth)?)))
            .collect();
        let best = match found.len() {
            0 => return None,
            1 => 0,
            _ => {
                let named =
                    |names: &dyn Fn(&str) -> bool| found.iter().position(|(name, _)| names(name));
                named(&|name| self.is(name)).or_else(|| named(&|name| ANY.contains(&name)))?
            }
        };
        Some(found.swap_remove(best).1)
    }

    /// The object with the id of what was written, also under the names `id` and `eventId`: the outermost one that has it.
    fn known_by_id(&self, body: &Map<String, Value>) -> Option<Map<String, Value>> {
        let keys = [
            "id".to_owned(),
            "_id".to_owned(),
            format!("{}Id", self.data_key),
            format!("{}Id", self.noun),
        ];
        let mut level = vec![body];
        for _ in 0..=DEPTH {
            for object in &level {
                let mut ids = keys.iter().filter_map(|key| object.get(key));
                let id = ids.find(|id| id.as_str().is_some_and(|id| !id.is_empty()));
                if let Some(id) = id {
                    let mut known = (*object).clone();
                    for key in ["id".to_owned(), format!("{}Id", self.data_key)] {
                        known.entry(key).or_insert_with(|| id.clone());
                    }
                    return Some(known);
                }
            }
            let members = level.into_iter().flatten();
            let inner = members.filter(|(name, _)| !self.is_other(name));
            level = inner.filter_map(|(_, value)| value.as_object()).collect();
        }
        None
    }
}

/// `service_location` as `serviceLocation`.
fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Event {
        id: crate::ids::CalendarEventId,
        title: Option<String>,
    }

    /// All of whose fields may be missing.
    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Room {
        name: Option<String>,
    }

    fn reading(operation: &str, writes: bool) -> Reading<'_> {
        Reading {
            operation,
            data_key: Some("event"),
            writes,
        }
    }

    fn event(body: &str, writes: bool) -> Option<Event> {
        read(
            reading("appointments.get", writes),
            "event",
            body.as_bytes(),
        )
    }

    #[test]
    fn an_object_is_found_in_any_wrapper() {
        for body in [
            r#"{"id":"e1","title":"t"}"#,
            r#"{"appointment":{"id":"e1","title":"t"},"traceId":"x"}"#,
            r#"{"data":{"id":"e1","title":"t"}}"#,
            r#"{"result":{"appointment":{"id":"e1","title":"t"}},"success":true}"#,
            r#"{"odd":{"id":"e1","title":"t"},"list":[1],"contact":{"id":"c1"}}"#,
            r#"{"appointment":{"id":"e1","title":"t"},"slot":{"id":"s1"}}"#,
            r#"{"data":{"id":"e1","title":"t"},"slot":{"id":"s1"}}"#,
            r#"{"message":{"id":"e1","title":"t"}}"#,
            r#"{"event":null,"appointment":{"id":"e1","title":"t"}}"#,
            r#"{"event":{},"appointment":{"id":"e1","title":"t"}}"#,
        ] {
            let found = event(body, false).expect(body);
            assert_eq!(
                (found.id.as_str(), found.title.as_deref()),
                ("e1", Some("t"))
            );
        }
        for body in [
            "",
            "[]",
            "{}",
            r#"{"contact":{"id":"c1"}}"#,
            r#"{"error":{"id":"e1"}}"#,
            r#"{"appointment":{"title":"t"}}"#,
            r#"{"one":{"id":"e1"},"two":{"id":"e2"}}"#,
            r#"{"a":{"b":{"c":{"d":{"id":"e1"}}}}}"#,
            r#"{"appointmentId":"e1"}"#,
        ] {
            assert_eq!(event(body, false), None, "{body}");
        }
    }

    #[test]
    fn a_wrapper_is_no_object_without_fields() {
        let room = |body: &str| {
            let reading = reading("calendar_resources.get", false);
            read::<Room>(reading, "resource", body.as_bytes()).unwrap()
        };
        let name = Some("Blue".to_owned());
        for body in [
            r#"{"name":"Blue","owner":{"a":1}}"#,
            r#"{"room":{"name":"Blue"},"traceId":"x"}"#,
            r#"{"data":{"calendarResource":{"name":"Blue"}}}"#,
        ] {
            assert_eq!(room(body), Room { name: name.clone() }, "{body}");
        }
        assert_eq!(room("{}"), Room::default());
    }

    #[test]
    fn an_id_says_that_something_was_written() {
        for body in [
            r#"{"success":true,"id":"e1"}"#,
            r#"{"appointmentId":"e1","contactId":"c1"}"#,
            r#"{"eventId":"e1"}"#,
            r#"{"message":"Created","data":{"_id":"e1"}}"#,
            r#"{"result":{"ids":{"id":"e1"}},"contact":{"id":"c1"}}"#,
        ] {
            assert_eq!(event(body, true).expect(body).id.as_str(), "e1", "{body}");
        }
        for body in [
            "{}",
            r#"{"success":true}"#,
            r#"{"contactId":"c1","locationId":"l1"}"#,
            r#"{"contact":{"id":"c1"}}"#,
            r#"{"id":""}"#,
            r#"{"error":{"message":"no"},"eventId":"e1"}"#,
        ] {
            assert_eq!(event(body, true), None, "{body}");
        }
    }

    #[test]
    fn an_operation_names_its_object() {
        for (operation, noun) in [
            ("appointments.get", "appointment"),
            ("opportunities.upsert", "opportunity"),
            ("service_locations.create", "serviceLocation"),
            ("companies.get", "company"),
            ("raw", "raw"),
            ("conversations.send_sms", ""),
        ] {
            let data_key = if noun.is_empty() { "message" } else { noun };
            assert_eq!(Names::new(operation, data_key).noun, noun);
        }
    }
}
