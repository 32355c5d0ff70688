//! Exchanges an authorization code for a grant, and stores it.

use std::sync::Arc;

use super::credentials::{Inner, OAuthCredentials};
use super::grant::{Grant, GrantKey, GrantSource};
use super::grant_state::Unsaved;
use super::renew::executor;
use super::token_response::{TokenResponse, UserType};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::LocationId;

const OPERATION: &str = "oauth.connect";

/// What a code was worth.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connected {
    /// Whose grant is now in the store.
    pub key: GrantKey,
    /// What it may do, as HighLevel names it.
    pub scopes: Vec<String>,
    /// The locations that the agency approved; they are in the store too.
    pub approved_locations: Vec<LocationId>,
    /// The agency approved all of its locations;
    /// [`sync_locations`](OAuthCredentials::sync_locations) adds those that are not named.
    pub approve_all_locations: bool,
    /// Locations that the agency will make get the app too. Their `INSTALL` webhooks tell of them.
    pub install_to_future_locations: bool,
}

impl OAuthCredentials {
    /// Exchanges the code that HighLevel put behind the redirect URI, and saves the grant. Compare `state` first.
    ///
    /// It runs to its end even if the caller is dropped. Fails as [`exchange_code`](super::OAuth::exchange_code) does,
    /// and with [`TokenStore`](ErrorKind::TokenStore) when the grant could not be saved; it is then kept in memory and
    /// saved with the next request that needs it.
    pub async fn connect(&self, code: &str) -> Result<Connected> {
        let (inner, code) = (Arc::clone(&self.inner), code.to_owned());
        let credentials = self.clone();
        let task = executor()?.spawn(async move {
            let asked_at = inner.clock().now();
            let answer = inner.oauth.exchange_code(&code, None).await?;
            let (key, grant) = read(&answer, asked_at)?;
            inner.keep(&key, grant).await?;
            if let GrantKey::Agency(company) = &key {
                for location in &answer.approved_locations {
                    credentials.add_location(location, company).await?;
                }
            }
            Ok(Connected {
                key,
                scopes: answer.scopes,
                approved_locations: answer.approved_locations,
                approve_all_locations: answer.approve_all_locations == Some(true),
                install_to_future_locations: answer.install_to_future_locations == Some(true),
            })
        });
        task.await
            .map_err(|error| Error::new(ErrorKind::UnknownOutcome, OPERATION).with_source(error))?
    }
}

impl Inner {
    async fn keep(&self, key: &GrantKey, grant: Grant) -> Result<()> {
        let grant_state = self.grant_state(key);
        let unsaved = Unsaved::Connected(Box::new(grant));
        self.changed(key);
        grant_state.lock().unsaved = Some(Box::new(unsaved.clone()));
        self.save(&grant_state, &unsaved, None).await?;
        self.changed(key);
        Ok(())
    }
}

/// Whose grant an answer is, and the grant.
fn read(answer: &TokenResponse, asked_at: jiff::Timestamp) -> Result<(GrantKey, Grant)> {
    let missing = |field: &str| {
        Error::new(
            ErrorKind::Decode {
                path: field.to_owned(),
            },
            OPERATION,
        )
        .with_message(Some("the tokens do not say whose they are".into()))
    };
    let agency = match answer.user_type {
        Some(kind) => kind == UserType::Company,
        None => answer.location_id.is_none(),
    };
    let key = if agency {
        let company = answer.company_id.clone();
        GrantKey::Agency(company.ok_or_else(|| missing("companyId"))?)
    } else {
        let location = answer.location_id.clone();
        GrantKey::Location(location.ok_or_else(|| missing("locationId"))?)
    };
    let mut grant = Grant::new(GrantSource::Own);
    grant.tokens = Some(answer.tokens(asked_at));
    grant.company_id.clone_from(&answer.company_id);
    grant.user_id.clone_from(&answer.user_id);
    grant.scopes.clone_from(&answer.scopes);
    grant.installed_at = Some(asked_at);
    Ok((key, grant))
}
