//! Missed-call text back as a service: it takes HighLevel's webhooks, and texts, tags and makes tasks through the API.
//!
//! Copy `fixtures/recovery_server/config.toml`, write your location's id into it, and name the copy with `--config`:
//!
//! ```text
//! GHL_TOKEN=pit-… cargo run --example recovery_server --features missed-call,sqlite,axum -- --config my-config.toml
//! ```
//!
//! HighLevel requires https: put a reverse proxy in front that terminates TLS and passes `/webhooks/ghl` on byte for byte.
//!
//! To try it without HighLevel, in two terminals:
//!
//! ```text
//! cargo run --all-features --example fake_ghl -- --listen 127.0.0.1:9000 --webhook-url http://127.0.0.1:8080/webhooks/ghl | tee fake.txt
//! GHL_TOKEN=pit-sample-soleil GHL_BASE_URL=http://127.0.0.1:9000 GHL_WEBHOOK_PUBLIC_KEY="$(tail -n +2 fake.txt)" \
//!     cargo run --all-features --example recovery_server -- --config fixtures/recovery_server/config.toml
//! ```
//!
//! Then simulate a missed call, and look at the requests that follow:
//!
//! ```text
//! curl http://127.0.0.1:9000/_fake/calls -d '{"locationId":"soleilLocation000001","from":"+13125550142","to":"+13125550100"}'
//! curl http://127.0.0.1:9000/_fake/requests
//! ```
//!
//! Several of them share a PostgreSQL database in place of the file, where the feature `postgres` is on: with `--postgres URL`, or
//! with `--postgres` alone and the address in `DATABASE_URL`.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use clap::Parser;
use gohighlevel::Client;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{AppId, LocationId};
use gohighlevel::recipes::missed_call::store::{SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Engine, Notice, PreflightError, Recipe, TeamNotifier};
use gohighlevel::serve::{Shutdown, serve};
use gohighlevel::webhooks::{Endpoint, Verifier};
use serde::Deserialize;
use tokio::net::TcpListener;
use tracing_subscriber::filter::EnvFilter;

/// What stands in a configuration file.
const KEYS: &str =
    "write [store] with path, and for each location [[location]] with id and preset or recipe";
/// Time limit of the preflight. The server does not listen before it is over, so webhooks would be lost.
const PREFLIGHT_PATIENCE: Duration = Duration::from_secs(30);

/// Runs missed-call text back as a service until Ctrl-C or SIGTERM; a second one ends it at once
#[derive(Parser)]
#[command(name = "recovery_server", after_help = ENVIRONMENT)]
struct Arguments {
    /// TOML with the store and the locations, see fixtures/recovery_server/config.toml
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep everything in this PostgreSQL database instead of the file [without URL: that of DATABASE_URL]
    #[cfg(feature = "postgres")]
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    postgres: Option<String>,
}

const ENVIRONMENT: &str = "\
Environment:
  GHL_TOKEN                Private integration token for every location without one of its own
  GHL_TOKEN_<LOCATION_ID>  Private integration token of one location
  GHL_WEBHOOK_PUBLIC_KEY   PEM of the key that webhooks are checked with [default: HighLevel's own]
  GHL_BASE_URL             Another server than HighLevel's API, for trying things out
  DATABASE_URL             Address of the PostgreSQL database, for --postgres without one
  RUST_LOG                 What is logged [default: info]

Exit code 0 after an end in order, 2 if it cannot start.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter)
        .init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::from(2)
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Seconds between two sweeps for calls whose webhook was lost; without it there are no sweeps.
    sweep_every_seconds: Option<u32>,
    /// Time limit of the shutdown in seconds; 10 if left out.
    end_within_seconds: Option<u32>,
    /// The marketplace app whose webhooks count; without it those of every app do.
    app_id: Option<AppId>,
    store: StoreTable,
    #[serde(rename = "location")]
    locations: Vec<LocationTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoreTable {
    path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationTable {
    id: LocationId,
    preset: Option<String>,
    /// Found from where the configuration is.
    recipe: Option<PathBuf>,
}

impl Config {
    fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{name}: cannot be read: {error}"))?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.unwrap_or_default().matches('\n').count() + 1;
            format!("{name}:{line}: {}; {KEYS}", error.message())
        })
    }

    /// The recipe of each location. Fails with the problems of all of them.
    fn recipes(self, file: &Path) -> Result<HashMap<LocationId, Recipe>, String> {
        let (mut recipes, mut problems) = (HashMap::new(), Vec::new());
        if self.locations.is_empty() {
            problems.push(format!("{}: location: is empty; {KEYS}", file.display()));
        }
        for table in self.locations {
            let key = format!("{}: location {}", file.display(), table.id);
            let recipe = match (table.preset, table.recipe) {
                (Some(preset), None) => {
                    Recipe::preset(&preset).map_err(|error| format!("{key}: preset: {error}"))
                }
                (None, Some(path)) => {
                    Recipe::from_file(file.with_file_name(path)).map_err(|error| error.to_string())
                }
                _ => Err(format!(
                    "{key}: has no recipe or two; write preset = \"soleil\" or recipe = \"file.toml\""
                )),
            };
            match recipe {
                Ok(recipe) if !recipes.contains_key(&table.id) => {
                    recipes.insert(table.id, recipe);
                }
                Ok(_) => problems.push(format!("{key}: id: is there twice; leave one of them out")),
                Err(problem) => problems.push(problem),
            }
        }
        unless_sound(problems).map(|()| recipes)
    }
}

