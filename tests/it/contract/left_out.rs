//! What of HighLevel's API has no typed method, and why.

/// An operation without a typed method, by file and name.
pub(super) struct LeftOut {
    /// The file and the operation, such as `locations` and `POST /locations/{locationId}/customFields/upload`.
    pub(super) file: &'static str,
    pub(super) operation: &'static str,
    pub(super) why: &'static str,
}

const UPLOAD: &str = "it sends a file as multipart/form-data, which the transport does not do yet";
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
];

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
        "it lists older campaigns; putting contacts into one is in contacts.json",
    ),
    ("chat-widget", SETTING_UP),
    ("conversation-ai", NOT_THE_TALK),
    ("courses", PUBLISHING),
    ("custom-menus", SETTING_UP),
    ("email-isv", SETTING_UP),
    ("emails", PUBLISHING),
    ("forms", PUBLISHING),
    ("funnels", PUBLISHING),
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
    ("snapshots", SETTING_UP),
    ("social-media-posting", PUBLISHING),
    ("social-planner", PUBLISHING),
    ("store", SELLING),
    ("surveys", PUBLISHING),
    ("voice-ai", NOT_THE_TALK),
];

const NOT_THE_TALK: &str = "it sets up agents that speak in the place of the business";
const OTHER_RECORDS: &str = "it keeps records of the business's own making, beside contacts";
const PUBLISHING: &str = "it makes pages, posts and mailings, and speaks with nobody";
const SELLING: &str = "it sells and bills";
const SETTING_UP: &str = "it sets accounts up and bills them";
