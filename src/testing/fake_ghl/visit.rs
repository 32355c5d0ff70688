//! A request on its way through an operation: what it may see and change.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{Answer, Fields};
use super::modes::Modes;
use super::oauth::Holder;
use super::request::ApiRequest;
pub(super) use super::version::Version;
use super::world::{Company, Location, World};

/// A request of a location's token.
pub(super) struct Visit<'a> {
    pub(super) request: &'a ApiRequest,
    pub(super) version: Version,
    /// Whether the token is a private one, not one of OAuth.
    pub(super) private_token: bool,
    pub(super) location: &'a mut Location,
    /// The agency above the location.
    pub(super) company: &'a mut Company,
    pub(super) modes: Modes,
    /// How long lists keep showing what was there before a write.
    pub(super) lag: jiff::SignedDuration,
    pub(super) now: Timestamp,
    /// Payloads of the webhooks this request causes.
    pub(super) events: &'a mut Vec<Value>,
}

impl Visit<'_> {
    /// The answer to a deletion or the like.
    pub(super) fn succeded(&self) -> Answer {
        Answer::ok(succeded(self.version))
    }
}

/// A request about what lies above a single location: by an agency's token, or by a location's where HighLevel lets it.
pub(super) struct AgencyVisit<'a> {
    pub(super) request: &'a ApiRequest,
    pub(super) version: Version,
    pub(super) world: &'a mut World,
    pub(super) caller: &'a Holder,
    /// The agency of the token.
    pub(super) company_id: String,
    pub(super) now: Timestamp,
}

impl AgencyVisit<'_> {
    pub(super) fn company(&mut self) -> &mut Company {
        self.world.company(&self.company_id)
    }

    /// Refuses a company id that is not the token's.
    pub(super) fn own_company(&self, named: Option<&str>) -> Result<(), Answer> {
        match named {
            Some(named) if named != self.company_id => Err(Answer::wrong_company()),
            _ => Ok(()),
        }
    }

    /// Refuses a location that the token does not reach.
    pub(super) fn reaches(&self, location: &str) -> Result<(), Answer> {
        let is_own = match self.caller {
            Holder::Location(own) => own == location,
            Holder::Company(_) => self
                .world
                .locations
                .get(location)
                .is_some_and(|location| location.company_id() == self.company_id),
        };
        if is_own {
            Ok(())
        } else {
            Err(Answer::wrong_location())
        }
    }
}

/// The flag of version 2 as HighLevel misspells it; version 3 adds the right one.
pub(super) fn succeded(version: Version) -> Value {
    match version {
        Version::V2 => json!({ "succeded": true }),
        Version::V3 => json!({ "succeeded": true, "succeded": true }),
    }
}

/// One page out of `all`: `limit` entries after the first `skip`.
pub(super) fn page<'f>(all: Vec<&'f Fields>, skip: usize, limit: usize) -> Vec<&'f Fields> {
    all.into_iter().skip(skip).take(limit).collect()
}
