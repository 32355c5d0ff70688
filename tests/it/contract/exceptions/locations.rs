//! Rows of the table about `locations.json` and `v3/locations-v3.json`.

use serde_json::{Value, json};

use super::{Exception, What};

pub(super) fn rows() -> Vec<Exception> {
    vec![
        Exception {
            operations: &["POST /locations/{locationId}/tasks/search"],
            place: "tasks",
            what: What::Really(tasks),
            why: "the file says lists of nothing; they are tasks, as contacts have them",
            source: "TaskSchema of contacts.json; fixtures/api/tasks/search.json",
        },
        Exception {
            operations: &["GET /locations/{locationId}/timezones"],
            place: "",
            what: What::Really(|| json!({"timeZones": ["America/Chicago", "US/Central"]})),
            why: "the file has no schema; the names are read in the forms that `Location::time_zones` tells",
            source: "timezone in GetLocationByIdSchema, for the names",
        },
        Exception {
            operations: &["GET /locations/{locationId}/conversationChannels/{type}"],
            place: "conversationChannel/Email",
            what: What::NotKept,
            why: "the providers of texts were asked for",
            source: "the operation's description: by type (SMS or Email)",
        },
        Exception {
            operations: &["DELETE /locations/{locationId}"],
            place: "message",
            what: What::NotKept,
            why: "it says in words that the location was deleted",
            source: "LocationDeletedSuccessfulResponseDto",
        },
        Exception {
            operations: &["DELETE /locations/{locationId}/recurring-tasks/{id}"],
            place: "id",
            what: What::NotKept,
            why: "who asks has named it",
            source: "the path of the operation",
        },
    ]
}

fn tasks() -> Value {
    json!([{
        "id": "sx6wyHhbFdRXh302Lunr",
        "title": "First Task",
        "body": "loram ipsum",
        "assignedTo": "hxHGVRb1YJUscrCB8eXK",
        "dueDate": "2020-10-25T11:00:00Z",
        "completed": true,
        "contactId": "sx6wyHhbFdRXh302LLss",
    }])
}
