//! What one process knows of one grant, and what follows from it for a request. Nothing here waits or does I/O.

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
    /// So long before its end a token is due; 5 minutes unless set. Never more than a quarter of the token's life.
    pub skew: Duration,
    /// Up to so much longer before, at random for each grant and process, so that grants of one hour are not all
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

/// A renewal under way. Clones wait for the same one.
#[derive(Debug, Clone)]
pub(super) struct Flight(watch::Receiver<Option<Landed>>);

pub(super) type Landed = std::result::Result<Secret, Arc<Error>>;

impl Flight {
    pub(super) fn new() -> (watch::Sender<Option<Landed>>, Self) {
        let (tell, told) = watch::channel(None);
        (tell, Self(told))
    }

    /// Waits for its end.
    pub(super) async fn landed(mut self) -> Result<Secret> {
        let lost = || {
            Error::new(ErrorKind::Unavailable, "oauth.renew").with_message(Some(
                "the task that renewed the token was stopped, with its executor most likely".into(),
            ))
        };
        match self.0.wait_for(Option::is_some).await {
            Ok(landed) => match &*landed {
                Some(Ok(token)) => Ok(token.clone()),
                Some(Err(error)) => Err(error.told_again()),
                None => Err(lost()),
            },
            Err(_) => Err(lost()),
        }
    }

    /// Whether its task still lives.
    fn flies(&self) -> bool {
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
struct Trouble {
    error: Arc<Error>,
    at: Duration,
    in_a_row: u32,
}

/// What follows for a request that needs the token.
#[derive(Debug)]
pub(super) enum Decision {
    /// Here it is.
    Serve(Secret),
    /// Here it is, and it is time to get the next.
    ServeAndRenew(Secret),
    /// It takes a renewal.
    Wait,
    /// A renewal has just failed.
    Fail(Error),
}

/// One grant in this process.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) key: GrantKey,
    state: Mutex<State>,
    trial: Arc<tokio::sync::Mutex<()>>,
}

/// Held by the one mint that finds out whether HighLevel still takes an agency's token.
pub(super) type Trial = OwnedMutexGuard<()>;

#[derive(Debug)]
pub(super) struct State {
    tokens: Option<Tokens>,
    /// From 0 to 1, drawn anew with each token.
    chance: f64,
    flight: Option<Flight>,
    pub(super) unsaved: Option<Box<Unsaved>>,
    /// The refresh token that HighLevel refuses for good.
    pub(super) dead: Option<Secret>,
    trouble: Option<Trouble>,
    /// Renewals after a refused token: when the first of them was, and how many there were.
    refusals: (Duration, u32),
}

/// A token that is refused although it is new is not renewed for ever: so many times in such a time.
const REFUSALS: u32 = 3;
const REFUSALS_WITHIN: Duration = Duration::from_secs(60);

impl Slot {
    pub(super) fn new(key: GrantKey) -> Self {
        Self {
            key,
            state: Mutex::new(State {
                tokens: None,
                chance: fastrand::f64(),
                flight: None,
                unsaved: None,
                dead: None,
                trouble: None,
                refusals: (Duration::ZERO, 0),
            }),
            trial: Arc::default(),
        }
    }

