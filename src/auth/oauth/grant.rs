//! One OAuth grant as it is kept, and the text it is stored as.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CompanyId, LocationId, UserId};
use crate::secret::Secret;

/// Whose grant it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
// Exhaustive on purpose: a store has to keep both kinds.
pub enum GrantKey {
    /// A location's.
    Location(LocationId),
    /// An agency's.
    Agency(CompanyId),
}

impl GrantKey {
    /// `location` or `agency`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Location(_) => "location",
            Self::Agency(_) => "agency",
        }
    }

    /// The location's or the agency's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Location(id) => id.as_str(),
            Self::Agency(id) => id.as_str(),
        }
    }

    /// One text for both, such as `location:ve9EPM428h8vShlRW1KT`.
    pub fn to_text(&self) -> String {
        format!("{}:{}", self.kind(), self.id())
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        match kind {
            "location" => LocationId::new(id).ok().map(Self::Location),
            "agency" => CompanyId::new(id).ok().map(Self::Agency),
            _ => None,
        }
    }
}

impl fmt::Display for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.id())
    }
}

/// Where new tokens of a grant come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantSource {
    /// Its own refresh token.
    Own,
    /// The grant of this agency, which mints tokens for the location.
    Agency(CompanyId),
}

/// An access token with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Goes with each request.
    pub access: Secret,
    /// Gives the next pair, once. HighLevel may send one with a minted token too; that one is not used.
    pub refresh: Option<Secret>,
    /// When they were asked for.
    pub obtained_at: Timestamp,
    /// When the access token ends, by HighLevel's `expires_in`; none if it did not say.
    pub expires_at: Option<Timestamp>,
}

impl Tokens {
    /// Whether the access token has not ended.
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it is time for the next: `ahead` of the end, but not in the first three quarters of the token's life.
    pub(super) fn is_due(&self, now: Timestamp, ahead: Duration) -> bool {
        let Some(end) = self.expires_at else {
            return false;
        };
        let life = Duration::try_from(end.duration_since(self.obtained_at)).unwrap_or_default();
        now >= end.saturating_sub(ahead.min(life / 4)).unwrap_or(end)
    }
}

/// One grant: that the app is installed somewhere, and its tokens. `Debug` shows no token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// Where new tokens come from.
    pub source: GrantSource,
    /// None while nothing was minted yet, and after the app was uninstalled.
    pub tokens: Option<Tokens>,
    /// The agency of a location's own grant, where HighLevel named it.
    pub company_id: Option<CompanyId>,
    /// Who installed the app.
    pub user_id: Option<UserId>,
    /// What the token may do, as HighLevel names it.
    pub scopes: Vec<String>,
    /// The newest sign of an installation. An older removal changes nothing.
    pub installed_at: Option<Timestamp>,
    /// When the app was removed; none while it is installed. An older installation changes nothing.
    pub uninstalled_at: Option<Timestamp>,
    /// A process is getting new tokens; no other one does before this time.
    pub renewing_until: Option<Timestamp>,
}

impl Grant {
    /// A grant without tokens.
    pub fn new(source: GrantSource) -> Self {
        Self {
            source,
            tokens: None,
            company_id: None,
            user_id: None,
            scopes: Vec::new(),
            installed_at: None,
            uninstalled_at: None,
            renewing_until: None,
        }
    }

