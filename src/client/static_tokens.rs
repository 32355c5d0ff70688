//! Tokens that are configured and never renewed.

use std::collections::HashMap;

use async_trait::async_trait;

use super::credentials::Credentials;
use crate::error::{Error, Result};
use crate::ids::LocationId;
use crate::secret::Secret;

/// Tokens that stay as they are: private integration tokens (`pit-…`) and plain access tokens.
///
/// A private integration token belongs to one location (or the agency), so a service for several locations holds one
/// for each.
#[derive(Debug, Clone, Default)]
pub struct StaticTokens {
    default: Option<Secret>,
    locations: HashMap<LocationId, Secret>,
}

impl StaticTokens {
    /// One token for whatever has none of its own.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            default: Some(token.into()),
            locations: HashMap::new(),
        }
    }

    /// Adds the token of one location.
    #[must_use]
    pub fn with_location(mut self, location: LocationId, token: impl Into<Secret>) -> Self {
        self.locations.insert(location, token.into());
        self
    }

    /// Reads `GHL_TOKEN` (for everything that has no token of its own) and `GHL_TOKEN_<LOCATION_ID>` (for one location).
    ///
    /// Fails with [`Config`](crate::error::ErrorKind::Config) if neither is there.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    fn from_variables(variables: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut tokens = Self::default();
        for (name, value) in variables {
            if value.trim().is_empty() {
                continue;
            }
            if name == "GHL_TOKEN" {
                tokens.default = Some(value.into());
            } else if let Some(location) = name
                .strip_prefix("GHL_TOKEN_")
                .and_then(|id| LocationId::new(id).ok())
            {
                tokens.locations.insert(location, value.into());
            }
        }
        if tokens.default.is_none() && tokens.locations.is_empty() {
            return Err(Error::config(
                "credentials",
                "there is no token in the environment; set GHL_TOKEN to a private integration token \
                 (Settings → Private Integrations), or GHL_TOKEN_<LOCATION_ID> for each location",
            ));
        }
        Ok(tokens)
    }
}

#[async_trait]
impl Credentials for StaticTokens {
    async fn token(&self, location: Option<&LocationId>) -> Result<Secret> {
        location
            .and_then(|location| self.locations.get(location))
            .or(self.default.as_ref())
            .cloned()
            .ok_or_else(|| {
                let message = match location {
                    Some(location) => format!(
                        "there is no token for location {location}; set GHL_TOKEN_{location}, or give one with \
                         `StaticTokens::with_location` or `StaticTokens::new`"
                    ),
                    None => "there is no token for calls without a location; set GHL_TOKEN, or give one with \
                             `StaticTokens::new`"
                        .to_owned(),
                };
                Error::config("credentials", message)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Result<StaticTokens> {
        StaticTokens::from_variables(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[tokio::test]
    async fn a_location_uses_its_own_token_before_the_default() {
        let tokens = variables(&[
            ("GHL_TOKEN", "pit-default"),
            ("GHL_TOKEN_loc1", "pit-one\n"),
            ("PATH", "/"),
        ])
        .unwrap();
        let (one, two) = (
            LocationId::new("loc1").unwrap(),
            LocationId::new("loc2").unwrap(),
        );
        assert_eq!(tokens.token(Some(&one)).await.unwrap().expose(), "pit-one");
        assert_eq!(
            tokens.token(Some(&two)).await.unwrap().expose(),
            "pit-default"
        );
        assert_eq!(tokens.token(None).await.unwrap().expose(), "pit-default");
    }

    #[tokio::test]
    async fn a_missing_token_says_which_variable_to_set() {
        let error = variables(&[("GHL_TOKEN", " ")]).unwrap_err();
        assert!(error.to_string().contains("set GHL_TOKEN"), "{error}");
        let tokens = variables(&[("GHL_TOKEN_loc1", "pit-one")]).unwrap();
        let error = tokens
            .token(Some(&LocationId::new("loc2").unwrap()))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("GHL_TOKEN_loc2"), "{error}");
    }
}
