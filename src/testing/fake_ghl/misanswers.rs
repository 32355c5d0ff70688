//! What is answered in the place of an operation: HighLevel's trouble and refusals on order, and what others say in its
//! place.

use http::StatusCode;
use serde_json::json;

use super::answer::Answer;
use super::faults::Fault;

/// Reasons of the conversations that HighLevel gives a stable name, with the status that it was seen with. Source: answers
/// collected by integrators; the words beside the names are FakeGhl's where they were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CanonicalCode {
    /// `CONVERSATIONS_MSG_DND_ACTIVE_SMS` (400).
    DndActiveSms,
    /// `CONVERSATIONS_MSG_DND_ACTIVE_EMAIL` (400).
    DndActiveEmail,
    /// `CONVERSATIONS_MSG_INVALID_EMAIL` (400).
    InvalidEmail,
    /// `CONVERSATIONS_MSG_INVALID_EMAILTO` (400).
    InvalidEmailTo,
    /// `CONVERSATIONS_MSG_NO_CONTENT` (422).
    NoContent,
    /// `CONVERSATIONS_MSG_PROVIDER_NO_ACCESS` (401).
    ProviderNoAccess,
    /// `CONVERSATIONS_MSG_CONVERSATION_PROVIDER_MISMATCH` (400).
    ProviderMismatch,
    /// `CONVERSATIONS_MSG_RECORDING_NOT_FOUND` (400).
    RecordingNotFound,
    /// `CONVERSATIONS_MSG_CHAT_NO_LONGER_ACTIVE` (400).
    ChatNoLongerActive,
}

impl CanonicalCode {
    const ALL: [Self; 9] = [
        Self::DndActiveSms,
        Self::DndActiveEmail,
        Self::InvalidEmail,
        Self::InvalidEmailTo,
        Self::NoContent,
        Self::ProviderNoAccess,
        Self::ProviderMismatch,
        Self::RecordingNotFound,
        Self::ChatNoLongerActive,
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.answer().0 == name)
    }

    /// HighLevel's name, and the status and words that come with it.
    fn answer(self) -> (&'static str, StatusCode, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::DndActiveSms => (
                "CONVERSATIONS_MSG_DND_ACTIVE_SMS",
                BAD,
                "Cannot send message as DND is active for SMS.",
            ),
            Self::DndActiveEmail => (
                "CONVERSATIONS_MSG_DND_ACTIVE_EMAIL",
                BAD,
                "Cannot send message as DND is active for Email.",
            ),
            Self::InvalidEmail => (
                "CONVERSATIONS_MSG_INVALID_EMAIL",
                BAD,
                "Unable to send e-mail, contact's e-mail is invalid",
            ),
            Self::InvalidEmailTo => (
                "CONVERSATIONS_MSG_INVALID_EMAILTO",
                BAD,
                "Cannot send message as emailTo is not under contact's primary or additional emails",
            ),
            Self::NoContent => (
                "CONVERSATIONS_MSG_NO_CONTENT",
                StatusCode::UNPROCESSABLE_ENTITY,
                "There is no message or attachments",
            ),
            Self::ProviderNoAccess => (
                "CONVERSATIONS_MSG_PROVIDER_NO_ACCESS",
                StatusCode::UNAUTHORIZED,
                "You don't have access to the conversationProvider",
            ),
            Self::ProviderMismatch => (
                "CONVERSATIONS_MSG_CONVERSATION_PROVIDER_MISMATCH",
                BAD,
                "The conversation provider is of another type",
            ),
            Self::RecordingNotFound => (
                "CONVERSATIONS_MSG_RECORDING_NOT_FOUND",
                BAD,
                "Recording not found",
            ),
            Self::ChatNoLongerActive => (
                "CONVERSATIONS_MSG_CHAT_NO_LONGER_ACTIVE",
                BAD,
                "The chat is no longer active",
            ),
        }
    }
}

/// An answer that comes in the place of the operation's.
#[derive(Debug)]
pub(super) enum Instead {
    Json(Answer),
    /// Not from the API: a status, a content type and a body.
    Foreign(StatusCode, &'static str, String),
}

impl Fault {
    /// What is answered without anything being done, if this is such a fault.
    pub(super) fn instead(self) -> Option<Instead> {
        let said = |status: StatusCode, message: &str| {
            let body = json!({ "statusCode": status.as_u16(), "message": message });
            Some(Instead::Json(Answer::new(status, body)))
        };
        let reason = |status: StatusCode| status.canonical_reason().unwrap_or_default();
        let foreign = |status, kind, body: String| Some(Instead::Foreign(status, kind, body));
        const NO_PROVIDER: &str = "No conversation provider found for this message";
        match self {
            Self::Status(status) => said(status, reason(status)),
            Self::TooManyRequests | Self::RetryAfter(_) | Self::DailyLimit => {
                Some(Instead::Json(Answer::too_many_requests()))
            }
            Self::Timeout401 => said(StatusCode::UNAUTHORIZED, "Command timed out"),
            Self::Passing400 => said(
                StatusCode::BAD_REQUEST,
                "Error occurred while searching for contact",
            ),
            Self::Provider401 => said(StatusCode::UNAUTHORIZED, NO_PROVIDER),
            Self::Provider403 => said(StatusCode::FORBIDDEN, NO_PROVIDER),
            Self::Code(code) => {
                let (name, status, message) = code.answer();
                let body = json!({
                    "statusCode": status.as_u16(),
                    "canonicalCode": name,
                    "message": message,
                    "arguments": {},
                });
                Some(Instead::Json(Answer::new(status, body)))
            }
            Self::Html(status) => {
                let title = format!("{} {}", status.as_u16(), reason(status));
                foreign(
                    status,
                    HTML,
                    page(&title, &format!("<center><h1>{title}</h1></center>")),
                )
            }
            Self::ChallengePage => {
                let body = "<noscript>Enable JavaScript and cookies to continue</noscript>";
                foreign(StatusCode::FORBIDDEN, HTML, page("Just a moment...", body))
            }
            Self::Text(status) => foreign(
                status,
                TEXT,
                format!("{} {}", status.as_u16(), reason(status).to_lowercase()),
            ),
            Self::Gateway1010 => foreign(StatusCode::FORBIDDEN, TEXT, "error code: 1010".into()),
            Self::Gateway(status) => {
                let message = match status {
                    StatusCode::NOT_FOUND => "no Route matched with those values",
                    StatusCode::UNAUTHORIZED => "No API key found in request",
                    status if status.is_server_error() => "Service Unavailable",
                    _ => "Forbidden",
                };
                let body = json!({ "message": message }).to_string();
                foreign(status, "application/json", body)
            }
            Self::Empty(status) => foreign(status, "", String::new()),
            Self::DropBefore | Self::DropAfter | Self::Hang(_) => None,
        }
    }
}

const HTML: &str = "text/html";
const TEXT: &str = "text/plain; charset=UTF-8";

fn page(title: &str, body: &str) -> String {
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n{body}\r\n</body>\r\n</html>\r\n"
    )
}
