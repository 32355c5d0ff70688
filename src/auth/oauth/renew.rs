//! A renewal of a grant, as a task of its own: read the store, claim the grant, ask HighLevel, save, hand out. The tokens of an
//! agency's locations are made, and new connections saved, in the same way.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use super::credentials::Inner;
use super::grant::{Grant, GrantKey, GrantSource, Tokens};
use super::grant_state::{GrantState, InFlightRefresh, MintGate, TokenState, Unsaved};
use super::token_response::{TokenResponse, UserType};
use crate::auth::store::{Put, Revision, Stored, TokenStoreError};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CompanyId, LocationId};
use crate::secret::Secret;

const OPERATION: &str = "oauth.renew";

/// How long a claim keeps others from asking. If the process that claimed dies with the answer, the next one asks with the
/// same refresh token while HighLevel still repeats it (30 s).
const CLAIM: SignedDuration = SignedDuration::from_secs(20);
/// Between two looks at a grant that another process has claimed.
const LOOK: Duration = Duration::from_millis(50);
/// How often a save is tried before the waiting requests fail.
const SAVES: u32 = 3;

impl Inner {
    /// Starts the renewal of a grant in a task of its own. `refused` is a token that HighLevel does not take any more.
    pub(super) fn start_refresh(
        self: &Arc<Self>,
        grant_state: &Arc<GrantState>,
        state: &mut TokenState,
        refused: Option<Secret>,
    ) -> Result<InFlightRefresh> {
        let executor = executor()?;
        let (sender, refresh) = InFlightRefresh::new();
        state.refresh_started(refresh.clone());
        let (inner, grant_state) = (Arc::clone(self), Arc::clone(grant_state));
        executor.spawn(async move {
            let result = inner
                .renew(&grant_state, refused.as_ref())
                .await
                .map_err(Arc::new);
            match &result {
                Ok(_) => tracing::debug!(grant = %grant_state.key, "token renewed"),
                Err(error) => tracing::warn!(grant = %grant_state.key, %error, "token not renewed"),
            }
            grant_state
                .lock()
                .refresh_finished(&result, inner.clock().elapsed());
            let _ = sender.send(Some(result.map(|tokens| tokens.access)));
        });
        Ok(refresh)
    }

    async fn renew(
        self: &Arc<Self>,
        grant_state: &GrantState,
        refused: Option<&Secret>,
    ) -> Result<Tokens> {
        let unsaved = grant_state.lock().unsaved.clone();
        if let Some(unsaved) = unsaved {
            let tokens = self.save(grant_state, &unsaved, None).await?;
            if tokens.is_valid(self.clock().now()) && Some(&tokens.access) != refused {
                return Ok(tokens);
            }
        }
        // The first read of the store only takes over what is there: a token that is due is renewed behind the next request.
        let first_read = grant_state.lock().is_unread();
        loop {
            let stored = self.installed(&grant_state.key).await?;
            let now = self.clock().now();
            if let Some(tokens) = &stored.grant.tokens {
                let ahead = {
                    let mut state = grant_state.lock();
                    state.learn(tokens);
                    state.ahead(self.policy)
                };
                let fresh = tokens.is_valid(now) && (first_read || !tokens.is_due(now, ahead));
                if fresh && Some(&tokens.access) != refused {
                    return Ok(tokens.clone());
                }
            }
            if is_claimed(&stored.grant, now) {
                // Another client or process renews it. The claim ends on this clock too.
                self.clock().sleep(LOOK).await;
                continue;
            }
            if let Some(tokens) = self.fetch(grant_state, stored).await? {
                return Ok(tokens);
            }
        }
    }

    /// Claims the grant, gets new tokens and saves them. `None` when another process was faster.
    async fn fetch(
        self: &Arc<Self>,
        grant_state: &GrantState,
        stored: Stored,
    ) -> Result<Option<Tokens>> {
        let before = stored.grant.tokens.clone();
        let (source, gate) = self.source(grant_state, &stored.grant).await?;
        let Some(claimed) = self.claim(&grant_state.key, stored).await? else {
            return Ok(None);
        };
        let asked_at = self.clock().now();
        let answer = match &source {
            Source::Own { refresh, kind } => self.oauth.refresh(refresh, Some(*kind)).await,
            Source::Agency {
                company,
                location,
                token,
            } => self.mint(company, location, token, gate).await,
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failed(grant_state, claimed, &source, error).await,
        };
        let mut tokens = answer.tokens(asked_at);
        if let Source::Own { refresh, .. } = source {
            // No new refresh token means that the old one goes on (RFC 6749, 6).
            tokens.refresh.get_or_insert(refresh);
        }
        let unsaved = Unsaved::Renewed {
            before: before.map(|tokens| tokens.access),
            tokens,
            scopes: answer.scopes,
        };
        grant_state.lock().unsaved = Some(Box::new(unsaved.clone()));
        self.save(grant_state, &unsaved, Some(claimed))
            .await
            .map(Some)
    }

