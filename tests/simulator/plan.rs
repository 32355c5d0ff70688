//! The plan of a world: every event from outside, decided by `generator` before anything runs. Each event is independent
//! of the others, so that `shrink` can remove any of them.

use std::fmt;
use std::time::Duration;

use gohighlevel::recipes::missed_call::{DoubtDecision, Removal};
use jiff::Timestamp;

use super::faults::{Fault, Requests};

/// One of the callers, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller(pub(super) usize);

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "caller {}", self.0 + 1)
    }
}

/// All events from outside in one simulated world.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) start: Timestamp,
    /// How many engines share the store.
    pub(super) workers: usize,
    /// Whether HighLevel's answers have a date. Without it an engine has only its own clock.
    pub(super) dates_answers: bool,
    /// In the order of their times.
    pub(super) events: Vec<Event>,
}

/// The clock error that an engine does not correct, and its uncertainty about HighLevel's clock.
const CORRECTED_TO: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) at: Duration,
    pub(super) kind: EventKind,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum EventKind {
    Call {
        caller: Caller,
        end: CallEnd,
        delivery: DeliveryPlan,
    },
    Write {
        caller: Caller,
        words: Words,
        delivery: DeliveryPlan,
    },
    /// The host reports a booking.
    Book { caller: Caller, worker: usize },
    /// The host reports that a reply may be an opt-out.
    Doubt { caller: Caller, worker: usize },
    /// The host reports what a person decided about it.
    Decide {
        caller: Caller,
        decision: DoubtDecision,
        worker: usize,
    },
    /// A worker sweeps: it reads HighLevel's records.
    Sweep { worker: usize },
    /// The host pauses the location for this long.
    Pause { worker: usize, length: Duration },
    /// The location leaves the service and comes back after this long.
    Absence {
        worker: usize,
        departure: Departure,
        length: Duration,
    },
    /// The team turns do-not-disturb on or off.
    SetDnd {
        caller: Caller,
        on: bool,
        delivery: DeliveryPlan,
    },
    /// The next requests of this kind have a fault.
    RequestFault {
        requests: Requests,
        fault: Fault,
        times: u32,
    },
    /// All requests have a fault for this long.
    Outage { fault: Fault, length: Duration },
    /// The store fails for this long.
    StoreFails { length: Duration },
    /// The clock of a worker's machine is set `seconds` ahead. From then on it gains `gains` milliseconds in each second.
    ClockSet {
        worker: usize,
        seconds: i64,
        gains: i64,
    },
    /// The worker is interrupted when it reaches `point`, after `after` other times.
    Interrupt {
        worker: usize,
        point: CrashPoint,
        after: u32,
        interruption: Interruption,
    },
}

impl EventKind {
    pub(super) fn is_call(&self) -> bool {
        matches!(self, Self::Call { .. })
    }

    /// Whether it can keep an engine from doing its work in time, or from knowing that its work is done.
    pub(super) fn hinders(&self, dates_answers: bool) -> bool {
        match self {
            Self::Pause { .. }
            | Self::RequestFault { .. }
            | Self::Outage { .. }
            | Self::StoreFails { .. }
            | Self::Interrupt { .. } => true,
            // HighLevel's answers correct it.
            Self::ClockSet { .. } => !dates_answers,
            Self::Call { .. }
            | Self::Write { .. }
            | Self::Book { .. }
            | Self::Doubt { .. }
            | Self::Decide { .. }
            | Self::Sweep { .. }
            | Self::Absence { .. }
            | Self::SetDnd { .. } => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallEnd {
    Missed,
    Voicemail,
    Answered,
    /// The business calls the caller, who answers.
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// A word that the platform understands, too.
    Stop,
    /// A phrase that only the recipe understands.
    Refusal,
    Start,
    Help,
    Thanks,
    Automatic,
    Other,
}

impl Words {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Refusal => "please stop texting me",
            Self::Start => "START",
            Self::Help => "can somebody call me please",
            Self::Thanks => "thanks",
            Self::Automatic => "I'm driving right now and will get back to you later.",
            Self::Other => "we are on our way home",
        }
    }
}

/// How a webhook is delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeliveryPlan {
    pub(super) worker: usize,
    pub(super) delay: Duration,
    /// The time between the first delivery and a second one.
    pub(super) repeat_after: Option<Duration>,
    /// It is never delivered. A sweep may still find its event.
    pub(super) lost: bool,
}

impl DeliveryPlan {
    pub(super) const PROMPT: Self = Self {
        worker: 0,
        delay: Duration::from_millis(300),
        repeat_after: None,
        lost: false,
    };
}

/// How the location leaves the service, and so how it comes back.
#[derive(Debug, Clone, Copy)]
pub(super) enum Departure {
    /// The host removes it, over one worker or over all, and puts it again.
    Removed { removal: Removal, everywhere: bool },
    /// The app is uninstalled, and installed again.
    Uninstalled {
        /// The delivery of the webhook `UNINSTALL`.
        gone: DeliveryPlan,
        /// The delivery of the webhook `INSTALL`.
        back: DeliveryPlan,
        host: HostOnInstall,
    },
}

/// What the host does when the app is installed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostOnInstall {
    Nothing,
    /// It reports the installation.
    Reports,
    /// It puts the location.
    Puts,
}

/// What happens to a worker at a point that it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// It crashes, and starts again after `down`.
    Crash { down: Duration },
    /// It hangs for this long, and goes on as if nothing had happened.
    Stall { length: Duration },
}

/// Where a worker is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CrashPoint {
    BeforeWrite,
    AfterWrite,
    BeforeRequest,
    AfterRequest,
}

impl CrashPoint {
    pub(super) const ALL: [Self; 4] = [
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::BeforeRequest,
        Self::AfterRequest,
    ];
}

impl Plan {
    /// The largest error of the clock that an engine uses.
    pub(super) fn clock_error(&self) -> Duration {
        if self.dates_answers {
            return CORRECTED_TO;
        }
        let errors = self.events.iter().map(|event| match event.kind {
            EventKind::ClockSet { seconds, .. } => seconds.unsigned_abs(),
            _ => 0,
        });
        Duration::from_secs(errors.max().unwrap_or(0))
    }

    /// Whether a webhook is lost.
    pub(super) fn loses(&self) -> bool {
        self.events.iter().any(|event| match event.kind {
            EventKind::Call { delivery, .. } | EventKind::Write { delivery, .. } => delivery.lost,
            _ => false,
        })
    }
}
