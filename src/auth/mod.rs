//! Where tokens come from.
//!
//! [`Credentials`] is the seam: the client asks it for the token of a location before each attempt, and tells it when
//! HighLevel refused one. [`StaticTokens`] do not change by themselves; [`oauth`] holds grants that renew their tokens,
//! and [`store`] is where these are kept.

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
