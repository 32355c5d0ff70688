//! The injected faults of requests and of the store.

use std::time::Duration;

use http::Method;

/// The requests that a fault affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Requests {
    Any,
    Reads,
    Texts,
    Tasks,
}

impl Requests {
    pub(super) const ALL: [Self; 4] = [Self::Any, Self::Reads, Self::Texts, Self::Tasks];

    fn include(self, method: &Method, path: &str) -> bool {
        let writes = *method == Method::POST;
        match self {
            Self::Any => true,
            Self::Reads => *method == Method::GET,
            Self::Texts => writes && path.ends_with("/messages"),
            Self::Tasks => writes && path.ends_with("/tasks"),
        }
    }
}

/// A fault of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection: nothing was sent.
    NoConnection,
    /// The request is lost before it reaches the platform.
    LostBefore,
    /// The platform performs the request, and the answer is lost.
    LostAfter,
    /// 503, and the platform does nothing.
    Unavailable,
    /// The platform performs the request, and the gateway answers 502.
    GatewayAfter,
    /// 429.
    TooMany,
    /// The platform performs the request, and no answer comes before the timeout.
    Hangs,
}

impl Fault {
    pub(super) const ALL: [Self; 7] = [
        Self::NoConnection,
        Self::LostBefore,
        Self::LostAfter,
        Self::Unavailable,
        Self::GatewayAfter,
        Self::TooMany,
        Self::Hangs,
    ];

    /// The faults of a long outage.
    pub(super) const WITHOUT_EFFECT: [Self; 4] = [
        Self::NoConnection,
        Self::LostBefore,
        Self::Unavailable,
        Self::TooMany,
    ];

    /// Whether the platform performs the request.
    pub(super) fn has_effect(self) -> bool {
        matches!(self, Self::LostAfter | Self::GatewayAfter | Self::Hangs)
    }
}

/// The faults that are active now.
#[derive(Debug, Default)]
pub(super) struct ActiveFaults {
    next: Vec<(Requests, Fault, u32)>,
    outage: Option<(Fault, Duration)>,
    store_until: Duration,
}

impl ActiveFaults {
    pub(super) fn add(&mut self, requests: Requests, fault: Fault, times: u32) {
        self.next.push((requests, fault, times));
    }

    pub(super) fn begin_outage(&mut self, fault: Fault, until: Duration) {
        self.outage = Some((fault, until));
    }

    pub(super) fn fail_store(&mut self, until: Duration) {
        self.store_until = until;
    }

    pub(super) fn store_fails(&self, now: Duration) -> bool {
        now < self.store_until
    }

    /// The fault of this request, if any. A fault with a count affects one request fewer from now on.
    pub(super) fn take(&mut self, method: &Method, path: &str, now: Duration) -> Option<Fault> {
        if let Some((fault, until)) = self.outage
            && now < until
        {
            return Some(fault);
        }
        let (_, fault, times) = self
            .next
            .iter_mut()
            .find(|(requests, _, times)| *times > 0 && requests.include(method, path))?;
        *times -= 1;
        Some(*fault)
    }
}
