//! The state of one grant in this process: its tokens, the renewal that is running, the last failure. It decides what a
//! request does next, and does no I/O.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedMutexGuard, watch};

use super::grant::{Grant, GrantKey, Tokens};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// When a token is renewed before it ends. Requests do not wait for that: the old token goes on until the new one is
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// How long before its end a token is renewed; 5 minutes unless set. Never more than a quarter of the token's life.
    pub skew: Duration,
    /// Up to how much longer before, at random for each grant and process, so that grants of one hour are not all
    /// renewed at one moment; 5 minutes unless set.
    pub jitter: Duration,
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            skew: Duration::from_secs(5 * 60),
            jitter: Duration::from_secs(5 * 60),
        }
    }
}

/// A renewal that is running. Clones wait for the same one.
#[derive(Debug, Clone)]
pub(super) struct InFlightRefresh(watch::Receiver<Option<RefreshResult>>);

/// The new access token, or why there is none.
pub(super) type RefreshResult = std::result::Result<Secret, Arc<Error>>;

impl InFlightRefresh {
    pub(super) fn new() -> (watch::Sender<Option<RefreshResult>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// Waits for its end.
    pub(super) async fn finished(mut self) -> Result<Secret> {
        let lost = || {
            Error::new(ErrorKind::Unavailable, "oauth.renew").with_message(Some(
                "the task that renewed the token was stopped, with its executor most likely".into(),
            ))
        };
        match self.0.wait_for(Option::is_some).await {
            Ok(result) => match &*result {
                Some(Ok(token)) => Ok(token.clone()),
                Some(Err(error)) => Err(error.duplicate()),
                None => Err(lost()),
            },
            Err(_) => Err(lost()),
        }
    }

    /// Whether its task still lives.
    fn is_running(&self) -> bool {
        self.0.has_changed().is_ok()
    }
}

/// Tokens that HighLevel gave and the store does not have yet.
#[derive(Debug, Clone)]
pub(super) enum Unsaved {
    /// In the place of the access token `before`.
    Renewed {
        before: Option<Secret>,
        tokens: Tokens,
        scopes: Vec<String>,
    },
    /// In the place of whatever is there.
    Connected(Box<Grant>),
}

/// Why the last renewal failed.
#[derive(Debug)]
struct LastFailure {
    error: Arc<Error>,
    at: Duration,
    /// How many renewals have failed since the last that did not.
    consecutive: u32,
}

/// What follows for a request that needs the token.
#[derive(Debug)]
pub(super) enum Decision {
    /// Use this token.
    Serve(Secret),
    /// Use this token, and start a renewal in the background.
    ServeAndRenew(Secret),
    /// Wait for a renewal.
    Wait,
    /// Fail: a renewal has just failed.
    Fail(Error),
}

/// One grant in this process.
#[derive(Debug)]
pub(super) struct GrantState {
    pub(super) key: GrantKey,
    tokens: Mutex<TokenState>,
    mint_gate: Arc<tokio::sync::Mutex<()>>,
}

/// Held by the one mint that finds out whether HighLevel still takes an agency's token. Others wait until it is dropped.
pub(super) type MintGate = OwnedMutexGuard<()>;

/// The tokens of one grant in this process, and how their renewal stands.
#[derive(Debug)]
pub(super) struct TokenState {
    tokens: Option<Tokens>,
    /// From 0 to 1, drawn for each token.
    chance: f64,
    refresh: Option<InFlightRefresh>,
    pub(super) unsaved: Option<Box<Unsaved>>,
    /// The refresh token that HighLevel refuses for good.
    pub(super) dead: Option<Secret>,
    last_failure: Option<LastFailure>,
    /// Renewals after a refused token: when the first of them was, and how many there were.
    refusals: (Duration, u32),
}

/// A token that is refused although it is new is not renewed for ever, but this many times within this time.
const REFUSALS: u32 = 3;
const REFUSALS_WITHIN: Duration = Duration::from_secs(60);

impl GrantState {
    pub(super) fn new(key: GrantKey) -> Self {
        Self {
            key,
            tokens: Mutex::new(TokenState {
                tokens: None,
                chance: fastrand::f64(),
                refresh: None,
                unsaved: None,
                dead: None,
                last_failure: None,
                refusals: (Duration::ZERO, 0),
            }),
            mint_gate: Arc::default(),
        }
    }

