//! Classifies answers: who sent them (HighLevel or a gateway in its place), and what they are about. Pure.
//!
//! A status alone does not tell. HighLevel says 401 to a token, to a route it does not know, to a message whose provider is
//! another's, and to a time-out of its own; gateways and challenge pages answer in its place. [`judge`] finds out which it
//! is, by HighLevel's stable codes first, then by known words, then by the status; [`Finding`] says what follows: the kind
//! of the error, whether asking again can help, whether something may have been done. `table` holds the codes and words,
//! `fixtures/answers` the answers that prove them; the table in the documentation of [`crate::error`] is made of these.
//!
//! Where there is no evidence the harmless reading counts: a body that HighLevel did not write says nothing about a
//! token, a grant or a contact.

mod body;
mod table;

use std::borrow::Cow;

pub(super) use self::body::is_page;
use self::body::{Body, Foreign, Words};
use super::response::RateHeaders;
use crate::error::{Error, ErrorKind, UnauthorizedReason, scrub, scrub_id};
use crate::ids::{ContactId, ConversationId};

/// Whom a request was put to, and as whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The API, with a token.
    WithToken,
    /// The API, without a token.
    WithoutToken,
    /// The endpoint that gives tokens for a grant.
    ForTokens,
}

/// An answer that is not a plain success, as far as it is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResponseView<'a> {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) asked: Asked,
}

/// Who speaks, and about what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Not HighLevel: a gateway, a challenge page, plain text.
    Foreign,
    /// HighLevel has trouble, and says so with whatever status.
    Trouble,
    /// There were too many requests.
    Limit,
    /// A redirect, which is never followed.
    Redirect,
    /// HighLevel, about the OAuth grant: its refresh token or code is not valid.
    Grant,
    /// HighLevel, about the app that asks for tokens.
    App,
    /// HighLevel, about the token.
    Token,
    /// HighLevel says 401 and nothing else.
    Unexplained,
    /// HighLevel says 401 in words that are not about the token.
    OtherThanToken,
    Scope,
    TokenKind,
    Route,
    MissingVersion,
    UnknownVersion,
    /// HighLevel, about what the token may reach.
    NoAccess,
    PausedLocation,
    Provider,
    OptedOut,
    DuplicateContact,
    ConversationExists,
    NotFound,
    Invalid,
    /// Refused for a reason that is not known here.
    Refused,
}

/// What an attempt leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// It stands as it is: done, or refused for good.
    Settled,
    /// It did not reach HighLevel.
    NotSent,
    /// HighLevel takes no more for now, and did nothing.
    OverLimit,
    /// It may have been carried out or not. `passes` says that asking again can help.
    InDoubt { passes: bool },
}

/// What an answer means.
#[derive(Debug)]
pub(crate) struct Judgement {
    finding: Finding,
    words: Words,
    foreign: Option<Foreign>,
}

/// Finds out what an answer means.
pub(crate) fn judge(view: &ResponseView<'_>) -> Judgement {
    let (words, foreign) = match Body::read(view.content_type, view.body) {
        Body::Empty => (Words::default(), None),
        Body::HighLevel(words) => (words, None),
        Body::Foreign(foreign) => (Words::default(), Some(foreign)),
    };
    let finding = match (view.status, foreign) {
        // A limit holds no matter who sets it.
        (429, _) => Finding::Limit,
        (300..=399, _) => Finding::Redirect,
        // The server gave up waiting for the request; it refuses nothing.
        (408 | 500.., None) => Finding::Trouble,
        // The request is too large for any server that says so.
        (413 | 414 | 431, Some(_)) => Finding::Refused,
        (_, Some(_)) => Finding::Foreign,
        (status, None) => of_highlevel(status, &words, view.asked),
    };
    Judgement {
        finding,
        words,
        foreign,
    }
}

fn of_highlevel(status: u16, words: &Words, asked: Asked) -> Finding {
    if let Some(known) = words.canonical_code.as_deref().and_then(table::by_code) {
        return known;
    }
    let message = words.message().unwrap_or_default().to_ascii_lowercase();
    if asked == Asked::ForTokens
        && let Some(known) = about_the_grant(words, &message)
    {
        return known;
    }
    // What HighLevel finds in the fields of a request is worded freely, with the words of the request in it.
    if status == 422 {
        let free = [Finding::Trouble, Finding::OptedOut];
        return match table::by_words(&message) {
            Some(known) if free.contains(&known) => known,
            _ => Finding::Invalid,
        };
    }
    if words.contact_id.is_some() && status == 400 {
        return Finding::DuplicateContact;
    }
    if let Some(known) = table::by_words(&message) {
        return known;
    }
    match status {
        401 | 403 if asked == Asked::ForTokens => Finding::Trouble,
        _ if asked == Asked::WithToken && table::is_about_a_token(status, &message) => {
            Finding::Token
        }
        401 if asked == Asked::WithToken && message.is_empty() => Finding::Unexplained,
        401 => Finding::OtherThanToken,
        403 => Finding::NoAccess,
        404 if asked != Asked::ForTokens => Finding::NotFound,
        _ => Finding::Refused,
    }
}

