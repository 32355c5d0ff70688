//! Answers of the API: a status and a JSON body, and the refusals HighLevel words in its own way.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// A JSON object.
pub(super) type Fields = Map<String, Value>;

/// What a route answers. `Err` carries one too, so that `?` ends a request with a refusal.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Null for no body at all.
    pub(super) body: Value,
    /// What the body is, where it is no JSON but the text of a file.
    pub(super) file: Option<&'static str>,
}

pub(super) type Outcome = Result<Answer, Answer>;

impl Answer {
    pub(super) fn new(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            body,
            file: None,
        }
    }

    pub(super) fn file(content_type: &'static str, text: &str) -> Self {
        Self {
            file: Some(content_type),
            ..Self::ok(text.into())
        }
    }

    pub(super) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub(super) fn created(body: Value) -> Self {
        Self::new(StatusCode::CREATED, body)
    }

    pub(super) fn success() -> Self {
        Self::ok(json!({ "success": true }))
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(
            StatusCode::BAD_REQUEST,
            json!({ "statusCode": 400, "message": message, "error": "Bad Request" }),
        )
    }

    /// A refusal of the messaging service, which says `status` where the others say `statusCode`.
    pub(super) fn not_sent(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(
            StatusCode::BAD_REQUEST,
            json!({ "status": 400, "message": message }),
        )
    }

    pub(super) fn duplicate_contact(contact_id: &str, matching_field: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            json!({
                "statusCode": 400,
                "message": "This location does not allow duplicated contacts.",
                "meta": { "contactId": contact_id, "matchingField": matching_field },
            }),
        )
    }

    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            json!({ "statusCode": 401, "message": message, "error": "Unauthorized" }),
        )
    }

    /// An agency's token where a location's belongs, or the other way round.
    pub(super) fn wrong_token_kind() -> Self {
        Self::unauthorized(
            "This authClass type is not allowed to access this scope. Please verify your IAM configuration if this is not the case.",
        )
    }

    /// An agency's private token where a location's belongs.
    pub(super) fn user_type_mismatch() -> Self {
        Self::unauthorized("Token's user type mismatch!")
    }

    pub(super) fn missing_scope() -> Self {
        Self::unauthorized("The token is not authorized for this scope.")
    }

    /// A location that HighLevel or the agency has switched off.
    pub(super) fn not_active() -> Self {
        Self::unauthorized("Location is not active")
    }

    /// A path that the version of the request does not have. HighLevel answers so where it was seen (the token endpoints);
    /// the words are those of its web framework.
    pub(super) fn other_version(method: &str, path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            json!({
                "statusCode": 404,
                "message": format!("Cannot {method} {path}"),
                "error": "Not Found",
            }),
        )
    }

    /// HighLevel has the path and FakeGhl does not play it: nothing that a client could take for HighLevel's own word.
    pub(super) fn not_played(method: &str, path: &str) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            json!({
                "statusCode": 501,
                "message": format!(
                    "FakeGhl does not play {method} {path}. HighLevel may have it. GET /_fake/operations lists what FakeGhl plays."
                ),
                "error": "Not Implemented",
                "server": "FakeGhl",
            }),
        )
    }

    /// A route the gateway does not know: a 404 in disguise.
    pub(super) fn unknown_route() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            json!({
                "statusCode": 401,
                "message": "This route is not yet supported by the IAM Service. Please update your IAM config.",
            }),
        )
    }

    /// The words are those of a location, which is all that was seen.
    pub(super) fn wrong_company() -> Self {
        Self::forbidden("The token does not have access to this company.")
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            json!({ "statusCode": 403, "message": message, "error": "Forbidden" }),
        )
    }

    pub(super) fn wrong_location() -> Self {
        Self::forbidden("The token does not have access to this location.")
    }

    /// The shape is that of HighLevel's common schemas; the wording for a missing record is not documented.
    pub(super) fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            json!({ "statusCode": 404, "message": format!("{what} with id {id} not found") }),
        )
    }

    pub(super) fn unprocessable(problems: Vec<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({ "message": problems, "error": "Unprocessable Entity", "statusCode": 422 }),
        )
    }

    /// HighLevel does not document the body of a 429, only the headers that come with it.
    pub(super) fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            json!({ "statusCode": 429, "message": "Too Many Requests" }),
        )
    }
}
