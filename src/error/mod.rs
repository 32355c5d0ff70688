//! What can go wrong with a call to HighLevel, told by what it means and what to do next.

mod scrub;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub(crate) use self::scrub::scrub;
use crate::ids::ContactId;

/// The result of a call to HighLevel.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call to HighLevel that did not give what was asked for.
///
/// [`kind`](Self::kind) says what it means; the HTTP status is kept whatever the body was. `Display` and `Debug` show
/// the operation, the status, HighLevel's own message with phone numbers, addresses and tokens taken out, and the
/// advice of the kind, but never the body.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Cow<'static, str>,
    status: Option<u16>,
    attempts: u32,
    trace_id: Option<String>,
    message: Option<String>,
    body: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The meaning of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing does not exist (404). It may have been deleted: stop working on it.
    NotFound,
    /// The location does not allow two contacts with the same e-mail or phone (400). Use the contact named here, or
    /// `upsert`.
    Duplicate {
        /// The contact that holds the value already.
        contact_id: Option<ContactId>,
        /// `email` or `phone`.
        field: Option<String>,
    },
    /// HighLevel does not accept the request as it is (422). Correct what `messages` name; repeating does not help.
    Validation {
        /// HighLevel's messages, one per finding.
        messages: Vec<String>,
    },
    /// The contact has opted out of this channel (do not disturb). Do not try again; suppress the number.
    DoNotDisturb,
    /// The token was refused (401). The reason says which of HighLevel's many meanings applies.
    Unauthorized(UnauthorizedReason),
    /// The token has no access to this location (403). Use the location's own token.
    Forbidden,
    /// Too many requests in the burst window (429), also after waiting. Try later; nothing was done.
    RateLimited,
    /// The day's allowance of requests is used up (429 with nothing left). Nothing was done; wait for the next day.
    DailyLimit,
    /// HighLevel or the way to it is down (5xx, 408), also after retries. Try later.
    Unavailable,
    /// The request may or may not have been carried out, and doing it twice would harm: look whether it was done
    /// before sending it again.
    UnknownOutcome,
    /// HighLevel refused the request for a reason of its own (another 4xx, or a redirect, which is never followed).
    /// Read the message.
    Refused,
    /// The answer was not what the documentation promises. `path` is the JSON path where reading stopped.
    Decode {
        /// Where in the JSON, such as `contact.tags[2]`; `.` for the whole body.
        path: String,
    },
    /// No answer came. For requests that may be repeated this is after retries.
    Transport(TransportErrorKind),
    /// The OAuth grant is no more: HighLevel refuses its refresh token or authorization code for good, or the app was
    /// uninstalled. Repeating does not help. Send the user through the authorize URL again and exchange the new code.
    GrantDead,
    /// The store of the OAuth tokens failed, so no token could be read, or a new one not saved. New tokens are kept in
    /// memory and saved on the next try. Repair the store, then try again.
    TokenStore,
    /// The request was not sent: the client or the request is set up wrongly. The message says what to change.
    Config,
}

/// What a 401 means. Source: answers collected in HighLevel's issue threads and by integrators; the documented text is
/// `Invalid token: access token is invalid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnauthorizedReason {
    /// The token is wrong, revoked or expired. Make a new private integration token, or let the grant refresh.
    InvalidToken,
    /// The token lacks the scope of this operation. Add the scope to the integration or app.
    MissingScope,
    /// The token is of the wrong kind, such as an agency's on a location's operation.
    WrongTokenKind,
    /// The gateway does not know the route: HighLevel's way to say 404 for a path.
    UnknownRoute,
    /// There was no `Version` header.
    MissingVersion,
}

