//! Where tokens come from.
//!
//! | what you have | what to use |
//! |---|---|
//! | a private integration of one location | [`ClientBuilder::token`](crate::client::ClientBuilder::token) |
//! | private integrations of several locations | [`StaticTokens`], also from the environment |
//! | a marketplace app that others install | [`oauth::OAuthCredentials`], with a [`store`] that outlives the process |
//! | tokens in a vault, or renewed by another service | [`Credentials`] of your own |
//!
//! [`Credentials`] is the seam: the client asks it for the token of a location before each request, and tells it when
//! HighLevel refused one.
//!
//! ```
//! # #[cfg(feature = "rustls")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::{Client, auth::StaticTokens};
//!
//! let tokens = StaticTokens::default()
//!     .with_location("ve9EPM428h8vShlRW1KT".parse()?, "pit-of-the-clinic")
//!     .with_location("Xw8HqP51r9TnLq2VbA7d".parse()?, "pit-of-the-dentist");
//! let client = Client::builder().credentials(tokens).build()?;
//! assert!(!format!("{client:?}").contains("pit-"));
//! # Ok(()) }
//! # #[cfg(not(feature = "rustls"))] fn main() {}
//! ```

pub mod oauth;
mod static_tokens;
pub mod store;

use std::fmt;

use async_trait::async_trait;

pub use static_tokens::StaticTokens;

use crate::error::Result;
use crate::ids::LocationId;
use crate::secret::Secret;

/// Gives out access tokens.
///
/// ```
/// use async_trait::async_trait;
/// use gohighlevel::auth::Credentials;
/// use gohighlevel::ids::LocationId;
/// use gohighlevel::secret::Secret;
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait]
/// impl Credentials for Vault {
///     async fn token(&self, location: Option<&LocationId>) -> gohighlevel::Result<Secret> {
///         Ok(read(location).await)
///     }
///
///     async fn renew(&self, location: Option<&LocationId>, refused: &Secret) -> gohighlevel::Result<Option<Secret>> {
///         // Whoever fills the vault may have put a new one there.
///         Ok(Some(read(location).await).filter(|token| token != refused))
///     }
/// }
/// # async fn read(_: Option<&LocationId>) -> Secret { "pit-…".into() }
/// ```
#[async_trait]
pub trait Credentials: fmt::Debug + Send + Sync + 'static {
    /// The token for a request of `location`, or of the agency where there is none.
    ///
    /// An error of kind [`Config`](crate::error::ErrorKind::Config) says that there is no token for it.
    async fn token(&self, location: Option<&LocationId>) -> Result<Secret>;

    /// HighLevel answered 401 in a way that can mean that `refused` has expired. Returns a newer token if there is one;
    /// the request is then sent once more. Tokens that cannot be renewed leave this as it is.
    async fn renew(
        &self,
        location: Option<&LocationId>,
        refused: &Secret,
    ) -> Result<Option<Secret>> {
        let _ = (location, refused);
        Ok(None)
    }
}
