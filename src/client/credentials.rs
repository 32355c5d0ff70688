//! The trait by which the client gets tokens. [`StaticTokens`](super::StaticTokens) implements it here, OAuth in
//! [`auth`](crate::auth).

use std::fmt;

use async_trait::async_trait;

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
///         // The vault may hold a new one by now.
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
