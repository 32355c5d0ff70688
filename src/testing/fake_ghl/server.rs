//! The server on loopback: takes connections, reads requests, and lets each run through limit, fault, gate, rules and
//! operation. Everything that waits is here; what it decides with is elsewhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::answer::Answer;
use super::consequences::Before;
use super::console;
use super::faults::Fault;
use super::gate::GatePoint;
use super::marketplace;
use super::misanswers::Instead;
use super::oauth::Holder;
use super::request::ApiRequest;
use super::response::{json_response, plain};
use super::routes;
use super::rules::{bearer, version};
use super::shared::Shared;
use super::values::fresh_uuid;
use crate::clock::Clock as _;

/// No request of the API comes near this.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped by an injected fault")]
pub(super) struct Dropped;

/// Takes connections until it is dropped; then they all close.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Out of file handles, most likely: they come back when others close.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Answers are small and a caller waits for each.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(|request| handle(&shared, request));
            // An error here is a client that went away or a connection that a fault dropped.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn handle(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    let raw = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Ok(json_response(
                StatusCode::PAYLOAD_TOO_LARGE,
                &json!({ "status": 413, "message": "Payload Too Large" }),
            ));
        }
        Err(_) => return Err(Dropped),
    };
    let request = ApiRequest::new(parts, raw);
    if request
        .segments
        .first()
        .is_some_and(|first| first == "_fake")
    {
        return Ok(console::answer(shared, &request).await);
    }
    handle_api(shared, &request).await
}

/// Runs one request of the API through limit, fault, gates, rules and operation.
pub(super) async fn handle_api(
    shared: &Shared,
    request: &ApiRequest,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let token = bearer(&request.headers).unwrap_or_default();
    let holder = shared.world().holder(token, shared.clock.now());
    let location = match &holder {
        Some(Holder::Location(location)) => Some(location.clone()),
        _ => None,
    };
    let log = shared.saw(request, location.clone());
    let mut allowance = shared
        .limiter()
        .admit(token, shared.clock.elapsed(), shared.clock.now());
    let fault = if allowance.allowed {
        shared
            .faults()
            .take(&request.method, &request.path, location.as_deref())
    } else {
        Some(Fault::TooManyRequests)
    };
    match fault {
        Some(Fault::Hang(time)) => shared.clock.sleep(time).await,
        Some(Fault::DropBefore) => return Err(Dropped),
        Some(Fault::DailyLimit) => allowance.day_is_used_up(),
        _ => {}
    }
    let refused = fault.and_then(Fault::instead).map(|instead| match instead {
        Instead::Json(answer) => {
            let mut refused = json_answer(answer);
            if let Some(Fault::RetryAfter(wait)) = fault {
                let seconds = HeaderValue::from(wait.as_secs());
                refused.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            refused
        }
        Instead::Foreign(status, content_type, body) => plain(status, content_type, body),
    });
    let mut response = match refused {
        Some(response) => response,
        None => {
            shared.pass_gate(GatePoint::BeforeEffect, request).await;
            let answer = carry_out(shared, request, holder.as_ref());
            shared.pass_gate(GatePoint::BeforeAnswer, request).await;
            json_answer(answer)
        }
    };
    if fault == Some(Fault::DropAfter) {
        return Err(Dropped);
    }
    shared.answered(log, response.status());
    allowance.write(response.headers_mut());
    // On the platform's own clock, which may differ from the clock of the caller.
    response.headers_mut().extend(date(shared.clock.now()));
    Ok(response)
}

/// The header `Date`, as every HTTP server sends it.
fn date(now: Timestamp) -> Option<(HeaderName, HeaderValue)> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
    Some((header::DATE, HeaderValue::try_from(date.ok()?).ok()?))
}

/// Checks the rules and runs the operation; its webhooks are sent off.
fn carry_out(shared: &Shared, request: &ApiRequest, holder: Option<&Holder>) -> Answer {
    let now = shared.clock.now();
    let mut world = shared.world();
    let family = request.segments.first().map(String::as_str);
    match family {
        Some("oauth") => {
            return routes::oauth(&mut world, request, now).unwrap_or_else(|refusal| refusal);
        }
        Some("hooks") => {
            return marketplace::inbound(&world, request).unwrap_or_else(|refusal| refusal);
        }
        _ => {}
    }
    let before = match holder {
        Some(Holder::Location(location)) => Before::of(&world, location),
        _ => None,
    };
    let mut own = Vec::new();
    let outcome = match (family, holder) {
        (Some("workflows-marketplace"), Some(Holder::Location(location))) => {
            version(&request.headers)
                .and_then(|_| marketplace::answer(&mut world, location, request))
        }
        _ => routes::answer(&mut world, holder, request, now, &mut own),
    };
    let consequences = before.iter().flat_map(|before| before.events(&world, now));
    for event in consequences.chain(own) {
        shared.emit(&world, event, now);
    }
    outcome.unwrap_or_else(|refusal| refusal)
}

/// Every JSON object that is answered carries a trace id.
fn json_answer(mut answer: Answer) -> Response<Full<Bytes>> {
    match (&mut answer.body, answer.file) {
        (Value::String(text), Some(kind)) => {
            return plain(answer.status, kind, std::mem::take(text));
        }
        (Value::Null, _) => return plain(answer.status, "", ""),
        (Value::Object(fields), _) => {
            fields.insert("traceId".to_owned(), fresh_uuid().into());
        }
        _ => {}
    }
    json_response(answer.status, &answer.body)
}
