//! What goes wrong between the engine and HighLevel, and with the store: kept here, asked for by both.

use std::time::Duration;

use http::Method;

/// Which requests a fault is for.
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

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No connection: surely nothing was sent.
    NoConnection,
    /// It is lost on the way there.
    LostBefore,
    /// It is carried out, and the answer is lost.
    LostAfter,
    /// 503, and nothing is done.
    Unavailable,
    /// It is carried out, and the gateway answers 502.
    GatewayAfter,
    /// 429.
    TooMany,
    /// It is carried out, and no answer comes for as long as one waits.
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

    /// Those of an outage.
    pub(super) const WITHOUT_EFFECT: [Self; 4] = [
        Self::NoConnection,
        Self::LostBefore,
        Self::Unavailable,
        Self::TooMany,
    ];

    /// Whether the request is carried out all the same.
    pub(super) fn has_effect(self) -> bool {
        matches!(self, Self::LostAfter | Self::GatewayAfter | Self::Hangs)
    }
}

/// The faults that are in force.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    next: Vec<(Requests, Fault, u32)>,
    spell: Option<(Fault, Duration)>,
    store_until: Duration,
}

impl Troubles {
    pub(super) fn add(&mut self, requests: Requests, fault: Fault, times: u32) {
        self.next.push((requests, fault, times));
    }

    pub(super) fn begin_spell(&mut self, fault: Fault, until: Duration) {
        self.spell = Some((fault, until));
    }

    pub(super) fn fail_store(&mut self, until: Duration) {
        self.store_until = until;
    }

    pub(super) fn store_fails(&self, now: Duration) -> bool {
        now < self.store_until
    }

    /// The fault of this request, if it has one. One that was ordered for a number of requests is used up by one.
    pub(super) fn take(&mut self, method: &Method, path: &str, now: Duration) -> Option<Fault> {
        if let Some((fault, until)) = self.spell
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