    async fn failed(
        &self,
        grant_state: &GrantState,
        claimed: Stored,
        source: &Source,
        error: Error,
    ) -> Result<Option<Tokens>> {
        let dead = *error.kind() == ErrorKind::GrantDead;
        if let (true, Source::Own { refresh, .. }) = (dead, source) {
            let there = self.installed(&grant_state.key).await?;
            if there.grant.tokens != claimed.grant.tokens {
                // It was renewed, or the app was connected again, while this one was refused.
                return Ok(None);
            }
            grant_state.lock().dead = Some(refresh.clone());
        }
        let mut grant = claimed.grant;
        grant.renewing_until = None;
        // If this fails, the claim ends by itself.
        let _ = self
            .store
            .put(&grant_state.key, Some(claimed.revision), &grant)
            .await;
        Err(error)
    }

    /// What it takes to get new tokens for this grant, and the agency's mint gate if this mint is the first.
    async fn source(
        self: &Arc<Self>,
        grant_state: &GrantState,
        grant: &Grant,
    ) -> Result<(Source, Option<MintGate>)> {
        let (company, location) = match (&grant.source, &grant_state.key) {
            (GrantSource::Agency(company), GrantKey::Location(location)) => (company, location),
            _ => {
                let refresh = grant.tokens.as_ref().and_then(|it| it.refresh.clone());
                let refresh = refresh.ok_or_else(|| {
                    dead(
                        &grant_state.key,
                        "has no refresh token, and its access token has ended",
                    )
                })?;
                if grant_state.lock().dead.as_ref() == Some(&refresh) {
                    return Err(dead(&grant_state.key, "was refused by HighLevel before"));
                }
                let kind = match &grant_state.key {
                    GrantKey::Location(_) => UserType::Location,
                    GrantKey::Agency(_) => UserType::Company,
                };
                return Ok((Source::Own { refresh, kind }, None));
            }
        };
        let agency = GrantKey::Agency(company.clone());
        let gate = self.grant_state(&agency).mint_gate().await;
        // A grant of an agency never waits for another one, so this ends.
        let token = Box::pin(self.access(&agency)).await?;
        let source = Source::Agency {
            company: company.clone(),
            location: location.clone(),
            token,
        };
        Ok((source, gate))
    }

    async fn mint(
        self: &Arc<Self>,
        company: &CompanyId,
        location: &LocationId,
        token: &Secret,
        mut gate: Option<MintGate>,
    ) -> Result<TokenResponse> {
        let mut tried = None;
        if gate.is_some() {
            match self
                .oauth
                .try_location_token(token, company, location)
                .await
            {
                // It says nothing about the token, and others need not wait for the repeats.
                Err(error) if error.is_retryable() => drop(gate.take()),
                result => tried = Some(result),
            }
        }
        let minted = match tried {
            Some(result) => result,
            None => self.oauth.location_token(token, company, location).await,
        };
        let refused = match minted {
            Err(error) if is_expiry(&error) => error,
            other => return other,
        };
        let agency = GrantKey::Agency(company.clone());
        match Box::pin(self.renewed(&agency, token)).await? {
            Some(newer) => self.oauth.location_token(&newer, company, location).await,
            None => Err(refused),
        }
    }

    async fn claim(&self, key: &GrantKey, stored: Stored) -> Result<Option<Stored>> {
        let mut grant = stored.grant;
        let until = self.clock().now().saturating_add(CLAIM);
        grant.renewing_until = Some(until.unwrap_or(Timestamp::MAX));
        let put = self
            .store
            .put(key, Some(stored.revision), &grant)
            .await
            .map_err(|error| store_failed(&error))?;
        Ok(match put {
            Put::Done(revision) => Some(Stored { grant, revision }),
            Put::Conflict => None,
        })
    }

