//! What is judged how: the table that the documentation shows, and its test.

use Asked::{ForTokens, WithToken, WithoutToken};
use Finding::*;

use super::*;

struct Row {
    finding: Finding,
    /// Who speaks, about what.
    subject: &'static str,
    kind: &'static str,
    /// The first is shown.
    cases: &'static [(Asked, u16, &'static str)],
}

const fn row(
    finding: Finding,
    subject: &'static str,
    kind: &'static str,
    cases: &'static [(Asked, u16, &'static str)],
) -> Row {
    Row {
        finding,
        subject,
        kind,
        cases,
    }
}

const ROWS: &[Row] = &[
    row(
        Token,
        "HighLevel, about the token",
        "Unauthorized(InvalidToken)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"Invalid JWT"}"#,
            ),
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}"#,
            ),
            (WithToken, 401, r#"{"message":"jwt expired"}"#),
            (
                WithToken,
                401,
                r#"{"message":["Invalid JWT"],"error":"Unauthorized","statusCode":401}"#,
            ),
            (
                WithToken,
                401,
                r#"{"msg":"The access token has been revoked"}"#,
            ),
            (WithToken, 401, r#"{"error":"Unauthorized"}"#),
            (WithToken, 401, r#"{"message":"Unauthorized"}"#),
            (
                WithToken,
                401,
                r#"{"error":{"message":"token is expired"}}"#,
            ),
            (
                WithToken,
                401,
                r#"{"error":"UnAuthorized!","error_description":"Authentication failed"}"#,
            ),
            (WithToken, 401, r#""Unauthorized""#),
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"Invalid JWT"}"#,
            ),
        ],
    ),
    row(
        Unexplained,
        "HighLevel says 401 and nothing else",
        "Unauthorized(Unexplained)",
        &[
            (WithToken, 401, ""),
            (WithToken, 401, "{}"),
            (WithToken, 401, r#"{"statusCode":401,"traceId":"t"}"#),
            (WithToken, 401, r#"{"message":""}"#),
            (WithToken, 401, r#"{"message":"cut o"#),
        ],
    ),
    row(
        OtherThanToken,
        "HighLevel, about something else than the token",
        "Unauthorized(Other)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"You may not change this message","error":"Unauthorized"}"#,
            ),
            (WithToken, 401, r#"{"message":"Contact is locked"}"#),
            (WithoutToken, 401, r#"{"message":"Invalid JWT"}"#),
            (WithoutToken, 401, ""),
        ],
    ),
    row(
        Scope,
        "HighLevel, about the token's scopes",
        "Unauthorized(MissingScope)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"The token is not authorized for this scope."}"#,
            ),
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"The token is not authorized for this scope."}"#,
            ),
        ],
    ),
    row(
        TokenKind,
        "HighLevel, about the kind of token",
        "Unauthorized(WrongTokenKind)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"Token's user type mismatch!"}"#,
            ),
            (
                WithToken,
                401,
                r#"{"message":"This authClass type is not allowed to access this scope. Please verify your IAM configuration if this is not the case."}"#,
            ),
        ],
    ),
    row(
        NoAccess,
        "HighLevel, about what the token may reach",
        "Forbidden",
        &[
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"The token does not have access to this location."}"#,
            ),
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"The token does not have access to this location."}"#,
            ),
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}"#,
            ),
            (
                WithToken,
                403,
                r#"{"message":"This feature needs Agency Pro","traceId":"t"}"#,
            ),
            (WithToken, 403, ""),
        ],
    ),
    row(
        Route,
        "HighLevel, about the route",
        "Unauthorized(UnknownRoute)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"This route is not yet supported by the IAM Service. Please update your IAM config."}"#,
            ),
            (
                WithToken,
                403,
                r#"{"message":"This route is not yet supported by the IAM Service. Please update your IAM config.","statusCode":403}"#,
            ),
            (
                WithToken,
                404,
                r#"{"statusCode":404,"message":"Cannot GET /contacts/c1","error":"Not Found"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"message":"API endpoint has been removed","error":"Bad Request","statusCode":400}"#,
            ),
        ],
    ),
    row(
        MissingVersion,
        "HighLevel, about a `Version` header that did not arrive",
        "Unauthorized(MissingVersion)",
        &[(
            WithToken,
            401,
            r#"{"statusCode":401,"message":"version header was not found."}"#,
        )],
    ),
    row(
        UnknownVersion,
        "HighLevel, about an unknown `Version`",
        "Unauthorized(UnknownVersion)",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"version header is invalid"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"statusCode":400,"message":"Invalid API version segment 'v9' at position 0"}"#,
            ),
        ],
    ),
    row(
        Provider,
        "HighLevel, about the message's conversation provider",
        "Provider",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"No conversation provider found for this message"}"#,
            ),
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"No conversation provider found for this message","error":"Forbidden"}"#,
            ),
            (
                WithToken,
                401,
                r#"{"statusCode":401,"canonicalCode":"CONVERSATIONS_MSG_PROVIDER_NO_ACCESS","message":"Unauthorized"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"statusCode":400,"canonicalCode":"CONVERSATIONS_MSG_CONVERSATION_PROVIDER_MISMATCH","message":"x","arguments":{}}"#,
            ),
            (
                WithToken,
                400,
                r#"{"message":"You don't have access to the conversationProvider with id: p1","statusCode":400}"#,
            ),
        ],
    ),
    row(
        PausedLocation,
        "HighLevel, about the location: it is paused",
        "LocationPaused",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"Location is not active"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"statusCode":400,"message":"Location is not active"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"status":400,"message":"Location or agency is inactive"}"#,
            ),
        ],
    ),
    row(
        OptedOut,
        "HighLevel, about the contact's will",
        "DoNotDisturb",
        &[
            (
                WithToken,
                400,
                r#"{"statusCode":400,"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_SMS","message":"Otros motivos","arguments":{"a":1}}"#,
            ),
            (
                WithToken,
                400,
                r#"{"status":400,"message":"Cannot send message as DND is active for SMS."}"#,
            ),
            (
                WithToken,
                400,
                r#"{"message":"Cannot send message as +18887324197 has unsubscribed"}"#,
            ),
            (
                WithToken,
                403,
                r#"{"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_EMAIL"}"#,
            ),
            (
                WithToken,
                422,
                r#"{"message":["Cannot send message as DND is active"],"statusCode":422}"#,
            ),
        ],
    ),
    row(
        DuplicateContact,
        "HighLevel, about another contact with this e-mail or phone",
        "Duplicate",
        &[
            (
                WithToken,
                400,
                r#"{"statusCode":400,"message":"This location does not allow duplicated contacts."}"#,
            ),
            (
                WithToken,
                400,
                r#"{"message":"x","meta":{"contactId":"c9","matchingField":"phone"}}"#,
            ),
        ],
    ),
    row(
        ConversationExists,
        "HighLevel, about the conversation that is there",
        "ConversationExists",
        &[
            (
                WithToken,
                400,
                r#"{"statusCode":400,"message":"Conversation with the contact id:c1 already exists!"}"#,
            ),
            (
                WithToken,
                409,
                r#"{"message":"Conversation already exists","conversationId":"v1"}"#,
            ),
        ],
    ),
    row(
        NotFound,
        "HighLevel, about what is not there",
        "NotFound",
        &[
            (
                WithToken,
                404,
                r#"{"statusCode":404,"message":"Contact with id c1 not found"}"#,
            ),
            (WithToken, 404, ""),
            (WithToken, 404, "{"),
            (
                WithToken,
                400,
                r#"{"canonicalCode":"CONVERSATIONS_MSG_RECORDING_NOT_FOUND","message":"x","statusCode":400}"#,
            ),
        ],
    ),
    row(
        Invalid,
        "HighLevel, about the fields of the request",
        "Validation",
        &[
            (
                WithToken,
                422,
                r#"{"message":["property x should not exist"],"error":"Unprocessable Entity","statusCode":422}"#,
            ),
            (
                WithToken,
                422,
                r#"{"message":["conversationProviderId must be a string"],"statusCode":422}"#,
            ),
            (
                WithToken,
                422,
                r#"{"canonicalCode":"CONVERSATIONS_MSG_NO_CONTENT","message":"There is no message or attachments"}"#,
            ),
            (
                ForTokens,
                422,
                r#"{"message":["code must be a string"],"statusCode":422}"#,
            ),
        ],
    ),
    row(
        Refused,
        "HighLevel, for another reason",
        "Refused",
        &[
            (
                WithToken,
                400,
                r#"{"statusCode":400,"message":"Invalid field contact_name"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"canonicalCode":"CONVERSATIONS_MSG_INVALID_EMAILTO","message":"x"}"#,
            ),
            (WithToken, 400, ""),
            (
                WithToken,
                413,
                "<html><center><h1>413 Request Entity Too Large</h1></center></html>",
            ),
            (
                ForTokens,
                400,
                r#"{"statusCode":400,"message":"Bad Request"}"#,
            ),
            (
                ForTokens,
                404,
                r#"{"statusCode":404,"message":"Not Found"}"#,
            ),
        ],
    ),
    row(
        Grant,
        "HighLevel's token endpoint, about the grant: it is dead",
        "GrantDead",
        &[
            (
                ForTokens,
                400,
                r#"{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"error":"invalid_grant","error_description":"The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"error":"invalid_grant","error_description":"Token expired"}"#,
            ),
            (ForTokens, 401, r#"{"error":"invalid_grant"}"#),
            (
                ForTokens,
                400,
                r#"{"error":{"code":"invalid_grant","message":"redirect"}}"#,
            ),
            (
                ForTokens,
                401,
                r#"{"error":"UnAuthorized!","error_description":"Authorization code not found"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"statusCode":400,"message":"This refresh token has been used"}"#,
            ),
            (ForTokens, 404, r#"{"message":"No such refresh token"}"#),
        ],
    ),
    row(
        App,
        "HighLevel's token endpoint, about the app",
        "Config",
        &[
            (
                ForTokens,
                401,
                r#"{"error":"UnAuthorized!","error_description":"Invalid client credentials!"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"statusCode":400,"message":"Missing parameter: clientId"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"message":"Missing parameter: refresh_token is not found"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"error":"invalid_client","error_description":"code"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"message":"redirect_uri does not match"}"#,
            ),
        ],
    ),
    row(
        Limit,
        "too many requests",
        "RateLimited",
        &[
            (
                WithToken,
                429,
                r#"{"statusCode":429,"message":"Too Many Requests"}"#,
            ),
            (WithToken, 429, "slow down"),
            (ForTokens, 429, "<html>"),
        ],
    ),
    row(
        Trouble,
        "HighLevel's own trouble, whatever its status",
        "Unavailable",
        &[
            (
                WithToken,
                401,
                r#"{"statusCode":401,"message":"Command timed out"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"statusCode":400,"message":"Error occurred while searching for contact","traceId":"t"}"#,
            ),
            (
                WithToken,
                403,
                r#"{"statusCode":403,"message":"Command timed out","error":"Forbidden"}"#,
            ),
            (
                WithToken,
                404,
                r#"{"message":"Something went wrong, please try again later"}"#,
            ),
            (
                WithToken,
                422,
                r#"{"message":"Error occurred while validating the contact","statusCode":422}"#,
            ),
            (
                WithToken,
                400,
                r#"{"message":"timeout of 30000ms exceeded"}"#,
            ),
            (
                WithToken,
                400,
                r#"{"error":{"message":"Request failed with status code 502","name":"AxiosError"}}"#,
            ),
            (
                WithToken,
                500,
                r#"{"statusCode":500,"message":"Internal server error"}"#,
            ),
            (
                WithToken,
                500,
                r#"{"statusCode":500,"message":"Invalid JWT"}"#,
            ),
            (WithToken, 408, ""),
            (WithToken, 503, "{"),
            (
                ForTokens,
                401,
                r#"{"statusCode":401,"message":"Command timed out"}"#,
            ),
            (
                ForTokens,
                400,
                r#"{"message":"Refresh token lookup: command timed out, invalid state"}"#,
            ),
            (ForTokens, 401, r#"{"error":"Unauthorized"}"#),
            (ForTokens, 401, ""),
            (
                ForTokens,
                403,
                r#"{"statusCode":403,"message":"Forbidden resource"}"#,
            ),
            (ForTokens, 500, r#"{"message":"refresh"}"#),
        ],
    ),
    row(
        Foreign,
        "a gateway, a challenge page or plain text in HighLevel's place",
        "Unavailable",
        &[
            (WithToken, 403, "error code: 1010"),
            (WithToken, 200, "\n<!DOCTYPE html><title>Sign in</title>"),
            (WithToken, 401, "<html>401 Authorization Required</html>"),
            (
                WithToken,
                403,
                "<!DOCTYPE html><title>Just a moment...</title><div id=\"captcha\">Invalid JWT</div>",
            ),
            (
                WithToken,
                404,
                "<html><center><h1>404 Not Found</h1></center><hr>nginx</html>",
            ),
            (
                WithToken,
                400,
                "<html>400 The plain HTTP request was sent to HTTPS port</html>",
            ),
            (WithToken, 502, "<html>bad gateway</html>"),
            (WithToken, 401, "Unauthorized"),
            (WithToken, 404, "404 page not found"),
            (WithToken, 403, r#"{"message":"Forbidden"}"#),
            (
                WithToken,
                403,
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            (
                WithToken,
                404,
                r#"{"message":"no Route matched with those values"}"#,
            ),
            (
                WithToken,
                401,
                r#"{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"x"}}}"#,
            ),
            (WithToken, 503, r#"{"message":"Service Unavailable"}"#),
            (ForTokens, 403, "error code: 1010"),
            (ForTokens, 401, "<html>401 invalid_grant</html>"),
            (ForTokens, 400, "invalid_grant"),
            (ForTokens, 200, "<html>"),
        ],
    ),
    row(
        Redirect,
        "a redirect, which is never followed",
        "Refused",
        &[
            (WithToken, 302, ""),
            (WithToken, 301, "<html>moved</html>"),
            (ForTokens, 307, r#"{"error":"invalid_grant"}"#),
        ],
    ),
];

fn heard(case: &(Asked, u16, &'static str)) -> (Judgement, ErrorKind) {
    let (asked, status, body) = *case;
    let body = body.as_bytes();
    let judgement = judge(&Heard {
        status,
        content_type: None,
        body,
        asked,
    });
    let error = judgement.error("test.operation", status, body, &RateHeaders::default());
    assert_eq!(error.status(), Some(status));
    (judgement, error.kind().clone())
}

#[test]
fn every_answer_is_judged_by_who_speaks_and_about_what() {
    for row in ROWS {
        for case in row.cases {
            let (judgement, kind) = heard(case);
            assert_eq!(judgement.finding, row.finding, "{case:?}");
            let shown = format!("{kind:?}");
            assert!(shown.starts_with(row.kind), "{case:?}: {shown}");
        }
    }
}

/// The table of the documentation.
fn table() -> String {
    let mut table = String::from(
        "| who speaks, about what | for example | kind | sent again | token renewed |\n|---|---|---|---|---|\n",
    );
    for row in ROWS {
        let case = &row.cases[0];
        let (judgement, kind) = heard(case);
        let code = judgement.words.canonical_code.clone();
        let said = code
            .or(judgement.words.message())
            .unwrap_or_else(|| case.2.to_owned());
        let said = match said.is_empty() {
            true => String::new(),
            false => format!(" `{said}`"),
        };
        let again = match judgement.aftermath() {
            Aftermath::Settled | Aftermath::NotSent => "no",
            Aftermath::OverLimit => "when the limit allows",
            Aftermath::InDoubt { .. } => "if it may be",
        };
        let renewed = if kind.may_mean_the_token() {
            "once"
        } else {
            "no"
        };
        let variant = row.kind.split('(').next().unwrap_or_default();
        table += &format!(
            "| {} | {}{said} | [`{}`](ErrorKind::{variant}) | {again} | {renewed} |\n",
            row.subject, case.1, row.kind,
        );
    }
    table
}

#[test]
fn the_documentation_shows_this_table() {
    let shown = include_str!("../../error/verdicts.md");
    assert_eq!(
        shown,
        table(),
        "write this into src/error/verdicts.md:\n{}",
        table()
    );
}

#[test]
fn an_error_keeps_what_was_said_and_by_whom() {
    let told = |status, body: &str| {
        let body = body.as_bytes();
        let judgement = judge(&Heard {
            status,
            content_type: None,
            body,
            asked: WithToken,
        });
        judgement.error("test.operation", status, body, &RateHeaders::default())
    };
    let dnd = r#"{"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_SMS","message":"No, +13125550142","traceId":"0f6a1c51-7265559-a"}"#;
    let error = told(400, dnd);
    assert_eq!(
        error.canonical_code(),
        Some("CONVERSATIONS_MSG_DND_ACTIVE_SMS")
    );
    assert_eq!(
        error.to_string(),
        "test.operation: the contact has opted out (HTTP 400): No, [number] [CONVERSATIONS_MSG_DND_ACTIVE_SMS] \
         [traceId 0f6a1c51-7265559-a]; do not send to this contact on this channel"
    );
    let foreign = told(403, "error code: 1010").to_string();
    assert!(
        foreign.contains("`error code: 1010`") && foreign.contains("base URL"),
        "{foreign}"
    );
    let page = told(404, "<html>Maria</html>").to_string();
    assert!(
        page.contains("a web page") && !page.contains("Maria"),
        "{page}"
    );
    assert_eq!(
        *told(
            400,
            r#"{"message":"Conversation already exists","conversationId":"v1"}"#
        )
        .kind(),
        ErrorKind::ConversationExists {
            conversation_id: ConversationId::new("v1").ok()
        }
    );
    for status in [401, 403] {
        let words = told(
            status,
            r#"{"message":"No conversation provider found for this message"}"#,
        );
        let words = words.to_string();
        assert!(
            words.contains("provider belongs to") && !words.contains("make a new"),
            "{words}"
        );
    }
}
