//! Rows of the table about `contacts.json` and `v3/contacts-v3.json`.

use serde_json::{Value, json};

use super::{Exception, What};

/// Operations that take a contact.
const WRITES: &[&str] = &[
    "POST /contacts/",
    "POST /contacts/upsert",
    "PUT /contacts/{contactId}",
];

/// Operations that give a contact with its name.
const GIVES: &[&str] = &[
    "POST /contacts/",
    "POST /contacts/upsert",
    "GET /contacts/{contactId}",
    "PUT /contacts/{contactId}",
];

pub(super) fn rows() -> Vec<Exception> {
    let mut rows = vec![
        Exception {
            operations: &[
                "v2 POST /contacts/",
                "v2 POST /contacts/upsert",
                "v2 PUT /contacts/{contactId}",
            ],
            place: "body/customFields/*",
            what: What::Takes(|| custom_field("field_value")),
            why: "a value is a text, a number or a list, named by id or key; the file wants objects for numbers",
            source: "the examples 100 and 100.5 of NumericField and MonetoryField; v3/contacts-v3.json on id and key",
        },
        Exception {
            operations: &[
                "v3 POST /contacts/",
                "v3 POST /contacts/upsert",
                "v3 PUT /contacts/{contactId}",
            ],
            place: "body/customFields/*",
            what: What::Takes(|| custom_field("fieldValue")),
            why: "a value is a text, a number or a list; the file wants objects for numbers",
            source: "the examples 100 and 100.5 of NumericField and MonetoryField",
        },
        Exception {
            operations: WRITES,
            place: "body/customFields/*/field_value",
            what: What::NotGiven,
            why: "version 3 calls it `fieldValue` and takes the old name for old callers",
            source: "the description of field_value in v3/contacts-v3.json",
        },
        Exception {
            operations: WRITES,
            place: "body/dateOfBirth",
            what: What::Takes(|| json!({"type": "string", "nullable": true})),
            why: "the file says object and describes formats of a text",
            source: "the description of dateOfBirth in CreateContactDto",
        },
        Exception {
            operations: &["POST /contacts/search"],
            place: "",
            what: What::Really(found),
            why: "the file has no schema",
            source: "HighLevel's document \"Contacts Search API\", to which the operation's description leads",
        },
        Exception {
            operations: &["GET /contacts/search/duplicate"],
            place: "",
            what: What::Really(|| json!({"contact": {"id": "c1"}, "matchingField": "number"})),
            why: "the file has no schema",
            source: "fixtures/api/contacts/find_duplicate.json, a live answer",
        },
        Exception {
            operations: &["GET /contacts/search/duplicate"],
            place: "matchingField",
            what: What::NotKept,
            why: "who asks has named the field",
            source: "fixtures/api/contacts/find_duplicate.json, a live answer",
        },
        Exception {
            operations: &["POST /contacts/bulk/tags/update/{type}"],
            place: "responses",
            what: What::Really(tagged),
            why: "the file types the entries as texts and shows objects",
            source: "the example of UpdateTagsResponseDTO.responses",
        },
        Exception {
            operations: GIVES,
            place: "contact/attachments",
            what: What::Really(|| json!(["https://files.example/1.png"])),
            why: "it is a list; the file says text",
            source: "docs/webhook events/ContactCreate.md",
        },
    ];
    rows.extend(
        ["email", "firstName", "lastName", "fullName"].map(|name| Exception {
            operations: GIVES,
            place: match name {
                "email" => "contact/emailLowerCase",
                "firstName" => "contact/firstNameLowerCase",
                "lastName" => "contact/lastNameLowerCase",
                _ => "contact/fullNameLowerCase",
            },
            what: What::NotKept,
            why: "the same text in its own letters stands beside it",
            source: "GetContectByIdSchema",
        }),
    );
    rows
}

/// A field that a contact or an opportunity is given, with its value under this name.
pub(super) fn custom_field(its_value: &str) -> Value {
    let value = json!({"anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "array", "items": {"type": "string"}},
    ]});
    let named_by = |name: &str| {
        json!({
            "type": "object",
            "properties": {name: {"type": "string"}, its_value: value},
            "required": [name, its_value],
        })
    };
    json!({"anyOf": [named_by("id"), named_by("key")]})
}

/// The document's sample, with the fields that live answers have beside them (`highlevel-api-docs` #43, #289).
fn found() -> Value {
    json!({
        "contacts": [{
            "id": "102goXVW3lIExEQPOnd3",
            "additionalEmails": ["john@example.com", "jane@example.com"],
            "additionalPhones": ["123456789", "987654321"],
            "address": "123 Main Street",
            "assignedTo": "182goXVW3lIExEQPOnd3",
            "businessId": "282goXVW3lIExEQPOnd3",
            "businessName": "Acme Corporation",
            "city": "New York",
            "companyName": "XYZ Corp",
            "country": "United States",
            "customFields": [
                {"id": "sqoiOo5mAb8qwjXvcgdQ", "value": "random"},
                {"id": "qweqgehuqwejqeiqwoqw", "value": ["option - 1", "option -2"]},
            ],
            "dateAdded": "2024-06-06T18:54:57.221Z",
            "dateOfBirth": "1990-01-01",
            "dateUpdated": "2024-06-06T18:54:57.221Z",
            "dnd": false,
            "dndSettings": {"SMS": {"status": "active", "message": "STOP", "code": "101"}},
            "email": "john@example.com",
            "firstNameLowerCase": "john",
            "lastNameLowerCase": "doe",
            "followers": ["682goXVW3lIExEQPOnd3", "582goXVW3lIExEQPOnd3"],
            "locationId": "502goXVW3lIExEQPOnd3",
            "opportunities": [{
                "id": "o1",
                "pipelineId": "p1",
                "pipelineStageId": "s1",
                "monetaryValue": 100,
                "status": "open",
            }],
            "phone": "+18887324197",
            "phoneLabel": "Mobile",
            "postalCode": "12345",
            "searchAfter": [1_778_234_381_937_u64, "102goXVW3lIExEQPOnd3"],
            "source": "Website",
            "state": "California",
            "tags": ["tag-1", "tag-2"],
            "type": "lead",
            "validEmail": true,
            "website": "www.example.com",
        }],
        "total": 120,
    })
}

fn tagged() -> Value {
    json!([
        {
            "contactId": "qFSqySFkVvNzOSqgGqFi",
            "message": "Tags updated",
            "type": "success",
            "oldTags": ["tag-1", "tag-2"],
            "tagsAdded": ["tag-3"],
            "tagsRemoved": ["tag-1"],
        },
        {"contactId": "abcdef", "message": "contact is deleted", "type": "error"},
    ])
}
