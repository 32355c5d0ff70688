//! The timeline of a run: one readable line for each event.

use std::fmt;
use std::time::Duration;

use gohighlevel::recipes::missed_call::Removal;

use super::faults::{Fault, Requests};
use super::plan::{
    CallEnd, CrashPoint, DeliveryPlan, Departure, EventKind, HostOnInstall, Interruption, Words,
};

/// The events in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline(Vec<String>);

impl Timeline {
    pub(super) fn push(&mut self, at: Duration, line: &dyn fmt::Display) {
        self.0.push(format!("+{} {line}", Clocked(at)));
    }

    pub(super) fn lines(&self) -> &[String] {
        &self.0
    }
}

/// `01:02:03`, and the milliseconds where there are any.
struct Clocked(Duration);

impl fmt::Display for Clocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, milliseconds) = (self.0.as_secs(), self.0.subsec_millis());
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}")?;
        if milliseconds > 0 {
            write!(f, ".{milliseconds:03}")?;
        }
        Ok(())
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call {
                caller,
                end,
                delivery,
            } => match end {
                CallEnd::Missed => write!(f, "{caller} calls, nobody answers{delivery}"),
                CallEnd::Voicemail => {
                    write!(f, "{caller} calls and speaks to the voicemail{delivery}")
                }
                CallEnd::Answered => write!(f, "{caller} calls and is answered{delivery}"),
                CallEnd::Returned => {
                    write!(f, "the business calls {caller} and reaches them{delivery}")
                }
            },
            Self::Write {
                caller,
                words,
                delivery,
            } => write!(f, "{caller} writes: {}{delivery}", Words::text(*words)),
            Self::Sweep { worker } => write!(f, "worker {} sweeps", worker + 1),
            Self::Pause { worker, length } => write!(
                f,
                "the location is paused for {}, over worker {}",
                Clocked(*length),
                worker + 1
            ),
            Self::Absence {
                worker,
                departure,
                length,
            } => {
                let worker = worker + 1;
                let length = Clocked(*length);
                write!(f, "{departure}, for {length}, over worker {worker}")
            }
            Self::Book { caller, .. } => write!(f, "{caller} books an appointment"),
            Self::Doubt { caller, .. } => write!(f, "{caller} may have opted out"),
            Self::Decide {
                caller, decision, ..
            } => write!(f, "it is decided for {caller}: {}", decision.as_str()),
            Self::SetDnd {
                caller,
                on,
                delivery,
            } => {
                let switched = if *on { "on" } else { "off" };
                write!(
                    f,
                    "the team turns do-not-disturb {switched} for {caller}{delivery}"
                )
            }
            Self::RequestFault {
                requests,
                fault,
                times,
            } => write!(f, "the next {times} {requests} {fault}"),
            Self::Outage { fault, length } => {
                write!(f, "for {} all requests {fault}", Clocked(*length))
            }
            Self::StoreFails { length } => write!(f, "the store fails for {}", Clocked(*length)),
            Self::ClockSet {
                worker,
                seconds,
                gains,
            } => write!(
                f,
                "the clock of worker {} is set {seconds} s ahead, and gains {gains} ms a second",
                worker + 1
            ),
            Self::Interrupt {
                worker,
                point,
                after,
                interruption,
            } => {
                let worker = worker + 1;
                let (what, length) = match interruption {
                    Interruption::Crash { down } => ("crash", down),
                    Interruption::Stall { length } => ("hang", length),
                };
                write!(
                    f,
                    "worker {worker} will {what} {point}, after {after} others, for {}",
                    Clocked(*length)
                )
            }
        }
    }
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed {
                removal,
                everywhere,
            } => {
                let pending = match removal {
                    Removal::Finish => "what is pending is finished",
                    Removal::End => "what is pending ends",
                };
                let others = if *everywhere {
                    ", and over the others"
                } else {
                    ""
                };
                write!(f, "the location is removed, {pending}{others}")
            }
            Self::Uninstalled { gone, back, host } => {
                let host = match host {
                    HostOnInstall::Nothing => "",
                    HostOnInstall::Reports => ", and the host reports it",
                    HostOnInstall::Puts => ", and the host puts the location",
                };
                write!(
                    f,
                    "the app is uninstalled{gone} and installed again{back}{host}"
                )
            }
        }
    }
}

impl fmt::Display for DeliveryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lost {
            return f.write_str(" (the webhook is lost)");
        }
        let delay = Clocked(self.delay);
        write!(f, " (worker {} gets it {delay} later", self.worker + 1)?;
        match self.repeat_after {
            Some(again) => write!(f, ", and again after {})", Clocked(again)),
            None => f.write_str(")"),
        }
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeWrite => "before a write",
            Self::AfterWrite => "after a write",
            Self::BeforeRequest => "before a request",
            Self::AfterRequest => "after a request",
        })
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "requests",
            Self::Reads => "reading requests",
            Self::Texts => "texts",
            Self::Tasks => "tasks",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoConnection => "get no connection",
            Self::LostBefore => "are lost on the way",
            Self::LostAfter => "are performed and their answers lost",
            Self::Unavailable => "are answered 503",
            Self::GatewayAfter => "are performed and answered 502",
            Self::TooMany => "are answered 429",
            Self::Hangs => "are performed and never answered",
        })
    }
}
