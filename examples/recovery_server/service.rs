//! How the parts of the service are put together: store, client, engine, endpoint, server.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use gohighlevel::Client;
use gohighlevel::error::ErrorKind;
#[cfg(feature = "live-board")]
use gohighlevel::recipes::missed_call::board::{Board, BoardAccess, BoardToken};
use gohighlevel::recipes::missed_call::store::{SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Engine, Notice, PreflightError, TeamNotifier};
use gohighlevel::serve::{Shutdown, serve};
use gohighlevel::webhooks::{Endpoint, Verifier};
use tokio::net::TcpListener;

use super::config::{Config, unless_sound};

/// Time limit of the preflight. The server does not listen before it is over, so webhooks would be lost.
const PREFLIGHT_PATIENCE: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Options {
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

/// Runs the service until it is asked to end. Fails with all that keeps it from starting.
pub(crate) async fn run(options: &Options) -> Result<(), String> {
    let file = &options.config;
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
    let (store, client) = open(options, path).await?;
    let mut engine = Engine::builder(store).notifier(Arc::new(LogOfTheTeam));
    for (id, recipe) in recipes {
        engine = engine.location(client.location(id), recipe);
    }
    let engine = engine.build();
    #[cfg(feature = "live-board")]
    let board = board(&engine)?;
    check_locations(&engine).await?;
    serve_webhooks(
        engine,
        verifier.build(),
        options.listen,
        pause,
        end_within,
        #[cfg(feature = "live-board")]
        board,
    )
    .await
    .map_err(with_causes)
}

/// The live board, if there is a token for it.
#[cfg(feature = "live-board")]
fn board(engine: &Engine) -> Result<Option<Board>, String> {
    let Ok(token) = std::env::var("GHL_BOARD_TOKEN") else {
        return Ok(None);
    };
    let token = BoardToken::new(token).map_err(|error| format!("GHL_BOARD_TOKEN: {error}"))?;
    let access = BoardAccess::Token(token);
    Ok(Some(Board::builder(engine.clone(), access).build()))
}

/// The store, and a client that shares its rate limit with the others on that store.
async fn open(options: &Options, path: PathBuf) -> Result<(Arc<dyn Store>, Client), String> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &options.postgres {
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
    let _ = options;
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
    #[cfg(feature = "live-board")] board: Option<Board>,
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
    #[cfg(feature = "live-board")]
    let app = match &board {
        Some(board) => app.merge(board.routes("/board")),
        None => app,
    };
    let listener = TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    io::stdout().flush()?;
    let mut service = serve(listener, app).endpoint(&webhooks).engine(&engine);
    if let Some(pause) = sweep_pause {
        service = service.sweeps(&engine, pause);
    }
    #[cfg(feature = "live-board")]
    if let Some(board) = &board {
        service = service.board(board);
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
            PreflightError::Warning { location, warning } => {
                tracing::warn!(%location, %warning, "missed calls may get no text");
            }
            PreflightError::DryRun { location, dry_run } => {
                tracing::warn!(%location, "{dry_run}");
            }
            _ => tracing::warn!(%error, "starting without having checked this location"),
        }
    }
    let wrong = errors.iter().filter(|error| !may_pass(error));
    unless_sound(wrong.map(ToString::to_string).collect())
}

/// An outage passes, and neither a hint nor a warning is an error; a token that is missing has to be set.
fn may_pass(error: &PreflightError) -> bool {
    match error {
        PreflightError::NotChecked { error, .. } => *error.kind() != ErrorKind::Config,
        PreflightError::Hint { .. }
        | PreflightError::Warning { .. }
        | PreflightError::DryRun { .. } => true,
        _ => false,
    }
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