    /// The grant as one JSON text for a store. **It holds the tokens.**
    pub fn to_json(&self) -> String {
        let row = Row {
            version: 1,
            agency: match &self.source {
                GrantSource::Own => None,
                GrantSource::Agency(company) => Some(company.clone()),
            },
            tokens: self.tokens.as_ref().map(|tokens| TokensRow {
                access: tokens.access.expose().to_owned(),
                refresh: tokens
                    .refresh
                    .as_ref()
                    .map(|token| token.expose().to_owned()),
                obtained_at: tokens.obtained_at,
                expires_at: tokens.expires_at,
            }),
            company_id: self.company_id.clone(),
            user_id: self.user_id.clone(),
            scopes: self.scopes.clone(),
            installed_at: self.installed_at,
            uninstalled_at: self.uninstalled_at,
            renewing_until: self.renewing_until,
        };
        // Texts, lists and times: nothing in it that JSON cannot hold.
        serde_json::to_string(&row).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote, in this release or an older one.
    pub fn from_json(text: &str) -> Result<Self, InvalidGrant> {
        let row: Row = serde_json::from_str(text).map_err(|_| InvalidGrant)?;
        if row.version != 1 {
            return Err(InvalidGrant);
        }
        Ok(Self {
            source: row.agency.map_or(GrantSource::Own, GrantSource::Agency),
            tokens: row.tokens.map(|tokens| Tokens {
                access: tokens.access.into(),
                refresh: tokens.refresh.map(Secret::from),
                obtained_at: tokens.obtained_at,
                expires_at: tokens.expires_at,
            }),
            company_id: row.company_id,
            user_id: row.user_id,
            scopes: row.scopes,
            installed_at: row.installed_at,
            uninstalled_at: row.uninstalled_at,
            renewing_until: row.renewing_until,
        })
    }
}

/// A text that is not a stored grant, or one that a newer release has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the text is not a stored grant of this release; restore it, use a newer release, or connect again"
)]
pub struct InvalidGrant;

/// Version 1 of the stored form. Rows of it must stay readable.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agency: Option<CompanyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<TokensRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company_id: Option<CompanyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    installed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uninstalled_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renewing_until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokensRow {
    access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
    obtained_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        let mut grant = Grant::new(GrantSource::Agency(CompanyId::new("c1").unwrap()));
        grant.tokens = Some(Tokens {
            access: "access-1".into(),
            refresh: Some("refresh-1".into()),
            obtained_at: "2026-05-08T12:00:00Z".parse().unwrap(),
            expires_at: Some("2026-05-09T12:00:00Z".parse().unwrap()),
        });
        grant.scopes = vec!["contacts.readonly".into()];
        grant.installed_at = Some("2026-05-08T11:00:00.123456789Z".parse().unwrap());
        grant
    }

    #[test]
    fn a_grant_is_read_as_it_was_written_and_prints_no_token() {
        let grant = grant();
        assert_eq!(Grant::from_json(&grant.to_json()).unwrap(), grant);
        let printed = format!("{grant:?}");
        assert!(!printed.contains("access-1") && !printed.contains("refresh-1"));
        assert!(Grant::from_json(r#"{"version":2}"#).is_err());
        assert!(
            Grant::from_json(r#"{"version":1}"#)
                .unwrap()
                .tokens
                .is_none()
        );
    }

    #[test]
    fn a_token_is_due_ahead_of_its_end_and_never_in_most_of_its_life() {
        let tokens = grant().tokens.unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let ahead = Duration::from_secs(600);
        assert!(!tokens.is_due(at("2026-05-09T11:49:59Z"), ahead));
        assert!(tokens.is_due(at("2026-05-09T11:50:00Z"), ahead));
        assert!(tokens.is_valid(at("2026-05-09T11:59:59Z")));
        assert!(!tokens.is_valid(at("2026-05-09T12:00:00Z")));
        let short = Tokens {
            expires_at: Some(at("2026-05-08T12:01:00Z")),
            ..tokens.clone()
        };
        assert!(!short.is_due(at("2026-05-08T12:00:44Z"), ahead));
        assert!(short.is_due(at("2026-05-08T12:00:45Z"), ahead));
        let endless = Tokens {
            expires_at: None,
            ..tokens
        };
        assert!(!endless.is_due(Timestamp::MAX, ahead) && endless.is_valid(Timestamp::MAX));
    }

    #[test]
    fn keys_are_read_as_they_were_written() {
        for text in ["location:a:b", "agency:c1"] {
            assert_eq!(GrantKey::from_text(text).unwrap().to_text(), text);
        }
        assert_eq!(GrantKey::from_text("user:u"), None);
        assert_eq!(GrantKey::from_text("location:"), None);
    }
}
