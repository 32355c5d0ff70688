//! Addresses that HighLevel gives out. A request goes to the client's own base URL, so only an address on HighLevel's
//! host means anything, and only below the folder where its kind lives: a forged one must not carry the token elsewhere.

use url::{Host, Url};

use crate::client::Request;

/// Where all of them live.
const HOST: &str = "services.leadconnectorhq.com";

/// An address that is not one of HighLevel's, or not of the kind asked for.
///
/// It is not quoted: such addresses are secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; copy the address from HighLevel as it is")]
pub struct InvalidUrl {
    problem: &'static str,
}

impl InvalidUrl {
    pub(super) const fn new(problem: &'static str) -> Self {
        Self { problem }
    }
}

/// An address on HighLevel's host below one folder.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct HighLevelUrl(Url);

impl HighLevelUrl {
    pub(super) fn parse(text: &str, folder: &str) -> Result<Self, InvalidUrl> {
        let refused = |problem| Err(InvalidUrl::new(problem));
        let Ok(url) = Url::parse(text.trim()) else {
            return refused("it is not a valid URL");
        };
        if url.scheme() != "https" {
            return refused("the URL is not https");
        }
        if url.host() != Some(Host::Domain(HOST)) || url.port().is_some() {
            return refused("the URL is not on services.leadconnectorhq.com");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return refused("the URL holds a user name, a password or a `#`");
        }
        // A server could read an encoded slash or dot as one, and end up elsewhere.
        if url.path().contains('%') || !url.path().starts_with(folder) {
            return refused("the URL does not lead to where HighLevel has these");
        }
        Ok(Self(url))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The segments of its path.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.0.path().trim_matches('/').split('/').collect()
    }

    /// A request to it by POST, on the client's base URL.
    pub(super) fn post(&self) -> Request {
        let request = Request::post(self.0.path());
        let pairs = self.0.query_pairs();
        pairs.fold(request, |request, (name, value)| {
            request.query(name.into_owned(), value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_highlevels_own_addresses_pass() {
        let folder = "/hooks/";
        for good in [
            "https://services.leadconnectorhq.com/hooks/l/webhook-trigger/u",
            " https://services.leadconnectorhq.com:443/hooks/l?a=b\n",
            "https://SERVICES.leadconnectorhq.com/hooks/l",
        ] {
            assert!(HighLevelUrl::parse(good, folder).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/hooks/l",
            "http://services.leadconnectorhq.com/hooks/l",
            "https://services.leadconnectorhq.com.evil.example/hooks/l",
            "https://evil.example/hooks/l",
            "https://services.leadconnectorhq.com@evil.example/hooks/l",
            "https://user@services.leadconnectorhq.com/hooks/l",
            "https://services.leadconnectorhq.com:8443/hooks/l",
            "https://services.leadconnectorhq.com/hooks/../contacts/",
            "https://services.leadconnectorhq.com/hooks/%2e%2e/contacts/",
            "https://services.leadconnectorhq.com/hooks/..%2fcontacts/",
            "https://services.leadconnectorhq.com/contacts/",
            "https://services.leadconnectorhq.com/hooks/l#x",
        ] {
            assert!(HighLevelUrl::parse(bad, folder).is_err(), "{bad}");
        }
    }
}
