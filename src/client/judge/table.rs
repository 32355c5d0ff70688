//! HighLevel's known codes and phrases, and what each means.

use super::Finding;

/// Parts of HighLevel's `canonicalCode`; the first that fits counts. Source: answers of the conversation routes, collected
/// by integrators.
const CODES: &[(&str, Finding)] = &[
    ("_DND_", Finding::OptedOut),
    ("_UNSUBSCRIBED", Finding::OptedOut),
    ("_PROVIDER_", Finding::Provider),
    ("_RECORDING_NOT_FOUND", Finding::NotFound),
    ("_NO_CONTENT", Finding::Invalid),
    ("_INVALID_EMAIL", Finding::Refused),
    ("_CHAT_NO_LONGER_ACTIVE", Finding::Refused),
];

/// Words of HighLevel's messages in lower case, `*` standing for anything; the first that fits counts, whatever the status.
/// What passes comes first: it may name anything else besides.
const WORDS: &[(Finding, &[&str])] = &[
    (
        Finding::Trouble,
        &[
            // Its own time-out, as 401, and its own failure to search, as 400. Each is gone at the next request.
            "timed out",
            "error occurred while",
            "timeout of * exceeded",
            "timeout exceeded",
            "gateway timeout",
            "bad gateway",
            "request timeout",
            "deadline exceeded",
            "an error occurred",
            "unexpected error",
            "something went wrong",
            "internal server error",
            "temporarily unavailable",
            "service unavailable",
            "service is unavailable",
            "try again later",
            "try again in ",
            "try again after",
            "please try again",
            "too many requests",
            "rate limit exceeded",
            "econnreset",
            "econnrefused",
            "econnaborted",
            "etimedout",
            "socket hang up",
            "status code 5",
        ],
    ),
    (
        Finding::PausedLocation,
        &[
            "location is not active",
            "location is inactive",
            "location or agency is inactive",
            "agency is not active",
            "agency is inactive",
            "company is not active",
        ],
    ),
    (
        Finding::Provider,
        &["conversation provider", "conversationprovider"],
    ),
    (
        Finding::OptedOut,
        &[
            "dnd is active",
            "has unsubscribed",
            "do not disturb is active",
        ],
    ),
    (
        Finding::DuplicateContact,
        &["does not allow duplicated contacts"],
    ),
    (
        Finding::ConversationExists,
        &["conversation * already exist", "conversation already exist"],
    ),
    (
        Finding::MissingVersion,
        &[
            "version header was not found",
            "version header is missing",
            "version header is required",
        ],
    ),
    (
        Finding::UnknownVersion,
        &[
            "version header",
            "api version segment",
            "invalid api version",
            "unsupported api version",
        ],
    ),
    (
        Finding::Route,
        &[
            "not yet supported by the iam service",
            "endpoint has been removed",
            "cannot get /",
            "cannot post /",
            "cannot put /",
            "cannot patch /",
            "cannot delete /",
        ],
    ),
    (
        Finding::Scope,
        &[
            "not authorized for this scope",
            "insufficient scope",
            "insufficient_scope",
        ],
    ),
    (
        Finding::TokenKind,
        &["user type mismatch", "authclass type"],
    ),
    (
        Finding::NoAccess,
        &[
            "not have access to this location",
            "no access to this location",
        ],
    ),
];

/// Names of a dead grant. Source: RFC 6749, 5.2.
pub(super) const ENDS_A_GRANT: &[&str] = &["invalid_grant", "invalid grant"];

/// What is wrong with the app or its request, at the token endpoint. Sources: RFC 6749, 5.2; the examples in
/// `oauth-v3.json`.
pub(super) const ABOUT_THE_APP: &[&str] = &[
    "invalid_client",
    "unauthorized_client",
    "invalid_request",
    "invalid_scope",
    "client credential",
    "client id",
    "client_id",
    "clientid",
    "client secret",
    "client_secret",
    "clientsecret",
    "invalid client",
    "redirect",
    "missing parameter",
    "invalid parameter",
    "grant type",
    "grant_type",
    "granttype",
];

pub(super) fn by_code(code: &str) -> Option<Finding> {
    let known = CODES.iter().find(|(part, _)| code.contains(part));
    known.map(|(_, finding)| *finding)
}

pub(super) fn by_words(message: &str) -> Option<Finding> {
    let fits = |pattern: &&str| fits(message, pattern);
    let known = WORDS.iter().find(|(_, patterns)| patterns.iter().any(fits));
    known.map(|(finding, _)| *finding)
}

fn fits(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    pattern.split('*').all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Whether a 401 or 403 speaks of the token that went with the request.
///
/// The words for an expired one are not documented, so on a 401 any mention counts that is not known to mean something
/// else. A 403 is the status of what a good token may not do: there, something must be wrong with the token itself.
pub(super) fn is_about_a_token(status: u16, message: &str) -> bool {
    const MENTIONS: &[&str] = &[
        "token",
        "jwt",
        "unauthorized",
        "unauthorised",
        "unauthenticated",
        "not authenticated",
        "authentication",
        "credential",
        "bearer",
        "expired",
        "signature",
        "api key",
    ];
    const WRONG: &[&str] = &["invalid", "expired", "malformed", "revoked"];
    match status {
        401 => says(message, MENTIONS),
        403 => says(message, &["token", "jwt"]) && says(message, WRONG),
        _ => false,
    }
}

/// Whether the token endpoint speaks of a code or a refresh token that is not valid, or no longer.
pub(super) fn is_about_a_spent_grant(message: &str) -> bool {
    const REFRESH: &[&str] = &["refresh token", "refresh_token", "refreshtoken"];
    const SPENT: &[&str] = &[
        "invalid",
        "not valid",
        "not found",
        "no such",
        "not exist",
        "expired",
        "revoked",
        "used",
        "mismatch",
    ];
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    (says(message, REFRESH) || words.any(|word| word == "code")) && says(message, SPENT)
}

fn says(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}
