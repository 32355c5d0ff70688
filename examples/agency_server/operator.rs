//! What the agency's own systems ask for, with the operator's token.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, LedgerRow, PersonKey};
use gohighlevel::recipes::missed_call::{Acceptance, LocationSource as _, Lookup, Recipe, Removal};
use gohighlevel::workflows::SharedSecret;
use serde_json::{Value, json};

use crate::{Failed, Host};

/// The location that a page is about.
type At = (State<Host>, Path<LocationId>);

pub(crate) fn routes(token: SharedSecret) -> Router<Host> {
    let check = move |request: Request, next: Next| {
        let is_proven = token.proves(request.headers());
        async move {
            match is_proven {
                true => next.run(request).await,
                false => StatusCode::UNAUTHORIZED.into_response(),
            }
        }
    };
    Router::new()
        .route("/locations/{location}", delete(remove))
        .route("/locations/{location}/recipe", put(change_recipe))
        .route("/locations/{location}/bookings", post(booked))
        .route("/ledger/{after}", get(ledger))
        .route_layer(from_fn(check))
}

/// Gives a location a recipe of its own, and serves it again if it was removed. Open episodes keep theirs. Returns how the
/// location stands, and what it lacks.
async fn change_recipe(
    (State((engine, _, customers)), Path(id)): At,
    text: String,
) -> Result<Json<Value>, Failed> {
    Recipe::from_toml("recipe.toml", &text)?;
    let statement = "INSERT OR REPLACE INTO customer VALUES (?1, ?2)";
    customers.sql(statement, [id.to_string(), text]).await?;
    let Lookup::Found { location, recipe } = customers.look_up(&id).await? else {
        return Ok(Json(
            json!({ "problems": ["the app is not installed there yet"] }),
        ));
    };
    engine.put_location(location, recipe).await?;
    // From here on the table decides, as in every other process.
    engine.forget_location(&id);
    let problems = engine.preflight_of(&id).await;
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let status = engine.status(&id).await?;
    Ok(Json(json!({ "status": status, "problems": problems })))
}

/// The customer has left, although the app may still be installed.
async fn remove((State((engine, ..)), Path(id)): At) -> Result<StatusCode, Failed> {
    engine.remove_location(&id, Removal::End).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody booked by phone. The body is a list of two: their number, and the appointment's id.
async fn booked(
    (State((engine, ..)), Path(id)): At,
    Json((number, appointment)): Json<(PhoneNumber, String)>,
) -> Result<StatusCode, Failed> {
    let person = PersonKey::of_number(id, number);
    Ok(match engine.record_booking(&person, &appointment).await? {
        Acceptance::Ignored => StatusCode::NOT_FOUND,
        _ => StatusCode::NO_CONTENT,
    })
}

/// A page of the ledger, for a copy of it. The next page comes after the last sequence of this one.
async fn ledger(
    State((engine, ..)): State<Host>,
    Path(after): Path<u64>,
) -> Result<Json<Value>, Failed> {
    let mut query = LedgerQuery::default();
    (query.after, query.limit) = (Some(after), Some(500));
    let rows = engine.store().ledger_rows(&query).await?;
    let row = |row: &LedgerRow| json!({ "sequence": row.sequence, "entry": row.entry });
    Ok(Json(rows.iter().map(row).collect()))
}
