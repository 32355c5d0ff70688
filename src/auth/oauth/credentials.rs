//! Credentials from OAuth grants: which token a request gets, and which renewal it waits for; and the
//! locations that an agency's grant covers.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::TryStreamExt as _;

use super::endpoint::OAuth;
use super::grant::{Grant, GrantKey, GrantSource};
use super::grant_state::{Decision, GrantState, RefreshPolicy};
use super::installed::{InstalledLocation, InstalledQuery};
use super::renew::{is_expiry, store_failed};
use crate::auth::Credentials;
use crate::auth::store::{Put, TokenStore};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::ids::{CompanyId, LocationId};
use crate::secret::Secret;

/// [`Credentials`] that keep OAuth grants alive, for locations with grants of their own and for locations below an
/// agency. Cheap to clone; clones share everything.
///
/// Besides those of the request itself, a request can fail with
/// * [`GrantDead`](crate::error::ErrorKind::GrantDead): HighLevel ended the grant, or the app was uninstalled;
/// * [`TokenStore`](crate::error::ErrorKind::TokenStore): the store failed;
/// * [`Config`](crate::error::ErrorKind::Config): there is no grant for the location;
/// * an error of the operation `oauth.refresh` or `oauth.location_token`: the old token has ended, and no new one was
///   to be had. [`Error::is_retryable`] tells whether it may be later; after
///   [`LocationPaused`](crate::error::ErrorKind::LocationPaused) the grant goes on when the location is active again.
///
/// Only HighLevel's own word about the grant ends it (`invalid_grant`, a code or a refresh token that is not known or used
/// up). After anything else it is asked again, with growing pauses.
#[derive(Clone)]
pub struct OAuthCredentials {
    pub(super) inner: Arc<Inner>,
}

/// Settings of [`OAuthCredentials`].
#[derive(Debug)]
#[must_use]
pub struct OAuthCredentialsBuilder {
    oauth: OAuth,
    store: Arc<dyn TokenStore>,
    policy: RefreshPolicy,
    agency: Option<CompanyId>,
}

impl OAuthCredentialsBuilder {
    /// When tokens are renewed before they end.
    pub fn refresh_policy(self, policy: RefreshPolicy) -> Self {
        Self { policy, ..self }
    }

    /// The agency whose token goes with requests that belong to no location. Without it such requests fail.
    pub fn agency(self, company: CompanyId) -> Self {
        Self {
            agency: Some(company),
            ..self
        }
    }

    /// The credentials.
    pub fn build(self) -> OAuthCredentials {
        OAuthCredentials {
            inner: Arc::new(Inner {
                oauth: self.oauth,
                store: self.store,
                policy: self.policy,
                agency: self.agency,
                grants: Mutex::default(),
            }),
        }
    }
}

/// What all clones share.
pub(super) struct Inner {
    pub(super) oauth: OAuth,
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) policy: RefreshPolicy,
    agency: Option<CompanyId>,
    grants: Mutex<HashMap<GrantKey, Arc<GrantState>>>,
}

impl OAuthCredentials {
    /// Returns a builder for credentials that keep their grants in `store`. Several clients and processes may share one.
    pub fn builder(oauth: OAuth, store: impl TokenStore) -> OAuthCredentialsBuilder {
        OAuthCredentialsBuilder {
            oauth,
            store: Arc::new(store),
            policy: RefreshPolicy::default(),
            agency: None,
        }
    }

    /// The app's endpoints.
    pub fn oauth(&self) -> &OAuth {
        &self.inner.oauth
    }

    /// Records that `location` belongs to `company`, whose grant mints its tokens. A grant of its own that is there
    /// already stays. Returns whether anything was changed.
    pub async fn add_location(&self, location: &LocationId, company: &CompanyId) -> Result<bool> {
        let now = self.inner.clock().now();
        let key = GrantKey::Location(location.clone());
        self.inner
            .edit(&key, |there| match there {
                Some(grant) if grant.uninstalled_at.is_none() => None,
                _ => {
                    let mut grant = Grant::new(GrantSource::Agency(company.clone()));
                    grant.installed_at = Some(now);
                    Some(grant)
                }
            })
            .await
    }

    /// Asks HighLevel where below `company` the app is installed, and adds these locations. Needs the agency's grant
    /// with the scope `oauth.readonly`.
    pub async fn sync_locations(&self, company: &CompanyId) -> Result<Vec<InstalledLocation>> {
        let key = GrantKey::Agency(company.clone());
        let query = InstalledQuery::new(company.clone());
        let oauth = &self.inner.oauth;
        let token = self.inner.access(&key).await?;
        let all = async |token: &Secret| -> Result<Vec<InstalledLocation>> {
            let locations = oauth.stream_installed_locations(token, &query);
            locations.try_collect().await
        };
        let found = match all(&token).await {
            Err(error) if is_expiry(&error) => match self.inner.renewed(&key, &token).await? {
                Some(newer) => all(&newer).await?,
                None => return Err(error),
            },
            other => other?,
        };
        for location in &found {
            self.add_location(&location.id, company).await?;
        }
        Ok(found)
    }
}

