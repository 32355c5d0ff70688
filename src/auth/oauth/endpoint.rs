//! The token endpoints. Each method is one call that keeps nothing: a caller who uses them directly keeps the tokens.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::app::OAuthApp;
use super::token_response::{AfterFailure, TokenResponse, UserType, after_failure};
use crate::Client;
use crate::auth::Credentials;
use crate::client::{ClientBuilder, ReplaySafety, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CompanyId, LocationId};
use crate::secret::Secret;

/// How long after the first time HighLevel answers the same refresh token with the same pair; past that, a used one
/// may end the grant. It repeats for 30 s (changelog "Smarter Refresh Token Handling for Distributed Systems"); some of
/// that goes to the way and to clocks.
pub(super) const GRACE: Duration = Duration::from_secs(25);
/// One attempt, where the set-up says nothing: several must fit into the grace.
const ATTEMPT: Duration = Duration::from_secs(8);
const ATTEMPTS: u32 = 4;

/// HighLevel's OAuth endpoints for one app. Cheap to clone.
#[derive(Clone)]
pub struct OAuth {
    app: OAuthApp,
    client: Client,
}

impl OAuth {
    /// The endpoints for `app`, reached as `setup` says: server, transport, clock, API version. Its credentials are not
    /// used. Where it sets no time for an attempt, 8 s are taken.
    ///
    /// Fails with [`Config`](ErrorKind::Config) as [`ClientBuilder::build`] does.
    pub fn new(app: OAuthApp, setup: ClientBuilder) -> Result<Self> {
        let client = setup
            .credentials(NoTokens)
            .default_request_timeout(ATTEMPT)
            .build()?;
        Ok(Self { app, client })
    }

    /// The app.
    pub fn app(&self) -> &OAuthApp {
        &self.app
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Exchanges the code that HighLevel put behind the redirect URI. A code is good for one exchange.
    ///
    /// `user_type` asks for a token of this kind; without it HighLevel decides by where the app was installed.
    /// Fails with [`GrantDead`](ErrorKind::GrantDead) when the code is refused, and with
    /// [`UnknownOutcome`](ErrorKind::UnknownOutcome) when the answer was lost; send the user through the authorize URL
    /// again in either case.
    pub async fn exchange_code(
        &self,
        code: &str,
        user_type: Option<UserType>,
    ) -> Result<TokenResponse> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.trim()),
            ("redirect_uri", self.app.redirect_uri()),
        ];
        fields.extend(user_type.map(|kind| ("user_type", kind.as_str())));
        let request = self.token_request("oauth.exchange_code", &fields);
        self.client.send(request).await.map_err(without_body)
    }

    /// Gets the next pair for a refresh token, which is good for one pair.
    ///
    /// A failure that leaves open whether HighLevel has made the pair is repeated, for as long as HighLevel answers with
    /// the same pair. Fails with [`GrantDead`](ErrorKind::GrantDead) when the refresh token is refused for good.
    pub async fn refresh(
        &self,
        refresh_token: &Secret,
        user_type: Option<UserType>,
    ) -> Result<TokenResponse> {
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ];
        fields.extend(user_type.map(|kind| ("user_type", kind.as_str())));
        let request = self
            .token_request("oauth.refresh", &fields)
            .replay(ReplaySafety::Repeatable);
        let clock = self.client.clock();
        let mut first_lost = None;
        let mut attempt = 1;
        loop {
            let began = clock.elapsed();
            let error = match self.client.send_once(request.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => without_body(error).with_attempts(attempt),
            };
            let wait = match after_failure(&error) {
                AfterFailure::Final => return Err(error),
                AfterFailure::AnswerLost => {
                    first_lost.get_or_insert(began);
                    Duration::ZERO
                }
                AfterFailure::NothingDone => error.retry_after().unwrap_or_default(),
            };
            let growing = Duration::from_millis(250 << attempt.min(6));
            let wait = wait.max(growing.mul_f64(0.5 + 0.5 * fastrand::f64()));
            let again_at = clock.elapsed() + wait;
            let too_late = again_at > first_lost.unwrap_or(began) + GRACE;
            if attempt == ATTEMPTS || too_late {
                return Err(error);
            }
            clock.sleep(wait).await;
            attempt += 1;
        }
    }

    /// Mints a token of a location with an agency's token. Needs the scope `oauth.write`.
    pub async fn location_token(
        &self,
        agency_token: &Secret,
        company: &CompanyId,
        location: &LocationId,
    ) -> Result<TokenResponse> {
        let request = self.mint_request(agency_token, company, location);
        self.client.send(request).await.map_err(without_body)
    }

    /// The same in one attempt.
    pub(super) async fn try_location_token(
        &self,
        agency_token: &Secret,
        company: &CompanyId,
        location: &LocationId,
    ) -> Result<TokenResponse> {
        let request = self.mint_request(agency_token, company, location);
        self.client.send_once(request).await.map_err(without_body)
    }

    fn mint_request(
        &self,
        agency_token: &Secret,
        company: &CompanyId,
        location: &LocationId,
    ) -> Request {
        let path = if self.client.speaks_v3() {
            "/oauth/location-token"
        } else {
            "/oauth/locationToken"
        };
        Request::post(path)
            .operation("oauth.location_token")
            .form(&[
                ("companyId", company.as_str()),
                ("locationId", location.as_str()),
            ])
            .replay(ReplaySafety::Repeatable)
            .bearer(Some(agency_token))
    }

    /// A call of `POST /oauth/token`; `fields` are named as in version 2.
    fn token_request(&self, operation: &'static str, fields: &[(&str, &str)]) -> Request {
        let app = [
            ("client_id", self.app.client_id()),
            ("client_secret", self.app.client_secret().expose()),
        ];
        let fields: Vec<(&str, &str)> = app
            .iter()
            .chain(fields)
            .map(|(name, value)| {
                let name = if self.client.speaks_v3() {
                    in_version_3(name)
                } else {
                    name
                };
                (name, *value)
            })
            .collect();
        Request::post("/oauth/token")
            .operation(operation)
            .form(&fields)
            .for_tokens()
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

fn in_version_3(name: &str) -> &str {
    match name {
        "client_id" => "clientId",
        "client_secret" => "clientSecret",
        "grant_type" => "grantType",
        "refresh_token" => "refreshToken",
        "user_type" => "userType",
        "redirect_uri" => "redirectUri",
        other => other,
    }
}

/// An answer with a 2xx status holds tokens, also where it could not be read.
fn without_body(error: Error) -> Error {
    let success = matches!(error.status(), Some(200..=299));
    match error.kind() {
        ErrorKind::Decode { .. } | ErrorKind::UnknownOutcome if success => {
            error.duplicate().with_body(b"")
        }
        _ => error,
    }
}

/// The endpoints bring their own token, or need none.
#[derive(Debug)]
struct NoTokens;

#[async_trait]
impl Credentials for NoTokens {
    async fn token(&self, _: Option<&LocationId>) -> Result<Secret> {
        Err(Error::config(
            "credentials",
            "there is no token for this request",
        ))
    }
}
