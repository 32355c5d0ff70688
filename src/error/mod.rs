//! Errors of calls to HighLevel: what each means, and what to do next.
//!
//! Every call gives an [`Error`], whose [`kind`](Error::kind) is the meaning. Three questions are most often asked of
//! it:
//!
//! ```no_run
//! # async fn example(location: &gohighlevel::client::Location, task: &gohighlevel::api::tasks::NewTask,
//! #     contact: &gohighlevel::ids::ContactId) -> gohighlevel::Result<()> {
//! use gohighlevel::error::ErrorKind;
//!
//! match location.tasks().create(contact, task).await {
//!     Ok(task) => println!("made {}", task.id),
//!     // Is it no failure at all? The contact was deleted: there is nothing to do for it.
//!     Err(error) if *error.kind() == ErrorKind::NotFound => {}
//!     // Was it perhaps done? Then look before it is done twice.
//!     Err(error) if *error.kind() == ErrorKind::UnknownOutcome => {
//!         let made = location.tasks().list(contact).await?;
//!         println!("it is there: {}", made.iter().any(|it| it.title.as_ref() == Some(&task.title)));
//!     }
//!     // May the same be sent again later? Put it back into the queue.
//!     Err(error) if error.is_retryable() => println!("later, in {:?}: {error}", error.retry_after()),
//!     // The rest is for a person. What is printed says what to do, and holds no personal data and no token.
//!     Err(error) => return Err(error),
//! }
//! # Ok(()) }
//! ```
//!
//! The client has repeated what may be repeated before it gives an error: [`Error::attempts`] counts. What to do about
//! each kind stands at [`ErrorKind`]; its [`code`](ErrorKind::code) is for metrics and records.
//!
//! # Who speaks, and about what
//!
//! A status alone does not tell: HighLevel says 401 also to a message whose provider is another app's, and to a time-out of
//! its own; gateways and challenge pages answer in its place. Each answer is judged by HighLevel's stable codes first, then
//! by known words, then by its status:
//!
#![doc = include_str!("verdicts.md")]
//!
//! *Sent again* is what the client does by itself with what may be repeated; where doing it twice harms
//! ([`ReplaySafety::Once`](crate::client::ReplaySafety::Once)), "if it may be" stands for
//! [`UnknownOutcome`](ErrorKind::UnknownOutcome), because the request was not refused. Where there is no
//! evidence the harmless reading counts: what HighLevel did not write says nothing about a token, a grant or a contact.

mod kind;
mod scrub;
mod sent;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

pub use self::kind::{ErrorKind, TransportErrorKind, UnauthorizedReason};
pub(crate) use self::scrub::{scrub, scrub_id};
pub(crate) use self::sent::Sent;

/// The result of a call to HighLevel.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call to HighLevel that did not give what was asked for.
///
/// [`kind`](Self::kind) says what it means; the HTTP status is kept whatever the body was. `Display` and `Debug` show
/// the operation, the status, HighLevel's own message with phone numbers, addresses, tokens, quoted values and what the
/// request sent taken out, and the advice of the kind, but never the body.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Cow<'static, str>,
    status: Option<u16>,
    /// A refusal's status in the body of a success.
    inner_status: Option<u16>,
    attempts: u32,
    canonical_code: Option<String>,
    trace_id: Option<String>,
    message: Option<String>,
    body: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: operation.into(),
            status: None,
            inner_status: None,
            attempts: 0,
            canonical_code: None,
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

    pub(crate) fn with_inner_status(mut self, status: Option<u16>) -> Self {
        self.0.inner_status = status;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// `code` must have been through [`scrub_id`].
    pub(crate) fn with_canonical_code(mut self, code: Option<String>) -> Self {
        self.0.canonical_code = code;
        self
    }

    /// `trace_id` must have been through [`scrub_id`].
    pub(crate) fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.0.trace_id = trace_id;
        self
    }

    /// `message` must have been through [`scrub`] if it comes from outside.
    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    /// Takes what the request sent out of what HighLevel says about it.
    pub(crate) fn without(mut self, sent: &Sent) -> Self {
        let messages = match &mut self.0.kind {
            ErrorKind::Validation { messages } => messages.as_mut_slice(),
            _ => &mut [],
        };
        for message in messages.iter_mut().chain(&mut self.0.message) {
            *message = sent.taken_out_of(message);
        }
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

    /// The error of a request whose outcome is not known because of `cause`; it keeps the words of the cause.
    pub(crate) fn unknown_outcome(cause: Self) -> Self {
        let mut error = cause.duplicate();
        let said = cause.message().unwrap_or(cause.kind().meaning());
        error.0.message = Some(said.to_owned());
        error
            .with_kind(ErrorKind::UnknownOutcome)
            .with_source(cause)
    }

    /// The same error for another caller who waited for the same thing. The source stays with the first.
    pub(crate) fn duplicate(&self) -> Self {
        let inner = &*self.0;
        Self(Box::new(Inner {
            kind: inner.kind.clone(),
            operation: inner.operation.clone(),
            status: inner.status,
            inner_status: inner.inner_status,
            attempts: inner.attempts,
            canonical_code: inner.canonical_code.clone(),
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

    /// HighLevel's stable name of the reason, such as `CONVERSATIONS_MSG_DND_ACTIVE_SMS`, where it gives one. Conversations
    /// do; a better key than [`message`](Self::message) for reasons that have no [`ErrorKind`] of their own.
    pub fn canonical_code(&self) -> Option<&str> {
        self.0.canonical_code.as_deref()
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
            if let Some(status) = inner.inner_status {
                write!(f, " with status {status} in the body")?;
            }
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
        if let Some(code) = &inner.canonical_code {
            write!(f, " [{code}]")?;
        }
        if let Some(trace_id) = &inner.trace_id {
            write!(f, " [traceId {trace_id}]")?;
        }
        match (&inner.kind, inner.retry_after) {
            (
                ErrorKind::RateLimited | ErrorKind::DailyLimit | ErrorKind::Unavailable,
                Some(wait),
            ) => {
                write!(f, "; try again in {} s", wait.as_secs_f64().ceil())
            }
            (kind, _) => write!(f, "; {}", kind.advice()),
        }
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
            .field("canonical_code", &self.0.canonical_code)
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
        let delayed = error
            .duplicate()
            .with_retry_after(Some(Duration::from_secs(30)));
        assert!(
            delayed.to_string().ends_with("; try again in 30 s"),
            "{delayed}"
        );
        assert!(!format!("{error:?}").contains("secret"));
        assert!(error.is_retryable());
        assert_eq!(error.body(), "<html>secret</html>");
    }
}