impl Inner {
    pub(super) fn clock(&self) -> &dyn Clock {
        &**self.oauth.client().clock()
    }

    fn grants(&self) -> MutexGuard<'_, HashMap<GrantKey, Arc<GrantState>>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn grant_state(&self, key: &GrantKey) -> Arc<GrantState> {
        let mut grants = self.grants();
        match grants.get(key) {
            Some(grant_state) => Arc::clone(grant_state),
            None => {
                let grant_state = Arc::new(GrantState::new(key.clone()));
                grants.insert(key.clone(), Arc::clone(&grant_state));
                grant_state
            }
        }
    }

    /// A grant was added or removed: forgets what this process knows of it, and the failures that it may have caused.
    pub(super) fn changed(&self, key: &GrantKey) {
        self.grant_state(key).lock().forget();
        if let GrantKey::Agency(_) = key {
            for grant_state in self.grants().values() {
                grant_state.lock().forget_failure();
            }
        }
    }

    /// The access token of a grant; renewed first if it has ended, in the background if it is about to.
    pub(super) async fn access(self: &Arc<Self>, key: &GrantKey) -> Result<Secret> {
        let grant_state = self.grant_state(key);
        let refresh = {
            let mut state = grant_state.lock();
            let (now, elapsed) = (self.clock().now(), self.clock().elapsed());
            match state.decide(self.policy, now, elapsed) {
                Decision::Serve(token) => return Ok(token),
                Decision::ServeAndRenew(token) => {
                    // The token works without it; the next request tries again.
                    let _ = self.start_refresh(&grant_state, &mut state, None);
                    return Ok(token);
                }
                Decision::Fail(error) => return Err(error),
                Decision::Wait => match state.running_refresh() {
                    Some(refresh) => refresh.clone(),
                    None => self.start_refresh(&grant_state, &mut state, None)?,
                },
            }
        };
        match refresh.finished().await {
            Ok(token) => Ok(token),
            // The store may have held one that is due and still works.
            Err(error) => match grant_state.lock().valid_token(self.clock().now()) {
                Some(token) => Ok(token.clone()),
                None => Err(error),
            },
        }
    }

    /// A token other than `refused`, which HighLevel does not take any more. `None` if there is no other.
    pub(super) async fn renewed(
        self: &Arc<Self>,
        key: &GrantKey,
        refused: &Secret,
    ) -> Result<Option<Secret>> {
        let grant_state = self.grant_state(key);
        // The first renewal may have been started for another reason and bring the refused token.
        for _ in 0..2 {
            let refresh = {
                let mut state = grant_state.lock();
                let (now, elapsed) = (self.clock().now(), self.clock().elapsed());
                match state.valid_token(now) {
                    Some(token) if token != refused => return Ok(Some(token.clone())),
                    _ => {}
                }
                if let Some(refresh) = state.running_refresh() {
                    refresh.clone()
                } else if let Some(error) = state.backoff(elapsed, false) {
                    return Err(error);
                } else if state.may_renew_refused(elapsed) {
                    self.start_refresh(&grant_state, &mut state, Some(refused.clone()))?
                } else {
                    return Ok(None);
                }
            };
            let token = refresh.finished().await?;
            if token != *refused {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// Writes what `change` makes of a grant; `None` leaves it. Returns whether it was changed.
    pub(super) async fn edit(
        &self,
        key: &GrantKey,
        change: impl Fn(Option<&Grant>) -> Option<Grant> + Send + Sync,
    ) -> Result<bool> {
        loop {
            let stored = self.read(key).await?;
            let grant = stored.as_ref().map(|stored| &stored.grant);
            let Some(changed) = change(grant) else {
                return Ok(false);
            };
            let revision = stored.as_ref().map(|stored| stored.revision);
            let put = self.store.put(key, revision, &changed).await;
            if let Put::Done(_) = put.map_err(|error| store_failed(&error))? {
                self.changed(key);
                return Ok(true);
            }
        }
    }

    fn key(&self, location: Option<&LocationId>) -> Result<GrantKey> {
        match (location, &self.agency) {
            (Some(location), _) => Ok(GrantKey::Location(location.clone())),
            (None, Some(company)) => Ok(GrantKey::Agency(company.clone())),
            (None, None) => Err(Error::config(
                "credentials",
                "the request belongs to no location, and no agency is named; call `agency` on the builder of the \
                 OAuth credentials",
            )),
        }
    }
}

#[async_trait]
impl Credentials for OAuthCredentials {
    async fn token(&self, location: Option<&LocationId>) -> Result<Secret> {
        self.inner.access(&self.inner.key(location)?).await
    }

    async fn renew(
        &self,
        location: Option<&LocationId>,
        refused: &Secret,
    ) -> Result<Option<Secret>> {
        let key = self.inner.key(location)?;
        self.inner.renewed(&key, refused).await
    }
}

impl fmt::Debug for OAuthCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthCredentials")
            .field("oauth", &self.inner.oauth)
            .field("store", &self.inner.store)
            .finish_non_exhaustive()
    }
}
