//! Rows of the table about `custom-fields.json` and `v3/custom-fields-v3.json`.

use super::{Exception, What};

pub(super) fn rows() -> Vec<Exception> {
    const DELETES: &[&str] = &[
        "DELETE /custom-fields/{id}",
        "DELETE /custom-fields/folder/{id}",
    ];
    vec![
        Exception {
            operations: DELETES,
            place: "id",
            what: What::NotKept,
            why: "who deletes has named it",
            source: "CustomFolderDeleteResponseDto",
        },
        Exception {
            operations: DELETES,
            place: "key",
            what: What::NotKept,
            why: "what had the key is gone",
            source: "CustomFolderDeleteResponseDto",
        },
        Exception {
            operations: &["PUT /custom-fields/{id}"],
            place: "body/options/*/key",
            what: What::NotGiven,
            why: "an update is to leave it out; the file has one schema for both",
            source: "the description of OptionDTO.key: included in create and response, excluded in update",
        },
        Exception {
            operations: &["PUT /custom-fields/{id}"],
            place: "body/options/*/key",
            what: What::Optional,
            why: "an update is to leave it out; the file has one schema for both",
            source: "the description of OptionDTO.key: included in create and response, excluded in update",
        },
    ]
}
