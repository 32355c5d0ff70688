//! Rows of the table about the files that set locations up: `snapshots.json`, `custom-menus.json`, `forms.json`,
//! `voice-ai.json`, `emails-v3.json` and their second versions.

use serde_json::{Value, json};

use super::{Exception, What};

pub(super) fn rows() -> Vec<Exception> {
    [asked(), not_kept()].into_iter().flatten().collect()
}

fn asked() -> Vec<Exception> {
    const CALLS: &[&str] = &["GET /voice-ai/dashboard/call-logs"];
    vec![
        Exception {
            operations: &["GET /snapshots/snapshot-status/{snapshotId}"],
            place: "query/lastDoc",
            what: What::Optional,
            why: "it is the last one of the page before, and there is none before the first",
            source: "its description: Id for last document till what you want to skip",
        },
        Exception {
            operations: CALLS,
            place: "query/actionType",
            what: What::Takes(text),
            why: "it is a list of the words with commas between them",
            source: "its description: comma-separated ACTION_TYPE values",
        },
    ]
}

fn text() -> Value {
    json!({"type": "string"})
}

fn not_kept() -> Vec<Exception> {
    let mut rows = Vec::new();
    for place in ["message", "deletedMenuId", "deletedAt"] {
        rows.push(Exception {
            operations: &["DELETE /custom-menus/{customMenuId}"],
            place,
            what: What::NotKept,
            why: "it repeats what was deleted, and that it was",
            source: "DeleteCustomMenuSuccessfulResponseDTO",
        });
    }
    for place in ["page", "pageSize"] {
        rows.push(Exception {
            operations: &["GET /voice-ai/agents", "GET /voice-ai/dashboard/call-logs"],
            place,
            what: What::NotKept,
            why: "it repeats what was asked for",
            source: "the parameters of the same name",
        });
    }
    for place in ["meta/currentPage", "meta/nextPage", "meta/prevPage"] {
        rows.push(Exception {
            operations: &["GET /forms/submissions"],
            place,
            what: What::NotKept,
            why: "pages are asked for by their number; whether there is a next one follows from the count",
            source: "metaSchema and the parameter `page`",
        });
    }
    rows.push(Exception {
        operations: &["DELETE /emails/locations/{locationId}/templates/{templateId}"],
        place: "deleted",
        what: What::NotKept,
        why: "a 2xx says so already",
        source: "DeleteTemplatePublicV2ResponseDto, whose example is `true`",
    });
    rows
}
