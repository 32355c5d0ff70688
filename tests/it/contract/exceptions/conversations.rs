//! Rows of the table about `conversations.json` and `v3/conversations-v3.json`.

use serde_json::{Value, json};

use super::{Exception, What};

const SEND: &[&str] = &["POST /conversations/messages"];
const LOG_INBOUND: &[&str] = &["POST /conversations/messages/inbound"];

/// Operations that give messages.
const MESSAGES: &[&str] = &[
    "GET /conversations/messages/{id}",
    "GET /conversations/messages/export",
    "GET /conversations/{conversationId}/messages",
];

/// Operations that take back what is scheduled.
const CANCEL: &[&str] = &[
    "DELETE /conversations/messages/{messageId}/schedule",
    "DELETE /conversations/messages/email/{emailMessageId}/schedule",
];

pub(super) fn rows() -> Vec<Exception> {
    [requests(), answers()].into_iter().flatten().collect()
}

fn requests() -> Vec<Exception> {
    vec![
        Exception {
            operations: &["GET /conversations/{conversationId}/messages"],
            place: "query/type",
            what: What::Takes(
                || json!({"type": "string", "pattern": "^TYPE_[A-Z_]+(,TYPE_[A-Z_]+)+$"}),
            ),
            why: "several types stand with commas between them",
            source: "the parameter's description and its example `TYPE_SMS,TYPE_CALL`",
        },
        Exception {
            operations: SEND,
            place: "body/status",
            what: What::NotGiven,
            why: "how far a message is cannot be known before it is sent",
            source: "the integrations in public repositories, which send `type`, `contactId` and `message` alone",
        },
        Exception {
            operations: SEND,
            place: "body/subType",
            what: What::NotGiven,
            why: "the file says object and shows a word of `type`, under the same description",
            source: "subType and type in SendMessageBodyDto; the same integrations, which do not send it",
        },
        Exception {
            operations: &["v2 PUT /conversations/{conversationId}"],
            place: "body/feedback",
            what: What::NotGiven,
            why: "the file says object and not of what; version 3 has the two words that we offer",
            source: "feedback in UpdateConversationDto of conversations.json and of v3/conversations-v3.json",
        },
        Exception {
            operations: SEND,
            place: "body/status",
            what: What::Optional,
            why: "how far a message is cannot be known before it is sent",
            source: "the integrations in public repositories, which send `type`, `contactId` and `message` alone",
        },
        Exception {
            operations: SEND,
            place: "body/subType",
            what: What::Optional,
            why: "the file says object and shows a word of `type`, under the same description",
            source: "subType and type in SendMessageBodyDto; the same integrations, which do not send it",
        },
        Exception {
            operations: LOG_INBOUND,
            place: "body/direction",
            what: What::Takes(|| json!({"type": "string", "enum": ["inbound", "outbound"]})),
            why: "the file says object and means the two words of its example",
            source: "the default and the example of direction in ProcessMessageBodyDto; the request in #70",
        },
        Exception {
            operations: LOG_INBOUND,
            place: "body/conversationId",
            what: What::Optional,
            why: "the contact is enough",
            source: "the live documentation, \"Add an inbound message\": conversationId or contactId; #234",
        },
        Exception {
            operations: LOG_INBOUND,
            place: "body/contactId",
            what: What::Optional,
            why: "the conversation is enough",
            source: "the live documentation, \"Add an inbound message\": either id; the request in #70",
        },
        Exception {
            operations: LOG_INBOUND,
            place: "body/conversationProviderId",
            what: What::Optional,
            why: "the location's default providers of texts and e-mails need no name",
            source: "docs/marketplace modules/ConversationProviders.md",
        },
    ]
}

fn answers() -> Vec<Exception> {
    vec![
        Exception {
            operations: MESSAGES,
            place: "**/meta/email",
            what: What::Really(|| json!({"messageIds": ["ve9EPM428kjkvShlRW1KT"]})),
            why: "the example shows `meta` in the place of its `email`",
            source: "the description of email in MessageMeta; #54",
        },
        Exception {
            operations: MESSAGES,
            place: "**/type",
            what: What::NotKept,
            why: "it is `messageType` as a number, and read where that is missing",
            source: "GetMessageResponseDto; the messageTypeId of the webhook pages",
        },
        Exception {
            operations: CANCEL,
            place: "status",
            what: What::Really(|| json!(200)),
            why: "the example is that of a failure, which becomes an error",
            source: "the example `Failed cancel the scheduled message` of the message beside it",
        },
        Exception {
            operations: CANCEL,
            place: "status",
            what: What::NotKept,
            why: "a 2xx of the body says what the status of the answer says; any other becomes an error",
            source: "CancelScheduledResponseDto",
        },
        Exception {
            operations: CANCEL,
            place: "message",
            what: What::NotKept,
            why: "it says in words what `status` says; errors keep it",
            source: "CancelScheduledResponseDto",
        },
        Exception {
            operations: &["PUT /conversations/messages/email/{id}/status"],
            place: "message",
            what: What::NotKept,
            why: "it says in words that the status was changed",
            source: "its example in v3/conversations-v3.json",
        },
        Exception {
            operations: &["GET /conversations/preferences/custom-subtypes"],
            place: "",
            what: What::Really(subtypes),
            why: "the file has no schema; the answer is given as it comes",
            source: "CreateCustomSubtypeDto, for the fields",
        },
        Exception {
            operations: &["GET /conversations/preferences/unsubscriptions/status"],
            place: "",
            what: What::Really(
                || json!({"emails": [{"email": "user@example.com", "unsubscribed": true}]}),
            ),
            why: "the file has no schema; the answer is given as it comes",
            source: "the operation's description: all subscription statuses of a contact",
        },
    ]
}

fn subtypes() -> Value {
    json!({
        "customSubtypes": [{
            "id": "507f1f77bcf86cd799439011",
            "name": "Newsletter Subscription",
            "description": "Weekly newsletter subscription preferences",
            "channel": "email",
            "language": "en",
        }],
    })
}
