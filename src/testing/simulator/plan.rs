//! What is going to happen, all of it decided before anything runs (`chance` does). Each event stands for itself, so that
//! any of them can be left out when a failure is shrunk.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::testing::simulator::trouble::{Fault, Requests};

/// One of the people who call, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller(pub(super) usize);

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "caller {}", self.0 + 1)
    }
}

/// All that happens in one simulated world from outside.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) start: Timestamp,
    /// How many engines share the store.
    pub(super) workers: usize,
    /// Whether HighLevel's answers tell what time it is there. If not, an engine has its own clock alone.
    pub(super) tells_time: bool,
    /// In the order of time.
    pub(super) events: Vec<Event>,
}

/// How wrong a clock may be that engines leave as it is, and what they do not know of HighLevel's.
const CORRECTED_TO: Duration = Duration::from_secs(6);

#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) at: Duration,
    pub(super) what: What,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Call {
        caller: Caller,
        end: CallEnd,
        fate: Fate,
    },
    Write {
        caller: Caller,
        words: Words,
        fate: Fate,
    },
    /// The host tells of a booking.
    Book { caller: Caller, worker: usize },
    /// A worker sweeps: it reads what HighLevel has recorded.
    Sweep { worker: usize },
    /// The host pauses the location for as long as this.
    Pause { worker: usize, length: Duration },
    /// The team turns do-not-disturb on or off.
    Disturb {
        caller: Caller,
        on: bool,
        fate: Fate,
    },
    /// The next requests of this kind go wrong.
    Trouble {
        requests: Requests,
        fault: Fault,
        times: u32,
    },
    /// Everything goes wrong for as long as this.
    Spell { fault: Fault, length: Duration },
    /// The store fails for as long as this.
    StoreFails { length: Duration },
    /// Somebody sets the clock of a worker's machine so many seconds ahead. From then on it gains so many milliseconds in
    /// each second.
    ClockSet {
        worker: usize,
        seconds: i64,
        gains: i64,
    },
    /// The worker dies at the point that it reaches after this many others, and is started again later.
    Crash {
        worker: usize,
        point: CrashPoint,
        after: u32,
        down: Duration,
    },
}

impl What {
    /// Whether it can keep an engine from doing its work in time, or from knowing that it is done.
    pub(super) fn hinders(&self, tells_time: bool) -> bool {
        match self {
            Self::Pause { .. }
            | Self::Trouble { .. }
            | Self::Spell { .. }
            | Self::StoreFails { .. }
            | Self::Crash { .. } => true,
            // HighLevel's answers put it right.
            Self::ClockSet { .. } => !tells_time,
            Self::Call { .. }
            | Self::Write { .. }
            | Self::Book { .. }
            | Self::Sweep { .. }
            | Self::Disturb { .. } => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallEnd {
    Missed,
    Voicemail,
    Answered,
    /// The business calls, and is answered.
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// The word that the platform understands, too.
    Stop,
    /// What only the recipe understands.
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

/// What becomes of a webhook on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    pub(super) worker: usize,
    pub(super) delay: Duration,
    /// How long after the first it is delivered once more.
    pub(super) again: Option<Duration>,
    /// It is never delivered. A sweep may still find what it would have told.
    pub(super) lost: bool,
}

impl Fate {
    pub(super) const PROMPT: Self = Self {
        worker: 0,
        delay: Duration::from_millis(300),
        again: None,
        lost: false,
    };
}

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
    /// The most that the clock which an engine goes by is ever wrong.
    pub(super) fn clock_error(&self) -> Duration {
        if self.tells_time {
            return CORRECTED_TO;
        }
        let errors = self.events.iter().map(|event| match event.what {
            What::ClockSet { seconds, .. } => seconds.unsigned_abs(),
            _ => 0,
        });
        Duration::from_secs(errors.max().unwrap_or(0))
    }

    /// Whether a webhook is never delivered.
    pub(super) fn loses(&self) -> bool {
        self.events.iter().any(|event| match event.what {
            What::Call { fate, .. } | What::Write { fate, .. } => fate.lost,
            _ => false,
        })
    }
}
