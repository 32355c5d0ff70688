//! Rows of the table about `oauth.json` and `v3/oauth-v3.json`.

use serde_json::json;

use super::{Exception, What};

const TOKENS: &[&str] = &[
    "POST /oauth/token",
    "POST /oauth/locationToken",
    "POST /oauth/location-token",
];

pub(super) fn rows() -> Vec<Exception> {
    let mut rows = Vec::new();
    for place in ["access_token", "accessToken"] {
        rows.push(Exception {
            operations: TOKENS,
            place,
            what: What::Always,
            why: "an answer without the token is none",
            source: "RFC 6749, section 5.1",
        });
    }
    for place in ["token_type", "tokenType"] {
        rows.push(Exception {
            operations: TOKENS,
            place,
            what: What::NotKept,
            why: "it is Bearer always, and the client sends the token so",
            source: "the description of the field; the security schemes of all files",
        });
    }
    rows.push(Exception {
        operations: &["GET /oauth/installed-locations"],
        place: "pagination/hasPrevPage",
        what: What::Really(|| json!(true)),
        why: "the example denies the page before, and names its token beside that",
        source: "the examples of V3PaginationMetaDto",
    });
    for (place, why) in [
        (
            "pagination/currentPageSize",
            "it counts the entries of the page, which are there",
        ),
        ("metadata", "it repeats what was asked for"),
    ] {
        rows.push(Exception {
            operations: &["GET /oauth/installed-locations"],
            place,
            what: What::NotKept,
            why,
            source: "V3PaginationMetaDto, V3InstalledLocationsListMetadataDto",
        });
    }
    rows
}