/// How the way to HighLevel failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made, so nothing was sent.
    Connect,
    /// No answer in time. The request may have been carried out.
    Timeout,
    /// The connection broke. The request may have been carried out.
    Interrupted,
    /// The answer was larger than the transport reads (10 MiB).
    TooLarge,
    /// Something else; the source tells.
    Other,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: operation.into(),
            status: None,
            attempts: 0,
            trace_id: None,
            message: None,
            body: String::new(),
            retry_after: None,
            source: None,
        }))
    }

    pub(crate) fn config(
        operation: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(ErrorKind::Config, operation).with_message(Some(message.into()))
    }

    pub(crate) fn with_status(mut self, status: Option<u16>) -> Self {
        self.0.status = status;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.0.trace_id = trace_id;
        self
    }

    /// `message` must have been through [`scrub`] if it comes from outside.
    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(crate) fn with_body(mut self, body: &[u8]) -> Self {
        let shown = &body[..body.len().min(512)];
        self.0.body = String::from_utf8_lossy(shown).into_owned();
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error for somebody else who waited for the same thing. The source stays with the first.
    pub(crate) fn told_again(&self) -> Self {
        let inner = &*self.0;
        Self(Box::new(Inner {
            kind: inner.kind.clone(),
            operation: inner.operation.clone(),
            status: inner.status,
            attempts: inner.attempts,
            trace_id: inner.trace_id.clone(),
            message: inner.message.clone(),
            body: inner.body.clone(),
            retry_after: inner.retry_after,
            source: None,
        }))
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// What it means.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation, such as `contacts.get`.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The HTTP status, if HighLevel answered at all.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// HighLevel's `traceId`; quote it to their support.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// HighLevel's own message in whichever shape it came, with personal data and tokens taken out.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The first 512 bytes of the body as text. It may hold personal data: do not log it.
    pub fn body(&self) -> &str {
        &self.0.body
    }

    /// How long HighLevel asked to wait, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same request may be sent again later and could then succeed. False for
    /// [`ErrorKind::UnknownOutcome`]: there, look first.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::RateLimited
                | ErrorKind::DailyLimit
                | ErrorKind::Unavailable
                | ErrorKind::TokenStore
                | ErrorKind::Transport(
                    TransportErrorKind::Connect
                        | TransportErrorKind::Timeout
                        | TransportErrorKind::Interrupted
                )
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{}: {}", inner.operation, inner.kind.meaning())?;
        if let ErrorKind::Decode { path } = &inner.kind {
            write!(f, " at `{path}`")?;
        }
        if let Some(status) = inner.status {
            write!(f, " (HTTP {status}")?;
            if inner.attempts > 1 {
                write!(f, ", {} attempts", inner.attempts)?;
            }
            f.write_str(")")?;
        } else if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        if let Some(message) = &inner.message {
            write!(f, ": {message}")?;
        }
        if let Some(trace_id) = &inner.trace_id {
            write!(f, " [traceId {trace_id}]")?;
        }
        write!(f, "; {}", inner.kind.advice())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("message", &self.0.message)
            .field("trace_id", &self.0.trace_id)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl ErrorKind {
    /// A word for the kind that stays the same over releases, for records and metrics: `not_found`, `duplicate`,
    /// `validation`, `do_not_disturb`, `unauthorized`, `forbidden`, `rate_limited`, `daily_limit`, `unavailable`,
    /// `unknown_outcome`, `refused`, `decode`, `transport`, `grant_dead`, `token_store` or `config`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Duplicate { .. } => "duplicate",
            Self::Validation { .. } => "validation",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::DailyLimit => "daily_limit",
            Self::Unavailable => "unavailable",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Refused => "refused",
            Self::Decode { .. } => "decode",
            Self::Transport(_) => "transport",
            Self::GrantDead => "grant_dead",
            Self::TokenStore => "token_store",
            Self::Config => "config",
        }
    }

    fn meaning(&self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Duplicate { .. } => "another contact holds this e-mail or phone",
            Self::Validation { .. } => "the request is not accepted as it is",
            Self::DoNotDisturb => "the contact has opted out",
            Self::Unauthorized(UnauthorizedReason::InvalidToken) => "the token was refused",
            Self::Unauthorized(UnauthorizedReason::MissingScope) => "the token lacks a scope",
            Self::Unauthorized(UnauthorizedReason::WrongTokenKind) => {
                "the token is of the wrong kind"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownRoute) => {
                "HighLevel does not know this route"
            }
            Self::Unauthorized(UnauthorizedReason::MissingVersion) => {
                "the Version header did not arrive"
            }
            Self::Forbidden => "the token has no access to this location",
            Self::RateLimited => "too many requests",
            Self::DailyLimit => "the day's allowance of requests is used up",
            Self::Unavailable => "HighLevel is not available",
            Self::UnknownOutcome => "it is not known whether the request was carried out",
            Self::Refused => "HighLevel refused the request",
            Self::Decode { .. } => "the answer could not be read",
            Self::Transport(TransportErrorKind::Connect) => "no connection",
            Self::Transport(TransportErrorKind::Timeout) => "no answer in time",
            Self::Transport(TransportErrorKind::Interrupted) => "the connection broke",
            Self::Transport(TransportErrorKind::TooLarge) => "the answer is too large",
            Self::Transport(TransportErrorKind::Other) => "the transport failed",
            Self::GrantDead => "the OAuth grant is no more",
            Self::TokenStore => "the token store failed",
            Self::Config => "not sent",
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::NotFound => "check the id, or take it as deleted",
            Self::Duplicate { .. } => "use that contact, or upsert",
            Self::Validation { .. } => "correct the request; repeating it does not help",
            Self::DoNotDisturb => "do not send to this contact on this channel",
            Self::Unauthorized(UnauthorizedReason::InvalidToken) => "renew the token",
            Self::Unauthorized(UnauthorizedReason::MissingScope) => {
                "add the scope to the integration or app"
            }
            Self::Unauthorized(UnauthorizedReason::WrongTokenKind) => {
                "use the location's own token"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownRoute) => {
                "check the path and the API version"
            }
            Self::Unauthorized(UnauthorizedReason::MissingVersion) => {
                "check what stands between here and HighLevel"
            }
            Self::Forbidden => "use the token of this location",
            Self::RateLimited | Self::Unavailable => "try again later",
            Self::DailyLimit => "try again tomorrow",
            Self::UnknownOutcome => "look whether it was done before sending it again",
            Self::Refused => "read the message; repeating does not help by itself",
            Self::Decode { .. } => {
                "read the raw body; if HighLevel changed it, this crate must follow"
            }
            Self::Transport(TransportErrorKind::TooLarge) => "ask for a smaller page",
            Self::Transport(_) => "check the network and the base URL, then try again",
            Self::GrantDead => {
                "send the user through the authorize URL again and exchange the new code"
            }
            Self::TokenStore => "repair the store, then try again",
            Self::Config => "correct the configuration",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_happened_to_what_and_what_to_do() {
        let error = Error::new(ErrorKind::Unavailable, "contacts.get")
            .with_status(Some(502))
            .with_attempts(4)
            .with_trace_id(Some("t-1".into()))
            .with_body(b"<html>secret</html>");
        assert_eq!(
            error.to_string(),
            "contacts.get: HighLevel is not available (HTTP 502, 4 attempts) [traceId t-1]; try again later"
        );
        assert!(!format!("{error:?}").contains("secret"));
        assert!(error.is_retryable());
        assert_eq!(error.body(), "<html>secret</html>");
    }
}