async fn run(arguments: &Arguments) -> Result<(), String> {
    let file = &arguments.config;
    let config = Config::read(file)?;
    let path = config.store.path.clone();
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let pause = config.sweep_every_seconds.map(seconds);
    let end_within = config.end_within_seconds.map(seconds);
    let app = config.app_id.clone();
    let recipes = config.recipes(file)?;
    let verifier = match std::env::var("GHL_WEBHOOK_PUBLIC_KEY") {
        Ok(pem) => Verifier::builder().ed25519_pem(&pem),
        Err(_) => Ok(Verifier::builder()),
    };
    let mut verifier = verifier.map_err(|error| format!("GHL_WEBHOOK_PUBLIC_KEY: {error}"))?;
    if let Some(app) = app {
        verifier = verifier.app(app);
    }
    let (store, client) = open(arguments, path).await?;
    let mut engine = Engine::builder(store).notifier(Arc::new(LogOfTheTeam));
    for (id, recipe) in recipes {
        engine = engine.location(client.location(id), recipe);
    }
    let engine = engine.build();
    check_locations(&engine).await?;
    serve_webhooks(
        engine,
        verifier.build(),
        arguments.listen,
        pause,
        end_within,
    )
    .await
    .map_err(with_causes)
}

/// The store, and a client that shares its rate limit with the others on that store.
async fn open(arguments: &Arguments, path: PathBuf) -> Result<(Arc<dyn Store>, Client), String> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &arguments.postgres {
        use gohighlevel::client::{PostgresRateLimit, StaticTokens};
        use gohighlevel::postgres::Database;
        use gohighlevel::recipes::missed_call::store::PostgresStore;

        let url = match url.as_str() {
            "" => {
                std::env::var("DATABASE_URL").map_err(|error| format!("DATABASE_URL: {error}"))?
            }
            url => url.to_owned(),
        };
        let database = Database::connect(&url).await.map_err(with_causes)?;
        let mut client = Client::builder()
            .credentials(StaticTokens::from_env().map_err(with_causes)?)
            .shared_rate_limit(PostgresRateLimit::new(database.clone()));
        if let Ok(url) = std::env::var("GHL_BASE_URL") {
            client = client.base_url(url);
        }
        let client = client.build().map_err(with_causes)?;
        return Ok((Arc::new(PostgresStore::new(database)), client));
    }
    let _ = arguments;
    let client = Client::from_env().map_err(with_causes)?;
    let store = SqliteStore::open(path).map_err(with_causes)?;
    Ok((Arc::new(store), client))
}

/// Where steps with `to = "host"` go. Write your chat or pager here; the notice's body names the caller, and a log must
/// not.
#[derive(Debug)]
struct LogOfTheTeam;

#[async_trait]
impl TeamNotifier for LogOfTheTeam {
    async fn notify(
        &self,
        notice: &Notice,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        tracing::info!(location = %notice.location, contact = %notice.contact, title = %notice.title, "for the team");
        Ok(())
    }
}

/// From here on a webhook that is answered 200 is in the store.
async fn serve_webhooks(
    engine: Engine,
    verifier: Verifier,
    listen: SocketAddr,
    sweep_pause: Option<Duration>,
    end_within: Option<Duration>,
) -> io::Result<()> {
    let mut shutdown = Shutdown::on_signal()?;
    if let Some(bound) = end_within {
        shutdown = shutdown.within(bound);
    }
    let webhooks = Endpoint::builder(verifier, engine.clone())
        .clock(engine.clock())
        .build();
    let app = axum::Router::new()
        .route("/webhooks/ghl", webhooks.route())
        .route("/healthz", get(health))
        .with_state(engine.clone());
    let listener = TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    let mut service = serve(listener, app).endpoint(&webhooks).engine(&engine);
    if let Some(pause) = sweep_pause {
        service = service.sweeps(&engine, pause);
    }
    // `serve` logs what it could not finish; the next start settles it.
    service.until(shutdown).await;
    Ok(())
}

/// Refuses to go on when a location lacks what its recipe needs, or its token. If HighLevel cannot be asked, the
/// service starts all the same: it can take webhooks, and they would be lost otherwise.
async fn check_locations(engine: &Engine) -> Result<(), String> {
    let Ok(errors) = tokio::time::timeout(PREFLIGHT_PATIENCE, engine.preflight()).await else {
        tracing::warn!("HighLevel takes long to answer; starting without having checked it all");
        return Ok(());
    };
    for error in errors.iter().filter(|error| may_pass(error)) {
        match error {
            PreflightError::Hint { location, hint } => {
                tracing::warn!(%location, %hint, "this is allowed in a recipe, and hardly meant");
            }
            _ => tracing::warn!(%error, "starting without having checked this location"),
        }
    }
    let wrong = errors.iter().filter(|error| !may_pass(error));
    unless_sound(wrong.map(ToString::to_string).collect())
}

/// An outage passes, and a hint is no error; a token that is missing has to be set.
fn may_pass(error: &PreflightError) -> bool {
    match error {
        PreflightError::NotChecked { error, .. } => *error.kind() != ErrorKind::Config,
        PreflightError::Hint { .. } => true,
        _ => false,
    }
}

fn unless_sound(problems: Vec<String>) -> Result<(), String> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.join("\n"))
}

/// An error with what caused it.
fn with_causes(error: impl std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn health(State(engine): State<Engine>) -> (StatusCode, String) {
    let health = engine.health().await;
    let status = if health.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, health.to_string())
}
