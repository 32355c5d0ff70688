//! Finds the fields of a call in the request of a workflow step, under the names and in the places that people use.
//!
//! [`WorkflowCall`](crate::recipes::missed_call::WorkflowCall) interprets the fields.

use serde_json::{Map, Value};

use crate::workflows::{is_there, text_of};

/// The place of an object of fields in the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Fields that the author of the step added. They come first.
    Custom,
    /// Fields of the call.
    Call,
    /// The request itself.
    Top,
    Contact,
    Location,
}

/// The names of one field, ignoring case, `_`, `-` and spaces. Each list applies to certain places: anywhere except in the
/// objects of contact and location; in the fields of the call and of the author; in the contact; in the location.
pub(super) struct Names {
    anywhere: &'static [&'static str],
    of_the_call: &'static [&'static str],
    of_the_contact: &'static [&'static str],
    of_the_location: &'static [&'static str],
}

const NO_NAMES: Names = Names {
    anywhere: &[],
    of_the_call: &[],
    of_the_contact: &[],
    of_the_location: &[],
};

pub(super) const LOCATION: Names = Names {
    anywhere: &["locationid", "location", "subaccountid"],
    of_the_location: &["id", "locationid"],
    ..NO_NAMES
};
pub(super) const CONTACT: Names = Names {
    anywhere: &["contactid", "contact"],
    of_the_contact: &["id", "contactid"],
    ..NO_NAMES
};
pub(super) const MESSAGE: Names = Names {
    anywhere: &["messageid", "callmessageid", "callid"],
    of_the_call: &["id"],
    ..NO_NAMES
};
pub(super) const ENDED: Names = Names {
    anywhere: &[
        "endedat",
        "callendedat",
        "endtime",
        "callendtime",
        "callended",
    ],
    ..NO_NAMES
};
pub(super) const BEGAN: Names = Names {
    anywhere: &[
        "calledat",
        "callat",
        "calltime",
        "calldatetime",
        "callstarttime",
        "callstartedat",
        "startedat",
        "starttime",
        "calltimestamp",
        "calldate",
    ],
    ..NO_NAMES
};
pub(super) const STATUS: Names = Names {
    anywhere: &["callstatus", "callresult", "calloutcome"],
    of_the_call: &["status", "result", "outcome"],
    ..NO_NAMES
};
pub(super) const DIRECTION: Names = Names {
    anywhere: &["calldirection", "direction"],
    ..NO_NAMES
};
pub(super) const DURATION: Names = Names {
    anywhere: &["callduration", "calldurationseconds", "durationseconds"],
    of_the_call: &["duration", "seconds"],
    ..NO_NAMES
};
pub(super) const CALLER: Names = Names {
    anywhere: &[
        "callernumber",
        "callerphone",
        "callerid",
        "caller",
        "fromnumber",
        "callfrom",
        "from",
        "phone",
        "phonenumber",
        "contactphone",
    ],
    of_the_contact: &["phone", "phonenumber"],
    ..NO_NAMES
};
pub(super) const CALLED: Names = Names {
    anywhere: &[
        "callednumber",
        "calledphone",
        "called",
        "tonumber",
        "callto",
        "to",
        "businessnumber",
        "dialednumber",
    ],
    ..NO_NAMES
};

/// All fields that a step has sent, by place.
pub(super) struct StepFields(Vec<(Place, Map<String, Value>)>);

impl StepFields {
    /// Collects the fields: those that the author added (`customData`), then the rest, then nested ones.
    pub(super) fn of(sent: &Map<String, Value>) -> Self {
        let mut places = vec![(Place::Top, sent.clone())];
        for (name, value) in sent {
            let place = match folded(name).as_str() {
                "customdata" => Place::Custom,
                "call" | "calldata" | "calldetails" | "phonecall" | "triggerdata" => Place::Call,
                "contact" => Place::Contact,
                "location" => Place::Location,
                "data" | "payload" | "body" | "fields" => Place::Top,
                _ => continue,
            };
            places.extend(object(value).map(|fields| (place, fields)));
        }
        places.sort_by_key(|(place, _)| match place {
            Place::Custom => 0,
            Place::Call => 1,
            Place::Top => 2,
            Place::Contact | Place::Location => 3,
        });
        Self(places)
    }

