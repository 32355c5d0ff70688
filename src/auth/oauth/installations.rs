//! Installations and removals that HighLevel tells of by webhook, carried over to the store.
//!
//! Only a [`Delivery`] that was verified may come here. A repeat, early or late, changes nothing: what counts is the
//! time inside the signed body.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::credentials::OAuthCredentials;
use super::grant::{Grant, GrantKey, GrantSource};
use crate::error::{ErrorKind, Result};
use crate::ids::CompanyId;
use crate::webhooks::{Delivery, Event, Handler, NotDurable};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The store was changed.
    Changed,
    /// It told nothing new: it is older than what is known, a repeat, of another app, or of something else.
    Ignored,
    /// A removal that does not say when it happened, and so may be an old one told again. HighLevel is asked by a
    /// renewal: if the grant has ended, requests fail with [`GrantDead`](ErrorKind::GrantDead) from then on.
    Asked,
}

impl OAuthCredentials {
    /// Carries an `INSTALL` or `UNINSTALL` over to the store.
    ///
    /// An installation of a location below an agency (one of many in a bulk installation, or a location that was made
    /// later) makes its tokens available once the agency's own grant is there, in whichever order the two come. A
    /// removal takes the tokens out of the store; that of an agency those of its locations too.
    ///
    /// The delivery must come from a [`Verifier`](crate::webhooks::Verifier). Fails with
    /// [`TokenStore`](ErrorKind::TokenStore) when the store does; HighLevel must then deliver again.
    pub async fn observe(&self, delivery: &Delivery) -> Result<Observed> {
        let app = self.inner.oauth.app().app_id();
        if delivery.app_id.as_ref().is_some_and(|id| id != app) {
            return Ok(Observed::Ignored);
        }
        let key = match (&delivery.location_id, &delivery.company_id) {
            (Some(location), _) => GrantKey::Location(location.clone()),
            (None, Some(company)) => GrantKey::Agency(company.clone()),
            (None, None) => return Ok(Observed::Ignored),
        };
        let changed = match (&delivery.event, delivery.timestamp) {
            (Event::Install(_), told) => {
                let at = told.unwrap_or(delivery.received_at);
                let company = delivery.company_id.as_ref();
                let may_return = told.is_some();
                self.inner
                    .edit(&key, |there| {
                        installed(&key, there, company, at, may_return)
                    })
                    .await?
            }
            (Event::Uninstall, Some(at)) => self.uninstalled(&key, at).await?,
            (Event::Uninstall, None) => return self.ask(&key).await,
            _ => false,
        };
        Ok(if changed {
            Observed::Changed
        } else {
            Observed::Ignored
        })
    }

    async fn uninstalled(&self, key: &GrantKey, at: Timestamp) -> Result<bool> {
        let changed = self.inner.edit(key, |there| removed(there, at)).await?;
        let GrantKey::Agency(company) = key else {
            return Ok(changed);
        };
        let below = GrantSource::Agency(company.clone());
        let all = self.inner.store.all().await;
        for (location, stored) in all.map_err(|error| super::renew::store_failed(&error))? {
            if stored.grant.source == below {
                let of_agency = |there: Option<&Grant>| {
                    removed(there.filter(|grant| grant.source == below), at)
                        .filter(|_| there.is_some_and(|grant| grant.source == below))
                };
                self.inner.edit(&location, of_agency).await?;
            }
        }
        Ok(changed)
    }

    async fn ask(&self, key: &GrantKey) -> Result<Observed> {
        let stored = self.inner.read(key).await?;
        let tokens = stored.and_then(|stored| stored.grant.tokens);
        let Some(tokens) = tokens else {
            return Ok(Observed::Ignored);
        };
        let slot = self.inner.slot(key);
        let mut state = slot.lock();
        let elapsed = self.inner.clock().elapsed();
        if state.flight().is_none() && state.may_renew_refused(elapsed) {
            self.inner.launch(&slot, &mut state, Some(tokens.access))?;
        }
        Ok(Observed::Asked)
    }
}

/// A grant after an installation at `at`; `None` if that changes nothing.
fn installed(
    key: &GrantKey,
    there: Option<&Grant>,
    company: Option<&CompanyId>,
    at: Timestamp,
    may_return: bool,
) -> Option<Grant> {
    // A location's own grant, and an agency's, come with a code.
    let minted = || match (key, company) {
        (GrantKey::Location(_), Some(company)) => {
            let mut grant = Grant::new(GrantSource::Agency(company.clone()));
            grant.installed_at = Some(at);
            Some(grant)
        }
        _ => None,
    };
    match there {
        None => minted(),
        Some(grant) => match grant.uninstalled_at {
            Some(removed) if may_return && at > removed => minted(),
            Some(_) => None,
            None if grant.installed_at.is_none_or(|known| known < at) => {
                let mut grant = grant.clone();
                grant.installed_at = Some(at);
                Some(grant)
            }
            None => None,
        },
    }
}

/// A grant after a removal at `at`; `None` if that changes nothing. A removal that comes before its installation is
/// remembered too.
fn removed(there: Option<&Grant>, at: Timestamp) -> Option<Grant> {
    let newest = there.and_then(|grant| grant.installed_at.max(grant.uninstalled_at));
    if newest.is_some_and(|newest| newest > at)
        || there.is_some_and(|grant| grant.uninstalled_at == Some(at))
    {
        return None;
    }
    let mut grant = Grant::new(there.map_or(GrantSource::Own, |grant| grant.source.clone()));
    grant.uninstalled_at = Some(at);
    Some(grant)
}

/// A [`Handler`] that carries installations over to the store, then hands every delivery on to another handler.
///
/// ```
/// # use gohighlevel::auth::oauth::{Installations, OAuthCredentials};
/// # use gohighlevel::webhooks::{Delivery, Handler, NotDurable};
/// # struct Rest;
/// # #[async_trait::async_trait] impl Handler for Rest {
/// #     async fn handle(&self, _: Delivery) -> Result<(), NotDurable> { Ok(()) }
/// # }
/// # fn example(credentials: OAuthCredentials, rest: Rest) -> impl Handler {
/// Installations::new(credentials, rest) // goes to the receiver, behind the proof of the signature
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Installations<H> {
    credentials: OAuthCredentials,
    next: Arc<H>,
}

impl<H: Handler> Installations<H> {
    /// In front of `next`.
    pub fn new(credentials: OAuthCredentials, next: H) -> Self {
        Self {
            credentials,
            next: Arc::new(next),
        }
    }
}

#[async_trait]
impl<H: Handler> Handler for Installations<H> {
    fn wants(&self, delivery: &Delivery) -> bool {
        let installation = matches!(delivery.event, Event::Install(_) | Event::Uninstall);
        installation || self.next.wants(delivery)
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        match self.credentials.observe(&delivery).await {
            Err(error) if *error.kind() == ErrorKind::TokenStore => Err(NotDurable::new(error)),
            Err(error) => {
                tracing::warn!(%error, "an installation was not carried over");
                self.next.handle(delivery).await
            }
            Ok(_) => self.next.handle(delivery).await,
        }
    }
}