    /// Begins the trial of an agency's token, or waits for the end of the one under way.
    ///
    /// HighLevel may end a token before its time. Of many mints that begin together one then learns it, and the others
    /// set out with the next token.
    pub(super) async fn trial(&self) -> Option<Trial> {
        match Arc::clone(&self.trial).try_lock_owned() {
            Ok(trial) => Some(trial),
            Err(_) => {
                drop(self.trial.lock().await);
                None
            }
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn decide(
        &self,
        policy: RefreshPolicy,
        now: Timestamp,
        elapsed: Duration,
    ) -> Decision {
        if let Some(tokens) = self.tokens.as_ref().filter(|tokens| tokens.lives(now)) {
            let token = tokens.access.clone();
            let due = tokens.due(now, self.ahead(policy));
            return if due && self.flight().is_none() && self.rests(elapsed, true).is_none() {
                Decision::ServeAndRenew(token)
            } else {
                Decision::Serve(token)
            };
        }
        match self.rests(elapsed, false) {
            Some(error) if self.flight().is_none() => Decision::Fail(error),
            _ => Decision::Wait,
        }
    }

    /// The token, unless it has ended.
    pub(super) fn living(&self, now: Timestamp) -> Option<&Secret> {
        self.tokens
            .as_ref()
            .filter(|tokens| tokens.lives(now))
            .map(|tokens| &tokens.access)
    }

    /// How long before its end a token is due.
    pub(super) fn ahead(&self, policy: RefreshPolicy) -> Duration {
        policy.skew + policy.jitter.mul_f64(self.chance)
    }

    /// The renewal that is under way.
    pub(super) fn flight(&self) -> Option<&Flight> {
        self.flight.as_ref().filter(|flight| flight.flies())
    }

    pub(super) fn took_off(&mut self, flight: Flight) {
        self.flight = Some(flight);
    }

    pub(super) fn landed(&mut self, result: &Result<Tokens, Arc<Error>>, elapsed: Duration) {
        self.flight = None;
        match result {
            Ok(tokens) => {
                self.learn(tokens);
                self.trouble = None;
            }
            Err(error) => {
                let before = self.trouble.as_ref().map_or(0, |trouble| trouble.in_a_row);
                self.trouble = Some(Trouble {
                    error: Arc::clone(error),
                    at: elapsed,
                    in_a_row: before.saturating_add(1),
                });
            }
        }
    }

    /// Whether the store was not looked at yet.
    pub(super) fn knows_nothing(&self) -> bool {
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
        self.trouble = None;
    }

    pub(super) fn forget_trouble(&mut self) {
        self.trouble = None;
    }

    /// Counts a renewal after a refusal; false if there were too many.
    pub(super) fn may_renew_refused(&mut self, elapsed: Duration) -> bool {
        if elapsed.saturating_sub(self.refusals.0) > REFUSALS_WITHIN {
            self.refusals = (elapsed, 0);
        }
        self.refusals.1 = self.refusals.1.saturating_add(1);
        self.refusals.1 <= REFUSALS
    }

    /// The last failure, if it is too early to try again. `served` tells whether the old token still works.
    pub(super) fn rests(&self, elapsed: Duration, served: bool) -> Option<Error> {
        let trouble = self.trouble.as_ref()?;
        let error = &trouble.error;
        let rest = match error.kind() {
            ErrorKind::TokenStore | ErrorKind::Config => Duration::ZERO,
            // Only the store is asked again: somebody may have connected anew.
            ErrorKind::GrantDead => Duration::from_secs(5),
            _ if error.is_retryable() => {
                let growing = Duration::from_secs(1 << trouble.in_a_row.min(8));
                let longest = Duration::from_secs(if served { 300 } else { 5 });
                growing.min(longest).mul_f64(0.5 + 0.5 * self.chance)
            }
            _ => Duration::from_secs(60),
        };
        let asked = error
            .retry_after()
            .unwrap_or_default()
            .min(Duration::from_secs(60));
        (elapsed < trouble.at + rest.max(asked)).then(|| error.told_again())
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

    fn slot() -> Slot {
        let slot = Slot::new(GrantKey::from_text("location:l").unwrap());
        slot.lock().learn(&Tokens {
            access: "a".into(),
            refresh: None,
            obtained_at: at(0),
            expires_at: Some(at(86_400)),
        });
        slot
    }

    fn fail(state: &mut State, kind: ErrorKind, second: u64) {
        let error = Arc::new(Error::new(kind, "oauth.refresh"));
        state.landed(&Err(error), elapsed(second));
    }

    #[test]
    fn a_token_is_served_renewed_ahead_of_its_end_and_waited_for_past_it() {
        let slot = slot();
        let state = slot.lock();
        let decide = |second| state.decide(POLICY, at(second), Duration::ZERO);
        assert!(matches!(decide(86_099), Decision::Serve(_)));
        assert!(matches!(decide(86_100), Decision::ServeAndRenew(_)));
        assert!(matches!(decide(86_400), Decision::Wait));
    }

    #[test]
    fn the_rest_after_failures_grows_while_the_old_token_works_and_is_short_when_not() {
        let slot = slot();
        let mut state = slot.lock();
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
        let slot = slot();
        let mut state = slot.lock();
        fail(&mut state, ErrorKind::TokenStore, 100);
        assert!(state.rests(elapsed(100), false).is_none());
        fail(&mut state, ErrorKind::Refused, 100);
        assert!(state.rests(elapsed(159), false).is_some());
        assert!(state.rests(elapsed(160), false).is_none());
    }

    #[test]
    fn a_token_that_is_refused_again_and_again_is_not_renewed_for_ever() {
        let slot = slot();
        let mut state = slot.lock();
        let may: Vec<bool> = (100..105)
            .map(|second| state.may_renew_refused(elapsed(second)))
            .collect();
        assert_eq!(may, [true, true, true, false, false]);
        assert!(state.may_renew_refused(elapsed(200)));
    }
}
