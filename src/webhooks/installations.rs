//! Installations and removals that HighLevel reports by webhook, carried over to the store of the app's grants.

use std::sync::Arc;

use async_trait::async_trait;

use super::delivery::Delivery;
use super::event::Event;
use super::handler::{Handler, NotDurable};
use crate::auth::oauth::{GrantKey, OAuthCredentials};
use crate::error::{ErrorKind, Result};

/// What a delivery meant for the grants in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallationOutcome {
    /// The store was changed.
    Changed,
    /// Nothing to change: the delivery is older than what is known, a repeat, of another app, or about something else.
    Ignored,
    /// A removal without a time, which may be a repeat of an old one. The grant is renewed to find out: if HighLevel has
    /// ended it, requests fail with [`GrantDead`](ErrorKind::GrantDead) from then on.
    Probed,
}

impl OAuthCredentials {
    /// Carries an `INSTALL` or `UNINSTALL` over to the store.
    ///
    /// An installation of a location below an agency (one of many in a bulk installation, or a location that was made
    /// later) makes its tokens available once the agency's own grant is there, in whichever order the two come. A
    /// removal takes the tokens out of the store; that of an agency those of its locations too.
    ///
    /// The delivery must come from a [`Verifier`](super::Verifier). Fails with
    /// [`TokenStore`](ErrorKind::TokenStore) when the store does; HighLevel must then deliver again.
    pub async fn observe(&self, delivery: &Delivery) -> Result<InstallationOutcome> {
        let app = self.oauth().app().app_id();
        if delivery.app_id.as_ref().is_some_and(|id| id != app) {
            return Ok(InstallationOutcome::Ignored);
        }
        let key = match (&delivery.location_id, &delivery.company_id) {
            (Some(location), _) => GrantKey::Location(location.clone()),
            (None, Some(company)) => GrantKey::Agency(company.clone()),
            (None, None) => return Ok(InstallationOutcome::Ignored),
        };
        let changed = match (&delivery.event, delivery.timestamp) {
            (Event::Install(_), signed) => {
                let at = signed.unwrap_or(delivery.received_at);
                let company = delivery.company_id.as_ref();
                self.record_install(&key, company, at, signed.is_some())
                    .await?
            }
            (Event::Uninstall, Some(at)) => self.record_uninstall(&key, at).await?,
            (Event::Uninstall, None) => {
                return Ok(match self.probe(&key).await? {
                    true => InstallationOutcome::Probed,
                    false => InstallationOutcome::Ignored,
                });
            }
            _ => false,
        };
        Ok(match changed {
            true => InstallationOutcome::Changed,
            false => InstallationOutcome::Ignored,
        })
    }
}

/// A [`Handler`] that carries installations over to the store, then hands every delivery on to another handler.
///
/// ```
/// # use gohighlevel::auth::oauth::OAuthCredentials;
/// # use gohighlevel::webhooks::{Delivery, Handler, Installations, NotDurable};
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
