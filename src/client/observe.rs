//! Counting and timing requests from outside: a trait that sees every attempt.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use crate::error::TransportErrorKind;
use crate::ids::LocationId;
use crate::lane::Lane;

/// Sees every attempt at a request. It runs in the path of the request: be quick, and hand longer work elsewhere.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use gohighlevel::client::{Attempt, Observer};
///
/// #[derive(Debug, Default)]
/// struct Repeats(AtomicU64);
///
/// impl Observer for Repeats {
///     fn attempted(&self, attempt: &Attempt<'_>) {
///         self.0.fetch_add(u64::from(attempt.repeats), Ordering::Relaxed);
///     }
/// }
/// ```
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// An attempt has ended.
    fn attempted(&self, attempt: &Attempt<'_>);

    /// An answer had HighLevel's time: this machine's clock is ahead of it by `offset`, or behind if that is negative. See
    /// [`Client::clock_offset`](crate::Client::clock_offset).
    fn clock_compared(&self, offset: SignedDuration) {
        let _ = offset;
    }
}

/// One attempt at a request. It holds nothing personal.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation, such as `contacts.get`.
    pub operation: &'a str,
    /// The location, for requests of one.
    pub location: Option<&'a LocationId>,
    /// The lane it went in.
    pub lane: Lane,
    /// Which attempt at the request it is, from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// How long it was queued for the rate limit.
    pub waited: Duration,
    /// How long it took from there to the end of the answer.
    pub took: Duration,
    /// Whether the request is sent again.
    pub repeats: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// With an answer of this status.
    Answered(u16),
    /// Without a whole answer.
    Failed(TransportErrorKind),
}

/// Feeds the [`metrics`] crate's recorder.
///
/// | metric | labels |
/// |---|---|
/// | counter `ghl_attempts_total` | `operation`, `outcome` (a status, or `connect`, `timeout`, `interrupted`, `other`) |
/// | counter `ghl_repeats_total` | `operation` |
/// | histogram `ghl_wait_seconds` | `lane` |
/// | histogram `ghl_attempt_seconds` | `operation` |
/// | gauge `ghl_clock_offset_seconds`: how far this machine's clock is ahead of HighLevel's | – |
#[cfg(feature = "metrics")]
#[derive(Debug, Clone, Copy, Default)]
pub struct MetricsObserver;

#[cfg(feature = "metrics")]
impl Observer for MetricsObserver {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let operation = attempt.operation.to_owned();
        let outcome = match attempt.outcome {
            AttemptOutcome::Answered(status) => status.to_string(),
            AttemptOutcome::Failed(TransportErrorKind::Connect) => "connect".to_owned(),
            AttemptOutcome::Failed(TransportErrorKind::Timeout) => "timeout".to_owned(),
            AttemptOutcome::Failed(TransportErrorKind::Interrupted) => "interrupted".to_owned(),
            AttemptOutcome::Failed(_) => "other".to_owned(),
        };
        let lane = match attempt.lane {
            Lane::Interactive => "interactive",
            Lane::Background => "background",
        };
        metrics::counter!("ghl_attempts_total", "operation" => operation.clone(), "outcome" => outcome).increment(1);
        if attempt.repeats {
            metrics::counter!("ghl_repeats_total", "operation" => operation.clone()).increment(1);
        }
        metrics::histogram!("ghl_wait_seconds", "lane" => lane)
            .record(attempt.waited.as_secs_f64());
        metrics::histogram!("ghl_attempt_seconds", "operation" => operation)
            .record(attempt.took.as_secs_f64());
    }

    fn clock_compared(&self, offset: SignedDuration) {
        metrics::gauge!("ghl_clock_offset_seconds").set(offset.as_secs_f64());
    }
}
