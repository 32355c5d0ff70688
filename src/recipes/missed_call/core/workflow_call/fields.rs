//! The fields of a call in what a step of a workflow sends: where people put them, and what they call them.
//!
//! What the fields mean is [`WorkflowCall`](crate::recipes::missed_call::WorkflowCall)'s business.

use serde_json::{Map, Value};

use crate::workflows::{is_there, text_of};

/// Where in the request an object of fields stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// What the step's author has added: it comes first.
    Custom,
    /// About the call.
    Call,
    /// The request itself.
    Top,
    Contact,
    Location,
}

/// Names of one field, without regard to case, `_`, `-` and spaces: those that mean it anywhere but in what HighLevel tells
/// of contact and location; those that mean it in what is told of the call or added by the author; and those of contact and
/// location.
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

/// All fields that a step has sent, by the places where they stand.
pub(super) struct StepFields(Vec<(Place, Map<String, Value>)>);

impl StepFields {
    /// Looks through what was sent: what the author added (`customData`), then the rest, then what is nested in it.
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

    /// The first field of one of these names that holds something, and what it is called there.
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

    /// The same as text, if it is text or a number.
    pub(super) fn text(&self, names: &Names) -> Option<String> {
        text_of(self.find(names)?.1)
    }
}

/// Case, and what stands between the parts of a name, make no difference.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// An object, also as JSON in a text, or as a list of keys with their values.
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
    fn what_means_something_else_is_not_taken() {
        // The state of an opportunity, the id of a contact, the day on which the contact was made.
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
