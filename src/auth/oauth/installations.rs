//! Installations and removals of the app, carried over to the store. A repeat, early or late, changes nothing: the
//! times that HighLevel signed decide.

use jiff::Timestamp;

use super::credentials::OAuthCredentials;
use super::grant::{Grant, GrantKey, GrantSource};
use crate::error::Result;
use crate::ids::CompanyId;

impl OAuthCredentials {
    /// Records an installation at `at`; `company` is the agency of a location. With `may_return` it counts after an older
    /// removal too. Returns whether the store was changed.
    pub(crate) async fn record_install(
        &self,
        key: &GrantKey,
        company: Option<&CompanyId>,
        at: Timestamp,
        may_return: bool,
    ) -> Result<bool> {
        let install = |there: Option<&Grant>| installed(key, there, company, at, may_return);
        self.inner.edit(key, install).await
    }

    /// Records a removal at `at`; that of an agency takes the grants of its locations along. Returns whether the store was
    /// changed.
    pub(crate) async fn record_uninstall(&self, key: &GrantKey, at: Timestamp) -> Result<bool> {
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

    /// Renews the grant to find out whether HighLevel still takes it. Returns whether there are tokens to renew.
    pub(crate) async fn probe(&self, key: &GrantKey) -> Result<bool> {
        let stored = self.inner.read(key).await?;
        let tokens = stored.and_then(|stored| stored.grant.tokens);
        let Some(tokens) = tokens else {
            return Ok(false);
        };
        let grant_state = self.inner.grant_state(key);
        let mut state = grant_state.lock();
        let elapsed = self.inner.clock().elapsed();
        if state.running_refresh().is_none() && state.may_renew_refused(elapsed) {
            self.inner
                .start_refresh(&grant_state, &mut state, Some(tokens.access))?;
        }
        Ok(true)
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
