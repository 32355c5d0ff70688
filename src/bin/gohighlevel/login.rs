//! `login`: an agency or a location lets an app in, and its grant is kept in a folder.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use gohighlevel::auth::oauth::{GrantKey, OAuthCredentials};
use gohighlevel::clock::{Clock as _, SystemClock};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::credentials;
use crate::exit::Exit;
use crate::terminal::{self, count};

/// Where the browser comes back to.
const PATH: &str = "/oauth/callback";
/// So many random bytes nobody guesses.
const RANDOM: usize = 32;

/// How long the browser may take to fetch its page.
const LONGEST_END: Duration = Duration::from_secs(2);

/// What `setup`, `doctor` and the service need.
const SCOPES: &str = "oauth.readonly oauth.write locations.readonly contacts.readonly contacts.write \
    conversations.readonly conversations/message.readonly conversations/message.write \
    locations/customValues.readonly locations/customValues.write locations/customFields.readonly \
    locations/customFields.write locations/tags.readonly locations/tags.write links.readonly links.write \
    opportunities.readonly opportunities.write pipelines.create pipelines.write workflows.readonly users.readonly \
    phonenumbers.read voice-ai-agents.readonly emails/templates.readonly emails/templates.write";

/// Let your app into an agency or a location, and keep its grant for --grants
///
/// It prints an address for your browser, and waits until HighLevel sends the browser back to this machine. Give the app
/// http://127.0.0.1:PORT/oauth/callback as a redirect URL in the developer portal, and its id and secret as GHL_CLIENT_ID and
/// GHL_CLIENT_SECRET. On Unix nobody but you can read the grants. For an agency's grant, tokens of its locations are made when
/// they are needed.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder for the grants, made if it is not there; or a SQLite file that is
    #[arg(long, value_name = "FOLDER|FILE", default_value = "grants")]
    grants: PathBuf,
    /// The port of the redirect URL on this machine
    #[arg(long, value_name = "PORT", default_value_t = 8790)]
    port: u16,
    /// What the app may do, if it is less than this command can use
    #[arg(long, value_name = "SCOPES", default_value = SCOPES, hide_default_value = true)]
    scopes: String,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match let_in(&arguments).await {
        Ok(words) => {
            terminal::print(&words);
            Exit::AsWished
        }
        Err(problem) => {
            terminal::complain(&problem);
            Exit::Wrong
        }
    }
}

async fn let_in(arguments: &Arguments) -> Result<String, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error}; give another --port, and register it")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let app = credentials::app(&format!("http://{address}{PATH}"))?;
    let state = random()?;
    let scopes = arguments.scopes.split_whitespace();
    let url = app.authorize_url().state(&state);
    let url = scopes.fold(url, |url, scope| url.scope(scope)).url();
    let credentials = credentials::kept_in(&arguments.grants, app)?;
    terminal::print(&format!(
        "Open this address in your browser, and choose who lets the app in:\n\n{url}\n\n"
    ));
    let code = code(listener, state).await?;
    connected(&credentials, &code, arguments).await
}

/// Exchanges the code, and says who has let the app in.
async fn connected(
    credentials: &OAuthCredentials,
    code: &str,
    arguments: &Arguments,
) -> Result<String, String> {
    let text = |error: gohighlevel::Error| error.to_string();
    let connected = credentials.connect(code).await.map_err(text)?;
    let grants = arguments.grants.display();
    let who = match &connected.key {
        GrantKey::Agency(company) => {
            let locations = credentials.sync_locations(company).await.map_err(|error| {
                format!("the grant is kept, but its locations could not be listed: {error}")
            })?;
            format!("{}, {}", connected.key, count(locations.len(), "location"))
        }
        GrantKey::Location(_) => connected.key.to_string(),
    };
    Ok(format!(
        "Let in: {who}. The grant is in {grants}: give --grants {grants} to the other commands.\n"
    ))
}

/// What the browser brings back: a code, or why there is none.
type Brought = Result<String, String>;

struct Waiting {
    state: String,
    brought: mpsc::Sender<Brought>,
}

/// Waits until the browser comes back with the state that it left with.
async fn code(listener: TcpListener, state: String) -> Brought {
    let (brought, mut coming) = mpsc::channel(1);
    let waiting = Arc::new(Waiting { state, brought });
    let router = Router::new()
        .route(PATH, get(comes_back))
        .with_state(waiting);
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = ended.await;
    });
    let server = tokio::spawn(served.into_future());
    let brought = tokio::select! {
        brought = coming.recv() => brought,
        _ = tokio::signal::ctrl_c() => None,
    };
    // The browser gets its page before the command ends.
    let _ = end.send(());
    tokio::select! {
        _ = server => {}
        () = SystemClock.sleep(LONGEST_END) => {}
    }
    brought.unwrap_or_else(|| Err("nobody came back".to_owned()))
}

async fn comes_back(
    State(waiting): State<Arc<Waiting>>,
    Query(mut query): Query<HashMap<String, String>>,
) -> (StatusCode, &'static str) {
    let is_ours = query.remove("state").is_some_and(|state| {
        aws_lc_rs::constant_time::verify_slices_are_equal(
            state.as_bytes(),
            waiting.state.as_bytes(),
        )
        .is_ok()
    });
    if !is_ours {
        return (
            StatusCode::BAD_REQUEST,
            "This is not the visit that the command waits for. Open the address that it has printed.",
        );
    }
    let (brought, answer) = match (query.remove("code"), query.remove("error")) {
        (Some(code), None) => (Ok(code), "Done. Go back to the terminal."),
        (_, error) => {
            let error = error.unwrap_or_else(|| "no code".to_owned());
            let words = format!("HighLevel did not let the app in: {}", printable(&error));
            (
                Err(words),
                "HighLevel did not let the app in. Go back to the terminal.",
            )
        }
    };
    // One visit is enough.
    let _ = waiting.brought.try_send(brought);
    (StatusCode::OK, answer)
}

/// Somebody else's words, without what a terminal would take for orders.
fn printable(words: &str) -> String {
    let shown = words.chars().filter(|c| !c.is_control());
    shown.take(200).collect()
}

fn random() -> Result<String, String> {
    let mut bytes = [0; RANDOM];
    rand::fill(&mut bytes).map_err(|_| "the system gives no random bytes".to_owned())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