    /// Saves new tokens, where `read` is what the store is thought to hold. If that fails they stay in memory for the next
    /// try.
    pub(super) async fn save(
        &self,
        grant_state: &GrantState,
        unsaved: &Unsaved,
        mut read: Option<Stored>,
    ) -> Result<Tokens> {
        let mut failures = 0;
        loop {
            match self.try_save(&grant_state.key, unsaved, read.take()).await {
                Ok(None) => {}
                Ok(Some(tokens)) => {
                    grant_state.lock().unsaved = None;
                    return Ok(tokens);
                }
                Err(error) if *error.kind() == ErrorKind::TokenStore => {
                    failures += 1;
                    tracing::warn!(grant = %grant_state.key, %error, failures, "new tokens not saved");
                    if failures == SAVES {
                        return Err(error);
                    }
                    let wait = Duration::from_millis(100 << failures);
                    self.clock().sleep(wait).await;
                }
                Err(error) => {
                    grant_state.lock().unsaved = None;
                    return Err(error);
                }
            }
        }
    }

    /// The tokens that the store holds then; `None` when it has changed in between.
    async fn try_save(
        &self,
        key: &GrantKey,
        unsaved: &Unsaved,
        read: Option<Stored>,
    ) -> Result<Option<Tokens>> {
        let (grant, revision): (Grant, Option<Revision>) = match unsaved {
            Unsaved::Connected(grant) => {
                let stored = self.read(key).await?;
                (Grant::clone(grant), stored.map(|stored| stored.revision))
            }
            Unsaved::Renewed {
                before,
                tokens,
                scopes,
            } => {
                let stored = match read {
                    Some(stored) => stored,
                    None => self.installed(key).await?,
                };
                let mut grant = stored.grant;
                let there = grant.tokens.as_ref().map(|tokens| &tokens.access);
                if there != before.as_ref() {
                    // Saved by the try that seemed to fail, or by a process that got the same pair, or connected again.
                    return Ok(grant.tokens);
                }
                grant.tokens = Some(tokens.clone());
                grant.renewing_until = None;
                if !scopes.is_empty() {
                    grant.scopes.clone_from(scopes);
                }
                (grant, Some(stored.revision))
            }
        };
        let put = self.store.put(key, revision, &grant).await;
        match put.map_err(|error| store_failed(&error))? {
            Put::Done(_) => Ok(grant.tokens),
            Put::Conflict => Ok(None),
        }
    }

    pub(super) async fn read(&self, key: &GrantKey) -> Result<Option<Stored>> {
        let read = self.store.get(key).await;
        read.map_err(|error| store_failed(&error))
    }

    /// The grant, if the app is installed.
    async fn installed(&self, key: &GrantKey) -> Result<Stored> {
        let stored = self.read(key).await?.ok_or_else(|| unknown(key))?;
        if stored.grant.uninstalled_at.is_some() {
            return Err(dead(key, "has ended: the app was uninstalled"));
        }
        Ok(stored)
    }
}

/// Where new tokens come from, with what it takes.
enum Source {
    Own {
        refresh: Secret,
        kind: UserType,
    },
    Agency {
        company: CompanyId,
        location: LocationId,
        token: Secret,
    },
}

/// The executor that tasks of their own run on.
pub(super) fn executor() -> Result<Handle> {
    Handle::try_current().map_err(|error| {
        Error::config(OPERATION, "OAuth needs a tokio runtime around it").with_source(error)
    })
}

/// A claim further ahead than any is the work of a clock that is wrong.
fn is_claimed(grant: &Grant, now: Timestamp) -> bool {
    grant
        .renewing_until
        .is_some_and(|until| now < until && until.duration_since(now) <= CLAIM)
}

pub(super) fn is_expiry(error: &Error) -> bool {
    error.kind().may_mean_the_token()
}

pub(super) fn store_failed(error: &TokenStoreError) -> Error {
    let cause = std::error::Error::source(error);
    let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
    Error::new(ErrorKind::TokenStore, OPERATION).with_message(Some(format!("{error}{cause}")))
}

fn dead(key: &GrantKey, what: &str) -> Error {
    Error::new(ErrorKind::GrantDead, OPERATION)
        .with_message(Some(format!("the grant of {key} {what}")))
}

fn unknown(key: &GrantKey) -> Error {
    let todo = match key {
        GrantKey::Location(_) => {
            "install the app there and `connect` the code; if an agency has installed it, `add_location` or \
             `sync_locations`"
        }
        GrantKey::Agency(_) => "install the app there and `connect` the code",
    };
    Error::config(OPERATION, format!("there is no grant of {key}; {todo}"))
}
