//! The app's grants: codes, tokens and installations, with the rules they are kept by. No HTTP here.
//!
//! A refresh token is good for one pair. Asked again within the grace (30 s, as HighLevel's changelog says) it gives the
//! same pair; after that its use ends the grant, as RFC 9700 (4.14.2) advises and a client must fear.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::values::fresh_id;

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    Location(String),
    Company(String),
}

/// Everything about the app's grants.
pub(super) struct Grants {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// How long an access token lives.
    pub(super) lifetime: Duration,
    /// Whether a minted token comes with a refresh token.
    pub(super) minted_refresh_tokens: bool,
    /// For so long a used refresh token gives the same pair again.
    pub(super) grace: Duration,
    /// What a user grants to the app from now on; all that FakeGhl knows if `None`.
    pub(super) app_scopes: Option<Vec<String>>,
    /// Where the app is installed, and since when.
    pub(super) installed: BTreeMap<String, Timestamp>,
    codes: BTreeMap<String, u64>,
    grants: BTreeMap<u64, GrantOfApp>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
}

/// One installation by a user.
#[derive(Clone)]
pub(super) struct GrantOfApp {
    pub(super) holder: Holder,
    /// Locations below an agency that were chosen at the installation.
    pub(super) approved: Vec<String>,
    /// What the app may do; all if `None`.
    pub(super) scopes: Option<Vec<String>>,
}

struct Access {
    holder: Holder,
    grant: u64,
    expires_at: Timestamp,
}

struct Refresh {
    /// Whom the new pair speaks for: a minted token's location, not the agency above it.
    holder: Holder,
    grant: u64,
    used: Option<(Timestamp, Pair)>,
}

/// An access token and the refresh token that came with it.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_at: Timestamp,
}

impl Grants {
    pub(super) fn new(app_id: &str) -> Self {
        Self {
            client_id: format!("{app_id}-fake0000"),
            client_secret: super::values::fresh_uuid(),
            lifetime: Duration::from_secs(86_399),
            minted_refresh_tokens: true,
            grace: Duration::from_secs(30),
            app_scopes: None,
            installed: BTreeMap::new(),
            codes: BTreeMap::new(),
            grants: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
        }
    }

    /// A user approves the app; answers the code.
    pub(super) fn authorize(
        &mut self,
        holder: Holder,
        approved: Vec<String>,
        now: Timestamp,
    ) -> String {
        let places = match &holder {
            Holder::Location(location) => std::slice::from_ref(location),
            Holder::Company(_) => &approved[..],
        };
        for location in places {
            self.installed.insert(location.clone(), now);
        }
        let number = self.grants.keys().next_back().map_or(1, |last| last + 1);
        let scopes = self.app_scopes.clone();
        let grant = GrantOfApp {
            holder,
            approved,
            scopes,
        };
        self.grants.insert(number, grant);
        let code = fresh_id();
        self.codes.insert(code.clone(), number);
        code
    }

    /// Uses a code up; answers its grant.
    pub(super) fn redeem(&mut self, code: &str, now: Timestamp) -> Option<(GrantOfApp, Pair)> {
        let number = self.codes.remove(code)?;
        let grant = self.grants.get(&number)?.clone();
        let pair = self.issue(number, grant.holder.clone(), true, now);
        Some((grant, pair))
    }

    pub(super) fn knows_code(&self, code: &str) -> bool {
        self.codes.contains_key(code)
    }

    /// Uses a refresh token; `None` means that it is not, or no longer, good.
    pub(super) fn refresh(&mut self, token: &str, now: Timestamp) -> Option<(GrantOfApp, Pair)> {
        let known = self.refresh.get(token)?;
        let number = known.grant;
        let holder = known.holder.clone();
        let mut grant = self.grants.get(&number)?.clone();
        grant.holder = holder.clone();
        if let Some((at, pair)) = &known.used {
            let grace = SignedDuration::try_from(self.grace).unwrap_or(SignedDuration::MAX);
            if now.duration_since(*at) < grace {
                return Some((grant, pair.clone()));
            }
            self.end(|_, other| other == number);
            return None;
        }
        let pair = self.issue(number, holder, true, now);
        if let Some(known) = self.refresh.get_mut(token) {
            known.used = Some((now, pair.clone()));
        }
        Some((grant, pair))
    }

    /// A token for a location below the agency whose access token this is.
    pub(super) fn mint(
        &mut self,
        agency_token: &str,
        location: &str,
        now: Timestamp,
    ) -> Option<Pair> {
        let number = self.access.get(agency_token)?.grant;
        let holder = Holder::Location(location.to_owned());
        Some(self.issue(number, holder, self.minted_refresh_tokens, now))
    }

    fn issue(&mut self, grant: u64, holder: Holder, refresh: bool, now: Timestamp) -> Pair {
        let life = SignedDuration::try_from(self.lifetime).unwrap_or(SignedDuration::MAX);
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        let pair = Pair {
            access: format!("eyJaccess.{}", fresh_id()),
            refresh: refresh.then(|| format!("eyJrefresh.{}", fresh_id())),
            expires_at,
        };
        self.access.insert(
            pair.access.clone(),
            Access {
                holder: holder.clone(),
                grant,
                expires_at,
            },
        );
        if let Some(token) = &pair.refresh {
            let used = None;
            let refresh = Refresh {
                holder,
                grant,
                used,
            };
            self.refresh.insert(token.clone(), refresh);
        }
        pair
    }

    /// Whom an access token speaks for, while it lives.
    pub(super) fn holder(&self, token: &str, now: Timestamp) -> Option<&Holder> {
        self.access
            .get(token)
            .filter(|access| now < access.expires_at)
            .map(|access| &access.holder)
    }

    /// What an access token may do; all if `None`.
    pub(super) fn scopes(&self, token: &str) -> &Option<Vec<String>> {
        let grant = self.access.get(token).map(|access| access.grant);
        let grant = grant.and_then(|grant| self.grants.get(&grant));
        grant.map_or(&None, |grant| &grant.scopes)
    }

    /// Every access token ends now, whatever was said at its issue.
    pub(super) fn expire_access_tokens(&mut self) {
        self.access.clear();
    }

    /// The app is removed from here. Its locations' tokens end with an agency's.
    pub(super) fn uninstall(&mut self, from: &Holder) {
        match from {
            Holder::Location(location) => {
                self.installed.remove(location);
                self.access.retain(|_, access| access.holder != *from);
                self.refresh.retain(|_, refresh| refresh.holder != *from);
                for grant in self.grants.values_mut() {
                    grant.approved.retain(|approved| approved != location);
                }
            }
            Holder::Company(_) => {
                let approved = self.grants.values().filter(|grant| grant.holder == *from);
                for location in approved.flat_map(|grant| &grant.approved) {
                    self.installed.remove(location);
                }
            }
        }
        self.end(|grant, _| grant.holder == *from);
    }

    fn end(&mut self, ended: impl Fn(&GrantOfApp, u64) -> bool) {
        self.grants.retain(|number, grant| !ended(grant, *number));
        let grants = &self.grants;
        self.codes.retain(|_, number| grants.contains_key(number));
        self.access
            .retain(|_, access| grants.contains_key(&access.grant));
        self.refresh
            .retain(|_, refresh| grants.contains_key(&refresh.grant));
    }
}
