//! The marketplace app, and the page on which a user installs it.

use url::{Host, Url};

use crate::error::{Error, Result};
use crate::ids::AppId;
use crate::secret::Secret;

/// What the developer portal gave for a marketplace app. `Debug` does not show the secret.
#[derive(Debug, Clone)]
pub struct OAuthApp {
    client_id: String,
    client_secret: Secret,
    redirect_uri: String,
    app_id: AppId,
}

impl OAuthApp {
    /// The app with this client id and secret, and one of the redirect URIs that are registered for it.
    ///
    /// Fails with [`Config`](crate::error::ErrorKind::Config) if one of them is empty, or if the redirect URI is neither
    /// `https` nor on this machine.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        redirect_uri: impl Into<String>,
    ) -> Result<Self> {
        let redirect_uri = redirect_uri.into();
        let problem = |problem: &str| Error::config("oauth.app", problem);
        let client_id = client_id.into().trim().to_owned();
        let client_secret = client_secret.into();
        if client_secret.expose().is_empty() {
            return Err(problem(
                "the client secret is empty; copy it from the developer portal",
            ));
        }
        let id = client_id
            .split_once('-')
            .map_or(&*client_id, |(app, _)| app);
        let app_id = AppId::new(id).map_err(|error| {
            problem("the client id is not valid; copy it from the developer portal")
                .with_source(error)
        })?;
        let redirect = Url::parse(&redirect_uri)
            .map_err(|error| problem("the redirect URI is not a valid URL").with_source(error))?;
        let loopback = match redirect.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if redirect.scheme() != "https" && !(redirect.scheme() == "http" && loopback) {
            return Err(problem("the redirect URI must start with https"));
        }
        Ok(Self {
            client_id,
            client_secret,
            // As it was written: HighLevel compares it with the registered one.
            redirect_uri,
            app_id,
        })
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The app's id, which webhooks carry: the part of the client id before its `-`.
    pub fn app_id(&self) -> &AppId {
        &self.app_id
    }

    /// Where HighLevel sends the user back to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    pub(super) fn client_secret(&self) -> &Secret {
        &self.client_secret
    }

    /// Begins the URL of the page on which a user chooses where to install the app.
    pub fn authorize_url(&self) -> AuthorizeUrl<'_> {
        AuthorizeUrl {
            app: self,
            host: AuthorizeHost::default(),
            version_2: true,
            scopes: Vec::new(),
            state: None,
            parameters: Vec::new(),
        }
    }
}

/// The two names of HighLevel's marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum AuthorizeHost {
    /// `marketplace.gohighlevel.com`.
    #[default]
    HighLevel,
    /// `marketplace.leadconnectorhq.com`, which does not show HighLevel's name.
    WhiteLabel,
}

/// An authorize URL in the making; see [`OAuthApp::authorize_url`]. Source: HighLevel's page `Authorization.md`.
#[derive(Debug, Clone)]
#[must_use]
pub struct AuthorizeUrl<'a> {
    app: &'a OAuthApp,
    host: AuthorizeHost,
    version_2: bool,
    scopes: Vec<String>,
    state: Option<String>,
    parameters: Vec<(String, String)>,
}

impl AuthorizeUrl<'_> {
    /// On the other host.
    pub fn host(self, host: AuthorizeHost) -> Self {
        Self { host, ..self }
    }

    /// The older page, without `/v2` in its path.
    pub fn without_v2(self) -> Self {
        Self {
            version_2: false,
            ..self
        }
    }

    /// Asks for a scope, such as `contacts.readonly`; several in one text are separated by spaces.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// A value that comes back with the code. Make a new random one for each user, keep it in the user's session, and
    /// refuse a code that comes with another: it proves that the user who comes back is the one who left (RFC 6749,
    /// 10.12). HighLevel does not document that it hands it on; see what it does for your app before you rely on it.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Another parameter, such as `version_id` (some apps get `error.noversionid` on the page without it) or
    /// `loginWindowOpenMode` = `self`.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// The URL.
    pub fn url(&self) -> Url {
        let host = match self.host {
            AuthorizeHost::HighLevel => "marketplace.gohighlevel.com",
            AuthorizeHost::WhiteLabel => "marketplace.leadconnectorhq.com",
        };
        let version = if self.version_2 { "/v2" } else { "" };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", &self.app.redirect_uri)
            .append_pair("client_id", &self.app.client_id);
        if !self.scopes.is_empty() {
            query.append_pair("scope", &self.scopes.join(" "));
        }
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.extend_pairs(&self.parameters);
        // HighLevel writes spaces as `%20`; a form's `+` is read by some servers only.
        let query = query.finish().replace('+', "%20");
        let text = format!("https://{host}{version}/oauth/chooselocation?{query}");
        #[expect(
            clippy::expect_used,
            reason = "host and path are fixed, the query is encoded"
        )]
        Url::parse(&text).expect("a URL")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDIRECT: &str = "https://app.example.com/cb?x=1";

    #[test]
    fn the_authorize_url_has_both_hosts_and_everything_that_was_asked() {
        let app = OAuthApp::new("65f0c1a2b3d4e5f601234567-lx4abcde", "secret", REDIRECT).unwrap();
        assert_eq!(app.app_id().as_str(), "65f0c1a2b3d4e5f601234567");
        let url = app
            .authorize_url()
            .scope("contacts.readonly")
            .scope("contacts.write")
            .state("a+b c")
            .parameter("version_id", "65f0c1a2b3d4e5f601234567");
        assert_eq!(
            url.url().as_str(),
            "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code\
             &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Fx%3D1\
             &client_id=65f0c1a2b3d4e5f601234567-lx4abcde\
             &scope=contacts.readonly%20contacts.write&state=a%2Bb%20c\
             &version_id=65f0c1a2b3d4e5f601234567"
        );
        let other = app
            .authorize_url()
            .host(AuthorizeHost::WhiteLabel)
            .without_v2();
        assert!(
            other
                .url()
                .as_str()
                .starts_with("https://marketplace.leadconnectorhq.com/oauth/chooselocation?")
        );
        assert!(!format!("{url:?}").contains("secret\""));
    }

    #[test]
    fn what_cannot_be_an_app_is_refused() {
        for (id, secret, redirect) in [
            ("", "s", REDIRECT),
            ("a-b", " ", REDIRECT),
            ("a-b", "s", "http://app.example.com/cb"),
            ("a-b", "s", "app.example.com"),
        ] {
            assert!(OAuthApp::new(id, secret, redirect).is_err(), "{redirect}");
        }
        assert!(OAuthApp::new("a-b", "s", "http://localhost:8080/cb").is_ok());
    }
}
