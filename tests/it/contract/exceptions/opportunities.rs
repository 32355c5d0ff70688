//! Rows of the table about `opportunities.json` and `v3/opportunities-v3.json`.

use serde_json::{Value, json};

use super::contacts::custom_field;
use super::{Exception, What};

pub(super) fn rows() -> Vec<Exception> {
    let mut rows = vec![
        Exception {
            operations: &["v2 POST /opportunities/", "v2 PUT /opportunities/{id}"],
            place: "body/customFields/*",
            what: What::Takes(|| custom_field("field_value")),
            why: "numeric and monetary fields take numbers; the file has texts, lists and objects alone",
            source: "MonetoryField of contacts.json, whose fields are the same",
        },
        Exception {
            operations: &["v3 POST /opportunities/", "v3 PUT /opportunities/{id}"],
            place: "body/customFields/*",
            what: What::Takes(|| custom_field("fieldValue")),
            why: "numeric and monetary fields take numbers; the file has texts, lists and objects alone",
            source: "MonetoryField of contacts.json, whose fields are the same",
        },
        Exception {
            operations: &["POST /opportunities/upsert"],
            place: "opportunity",
            what: What::Really(opportunity),
            why: "the file says object and no more",
            source: "GetPostOpportunitySuccessfulResponseDto, which the other operations that write give",
        },
        Exception {
            operations: &["POST /opportunities/upsert"],
            place: "body/monetaryValue",
            what: What::Takes(|| json!({"type": "number"})),
            why: "the file says object and shows a number",
            source: "the example 220; CreateDto.monetaryValue",
        },
        Exception {
            operations: &["POST /opportunities/upsert"],
            place: "body/contactId",
            what: What::Takes(|| json!({"type": "string"})),
            why: "HighLevel has asked for it and does not say that it no longer takes it; it goes out where it is given",
            source: "HighLevel's page on the operation, October 2025",
        },
    ];
    for place in ["opportunity/followers", "opportunities/*/followers"] {
        rows.push(Exception {
            operations: &[
                "GET /opportunities/search",
                "POST /opportunities/search",
                "GET /opportunities/{id}",
                "POST /opportunities/",
                "PUT /opportunities/{id}",
            ],
            place,
            what: What::Really(|| json!(["sx6wyHhbFdRXh302Lunr"])),
            why: "they are ids of users; the file has lists in a list",
            source: "CreateAddFollowersSuccessfulResponseDto.followers",
        });
    }
    for place in [
        "body/query",
        "body/limit",
        "body/page",
        "body/searchAfter",
        "body/additionalDetails",
    ] {
        rows.push(Exception {
            operations: &["POST /opportunities/search"],
            place,
            what: What::Optional,
            why: "the location alone is enough; page and cursor exclude each other",
            source: "live answers; a first page has no cursor to give",
        });
    }
    rows
}

fn opportunity() -> Value {
    json!({
        "id": "yWQobCRIhRguQtD2llvk",
        "name": "testing",
        "monetaryValue": 500,
        "pipelineId": "VDm7RPYC2GLUvdpKmBfC",
        "pipelineStageId": "e93ba61a-53b3-45e7-985a-c7732dbcdb69",
        "assignedTo": "zT46WSCPbudrq4zhWMk6",
        "status": "open",
        "contactId": "zT46WSCPbudrq4zhWMk6",
        "locationId": "zT46WSCPbudrq4zhW",
        "followers": ["sx6wyHhbFdRXh302Lunr"],
    })
}
