//! Where tokens come from: the environment, or the grants of an app. Never from arguments, which other users of the machine can
//! read.

use std::env;
use std::path::{Path, PathBuf};

use gohighlevel::Client;
use gohighlevel::auth::oauth::{OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::{FileTokenStore, SqliteTokenStore, TokenStoreError};
use gohighlevel::client::ClientBuilder;

/// A grant is renewed without it; an app has to have one.
const REDIRECT: &str = "http://localhost/";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The grants of an app, in the folder or SQLite file where `login` or the service keeps them; the app's id and secret come
    /// from GHL_CLIENT_ID and GHL_CLIENT_SECRET [default: tokens from GHL_TOKEN and GHL_TOKEN_<LOCATION_ID>]
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
    let app = app(REDIRECT)?;
    // The stores would make what is not there.
    if !path.exists() {
        return Err(format!(
            "{}: there are no grants; name the folder or SQLite file that has them, or make one with `login`",
            path.display()
        ));
    }
    let credentials = kept_in(path, app)?;
    let client = server().credentials(credentials).build();
    client.map_err(|error| error.to_string())
}

/// The app that the environment names. Fails with what is missing.
pub(crate) fn app(redirect: &str) -> Result<OAuthApp, String> {
    let variable = |name: &str| {
        env::var(name).map_err(|_| format!("{name} is not set; copy it from the developer portal"))
    };
    let (id, secret) = (variable("GHL_CLIENT_ID")?, variable("GHL_CLIENT_SECRET")?);
    OAuthApp::new(id, secret, redirect).map_err(|error| error.to_string())
}

/// The app's credentials, whose grants are in a SQLite file, or else in a folder, which is made if it is not there.
pub(crate) fn kept_in(path: &Path, app: OAuthApp) -> Result<OAuthCredentials, String> {
    let failed = |error: TokenStoreError| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", cause.unwrap_or_default())
    };
    let oauth = OAuth::new(app, server()).map_err(|error| error.to_string())?;
    Ok(if path.is_file() {
        let store = SqliteTokenStore::open(path).map_err(failed)?;
        OAuthCredentials::builder(oauth, store).build()
    } else {
        let store = FileTokenStore::open(path).map_err(failed)?;
        OAuthCredentials::builder(oauth, store).build()
    })
}

/// The server that is asked.
fn server() -> ClientBuilder {
    match env::var("GHL_BASE_URL") {
        Ok(url) => Client::builder().base_url(url),
        Err(_) => Client::builder(),
    }
}