    /// The first field with one of these names that has a value, and its name in the request.
    pub(super) fn find(&self, names: &Names) -> Option<(&str, &Value)> {
        self.0.iter().find_map(|(place, fields)| {
            let of_place: [&[&str]; 2] = match place {
                Place::Custom | Place::Call => [names.anywhere, names.of_the_call],
                Place::Top => [names.anywhere, &[]],
                Place::Contact => [names.of_the_contact, &[]],
                Place::Location => [names.of_the_location, &[]],
            };
            let mut of_place = of_place.into_iter().flatten();
            of_place.find_map(|name| {
                let mut fields = fields.iter();
                let found = fields.find(|(key, value)| {
                    is_there(value) && !value.is_object() && folded(key) == *name
                });
                found.map(|(key, value)| (key.as_str(), value))
            })
        })
    }

    /// The value of the field as text, if it is text or a number.
    pub(super) fn text(&self, names: &Names) -> Option<String> {
        text_of(self.find(names)?.1)
    }
}

/// The name in lower case and without separators.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// An object, also as JSON in a string, or as a list of keys and values.
fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::String(text) => match serde_json::from_str(text).ok()? {
            Value::String(_) => None,
            parsed => object(&parsed),
        },
        Value::Array(items) => {
            let pair = |item: &Value| {
                let key = item.get("key").or_else(|| item.get("name"))?.as_str()?;
                Some((key.to_owned(), item.get("value")?.clone()))
            };
            Some(items.iter().filter_map(pair).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(sent: Value, names: &Names) -> Option<String> {
        StepFields::of(sent.as_object().unwrap()).text(names)
    }

    #[test]
    fn fields_are_found_in_every_place_and_spelling() {
        for sent in [
            json!({"call_status": "busy"}),
            json!({"callStatus": "busy"}),
            json!({"CallStatus": "busy"}),
            json!({"Call Status": "busy"}),
            json!({"call-status": "busy"}),
            json!({"customData": {"callStatus": "busy"}}),
            json!({"custom_data": {"status": "busy"}}),
            json!({"customData": "{\"call_status\": \"busy\"}"}),
            json!({"customData": [{"key": "call_status", "value": "busy"}]}),
            json!({"call": {"status": "busy"}}),
            json!({"data": {"callStatus": "busy"}}),
            json!({"status": "open", "customData": {"status": "busy"}}),
            json!({"callStatus": "completed", "customData": {"callStatus": "busy"}}),
            json!({"callStatus": "{{call.status}}", "call": {"status": "busy"}}),
        ] {
            assert_eq!(
                text(sent.clone(), &STATUS).as_deref(),
                Some("busy"),
                "{sent}"
            );
        }
        for sent in [
            json!({"contact_id": "c1"}),
            json!({"contactId": "c1"}),
            json!({"contact": {"id": "c1"}}),
            json!({"contact": "c1"}),
            json!({"contact": {"contact_id": "c1", "id": null}}),
            json!({"customData": {"contactId": ""}, "contact": {"id": "c1"}}),
        ] {
            assert_eq!(
                text(sent.clone(), &CONTACT).as_deref(),
                Some("c1"),
                "{sent}"
            );
        }
    }

    #[test]
    fn fields_with_another_meaning_are_ignored() {
        // The status of an opportunity, the id of a contact, the creation date of the contact.
        for (sent, names) in [
            (json!({"status": "open"}), &STATUS),
            (json!({"id": "c1"}), &MESSAGE),
            (json!({"contact": {"status": "lead"}}), &STATUS),
            (json!({"date_created": "2026-01-01T00:00:00Z"}), &ENDED),
            (json!({"date_created": "2026-01-01T00:00:00Z"}), &BEGAN),
            (json!({"location": {"phone": "+13125550100"}}), &CALLER),
            (json!({"customData": "no JSON"}), &STATUS),
            (json!({"customData": "\"text\""}), &STATUS),
            (json!({"contact": {}}), &CONTACT),
        ] {
            assert_eq!(text(sent.clone(), names), None, "{sent}");
        }
    }
}
