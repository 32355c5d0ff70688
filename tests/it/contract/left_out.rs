//! What of HighLevel's API has no typed method, and why.

/// An operation without a typed method, by file and name.
pub(super) struct LeftOut {
    /// The file and the operation, such as `locations` and `POST /locations/{locationId}/customFields/upload`.
    pub(super) file: &'static str,
    pub(super) operation: &'static str,
    pub(super) why: &'static str,
}

const UPLOAD: &str = "it sends a file as multipart/form-data, which the transport does not do yet";
const AGENTS: &str = "it makes and changes what speaks in the place of the business";
const MAILINGS: &str = "it sends mailings and counts them";
const OLD_TEMPLATES: &str =
    "version 3 has another set of operations, and HighLevel calls this one deprecated";
const UPLOAD_ELSEWHERE: &str = "the file itself goes to another host by a signed URL, and the client speaks to HighLevel's alone";

pub(super) const OPERATIONS: &[LeftOut] = &[
    LeftOut {
        file: "locations",
        operation: "POST /locations/{locationId}/customFields/upload",
        why: UPLOAD,
    },
    LeftOut {
        file: "conversations",
        operation: "POST /conversations/messages/upload",
        why: UPLOAD,
    },
    LeftOut {
        file: "conversations",
        operation: "POST /conversations/messages/upload/initiate",
        why: UPLOAD_ELSEWHERE,
    },
    LeftOut {
        file: "conversations",
        operation: "POST /conversations/messages/upload/complete",
        why: UPLOAD_ELSEWHERE,
    },
    left_out("forms", "POST /forms/upload-custom-files", UPLOAD),
    left_out("voice-ai", "POST /voice-ai/agents", AGENTS),
    left_out("voice-ai", "PATCH /voice-ai/agents/{agentId}", AGENTS),
    left_out("voice-ai", "DELETE /voice-ai/agents/{agentId}", AGENTS),
    left_out("voice-ai", "POST /voice-ai/actions", AGENTS),
    left_out("voice-ai", "PUT /voice-ai/actions/{actionId}", AGENTS),
    left_out("voice-ai", "GET /voice-ai/actions/{actionId}", AGENTS),
    left_out("voice-ai", "DELETE /voice-ai/actions/{actionId}", AGENTS),
    left_out("emails", "GET /emails/builder", OLD_TEMPLATES),
    left_out("emails", "POST /emails/builder", OLD_TEMPLATES),
    left_out("emails", "POST /emails/builder/data", OLD_TEMPLATES),
    left_out(
        "emails",
        "DELETE /emails/builder/{locationId}/{templateId}",
        OLD_TEMPLATES,
    ),
    left_out(
        "emails",
        "POST /emails/locations/{locationId}/templates/import",
        "it copies a template out of another product",
    ),
    left_out("emails", "GET /emails/schedule", MAILINGS),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/stats/{source}/{sourceId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "POST /emails/locations/{locationId}/campaigns/emails",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/emails",
        MAILINGS,
    ),
    left_out(
        "emails",
        "PATCH /emails/locations/{locationId}/campaigns/emails/{campaignId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/emails/{campaignId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "DELETE /emails/locations/{locationId}/campaigns/emails/{campaignId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/workflows",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/workflows/{campaignId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/bulk-actions",
        MAILINGS,
    ),
    left_out(
        "emails",
        "GET /emails/locations/{locationId}/campaigns/bulk-actions/{campaignId}",
        MAILINGS,
    ),
    left_out(
        "emails",
        "POST /emails/locations/{locationId}/campaigns/emails/{campaignId}/schedule",
        MAILINGS,
    ),
];

const fn left_out(file: &'static str, operation: &'static str, why: &'static str) -> LeftOut {
    LeftOut {
        file,
        operation,
        why,
    }
}

/// Whole files that the crate leaves to `get`, `post`, `put` and `delete`. Those that a folder does not have are not
/// missed.
pub(super) const FILES: &[(&str, &str)] = &[
    ("ad-manager", PUBLISHING),
    ("ad-publishing", PUBLISHING),
    ("affiliate-manager", SELLING),
    ("agent-studio", NOT_THE_TALK),
    ("ai-employees", NOT_THE_TALK),
    ("associations", OTHER_RECORDS),
    ("blogs", PUBLISHING),
    ("brand-boards", PUBLISHING),
    (
        "campaigns",
        "it lists older campaigns, which is typed and not compared; putting contacts into one is in contacts.json",
    ),
    ("chat-widget", SETTING_UP),
    ("conversation-ai", NOT_THE_TALK),
    ("courses", PUBLISHING),
    ("email-isv", SETTING_UP),
    (
        "funnels",
        "it makes pages; their list alone is typed, as a check, and not compared",
    ),
    ("invoices", SELLING),
    ("knowledge-base", NOT_THE_TALK),
    ("marketplace", SETTING_UP),
    (
        "medias",
        "it keeps files, which go out as multipart/form-data",
    ),
    ("objects", OTHER_RECORDS),
    ("payments", SELLING),
    ("products", SELLING),
    ("proposals", SELLING),
    ("saas", SETTING_UP),
    ("saas-api", SETTING_UP),
    ("social-media-posting", PUBLISHING),
    ("social-planner", PUBLISHING),
    ("store", SELLING),
    (
        "surveys",
        "it makes pages; their list alone is typed, as a check, and not compared",
    ),
];

const NOT_THE_TALK: &str = "it sets up agents that speak in the place of the business";
const OTHER_RECORDS: &str = "it keeps records of the business's own making, beside contacts";
const PUBLISHING: &str = "it makes pages, posts and mailings, and speaks with nobody";
const SELLING: &str = "it sells and bills";
const SETTING_UP: &str = "it sets accounts up and bills them";
