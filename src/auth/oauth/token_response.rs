//! Responses of the token endpoints, in the shape of either API version, and whether a failed request may be repeated. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::{Map, Value};

use super::grant::Tokens;
use crate::error::{Error, ErrorKind, TransportErrorKind};
use crate::ids::{AppId, CompanyId, LocationId, UserId};
use crate::lenient::FromScalar;
use crate::secret::Secret;

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserType {
    /// A location.
    Location,
    /// An agency.
    Company,
}

impl UserType {
    /// HighLevel's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Location => "Location",
            Self::Company => "Company",
        }
    }
}

/// Tokens as HighLevel gave them. `Debug` does not show them.
///
/// Source: `oauth.json` and `oauth-v3.json`. Version 2 writes `access_token`, version 3 `accessToken`; both are read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token. Minted location tokens may come without one.
    pub refresh_token: Option<Secret>,
    /// How long the access token lives from now on.
    pub expires_in: Option<Duration>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Whom it speaks for.
    pub user_type: Option<UserType>,
    /// The location, for a location's token.
    pub location_id: Option<LocationId>,
    /// The agency.
    pub company_id: Option<CompanyId>,
    /// Who installed the app.
    pub user_id: Option<UserId>,
    /// The plan that was bought.
    pub plan_id: Option<String>,
    /// The app; minted location tokens name it.
    pub app_id: Option<AppId>,
    /// The version of the app that is installed; minted location tokens name it.
    pub version_id: Option<String>,
    /// The locations an agency approved.
    pub approved_locations: Vec<LocationId>,
    /// Whether the app was installed in several locations at once.
    pub is_bulk_installation: Option<bool>,
    /// Whether locations that the agency will make get the app too.
    pub install_to_future_locations: Option<bool>,
    /// Whether the agency approved all of its locations.
    pub approve_all_locations: Option<bool>,
}

impl TokenResponse {
    pub(super) fn tokens(&self, asked_at: Timestamp) -> Tokens {
        Tokens {
            access: self.access_token.clone(),
            refresh: self.refresh_token.clone(),
            obtained_at: asked_at,
            expires_at: self.expires_in.map(|life| {
                let life = SignedDuration::try_from(life).unwrap_or(SignedDuration::MAX);
                asked_at.saturating_add(life).unwrap_or(Timestamp::MAX)
            }),
        }
    }
}

impl<'de> Deserialize<'de> for TokenResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        let token = |names: [&str; 2]| scalar::<String>(&fields, names).map(Secret::from);
        let present = |secret: &Secret| !secret.expose().is_empty();
        let access_token = token(["access_token", "accessToken"])
            .filter(present)
            .ok_or_else(|| serde::de::Error::missing_field("access_token"))?;
        let user_type = scalar::<String>(&fields, ["userType", "user_type"]);
        Ok(Self {
            access_token,
            refresh_token: token(["refresh_token", "refreshToken"]).filter(present),
            expires_in: scalar::<f64>(&fields, ["expires_in", "expiresIn"])
                .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default()),
            scopes: scalar::<String>(&fields, ["scope", "scopes"])
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            user_type: match user_type.as_deref() {
                Some("Location") => Some(UserType::Location),
                Some("Company") => Some(UserType::Company),
                _ => None,
            },
            location_id: scalar(&fields, ["locationId", "location_id"]),
            company_id: scalar(&fields, ["companyId", "company_id"]),
            user_id: scalar(&fields, ["userId", "user_id"]),
            plan_id: scalar(&fields, ["planId", "plan_id"]),
            app_id: scalar(&fields, ["appId", "app_id"]),
            version_id: scalar(&fields, ["versionId", "version_id"]),
            approved_locations: fields
                .get("approvedLocations")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|id| LocationId::new(id.as_str()?).ok())
                .collect(),
            is_bulk_installation: scalar(&fields, ["isBulkInstallation"; 2]),
            install_to_future_locations: scalar(&fields, ["installToFutureLocations"; 2]),
            approve_all_locations: scalar(&fields, ["approveAllLocations"; 2]),
        })
    }
}

/// The first of these fields that can be read.
fn scalar<T: FromScalar>(fields: &Map<String, Value>, names: [&str; 2]) -> Option<T> {
    names.iter().find_map(|name| match fields.get(*name)? {
        Value::String(text) => T::from_text(text),
        Value::Number(number) => T::from_text(&number.to_string()),
        Value::Bool(flag) => T::from_bool(*flag),
        _ => None,
    })
}

/// What a failure of a token request leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterFailure {
    /// HighLevel did nothing; the next try is the first.
    NothingDone,
    /// It may have been done and the answer lost: HighLevel repeats the answer for a while.
    AnswerLost,
    /// It is an answer; the next try gives the same.
    Final,
}

pub(super) fn after_failure(error: &Error) -> AfterFailure {
    use TransportErrorKind as T;
    match error.kind() {
        ErrorKind::RateLimited | ErrorKind::Transport(T::Connect) => AfterFailure::NothingDone,
        ErrorKind::Unavailable | ErrorKind::Transport(_) | ErrorKind::Decode { .. } => {
            AfterFailure::AnswerLost
        }
        _ => AfterFailure::Final,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read_and_only_the_access_token_is_needed() {
        for json in [
            r#"{"access_token":"a","refresh_token":"r","expires_in":86399,"scope":"x y","userType":"Location",
                "locationId":"l","companyId":"c","isBulkInstallation":"Bearer"}"#,
            r#"{"accessToken":"a","refreshToken":"r","expiresIn":"86399","scope":"x y","userType":"Location",
                "locationId":"l","companyId":"c","access_token":null}"#,
        ] {
            let answer: TokenResponse = serde_json::from_str(json).unwrap();
            assert_eq!(answer.access_token.expose(), "a");
            assert_eq!(answer.refresh_token.as_ref().unwrap().expose(), "r");
            assert_eq!(answer.expires_in, Some(Duration::from_secs(86399)));
            assert_eq!(answer.scopes, ["x", "y"]);
            assert_eq!(answer.user_type, Some(UserType::Location));
            assert_eq!(answer.is_bulk_installation, None);
        }
        let bare: TokenResponse = serde_json::from_str(r#"{"access_token":"a"}"#).unwrap();
        assert_eq!(bare.tokens(Timestamp::UNIX_EPOCH).expires_at, None);
        assert!(serde_json::from_str::<TokenResponse>(r#"{"access_token":""}"#).is_err());
    }
}
