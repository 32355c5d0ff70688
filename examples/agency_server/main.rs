//! An agency's app as a service: installed by OAuth in any number of locations, whose missed calls are then texted back.
//!
//! ```text
//! GHL_CLIENT_ID=… GHL_CLIENT_SECRET=… OPERATOR_TOKEN=… \
//!     cargo run --example agency_server --features missed-call,sqlite,axum,metrics -- \
//!     --redirect-uri https://app.example.com/oauth/callback
//! ```
//!
//! | address | for |
//! |---|---|
//! | `/oauth/install` | users who install the app, in a location or for an agency |
//! | `/webhooks/ghl` | HighLevel |
//! | `/healthz` | the load balancer |
//! | `/operator/…` with `Authorization: Bearer` and `OPERATOR_TOKEN` | the agency's own systems (`operator.rs`) |
//!
//! Any number of processes share a PostgreSQL database (`--postgres URL`, feature `postgres`) and the file `customers.db`, which
//! stands for a database of your own.
//!
//! HighLevel requires https: put a reverse proxy in front that terminates TLS and passes `/webhooks/ghl` on byte for byte. To try
//! it with `fake_ghl`, set `GHL_BASE_URL` and `GHL_WEBHOOK_PUBLIC_KEY` as for `recovery_server`.
#![allow(clippy::print_stdout)]

mod customers;
mod install;
mod operator;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use clap::Parser;
use gohighlevel::Client;
use gohighlevel::auth::oauth::{OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::{SqliteTokenStore, TokenStore};
use gohighlevel::client::{ClientBuilder, MetricsObserver};
use gohighlevel::recipes::missed_call::store::{SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Engine, EngineMetrics, Preset, Recipe, RecipeError};
use gohighlevel::serve::{Shutdown, serve};
use gohighlevel::webhooks::{Endpoint, Installations, Verifier};
use gohighlevel::workflows::SharedSecret;
use tokio::net::TcpListener;
use tracing_subscriber::filter::EnvFilter;

type BoxError = Box<dyn Error + Send + Sync>;

/// An agency's app: texts back the missed calls of every location that it is installed in
#[derive(Parser)]
#[command(name = "agency_server")]
struct Arguments {
    /// This server's /oauth/callback, as it is registered for the app
    #[arg(long, value_name = "URL")]
    redirect_uri: String,
    /// Folder of the databases; it is made if it is missing
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    /// PostgreSQL database in place of the SQLite files, for any number of processes
    #[cfg(feature = "postgres")]
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Schema of the tables in PostgreSQL
    #[cfg(feature = "postgres")]
    #[arg(long, value_name = "NAME", default_value = "gohighlevel")]
    schema: String,
    /// Recipe of locations without one of their own [default: the preset soleil]
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// What the pages see.
type Host = (Engine, OAuthCredentials, customers::Customers);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_writer(io::stderr);
    log.with_env_filter(filter).init();
    let Err(error) = run(arguments).await else {
        return ExitCode::SUCCESS;
    };
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    eprintln!("{text}");
    ExitCode::from(2)
}

async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let variable = |name| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let (id, secret) = (variable("GHL_CLIENT_ID")?, variable("GHL_CLIENT_SECRET")?);
    let app = OAuthApp::new(id, secret, &*arguments.redirect_uri)?;
    let token = format!("Bearer {}", variable("OPERATOR_TOKEN")?);
    let operator = SharedSecret::new("authorization", token)?;
    let recipe = match &arguments.recipe {
        Some(file) => Recipe::from_file(file)?,
        None => Preset::Soleil.recipe(),
    };
    let mut verifier = Verifier::builder().app(app.app_id().clone());
    if let Ok(pem) = variable("GHL_WEBHOOK_PUBLIC_KEY") {
        verifier = verifier.ed25519_pem(&pem)?;
    }
    // The observers feed the recorder of the crate `metrics`: install your exporter's before this.
    let mut setup = Client::builder().observer(MetricsObserver);
    if let Ok(url) = variable("GHL_BASE_URL") {
        setup = setup.base_url(url);
    }

    std::fs::create_dir_all(&arguments.data)?;
    let (store, grants, setup) = open(&arguments, setup).await?;
    let oauth = OAuth::new(app, setup.clone())?;
    let credentials = OAuthCredentials::builder(oauth, Arc::clone(&grants)).build();
    let customers = customers::Customers {
        tables: customers::open(&arguments.data.join("customers.db"))?,
        grants,
        client: setup.credentials(credentials.clone()).build()?,
        recipe: Arc::new(recipe),
    };
    let engine = Engine::builder(store)
        .location_source(customers.clone())
        .consents(customers.clone())
        .notifier(Arc::new(customers.clone()))
        .observer(EngineMetrics)
        .build();

    let handler = Installations::new(credentials.clone(), engine.clone());
    let webhooks = Endpoint::builder(verifier.build(), handler).clock(engine.clock());
    let webhooks = webhooks.build();
    tokio::spawn(install::check(engine.clone(), customers.installed().await?));
    let host = (engine.clone(), credentials, customers);
    let router = axum::Router::new()
        .route("/webhooks/ghl", webhooks.route())
        .route("/healthz", get(health))
        .nest("/oauth", install::routes())
        .nest("/operator", operator::routes(operator))
        .with_state(host);
    let shutdown = Shutdown::on_signal()?;
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let service = serve(listener, router).endpoint(&webhooks).engine(&engine);
    let service = service.sweeps(&engine, Duration::from_secs(120));
    service.until(shutdown).await;
    Ok(())
}

type Stores = (Arc<dyn Store>, Arc<dyn TokenStore>, ClientBuilder);

/// What all processes share: episodes and grants, and in PostgreSQL also the rate limit.
async fn open(arguments: &Arguments, setup: ClientBuilder) -> Result<Stores, BoxError> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &arguments.postgres {
        let database = gohighlevel::postgres::Database::builder(url);
        let database = database.schema(arguments.schema.parse()?).open().await?;
        let limit = gohighlevel::client::PostgresRateLimit::new(database.clone());
        let grants = gohighlevel::auth::store::PostgresTokenStore::new(database.clone());
        let store = gohighlevel::recipes::missed_call::store::PostgresStore::new(database);
        let setup = setup.shared_rate_limit(limit);
        return Ok((Arc::new(store), Arc::new(grants), setup));
    }
    let grants = SqliteTokenStore::open(arguments.data.join("grants.db"))?;
    let store = SqliteStore::open(arguments.data.join("engine.db"))?;
    Ok((Arc::new(store), Arc::new(grants), setup))
}

async fn health(State((engine, ..)): State<Host>) -> (StatusCode, String) {
    let health = engine.health().await;
    let status = match health.is_ok() {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, health.to_string())
}

/// Why a page failed. Only what is wrong with a recipe is shown; the rest is logged.
struct Failed(BoxError);

impl<E: Into<BoxError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        if let Some(problems) = self.0.downcast_ref::<RecipeError>() {
            return (StatusCode::UNPROCESSABLE_ENTITY, problems.to_string()).into_response();
        }
        tracing::error!(error = &*self.0 as &dyn Error, "a request failed");
        (StatusCode::INTERNAL_SERVER_ERROR, "failed; see the log").into_response()
    }
}