    /// Takes the gate for a mint with an agency's token, or waits until the mint that holds it is over.
    ///
    /// HighLevel may end a token before its time. Of many mints that start together only the first is refused then, and
    /// the others start with the next token.
    pub(super) async fn mint_gate(&self) -> Option<MintGate> {
        match Arc::clone(&self.mint_gate).try_lock_owned() {
            Ok(gate) => Some(gate),
            Err(_) => {
                drop(self.mint_gate.lock().await);
                None
            }
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, TokenState> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenState {
    pub(super) fn decide(
        &self,
        policy: RefreshPolicy,
        now: Timestamp,
        elapsed: Duration,
    ) -> Decision {
        if let Some(tokens) = self.tokens.as_ref().filter(|tokens| tokens.is_valid(now)) {
            let token = tokens.access.clone();
            let due = tokens.is_due(now, self.ahead(policy));
            return if due
                && self.running_refresh().is_none()
                && self.backoff(elapsed, true).is_none()
            {
                Decision::ServeAndRenew(token)
            } else {
                Decision::Serve(token)
            };
        }
        match self.backoff(elapsed, false) {
            Some(error) if self.running_refresh().is_none() => Decision::Fail(error),
            _ => Decision::Wait,
        }
    }

    /// The token, unless it has expired.
    pub(super) fn valid_token(&self, now: Timestamp) -> Option<&Secret> {
        self.tokens
            .as_ref()
            .filter(|tokens| tokens.is_valid(now))
            .map(|tokens| &tokens.access)
    }

    /// How long before its end a token is renewed.
    pub(super) fn ahead(&self, policy: RefreshPolicy) -> Duration {
        policy.skew + policy.jitter.mul_f64(self.chance)
    }

    /// The renewal that is running.
    pub(super) fn running_refresh(&self) -> Option<&InFlightRefresh> {
        self.refresh.as_ref().filter(|refresh| refresh.is_running())
    }

    pub(super) fn refresh_started(&mut self, refresh: InFlightRefresh) {
        self.refresh = Some(refresh);
    }

    pub(super) fn refresh_finished(
        &mut self,
        result: &Result<Tokens, Arc<Error>>,
        elapsed: Duration,
    ) {
        self.refresh = None;
        match result {
            Ok(tokens) => {
                self.learn(tokens);
                self.last_failure = None;
            }
            Err(error) => {
                let before = self.last_failure.as_ref().map_or(0, |it| it.consecutive);
                self.last_failure = Some(LastFailure {
                    error: Arc::clone(error),
                    at: elapsed,
                    consecutive: before.saturating_add(1),
                });
            }
        }
    }

    /// Whether the store was not read yet.
    pub(super) fn is_unread(&self) -> bool {
        self.tokens.is_none()
    }

    /// Takes over what the store holds.
    pub(super) fn learn(&mut self, tokens: &Tokens) {
        if self.tokens.as_ref() != Some(tokens) {
            self.tokens = Some(tokens.clone());
            self.chance = fastrand::f64();
        }
    }

    /// Forgets everything but what is not saved: the store has changed.
    pub(super) fn forget(&mut self) {
        self.tokens = None;
        self.dead = None;
        self.last_failure = None;
    }

    pub(super) fn forget_failure(&mut self) {
        self.last_failure = None;
    }

    /// Counts a renewal after a refusal; false if there were too many.
    pub(super) fn may_renew_refused(&mut self, elapsed: Duration) -> bool {
        if elapsed.saturating_sub(self.refusals.0) > REFUSALS_WITHIN {
            self.refusals = (elapsed, 0);
        }
        self.refusals.1 = self.refusals.1.saturating_add(1);
        self.refusals.1 <= REFUSALS
    }

    /// The last failure, if it is too early to try again. `served` says whether the old token still works.
    pub(super) fn backoff(&self, elapsed: Duration, served: bool) -> Option<Error> {
        let failure = self.last_failure.as_ref()?;
        let error = &failure.error;
        let pause = match error.kind() {
            ErrorKind::TokenStore | ErrorKind::Config => Duration::ZERO,
            // Only the store is asked again: a user may have connected the app again.
            ErrorKind::GrantDead => Duration::from_secs(5),
            _ if error.is_retryable() => {
                let growing = Duration::from_secs(1 << failure.consecutive.min(8));
                let longest = Duration::from_secs(if served { 300 } else { 5 });
                growing.min(longest).mul_f64(0.5 + 0.5 * self.chance)
            }
            _ => Duration::from_secs(60),
        };
        let asked = error
            .retry_after()
            .unwrap_or_default()
            .min(Duration::from_secs(60));
        (elapsed < failure.at + pause.max(asked)).then(|| error.duplicate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RefreshPolicy = RefreshPolicy {
        skew: Duration::from_secs(300),
        jitter: Duration::ZERO,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn elapsed(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    fn grant_state() -> GrantState {
        let grant_state = GrantState::new(GrantKey::from_text("location:l").unwrap());
        grant_state.lock().learn(&Tokens {
            access: "a".into(),
            refresh: None,
            obtained_at: at(0),
            expires_at: Some(at(86_400)),
        });
        grant_state
    }

    fn fail(state: &mut TokenState, kind: ErrorKind, second: u64) {
        let error = Arc::new(Error::new(kind, "oauth.refresh"));
        state.refresh_finished(&Err(error), elapsed(second));
    }

    #[test]
    fn a_token_is_served_renewed_ahead_of_its_end_and_waited_for_past_it() {
        let grant_state = grant_state();
        let state = grant_state.lock();
        let decide = |second| state.decide(POLICY, at(second), Duration::ZERO);
        assert!(matches!(decide(86_099), Decision::Serve(_)));
        assert!(matches!(decide(86_100), Decision::ServeAndRenew(_)));
        assert!(matches!(decide(86_400), Decision::Wait));
    }

    #[test]
    fn the_pause_after_failures_grows_while_the_old_token_works_and_is_short_when_not() {
        let grant_state = grant_state();
        let mut state = grant_state.lock();
        state.chance = 1.0;
        for _ in 0..12 {
            fail(&mut state, ErrorKind::Unavailable, 100);
        }
        let decide = |second, after| state.decide(POLICY, at(second), elapsed(after));
        assert!(matches!(decide(86_200, 355), Decision::Serve(_)));
        assert!(matches!(decide(86_200, 357), Decision::ServeAndRenew(_)));
        assert!(matches!(decide(86_400, 104), Decision::Fail(_)));
        assert!(matches!(decide(86_400, 105), Decision::Wait));
    }

    #[test]
    fn a_failing_store_is_asked_at_once_and_a_refusal_after_a_minute() {
        let grant_state = grant_state();
        let mut state = grant_state.lock();
        fail(&mut state, ErrorKind::TokenStore, 100);
        assert!(state.backoff(elapsed(100), false).is_none());
        fail(&mut state, ErrorKind::Refused, 100);
        assert!(state.backoff(elapsed(159), false).is_some());
        assert!(state.backoff(elapsed(160), false).is_none());
    }

    #[test]
    fn a_token_that_is_refused_again_and_again_is_not_renewed_for_ever() {
        let grant_state = grant_state();
        let mut state = grant_state.lock();
        let may: Vec<bool> = (100..105)
            .map(|second| state.may_renew_refused(elapsed(second)))
            .collect();
        assert_eq!(may, [true, true, true, false, false]);
        assert!(state.may_renew_refused(elapsed(200)));
    }
}
