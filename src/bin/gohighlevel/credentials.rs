//! Where tokens come from: the environment, or the grants of an app. Never from arguments, which other users of the machine can
//! read.

use std::env;
use std::path::{Path, PathBuf};

use gohighlevel::Client;
use gohighlevel::auth::oauth::{OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::{FileTokenStore, SqliteTokenStore, TokenStoreError};

/// A grant is renewed without it; an app has to have one.
const REDIRECT: &str = "http://localhost/";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The grants of an app, in the folder or SQLite file where the service keeps them; the app's id and secret come from
    /// GHL_CLIENT_ID and GHL_CLIENT_SECRET [default: tokens from GHL_TOKEN and GHL_TOKEN_<LOCATION_ID>]
    #[arg(long, value_name = "FOLDER|FILE")]
    grants: Option<PathBuf>,
}

impl Options {
    /// A client with these credentials. Fails with what is missing.
    pub(crate) fn client(&self) -> Result<Client, String> {
        match &self.grants {
            None => Client::from_env().map_err(|error| error.to_string()),
            Some(path) => with_grants(path),
        }
    }
}

fn with_grants(path: &Path) -> Result<Client, String> {
    let variable = |name: &str| {
        env::var(name).map_err(|_| format!("{name} is not set; copy it from the developer portal"))
    };
    let (id, secret) = (variable("GHL_CLIENT_ID")?, variable("GHL_CLIENT_SECRET")?);
    let shown = path.display();
    let failed = |error: TokenStoreError| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", cause.unwrap_or_default())
    };
    let text = |error: gohighlevel::Error| error.to_string();
    let mut client = Client::builder();
    if let Ok(url) = env::var("GHL_BASE_URL") {
        client = client.base_url(url);
    }
    let app = OAuthApp::new(id, secret, REDIRECT).map_err(text)?;
    let oauth = OAuth::new(app, client.clone()).map_err(text)?;
    // The stores would make what is not there.
    let credentials = if path.is_dir() {
        let store = FileTokenStore::open(path).map_err(failed)?;
        OAuthCredentials::builder(oauth, store).build()
    } else if path.is_file() {
        let store = SqliteTokenStore::open(path).map_err(failed)?;
        OAuthCredentials::builder(oauth, store).build()
    } else {
        return Err(format!(
            "{shown}: there are no grants; name a folder or a SQLite file"
        ));
    };
    client.credentials(credentials).build().map_err(text)
}
