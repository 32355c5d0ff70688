//! Sources of access tokens.
//!
//! | what you have | what to use |
//! |---|---|
//! | a private integration of one location | [`ClientBuilder::token`](crate::client::ClientBuilder::token) |
//! | private integrations of several locations | [`StaticTokens`], also from the environment |
//! | a marketplace app that others install | [`oauth::OAuthCredentials`], with a [`store`] that outlives the process |
//! | tokens in a vault, or renewed by another service | [`Credentials`] of your own |
//!
//! [`Credentials`] is the seam: the client asks it for the token of a location before each request, and for a newer one
//! when HighLevel has refused it. The trait lives in [`client`](crate::client), which calls it.
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
pub mod store;

pub use crate::client::{Credentials, StaticTokens};
