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
