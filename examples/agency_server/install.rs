//! OAuth: from the link that a user follows to locations whose calls are answered.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use gohighlevel::auth::oauth::GrantKey;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Engine;
use serde::Deserialize;

use crate::{Failed, Host};

/// What the presets need, pipelines and custom fields included; `oauth` is for installations of a whole agency.
const SCOPES: &str = "contacts.readonly contacts.write conversations.readonly conversations/message.readonly \
     conversations/message.write locations.readonly locations/customValues.readonly \
     locations/customFields.readonly opportunities.readonly opportunities.write oauth.readonly oauth.write";

pub(crate) fn routes() -> Router<Host> {
    let begun = Router::new().route("/install", get(begin));
    begun.route("/callback", get(finish))
}

/// Sends the user to HighLevel. The cookie proves later that the user who comes back is the one who left.
async fn begin(State((_, credentials, _)): State<Host>) -> Result<Response, Failed> {
    let mut state = [0; 16];
    aws_lc_rs::rand::fill(&mut state).map_err(|_| "no random numbers")?;
    let state = format!("{:032x}", u128::from_ne_bytes(state));
    let app = credentials.oauth().app();
    let url = app.authorize_url().scope(SCOPES).state(&state).url();
    let cookie = format!("state={state}; Path=/oauth; HttpOnly; Secure; SameSite=Lax");
    Ok(([(SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response())
}

#[derive(Deserialize)]
struct Returned {
    code: String,
    state: String,
}

async fn finish(
    State((engine, credentials, _)): State<Host>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, Failed> {
    let cookie = format!("state={}", returned.state);
    let cookies = headers.get(COOKIE).map(HeaderValue::to_str);
    if !matches!(cookies, Some(Ok(all)) if all.split("; ").any(|one| one == cookie)) {
        let text = "It did not begin here. Begin at /oauth/install.\n";
        return Ok((StatusCode::BAD_REQUEST, text).into_response());
    }
    let connected = credentials.connect(&returned.code).await?;
    let locations = match &connected.key {
        GrantKey::Location(location) => vec![location.clone()],
        GrantKey::Agency(company) => {
            let all = credentials.sync_locations(company).await?;
            all.into_iter().map(|location| location.id).collect()
        }
    };
    for location in &locations {
        engine.app_installed(location).await?;
    }
    tokio::spawn(check(engine, locations.clone()));
    Ok(format!("Installed. Locations: {}.\n", locations.len()).into_response())
}

/// Says what locations lack. After this check, sweeps include them, so that calls are found that no webhook reported.
pub(crate) async fn check(engine: Engine, locations: Vec<LocationId>) {
    for location in locations {
        for problem in engine.preflight_of(&location).await {
            tracing::warn!(%problem, "this location is not ready");
        }
    }
}