/// What the token endpoint says about the grant, or about the app. RFC 6749 (5.2) explains `invalid_grant` in words that
/// name the redirection URI and the client, so the name comes before any words.
fn about_the_grant(words: &Words, message: &str) -> Option<Finding> {
    let error = words.error.as_deref().unwrap_or_default();
    let error = error.to_ascii_lowercase();
    let named = |name: &str| error.contains(name) || message.contains(name);
    if table::ENDS_A_GRANT.iter().any(|name| named(name)) {
        return Some(Finding::Grant);
    }
    match table::by_words(message) {
        Some(known @ (Finding::Trouble | Finding::PausedLocation)) => Some(known),
        _ if table::ABOUT_THE_APP.iter().any(|name| named(name)) => Some(Finding::App),
        _ => table::is_about_a_spent_grant(message).then_some(Finding::Grant),
    }
}

impl Finding {
    /// Whether asking again can help, and whether something may have been done.
    pub(crate) fn aftermath(self) -> Aftermath {
        match self {
            Self::Limit => Aftermath::OverLimit,
            // The request was not refused. A page may stand for an answer that was lost behind it, and a
            // time-out of HighLevel's tells how far it had come as little as one on the way.
            Self::Foreign | Self::Trouble => Aftermath::InDoubt { passes: true },
            _ => Aftermath::Settled,
        }
    }

    fn kind(self, words: &Words, rate: &RateHeaders) -> ErrorKind {
        use UnauthorizedReason as Reason;
        match self {
            Self::Foreign | Self::Trouble => ErrorKind::Unavailable,
            Self::Limit if rate.daily_remaining == Some(0) => ErrorKind::DailyLimit,
            Self::Limit => ErrorKind::RateLimited,
            Self::Grant => ErrorKind::GrantDead,
            Self::App => ErrorKind::Config,
            Self::Token => ErrorKind::Unauthorized(Reason::InvalidToken),
            Self::Unexplained => ErrorKind::Unauthorized(Reason::Unexplained),
            Self::OtherThanToken => ErrorKind::Unauthorized(Reason::Other),
            Self::Scope => ErrorKind::Unauthorized(Reason::MissingScope),
            Self::TokenKind => ErrorKind::Unauthorized(Reason::WrongTokenKind),
            Self::Route => ErrorKind::Unauthorized(Reason::UnknownRoute),
            Self::MissingVersion => ErrorKind::Unauthorized(Reason::MissingVersion),
            Self::UnknownVersion => ErrorKind::Unauthorized(Reason::UnknownVersion),
            Self::NoAccess => ErrorKind::Forbidden,
            Self::PausedLocation => ErrorKind::LocationPaused,
            Self::Provider => ErrorKind::Provider,
            Self::OptedOut => ErrorKind::DoNotDisturb,
            Self::DuplicateContact => ErrorKind::Duplicate {
                contact_id: id(&words.contact_id, |id| ContactId::new(id).ok()),
                field: words.field.clone(),
            },
            Self::ConversationExists => ErrorKind::ConversationExists {
                conversation_id: id(&words.conversation_id, |id| ConversationId::new(id).ok()),
            },
            Self::NotFound => ErrorKind::NotFound,
            Self::Invalid => ErrorKind::Validation {
                messages: words.messages.iter().map(|it| scrub(it)).collect(),
            },
            Self::Redirect | Self::Refused => ErrorKind::Refused,
        }
    }
}

fn id<T>(text: &Option<String>, read: impl Fn(String) -> Option<T>) -> Option<T> {
    text.clone().and_then(read)
}

impl Judgement {
    pub(crate) fn aftermath(&self) -> Aftermath {
        self.finding.aftermath()
    }

    /// The error that the answer means to the caller.
    pub(crate) fn error(
        &self,
        operation: impl Into<Cow<'static, str>>,
        status: u16,
        body: &[u8],
        rate: &RateHeaders,
    ) -> Error {
        let words = &self.words;
        let message = match (self.finding, self.foreign) {
            (Finding::Redirect, _) => {
                Some("the answer is a redirect, which is never followed; check the base URL".into())
            }
            (_, Some(foreign)) => Some(foreign.description()),
            (_, None) => words.message().map(|message| scrub(&message)),
        };
        let kind = self.finding.kind(words, rate);
        let wait = match kind {
            ErrorKind::DailyLimit => rate.retry_after.max(rate.daily_reset),
            _ => rate.retry_after,
        };
        Error::new(kind, operation)
            .with_status(Some(status))
            .with_message(message)
            .with_canonical_code(words.canonical_code.as_deref().map(scrub_id))
            .with_trace_id(words.trace_id.as_deref().map(scrub_id))
            .with_body(body)
            .with_retry_after(wait)
    }
}

/// What stands beside, or in the place of, the value of an answer that is a success by its status.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// What HighLevel says went wrong, made fit to be printed. Other members may hold personal data and are left out.
    pub(super) failure: Option<String>,
    pub(super) trace_id: Option<String>,
}

