//! OAuth: connecting a marketplace app to locations and agencies, and keeping its tokens alive.
//!
//! [`OAuthApp`] holds what the developer portal gave and writes authorize URLs. [`OAuth`] is the four endpoints, one
//! method each, and keeps nothing. [`OAuthCredentials`] keeps grants in a [`TokenStore`](super::store::TokenStore) and
//! hands their tokens to a [`Client`](crate::Client):
//!
//! * one refresh per grant, however many requests, clients or processes wait for it;
//! * the refresh runs in a task of its own: a caller that is dropped does not take it along;
//! * a new pair is saved before it is used;
//! * a lost answer is asked for again within the 30 s in which HighLevel repeats it;
//! * tokens of locations below an agency are minted from the agency's grant again whenever they end. Of many that are
//!   minted at once one goes first: where HighLevel has ended the agency's token before its time, one mint is refused;
//! * a grant that HighLevel has ended is an error of kind [`GrantDead`](crate::error::ErrorKind::GrantDead).
//!
//! With the feature `webhooks`, the handler [`Installations`](crate::webhooks::Installations) keeps the store up to date
//! with the installations and removals that HighLevel reports.
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::Client;
//! use gohighlevel::auth::oauth::{OAuth, OAuthApp, OAuthCredentials};
//! use gohighlevel::auth::store::MemoryTokenStore;
//!
//! # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
//! # let (client_id, client_secret) = fake.oauth_app();
//! let app = OAuthApp::new(client_id, client_secret, "https://app.example.com/oauth/callback")?;
//! let url = app.authorize_url().scope("contacts.readonly").state("4f1c…").url();
//! assert!(url.as_str().starts_with("https://marketplace.gohighlevel.com/v2/oauth/chooselocation?"));
//!
//! let setup = Client::builder().base_url(fake.url()); // HighLevel itself, without `base_url`
//! let oauth = OAuth::new(app, setup.clone())?;
//! let credentials = OAuthCredentials::builder(oauth, MemoryTokenStore::new()).build();
//! let client = setup.credentials(credentials.clone()).build()?;
//!
//! // HighLevel sends the user back to the redirect URI with `?code=…&state=…`. Compare `state`, then:
//! # let code = fake.authorize_location("soleilLocation000001")?;
//! credentials.connect(&code).await?;
//! client.location("soleilLocation000001".parse()?).details().await?;
//! # Ok(()) }
//! ```

mod app;
mod connect;
mod credentials;
mod endpoint;
mod grant;
mod grant_state;
#[cfg(feature = "webhooks")]
mod installations;
mod installed;
mod renew;
mod token_response;

pub use app::{AuthorizeHost, AuthorizeUrl, OAuthApp};
pub use connect::Connected;
pub use credentials::{OAuthCredentials, OAuthCredentialsBuilder};
pub use endpoint::OAuth;
pub use grant::{Grant, GrantKey, GrantSource, InvalidGrant, Tokens};
pub use grant_state::RefreshPolicy;
pub use installed::{InstalledCursor, InstalledLocation, InstalledPage, InstalledQuery};
pub use token_response::{TokenResponse, UserType};