impl Noted {
    pub(super) fn read(body: &[u8]) -> Self {
        let words = Words::from_body(body);
        Self {
            failure: words.failure.as_deref().map(scrub),
            trace_id: words.trace_id.as_deref().map(scrub_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of one meaning.
    struct Group {
        finding: &'static str,
        kind: &'static str,
        /// Who speaks, about what.
        subject: &'static str,
        cases: Vec<Case>,
    }

    #[derive(Debug)]
    struct Case {
        asked: Asked,
        status: u16,
        body: &'static str,
    }

    fn groups() -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let lines = include_str!("../../../fixtures/answers/voices.txt").lines();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(heading) = line.strip_prefix("== ") {
                let [finding, kind, subject] = *heading.split(" | ").collect::<Vec<_>>() else {
                    panic!("no heading of a group: {line}");
                };
                groups.push(Group {
                    finding,
                    kind,
                    subject,
                    cases: Vec::new(),
                });
                continue;
            }
            let mut parts = line.splitn(3, ' ');
            let asked = match parts.next() {
                Some("with-token") => Asked::WithToken,
                Some("no-token") => Asked::WithoutToken,
                Some("for-tokens") => Asked::ForTokens,
                other => panic!("nothing that is asked: {other:?}"),
            };
            let case = Case {
                asked,
                status: parts.next().unwrap().parse().unwrap(),
                body: parts.next().unwrap_or_default(),
            };
            groups.last_mut().unwrap().cases.push(case);
        }
        groups
    }

    fn judged(asked: Asked, status: u16, body: &str) -> (Judgement, Error) {
        let body = body.as_bytes();
        let judgement = judge(&ResponseView {
            status,
            content_type: None,
            body,
            asked,
        });
        let error = judgement.error("test.operation", status, body, &RateHeaders::default());
        (judgement, error)
    }

    #[test]
    fn every_answer_is_judged_by_who_speaks_and_about_what() {
        let groups = groups();
        assert!(groups.len() > 20);
        for group in groups {
            for case in &group.cases {
                let (judgement, error) = judged(case.asked, case.status, case.body);
                let found = format!("{:?}", judgement.finding);
                assert_eq!(found, group.finding, "{case:?}");
                let kind = format!("{:?}", error.kind());
                assert!(kind.starts_with(group.kind), "{case:?}: {kind}");
                assert_eq!(error.status(), Some(case.status));
            }
        }
    }

    /// The table of the documentation.
    fn table() -> String {
        let mut table = String::from(
            "| who speaks, about what | for example | kind | sent again | token renewed |\n|---|---|---|---|---|\n",
        );
        for Group {
            kind,
            subject,
            cases,
            ..
        } in groups()
        {
            let Case {
                asked,
                status,
                body,
            } = cases[0];
            let (judgement, error) = judged(asked, status, body);
            let words = &judgement.words;
            let said = words.canonical_code.clone().or(words.message());
            let said = match said.as_deref().unwrap_or(body) {
                "" => String::new(),
                said => format!(" `{said}`"),
            };
            let again = match judgement.aftermath() {
                Aftermath::Settled | Aftermath::NotSent => "no",
                Aftermath::OverLimit => "when the limit allows",
                Aftermath::InDoubt { .. } => "if it may be",
            };
            let renewed = if error.kind().may_mean_the_token() {
                "once"
            } else {
                "no"
            };
            let variant = kind.split('(').next().unwrap_or_default();
            table += &format!(
                "| {subject} | {status}{said} | [`{kind}`](ErrorKind::{variant}) | {again} | {renewed} |\n"
            );
        }
        table
    }

    #[test]
    fn the_documentation_shows_this_table() {
        let shown = include_str!("../../error/verdicts.md");
        let table = table();
        assert_eq!(
            shown, table,
            "write this into src/error/verdicts.md:\n{table}"
        );
    }

    #[test]
    fn an_error_keeps_what_was_said_and_by_whom() {
        let judged = |status, body: &str| super::tests::judged(Asked::WithToken, status, body).1;
        let dnd = r#"{"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_SMS","message":"No, +13125550142","traceId":"0f6a1c51-7265559-a"}"#;
        let error = judged(400, dnd);
        assert_eq!(
            error.canonical_code(),
            Some("CONVERSATIONS_MSG_DND_ACTIVE_SMS")
        );
        assert_eq!(
            error.to_string(),
            "test.operation: the contact has opted out (HTTP 400): No, [number] [CONVERSATIONS_MSG_DND_ACTIVE_SMS] \
         [traceId 0f6a1c51-7265559-a]; do not send to this contact on this channel"
        );
        let foreign = judged(403, "error code: 1010").to_string();
        assert!(
            foreign.contains("`error code: 1010`") && foreign.contains("base URL"),
            "{foreign}"
        );
        let page = judged(404, "<html>Maria</html>").to_string();
        assert!(
            page.contains("a web page") && !page.contains("Maria"),
            "{page}"
        );
        assert_eq!(
            *judged(
                400,
                r#"{"message":"Conversation already exists","conversationId":"v1"}"#
            )
            .kind(),
            ErrorKind::ConversationExists {
                conversation_id: ConversationId::new("v1").ok()
            }
        );
        for status in [401, 403] {
            let words = judged(
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
}
